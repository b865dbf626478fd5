"""The provider's statistics: events, congestion periods and samples, against the reference model and by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from capsim.engines import Ledger, get_engine
from capsim.measures import Watch
from capsim.measures import watch as watching
from capsim.measures.tally import bin_width
from capsim.units import MINUTE, SECOND
from tests.reference.admission import Did, Group
from tests.reference.prepaid import Change, RingingCall
from tests.reference.random_systems import random_cuts, random_system
from tests.reference.systems import System, account_of, schedule_of, tables_of, with_ticks_of
from tests.reference.watch import Watchman, samples_of, watch_of


def watched(system: System, unit: int = SECOND, cuts=(), engine: str = "compiled"):
    """Events, spells and samples of a system of which a tick lasts ``unit`` microseconds."""
    scaled = with_ticks_of(system, unit)
    schedule = schedule_of(scaled)
    watch = Watch(schedule, scaled.horizon)
    ledger = Ledger(account_of(scaled), scaled.horizon) if scaled.account else None
    for log in get_engine(engine)(tables_of(scaled, [cut * unit for cut in cuts]), schedule, True, ledger):
        watch.add(log)
    return watch.result()


def spells_of(found, unit: int, dids: int) -> list[tuple]:
    """(scope, position, start, end, lost) of each spell, in ticks."""
    return sorted(
        (*(("did", who) if who < dids else ("group", who - dids)), start / unit, end / unit, lost)
        for who, start, end, lost in found.spells.tolist()
    )


def check(system: System, unit: int = SECOND, cuts=(), engine: str = "compiled") -> Watchman:
    """Assert that capsim and the reference model find the same events, spells and samples."""
    man, found, dids = watch_of(system), watched(system, unit, cuts, engine), len(system.dids)

    assert spells_of(found, unit, dids) == man.spells
    no_group = len(system.groups)
    events = [
        (at / unit, did, None if group == no_group else group)
        for (at, did), group in zip(found.exceeded.tolist(), found.exceeded_group.tolist(), strict=True)
    ]
    assert events == sorted(man.exceeded, key=lambda one: one[:2])
    for position, counts in enumerate(found.counts.tolist()):
        who = ("did", position) if position < dids else ("group", position - dids)
        lengths = [(end - start) * unit for *one, start, end, _ in man.spells if tuple(one) == who]
        lost = sum(one[4] for one in man.spells if one[:2] == who)
        assert counts == [len(lengths), sum(lengths), max(lengths, default=0), lost]
    for name, expected in zip(("samples", "sampled", "sampled_peak"), samples_of(man, system, unit), strict=True):
        assert getattr(found, name).tolist() == expected.tolist(), name
    return man


# -- at random ---------------------------------------------------------------------------------------------


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["as it begins", "with changes", "with changes and an account"])
def test_what_is_watched_is_what_a_walk_over_all_instants_finds_however_logs_are_cut(kind):
    rng = np.random.default_rng(["as it begins", "with changes", "with changes and an account"].index(kind))
    happened, going_on = Counter(), 0
    for case in range(300):
        system = random_system(rng, prepaid="account" in kind)
        if kind == "as it begins":
            system.changes = []
        unit = int(rng.choice([1, SECOND, 7 * SECOND, 20 * SECOND, MINUTE]))
        engine = "simpy" if case % 6 == 0 else "compiled"
        man = check(system, unit, engine=engine)
        check(system, unit, random_cuts(rng, system), engine)
        happened += man.happened + Counter(scope for scope, *_ in man.spells)
        happened["exceeded"] += len(man.exceeded)
        going_on += sum(call.end > system.horizon for call in man.calls)
    assert min(happened["did"], happened["group"], happened["exceeded"], going_on) > 150, happened
    assert happened["lost in the warm-up"] > 50
    assert happened["a spell from before the start"] > 5
    if kind != "as it begins":
        assert min(happened["loses all channels while exhausted"], happened["a DID moves while exhausted"]) > 5
        assert min(happened["a change begins exhaustion"], happened["a change ends exhaustion"]) > 30
        assert happened["a DID moves"] > 100


def test_samples_are_taken_at_whole_minutes_also_where_logs_are_shorter_than_one():
    rng = np.random.default_rng(9)
    for _ in range(60):
        system = random_system(rng, prepaid=False)
        check(system, 7 * SECOND, range(system.begin, system.horizon))


# -- by hand -----------------------------------------------------------------------------------------------


def call(did: int, arrival: int, end: int) -> RingingCall:
    return RingingCall(did, arrival, 0, end - arrival)


def spells(system: System, cuts=()) -> list[tuple]:
    """Spells of a system in which a tick is a second, also found by the reference model."""
    found = spells_of(watched(system, SECOND, cuts), SECOND, len(system.dids))
    assert found == watch_of(system).spells
    return found


def test_a_spell_lasts_from_the_taking_of_the_last_channel_to_the_freeing_of_one():
    calls = [call(0, 1, 9), call(0, 3, 12), call(0, 5, 6), call(0, 8, 20), call(0, 9, 15), call(0, 14, 15)]
    of_two = System([Did(included=2)], [], calls)
    assert spells(of_two) == [("did", 0, 3, 9, 2)], "no call is lost in the time from 9 to 12"


def test_a_time_in_which_no_call_is_lost_is_no_spell():
    assert spells(System([Did(included=1)], [], [call(0, 1, 9), call(0, 9, 12)])) == []


def test_a_call_that_meets_a_limit_is_not_lost_to_exhaustion():
    system = System([Did(included=1, limit=1)], [], [call(0, 1, 9), call(0, 3, 12)])
    assert spells(system) == []
    assert len(watched(system).exceeded) == 0


def test_a_did_with_channels_of_its_own_is_exhausted_only_together_with_its_group():
    system = System(
        [Did(included=1, group=0), Did(group=0)],
        [Group(shared=1)],
        [call(1, 1, 20), call(1, 2, 3), call(0, 4, 10), call(0, 6, 7), call(1, 12, 13)],
    )
    assert spells(system) == [
        ("did", 0, 4, 10, 1),  # its own and the group's are busy
        ("did", 1, 1, 20, 2),  # it has none of its own
        ("group", 0, 1, 20, 3),
    ]


def test_a_call_of_the_warm_up_can_begin_a_spell_that_counts_from_the_start_of_the_horizon():
    calls = [call(0, -4, 8), call(0, -2, -1), call(0, 3, 4)]
    assert spells(System([Did(included=1)], [], calls, begin=-6)) == [("did", 0, 0, 8, 1)]
    assert spells(System([Did(included=1)], [], calls[:2], begin=-6)) == [], "lost before the start"


def test_a_spell_under_way_ends_with_the_horizon():
    assert spells(System([Did(included=1)], [], [call(0, 4, 99), call(0, 6, 7)])) == [("did", 0, 4, 30, 1)]


def test_a_call_that_ends_as_another_arrives_ends_a_spell():
    calls = [call(0, 0, 5), call(0, 3, 4), call(0, 5, 9), call(0, 6, 7)]
    found = [("did", 0, 0, 5, 1), ("did", 0, 5, 9, 1)]
    assert spells(System([Did(included=1)], [], calls)) == found
    assert spells(System([Did(included=1)], [], calls), range(30)) == found


def test_a_channel_taken_away_can_begin_a_spell_and_one_more_ends_it():
    group = Group(shared=2)
    changes = [Change(4, 0, replace(group, shared=1)), Change(9, 0, group)]
    calls = [call(0, 1, 20), call(0, 6, 7), call(0, 10, 11)]
    system = System([Did(group=0)], [group], calls, changes)
    assert spells(system) == [("did", 0, 4, 9, 1), ("group", 0, 4, 9, 1)]


def test_a_call_left_behind_by_a_did_that_moved_keeps_its_group_exhausted():
    system = System(
        [Did(group=0), Did(group=0)],
        [Group(shared=1), Group(shared=1)],
        [call(0, 1, 15), call(1, 8, 9), call(0, 10, 12)],
        [Change(5, 0, Did(group=1))],
    )
    assert spells(system) == [("did", 1, 1, 15, 1), ("group", 0, 1, 15, 1)]


def test_a_did_without_any_channel_loses_calls_and_has_no_spells():
    system = System([Did()], [], [call(0, 4, 9)])
    assert spells(system) == []
    assert watched(system).exceeded.tolist() == [[4 * SECOND, 0]]


def test_samples_count_a_call_from_its_arrival_to_before_its_end():
    system = System([Did(included=2)], [], [call(0, 1, 3), call(0, 0, 2)], horizon=5)
    found = watched(system, MINUTE)
    busy, width = found.sampled[0, 0], bin_width(5 * MINUTE, 4)
    assert busy[busy > 0].tolist() == [1, 2, 1]
    assert (np.flatnonzero(busy) * width / MINUTE).tolist() == [0, 1, 2]
    assert found.samples.sum() == 5
    assert (found.sampled_peak == found.sampled).all(), "a bin is no longer than a minute"


def test_a_call_between_two_minutes_is_in_no_sample():
    found = watched(System([Did(included=1)], [], [call(0, 61, 119)], horizon=180))
    assert found.sampled.sum() == 0
    assert found.samples.sum() == 3


def test_only_so_many_events_and_spells_are_listed_and_all_spells_are_counted(monkeypatch):
    calls = [one for at in range(0, 30, 3) for one in (call(0, at, at + 2), call(0, at + 1, at + 2))]
    system = System([Did(included=1)], [], calls)
    whole = watched(system)
    assert (len(whole.spells), len(whole.exceeded)) == (10, 10)
    monkeypatch.setattr(watching, "MOST_LISTED", 4)
    for cuts in ((), (5, 13, 14)):
        found = watched(system, cuts=cuts)
        assert found.spells.tolist() == whole.spells[:4].tolist()
        assert found.exceeded.tolist() == whole.exceeded[:4].tolist()
        assert found.counts.tolist() == whole.counts.tolist()


# -- changes in the middle of a spell ----------------------------------------------------------------------


def test_a_spell_ends_when_its_did_is_given_up_or_its_group_deleted():
    calls = [call(0, 0, 10), call(0, 2, 3)]
    given_up = System([Did(included=1)], [], calls, [Change(5, 0, Did())])
    assert spells(given_up) == [("did", 0, 0, 5, 1)]
    changes = [Change(5, 0, Did()), Change(5, 0, Group())]
    deleted = System([Did(group=0)], [Group(shared=1)], calls, changes)
    assert spells(deleted) == [("did", 0, 0, 5, 1), ("group", 0, 0, 5, 1)]


def test_the_start_of_a_spell_does_not_depend_on_where_logs_are_cut():
    calls = [call(0, 0, 30), call(0, 5, 10), call(0, 15, 16)]
    system = System([Did(dedicated=2)], [], calls, [Change(7, 0, Did(dedicated=1))])
    assert spells(system) == [("did", 0, 5, 30, 1)], "both are busy from 5 on, and more than all from 7 to 10"
    assert spells(system, cuts=[12]) == [("did", 0, 5, 30, 1)]


def test_a_did_that_moves_from_one_exhausted_group_to_another_goes_on_being_exhausted():
    dids, groups = [Did(group=0), Did(group=1)], [Group(shared=1), Group(shared=1)]
    calls = [call(0, 2, 10), call(1, 3, 20), call(0, 6, 7)]
    moves = [Change(5, 0, Did(group=1))]
    lost_before = System(dids, groups, [*calls, call(0, 4, 5)], moves)
    assert ("did", 0, 2, 20, 2) in spells(lost_before)
    lost_after = System(dids, groups, calls, moves)
    assert ("did", 0, 2, 20, 1) in spells(lost_after)
