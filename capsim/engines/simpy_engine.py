"""The reference engine: the life of a call, written with SimPy.

Each DID is a process that receives its calls; each tier of each DID and group is a resource that holds its
channels. A call that arrives asks the admission rule, takes a channel of the tier that the rule names, and
gives it back when it ends. Capacity changes as the schedule says, and an account is drawn on as its fees and calls
fall due. What happens at one instant happens in the order of R13: SimPy takes events of equal time by priority, and
each kind of event here has its own.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from heapq import heappop, heappush
from typing import Any

import numpy as np
import simpy
from simpy.events import EventPriority
from simpy.resources.base import BaseResource

from capsim.capacity import Schedule
from capsim.engines.ledger import Ledger
from capsim.engines.notes import Caller, Note, Notes
from capsim.engines.pending import Pending
from capsim.kernels.admission import admit
from capsim.records import CAPACITY_EXCEEDED, METERED, CallLog, CallTable, InProgress
from capsim.tariff import CallPrice
from capsim.tariff.account import CallCharges
from capsim.units import NEVER

CALL_ENDS = 0
FIRST_CHARGE = 1
FEES, CHANGES, FIRST_ARRIVAL = 2**60, 2**60 + 1, 2**60 + 2
"""Priorities at one instant (R13).

Calls end first. Charges and teardowns follow: those of the n-th call to arrive with FIRST_CHARGE + 2 n, its DID's own
price just after. Fees, changes and arrivals come last. Among arrivals, callers who try again at the DID at position d
have FIRST_ARRIVAL + 2 d, in the order in which they were blocked, and new calls have one more.
"""


def run(
    tables: Iterable[CallTable],
    schedule: Schedule,
    numbered: bool = True,  # noqa: ARG001
    ledger: Ledger | None = None,
) -> Iterator[CallLog]:
    """Serve the calls of tables that follow each other in time; yield a log for each table.

    Channels are numbered in any case.
    """
    exchange: Exchange | None = None
    pending = Pending(len(schedule.first.did_names))
    for table in tables:
        exchange = exchange or Exchange(schedule, table.begin, ledger)
        pending.add(exchange.serve(table))
        yield from pending.settled(table.end if ledger is not None else None)
    yield from pending.settled(None)


class Tier(BaseResource[Any, Any]):
    """The channels of one tier of one DID or group: a SimPy resource for a system without a queue.

    A call is sent here by the admission rule only while a channel is free, and takes the free one with the
    lowest number. SimPy's own resources schedule an event to tell a waiting process that its turn has come;
    here nobody waits, so nothing is scheduled.
    """

    def __init__(self, env: simpy.Environment, channels: int) -> None:
        super().__init__(env, channels)
        self.free: int = channels
        self.idle: list[int] = []  # channels that calls gave back, a heap
        self.never_used = 1  # this one, and those above it

    def resize(self, channels: int) -> None:
        """Change the number of channels. Calls in progress stay, so fewer than none may be free (R11)."""
        self.free += channels - int(self._capacity)
        self._capacity = channels

    def seize(self) -> int:
        """Take the idle channel with the lowest number and return its number."""
        self.free -= 1
        if self.idle:
            return heappop(self.idle)
        self.never_used += 1
        return self.never_used - 1

    def release(self, channel: int) -> None:
        """Give a channel back."""
        heappush(self.idle, channel)
        self.free += 1


class Group:
    """The shared and metered channels of a group, and how many more calls its limit allows (R9)."""

    def __init__(self, env: simpy.Environment, row: int, shared: int, metered: int, limit: int) -> None:
        self.row = row
        self.shared = Tier(env, shared)
        self.metered = Tier(env, metered)
        self.limit = self.room = limit

    def become(self, shared: int, metered: int, limit: int) -> None:
        """Change channels and limit from now on."""
        self.shared.resize(shared)
        self.metered.resize(metered)
        self.room += limit - self.limit
        self.limit = limit


class Did:
    """A DID with its own channels, its limit, and the group whose channels it may use."""

    def __init__(
        self, env: simpy.Environment, position: int, included: int, dedicated: int, limit: int, group: Group
    ) -> None:
        self.position = position
        self.arrival_priority = EventPriority(FIRST_ARRIVAL + 2 * position + 1)
        self.group = group
        self.limit = self.room = limit
        self.included = Tier(env, included)
        self.dedicated = Tier(env, dedicated)

    def become(self, included: int, dedicated: int, limit: int, group: Group) -> None:
        """Change channels, limit and group from now on; calls in progress stay where they are."""
        self.included.resize(included)
        self.dedicated.resize(dedicated)
        self.room += limit - self.limit
        self.limit, self.group = limit, group

    def admit(self, funds: bool) -> int:
        """Decide what becomes of a call that arrives now (R1, R9, R10)."""
        group = self.group
        return admit(
            self.included.free,
            self.dedicated.free,
            group.shared.free,
            group.metered.free,
            self.room,
            group.room,
            funds,
        )

    def tier(self, verdict: int) -> Tier:
        """The tier of a verdict that carries the call."""
        return (self.included, self.dedicated, self.group.shared, self.group.metered)[verdict]


class Call:
    """A call that holds a channel, with its DID, the group in which it began, and its note."""

    def __init__(self, did: Did, tier: Tier, note: Note) -> None:
        self.did, self.group, self.tier = did, did.group, tier
        self.channel = tier.seize()
        self.note = note
        self.over = False
        did.room -= 1
        self.group.room -= 1

    def hang_up(self) -> None:
        """Free the call's channel; its DID and group have room for one more call."""
        self.over = True
        self.tier.release(self.channel)
        self.did.room += 1
        self.group.room += 1


