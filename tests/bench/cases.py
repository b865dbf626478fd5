"""The systems that the benchmarks simulate: what is the same for every contestant.

All calls are Poisson and all holding times exponential, since that is what every contestant can do; DIDs of a case
are alike, and so are its groups. Time is in minutes. ``loss`` is the textbook's loss group, which Erlang's B
solves; in ``ladder`` and ``groups`` two thirds of the calls find a free channel of their own DID, nearly all
others a shared or metered one; ``small`` is many quiet numbers, where hardly a call leaves its DID.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """DIDs with included channels of their own, and groups of them with shared and metered channels.

    erlangs : offered by each DID.
    included : channels of each DID.
    shared, metered : channels of each group.
    holding : mean holding time, minutes.
    """

    name: str
    title: str
    dids: int
    erlangs: float
    included: int = 0
    groups: int = 1
    shared: int = 0
    metered: int = 0
    holding: float = 3.0

    @property
    def calls_per_minute(self) -> float:
        """Of all DIDs together."""
        return self.dids * self.erlangs / self.holding

    @property
    def warm_up(self) -> float:
        """Minutes that are simulated and not counted: after ten mean holding times no start from empty is felt."""
        return 10 * self.holding

    def minutes(self, calls: int) -> float:
        """The horizon in which about so many calls arrive."""
        return calls / self.calls_per_minute


LOSS = Case("loss", "one loss group: 1 DID with 90 Erlangs on 100 shared channels", 1, 90.0, shared=100)
LADDER = Case(
    "ladder",
    "50 DIDs with 2 Erlangs and 2 included channels each, 40 shared, 20 metered",
    50,
    2.0,
    included=2,
    shared=40,
    metered=20,
)
GROUPS = Case(
    "groups",
    "1,000 DIDs with 2 Erlangs and 2 included channels each, in 20 groups with 40 shared, 20 metered each",
    1_000,
    2.0,
    included=2,
    groups=20,
    shared=40,
    metered=20,
)
SMALL = Case(
    "small",
    "10,000 DIDs with 20 calls a day and 2 included channels each, in 100 groups with 1 shared, 1 metered each",
    10_000,
    20 * 3.0 / (24 * 60),
    included=2,
    groups=100,
    shared=1,
    metered=1,
)
CASES = (LOSS, LADDER, GROUPS, SMALL)


def spread(dids: int, included: int) -> Case:
    """400 Erlangs in 10 groups, from so many DIDs: the same traffic on the same groups, whatever their number.

    Without included channels every call does the same, however many DIDs there are. With two for each DID, the
    more DIDs, the fewer calls go on to the group.
    """
    return Case(
        f"spread-{dids}-{included}",
        f"400 Erlangs in 10 groups, {dids:,} DIDs with {included} included channels each",
        dids,
        400.0 / dids,
        included=included,
        groups=10,
        shared=40,
        metered=20,
    )


LONG = Case("long", "the loss group, ten times as fast: 1e9 calls within ten years", 1, 90.0, shared=100, holding=0.3)
"""The loss group for the longest runs: a horizon has at most ten years."""


def find(name: str) -> Case:
    """The case of that name."""
    return {case.name: case for case in (*CASES, LONG)}[name]
