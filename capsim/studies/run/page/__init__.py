"""A run as a page: one self-contained HTML file with nothing loaded from anywhere."""
