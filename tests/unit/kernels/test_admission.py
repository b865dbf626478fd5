"""R1 and R9, the admission rule by itself."""

import itertools

from capsim.kernels.admission import admit
from capsim.records import OUTCOMES


def verdict(**free):
    names = ("included", "dedicated", "shared", "metered", "did_room", "group_room")
    sizes = (free.get(name, 9 if name.endswith("room") else 0) for name in names)
    return OUTCOMES[admit(*sizes, free.get("funds", True))]


def test_a_call_takes_the_first_tier_with_a_channel_free():
    for pattern in itertools.product((0, 1), repeat=4):
        free = dict(zip(OUTCOMES[:4], pattern, strict=True))
        first = next((tier for tier in OUTCOMES[:4] if free[tier]), "capacity_exceeded")
        assert verdict(**free) == first


def test_limits_come_first_and_the_dids_before_the_groups():
    assert verdict(included=2, did_room=0, group_room=0) == "did_limit"
    assert verdict(included=2, group_room=0) == "group_limit"
    assert verdict(did_room=0) == "did_limit", "whether or not a tier is free"


def test_a_tier_that_shrank_below_its_calls_takes_none():
    assert verdict(shared=-2, metered=1) == "metered"


def test_metered_channels_need_a_positive_balance_and_no_other_tier_does():
    assert verdict(metered=1, funds=False) == "no_balance"
    assert verdict(metered=0, funds=False) == "capacity_exceeded", "with all of them busy, balance or not (R10)"
    assert verdict(shared=1, metered=1, funds=False) == "shared"
    assert verdict(metered=1, did_room=0, funds=False) == "did_limit"
