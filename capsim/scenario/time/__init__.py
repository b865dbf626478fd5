"""A scenario over time: what it has at each instant, held against the rules."""
