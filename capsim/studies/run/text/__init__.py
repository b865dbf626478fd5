"""A run in the terminal: the summary, its goals, the invoice."""