class Moment(simpy.Event):
    """An event at an instant of the clock, in its place among all others of that instant."""

    def __init__(self, env: simpy.Environment, at: int, priority: int, *callbacks: Callable[[Any], None]) -> None:
        self.env = env
        self.callbacks = list(callbacks)
        self._value = None
        self._ok = True
        env.schedule(self, EventPriority(priority), at - env.now)


class Arrives(Moment):
    """A call reaches its DID, after all else that happens at that instant, in the DIDs' order (R13)."""

    def __init__(self, env: simpy.Environment, at: int, did: Did) -> None:
        super().__init__(env, at, did.arrival_priority)


class Ends(Moment):
    """A call is over and leaves its channel, before all else that happens at that instant (R13)."""

    def __init__(self, env: simpy.Environment, at: int, call: Call) -> None:
        self.call = call
        super().__init__(env, at, CALL_ENDS, hang_up)


def hang_up(end: Ends) -> None:
    """End a call by itself, unless it was torn down before."""
    if not end.call.over:
        end.call.hang_up()


class Exchange:
    """All DIDs and groups of a schedule as time passes, and the cashier if there is an account."""

    def __init__(self, schedule: Schedule, begin: int, ledger: Ledger | None) -> None:
        self.env = env = simpy.Environment(begin)
        capacity = schedule.first
        self.groups = [
            Group(env, row, *sizes)
            for row, sizes in enumerate(
                zip(_ints(capacity.shared), _ints(capacity.metered), _ints(capacity.group_limit), strict=True)
            )
        ]
        self.dids = [
            Did(env, position, included, dedicated, limit, self.groups[group])
            for position, (included, dedicated, limit, group) in enumerate(
                zip(
                    _ints(capacity.included),
                    _ints(capacity.dedicated),
                    _ints(capacity.did_limit),
                    _ints(capacity.group),
                    strict=True,
                )
            )
        ]
        self.arrived = 0
        self.in_force = schedule.in_force()
        if schedule.steps:
            env.process(self.change(schedule))
        self.cashier = Cashier(env, ledger) if ledger is not None else None

    def change(self, schedule: Schedule) -> Generator[simpy.Event]:
        """Process of the schedule: wait for each step, then change DIDs and groups (R11)."""
        for step in schedule.steps:
            yield Moment(self.env, step.at, CHANGES)
            for row, sizes in zip(_ints(step.groups), step.group_values.tolist(), strict=True):
                self.groups[row].become(*sizes)
            for position, values in zip(_ints(step.dids), step.did_values.tolist(), strict=True):
                included, dedicated, limit, group = values
                self.dids[position].become(included, dedicated, limit, self.groups[group])

    def serve(self, table: CallTable) -> CallLog:
        """Let the calls of a table arrive, and write their log. Calls in progress at its end continue."""
        self.notes = Notes(table)
        for did, begin, end in zip(self.dids, _ints(table.first), _ints(table.first[1:]), strict=False):
            if end > begin:
                self.env.process(self.receive(did, range(begin, end), table))
        self.env.run(until=table.end)
        return self.notes.log(self.in_force.at(table.begin).group, InProgress.none(len(self.dids)))

    def receive(self, did: Did, rows: range, table: CallTable) -> Generator[simpy.Event]:
        """Process of a DID: wait for each call, and let it make its first attempt."""
        here = slice(rows.start, rows.stop)
        arrival, ring, holding = _ints(table.arrival[here]), _ints(table.ring[here]), _ints(table.holding[here])
        answered = table.answered[here].tolist()
        again = [()] * len(rows) if table.again is None else [tuple(_ints(moments)) for moments in table.again[here]]
        for place in range(len(rows)):
            yield Arrives(self.env, arrival[place], did)
            caller = Caller(
                began=arrival[place],
                ring=ring[place],
                holding=holding[place],
                answered=answered[place],
                again=again[place],
            )
            self.attempt(did, caller, 1)

    def attempt(self, did: Did, caller: Caller, number: int) -> None:
        """Let a caller try to get a channel: the call holds one, or the caller may try again later."""
        now, cashier = int(self.env.now), self.cashier
        arrived, self.arrived = self.arrived, self.arrived + 1
        verdict = did.admit(cashier is None or cashier.ledger.balance > 0)
        note = self.notes.add(
            Note(did=did.position, arrival=now, caller=caller, attempt=number, outcome=verdict, end=now)
        )
        if verdict < CAPACITY_EXCEEDED:
            call = Call(did, did.tier(verdict), note)
            answer = now + caller.ring
            note.channel, note.end = call.channel, answer + caller.holding
            Ends(self.env, note.end, call)
            if cashier is not None and caller.answered and now >= 0:
                cashier.take_on(call, arrived, answer, note.end)
        elif number <= len(caller.again) and caller.again[number - 1] < NEVER:
            priority = FIRST_ARRIVAL + 2 * did.position
            Moment(self.env, caller.again[number - 1], priority, lambda _: self.attempt(did, caller, number + 1))


