"""On random timelines, money adds up: fees are a plain bookkeeper's, items make totals, and what is drawn is due.

A timeline is made of random changes; those that the scenario is told to break a rule are left out, until it is sound.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import ceil, floor
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import capsim
from capsim.records import METERED
from capsim.study.replication import Order, Setting, replicate
from capsim.tariff import build_prices
from tests.reference.bookkeeper import MINOR_UNITS, Bookkeeper, half_up

pytestmark = pytest.mark.slow

ACTIONS = (
    "buy", "remove", "assign", "assign", "unassign", "unassign", "set", "join", "leave", "switch", "switch", "renew",
    "clear", "add", "add", "end", "delete",
)  # fmt: skip
ZONES = ("UTC", "Europe/London", "America/New_York", "Asia/Beirut", "Africa/Cairo", "Asia/Kathmandu")
ROUND = {"half up": lambda exact: floor(exact + Fraction(1, 2)), "half even": round, "up": ceil, "down": floor}

# -- random scenarios, as the plain values of their files -----------------------------------------------------


class Company:
    """The values of a scenario's file, by the fall of dice: two pools, three groups, five entries of DIDs.

    The pool `loose` has what is assigned; the pool `fixed` says how much it has.
    """

    def __init__(self, dice: Random, days: int, traffic: bool) -> None:
        self.dice = dice
        self.traffic = traffic
        self.start = date(2026, 1, 20) + timedelta(days=dice.randint(0, 760))
        self.days = dice.choice([dice.randint(1, days), days])
        self.cycle = dice.choice(["month", "month", "28 days", "30 days"])
        self.removal = dice.choice(["no refund", "prorated"])

    def keys(self):
        channels = self.dice.randint(5, 14)
        return {
            "start": str(self.start) + self.dice.choice(["", "", "T08:30"]),
            "timezone": self.dice.choice(ZONES),
            "duration": f"{self.days} days",
            "currency": self.dice.choice(sorted(MINOR_UNITS)),
            "seed": self.dice.randint(0, 1000),
            "billing": {
                "cycle": self.cycle,
                "removal": self.removal,
                "owned": {"fixed": self.dice.randint(0, channels), "loose": self.dice.randint(0, 1)},
                **self.maybe(renews=self.a_day),
            },
            "pools": {"fixed": {"channels": channels, **self.a_pool()}, "loose": self.a_pool()},
            "groups": {
                "desk": {"pool": "fixed", "shared": self.dice.randint(0, 3), "metered": self.dice.randint(1, 3)},
                "night": {"pool": "loose", "shared": self.dice.randint(1, 3), "metered": self.dice.randint(0, 2)},
                "empty": {"pool": "loose", "shared": self.dice.randint(0, 2), "metered": 1},
            },
            "dids": {
                "a": self.a_did(count=self.dice.randint(1, 3), group="desk"),
                "b": self.a_did(dedicated={"pool": "fixed", "channels": self.dice.randint(0, 2)}),
                "c": self.a_did(dedicated={"pool": "loose", "channels": self.dice.randint(0, 2)}, group="night"),
                "d": self.a_did(old=False),
                "e": self.a_did(old=False, group="night"),
            },
            "changes": [],
        }

    def maybe(self, **values):
        return {key: value() for key, value in values.items() if self.dice.random() < 0.5}

    def a_day(self):
        return str(self.start + timedelta(days=self.dice.randint(-40, 40)))

    def money(self):
        return f"{self.dice.choice([0, 1, 5, 33, 250, 1999, 2500, 10_001]) / 100:.2f}"

    def a_pool(self):
        starts = sorted(self.dice.sample(range(2, 15), self.dice.randint(0, 2)))
        breaks = [{"from": start, "setup": self.money(), "monthly": self.money()} for start in starts]
        flat_rate = {
            "setup": self.money(),
            "monthly": self.money(),
            "breaks": breaks,
            "break_mode": self.dice.choice(["all units", "graduated"]),
        }
        return {"flat_rate": flat_rate, "metered": self.a_call_price(), **self.maybe(renews=self.a_day)}

    def a_call_price(self):
        return {
            "rate": self.dice.choice(["0", "0.010", "0.0107", "1.5"]),
            "first_interval": self.dice.choice(["1 s", "30 s", "60 s"]),
            "next_interval": self.dice.choice(["1 s", "6 s", "60 s"]),
            "connection_fee": self.dice.choice(["0", "0.05"]),
            "decimals": self.dice.choice([0, 2, 3, 5]),
            "rounding": self.dice.choice(sorted(ROUND)),
        }

    def a_did(self, old=True, **keys):
        monthly = {"DID+2": self.dice.choice(["0", "4.80", "0.335"]), "DID+0": "0.80"}
        fees = {"setup": self.dice.choice(["0", "1.00", "0.335"]), "monthly": monthly}
        did = {"country": "GB", "mode": self.a_mode(), "fees": fees, **keys}
        did |= self.maybe(activated=lambda: str(self.start - timedelta(days=self.dice.randint(0, 100)))) if old else {}
        if self.traffic:
            fees |= self.maybe(per_minute=self.a_call_price)
            did["traffic"] = {
                "calls_per_hour": self.dice.choice([0.5, 1, 4]),
                "holding": {"distribution": "lognormal", "mean": f"{self.dice.randint(1, 8)} min", "cv": 1.5},
                "ring": {"distribution": "exponential", "mean": "5 s"},
                "answered": self.dice.choice([0.6, 1.0]),
            }
        return did

    def account(self):
        top_up = {"threshold": self.dice.choice(["0", "5", "20.00"]), "amount": self.dice.choice(["3.005", "50"])}
        balance = self.dice.choice(["0", "10.00", "300.001", "100000"])
        return {"balance": balance, **self.maybe(top_up=lambda: top_up)}

    # -- changes

    def a_change(self):
        """Sound, or not. A clearing and a renewal come with a switch that they may concern."""
        action = self.dice.choice(ACTIONS)
        value = getattr(self, f"to_{action}")()
        if action in ("clear", "renew"):
            switch = {"did": value["did"], "mode": self.a_mode()}
            return [{"at": self.moment(0), "switch": switch}, {"at": self.moment(0), action: value}]
        first = self.dice.randint(0, self.days)
        may_end = action in ("buy", "assign", "unassign") or (action == "add" and "did" in value)
        until = {"until": self.moment(first)} if may_end and self.dice.random() < 0.4 else {}
        if until and action != "add" and self.dice.random() < 0.5:
            every, until = self.dice.choice([("Friday", "Sunday"), ("day", "day"), ("Sunday", "Monday")])
            return [{"every": f"{every} 17:30", "until": f"{until} 23:30", action: value}]
        return [{"at": self.moment(first), **until, action: value}]

    def moment(self, first):
        """On or after this day of the horizon, by the clock or as a length after the start."""
        number = self.dice.randint(first, self.days)
        renewals = [day for day in (28, 30, 31, 56, 60, 61, 84, 90, 91, 92) if first <= day <= self.days]
        if renewals and self.dice.random() < 0.3:
            return str(self.start + timedelta(days=self.dice.choice(renewals)))  # as many a cycle of the first day ends
        minutes = self.dice.choice([0, 0, 30])
        if self.dice.random() < 0.2:
            return f"{24 * number + minutes / 60:g} h"
        hour = self.dice.choice([0, 0, 0, 2, 9, 23])
        return str(self.start + timedelta(days=number)) + (f" {hour:02}:{minutes:02}" if hour or minutes else "")

    def a_mode(self):
        return self.dice.choice(["DID+2", "DID+0"])

    def a_period(self):
        number = self.dice.randint(1, 3)
        return f"{number} months" if self.cycle == "month" else f"{number * int(self.cycle.split()[0])} days"

    def of_did(self, **keys):
        return {"did": self.dice.choice(["a", "a-1", "b", "c", "d", "d", "d", "e"]), **keys}

    def of_group(self, **keys):
        return {"group": self.dice.choice(["desk", "night", "empty", "empty"]), **keys}

    def some_channels(self):
        if self.dice.random() < 0.5:
            pool = self.dice.choice([{}, {"pool": "fixed"}, {"pool": "loose"}])
            return self.of_did(dedicated=self.dice.randint(1, 3), **pool)
        return self.of_group(**{self.dice.choice(["shared", "shared", "metered"]): self.dice.randint(1, 4)})

    def to_buy(self):
        return {"pool": "fixed", "channels": self.dice.randint(1, 4)}

    to_remove = to_buy
    to_assign = to_unassign = to_set = some_channels

    def to_join(self):
        return self.of_did() | self.of_group()

    def to_switch(self):
        return self.of_did(mode=self.a_mode(), **self.maybe(renew=self.a_period))

    def to_renew(self):
        return self.of_did(period=self.a_period())

    to_leave = to_clear = to_end = of_did
    to_delete = of_group

    def to_add(self):
        return {"did": self.dice.choice("de")} if self.dice.random() < 0.7 else {"group": "empty"}


def timeline(seed, most, days=100, traffic=False, account=False):
    """The values of a scenario's file, with changes that it takes, at most so many; and the scenario."""
    company = Company(Random(seed), days, traffic)
    keys = company.keys() | ({"account": company.account()} if account else {})
    try:
        made = capsim.Scenario(**keys)
    except capsim.ScenarioError:  # more is owned than assigned, or the clocks skip the start
        keys["billing"]["owned"], keys["timezone"] = {}, "UTC"
        made = capsim.Scenario(**keys)
    left = [change for _ in range(most) for change in company.a_change()]
    while left:
        try:
            made = capsim.Scenario(**keys | {"changes": left})
        except capsim.ScenarioError as error:
            places = [problem.path.split(".") for problem in error.problems]
            wrong = {int(place[1]) for place in places if place[0] == "changes"}
            if not wrong:  # at the start, because of what comes only later
                wrong = {row for row, change in enumerate(left) if "add" in change}
            left = [change for row, change in enumerate(left) if row not in wrong]
        else:
            keys["changes"] = left
            break
    return keys, made


