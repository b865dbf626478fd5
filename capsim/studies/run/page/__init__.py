"""A run as a page: one self-contained HTML file that loads nothing."""
