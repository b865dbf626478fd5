"""The invoice as text."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import pytest

import capsim


def test_the_invoice_as_text_shows_every_item_with_its_period_and_adds_up(found):
    for number in range(3):
        text = found.invoice_text(number)
        lines = [re.split(r" {2,}", line.strip()) for line in text.splitlines()]
        rows = [line for line in lines if len(line) == 6 and line[0] != "Item"]
        items = found.invoices[number]
        assert len(rows) == len(items)
        by_what = sorted((row[0], row[2].split(" to ")[0], Decimal(row[5].replace(",", ""))) for row in rows)
        assert by_what == sorted((item.what, item.start.isoformat(), item.amount) for item in items)
        subtotals = [Decimal(line[-1]) for line in lines if line[:1] == ["Subtotal"]]
        totals = [Decimal(line[-1]) for line in lines if line[0] == "Total"]
        assert sum(subtotals) == sum(row[2] for row in by_what) == totals[0] == found.cost_totals[number].total
        assert f"Replication {number + 1} of 3" in text
        assert all(owner in text for owner in ("pool standard", "group g", "DID a", "DID alone"))
        assert max(map(len, text.splitlines())) <= 140
        assert all(line == line.rstrip() for line in text.splitlines())
    assert float(np.mean([one.total for one in found.cost_totals])) == pytest.approx(found.cost["mean"].total)


def test_the_invoice_as_text_has_months_where_there_are_several(prepaid):
    long = capsim.simulate(prepaid.override({"duration": "2 months", "changes": None}), replications=1)
    text = long.invoice_text()
    months = dict(re.findall(r"^(2026-\d\d|Total) .* ([\d,.]+)$", text.partition("By month")[2], re.MULTILINE))
    assert list(months) == ["2026-10", "2026-11", "Total"]
    amounts = [Decimal(amount.replace(",", "")) for amount in months.values()]
    assert sum(amounts[:-1]) == amounts[-1] == long.cost_totals[0].total


@pytest.mark.parametrize("number", [-1, 3, 99])
def test_an_invoice_of_a_replication_that_is_not_there_is_an_error(found, number):
    with pytest.raises(capsim.InputError, match="0 to 2"):
        found.invoice_text(number)


def test_an_invoice_in_a_currency_without_cents_has_none(prepaid):
    yen = prepaid.override({"currency": "JPY", "replications": 1, "pools.standard.metered.rate": "2.5"})
    lines = capsim.simulate(yen.override({"account.top_up.amount": 5000})).invoice_text().splitlines()
    (total,) = (line for line in lines if line.startswith("Total"))
    assert re.search(r" \d[\d,]*$", total)
    (rate,) = (line for line in lines if "billed minutes" in line)
    assert re.search(r" 2\.5 +[\d,]+$", rate)
