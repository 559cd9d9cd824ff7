"""One module per step, named by its place in the row."""
