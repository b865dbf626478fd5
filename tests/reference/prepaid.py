"""Reference model of changes and the prepaid account: R1, R9 to R11, R13 to R15 and M3.

The model visits every tick of the clock and does what R13 lists, in its order. Calls in progress are one list, searched
from its start each time. No code is shared with capsim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from tests.reference.admission import Did, Group

ROUND = {
    "half up": lambda exact: floor(exact + Fraction(1, 2)),
    "half even": round,
    "up": ceil,
    "down": floor,
}


@dataclass(frozen=True)
class IntervalPrice:
    """A price by intervals (M3): the first, connection fee included, and each next one; in units of 10^-decimals."""

    first: int
    following: int
    at_once: Fraction
    each: Fraction
    rounding: str = "half up"
    factor: int = 1
    """Units of the account in one unit of the price."""

    def of(self, intervals: int) -> int:
        """Rounded price of a number of intervals, the first included."""
        return self.factor * ROUND[self.rounding](self.at_once + (intervals - 1) * self.each)

    def of_talk(self, talk: int) -> int:
        """Rounded price of a talk of some ticks."""
        intervals, paid = 1, self.first
        while paid < talk:
            intervals, paid = intervals + 1, paid + self.following
        return self.of(intervals)


@dataclass
class PrepaidAccount:
    """An account: opening balance, top-up (threshold, amount), fees (instant, amount), prices by group and by DID."""

    balance: int
    threshold: int | None = None
    amount: int | None = None
    fees: Sequence[tuple[int, int]] = ()
    metered: Sequence[IntervalPrice | None] = ()
    own: Sequence[IntervalPrice | None] = ()


@dataclass(frozen=True)
class Change:
    """The new sizes of a DID or a group from an instant on."""

    at: int
    row: int
    becomes: Did | Group


@dataclass
class RingingCall:
    """An offered call that rings first, and what became of it; times and lengths in ticks."""

    did: int
    arrival: int
    ring: int
    talk: int
    answered: bool = True
    again: tuple[int, ...] = ()
    """Instants of the caller's next attempts, each made only if all attempts before were blocked."""
    attempt: int = 1

    outcome: str = ""
    channel: int = 0
    group: int | None = None
    end: int = 0
    torn_down: bool = False
    intervals: int = 0
    paid: int = 0
    paid_until: int = 0

    @property
    def carried(self) -> bool:
        return self.channel > 0


