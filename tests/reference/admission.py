"""Reference model of admission: R1 (tiers), R9 (limits), R13 (ties) and R14 (blocked calls).

One list of calls in progress is searched at every arrival: no events, no resources, and no code shared with capsim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

TIERS = ("included", "dedicated", "shared", "metered")


@dataclass
class Did:
    """Channels and limit of a DID, and the row of its group."""

    included: int = 0
    dedicated: int = 0
    limit: int | None = None
    group: int | None = None


@dataclass
class Group:
    """Channels and limit of a group."""

    shared: int = 0
    metered: int = 0
    limit: int | None = None


@dataclass
class Call:
    """An offered call, and what became of it; times and lengths in ticks."""

    did: int
    arrival: int
    length: int
    outcome: str = ""
    end: int = 0
    ties: set[str] = field(default_factory=set)


def serve(calls: Sequence[Call], dids: Sequence[Did], groups: Sequence[Group]) -> None:
    """Fill in the outcome and end of each call, and the kinds of tie in which it took part."""
    in_order = sorted(range(len(calls)), key=lambda row: (calls[row].arrival, calls[row].did, row))
    carried: list[Call] = []
    before: Call | None = None
    for row in in_order:
        call = calls[row]
        _note_ties(call, before, carried)
        before = call
        busy = [one for one in carried if one.end > call.arrival]
        did = dids[call.did]
        group = groups[did.group] if did.group is not None else Group()
        mine = [one for one in busy if one.did == call.did]
        ours = [one for one in busy if did.group is not None and dids[one.did].group == did.group]
        call.end = call.arrival
        if did.limit is not None and len(mine) >= did.limit:
            call.outcome = "did_limit"
            continue
        if group.limit is not None and len(ours) >= group.limit:
            call.outcome = "group_limit"
            continue
        sizes = {"included": did.included, "dedicated": did.dedicated, "shared": group.shared, "metered": group.metered}
        users = {"included": mine, "dedicated": mine, "shared": ours, "metered": ours}
        call.outcome = "capacity_exceeded"
        for tier in TIERS:
            if sum(one.outcome == tier for one in users[tier]) < sizes[tier]:
                call.outcome = tier
                call.end = call.arrival + call.length
                carried.append(call)
                break


def _note_ties(call: Call, before: Call | None, carried: list[Call]) -> None:
    if any(one.end == call.arrival and one.length > 0 for one in carried):
        call.ties.add("an arrival at the instant of an end")
    if any(one.end == call.arrival == one.arrival for one in carried):
        call.ties.add("an arrival after a call of zero length")
    if before is not None and before.arrival == call.arrival:
        call.ties.add("arrivals of one DID" if before.did == call.did else "arrivals of two DIDs")
