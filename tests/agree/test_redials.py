"""Redials: both engines against the reference model, and against each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from capsim.records import OUTCOMES, join_logs
from tests.reference.admission import Did, Group
from tests.reference.comparison import MODELS, facts_of
from tests.reference.prepaid import Change, RingingCall
from tests.reference.random_systems import random_cuts, random_system
from tests.reference.redials import Redialling, run_redials
from tests.reference.systems import System, logs_of

FULL = "capacity_exceeded"


def as_modelled(system: System) -> list[tuple]:
    """Attempts as they stand in a log: DID, arrival, attempt, outcome, end, channel, torn down; given up."""
    made = sorted(run_redials(system).made, key=lambda call: (call.did, call.arrival))
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


@pytest.fixture(params=MODELS)
def outcomes(request):
    """A function: the attempts of a system by an engine or the reference model, as (DID, arrival, attempt, outcome)."""

    def run(system: System) -> list[tuple]:
        rows = as_modelled(system) if request.param == "reference" else as_served(request.param, system)
        return [row[:4] for row in rows]

    return run


def call(did: int, arrival: int, end: int, *again: int) -> RingingCall:
    return RingingCall(did, arrival, 0, end - arrival, again=again)


def test_a_caller_who_is_blocked_tries_again_and_the_call_lasts_as_long_as_it_would_have(outcomes):
    system = System([Did(included=1)], [], [call(0, 0, 10), call(0, 2, 8, 12, 20)])
    assert outcomes(system) == [(0, 0, 1, "included"), (0, 2, 1, FULL), (0, 12, 2, "included")]
    assert as_served("compiled", system)[2][4] == 18


def test_attempts_go_on_until_one_is_carried_or_the_last_is_blocked(outcomes):
    system = System([Did(included=1)], [], [call(0, 0, 25), call(0, 2, 8, 5, 9, 14)])
    assert outcomes(system) == [(0, 0, 1, "included"), *((0, at, n, FULL) for n, at in enumerate((2, 5, 9, 14), 1))]
    assert [row[7] for row in as_served("compiled", system)] == [False, False, False, False, True]


def test_a_caller_who_is_carried_does_not_try_again(outcomes):
    assert outcomes(System([Did(included=1)], [], [call(0, 0, 10, 5, 9)])) == [(0, 0, 1, "included")]


def test_an_attempt_counts_for_others_as_any_call_does(outcomes):
    """The second attempt takes the channel at 10, as the first call ends; a new call at 10 finds none."""
    calls = [call(0, 0, 10), call(0, 2, 8, 10), call(0, 10, 15), call(1, 11, 12)]
    system = System([Did(group=0), Did(group=0)], [Group(shared=1)], calls)
    assert outcomes(system) == [
        (0, 0, 1, "shared"), (0, 2, 1, FULL), (0, 10, 2, "shared"), (0, 10, 1, FULL), (1, 11, 1, FULL),
    ]  # fmt: skip


def test_at_one_instant_attempts_go_by_did_and_then_as_they_were_blocked(outcomes):
    calls = [call(2, 0, 10), call(2, 3, 12, 10), call(1, 4, 12, 10), call(1, 2, 12, 10), call(0, 10, 12)]
    system = System([Did(group=0)] * 3, [Group(shared=1)], calls)
    found = {row[:2]: row[3] for row in outcomes(system) if row[1] == 10}
    assert found == {(0, 10): "shared", (1, 10): FULL, (2, 10): FULL}


def test_callers_try_again_after_a_limit_or_an_empty_balance_too(outcomes):
    system = System([Did(included=5, limit=1)], [], [call(0, 0, 10), call(0, 2, 8, 12)])
    assert outcomes(system)[1:] == [(0, 2, 1, "did_limit"), (0, 12, 2, "included")]


def test_a_change_in_between_is_found_by_the_next_attempt(outcomes):
    system = System([Did(included=1)], [], [call(0, 0, 25), call(0, 2, 8, 12)])
    system.changes = [Change(12, 0, Did(included=2))]
    assert outcomes(system)[-1] == (0, 12, 2, "included")


def random_redials(rng: np.random.Generator, prepaid: bool, many: bool) -> System:
    system = random_system(rng, prepaid, many)

    def of(one: RingingCall) -> RingingCall:
        moments, at = [], one.arrival
        for _ in range(int(rng.integers(0, 4))):
            at += int(rng.choice([0, 1, 1, 2, 4, 7]))
            if at < system.horizon:
                moments.append(at)
        return replace(one, again=tuple(moments))

    return replace(system, calls=[of(one) for one in system.calls])


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("prepaid", [False, True])
def test_all_that_callers_can_do_agrees_with_the_reference_model(prepaid):
    rng = np.random.default_rng(31 + prepaid)
    seen: Counter = Counter()
    for number in range(250):
        system = random_redials(rng, prepaid, number % 6 == 0)
        if not any(one.again for one in system.calls):
            continue
        reference = as_modelled(system)
        for engine in ("simpy", "compiled"):
            assert as_served(engine, system) == reference, engine
            assert as_served(engine, system, random_cuts(rng, system)) == reference, engine
        if prepaid:
            model, facts = run_redials(system), facts_of("compiled", system, random_cuts(rng, system))
            assert facts["balance, drawn, top-ups"] == [model.balance, model.drawn, model.top_ups]
        seen.update(f"attempt {row[2]}: {row[3]}" for row in reference)
        seen["given up"] += sum(row[7] for row in reference)
        seen["torn down"] += sum(row[6] and row[2] > 1 for row in reference)
    assert seen["attempt 2: included"] + seen["attempt 3: shared"] > 50
    assert seen["given up"] > 300
    assert not prepaid or min(seen["torn down"], seen["attempt 2: no_balance"]) > 5, seen


@pytest.mark.no_cover
def test_the_comparison_fails_when_the_reference_model_breaks_a_rule(monkeypatch):
    """Those who try again come last at their instant: some outcomes are others."""

    def late(self, now):
        fresh = [one for one in self.in_order if one.arrival == now and one.attempt == 1]
        again = [one for one in self.to_come if one[0] == now]
        for one in fresh:
            self.made.append(one)
            self.arrive(one, now)
        for one in again:
            self.to_come.remove(one)
            tried = RingingCall(one[1].did, now, one[1].ring, one[1].talk, one[1].answered, one[1].again, one[2])
            self.in_order.append(tried)
            self.made.append(tried)
            self.arrive(tried, now)

    monkeypatch.setattr(Redialling, "arrivals", late)
    rng = np.random.default_rng(31)
    systems = [random_redials(rng, False, False) for _ in range(80)]
    some = [one for one in systems if any(call.again for call in one.calls)]
    wrong = [sorted(as_served("compiled", one)) != sorted(as_modelled(one)) for one in some]
    assert sum(wrong) > 5
