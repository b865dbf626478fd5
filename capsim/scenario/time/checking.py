"""Walking through a scenario's time: its changes one by one, each held against the rules at its instant.

The walk starts from what is there at the start of the horizon and takes turn after turn, in the order of R13. What a
turn breaks is told of at its change, and the turn changes nothing; a change that has broken a rule takes no more turns.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from capsim.scenario.language.document import Path
from capsim.scenario.model.messages import Broken
from capsim.scenario.time.actions import Actions
from capsim.scenario.time.allocation import Breach, Standing
from capsim.scenario.time.occurrences import Turn, agenda
from capsim.scenario.time.timeline import Step, Timeline

if TYPE_CHECKING:
    from capsim.scenario.scenario import Scenario

MOST_TOUCHES = 1_000_000
"""So often may changes touch a DID: each of 1,000 DIDs a thousand times, say."""


def walk(scenario: Scenario) -> tuple[Timeline, list[Broken]]:
    """The timeline of a scenario of which all names lead somewhere, and what its changes break."""
    if not scenario.changes:
        return Timeline(), []
    turns, broken = agenda(scenario)
    walker = _Walk(scenario, turns)
    walker.run()
    return walker.timeline(), broken + walker.broken


class _Walk:
    def __init__(self, scenario: Scenario, turns: list[Turn]) -> None:
        self.scenario, self.turns = scenario, turns
        self.horizon = scenario.horizon
        self.standing = Standing(scenario)
        self.actions = Actions(self.standing)
        self.broken: list[Broken] = list(self._early())
        self.warnings: list[tuple[Path, str]] = []
        self.waiting: list[tuple[int, int]] = []
        """When the mode of which DID takes effect: a heap."""
        self.steps: list[Step] = []
        self.rebought: dict[int, Counter[str]] = defaultdict(Counter)
        """By change and pool: at how many instants it has bought channels."""

    def _early(self) -> list[Broken]:
        """DIDs of the start in groups that are there only later."""
        later_dids, later_groups = self.scenario.later
        found: dict[Path, Broken] = {}
        for position, did in enumerate(self.scenario.all_dids):
            if position not in later_dids and did.entry.group_name in later_groups:
                path: Path = ("dids", did.entry_name, "group")
                found[path] = (path, f"the group '{did.entry.group_name}' is there only once a change adds it", "R4")
        return list(found.values())

    def run(self) -> None:
        standing, place = self.standing, 0
        stopped: set[int] = set()
        while place < len(self.turns) or self.waiting:
            next_turn = self.turns[place].at if place < len(self.turns) else None
            next_wait = self.waiting[0][0] if self.waiting else None
            if next_turn is None and (next_wait is None or next_wait >= self.horizon.microseconds):
                break
            now = min(at for at in (next_turn, next_wait) if at is not None)
            standing.now, standing.day = now, self.horizon.local(now).date()
            while self.waiting and self.waiting[0][0] == now:
                standing.begin_cycle(heappop(self.waiting)[1])
            turning: dict[str, set[int]] = defaultdict(set)
            while place < len(self.turns) and self.turns[place].at == now:
                turn = self.turns[place]
                place += 1
                if turn.position in stopped:
                    continue
                try:
                    for pool in self.actions.take(turn):
                        turning[pool].add(turn.position)
                except Breach as breach:
                    stopped.add(turn.position)
                    self.broken.append(self._told(turn, breach))
                if turn.action == "switch":
                    self._wait(turn)
                if standing.touches > MOST_TOUCHES:
                    text = f"up to here, changes touch DIDs more than {MOST_TOUCHES:,} times; no more is allowed"
                    self.broken.append((turn.path, text, "R11"))
                    return
            standing.settle()
            self._note_purchases(turning)
            self._end_step()
        self._warn()

    def _told(self, turn: Turn, breach: Breach) -> Broken:
        one_of_several = turn.again or turn.action != turn.change.action
        when = f", on {self.horizon.local(turn.at):%Y-%m-%d %H:%M}" if one_of_several else ""
        return (*turn.path, turn.change.action, *breach.key), breach.text + when, breach.rule

    def _wait(self, turn: Turn) -> None:
        """The DIDs of a switch may now wait for their next billing cycle."""
        assert turn.change.switch is not None
        for position in self.standing.positions.get(turn.change.switch.did, []):
            did = self.standing.did(position)
            if did.waiting is not None and did.waits_for is turn:
                heappush(self.waiting, (did.waits_until, position))

    def _note_purchases(self, turning: Mapping[str, set[int]]) -> None:
        for purchase in self.standing.purchases:
            if purchase.added > 0:
                for position in turning.get(purchase.pool, ()):
                    self.rebought[position][purchase.pool] += 1

    def _end_step(self) -> None:
        standing = self.standing
        touched = standing.touched_dids or standing.touched_groups or standing.purchases
        if touched and standing.now < self.horizon.microseconds:
            dids = {position: standing.did_state(position) for position in sorted(standing.touched_dids)}
            groups = {name: standing.group_state(name) for name in sorted(standing.touched_groups)}
            self.steps.append(Step(standing.now, standing.day, dids, groups, tuple(standing.purchases)))
        standing.touched_dids, standing.touched_groups, standing.purchases = set(), set(), []

    def timeline(self) -> Timeline:
        later_dids, later_groups = self.scenario.later
        lives = dict.fromkeys(later_dids, ()) | self.standing.lives
        return Timeline(later_dids, later_groups, tuple(self.steps), lives, tuple(self.warnings))

    # -- what is allowed, and may not be meant ------------------------------------------------------------

    def _warn(self) -> None:
        for turn in self.turns:
            if turn.at >= self.horizon.microseconds and not turn.again and turn.action == turn.change.action:
                self.warnings.append((turn.path, "takes place at or after the end of the horizon: it has no effect"))
        waiting = {
            did.waits_for.path: did.waits_until
            for did in self.standing.dids.values()
            if did.waiting is not None and did.waits_for is not None and did.waits_for.at < self.horizon.microseconds
        }
        for path, at in waiting.items():
            when = self.horizon.local(at).date()
            self.warnings.append((path, f"waits for a billing cycle after the end of the horizon, {when}: no effect"))
        self.warnings += dict.fromkeys(self.standing.warnings)
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
