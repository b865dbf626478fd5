"""Walking through a scenario's time: its changes one by one, each held against the rules at its instant.

The walk starts from what is there at the start of the horizon and takes turn after turn, in the order of R13. What a
turn breaks is told of at its change, and the turn changes nothing; a change that has broken a rule takes no more turns.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from heapq import heappop, heappush

from capsim.scenario.model.messages import Violation
from capsim.scenario.model.written import WrittenScenario
from capsim.scenario.time.actions import Actions
from capsim.scenario.time.allocation import Allocation
from capsim.scenario.time.breach import Breach
from capsim.scenario.time.occurrences import Occurrence, find_occurrences
from capsim.scenario.time.start import allocate_start
from capsim.scenario.time.timeline import Step, Timeline, Warned

MOST_TOUCHES = 1_000_000
"""So often may changes touch a DID: each of 1,000 DIDs a thousand times, say."""


def check_time(written: WrittenScenario, changes: bool) -> tuple[Timeline, list[Violation]]:
    """The timeline of a scenario, and the rules that its start and its changes break.

    Parameters
    ----------
    written : WrittenScenario
    changes : bool
        whether changes are looked at: all names must lead somewhere, and the horizon must be sound
    """
    allocation, violations = allocate_start(written)
    bought, assigned = dict(allocation.channels.bought), dict(allocation.channels.assigned)
    if not changes or not written.changes:
        return Timeline(bought=bought, assigned=assigned), violations
    occurrences, wrong_times = find_occurrences(written)
    course = _Course(written, allocation, occurrences)
    course.run()
    later_dids, later_groups = written.later
    timeline = Timeline(
        bought=bought,
        assigned=assigned,
        later_dids=later_dids,
        later_groups=later_groups,
        steps=tuple(course.steps),
        lives=dict.fromkeys(later_dids, ()) | allocation.lives,
        warnings=tuple(course.warnings),
    )
    return timeline, [*violations, *wrong_times, *course.violations]


class _Course:
    """Changes that take place one after another.

    Attributes
    ----------
    steps : list of Step
        what has changed so far
    violations : list of Violation
        rules that were broken
    warnings : list of Warned
        what is allowed, and may not be meant
    waiting : list of (int, int)
        a heap of instants of the clock, and of positions of DIDs whose mode takes effect then
    rebought : dict of int to Counter
        by change and pool, at how many instants the change has bought channels
    """

    def __init__(self, written: WrittenScenario, allocation: Allocation, occurrences: list[Occurrence]) -> None:
        self.written, self.allocation, self.occurrences = written, allocation, occurrences
        self.horizon = written.horizon
        self.actions = Actions(allocation)
        self.steps: list[Step] = []
        self.violations: list[Violation] = []
        self.warnings: list[Warned] = []
        self.waiting: list[tuple[int, int]] = []
        self.rebought: dict[int, Counter[str]] = defaultdict(Counter)

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
            buyers: dict[str, set[int]] = defaultdict(set)
            while place < len(self.occurrences) and self.occurrences[place].at == now:
                occurrence = self.occurrences[place]
                place += 1
                if occurrence.position in stopped:
                    continue
                try:
                    self.actions.take(occurrence)
                    for pool in allocation.channels.drawn:
                        buyers[pool].add(occurrence.position)
                except Breach as breach:
                    stopped.add(occurrence.position)
                    self.violations.append(self._violation(occurrence, breach))
                if occurrence.action == "switch":
                    self._wait(occurrence)
                if allocation.touches > MOST_TOUCHES:
                    text = f"up to here, changes touch DIDs more than {MOST_TOUCHES:,} times; no more is allowed"
                    self.violations.append(Violation(occurrence.path, text, "R11"))
                    return
            allocation.channels.settle()
            self._note_purchases(buyers)
            self._end_step()
        self._warn()

    def _violation(self, occurrence: Occurrence, breach: Breach) -> Violation:
        is_one_of_several = occurrence.again or occurrence.action != occurrence.change.action
        when = f" (on {self.horizon.local(occurrence.at):%Y-%m-%d %H:%M})" if is_one_of_several else ""
        return Violation((*occurrence.path, occurrence.change.action, breach.key), breach.text + when, breach.rule)

    def _wait(self, occurrence: Occurrence) -> None:
        """The DIDs of a switch may now wait for their next billing cycle."""
        assert occurrence.change.switch is not None
        for position in self.allocation.positions.get(occurrence.change.switch.did, []):
            did = self.allocation.did(position)
            if did.waiting is not None and did.waits_for is occurrence:
                heappush(self.waiting, (did.waits_until, position))

    def _note_purchases(self, buyers: Mapping[str, set[int]]) -> None:
        for purchase in self.allocation.channels.purchases:
            if purchase.added > 0:
                for position in buyers.get(purchase.pool, ()):
                    self.rebought[position][purchase.pool] += 1

    def _end_step(self) -> None:
        allocation = self.allocation
        purchases = allocation.channels.purchases
        touched = allocation.touched_dids or allocation.touched_groups or purchases
        if touched and allocation.now < self.horizon.microseconds:
            dids = {position: allocation.did_state(position) for position in sorted(allocation.touched_dids)}
            groups = {name: allocation.group_state(name) for name in sorted(allocation.touched_groups)}
            self.steps.append(Step(allocation.now, allocation.day, dids, groups, tuple(purchases)))
        allocation.touched_dids, allocation.touched_groups, allocation.channels.purchases = set(), set(), []

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
                price = self.written.pools[pool].flat_rate
                setup = f" (here {price.setup})" if price is not None and price.setup else ""
                text = (
                    f"buys channels of the pool '{pool}' {times} times in the horizon: each turn pays their setup fee"
                    f"{setup} and their monthly fee to the end of the cycle again (M1, M2); channels that stay, or"
                    " metered ones, may cost less"
                )
                self.warnings.append((("changes", position), text))
