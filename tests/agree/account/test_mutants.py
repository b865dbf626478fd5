"""The comparison notices every broken rule of the prepaid account, in the reference model and in an engine."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import islice

import numpy as np
import pytest

from capsim.engines import Ledger, simpy_engine
from capsim.engines.pending import Pending
from tests.reference.comparison import differing, facts_of, reference_facts, run_model
from tests.reference.mutants import MUTANTS
from tests.reference.random_systems import random_system
from tests.reference.systems import System


@cache
def compiled_facts() -> list[tuple[System, dict[str, list]]]:
    """Systems, and what an engine says of each."""
    rng = np.random.default_rng(20261106)
    systems = [random_system(rng, prepaid=True, many=number % 8 == 0) for number in range(800)]
    return [(system, facts_of("compiled", system)) for system in systems]


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("broken", MUTANTS, ids=lambda broken: broken.__doc__)
def test_the_comparison_fails_when_the_reference_model_breaks_a_rule(broken):
    wrong = (
        1
        for system, facts in compiled_facts()
        if differing(facts, reference_facts(system, reference=run_model(system, broken)))
    )
    assert sum(islice(wrong, 6)) > 5


def going_on_with_nothing(cashier: simpy_engine.Cashier, *of_call) -> None:
    if cashier.ledger.balance == 0:
        cashier.charge(*of_call)
    else:
        LOOK(cashier, *of_call)


def all_of_one_rank(cashier: simpy_engine.Cashier, call: simpy_engine.Call, number: int, *times: int) -> None:  # noqa: ARG001
    TAKE_ON(cashier, call, 0, *times)


def at_the_threshold(ledger: Ledger, at: int, amount: int) -> None:
    account = ledger.account
    if account.threshold is not None:
        ledger.account = replace(account, threshold=account.threshold + 1)
    DRAW(ledger, at, amount)
    ledger.account = account


LOOK, TAKE_ON, DRAW = simpy_engine.Cashier.look, simpy_engine.Cashier.take_on, Ledger.draw

BROKEN_ENGINES = {
    "fees come before charges": ("simpy", simpy_engine, "FEES", 0),
    "fees come after arrivals": ("simpy", simpy_engine, "FEES", 2**61),
    "charges come after arrivals": ("simpy", simpy_engine, "FIRST_CHARGE", 2**61),
    "charges come as they were foreseen": ("simpy", simpy_engine.Cashier, "take_on", all_of_one_rank),
    "a call goes on with a balance of zero": ("simpy", simpy_engine.Cashier, "look", going_on_with_nothing),
    "a call torn down leaves its channel once more": ("simpy", simpy_engine, "hang_up", lambda end: end.call.hang_up()),
    "a charge to the threshold tops up": ("simpy", Ledger, "draw", at_the_threshold),
    "older tables do not hear of a teardown": ("compiled", Pending, "tear_down", lambda *_: None),
}


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("broken", BROKEN_ENGINES)
def test_the_comparison_fails_when_an_engine_breaks_a_rule(broken, monkeypatch):
    systems = [system for system, _ in compiled_facts()]
    engine, *patch = BROKEN_ENGINES[broken]
    monkeypatch.setattr(*patch)
    cuts = [5, 10, 15]
    wrong = (1 for system in systems if differing(facts_of(engine, system, cuts), reference_facts(system, cuts)))
    assert sum(islice(wrong, 6)) > 5
