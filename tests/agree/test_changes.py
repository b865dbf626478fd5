"""Changes of capacity (R11) by hand, and both engines against the rules written plainly, and against each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capsim.engines import ENGINES, simpy_engine
from capsim.records import InProgress
from tests.noted import Noted
from tests.over_time import (
    ROUND,
    TELLERS,
    Fraction,
    System,
    differing,
    facts_of,
    plain_facts,
    random_cuts,
    random_system,
    tell,
    told_by,
)
from tests.plainly import TIERS, PlainDid, PlainGroup
from tests.plainly_prepaid import Change, Office, OneCall, PlainPrice, Prepaid

FULL = "capacity_exceeded"


@pytest.fixture(params=TELLERS)
def teller(request) -> str:
    """Each engine, and the plain witness itself."""
    return request.param


def call(did: int, arrival: int, end: int) -> OneCall:
    return OneCall(did, arrival, 0, end - arrival)


def channels(tier: str, size: int, limit: int | None = None) -> System:
    """One DID in one group, with so many channels of one tier, and no calls so far."""
    own = tier in ("included", "dedicated")
    did = PlainDid(**({tier: size} if own else {}), group=0)
    return System([replace(did, limit=limit)], [PlainGroup(**({} if own else {tier: size}))], [])


def resized(at: int, tier: str, size: int) -> Change:
    system = channels(tier, size)
    return Change(at, 0, system.dids[0] if tier in ("included", "dedicated") else system.groups[0])


# -- a tier shrinks or grows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_that_shrinks_below_its_busy_count_takes_none_until_fewer_are_busy_than_its_new_size(teller, tier):
    system = channels(tier, 3)
    system.changes = [resized(5, tier, 2)]
    system.calls = [
        call(0, 0, 10),
        call(0, 0, 12),
        call(0, 0, 20),
        call(0, 4, 6),  # 3 of 3 are busy
        call(0, 6, 8),  # 3 of 2
        call(0, 10, 11),  # 2 of 2
        call(0, 11, 13),  # 2 of 2
        call(0, 12, 14),  # 1 of 2
        call(0, 13, 14),  # 2 of 2
        call(0, 14, 15),  # 1 of 2
    ]
    told = told_by(teller, system)
    assert told.outcome == [tier, tier, tier, FULL, FULL, FULL, FULL, tier, FULL, tier]
    assert told.end[:3] == [10, 12, 20]
    assert told.channel == [1, 2, 3, 0, 0, 0, 0, 1, 0, 1]
    assert not any(told.torn_down)


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_that_becomes_nothing_keeps_its_calls_and_takes_no_other(teller, tier):
    system = channels(tier, 2)
    system.changes = [resized(5, tier, 0), resized(15, tier, 1)]
    system.calls = [call(0, 0, 8), call(0, 0, 20), call(0, 5, 6), call(0, 9, 10), call(0, 15, 16), call(0, 20, 22)]
    told = told_by(teller, system)
    assert told.outcome == [tier, tier, FULL, FULL, FULL, tier]  # at 15, the one channel is still busy
    assert told.end[:2] == [8, 20]


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_that_grows_takes_more_from_that_instant_on(teller, tier):
    system = channels(tier, 1)
    system.changes = [resized(5, tier, 3)]
    system.calls = [call(0, 0, 20), call(0, 4, 20), call(0, 5, 20), call(0, 5, 20), call(0, 5, 20)]
    told = told_by(teller, system)
    assert told.outcome == [tier, FULL, tier, tier, FULL]
    assert told.channel == [1, 0, 2, 3, 0]


def test_calls_go_on_to_the_next_tier_while_one_has_more_busy_than_its_size(teller):
    system = System([PlainDid(included=2, group=0)], [PlainGroup(shared=1, metered=9)], [])
    system.changes = [Change(5, 0, PlainDid(included=1, group=0))]
    system.calls = [call(0, 0, 10), call(0, 0, 20), call(0, 6, 30), call(0, 10, 30), call(0, 20, 30)]
    assert told_by(teller, system).outcome == ["included", "included", "shared", "metered", "included"]


def test_a_call_that_rings_keeps_its_channel_too_and_an_unanswered_one_until_it_stops_ringing(teller):
    system = channels("shared", 2)
    system.changes = [resized(5, "shared", 1)]
    system.calls = [
        OneCall(0, 0, 9, 6),
        OneCall(0, 0, 7, 0, answered=False),
        call(0, 6, 8),
        call(0, 7, 9),
        call(0, 15, 16),
    ]
    told = told_by(teller, system)
    assert told.outcome == ["shared", "shared", FULL, FULL, "shared"]
    assert told.end[:2] == [15, 7]


def test_after_a_tier_has_shrunk_its_lowest_idle_channel_is_taken(teller):
    system = channels("included", 3)
    system.changes = [resized(3, "included", 2), resized(12, "included", 4)]
    system.calls = [call(0, 0, 5), call(0, 0, 6), call(0, 0, 20), call(0, 6, 30), call(0, 12, 30), call(0, 13, 30)]
    assert told_by(teller, system).channel == [1, 2, 3, 1, 2, 4]


def test_a_group_whose_channels_are_all_gone_lets_its_calls_end(teller):
    system = System([PlainDid(group=0), PlainDid(included=1, group=0)], [PlainGroup(shared=1, metered=1)], [])
    system.changes = [Change(5, 0, PlainGroup())]
    system.calls = [call(0, 0, 10), call(0, 0, 20), call(0, 6, 8), call(1, 6, 8), call(1, 7, 9), call(0, 20, 21)]
    told = told_by(teller, system)
    assert told.outcome == ["shared", "metered", FULL, "included", FULL, FULL]
    assert told.end[:2] == [10, 20]


# -- limits ------------------------------------------------------------------------------------------------------


def test_a_did_limit_lowered_under_the_calls_in_progress_admits_none_until_fewer_are_on(teller):
    system = channels("included", 9, limit=4)
    system.changes = [Change(5, 0, replace(system.dids[0], limit=2))]
    system.calls = [call(0, 0, 10), call(0, 0, 12), call(0, 0, 20), call(0, 5, 6), call(0, 10, 11), call(0, 12, 13)]
    assert told_by(teller, system).outcome == ["included"] * 3 + ["did_limit", "did_limit", "included"]


def test_a_group_limit_lowered_under_the_calls_in_progress_counts_those_of_all_dids_and_tiers(teller):
    dids = [PlainDid(included=9, group=0), PlainDid(dedicated=1, group=0), PlainDid(included=9)]
    system = System(dids, [PlainGroup(shared=9, limit=4)], [])
    system.changes = [Change(5, 0, PlainGroup(shared=9, limit=2))]
    system.calls = [
        call(0, 0, 10),
        call(1, 0, 12),
        call(1, 0, 20),
        call(1, 5, 6),  # 3 calls are on, of 2
        call(2, 5, 6),  # in no group
        call(0, 10, 11),  # 2 of 2
        call(0, 12, 13),  # 1 of 2
    ]
    told = told_by(teller, system)
    assert told.outcome == ["included", "dedicated", "shared", "group_limit", "included", "group_limit", "included"]


def test_a_limit_that_is_new_counts_the_calls_in_progress_and_one_that_is_gone_counts_none(teller):
    system = channels("shared", 9)
    system.changes = [Change(5, 0, PlainDid(limit=2, group=0)), Change(9, 0, PlainDid(group=0))]
    system.calls = [call(0, 0, 20), call(0, 0, 7), call(0, 6, 20), call(0, 7, 20), call(0, 8, 20), call(0, 9, 20)]
    assert told_by(teller, system).outcome == ["shared", "shared", "did_limit", "shared", "did_limit", "shared"]


def test_of_two_limits_lowered_at_once_the_dids_is_named_first(teller):
    system = channels("shared", 9)
    system.changes = [Change(5, 0, PlainDid(limit=1, group=0)), Change(5, 0, PlainGroup(shared=9, limit=1))]
    system.calls = [call(0, 0, 20), call(0, 5, 20)]
    assert told_by(teller, system).outcome == ["shared", "did_limit"]


# -- a DID leaves, joins, comes back -------------------------------------------------------------------------------


def test_a_did_that_leaves_keeps_its_call_on_the_channel_of_the_group(teller):
    system = System([PlainDid(group=0), PlainDid(group=0)], [PlainGroup(shared=1)], [])
    system.changes = [Change(5, 0, PlainDid(group=None))]
    system.calls = [call(0, 0, 20), call(0, 6, 8), call(1, 7, 9), call(1, 20, 22)]
    told = told_by(teller, system)
    assert told.outcome == ["shared", FULL, FULL, "shared"]  # the one channel is busy until 20
    assert told.end[0] == 20


def test_a_did_that_moves_takes_the_channels_of_its_new_group_while_its_calls_stay_on_those_of_the_old(teller):
    system = System([PlainDid(group=0), PlainDid(group=0)], [PlainGroup(metered=1), PlainGroup(metered=1)], [])
    system.changes = [Change(5, 0, PlainDid(group=1))]
    system.calls = [call(0, 0, 20), call(0, 6, 30), call(0, 7, 30), call(1, 8, 30), call(1, 21, 30)]
    told = told_by(teller, system)
    assert told.outcome == ["metered", "metered", FULL, FULL, "metered"]
    assert told.channel == [1, 1, 0, 0, 1]


def test_calls_of_a_did_that_has_moved_count_for_the_limit_of_the_group_they_began_in(teller):
    groups = [PlainGroup(shared=9, limit=2), PlainGroup(shared=9, limit=1)]
    system = System([PlainDid(included=1, group=0), PlainDid(group=0)], groups, [])
    system.changes = [Change(5, 0, PlainDid(included=1, group=1))]
    system.calls = [
        call(0, 0, 20),
        call(0, 0, 10),
        call(1, 6, 30),  # the old group has 2 calls of 2
        call(0, 7, 30),  # the new one none of 1
        call(0, 8, 30),  # now 1 of 1
        call(1, 10, 30),  # 1 of 2
        call(1, 11, 30),  # 2 of 2
    ]
    told = told_by(teller, system)
    assert told.outcome == ["included", "shared", "group_limit", "shared", "group_limit", "shared", "group_limit"]


def test_the_limit_and_the_own_channels_of_a_did_count_its_calls_of_all_groups(teller):
    system = System([PlainDid(2, 1, 4, 0)], [PlainGroup(shared=1), PlainGroup(shared=5)], [])
    system.changes = [Change(5, 0, PlainDid(2, 1, 4, 1)), Change(12, 0, PlainDid(2, 1, 4, None))]
    system.calls = [
        call(0, 0, 10),
        call(0, 0, 20),
        call(0, 0, 20),  # included, included, dedicated
        call(0, 6, 15),  # in the new group, on shared
        call(0, 7, 8),  # 4 calls of 4
        call(0, 10, 11),  # 3 of 4, and an included channel is free
        call(0, 11, 13),
        call(0, 12, 13),  # in no group: 4 of 4
        call(0, 15, 20),  # 2 of 4
        call(0, 16, 20),  # 3 of 4, but no channel left
    ]
    own = ["included", "included", "dedicated"]
    told = told_by(teller, system)
    assert told.outcome == [*own, "shared", "did_limit", "included", "included", "did_limit", "included", FULL]


def test_calls_that_began_outside_of_all_groups_count_for_none_when_their_did_joins_one(teller):
    system = System([PlainDid(included=3)], [PlainGroup(shared=5, limit=1)], [])
    system.changes = [Change(5, 0, PlainDid(included=3, group=0))]
    system.calls = [call(0, 0, 20), call(0, 6, 20), call(0, 7, 20)]
    assert told_by(teller, system).outcome == ["included", "included", "group_limit"]


def test_a_call_counts_for_the_group_it_began_in_all_along_while_its_did_leaves_and_comes_back(teller):
    system = System([PlainDid(group=0)], [PlainGroup(shared=1)], [])
    system.changes = [Change(5, 0, PlainDid()), Change(10, 0, PlainDid(group=0))]
    system.calls = [call(0, 0, 20), call(0, 6, 20), call(0, 11, 20), call(0, 20, 21)]
    assert told_by(teller, system).outcome == ["shared", FULL, FULL, "shared"]


def test_a_group_that_all_dids_have_left_still_has_their_calls_when_another_did_joins(teller):
    system = System([PlainDid(group=0), PlainDid()], [PlainGroup(shared=2)], [])
    system.changes = [Change(5, 0, PlainDid()), Change(10, 1, PlainDid(group=0))]
    system.calls = [call(0, 0, 20), call(1, 6, 8), call(1, 10, 30), call(1, 11, 30), call(1, 20, 30)]
    assert told_by(teller, system).outcome == ["shared", FULL, "shared", FULL, "shared"]


# -- at one instant (R13) ------------------------------------------------------------------------------------------


def test_at_one_instant_a_call_ends_then_the_tier_shrinks_then_a_call_arrives(teller):
    system = channels("shared", 2)
    system.changes = [resized(10, "shared", 1)]
    system.calls = [call(0, 0, 10), call(0, 0, 11), call(0, 10, 20), call(0, 11, 20)]
    assert told_by(teller, system).outcome == ["shared", "shared", FULL, "shared"]  # at 10, 1 of 1 is busy


def test_a_channel_that_is_taken_away_as_its_call_ends_is_gone_for_the_arrival_of_that_instant(teller):
    system = channels("included", 1)
    system.changes = [resized(10, "included", 0)]
    system.calls = [call(0, 0, 10), call(0, 10, 20)]
    assert told_by(teller, system).outcome == ["included", FULL]


def test_a_channel_that_is_new_serves_the_arrival_of_that_instant(teller):
    system = channels("dedicated", 0)
    system.changes = [resized(10, "dedicated", 1)]
    system.calls = [call(0, 9, 12), call(0, 10, 10), call(0, 10, 12), call(0, 10, 12)]
    assert told_by(teller, system).outcome == [FULL, "dedicated", "dedicated", FULL]


def test_a_did_that_moves_at_the_instant_of_an_arrival_has_moved_when_the_call_arrives(teller):
    system = System([PlainDid(group=0)], [PlainGroup(shared=1), PlainGroup(metered=1)], [])
    system.changes = [Change(10, 0, PlainDid(group=1))]
    system.calls = [call(0, 9, 10), call(0, 10, 12)]
    assert told_by(teller, system).outcome == ["shared", "metered"]


def test_of_two_changes_at_one_instant_the_later_in_the_file_holds(teller):
    system = channels("shared", 0)
    system.changes = [resized(10, "shared", 0), resized(10, "shared", 2), resized(10, "shared", 1)]
    system.calls = [call(0, 10, 12), call(0, 10, 12)]
    assert told_by(teller, system).outcome == ["shared", FULL]


def test_a_change_at_the_very_start_of_the_horizon_finds_the_calls_of_the_warm_up(teller):
    system = channels("shared", 2)
    system.begin = -9
    system.changes = [resized(0, "shared", 1)]
    system.calls = [call(0, -9, 5), call(0, -1, 2), call(0, 0, 9), call(0, 2, 9), call(0, 5, 9)]
    assert told_by(teller, system).outcome == ["shared", "shared", FULL, FULL, "shared"]


# -- at random -----------------------------------------------------------------------------------------------------

KINDS = {
    *(f"{tier} {what}" for tier in TIERS for what in ("grows", "shrinks under its calls")),
    *(f"{tier} takes no call, with more busy than its size" for tier in TIERS),
    *(f"{tier} takes no call, shrunk to as many as are busy" for tier in TIERS),
    *(f"a DID with calls {how}" for how in ("leaves its group", "moves", "joins a group")),
    "a DID comes back to a call that began in its group",
    "calls of a DID that has left a group decide in it",
    "a DID's limit counts calls of another group",
    "a DID's limit falls below its calls",
    "a group's limit falls below its calls",
    "a group with calls loses all channels",
    "a change at the instant of an end",
    "a change at the instant of an arrival",
    "a change at the instant of an end and an arrival",
}


@pytest.mark.slow
def test_all_that_changes_can_do_agrees_with_the_rules_written_plainly():
    rng = np.random.default_rng(20261103)
    seen = Counter()
    for number in range(600):
        system = random_system(rng, prepaid=False, many=number % 8 == 0)
        told = tell(system, Noted)
        seen.update(told.seen)
        for engine in ENGINES:
            cuts = random_cuts(rng, system)
            assert not differing(facts_of(engine, system, cuts), plain_facts(system, cuts, told=told)), engine
    assert set(seen) == KINDS
    assert min(seen.values()) > 10, seen


def follows_its_did(office: Office) -> None:
    for one in office.on_the_line:
        one.group = office.dids[one.did].group


def leaves_its_calls(office: Office) -> None:
    office.on_the_line = [
        one if one.did < 0 or office.dids[one.did].group == one.group else replace(one, did=-1)
        for one in office.on_the_line
    ]


def drops_what_has_no_room(office: Office) -> None:
    for one in list(office.on_the_line):
        group = PlainGroup() if one.group is None else office.groups[one.group]
        did = office.dids[one.did]
        room = {"included": did.included, "dedicated": did.dedicated, "shared": group.shared, "metered": group.metered}
        if one.channel > room[one.outcome]:
            office.on_the_line.remove(one)


def forgets(office: Office) -> None:
    if any(change.at == office.now for change in office.changes):
        office.on_the_line = []


BROKEN = {
    "a call follows its DID to another group": follows_its_did,
    "a DID that moves leaves its calls behind": leaves_its_calls,
    "a call whose channel is taken away does not count": drops_what_has_no_room,
    "calls in progress do not count after a change": forgets,
    "changes come after arrivals": None,
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_comparison_fails_when_the_witness_breaks_a_rule(broken):
    class Broken(Office):
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
        {"outcome"} & {*differing(facts_of("compiled", system), plain_facts(system, told=tell(system, Broken)))}
        for system in systems
    ]
    assert sum(map(bool, wrong)) > 5


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
    assert sum(bool({"outcome"} & {*differing(facts_of(engine, one), plain_facts(one))}) for one in systems) > 5


# -- the engines against each other --------------------------------------------------------------------------------

BEGIN, HORIZON = -6, 30
limits = st.one_of(st.none(), st.integers(1, 6))
few, wide = st.integers(0, 3), st.sampled_from([0, 1, 2, 3, 9, 11])
some_groups = st.builds(PlainGroup, shared=wide, metered=few, limit=limits)
moments = st.one_of(st.sampled_from([0, 0, 7, 7, 15, 29]), st.integers(0, HORIZON - 1))
arrivals = st.one_of(moments, st.integers(BEGIN, HORIZON - 1))
cuts = st.lists(st.integers(BEGIN, HORIZON - 1), max_size=6)
amounts = st.builds(Fraction, st.integers(0, 40), st.sampled_from([1, 1, 2, 3, 60]))
prices = st.builds(
    PlainPrice,
    first=st.integers(1, 8),
    following=st.integers(1, 6),
    at_once=amounts,
    each=amounts,
    rounding=st.sampled_from(list(ROUND)),
    factor=st.sampled_from([1, 1, 10]),
)


@st.composite
def timelines(draw) -> System:
    groups = draw(st.lists(some_groups, max_size=3))
    place = st.one_of(st.none(), st.integers(0, len(groups) - 1)) if groups else st.none()
    some_dids = st.builds(PlainDid, included=wide, dedicated=wide, limit=limits, group=place)
    dids = draw(st.lists(some_dids, min_size=1, max_size=5))
    of_did = st.builds(Change, moments, st.integers(0, len(dids) - 1), some_dids)
    of_group = st.builds(Change, moments, st.integers(0, len(groups) - 1), some_groups) if groups else of_did
    changes = sorted(draw(st.lists(st.one_of(of_did, of_group), max_size=8)), key=lambda change: change.at)
    calls = st.builds(
        OneCall,
        did=st.integers(0, len(dids) - 1),
        arrival=arrivals,
        ring=st.one_of(st.just(0), st.integers(0, 9)),
        talk=st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 60)),
        answered=st.booleans() | st.just(True),
    )
    return System(dids, groups, draw(st.lists(calls, max_size=60)), changes, None, BEGIN, HORIZON)


@st.composite
def prepaid_timelines(draw) -> System:
    system = draw(timelines())
    top_up = draw(st.booleans())
    fees = draw(st.lists(st.tuples(moments, st.integers(-20, 40)), max_size=4))
    system.account = Prepaid(
        draw(st.integers(-3, 200)),
        draw(st.integers(0, 40)) if top_up else None,
        draw(st.integers(1, 60)) if top_up else None,
        sorted(fees, key=lambda fee: fee[0]),
        [draw(prices) for _ in system.groups],
        [draw(st.none() | prices) for _ in system.dids],
    )
    return system


def at_the_pace_of_seconds(system: System, second: int) -> System:
    """The same system with a slower clock."""
    if second == 1:
        return system
    account = system.account

    def slowed(price: PlainPrice | None) -> PlainPrice | None:
        return price and replace(price, first=price.first * second, following=price.following * second)

    return replace(
        system,
        calls=[
            replace(one, arrival=one.arrival * second, ring=one.ring * second, talk=one.talk * second)
            for one in system.calls
        ],
        changes=[replace(change, at=change.at * second) for change in system.changes],
        account=account
        and replace(
            account,
            fees=[(at * second, amount) for at, amount in account.fees],
            metered=[slowed(price) for price in account.metered],
            own=[slowed(price) for price in account.own],
        ),
        begin=system.begin * second,
        horizon=system.horizon * second,
    )


seconds = st.sampled_from([1, 1, 1_000_003])


def logs_differ(system: System, second: int, width: int, *pieces: list[int]) -> list[str]:
    system = at_the_pace_of_seconds(system, second)
    simpy, compiled = (
        facts_of(engine, system, [cut * second for cut in where], width * second)
        for engine, where in zip(("simpy", "compiled"), pieces, strict=True)
    )
    return sorted({*differing(simpy, compiled)} - {"before"})


@pytest.mark.slow
@settings(max_examples=250)
@given(timelines(), cuts, cuts, seconds)
def test_both_engines_give_the_same_log_through_all_changes(system, some_cuts, other_cuts, second):
    assert not logs_differ(system, second, 1, some_cuts, other_cuts)


@pytest.mark.slow
@settings(max_examples=250)
@given(prepaid_timelines(), cuts, cuts, seconds, st.integers(1, 7))
def test_both_engines_give_the_same_log_and_book_of_a_prepaid_account(system, some_cuts, other_cuts, second, width):
    assert not logs_differ(system, second, width, some_cuts, other_cuts)


@pytest.mark.slow
@pytest.mark.parametrize("prepaid", [False, True])
def test_both_engines_give_the_same_log_where_hundreds_of_calls_meet_changes(prepaid):
    rng = np.random.default_rng(12)
    for _ in range(4):
        groups = [PlainGroup(int(rng.integers(0, 60)), int(rng.integers(0, 60))) for _ in range(4)]
        dids = [PlainDid(int(rng.choice([0, 2, 30])), 0, None, int(rng.integers(0, 4))) for _ in range(40)]
        calls = [
            OneCall(
                int(did), int(rng.choice([-3, 4, 9, int(rng.integers(-5, 30))])), int(rng.integers(0, 3)), int(talk)
            )
            for did, talk in zip(rng.integers(0, 40, 2000), rng.integers(0, 40, 2000), strict=True)
        ]
        changes = [
            *(
                Change(int(at), int(rng.integers(0, 40)), PlainDid(2, 2, 9, int(rng.integers(0, 4))))
                for at in range(20)
            ),
            *(
                Change(int(at), int(rng.integers(0, 4)), PlainGroup(20, int(rng.integers(0, 40))))
                for at in range(3, 30, 3)
            ),
        ]
        price = PlainPrice(3, 2, Fraction(7), Fraction(5, 2))
        account = Prepaid(6000, metered=[price] * 4, own=[None, price] * 20) if prepaid else None
        system = System(dids, groups, calls, sorted(changes, key=lambda one: one.at), account, -5, 30)
        assert not logs_differ(system, 1, 1, [3, 11], [])
        assert len({*facts_of("compiled", system)["outcome"]}) > 4