SEEDS = st.integers(0, 2**32)
MOST = st.integers(0, 20)


# -- fees -----------------------------------------------------------------------------------------------------


@given(SEEDS, MOST)
@settings(max_examples=90)
def test_fees_are_those_that_a_plain_bookkeeper_writes_down(seed, most):
    keys, made = timeline(seed, most)
    book, fees = Bookkeeper(keys).book, build_prices(made).fees
    of_pools = [fee for fee in fees if fee.pool is not None]
    assert sorted(
        (fee.at, bool(fee.stage), fee.kind, fee.pool, fee.quantity, Fraction(fee.unit_price), fee.start, fee.end,
         Fraction(fee.amount))
        for fee in of_pools
    ) == sorted(
        (one.at, one.by_change, one.kind, one.whose, one.quantity, one.each, one.start, one.end, one.amount)
        for one in book if one.whose in keys["pools"]
    )  # fmt: skip
    of_dids: Counter = Counter()
    for fee in fees:
        if fee.did is not None:
            each = Fraction(fee.unit_price)
            of_dids[fee.at, bool(fee.stage), fee.kind, fee.did, each, fee.start, fee.end] += fee.quantity
            assert fee.amount == half_up(fee.quantity * each, MINOR_UNITS[made.currency])
    assert of_dids == Counter(
        (one.at, one.by_change, one.kind, one.whose, one.each, one.start, one.end)
        for one in book if one.whose in keys["dids"]
    )  # fmt: skip


