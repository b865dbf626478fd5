"""How a scenario is written: YAML text, the kinds of value in it, and errors with their places."""
