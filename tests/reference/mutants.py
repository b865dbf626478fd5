"""Reference models that break one rule of the prepaid account (R10) each: comparisons must notice every one."""

from __future__ import annotations

from dataclasses import replace

from tests.reference.prepaid import ROUND, IntervalPrice, ReferenceModel, RingingCall

FULL, POOR = "capacity_exceeded", "no_balance"


class NothingIsEnoughToBegin(ReferenceModel):
    """A call is let in by a balance of zero."""

    def admit(self, call: RingingCall) -> tuple[str, int]:
        self.balance += 1
        verdict = super().admit(call)
        self.balance -= 1
        return verdict


class NothingIsEnoughToGoOn(ReferenceModel):
    """A call goes on with a balance of zero."""

    def tear_down(self, call: RingingCall, now: int) -> None:
        if self.balance == 0:
            self.pay(call, self.account.metered[call.group], now)
        else:
            super().tear_down(call, now)


class MoneyComesFirst(ReferenceModel):
    """The balance is looked at before metered channels are."""

    def admit(self, call: RingingCall) -> tuple[str, int]:
        outcome, channel = super().admit(call)
        group = self.dids[call.did].group
        poor = outcome == FULL and group is not None and self.groups[group].metered and self.balance <= 0
        return (POOR, 0) if poor else (outcome, channel)


class EveryTierNeedsMoney(ReferenceModel):
    """No call at all is let in without a balance."""

    def admit(self, call: RingingCall) -> tuple[str, int]:
        return (POOR, 0) if self.balance <= 0 else super().admit(call)


class ChargedAtArrival(ReferenceModel):
    """Intervals run from a call's arrival."""

    def charge(self, call: RingingCall, now: int) -> None:
        call.paid_until = now if now == call.arrival else call.paid_until
        super().charge(call, now)


class LookedAtAtAnswer(ReferenceModel):
    """The balance is looked at when a call is answered, too."""

    def pay(self, call: RingingCall, price: IntervalPrice, now: int) -> None:
        if call.intervals == 0 and now > call.arrival and self.balance <= 0:
            if call in self.on_the_line:
                self.tear_down(call, now)
        else:
            super().pay(call, price, now)


class NeverTested(ReferenceModel):
    """A call goes on whatever the balance."""

    def tear_down(self, call: RingingCall, now: int) -> None:
        self.pay(call, self.account.metered[call.group], now)


class PaysToGoOnForNoTime(ReferenceModel):
    """A call that ends with a paid interval pays another."""

    def charge(self, call: RingingCall, now: int) -> None:
        if now == call.paid_until == call.end < self.horizon and call.intervals and self.balance > 0:
            self.pay(call, self.account.metered[call.group], now)
        super().charge(call, now)


class TornDownAtItsEnd(ReferenceModel):
    """A call that ends with a paid interval is torn down."""

    def charge(self, call: RingingCall, now: int) -> None:
        call.torn_down |= now == call.paid_until == call.end < self.horizon and call.intervals > 0 >= self.balance
        super().charge(call, now)


class NotBelowZero(ReferenceModel):
    """A call is torn down when the balance is less than its next interval costs."""

    def charge(self, call: RingingCall, now: int) -> None:
        price = self.account.metered[call.group] if call.outcome == "metered" else None
        due = price and call.intervals and now == call.paid_until < min(call.end, self.horizon)
        if due and self.balance < price.of(call.intervals + 1) - call.paid:
            self.tear_down(call, now)
        super().charge(call, now)


class ChannelFreeLater(ReferenceModel):
    """The channel of a call torn down is busy for arrivals of that instant."""

    def tear_down(self, call: RingingCall, now: int) -> None:
        super().tear_down(call, now)
        self.on_the_line.append(call)

    def arrivals(self, now: int) -> None:
        super().arrivals(now)
        self.on_the_line = [call for call in self.on_the_line if not call.torn_down]


class ChannelFreeAtItsEnd(ReferenceModel):
    """The channel of a call torn down is busy until it would have ended."""

    def tear_down(self, call: RingingCall, now: int) -> None:
        super().tear_down(call, now)
        end = call.arrival + call.ring + call.talk
        self.on_the_line.append(replace(call, end=end))


class PaysBack(ReferenceModel):
    """A call torn down is paid back its last interval."""

    def tear_down(self, call: RingingCall, now: int) -> None:
        super().tear_down(call, now)
        price = self.account.metered[call.group]
        self.draw(now, price.of(call.intervals - 1) - price.of(call.intervals) if call.intervals > 1 else 0)


class NoOwnPriceOfTheTornDown(ReferenceModel):
    """A call torn down doesn't pay its number's own price."""

    def charge(self, call: RingingCall, now: int) -> None:
        self.torn = False
        super().charge(call, now)
        self.torn = False

    def tear_down(self, call: RingingCall, now: int) -> None:
        super().tear_down(call, now)
        self.torn = True

    def draw(self, now: int, amount: int) -> None:
        super().draw(now, 0 if self.torn else amount)

    torn = False


