"""Walking through a scenario's time: its changes one by one, each held against the rules at its instant.

The walk starts from what is there at the start of the horizon and takes turn after turn, in the order of R13. What a
turn breaks is told of at its change, and the turn changes nothing; a change that has broken a rule takes no more turns.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from heapq import heappop, heappush

from capsim.scenario.language.document import Path
from capsim.scenario.model.messages import Violation
from capsim.scenario.model.written import WrittenScenario
from capsim.scenario.time.actions import Actions
from capsim.scenario.time.allocation import Allocation, Breach
from capsim.scenario.time.occurrences import Occurrence, find_occurrences
from capsim.scenario.time.timeline import Step, Timeline

MOST_TOUCHES = 1_000_000
"""So often may changes touch a DID: each of 1,000 DIDs a thousand times, say."""


def check_changes(scenario: WrittenScenario) -> tuple[Timeline, list[Violation]]:
    """The timeline of a scenario of which all names lead somewhere, and what its changes break."""
    if not scenario.changes:
        return Timeline(), []
    occurrences, violations = find_occurrences(scenario)
    check = _Check(scenario, occurrences)
    check.run()
    return check.timeline(), violations + check.violations


class _Check:
    def __init__(self, scenario: WrittenScenario, occurrences: list[Occurrence]) -> None:
        self.scenario, self.occurrences = scenario, occurrences
        self.horizon = scenario.horizon
        self.allocation = Allocation(scenario)
        self.actions = Actions(self.allocation)
        self.violations: list[Violation] = list(self._early())
        self.warnings: list[tuple[Path, str]] = []
        self.waiting: list[tuple[int, int]] = []
        """When the mode of which DID takes effect: a heap."""
        self.steps: list[Step] = []
        self.rebought: dict[int, Counter[str]] = defaultdict(Counter)
        """By change and pool: at how many instants it has bought channels."""

    def _early(self) -> list[Violation]:
        """DIDs of the start in groups that are there only later."""
        later_dids, later_groups = self.scenario.later
        found: dict[Path, Violation] = {}
        for position, did in enumerate(self.scenario.all_dids):
            if position not in later_dids and did.entry.group_name in later_groups:
                path: Path = ("dids", did.entry_name, "group")
                found[path] = (path, f"the group '{did.entry.group_name}' is there only once a change adds it", "R4")
        return list(found.values())

    def run(self) -> None:
        allocation, place = self.allocation, 0
        stopped: set[int] = set()
        while place < len(self.occurrences) or self.waiting:
            next_occurrence = self.occurrences[place].at if place < len(self.occurrences) else None
            next_wait = self.waiting[0][0] if self.waiting else None
            if next_occurrence is None and (next_wait is None or next_wait >= self.horizon.microseconds):
                break
            now = min(at for at in (next_occurrence, next_wait) if at is not None)
            allocation.now, allocation.day = now, self.horizon.local(now).date()
            while self.waiting and self.waiting[0][0] == now:
                allocation.begin_cycle(heappop(self.waiting)[1])
            turning: dict[str, set[int]] = defaultdict(set)
            while place < len(self.occurrences) and self.occurrences[place].at == now:
                occurrence = self.occurrences[place]
                place += 1
                if occurrence.position in stopped:
                    continue
                try:
                    for pool in self.actions.take(occurrence):
                        turning[pool].add(occurrence.position)
                except Breach as breach:
                    stopped.add(occurrence.position)
                    self.violations.append(self._told(occurrence, breach))
                if occurrence.action == "switch":
                    self._wait(occurrence)
                if allocation.touches > MOST_TOUCHES:
                    text = f"up to here, changes touch DIDs more than {MOST_TOUCHES:,} times; no more is allowed"
                    self.violations.append((occurrence.path, text, "R11"))
                    return
            allocation.settle()
            self._note_purchases(turning)
            self._end_step()
        self._warn()

    def _told(self, occurrence: Occurrence, breach: Breach) -> Violation:
        one_of_several = occurrence.again or occurrence.action != occurrence.change.action
        when = f", on {self.horizon.local(occurrence.at):%Y-%m-%d %H:%M}" if one_of_several else ""
        return (*occurrence.path, occurrence.change.action, *breach.key), breach.text + when, breach.rule

    def _wait(self, occurrence: Occurrence) -> None:
        """The DIDs of a switch may now wait for their next billing cycle."""
        assert occurrence.change.switch is not None
        for position in self.allocation.positions.get(occurrence.change.switch.did, []):
            did = self.allocation.did(position)
            if did.waiting is not None and did.waits_for is occurrence:
                heappush(self.waiting, (did.waits_until, position))

    def _note_purchases(self, turning: Mapping[str, set[int]]) -> None:
        for purchase in self.allocation.purchases:
            if purchase.added > 0:
                for position in turning.get(purchase.pool, ()):
                    self.rebought[position][purchase.pool] += 1

    def _end_step(self) -> None:
        allocation = self.allocation
        touched = allocation.touched_dids or allocation.touched_groups or allocation.purchases
        if touched and allocation.now < self.horizon.microseconds:
            dids = {position: allocation.did_state(position) for position in sorted(allocation.touched_dids)}
            groups = {name: allocation.group_state(name) for name in sorted(allocation.touched_groups)}
            self.steps.append(Step(allocation.now, allocation.day, dids, groups, tuple(allocation.purchases)))
        allocation.touched_dids, allocation.touched_groups, allocation.purchases = set(), set(), []

    def timeline(self) -> Timeline:
        later_dids, later_groups = self.scenario.later
        lives = dict.fromkeys(later_dids, ()) | self.allocation.lives
        return Timeline(later_dids, later_groups, tuple(self.steps), lives, tuple(self.warnings))

    # -- what is allowed, and may not be meant ------------------------------------------------------------

    def _warn(self) -> None:
        for occurrence in self.occurrences:
            if (
                occurrence.at >= self.horizon.microseconds
                and not occurrence.again
                and occurrence.action == occurrence.change.action
            ):
                self.warnings.append(
                    (occurrence.path, "takes place at or after the end of the horizon: it has no effect")
                )
        waiting = {
            did.waits_for.path: did.waits_until
            for did in self.allocation.dids.values()
            if did.waiting is not None and did.waits_for is not None and did.waits_for.at < self.horizon.microseconds
        }
        for path, at in waiting.items():
            when = self.horizon.local(at).date()
            self.warnings.append((path, f"waits for a billing cycle after the end of the horizon, {when}: no effect"))
        self.warnings += dict.fromkeys(self.allocation.warnings)
        for position, pools in sorted(self.rebought.items()):
            for pool, times in pools.items():
                if times < 2:
                    continue
                price = self.scenario.pools[pool].flat_rate
                setup = f" (here {price.setup})" if price is not None and price.setup else ""
                text = (
                    f"buys channels of the pool '{pool}' {times} times in the horizon: each turn pays their setup fee"
                    f"{setup} and their monthly fee to the end of the cycle again (M1, M2); channels that stay, or"
                    " metered ones, may cost less"
                )
                self.warnings.append((("changes", position), text))
