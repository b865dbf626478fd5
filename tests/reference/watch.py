"""Reference model of the provider's statistics: exceeded events, congestion periods, samples at whole minutes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from capsim.measures.tally import bin_width
from capsim.units import MINUTE
from tests.reference.admission import TIERS
from tests.reference.comparison import run_model
from tests.reference.prepaid import ReferenceModel, RingingCall
from tests.reference.systems import System

FULL = "capacity_exceeded"


@dataclass
class Watchman(ReferenceModel):
    """Checks after every step of every instant which DIDs and groups have an idle channel.

    A DID or group without any channel is not exhausted, since no channel of it can become idle.
    """

    since: dict = field(default_factory=dict)
    """By exhausted DID or group: since when, and calls lost since then, except in the warm-up."""
    spells: list = field(default_factory=list)
    exceeded: list = field(default_factory=list)
    happened: Counter = field(default_factory=Counter)

    def ends(self, now: int) -> None:
        super().ends(now)
        self.look(now)

    def charges(self, now: int) -> None:
        super().charges(now)
        self.look(now)

    def change(self, now: int) -> None:
        before, groups = set(self.since), [did.group for did in self.dids]
        super().change(now)
        self.look(now)
        self.happened["a change begins exhaustion"] += len(set(self.since) - before)
        self.happened["a change ends exhaustion"] += len(before - set(self.since))
        for row, did in enumerate(self.dids):
            self.happened["a DID moves"] += did.group != groups[row]
            self.happened["a DID moves while exhausted"] += did.group != groups[row] and ("did", row) in before
        self.happened["loses all channels while exhausted"] += sum(not self.has_channels(*who) for who in before)

    def arrive(self, call: RingingCall, now: int) -> None:
        super().arrive(call, now)
        if call.outcome == FULL:
            self.lose(call, now)
        self.look(now)

    def lose(self, call: RingingCall, now: int) -> None:
        if now >= 0:
            self.exceeded.append((now, call.did, call.group))
        for who in (("group", call.group), ("did", call.did)):
            if self.has_channels(*who):
                self.since[who][1] += now >= 0
                self.happened["lost in the warm-up"] += now < 0
            else:
                self.happened["lost without any channel"] += 1

    def look(self, now: int) -> None:
        everyone = [("group", row) for row in range(len(self.groups))] + [("did", row) for row in range(len(self.dids))]
        for who in everyone:
            if not (self.none_free(*who) and self.has_channels(*who)):
                self.close(who, now)
            elif who not in self.since:
                self.since[who] = [now, 0]

    def close(self, who: tuple, now: int) -> None:
        since, lost = self.since.pop(who, (now, 0))
        if lost:
            self.spells.append((*who, max(since, 0), now, lost))
            self.happened["a spell from before the start"] += since < 0

    def none_free(self, scope: str, row: int | None) -> bool:
        if row is None:
            return True
        if scope == "group":
            mine = Counter(one.outcome for one in self.on_the_line if one.group == row)
            return all(mine[tier] >= getattr(self.groups[row], tier) for tier in ("shared", "metered"))
        did = self.dids[row]
        mine = Counter(one.outcome for one in self.on_the_line if one.did == row)
        own = all(mine[tier] >= getattr(did, tier) for tier in ("included", "dedicated"))
        return own and self.none_free("group", did.group)

    def has_channels(self, scope: str, row: int | None) -> bool:
        if row is None:
            return False
        if scope == "group":
            return self.groups[row].shared + self.groups[row].metered > 0
        return self.dids[row].included + self.dids[row].dedicated > 0 or self.has_channels(
            "group", self.dids[row].group
        )


def watch_of(system: System) -> Watchman:
    """Run the reference model of the statistics to the end of the horizon."""
    man = run_model(system, Watchman)
    for who in list(man.since):
        man.close(who, system.horizon)
    man.spells.sort()
    return man


def samples_of(man: Watchman, system: System, unit: int):
    """Samples by bin; sum and maximum of the busy channels at them, by group, tier and bin."""
    horizon, groups = system.horizon * unit, len(system.groups) + 1
    width = bin_width(horizon, 4 * groups)
    bins = -(-horizon // width)
    count = np.zeros(bins, int)
    total, most = (np.zeros((groups, 4, bins), int) for _ in range(2))
    for mark in range(0, horizon, MINUTE):
        count[mark // width] += 1
        for group in range(groups):
            for tier, name in enumerate(TIERS):
                here = None if group == groups - 1 else group
                busy = sum(
                    call.carried and call.outcome == name and call.group == here
                    and call.arrival * unit <= mark < call.end * unit
                    for call in man.calls
                )  # fmt: skip
                total[group, tier, mark // width] += busy
                most[group, tier, mark // width] = max(most[group, tier, mark // width], busy)
    return count, total, most
