"""Random scenarios with changes, as the values of their files.

Changes are drawn at random; those that capsim reports to break a rule are left out until the scenario is sound.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

import capsim
from tests.reference.bookkeeper import MINOR_UNITS
from tests.reference.call_price import ROUND

ACTIONS = (
    "buy", "remove", "assign", "assign", "unassign", "unassign", "set", "join", "leave", "switch", "switch", "renew",
    "clear", "add", "add", "end", "delete",
)  # fmt: skip

ZONES = ("UTC", "Europe/London", "America/New_York", "Asia/Beirut", "Africa/Cairo", "Asia/Kathmandu")


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