@dataclass
class ReferenceModel:
    """DIDs, groups and an account from tick to tick; ``run`` fills in what became of the calls and of the balance."""

    calls: Sequence[RingingCall]
    dids: list[Did]
    groups: list[Group]
    changes: Sequence[Change] = ()
    account: PrepaidAccount | None = None
    horizon: int = 30

    balance: int = 0
    drawn: int = 0
    top_ups: int = 0
    book: list[tuple[int, int]] = field(default_factory=list)
    """Instant and balance after every charge."""

    def run(self) -> None:
        self.dids, self.groups = list(self.dids), list(self.groups)
        rows = sorted(range(len(self.calls)), key=lambda row: (self.calls[row].arrival, self.calls[row].did, row))
        self.in_order = [self.calls[row] for row in rows]
        self.on_the_line: list[RingingCall] = []
        self.balance = self.account.balance if self.account else 0
        begin = min(call.arrival for call in [*self.calls, RingingCall(0, 0, 0, 0)])
        for now in range(begin, self.horizon):
            self.ends(now)
            if self.account:
                self.charges(now)
                self.fees(now)
            self.change(now)
            self.arrivals(now)

    # -- R13, in its order -------------------------------------------------------------------------------

    def ends(self, now: int) -> None:
        self.on_the_line = [call for call in self.on_the_line if call.end != now]

    def charges(self, now: int) -> None:
        for call in self.in_order:
            if call.carried:
                self.charge(call, now)

    def fees(self, now: int) -> None:
        for at, amount in self.account.fees:
            if at == now:
                self.draw(now, amount)

    def change(self, now: int) -> None:
        for change in self.changes:
            if change.at == now:
                (self.dids if isinstance(change.becomes, Did) else self.groups)[change.row] = change.becomes

    def arrivals(self, now: int) -> None:
        for call in self.in_order:
            if call.arrival == now:
                self.arrive(call, now)

    # -- a call ------------------------------------------------------------------------------------------

    def arrive(self, call: RingingCall, now: int) -> None:
        call.group = self.dids[call.did].group
        call.outcome, call.channel = self.admit(call)
        call.end = now
        if call.carried:
            call.paid_until = now + call.ring
            call.end = now + call.ring + (call.talk if call.answered else 0)
            if call.end > now:
                self.on_the_line.append(call)
            if self.account:
                self.charge(call, now)

    def admit(self, call: RingingCall) -> tuple[str, int]:
        """Tier and number of the channel that takes a call; or the cause of its blocking, and 0."""
        did = self.dids[call.did]
        group = Group() if did.group is None else self.groups[did.group]
        mine = [one for one in self.on_the_line if one.did == call.did]
        ours = [one for one in self.on_the_line if one.group == did.group and did.group is not None]
        if did.limit is not None and len(mine) >= did.limit:
            return "did_limit", 0
        if group.limit is not None and len(ours) >= group.limit:
            return "group_limit", 0
        for tier, size, users in (
            ("included", did.included, mine),
            ("dedicated", did.dedicated, mine),
            ("shared", group.shared, ours),
            ("metered", group.metered, ours),
        ):
            busy = [one.channel for one in users if one.outcome == tier]
            if len(busy) < size:
                if tier == "metered" and self.account and self.balance <= 0:
                    return "no_balance", 0
                return tier, min(set(range(1, size + 1)) - set(busy))
        return "capacity_exceeded", 0

    # -- money -------------------------------------------------------------------------------------------

    def charge(self, call: RingingCall, now: int) -> None:
        """Charge a carried call for what falls due now: its next interval, and at its end its DID's own price."""
        if now >= self.horizon or call.arrival < 0 or not call.answered or now > call.end:
            return
        price = self.account.metered[call.group] if call.outcome == "metered" else None
        if price and now == call.paid_until and call.intervals == 0:
            self.pay(call, price, now)
        elif price and now == call.paid_until and now < call.end:
            if self.balance > 0:
                self.pay(call, price, now)
            else:
                self.tear_down(call, now)
        own = self.account.own[call.did]
        if own and now == call.end:
            self.draw(now, own.of_talk(now - call.arrival - call.ring))

    def pay(self, call: RingingCall, price: IntervalPrice, now: int) -> None:
        """Charge the price so far less what was charged before."""
        call.paid_until = now + (price.first if call.intervals == 0 else price.following)
        call.intervals += 1
        amount = price.of(call.intervals) - call.paid
        call.paid += amount
        self.draw(now, amount)

    def tear_down(self, call: RingingCall, now: int) -> None:
        call.end, call.torn_down = now, True
        self.on_the_line.remove(call)

    def draw(self, now: int, amount: int) -> None:
        if amount == 0:
            return
        self.balance -= amount
        self.drawn += amount
        if amount > 0 and self.account.threshold is not None and self.balance < self.account.threshold:
            self.balance += self.account.amount
            self.top_ups += 1
        self.book.append((now, self.balance))


class EventDriven(ReferenceModel):
    """The reference model on a clock of microseconds: visits only the ticks at which something can happen."""

    def run(self) -> None:
        horizon, self.horizon = self.horizon, min(call.arrival for call in [*self.calls, RingingCall(0, 0, 0, 0)])
        super().run()  # visits no tick: everything is ready to begin
        self.horizon = horizon
        for now in sorted({at for at in self.instants() if at < horizon}):
            self.ends(now)
            self.charges(now)
            self.fees(now)
            self.change(now)
            self.arrivals(now)

    def instants(self) -> Iterator[int]:
        yield from (change.at for change in self.changes)
        yield from (at for at, _ in self.account.fees)
        for call in self.calls:
            answer = call.arrival + call.ring
            end = answer + (call.talk if call.answered else 0)
            yield from (call.arrival, answer, end)
            for price in self.account.metered:
                if price:
                    yield from range(answer + price.first, min(end, self.horizon), price.following)