@given(SEEDS, MOST)
@settings(max_examples=30)
def test_fees_are_in_order_of_time_inside_the_horizon_and_inside_a_cycle(seed, most):
    keys, made = timeline(seed, most)
    fees, keeper = build_prices(made).fees, Bookkeeper(keys)
    assert [(fee.at, fee.stage) for fee in fees] == sorted((fee.at, fee.stage) for fee in fees)
    for fee in fees:
        assert 0 <= fee.at < made.horizon.microseconds
        day = keeper.time.day(fee.at)
        begins = keeper.time.beginning(day) == fee.at
        assert fee.start == (day + timedelta(days=1) if fee.quantity < 0 and not begins else day)
        assert fee.quantity != 0
        assert fee.unit_price > 0
        if fee.kind == "setup":
            assert fee.end == fee.start
        if fee.kind == "flat_rate":
            anchor = keeper.pool_anchor(fee.pool)
            assert keeper.renews(anchor, fee.end)
            inside = [fee.start + timedelta(days=number) for number in range(1, (fee.end - fee.start).days)]
            assert not any(keeper.renews(anchor, one) for one in inside), "no renewal day within it"


@given(SEEDS, MOST)
@settings(max_examples=30)
def test_at_each_renewal_the_channels_owned_then_are_paid_for(seed, most):
    keys, made = timeline(seed, most)
    keeper = Bookkeeper(keys)
    renewed: Counter = Counter()
    for fee in build_prices(made).fees:
        if fee.kind == "flat_rate" and fee.stage == 0 and fee.at > 0:
            renewed[fee.pool, fee.start] += fee.quantity
    for (pool, day), quantity in keeper.owned_at.items():
        levels = [keys["pools"][pool]["flat_rate"], *keys["pools"][pool]["flat_rate"]["breaks"]]
        if all(Decimal(level["monthly"]) for level in levels):
            assert renewed[pool, day] == quantity
        else:
            assert renewed[pool, day] <= quantity, "what costs nothing is no item"


