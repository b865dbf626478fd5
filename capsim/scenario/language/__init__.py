"""How a scenario is written: YAML text, kinds of value, and errors with their places.

This room knows no key of a scenario. Text comes in through `document` and goes out through `writing`; `values` are the
kinds of value, `part` is what every mapping of keys has in common, `paths` replaces values, and `problems` explains
what the validation of a `Part` refuses.
"""
