"""What the terminal prints: tables and sentences."""