@given(SEEDS, MOST)
@settings(max_examples=30)
def test_what_is_assigned_never_exceeds_what_is_bought(seed, most):
    """The bookkeeper looks at each instant (R5), and for groups without channels (R4) or deleted with DIDs (R11)."""
    keys, made = timeline(seed, most)
    keeper = Bookkeeper(keys)
    bought = {name: made.bought_channels(name) for name in keys["pools"]}
    for step in made.timeline.steps:
        for purchase in step.purchases:
            assert purchase.before == bought[purchase.pool]
            bought[purchase.pool] += purchase.added
    assert bought == keeper.bought
    assert bought["loose"] == keeper.assigned("loose")


# -- invoices and the account ---------------------------------------------------------------------------------


def replicated(made):
    setting = Setting.of(made)
    return setting, replicate(Order(made, made.seed, "compiled", keep_calls=True), setting, 0)


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


class ExactCallPrice:
    """M3, exactly."""

    def __init__(self, price):
        intervals = price["first_interval"], price["next_interval"]
        self.first, self.following = (1_000_000 * int(interval.split()[0]) for interval in intervals)
        self.fee, self.rate = Fraction(price["connection_fee"]), Fraction(price["rate"])
        self.scale, self.rounding = 10 ** price["decimals"], ROUND[price["rounding"]]
        self.so_far = cache(self.so_far)

    def billed(self, talk):
        """The first interval, and as many next ones as the talk needs."""
        return self.first + self.following * max(ceil(Fraction(talk - self.first, self.following)), 0)

    def so_far(self, billed):
        """The rounded price of so much billed time."""
        exact = self.fee + self.rate * billed / 60_000_000
        return Fraction(self.rounding(exact * self.scale), self.scale)

    def of(self, talk):
        return self.so_far(self.billed(talk))

    def charges(self, answer, end, horizon):
        """When which charge falls due, for a call on a metered channel: in advance, interval by interval (R10)."""
        at, billed, before = answer, self.first, Fraction(0)
        while at < horizon and (at == answer or at < end):
            yield at, self.so_far(billed) - before
            before, at, billed = self.so_far(billed), answer + billed, billed + self.following


def call_prices(keys):
    """Of calls on metered channels, by group; and of all calls, by the entry of their DID."""
    metered = {name: ExactCallPrice(keys["pools"][group["pool"]]["metered"]) for name, group in keys["groups"].items()}
    fees = {name: entry["fees"] for name, entry in keys["dids"].items()}
    return metered, {name: ExactCallPrice(one["per_minute"]) for name, one in fees.items() if "per_minute" in one}


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
    setting, replication = replicated(made)
    account, balance, horizon = setting.account, replication.balance, setting.horizon
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
    setting, prepaid = replicated(capsim.Scenario(**rich))
    _, postpaid = replicated(capsim.Scenario(**{key: value for key, value in keys.items() if key != "account"}))
    assert prepaid.charges == postpaid.charges
    assert list(the_calls(prepaid)) == list(the_calls(postpaid))
    account, balance = setting.account, prepaid.balance
    assert balance.top_ups == 0
    assert int(balance.closing[-1]) == account.balance - balance.drawn
    billed = sum(int(amount) for amount in account.due)
    for charges, owners in (
        (prepaid.charges.groups, setting.prices.groups),
        (prepaid.charges.dids, setting.prices.dids),
    ):
        for (row, _), charge in charges.items():
            billed += charge.units * 10 ** (account.decimals - owners[row].call.decimals)
    assert billed >= balance.drawn
    if all(end < setting.horizon for _, _, _, end, _, _ in the_calls(prepaid)):
        assert billed == balance.drawn


# -- the tests themselves -------------------------------------------------------------------------------------


def test_random_timelines_have_changes_of_every_kind():
    """Else the tests above would say little."""
    seen: Counter = Counter()
    for seed in range(60):
        keys, made = timeline(seed, most=20)
        for change in keys["changes"]:
            seen.update(set(change) - {"at"})
        seen["paid back"] += any(fee.quantity < 0 for fee in build_prices(made).fees)
    assert min(seen[name] for name in {*ACTIONS, "every", "until", "paid back"}) >= 5, seen


@pytest.mark.parametrize(
    ("exact", "places", "rounded"),
    [("0.005", 2, "0.01"), ("0.00499", 2, "0"), ("-0.005", 2, "-0.01"), ("13.5", 0, "14"), ("-13.4", 0, "-13")],
)
def test_the_bookkeeper_rounds_half_up(exact, places, rounded):
    assert half_up(Fraction(exact), places) == Fraction(rounded)
