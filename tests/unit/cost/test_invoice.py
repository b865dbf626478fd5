"""The bill, by hand and as a property: itemised, exact, adding up to the cent (M1, M3, M4, M6, M8)."""

from __future__ import annotations

from decimal import Decimal

import pytest

import capsim
from capsim.money import CURRENCIES, round_money
from tests.reference.scenarios import quiet_desk

POOL = {"flat_rate": {"setup": 5, "monthly": 15}, "metered": {"rate": "0.010"}}
QUIET = {"calls_per_hour": 0, "holding": {"distribution": "exponential", "mean": "3 min"}}


def amounts(result):
    invoice = result.invoice
    first = invoice[invoice.replication == 0]
    return [(item.kind, item.what, item.quantity, item.amount) for item in first.itertuples()]


def test_m1_channels_pay_their_setup_once_and_their_fee_each_cycle():
    result = capsim.simulate(quiet_desk(duration="2 months"))
    assert amounts(result) == [
        ("setup", "Flat-rate channels, setup", 3, Decimal("15.00")),
        ("setup", "Number, setup", 1, Decimal("1.00")),
        ("flat_rate", "Flat-rate channels", 3, Decimal("45.00")),
        ("flat_rate", "Flat-rate channels", 3, Decimal("45.00")),
        ("dids", "Number", 1, Decimal("4.80")),
        ("dids", "Number", 1, Decimal("4.80")),
    ]
    assert result.cost.loc["total", "mean"] == pytest.approx(115.60)
    assert result.cost.loc["monthly", "mean"] == pytest.approx(49.80), "one-time fees do not recur (M8)"


def test_r5_unassigned_channels_are_paid_for_too():
    bought = {"standard": POOL | {"channels": 7}}
    assert amounts(capsim.simulate(quiet_desk(pools=bought)))[2][2:] == (7, Decimal("105.00"))


def test_m2_a_horizon_that_begins_within_a_cycle_pays_for_the_days_that_remain():
    keys = {
        "start": "2026-12-28",
        "duration": "1 week",
        "pools": {"standard": {"channels": 1, "renews": "2027-01-21", "flat_rate": {"setup": 25, "monthly": 25}}},
        "groups": {},
        "dids": {"a": {"traffic": QUIET}},
    }
    result = capsim.simulate(quiet_desk(**keys))
    assert [row[3] for row in amounts(result)] == [Decimal("25.00"), Decimal("19.35")]
    assert "24 of 31 days" in amounts(result)[1][1]


def test_m2_an_unfinished_cycle_is_paid_in_full():
    assert amounts(capsim.simulate(quiet_desk(duration="3 days")))[2][3] == Decimal("45.00")


def test_m8_metered_cost_recurs_by_its_rate_over_the_horizon():
    busy = {"calls_per_hour": 60, "holding": {"distribution": "deterministic", "mean": "60 s"}}
    only_metered = {"m": {"pool": "standard", "metered": 50}}
    dids = {"a": {"country": "GB", "mode": "DID+0", "group": "m", "traffic": busy}}
    result = capsim.simulate(quiet_desk(groups=only_metered, dids=dids, duration="10 days"))
    total = result.mean_cost("metered")
    carried = result.samples.tally.outcomes[:, 0, 3].mean()
    assert total == Decimal(carried) * Decimal("0.01"), "60 s calls cost 0.010 each"
    assert float(result.mean_cost("monthly")) == pytest.approx(float(total) * 30.4375 / 10, abs=0.01)


def test_m4_a_numbers_own_price_is_paid_whatever_the_tier_and_counts_as_the_numbers():
    traffic = {"calls_per_hour": 100, "holding": {"distribution": "deterministic", "mean": "61 s"}}
    fees = {"per_minute": {"rate": "0.02", "first_interval": "30 s", "next_interval": "6 s"}}
    dids = {"hotline": {"included": 300, "fees": fees, "traffic": traffic}}
    result = capsim.simulate(quiet_desk(groups={}, dids=dids, duration="1 days"))
    calls = int(result.samples.tally.outcomes[0].sum())
    (item,) = [row for row in amounts(result) if row[0] == "dids"]
    assert item[3] == round_money(calls * Decimal("0.022"), "USD"), "61 s is billed 66 s: 0.022"
    assert result.cost.loc["metered", "mean"] == 0


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_m6_items_add_up_to_the_total_in_minor_units(currency):
    path = {"pools.standard.metered.rate": "0.0107", "pools.standard.flat_rate.monthly": "15.123", "currency": currency}
    loaded = capsim.load("scenarios/hybrid.yaml").override({**path, "duration": "3 days", "replications": 3})
    result = capsim.simulate(loaded)
    for number, totals in enumerate(result.cost_totals):
        items = result.invoice[result.invoice.replication == number]
        assert sum(items.amount) == totals.total
        assert totals.setup + totals.flat_rate + totals.metered + totals.dids == totals.total
        for kind in ("setup", "flat_rate", "metered", "dids"):
            assert sum(items.amount[items.kind == kind], Decimal(0)) == getattr(totals, kind)
        for amount in items.amount:
            assert isinstance(amount, Decimal)
            assert amount == amount.quantize(Decimal(1).scaleb(-CURRENCIES[currency]))


def test_m2_an_item_of_several_channels_is_prorated_and_rounded_once():
    keys = {
        "start": "2026-12-28",
        "duration": "1 week",
        "pools": {"standard": {"channels": 3, "renews": "2027-01-21", "flat_rate": {"monthly": 25}}},
        "groups": {},
        "dids": {"a": {"traffic": QUIET}},
    }
    (item,) = amounts(capsim.simulate(quiet_desk(**keys)))
    assert item[3] == Decimal("58.06")