class Cashier:
    """Draws what falls due on the account (R10): fees, metered calls by interval, and DIDs' own prices."""

    def __init__(self, env: simpy.Environment, ledger: Ledger) -> None:
        self.env, self.ledger, self.account = env, ledger, ledger.account
        env.process(self.fees())

    def fees(self) -> Generator[simpy.Event]:
        """Process of the fees: wait for each one, and draw it. Fees of changes come with the changes."""
        for at, amount in zip(_ints(self.account.due_at), _ints(self.account.due), strict=True):
            yield Moment(self.env, at, FEES)
            self.ledger.draw(at, amount)

    def take_on(self, call: Call, number: int, answer: int, end: int) -> None:
        """See to the charges of a call that will be answered; ``number`` is its rank in the order of R13."""
        own = _price(self.account.own, call.did.position)
        if call.note.outcome == METERED:
            price = _price(self.account.metered, call.group.row)
            assert price is not None
            priority = FIRST_CHARGE + 2 * number
            if answer == self.env.now:
                self.charge(call, price, priority, answer, end, 0)
            elif answer < self.account.horizon:
                Moment(self.env, answer, priority, lambda _: self.charge(call, price, priority, answer, end, 0))
        if own is not None and end < self.account.horizon:
            if end == self.env.now:
                self.charge_own(own, answer, end)
            else:
                Moment(self.env, end, FIRST_CHARGE + 2 * number + 1, lambda _: self.end_of(call, own, answer))

    def charge(self, call: Call, price: Price, priority: int, answer: int, end: int, steps: int) -> None:
        """Charge the interval that begins now, after ``steps`` next ones, and look at the balance when it is over."""
        call_price, factor = price
        length = call_price.first_interval + (steps - 1) * call_price.next_interval
        before = call_price.units(length) if steps else 0
        now = call_price.units(length + call_price.next_interval) if steps else call_price.units(0)
        self.ledger.draw(int(self.env.now), (now - before) * factor)
        over = answer + call_price.first_interval + steps * call_price.next_interval
        if over < min(end, self.account.horizon):
            Moment(self.env, over, priority, lambda _: self.look(call, price, priority, answer, end, steps + 1))

    def look(self, call: Call, price: Price, priority: int, answer: int, end: int, steps: int) -> None:
        """Charge the next interval if the balance is positive when a paid one ends, else tear the call down."""
        if self.ledger.balance > 0:
            self.charge(call, price, priority, answer, end, steps)
            return
        now = int(self.env.now)
        call.hang_up()
        call.note.tear_down(now)
        own = _price(self.account.own, call.did.position)
        if own is not None:
            self.charge_own(own, answer, now)

    def end_of(self, call: Call, own: Price, answer: int) -> None:
        """Charge the DID's own price for a call that ended by itself."""
        if not call.note.torn_down:
            self.charge_own(own, answer, int(self.env.now))

    def charge_own(self, own: Price, answer: int, end: int) -> None:
        """Charge a DID's own price for a call."""
        price, factor = own
        self.ledger.draw(end, price.units(end - answer) * factor)


Price = tuple[CallPrice, int]
"""A price, and the units of the account in one of its units."""


def _price(charges: CallCharges, owner: int) -> Price | None:
    row = int(charges.row_of[owner])
    return (charges.prices[row], charges.factors[row]) if row >= 0 else None


def _ints(values: np.ndarray) -> list[int]:
    numbers: list[int] = values.tolist()
    return numbers