class OwnPriceWithRinging(ReferenceModel):
    """A number's own price counts the time that a call rings."""

    def charge(self, call: RingingCall, now: int) -> None:
        own, drawn = self.account.own[call.did], self.drawn
        super().charge(call, now)
        if own and self.drawn > drawn and now == call.end:
            self.draw(now, own.of_talk(now - call.arrival) - own.of_talk(now - call.arrival - call.ring))


class EachIntervalRounded(ReferenceModel):
    """Each interval is rounded by itself."""

    def pay(self, call: RingingCall, price: IntervalPrice, now: int) -> None:
        if call.intervals:
            call.paid = price.of(call.intervals + 1) - price.factor * ROUND[price.rounding](price.each)
        super().pay(call, price, now)


class PriceOfTheNewGroup(ReferenceModel):
    """A call pays the price of the group that its DID is in by then."""

    def pay(self, call: RingingCall, price: IntervalPrice, now: int) -> None:
        group = self.dids[call.did].group
        super().pay(call, price if group is None else self.account.metered[group] or price, now)


class TopUpAtTheThreshold(ReferenceModel):
    """A charge that takes the balance to the threshold tops up."""

    def draw(self, now: int, amount: int) -> None:
        account = self.account
        if account.threshold is not None:
            self.account = replace(account, threshold=account.threshold + 1)
        super().draw(now, amount)
        self.account = account


class TopUpUntilItIsEnough(ReferenceModel):
    """A charge tops up until the threshold is reached."""

    def draw(self, now: int, amount: int) -> None:
        before = self.top_ups
        super().draw(now, amount)
        while self.top_ups > before and self.balance < self.account.threshold:
            self.balance += self.account.amount
            self.top_ups += 1


class TopUpByCredits(ReferenceModel):
    """A fee that is paid back tops up, where the balance is below the threshold all the same."""

    def draw(self, now: int, amount: int) -> None:
        super().draw(now, amount)
        if amount < 0 and self.account.threshold is not None and self.balance < self.account.threshold:
            self.balance += self.account.amount
            self.top_ups += 1


class TopUpAfterAllCharges(ReferenceModel):
    """Top-ups come with the fees, after the charges of all calls."""

    def charges(self, now: int) -> None:
        self.account, account = replace(self.account, threshold=None), self.account
        drawn = self.drawn
        super().charges(now)
        self.account = account
        if self.drawn > drawn and account.threshold is not None and self.balance < account.threshold:
            self.balance += account.amount
            self.top_ups += 1


class NoTopUpByFees(ReferenceModel):
    """Only calls top up."""

    def fees(self, now: int) -> None:
        self.account, account = replace(self.account, threshold=None), self.account
        super().fees(now)
        self.account = account


class FeesFirst(ReferenceModel):
    """Fees come before the charges of calls."""

    def charges(self, now: int) -> None:
        super().fees(now)
        super().charges(now)

    def fees(self, now: int) -> None:
        pass


class FeesLast(ReferenceModel):
    """Fees come after arrivals."""

    def fees(self, now: int) -> None:
        pass

    def arrivals(self, now: int) -> None:
        super().arrivals(now)
        super().fees(now)


class ChargesAfterArrivals(ReferenceModel):
    """Calls are charged after the arrivals of that instant."""

    def charges(self, now: int) -> None:
        pass

    def arrivals(self, now: int) -> None:
        super().arrivals(now)
        for call in self.in_order:
            if call.carried and call.arrival < now:
                self.charge(call, now)


class LatestFirst(ReferenceModel):
    """Calls are charged in the order opposite to that of their arrival."""

    def charges(self, now: int) -> None:
        self.in_order.reverse()
        super().charges(now)
        self.in_order.reverse()


class DidByDid(ReferenceModel):
    """Calls are charged in the order of their DIDs."""

    def charges(self, now: int) -> None:
        in_order = self.in_order
        self.in_order = sorted(in_order, key=lambda call: call.did)
        super().charges(now)
        self.in_order = in_order


class TheWarmUpPays(ReferenceModel):
    """Calls that arrived in the warm-up are charged from the horizon's start on."""

    def charge(self, call: RingingCall, now: int) -> None:
        arrival = call.arrival
        if now >= 0 > arrival:
            call.arrival, call.ring = 0, call.ring + arrival
            call.paid_until = now if call.intervals == 0 else call.paid_until
        super().charge(call, now)
        if call.arrival != arrival:
            call.arrival, call.ring = arrival, call.ring - arrival


class DueAtTheEnd(ReferenceModel):
    """What falls due at the very end of the horizon is drawn."""

    def run(self) -> None:
        self.horizon += 1
        super().run()


MUTANTS = [one for one in ReferenceModel.__subclasses__() if one.__module__ == __name__]
