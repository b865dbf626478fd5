"""Callers who try again: both engines against the rules written plainly, and against each other."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from capsim.records import OUTCOMES, join_logs
from tests.over_time import System, facts_of, logs_of, random_cuts, random_system
from tests.plainly import PlainDid, PlainGroup
from tests.plainly_prepaid import Change, Office, OneCall

FULL = "capacity_exceeded"


class Redialling(Office):
    """At one instant and for one DID, those who try again come first, in the order in which they were blocked."""

    def run(self) -> None:
        self.to_come: list[tuple[int, OneCall, int]] = []
        self.made: list[OneCall] = []
        super().run()

    def arrivals(self, now: int) -> None:
        fresh = [call for call in self.in_order if call.arrival == now and call.attempt == 1]
        while True:
            again = [one for one in self.to_come if one[0] == now]
            best = min(again, key=lambda one: one[1].did, default=None)
            if best is not None and (not fresh or best[1].did <= fresh[0].did):
                self.to_come.remove(best)
                call = OneCall(best[1].did, now, best[1].ring, best[1].talk, best[1].answered, best[1].again, best[2])
                self.in_order.append(call)  # charged and ended after those that came before
            elif fresh:
                call = fresh.pop(0)
            else:
                return
            self.made.append(call)
            self.arrive(call, now)

    def charges(self, now: int) -> None:
        self.in_order = [*self.made, *(call for call in self.in_order if all(call is not one for one in self.made))]
        super().charges(now)

    def arrive(self, call: OneCall, now: int) -> None:
        super().arrive(call, now)
        if not call.carried and call.attempt <= len(call.again):
            self.to_come.append((call.again[call.attempt - 1], call, call.attempt + 1))


def told(system: System) -> Redialling:
    office = Redialling(
        copy.deepcopy(system.calls), system.dids, system.groups, system.changes, system.account, system.horizon
    )
    office.run()
    return office


def as_told(system: System) -> list[tuple]:
    """Attempts as they stand in a log: DID, arrival, attempt, outcome, end, channel, torn down; given up."""
    made = sorted(told(system).made, key=lambda call: (call.did, call.arrival))
    return [
        (one.did, one.arrival, one.attempt, one.outcome, one.end, one.channel, one.torn_down,
         not one.carried and one.attempt > len(one.again))
        for one in made
    ]  # fmt: skip


def as_served(engine: str, system: System, cuts=()) -> list[tuple]:
    log = join_logs(logs_of(engine, system, cuts)[0])
    calls = log.calls
    columns = (calls.did, calls.arrival, calls.attempt, log.outcome, log.end, log.channel, log.torn_down, log.given_up)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [(did, at, attempt, OUTCOMES[outcome], *rest) for did, at, attempt, outcome, *rest in rows]


@pytest.fixture(params=["plain", "simpy", "compiled"])
def outcomes(request):
    """Attempts of a system by one who tells: (DID, arrival, attempt, outcome)."""

    def tell(system: System) -> list[tuple]:
        rows = as_told(system) if request.param == "plain" else as_served(request.param, system)
        return [row[:4] for row in rows]

    return tell


def call(did: int, arrival: int, end: int, *again: int) -> OneCall:
    return OneCall(did, arrival, 0, end - arrival, again=again)


def test_a_caller_who_is_blocked_tries_again_and_the_call_lasts_as_long_as_it_would_have(outcomes):
    system = System([PlainDid(included=1)], [], [call(0, 0, 10), call(0, 2, 8, 12, 20)])
    assert outcomes(system) == [(0, 0, 1, "included"), (0, 2, 1, FULL), (0, 12, 2, "included")]
    assert as_served("compiled", system)[2][4] == 18


def test_attempts_go_on_until_one_is_carried_or_the_last_is_blocked(outcomes):
    system = System([PlainDid(included=1)], [], [call(0, 0, 25), call(0, 2, 8, 5, 9, 14)])
    assert outcomes(system) == [(0, 0, 1, "included"), *((0, at, n, FULL) for n, at in enumerate((2, 5, 9, 14), 1))]
    assert [row[7] for row in as_served("compiled", system)] == [False, False, False, False, True]


def test_a_caller_who_is_carried_does_not_try_again(outcomes):
    assert outcomes(System([PlainDid(included=1)], [], [call(0, 0, 10, 5, 9)])) == [(0, 0, 1, "included")]


def test_an_attempt_counts_for_others_as_any_call_does(outcomes):
    """The second attempt takes the channel at 10, as the first call ends; a new call at 10 finds none."""
    calls = [call(0, 0, 10), call(0, 2, 8, 10), call(0, 10, 15), call(1, 11, 12)]
    system = System([PlainDid(group=0), PlainDid(group=0)], [PlainGroup(shared=1)], calls)
    assert outcomes(system) == [
        (0, 0, 1, "shared"), (0, 2, 1, FULL), (0, 10, 2, "shared"), (0, 10, 1, FULL), (1, 11, 1, FULL),
    ]  # fmt: skip


def test_at_one_instant_attempts_go_by_did_and_then_as_they_were_blocked(outcomes):
    calls = [call(2, 0, 10), call(2, 3, 12, 10), call(1, 4, 12, 10), call(1, 2, 12, 10), call(0, 10, 12)]
    system = System([PlainDid(group=0)] * 3, [PlainGroup(shared=1)], calls)
    found = {row[:2]: row[3] for row in outcomes(system) if row[1] == 10}
    assert found == {(0, 10): "shared", (1, 10): FULL, (2, 10): FULL}


def test_callers_try_again_after_a_limit_or_an_empty_balance_too(outcomes):
    system = System([PlainDid(included=5, limit=1)], [], [call(0, 0, 10), call(0, 2, 8, 12)])
    assert outcomes(system)[1:] == [(0, 2, 1, "did_limit"), (0, 12, 2, "included")]


def test_a_change_in_between_is_found_by_the_next_attempt(outcomes):
    system = System([PlainDid(included=1)], [], [call(0, 0, 25), call(0, 2, 8, 12)])
    system.changes = [Change(12, 0, PlainDid(included=2))]
    assert outcomes(system)[-1] == (0, 12, 2, "included")


def random_redials(rng: np.random.Generator, prepaid: bool, many: bool) -> System:
    system = random_system(rng, prepaid, many)

    def of(one: OneCall) -> OneCall:
        moments, at = [], one.arrival
        for _ in range(int(rng.integers(0, 4))):
            at += int(rng.choice([0, 1, 1, 2, 4, 7]))
            if at < system.horizon:
                moments.append(at)
        return replace(one, again=tuple(moments))

    return replace(system, calls=[of(one) for one in system.calls])


@pytest.mark.slow
@pytest.mark.parametrize("prepaid", [False, True])
def test_all_that_callers_can_do_agrees_with_the_rules_written_plainly(prepaid):
    rng = np.random.default_rng(31 + prepaid)
    seen: Counter = Counter()
    for number in range(250):
        system = random_redials(rng, prepaid, number % 6 == 0)
        if not any(one.again for one in system.calls):
            continue
        plain = as_told(system)
        for engine in ("simpy", "compiled"):
            assert as_served(engine, system) == plain, engine
            assert as_served(engine, system, random_cuts(rng, system)) == plain, engine
        if prepaid:
            office, facts = told(system), facts_of("compiled", system, random_cuts(rng, system))
            assert facts["balance, drawn, top-ups"] == [office.balance, office.drawn, office.top_ups]
        seen.update(f"attempt {row[2]}: {row[3]}" for row in plain)
        seen["given up"] += sum(row[7] for row in plain)
        seen["torn down"] += sum(row[6] and row[2] > 1 for row in plain)
    assert seen["attempt 2: included"] + seen["attempt 3: shared"] > 50
    assert seen["given up"] > 300
    assert not prepaid or min(seen["torn down"], seen["attempt 2: no_balance"]) > 5, seen


def test_the_comparison_fails_when_the_witness_breaks_a_rule(monkeypatch):
    """Those who try again come last at their instant: some outcomes are others."""

    def late(self, now):
        fresh = [one for one in self.in_order if one.arrival == now and one.attempt == 1]
        again = [one for one in self.to_come if one[0] == now]
        for one in fresh:
            self.made.append(one)
            self.arrive(one, now)
        for one in again:
            self.to_come.remove(one)
            tried = OneCall(one[1].did, now, one[1].ring, one[1].talk, one[1].answered, one[1].again, one[2])
            self.in_order.append(tried)
            self.made.append(tried)
            self.arrive(tried, now)

    monkeypatch.setattr(Redialling, "arrivals", late)
    rng = np.random.default_rng(31)
    systems = [random_redials(rng, False, False) for _ in range(80)]
    some = [one for one in systems if any(call.again for call in one.calls)]
    wrong = [sorted(as_served("compiled", one)) != sorted(as_told(one)) for one in some]
    assert sum(wrong) > 5
