"""HOW WE SHOW: result -> text, tables, plots, files. Computes nothing."""
