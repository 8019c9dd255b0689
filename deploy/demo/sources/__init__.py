"""Scripts that make the downloadable forms (../forms) and the sample papers (../examples) of the demo province."""
