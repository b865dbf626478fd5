"""The two checks that every function of the room makes of its numbers."""

import math


def nonnegative(name: str, value: float) -> float:
    """Return `value` as a float, or raise ValueError naming it when it is negative or not finite."""
    number = float(value)
    if not 0.0 <= number < math.inf:
        raise ValueError(f"{name} must be a finite number, 0 or more: got {number!r}")
    return number


def positive(name: str, value: float) -> float:
    """Return `value` as a float, or raise ValueError naming it when it is not finite and above 0."""
    number = float(value)
    if not 0.0 < number < math.inf:
        raise ValueError(f"{name} must be a finite number above 0: got {number!r}")
    return number
