"""Notes on formulas: how far one is valid, or why none applies."""

from __future__ import annotations

RECORDED = "the calls are recorded ones"
BALANCE = "a balance refuses and ends calls (R10)"
CHANGES = "capacity changes in the course of the horizon (R11)"
REDIALS = "callers who are blocked try again"


def no_formula(why: str) -> str:
    """Say that no formula applies to a system."""
    return f"no formula where {why}"


LIMIT = no_formula("there is a capacity limit (R9)")
LARGE_LIMIT = no_formula("a system with a capacity limit (R9) is not small and exponential")
RANDOM_DAYS = no_formula("days have random factors, and there are several DIDs, a profile, or calls as long as hours")
VARYING_RATES = no_formula("rates vary, and DIDs have channels of their own")
NO_OVERFLOW = no_formula("nothing overflows to the group")
NO_CALL = no_formula("no call is expected")
NO_LENGTH = no_formula("calls have no length")

ERLANG_B = "exact in the long run, for any holding times"
GAMMA_DAYS = "calls are short beside a day"
MODIFIED_LOAD = "an approximation, for exponential holding times; good while rates vary slowly and little is blocked"


def many_hours(most: int) -> str:
    """Say that the horizon is too long for a formula by the hour."""
    return no_formula(f"rates vary over more than {most:,} hours")


def exact_chain(states: int) -> str:
    """Say how large the chain is."""
    return f"exact in the long run; {states:,} states"


def equivalent_random(peakedness: float, hayward: float) -> str:
    """Say how bursty the overflow is, and what Hayward's approximation gives."""
    return (
        f"an approximation, for exponential holding times; overflow of peakedness {peakedness:.2f}; "
        f"Hayward's: {100 * hayward:.3g}%"
    )


def with_empty_start(note: str) -> str:
    """Add that the horizon is short beside a call."""
    return f"{note}; the empty start counts here: a warm-up of some calls' length helps"
