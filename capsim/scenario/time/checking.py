"""A scenario checked over time: its start, then one change after another, each against the rules at its instant.

Changes take place in the order of R13, on what is allocated at the start. An occurrence that breaks a rule is reported
at its change and has no effect; its change does not take place again.
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
"""Largest number of times that changes touch DIDs, such as 1,000 DIDs a thousand times each."""


def check_time(written: WrittenScenario, changes: bool) -> tuple[Timeline, list[Violation]]:
    """Check the start and the changes of a scenario.

    Parameters
    ----------
    written : WrittenScenario
        with no more DIDs than are allowed
    changes : bool
        whether to check the changes too; then the horizon must be sound, and all names must lead somewhere

    Returns
    -------
    Timeline, list of Violation
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
        what has changed, by instant
    violations : list of Violation
        rules that the changes break
    warnings : list of Warned
        what is allowed but may be a mistake
    waiting : list of (int, int)
        heap of instants of the clock, and of positions of DIDs whose mode takes effect then
    rebought : dict of int to Counter
        number of instants at which a change has bought channels, by change and pool
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
        """Let all changes take place."""
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
                    text = f"the changes up to here touch DIDs more often than allowed: at most {MOST_TOUCHES:,} times"
                    self.violations.append(Violation(occurrence.path, text, "R11"))
                    return
            allocation.channels.settle()
            self._note_purchases(buyers)
            self._end_step()
        self._warn()

    def _violation(self, occurrence: Occurrence, breach: Breach) -> Violation:
        is_one_of_several = occurrence.is_recurring or occurrence.action != occurrence.change.action
        when = f"on {self.horizon.local(occurrence.at):%Y-%m-%d %H:%M}, " if is_one_of_several else ""
        return Violation((*occurrence.path, occurrence.change.action, breach.key), when + breach.text, breach.rule)

    def _wait(self, occurrence: Occurrence) -> None:
        """Note which DIDs of a switch wait for their next billing cycle."""
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

    # -- warnings -----------------------------------------------------------------------------------------

    def _warn(self) -> None:
        end = self.horizon.microseconds
        for occurrence in self.occurrences:
            is_in_vain = occurrence.at >= end and not occurrence.is_recurring
            if is_in_vain and occurrence.action == occurrence.change.action:
                self.warnings.append((occurrence.path, "takes place at or after the end of the horizon: no effect"))
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
                    f"buys channels of the pool '{pool}' {times} times in the horizon; each time their setup fee{setup}"
                    " and their monthly fee to the end of the cycle are paid again (M1, M2). Channels that stay, or"
                    " metered channels, may cost less"
                )
                self.warnings.append((("changes", position), text))
