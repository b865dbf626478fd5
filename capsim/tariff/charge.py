"""The protocol of prices: a charge listens to calls, and gives the items of the invoice that follow.

Every price of a scenario is a charge, and `capsim.tariff.prices.CHARGES` lists them. Those who bill, simulate and
report go through that list and know no charge by name. A charge is made once for a scenario, and is the same for all
replications; what it hears in one replication is kept by a listener of its own, and travels between processes.

Changes and periods need no message. A charge finds the changes of capacity in the scenario's timeline, and no log has
calls of two sides of a change or of one of the charge's own ``cuts``.
"""

from __future__ import annotations

from typing import Protocol, Self, TypeVar

from capsim.records import CallLog
from capsim.scenario import Scenario
from capsim.tariff.bill import Bill

Rated = TypeVar("Rated")
Rated_co = TypeVar("Rated_co", covariant=True)


class Listener(Protocol[Rated_co]):
    """Hears the calls of one replication for one charge."""

    def listen(self, log: CallLog) -> None:
        """Take note of what became of some calls; logs come in the order of time."""

    def rated(self) -> Rated_co:
        """Give what was heard, once all logs are in: whole numbers that can be sent to another process."""


class Charge(Protocol[Rated]):
    """A price of a scenario.

    Each method has the answer of a charge that bills nothing; a charge overrides those that concern it.
    """

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """Read the price from a scenario."""

    def cuts(self) -> set[int]:
        """Instants of the clock that no log may reach across, such as the beginnings of billing periods."""
        return set()

    def due(self) -> Bill:
        """Bill what is known before any call, each item with the instant at which it falls due."""
        return Bill()

    def listener(self) -> Listener[Rated] | None:
        """Begin to listen to one replication; None for a charge that no call concerns."""
        return None

    def bill(self, rated: Rated) -> Bill:
        """Bill what is known only after use, from what a listener heard.

        Items come by period, and have no instant at which they fall due.
        """
        return Bill()

    def units(self, rated: Rated, decimals: int) -> int:
        """Price what a listener heard, before items are rounded, in units of 10^-decimals of the currency.

        A prepaid account has been drawn this in the end, but for what is outstanding (R10).
        """
        return 0

    def obstacle(self, group: int, calls: float) -> str | None:
        """Say why one pass over the calls cannot bill every size of a group; None where it can.

        Parameters
        ----------
        group
            Row of the group whose size varies.
        calls
            Expected number of calls of a replication.
        """
        return "a price does not add up channel by channel"
