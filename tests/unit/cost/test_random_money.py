"""Invoices and accounts of random scenarios with changes: items make totals, and what is drawn fell due."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

import capsim
from capsim.records import METERED
from capsim.simulation.replication import CompiledScenario, RunRequest, replicate
from capsim.tariff import build_prices
from tests.reference.bookkeeper import MINOR_UNITS, Bookkeeper, half_up
from tests.reference.call_price import call_prices
from tests.reference.random_scenarios import MOST, SEEDS, timeline

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


def replicated(made):
    compiled = CompiledScenario.of(made)
    return compiled, replicate(RunRequest(made, made.seed, "compiled", keep_calls=True), compiled, 0)


def the_calls(replication):
    """Counted calls that were carried and answered: DID, arrival, answer, end, whether metered, and of which group."""
    for log in replication.logs:
        calls, did = log.calls, log.calls.did
        answer = calls.arrival + calls.ring
        for row in np.flatnonzero(log.carried & calls.answered & (calls.arrival >= 0)):
            yield (
                int(did[row]), int(calls.arrival[row]), int(answer[row]), int(log.end[row]),
                bool(log.outcome[row] == METERED), int(log.group[did[row]]),
            )  # fmt: skip


@given(SEEDS, MOST)
@settings(max_examples=30)
def test_items_of_an_invoice_add_up_to_its_totals(seed, most):
    """To the cent, by kind and in all; every amount is a whole number of minor units."""
    _, made = timeline(seed, most, days=30, traffic=True)
    result = capsim.simulate(made, replications=1)
    (items,), (totals,) = result.invoices, result.cost_totals
    for kind in ("setup", "flat_rate", "metered", "dids"):
        assert sum((item.amount for item in items if item.kind == kind), Decimal(0)) == getattr(totals, kind)
    assert sum((item.amount for item in items), Decimal(0)) == totals.total
    for item in items:
        assert item.amount == item.amount.quantize(Decimal(1).scaleb(-MINOR_UNITS[made.currency]))
        assert item.start <= item.end
    fees = [(fee.kind, fee.start, fee.quantity, fee.amount) for fee in build_prices(made).fees]
    calls = ("billed minute",)
    assert Counter(fees) == Counter(
        (item.kind, item.start, item.quantity, item.amount) for item in items if item.unit not in calls
    )


@given(SEEDS, MOST)
@settings(max_examples=20)
def test_an_item_of_calls_is_the_rounded_sum_of_the_full_prices_of_its_calls(seed, most):
    """By group and cycle of its pool, for metered calls; by entry, for a number's own price; by time of arrival."""
    keys, made = timeline(seed, most, days=30, traffic=True)
    keeper, (_, replication) = Bookkeeper(keys), replicated(made)
    groups, entry_of = list(made.all_groups), [did.entry_name for did in made.all_dids]
    metered_price, own_price = call_prices(keys)
    amounts: dict = defaultdict(Fraction)
    billed: Counter = Counter()

    def add(kind, name, anchor, arrival, price, talk):
        begun = max(keeper.begun(anchor, keeper.time.day(arrival)), keeper.first_day)
        amounts[kind, name, begun] += price.of(talk)
        billed[kind, name, begun] += price.billed(talk)

    for did, arrival, answer, end, metered, group in the_calls(replication):
        if metered:
            pool = keys["groups"][groups[group]]["pool"]
            add("metered", groups[group], keeper.pool_anchor(pool), arrival, metered_price[groups[group]], end - answer)
        if entry_of[did] in own_price:
            begins = [
                made.timeline.stays.get(row, (None, None))[0]
                for row, one in enumerate(entry_of)
                if one == entry_of[did]
            ]
            first_there = min(keeper.first_day if begin is None else keeper.time.day(begin) for begin in begins)
            anchor = date.fromisoformat(keys["dids"][entry_of[did]].get("activated", str(first_there)))
            add("dids", entry_of[did], anchor, arrival, own_price[entry_of[did]], end - answer)
    items = {
        (item.kind, item.group or item.did, item.start): item
        for item in capsim.simulate(made, replications=1).invoices[0]
        if item.unit == "billed minute"
    }
    places = MINOR_UNITS[made.currency]
    assert {key: item.amount for key, item in items.items()} == {
        key: half_up(amount, places) for key, amount in amounts.items()
    }
    assert {key: round(item.quantity * 60_000_000) for key, item in items.items()} == billed
    for item in items.values():
        assert item.start < item.end <= build_prices(made).end_day


