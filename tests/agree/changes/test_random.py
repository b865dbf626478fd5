"""Changes on random systems: both engines against the reference model, and broken rules that are noticed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from capsim.engines import ENGINES, simpy_engine
from capsim.records import InProgress
from tests.reference.admission import Group
from tests.reference.comparison import differing, facts_of, reference_facts, run_model
from tests.reference.events import KINDS_OF_CHANGE, EventCounter
from tests.reference.prepaid import ReferenceModel
from tests.reference.random_systems import random_cuts, random_system


@pytest.mark.no_cover
@pytest.mark.slow
def test_all_that_changes_can_do_agrees_with_the_reference_model():
    rng = np.random.default_rng(20261103)
    seen = Counter()
    for number in range(600):
        system = random_system(rng, prepaid=False, many=number % 8 == 0)
        reference = run_model(system, EventCounter)
        seen.update(reference.seen)
        for engine in ENGINES:
            cuts = random_cuts(rng, system)
            facts = facts_of(engine, system, cuts)
            assert not differing(facts, reference_facts(system, cuts, reference=reference)), engine
    assert set(seen) == KINDS_OF_CHANGE
    assert min(seen.values()) > 10, seen


def follows_its_did(model: ReferenceModel) -> None:
    for one in model.on_the_line:
        one.group = model.dids[one.did].group


def leaves_its_calls(model: ReferenceModel) -> None:
    model.on_the_line = [
        one if one.did < 0 or model.dids[one.did].group == one.group else replace(one, did=-1)
        for one in model.on_the_line
    ]


def drops_what_has_no_room(model: ReferenceModel) -> None:
    for one in list(model.on_the_line):
        group = Group() if one.group is None else model.groups[one.group]
        did = model.dids[one.did]
        room = {"included": did.included, "dedicated": did.dedicated, "shared": group.shared, "metered": group.metered}
        if one.channel > room[one.outcome]:
            model.on_the_line.remove(one)


def forgets(model: ReferenceModel) -> None:
    if any(change.at == model.now for change in model.changes):
        model.on_the_line = []


BROKEN = {
    "a call follows its DID to another group": follows_its_did,
    "a DID that moves leaves its calls behind": leaves_its_calls,
    "a call whose channel is taken away does not count": drops_what_has_no_room,
    "calls in progress do not count after a change": forgets,
    "changes come after arrivals": None,
}


@pytest.mark.no_cover
@pytest.mark.parametrize("broken", BROKEN)
def test_the_comparison_fails_when_the_reference_model_breaks_a_rule(broken):
    class Broken(ReferenceModel):
        def change(self, now: int) -> None:
            self.now = now
            if BROKEN[broken] is not None:
                super().change(now)
                BROKEN[broken](self)

        def arrivals(self, now: int) -> None:
            super().arrivals(now)
            if BROKEN[broken] is None:
                super().change(now)

    rng = np.random.default_rng(20261103)
    systems = [random_system(rng, prepaid=False) for _ in range(150)]
    wrong = [
        {"outcome"}
        & {*differing(facts_of("compiled", system), reference_facts(system, reference=run_model(system, Broken)))}
        for system in systems
    ]
    assert sum(map(bool, wrong)) > 5


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "broken",
    [
        "a tier that shrinks is not overfull",
        "a limit forgets calls",
        "changes after arrivals",
        "calls of moved DIDs do not count",
    ],
)
def test_the_comparison_fails_when_an_engine_breaks_a_rule(broken, monkeypatch):
    engine = "compiled" if broken == "calls of moved DIDs do not count" else "simpy"
    if broken == "a tier that shrinks is not overfull":
        resize = simpy_engine.Tier.resize

        def never_below_none(self, size):
            resize(self, size)
            self.free = max(self.free, 0)

        monkeypatch.setattr(simpy_engine.Tier, "resize", never_below_none)
    elif broken == "a limit forgets calls":
        become = simpy_engine.Did.become

        def with_all_its_room(self, included, dedicated, limit, group):
            become(self, included, dedicated, limit, group)
            self.room = limit

        monkeypatch.setattr(simpy_engine.Did, "become", with_all_its_room)
    elif broken == "changes after arrivals":
        monkeypatch.setattr(simpy_engine, "CHANGES", 2**61)
    else:
        moved = InProgress.moved
        monkeypatch.setattr(
            InProgress, "moved", lambda self, group, no_group: moved(InProgress.none(len(group)), group, no_group)
        )
    rng = np.random.default_rng(20261103)
    systems = [random_system(rng, prepaid=False) for _ in range(300)]
    assert sum(bool({"outcome"} & {*differing(facts_of(engine, one), reference_facts(one))}) for one in systems) > 5
