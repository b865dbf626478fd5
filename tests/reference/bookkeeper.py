"""Reference model of fees: M1, M2, M4, M5, R5 and R11 to R13.

The bookkeeper goes through the days of a scenario, given as the values of its file. As a day begins, it writes down the
fees of the cycles that begin; then it makes the changes at their instants, in the order of the file, and writes down
what each costs. No code is shared with capsim.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MINOR_UNITS = {"USD": 2, "JPY": 0, "KWD": 3}
MICROSECOND = timedelta(microseconds=1)


def half_up(exact: Fraction, places: int) -> Fraction:
    """Round to a number of decimal places; a half goes away from zero."""
    scale = 10**places
    rounded = Fraction(floor(abs(exact) * scale + Fraction(1, 2)), scale)
    return rounded if exact >= 0 else -rounded


class LocalTime:
    """The clock of a place, in microseconds since the start of the horizon."""

    def __init__(self, zone: str, start: str) -> None:
        self.zone = ZoneInfo(zone)
        self.start = self.utc(start)
        self.beginnings: dict[date, int] = {}

    def utc(self, text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=self.zone).astimezone(UTC)

    def clock(self, text: str) -> int:
        """The instant of a local date, of a local date-time, or of a length after the start, such as 36.5 h."""
        if text.endswith(" h"):
            return int(Fraction(text.removesuffix(" h")) * 3_600_000_000)
        return (self.utc(text) - self.start) // MICROSECOND

    def day(self, clock: int) -> date:
        return (self.start + clock * MICROSECOND).astimezone(self.zone).date()

    def beginning(self, day: date) -> int:
        """First instant of a local date, searched in steps of a quarter of an hour."""
        if day not in self.beginnings:
            moment = datetime.combine(day, time(), UTC) - timedelta(hours=15)
            while moment.astimezone(self.zone).date() < day:
                moment += timedelta(minutes=15)
            self.beginnings[day] = (moment - self.start) // MICROSECOND
        return self.beginnings[day]

    def weekly(self, text: str, first: date, last: date) -> list[int]:
        """Instants of a local time of a day of the week, such as Friday 17:00, or of every day."""
        name, reading = text.split()
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return [self.clock(f"{day}T{reading}") for day in days if name in ("day", WEEKDAYS[day.weekday()])]


@dataclass(frozen=True)
class Entry:
    """One line of the book: a fee for a quantity of channels or DIDs at a price each."""

    at: int
    by_change: bool
    kind: str
    whose: str
    quantity: int
    each: Fraction
    start: date
    end: date
    amount: Fraction


@dataclass
class Number:
    """A DID."""

    entry: str
    there: bool
    mode: str
    dedicated: int
    pool: str | None
    group: str | None
    anchor: date
    due: date
    """The day on which its next fee is due."""
    waiting: str | None = None


class Bookkeeper:
    """Goes through a scenario's horizon and writes every fee in ``book``."""

    def __init__(self, keys: dict[str, Any]) -> None:
        self.keys = keys
        self.time = LocalTime(keys["timezone"], keys["start"])
        self.first_day = self.time.day(0)
        last = datetime.fromisoformat(keys["start"]) + timedelta(days=int(keys["duration"].split()[0]))
        self.end = self.time.clock(last.isoformat())
        self.cycle = keys["billing"]["cycle"]
        self.prorated = keys["billing"].get("removal") == "prorated"
        self.places = MINOR_UNITS[keys["currency"]]
        self.book: list[Entry] = []
        added = [change["add"] for change in keys["changes"] if "add" in change]
        later = {one.get("did") for one in added} | {one.get("group") for one in added}
        self.groups = {name: dict(group) for name, group in keys["groups"].items()}
        for name in self.groups:
            self.groups[name]["there"] = name not in later
        self.numbers: dict[str, Number] = {}
        for name, entry in keys["dids"].items():
            count = entry.get("count")
            for one in [f"{name}-{row + 1}" for row in range(count)] if count else [name]:
                anchor = date.fromisoformat(entry.get("activated", str(self.first_day)))
                dedicated = entry.get("dedicated", {})
                self.numbers[one] = Number(
                    name, not {one, name} & later, entry["mode"], dedicated.get("channels", 0), dedicated.get("pool"),
                    entry.get("group"), anchor, self.first_day,
                )  # fmt: skip
        self.bought = {
            name: pool["channels"] if "channels" in pool else self.assigned(name)
            for name, pool in keys["pools"].items()
        }
        self.owned_at: dict[tuple[str, date], int] = {}
        """By pool and renewal day: how many channels were renewed."""
        self.run()

    # -- days -----------------------------------------------------------------------------------------------

    def renews(self, anchor: date, day: date) -> bool:
        """Whether a cycle of this anchor begins on a day."""
        if self.cycle == "month":
            return day.day == min(anchor.day, monthrange(day.year, day.month)[1])
        return (day - anchor).days % int(self.cycle.split()[0]) == 0

    def next_renewal(self, anchor: date, day: date, number: int = 1) -> date:
        """The ``number``-th renewal day after a day."""
        while number:
            day += timedelta(days=1)
            number -= self.renews(anchor, day)
        return day

    def begun(self, anchor: date, day: date) -> date:
        """The first day of the cycle that a day lies in."""
        while not self.renews(anchor, day):
            day -= timedelta(days=1)
        return day

    def pool_anchor(self, pool: str) -> date:
        renews = self.keys["pools"][pool].get("renews") or self.keys["billing"].get("renews")
        return date.fromisoformat(renews) if renews else self.first_day

    # -- the course of the horizon -----------------------------------------------------------------------------

    def run(self) -> None:
        todo = sorted(self.agenda(), key=lambda item: item[:3])
        day = self.first_day
        self.open()
        while True:
            begins = self.time.beginning(day + timedelta(days=1))
            while todo and todo[0][0] < min(begins, self.end):
                at = todo[0][0]
                while todo and todo[0][0] == at:
                    self.do(at, day, *todo.pop(0)[3:])
                self.settle(at, day)
            if begins >= self.end:
                return
            day += timedelta(days=1)
            self.renew_all(begins, day)

    def agenda(self) -> Iterator[tuple[int, int, int, str, Any]]:
        """Instant, place in the file, which of its turns, what to do, and its values."""
        undo = {"buy": "remove", "assign": "unassign", "unassign": "assign", "add": "end"}
        for place, change in enumerate(self.keys["changes"]):
            (action,) = set(change) - {"at", "every", "until"}
            if "at" in change:
                turns = [
                    (self.time.clock(change["at"]), self.time.clock(change["until"]) if "until" in change else None)
                ]
            else:
                first, last = self.first_day - timedelta(days=8), self.time.day(self.end) + timedelta(days=8)
                ends = self.time.weekly(change["until"], first, last) if "until" in change else []
                turns = []
                for begin in self.time.weekly(change["every"], first, last):
                    end = min((one for one in ends if one > begin), default=None)
                    if begin >= 0 or (end is not None and end > 0):
                        turns.append((max(begin, 0), end))
            for number, (begin, end) in enumerate(turns):
                yield begin, place, 2 * number, action, change[action]
                if end is not None:
                    yield end, place, 2 * number + 1, undo[action], change[action]

    def open(self) -> None:
        """What the first day costs: all that is not owned, and cycles that begin."""
        day = self.first_day
        for name in self.keys["pools"]:
            quantity, owned = self.bought[name], self.keys["billing"].get("owned", {}).get(name, 0)
            self.setups(0, False, name, owned, quantity, day)
            self.monthly(0, False, name, 0 if self.renews(self.pool_anchor(name), day) else owned, quantity, day)
        for number in self.numbers.values():
            if not number.there:
                continue
            if number.anchor == day:
                self.number_setup(0, False, number, day)
            if self.renews(number.anchor, day):
                self.number_fee(0, False, number, day)
            else:
                number.due = self.next_renewal(number.anchor, day)

    def renew_all(self, at: int, day: date) -> None:
        for name in self.keys["pools"]:
            if self.renews(self.pool_anchor(name), day):
                self.owned_at[name, day] = self.bought[name]
                self.monthly(at, False, name, 0, self.bought[name], day)
        for number in self.numbers.values():
            if number.there and number.due == day:
                number.mode, number.waiting = number.waiting or number.mode, None
                self.number_fee(at, False, number, day)

    def settle(self, at: int, day: date) -> None:
        """Pools that name no number have bought what is assigned, once an instant is done."""
        for name, pool in self.keys["pools"].items():
            if "channels" not in pool:
                self.trade(at, day, name, self.assigned(name) - self.bought[name])

    def assigned(self, pool: str) -> int:
        dedicated = sum(one.dedicated for one in self.numbers.values() if one.there and one.pool == pool)
        return dedicated + sum(one["shared"] for one in self.groups.values() if one["there"] and one["pool"] == pool)

    # -- changes -----------------------------------------------------------------------------------------------------

    def do(self, at: int, day: date, action: str, value: dict[str, Any]) -> None:
        if action in ("buy", "remove"):
            self.trade(at, day, value["pool"], value["channels"] * (1 if action == "buy" else -1))
        elif "group" in value and action != "join":
            self.do_to_group(self.groups[value["group"]], action, value)
        else:
            for name, number in self.numbers.items():
                if value["did"] in (name, number.entry):
                    self.do_to_number(at, day, number, action, value)
        for name in self.keys["pools"]:
            if "channels" in self.keys["pools"][name]:
                assert self.assigned(name) <= self.bought[name], (name, day, "R5: assigned exceeds bought")
        for name, group in self.groups.items():
            members = [number for number in self.numbers.values() if number.there and number.group == name]
            assert group["there"] or not members, (name, day, "R11: members of a group that is not there")
            assert not group["there"] or group["shared"] + group["metered"] >= 1, (name, day, "R4: no channel")

    def do_to_group(self, group: dict[str, Any], action: str, value: dict[str, Any]) -> None:
        if action in ("add", "delete"):
            group["there"] = action == "add"
        for tier in ("shared", "metered"):
            if tier in value:
                sign = {"assign": 1, "unassign": -1}.get(action, 0)
                group[tier] = group[tier] + sign * value[tier] if sign else value[tier]

    def do_to_number(self, at: int, day: date, number: Number, action: str, value: dict[str, Any]) -> None:
        """Of an entry, those that are there, and that are not yet in the mode that they are to have."""
        if not number.there and action != "add":
            return
        if action == "switch" and value["mode"] == (number.waiting or number.mode):
            return
        if action in ("assign", "unassign", "set") and "dedicated" in value:
            sign = {"assign": 1, "unassign": -1}.get(action, 0)
            number.dedicated = number.dedicated + sign * value["dedicated"] if sign else value["dedicated"]
            number.pool = value.get("pool", number.pool)
        elif action in ("join", "leave"):
            number.group = value.get("group")
        elif action == "add":
            number.there, number.anchor = True, day
            self.number_setup(at, True, number, day)
            self.number_fee(at, True, number, day)
        elif action == "end":
            number.there = False
        elif action == "clear":
            number.waiting = None
        elif action in ("switch", "renew"):
            number.waiting = value.get("mode", number.waiting)
            period = value.get("renew") if action == "switch" else value.get("period", "1 month")
            if period is not None:
                number.mode, number.waiting, number.anchor = number.waiting or number.mode, None, day
                amount, unit = period.split()
                cycles = int(amount) if unit.startswith("month") else int(amount) // int(self.cycle.split()[0])
                self.number_fee(at, True, number, day, cycles)

    # -- what it costs -------------------------------------------------------------------------------------------------

    def trade(self, at: int, day: date, pool: str, added: int) -> None:
        before = self.bought[pool]
        self.bought[pool] = after = before + added
        if added > 0:
            self.setups(at, True, pool, before, after, day)
            self.monthly(at, True, pool, before, after, day)
        elif added < 0 and self.prorated:
            left = day if at == self.time.beginning(day) else day + timedelta(days=1)
            self.monthly(at, True, pool, after, before, left, of=day, sign=-1)

    def prices(self, pool: str, before: int, after: int) -> Iterator[tuple[int, Fraction, Fraction]]:
        """Setup and monthly price of channels number before + 1 to after: so many at these, by the breaks reached."""
        flat_rate = self.keys["pools"][pool]["flat_rate"]
        levels = [(1, flat_rate["setup"], flat_rate["monthly"])]
        levels += [(one["from"], one["setup"], one["monthly"]) for one in flat_rate["breaks"]]
        each: Counter[tuple[Fraction, Fraction, int]] = Counter()
        for channel in range(before + 1, after + 1):
            reached = channel if flat_rate["break_mode"] == "graduated" else after
            start, setup, monthly = [level for level in levels if level[0] <= reached][-1]
            each[Fraction(setup), Fraction(monthly), start] += 1
        for (setup, monthly, _), quantity in each.items():
            yield quantity, setup, monthly

    def setups(self, at: int, by_change: bool, pool: str, before: int, after: int, day: date) -> None:
        for quantity, setup, _ in self.prices(pool, before, after):
            if setup:
                amount = half_up(quantity * setup, self.places)
                self.book.append(Entry(at, by_change, "setup", pool, quantity, setup, day, day, amount))

    def monthly(
        self, at: int, by_change: bool, pool: str, before: int, after: int, day: date, of: date | None = None,
        sign: int = 1,
    ) -> None:  # fmt: skip
        """For the days from ``day`` to the end of the cycle that ``of`` lies in; that is ``day``, if left out."""
        anchor = self.pool_anchor(pool)
        begun, end = self.begun(anchor, of or day), self.next_renewal(anchor, of or day)
        left, whole = (end - day).days, (end - begun).days
        for quantity, _, monthly in self.prices(pool, before, after):
            if monthly and left:
                amount = half_up(sign * quantity * monthly * left / whole, self.places)
                self.book.append(Entry(at, by_change, "flat_rate", pool, sign * quantity, monthly, day, end, amount))

    def number_setup(self, at: int, by_change: bool, number: Number, day: date) -> None:
        setup = Fraction(self.keys["dids"][number.entry]["fees"]["setup"])
        if setup:
            self.book.append(Entry(at, by_change, "setup", number.entry, 1, setup, day, day, Fraction(0)))

    def number_fee(self, at: int, by_change: bool, number: Number, day: date, cycles: int = 1) -> None:
        """A DID pays its mode's fee for some cycles. Its amount is rounded together with those of others alike."""
        number.due = self.next_renewal(number.anchor, day, cycles)
        fee = cycles * Fraction(self.keys["dids"][number.entry]["fees"]["monthly"][number.mode])
        if fee:
            self.book.append(Entry(at, by_change, "dids", number.entry, 1, fee, day, number.due, Fraction(0)))