@given(SEEDS, MOST)
@settings(max_examples=40)
def test_what_leaves_the_balance_is_what_fell_due(seed, most):
    """Opening balance + top-ups - drawn = closing; drawn = all fees and all charges before the end of the horizon.

    Exactly, in the account's whole units. Top-ups and the lowest balance are those of a replay of the charges in the
    order of R13; where two fall due in one microsecond, calls come before fees.
    """
    keys, made = timeline(seed, most, days=12, traffic=True, account=True)
    compiled, replication = replicated(made)
    account, balance, horizon = compiled.account, replication.balance, compiled.horizon
    unit = 10**account.decimals
    groups, entry_of = list(made.all_groups), [did.entry_name for did in made.all_dids]
    metered_price, own_price = call_prices(keys)
    due = [(fee.at, 1, fee.stage, Fraction(fee.amount)) for fee in build_prices(made).fees]
    for number, (did, _, answer, end, metered, group) in enumerate(the_calls(replication)):
        if metered:
            charges = metered_price[groups[group]].charges(answer, end, horizon)
            due += [(at, 0, number, amount) for at, amount in charges]
        if entry_of[did] in own_price and end < horizon:
            due.append((end, 0, number, own_price[entry_of[did]].of(end - answer)))
    assert balance.drawn == unit * sum(amount for *_, amount in due)
    opening = Fraction(keys["account"]["balance"])
    top_up = keys["account"].get("top_up")
    now, top_ups, lowest = opening, 0, opening
    for *_, amount in sorted(due, key=lambda one: one[:2]):
        now -= amount
        if top_up is not None and amount > 0 and now < Fraction(top_up["threshold"]):
            now, top_ups = now + Fraction(top_up["amount"]), top_ups + 1
        lowest = min(lowest, now)
    assert (balance.top_ups, Fraction(int(balance.closing[-1]), unit)) == (top_ups, now)
    assert Fraction(int(balance.lowest.min()), unit) == lowest
    added = top_ups * Fraction(top_up["amount"]) if top_up else 0
    assert opening + added - Fraction(balance.drawn, unit) == now


@given(SEEDS, MOST)
@settings(max_examples=15)
def test_where_money_never_runs_out_the_calls_and_the_bill_are_those_without_an_account(seed, most):
    """And what is billed is what was drawn and what calls in progress at the end have still to pay, before rounding."""
    keys, _ = timeline(seed, most, days=12, traffic=True, account=True)
    rich = keys | {"account": {"balance": "1000000"}}
    compiled, prepaid = replicated(capsim.Scenario(**rich))
    _, postpaid = replicated(capsim.Scenario(**{key: value for key, value in keys.items() if key != "account"}))
    assert prepaid.charges == postpaid.charges
    assert list(the_calls(prepaid)) == list(the_calls(postpaid))
    account, balance = compiled.account, prepaid.balance
    assert balance.top_ups == 0
    assert int(balance.closing[-1]) == account.balance - balance.drawn
    billed = sum(int(amount) for amount in account.due)
    for charges, owners in (
        (prepaid.charges.groups, compiled.prices.groups),
        (prepaid.charges.dids, compiled.prices.dids),
    ):
        for (row, _), charge in charges.items():
            billed += charge.units * 10 ** (account.decimals - owners[row].call.decimals)
    assert billed >= balance.drawn
    if all(end < compiled.horizon for _, _, _, end, _, _ in the_calls(prepaid)):
        assert billed == balance.drawn
