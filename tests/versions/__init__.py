"""Holds this version of capsim against another one: what must not change with a change of the code's shape."""
