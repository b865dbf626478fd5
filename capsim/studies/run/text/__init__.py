"""A run as text: the summary, goals, the invoice."""
