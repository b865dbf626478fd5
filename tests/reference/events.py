"""The reference model that counts kinds of event, so that a test can assert that each kind occurred."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.reference.admission import TIERS, Did
from tests.reference.prepaid import Change, IntervalPrice, ReferenceModel, RingingCall

KINDS_OF_CHANGE = {
    *(f"{tier} {what}" for tier in TIERS for what in ("grows", "shrinks under its calls")),
    *(f"{tier} takes no call, with more busy than its size" for tier in TIERS),
    *(f"{tier} takes no call, shrunk to as many as are busy" for tier in TIERS),
    *(f"a DID with calls {how}" for how in ("leaves its group", "moves", "joins a group")),
    "a DID comes back to a call that began in its group",
    "calls of a DID that has left a group decide in it",
    "a DID's limit counts calls of another group",
    "a DID's limit falls below its calls",
    "a group's limit falls below its calls",
    "a group with calls loses all channels",
    "a change at the instant of an end",
    "a change at the instant of an arrival",
    "a change at the instant of an end and an arrival",
}
"""Every kind of event around changes of capacity."""

KINDS_OF_CHARGE = {
    "a credit",
    "a fee at the instant of a charge",
    "a paid interval ends after the horizon",
    "a top-up that does not reach the threshold",
    "an arrival at the instant of a fee",
    "an earlier call's charge tears a call down",
    "an earlier call's top-up saves a call",
    "an interval that costs nothing",
    "an unanswered call on a metered channel",
    "another tier takes a call without a balance",
    "calls charged at one instant",
    "calls torn down at one instant",
    "charged at its answer without a balance",
    "ends with a paid interval, and no balance",
    "metered channels all busy, and no balance",
    "metered in the warm-up",
    "no talk, and paid",
    *(f"own price: {what}" for what in ("at once", "torn down", *TIERS)),
    "paid by a group that its DID has left",
    "refused at the instant of a teardown that freed a channel",
    "refused in the warm-up",
    "teardown",
    "teardown of a call whose DID has moved",
    "top-up",
}
"""Every kind of event around charges to a prepaid account."""


@dataclass
class EventCounter(ReferenceModel):
    """Counts each kind of event that it meets."""

    seen: Counter = field(default_factory=Counter)

    # -- changes -----------------------------------------------------------------------------------------

    def ends(self, now: int) -> None:
        self.ended = any(call.end == now for call in self.on_the_line)
        self.away = {one for one in getattr(self, "away", set()) if self.in_order[one] in self.on_the_line}
        super().ends(now)

    def change(self, now: int) -> None:
        arrive = any(call.arrival == now for call in self.in_order)
        for change in self.changes:
            if change.at == now:
                self._note_change(change)
                self.seen["a change at the instant of an end"] += self.ended
                self.seen["a change at the instant of an arrival"] += arrive
                self.seen["a change at the instant of an end and an arrival"] += self.ended and arrive
        super().change(now)
        self._note_moves()

    def _note_change(self, change: Change) -> None:
        of_did = isinstance(change.becomes, Did)
        before, after = (self.dids if of_did else self.groups)[change.row], change.becomes
        users = [one for one in self.on_the_line if (one.did if of_did else one.group) == change.row]
        whose = "a DID" if of_did else "a group"
        for tier in ("included", "dedicated") if of_did else ("shared", "metered"):
            busy = sum(one.outcome == tier for one in users)
            self.seen[f"{tier} grows"] += getattr(after, tier) > getattr(before, tier)
            self.seen[f"{tier} shrinks under its calls"] += busy > getattr(after, tier) < getattr(before, tier)
        lower = after.limit is not None and after.limit < len(users)
        self.seen[f"{whose}'s limit falls below its calls"] += lower and after.limit != before.limit
        if of_did and users and before.group != after.group:
            how = (
                "leaves its group" if after.group is None else "moves" if before.group is not None else "joins a group"
            )
            self.seen[f"a DID with calls {how}"] += 1
        if not of_did and any(one.outcome in ("shared", "metered") for one in users):
            nothing = after.shared == after.metered == 0 < before.shared + before.metered
            self.seen["a group with calls loses all channels"] += nothing

    def _note_moves(self) -> None:
        for number, call in enumerate(self.in_order):
            if call in self.on_the_line and call.group is not None:
                if call.group != self.dids[call.did].group:
                    self.away.add(number)
                elif number in self.away:
                    self.away.remove(number)
                    self.seen["a DID comes back to a call that began in its group"] += 1

    def admit(self, call: RingingCall) -> tuple[str, int]:
        outcome, channel = super().admit(call)
        did = self.dids[call.did]
        self._note_full(call, outcome)
        moved = [one for one in self.on_the_line if self.dids[one.did].group != one.group]
        if moved:
            everyone = self.on_the_line
            self.on_the_line = [one for one in everyone if one not in moved or one.did == call.did]
            self.seen["calls of a DID that has left a group decide in it"] += super().admit(call)[0] != outcome
            self.on_the_line = everyone
        elsewhere = any(one.did == call.did and one.group != did.group for one in self.on_the_line)
        self.seen["a DID's limit counts calls of another group"] += outcome == "did_limit" and elsewhere
        self._note_funds(call, outcome)
        return outcome, channel

    def _note_full(self, call: RingingCall, outcome: str) -> None:
        if outcome in ("did_limit", "group_limit"):
            return
        did = self.dids[call.did]
        for tier in ("included", "dedicated", "shared", "metered"):
            if tier == outcome:
                return
            own = tier in ("included", "dedicated")
            if own:
                size, users = getattr(did, tier), [one for one in self.on_the_line if one.did == call.did]
            elif did.group is None:
                return
            else:
                size = getattr(self.groups[did.group], tier)
                users = [one for one in self.on_the_line if one.group == did.group]
            busy = sum(one.outcome == tier for one in users)
            self.seen[f"{tier} takes no call, with more busy than its size"] += busy > size
            self.seen[f"{tier} takes no call, shrunk to as many as are busy"] += busy == size and any(
                one.outcome == tier and one.channel > size for one in users
            )

    # -- the balance -------------------------------------------------------------------------------------

    def _note_funds(self, call: RingingCall, outcome: str) -> None:
        if not self.account:
            return
        poor = self.balance <= 0
        group = self.dids[call.did].group
        metered = group is not None and self.groups[group].metered > 0
        torn = any(one.torn_down and one.end == call.arrival and one.group == group for one in self.in_order)
        self.seen["metered channels all busy, and no balance"] += poor and metered and outcome == "capacity_exceeded"
        self.seen["another tier takes a call without a balance"] += poor and outcome in ("included", "shared")
        self.seen["refused at the instant of a teardown that freed a channel"] += torn and outcome == "no_balance"
        self.seen["refused in the warm-up"] += outcome == "no_balance" and call.arrival < 0
        self.seen["metered in the warm-up"] += outcome == "metered" and call.arrival < 0
        self.seen["an unanswered call on a metered channel"] += outcome == "metered" and not call.answered
        self.seen["an arrival at the instant of a fee"] += any(at == call.arrival for at, _ in self.account.fees)

    def charges(self, now: int) -> None:
        self.at_first, self.charged, self.torn = self.balance, 0, 0
        super().charges(now)
        self.seen["calls charged at one instant"] += self.charged > 1
        self.seen["calls torn down at one instant"] += self.torn > 1
        self.seen["a fee at the instant of a charge"] += self.charged > 0 and any(
            at == now for at, _ in self.account.fees
        )

    def charge(self, call: RingingCall, now: int) -> None:
        over = call.paid_until == now == call.end and call.intervals > 0 and call.outcome == "metered"
        ringing = call.arrival < now == call.paid_until and call.intervals == 0 and call.outcome == "metered"
        poor, drawn = self.balance <= 0, self.drawn
        super().charge(call, now)
        self.seen["ends with a paid interval, and no balance"] += over and poor
        if self.account.own[call.did] and now == call.end and self.drawn > drawn:
            self.seen[f"own price: {'torn down' if call.torn_down else call.outcome}"] += 1
            self.seen["own price: at once"] += now == call.arrival
        if self.drawn > drawn:
            self.charged += now > call.arrival
            self.seen["charged at its answer without a balance"] += ringing and poor
            saved = now > call.arrival and self.at_first <= 0 < self.balance + self.drawn - drawn
            self.seen["an earlier call's top-up saves a call"] += saved and not ringing and call.outcome == "metered"

    def pay(self, call: RingingCall, price: IntervalPrice, now: int) -> None:
        drawn = self.drawn
        super().pay(call, price, now)
        self.seen["an interval that costs nothing"] += self.drawn == drawn
        self.seen["paid by a group that its DID has left"] += self.dids[call.did].group != call.group
        self.seen["no talk, and paid"] += call.answered and call.talk == 0 and self.drawn > drawn
        self.seen["a paid interval ends after the horizon"] += call.paid_until >= self.horizon > now

    def tear_down(self, call: RingingCall, now: int) -> None:
        super().tear_down(call, now)
        self.torn += 1
        self.seen["teardown"] += 1
        self.seen["an earlier call's charge tears a call down"] += self.at_first > 0
        self.seen["teardown of a call whose DID has moved"] += self.dids[call.did].group != call.group

    def draw(self, now: int, amount: int) -> None:
        before = self.top_ups
        super().draw(now, amount)
        self.seen["a credit"] += amount < 0
        self.seen["top-up"] += self.top_ups - before
        self.seen["a top-up that does not reach the threshold"] += (
            self.top_ups > before and self.balance < self.account.threshold
        )
