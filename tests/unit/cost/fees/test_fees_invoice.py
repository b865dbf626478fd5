"""Items of an invoice and their days (M6), by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import capsim
from tests.reference.fees import (
    NUMBER,
    buy,
    pool,
    quiet,
)


def test_m6_the_invoice_has_every_fee_of_a_quarter_with_its_days():
    """Growth: 4 channels more on 17 December; a campaign number for January."""
    made = quiet(
        buy("2026-12-17", 4),
        {"at": "2027-01-04", "until": "2027-01-31", "add": {"did": "campaign"}},
        duration="3 months",
        pools=pool("31.00", "2.00", channels=10),
        dids={"a": NUMBER, "campaign": NUMBER},
    )
    result = capsim.simulate(made)
    rows = [(item.kind, item.pool or item.did, int(item.quantity), str(item.amount), f"{item.start} to {item.end}")
            for item in result.invoices[0]]  # fmt: skip
    assert rows == [
        ("setup", "standard", 10, "20.00", "2026-11-02 to 2026-11-02"),
        ("setup", "a", 1, "1.00", "2026-11-02 to 2026-11-02"),
        ("setup", "standard", 4, "8.00", "2026-12-17 to 2026-12-17"),
        ("setup", "campaign", 1, "1.00", "2027-01-04 to 2027-01-04"),
        ("flat_rate", "standard", 10, "310.00", "2026-11-02 to 2026-12-02"),
        ("flat_rate", "standard", 10, "310.00", "2026-12-02 to 2027-01-02"),
        ("flat_rate", "standard", 4, "64.00", "2026-12-17 to 2027-01-02"),  # 16 of 31 days
        ("flat_rate", "standard", 14, "434.00", "2027-01-02 to 2027-02-02"),
        ("dids", "a", 1, "4.80", "2026-11-02 to 2026-12-02"),
        ("dids", "a", 1, "4.80", "2026-12-02 to 2027-01-02"),
        ("dids", "a", 1, "4.80", "2027-01-02 to 2027-02-02"),
        ("dids", "campaign", 1, "4.80", "2027-01-04 to 2027-02-04"),
    ]
    (totals,) = result.cost_totals
    assert (totals.setup, totals.flat_rate, totals.dids) == (Decimal("30.00"), Decimal("1118.00"), Decimal("19.20"))
    assert totals.total == Decimal("1167.20")


def test_m6_metered_calls_are_an_item_for_each_cycle_of_their_pool():
    """From 2 to 20 November, and from then to 2 December; each is the sum of its own calls, of 0.010 each."""
    calls = {"calls_per_hour": 20, "holding": {"distribution": "deterministic", "mean": "60 s"}}
    pools = {"standard": {"renews": "2026-11-20", "metered": {"rate": "0.010"}}}
    made = quiet(
        duration="1 month", pools=pools, groups={"desk": {"pool": "standard", "metered": 50}},
        dids={"a": {"country": "GB", "mode": "DID+0", "group": "desk", "traffic": calls}},
    )  # fmt: skip
    result = capsim.simulate(made, keep_calls=True)
    first, second = result.invoice.itertuples()
    assert (first.start, first.end, second.end) == (date(2026, 11, 2), date(2026, 11, 20), date(2026, 12, 2))
    early = int((result.calls.arrival < "2026-11-20").sum())
    assert first.amount == early * Decimal("0.010")
    assert second.amount == (len(result.calls) - early) * Decimal("0.010")
