"""Counts and lengths of time in words."""

from __future__ import annotations


def about(seconds: float) -> str:
    """A length of time as one says it beforehand: ``40 s``, ``12 min``, ``3.5 h``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def counted(number: int, what: str, several: str = "") -> str:
    """A number with its noun: ``1 group``, ``2,000 groups``; ``several`` is a plural that is not formed with s."""
    return f"{number:,} {what if number == 1 else several or what + 's'}"
