"""The whole system on one machine without a container engine: the same servers as child processes."""
