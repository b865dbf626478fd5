"""One table of kinds of cost, and one of charges: a line in each is all that reports and bills need."""

from __future__ import annotations

import ast
import io
import json
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import capsim
from capsim.cost import COST_KINDS, CostKind
from capsim.money import round_money
from capsim.studies.compare.page import comparison_page
from capsim.studies.compare.text import comparison_text
from capsim.studies.run.page.report import run_page
from capsim.studies.run.text.summary import summary
from capsim.studies.sweep.text import sweep_text
from capsim.tariff import CHARGES, Bill, Charge, Item, build_prices
from capsim.tariff.calendar import Calendar

PACKAGE = Path(capsim.__file__).parent


@dataclass(frozen=True)
class Licence(Charge[None]):
    """A fee of 7.00 for the scenario, due at the start."""

    bill_of_it: Bill

    @classmethod
    def of(cls, scenario):
        day = Calendar(scenario).first_day
        item = Item(
            kind="licence", what="Licence", quantity=Decimal(1), unit="licence", unit_price=Decimal("7.00"),
            start=day, end=day, amount=Decimal("7.00"), at=0,
        )  # fmt: skip
        return cls(Bill((item,)))

    def due(self):
        return self.bill_of_it


class Count:
    """Counts carried calls of the horizon."""

    def __init__(self, horizon):
        self.horizon, self.calls = horizon, 0

    def listen(self, log):
        counted = (log.calls.arrival >= 0) & (log.calls.arrival < self.horizon)
        self.calls += int(np.count_nonzero(log.carried & counted))

    def rated(self):
        return self.calls


@dataclass(frozen=True)
class Levy(Charge[int]):
    """0.01 for each carried call."""

    calendar: Calendar

    @classmethod
    def of(cls, scenario):
        return cls(Calendar(scenario))

    def listener(self):
        return Count(self.calendar.end)

    def bill(self, rated):
        amount = Decimal(rated) / 100
        item = Item(
            kind="levy", what="Levy", quantity=Decimal(rated), unit="carried call", unit_price=Decimal("0.01"),
            start=self.calendar.first_day, end=self.calendar.end_day, amount=amount,
        )  # fmt: skip
        return Bill((item,), by_use=amount)

    def units(self, rated, decimals):
        return rated * 10 ** (decimals - 2)


@pytest.fixture
def more(monkeypatch):
    """Two more kinds of cost, and the charges that bill them."""
    line = {"colour": "#000000", "recurring": True, "by_use": True, "of_channels": True}
    levy = CostKind(label="Levies", title="Levies on calls", short="Levy", **line)
    licence = CostKind(
        label="Licence", title="Licences", short="Licence", **line | {"recurring": False, "of_channels": False}
    )
    monkeypatch.setitem(COST_KINDS, "levy", levy)
    monkeypatch.setitem(COST_KINDS, "licence", licence)
    monkeypatch.setitem(CHARGES, "licence", Licence)
    monkeypatch.setitem(CHARGES, "levy", Levy)


def scenario(**changes):
    return capsim.load("scenarios/first.yaml").override({"duration": "6 h", "replications": 2, **changes})


def shown(renderable) -> str:
    console = Console(width=300, record=True, file=io.StringIO())
    console.print(renderable)
    return console.export_text()


@pytest.mark.usefixtures("more")
def test_a_line_in_the_tables_is_billed_and_adds_up():
    result = capsim.simulate(scenario())
    for number, totals in enumerate(result.cost_totals):
        items = result.invoices[number]
        carried = int(result.samples.tally.outcomes[number, :, :4].sum())
        assert (totals.licence, totals.levy) == (Decimal("7.00"), Decimal(carried) / 100)
        assert sum(item.amount for item in items) == sum(totals[kind] for kind in COST_KINDS) == totals.total
        assert [item.kind for item in items][-2:] == ["levy", "licence"]


@pytest.mark.usefixtures("more")
def test_what_is_paid_by_use_recurs_and_what_is_paid_once_does_not():
    totals = capsim.simulate(scenario()).cost_totals[0]
    prices = build_prices(scenario())
    monthly = prices.fees_a_month() + prices.calls_a_month(totals.metered + totals.levy)
    assert totals.monthly == round_money(monthly, "USD")


