"""How broken rules are told, where both the start of a scenario and its changes can break them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from capsim.scenario.language.document import Path
from capsim.scenario.language.values import nearest
from capsim.scenario.model.pools import Pool

Violation = tuple[Path, str, str | None]
"""Path, what is wrong and what is allowed, and the rule."""


def unknown(what: str, name: str | None, known: Iterable[str]) -> str:
    """``there is no pool 'standrd'; did you mean 'standard'? (got 'standrd')``."""
    names = list(known)
    defined = f"; defined: {', '.join(names[:10]) or 'none'}"
    return f"there is no {what} '{name}'{nearest(str(name), names) or defined} (got '{name}')"


def uncovered(pools: Mapping[str, Pool], country: str | None, pool: str) -> str | None:
    """R6: that a pool does not cover a DID's country, or that this is not known; None if it does."""
    if country is None:
        return f"needs the DID's country, to tell whether the pool '{pool}' covers it"
    if pools[pool].covers(country):
        return None
    coverage = pools[pool].coverage
    listed = coverage if isinstance(coverage, str) else ", ".join(coverage[:8]) + (", ..." if len(coverage) > 8 else "")
    return f"the pool '{pool}' does not cover {country} (its coverage: {listed})"


def too_few(pool: str, left: int, bought: int) -> str:
    """R4 and R5: that a pool has too few channels left."""
    return f"the pool '{pool}' has {max(left, 0)} of its {bought} channels left to assign"


def no_price(pool: str, tier: str) -> str:
    """M7: that what a pool has in use has no price; ``tier`` is flat-rate or metered."""
    what, key = ("flat-rate channels", "flat_rate") if tier == "flat-rate" else ("metered calls", "metered")
    return f"the pool '{pool}' has no price for {what}; add `{key}:`"
