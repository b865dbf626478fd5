"""Dividing whole numbers by way of a product, since a division of integers costs as much as the rest of a kernel."""

from __future__ import annotations

import numpy as np

from capsim.kernels.jit import inlined


@inlined
def inverse(divisor):
    """A little less than 1 / divisor: products with it stay at or just below the quotient."""
    return (1.0 - 1e-15) / divisor


@inlined
def quotient(number, divisor, inverse_):
    """Return number // divisor, for 0 <= number < 2^49, with ``inverse_`` from ``inverse(divisor)``."""
    found = np.int64(number * inverse_)
    return found + np.int64((found + 1) * divisor <= number)