@pytest.mark.usefixtures("more")
def test_a_line_in_the_table_appears_in_every_output_of_a_run():
    result = capsim.simulate(scenario())
    cost = result.to_dict()["cost"]
    assert list(cost) == ["currency", *COST_KINDS, "total", "monthly"]
    assert {"levy", "licence"} <= set(cost)
    json.dumps(result.to_dict())
    assert {"levy", "licence"} <= set(result.cost.index)
    frame = result.to_frame()
    assert {"levy", "licence"} <= set(frame.figure[frame.scope == "cost"])
    assert {"levy", "licence"} <= set(result.invoice.kind)
    for text in (result.invoice_text(), shown(summary(result)), run_page(result)):
        assert "Levies on calls" in text
        assert "Licences" in text
    labels = [label.get_text() for label in result.plot.cost().get_yticklabels()]
    assert {"Licence", "Levies"} <= set(labels)
    assert labels.index("Numbers") < labels.index("Licence") < labels.index("Metered calls") < labels.index("Levies")


@pytest.mark.usefixtures("more")
def test_a_line_in_the_table_appears_where_mixes_are_compared():
    compared = capsim.compare({"a": scenario(), "b": scenario(**{"groups.desk.shared": 2})})
    text, page = shown(comparison_text(compared)), comparison_page(compared)
    for head in ("Once", "Flat-rate", "Metered", "Levy", "Licence"):
        assert head in text
        assert f">{head}<" in page
    names = [text.get_text() for text in compared.plot.mixes().get_legend().get_texts()]
    assert "Levies" in names


@pytest.mark.usefixtures("more")
def test_a_line_in_the_table_appears_in_a_sweep_as_money():
    swept = capsim.sweep(scenario(), {"groups.desk.shared": [2, 3]})
    assert {"levy", "levy_low", "licence"} <= set(swept.to_frame().columns)
    assert set(swept.to_dict()["points"][0]["figures"]) >= {"levy", "licence"}
    assert "levy, USD" in shown(sweep_text(swept, ["levy"]))


@pytest.mark.usefixtures("more")
def test_a_frontier_says_that_a_charge_does_not_add_up_and_runs_cell_by_cell():
    found = capsim.frontier(scenario(), "desk", max_shared=1, max_metered=1)
    assert (found.method, found.why) == ("cell by cell", "a price does not add up channel by channel")
    figures = list(found.to_dict()["cells"][1])
    assert figures.index("metered_cost") < figures.index("levy_cost") < figures.index("flat_rate_cost")
    assert "licence_cost" not in figures, "it does not depend on the size"
    cell = found.cell(1, 1)
    run = capsim.simulate(scenario(**{"groups.desk.shared": 1, "groups.desk.metered": 1}))
    assert cell.levy_cost == cell.cost("levy") == run.cost_estimates["levy"]


@pytest.mark.usefixtures("more")
def test_an_account_draws_what_is_due_and_leaves_what_is_known_after_use_outstanding():
    result = capsim.simulate(scenario(account={"balance": 1000}))
    fees = sum(item.amount for item in result.invoices[0] if item.at is not None)
    assert fees >= Decimal("7.00")
    drawn, outstanding = (result.account["mean"][name] for name in ("drawn", "outstanding"))
    exact = np.mean([float(totals.levy) for totals in result.cost_totals])
    assert outstanding >= exact
    assert drawn + outstanding == pytest.approx(result.cost["mean"]["total"], abs=0.02)


@pytest.mark.usefixtures("more")
def test_an_item_falls_due_at_an_instant_or_is_known_only_after_use():
    prices = build_prices(scenario())
    assert all(item.at is not None for item in prices.fees)
    result = capsim.simulate(scenario())
    assert {item.kind for item in result.invoices[0] if item.at is None} == {"metered", "levy"}


def test_without_the_lines_there_is_nothing_of_them():
    result = capsim.simulate(scenario())
    assert not hasattr(result.cost_totals[0], "levy")
    with pytest.raises(AttributeError):
        result.cost_totals[0].levy  # noqa: B018
    assert "levy" not in result.to_dict()["cost"]
    assert all(item.end - item.start >= timedelta(0) for item in result.invoices[0])


def test_kinds_of_cost_are_listed_in_one_place():
    """No tuple, list, set or dict of the package names three of them, but the table."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if path == PACKAGE / "cost" / "kinds.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            parts = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", [])
            names = {part.value for part in parts if isinstance(part, ast.Constant)}
            plain = {str(name).removesuffix("_cost") for name in names}
            if len(plain & {"setup", "flat_rate", "metered", "dids"}) >= 3:
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert found == []


def test_nobody_who_bills_knows_a_charge_by_name():
    """`Biller` and `Invoicing` go through the list."""
    names = {charge.__name__ for charge in CHARGES.values()}
    for file in ("biller.py", "invoice.py"):
        tree = ast.parse((PACKAGE / "cost" / file).read_text("utf-8"))
        classes = [
            node for node in tree.body if isinstance(node, ast.ClassDef) and node.name in ("Biller", "Invoicing")
        ]
        for node in (part for one in classes for part in ast.walk(one)):
            assert getattr(node, "id", None) not in names
            assert getattr(node, "value", None) not in CHARGES
