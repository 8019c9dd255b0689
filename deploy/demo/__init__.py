"""The demo province: its units, procedures, forms and sample papers, loaded by the import an operator uses."""
