"""Shares of a whole, as users write them: 0.005 or "0.5%"."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

from capsim.errors import InputError, Problem

LARGEST_BARE_BLOCKING = 0.2
"""Largest accepted blocking that may be written without a percent sign; above it, 0.5 could mean 0.5% or 50%."""

SHARE_FORM = "a share from 0 to 1, such as 0.005 or 0.5%"

_PERCENT = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,12})?) ?%", re.ASCII)


def parse_share(value: float | str) -> float:
    """Read a share from a number, or from text with a percent sign.

    Raises
    ------
    ValueError
        If the value is no share from 0 to 1; the message says what is allowed.

    Examples
    --------
    >>> parse_share("0.5%"), parse_share(0.005)
    (0.005, 0.005)
    """
    share = -1.0
    if isinstance(value, str):
        if match := _PERCENT.fullmatch(value.strip()):
            share = float(Decimal(match[1]) / 100)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        share = float(value)
    if not 0 <= share <= 1:
        raise ValueError(f"must be {SHARE_FORM}")
    return share


def parse_blocking(value: float | str) -> float:
    """Read an accepted blocking: a share that needs a percent sign above 20%.

    Raises
    ------
    ValueError
        If the value is no share, or a bare number above 0.2; the message says what is allowed.

    Examples
    --------
    >>> parse_blocking("50%"), parse_blocking(0.01)
    (0.5, 0.01)
    """
    share = parse_share(value)
    if not isinstance(value, str) and share > LARGEST_BARE_BLOCKING:
        raise ValueError(
            f"a blocking above {LARGEST_BARE_BLOCKING:.0%} needs a percent sign: "
            f"write {100 * share:g}% if that is meant, or {share:g}% for {share / 100:g}"
        )
    return share


def written_blocking(share: float | None) -> float | str | None:
    """Write an accepted blocking as `parse_blocking` reads it: with a percent sign above 20%; None stays None."""
    if share is None or share <= LARGEST_BARE_BLOCKING:
        return share
    return f"{Decimal(repr(share)) * 100:f}%"


def asked_share(value: float | str | None, name: str) -> float | None:
    """Read a share that is an argument or an option called ``name``; None stays None.

    Text of a bare number, as a command line gives it, counts as the number.

    Raises
    ------
    InputError
        If the value is no share; the error names the argument and what was given.
    """
    return _asked(parse_share, value, name)


def asked_blocking(value: float | str | None, name: str) -> float | None:
    """Read an accepted blocking that is an argument or an option called ``name`` (see `asked_share`)."""
    return _asked(parse_blocking, value, name)


def _asked(parse: Callable[[float | str], float], value: float | str | None, name: str) -> float | None:
    if value is None:
        return None
    given: float | str = value
    if isinstance(value, str) and "%" not in value:
        with suppress(ValueError):
            given = float(value)
    try:
        return parse(given)
    except ValueError as error:
        raise InputError(Problem(f"{error} (got {value})", path=name)) from None
