"""The protocol of prices: a charge listens, and gives invoice items.

Every price of a scenario is a charge, and `capsim.tariff.prices.CHARGES` lists all charges. Biller, invoice and
account go through that list and know no charge by name. A charge is made once for a scenario, and is the same for all
replications. Each replication has a listener of its own, and the usage that it heard travels between processes.

A listener hears of changes and of periods that end by the logs themselves: no log reaches across a change of capacity,
or across an instant that a charge names in `Charge.cuts`. A charge finds the changes in the scenario's timeline.
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
        """Take note of a log; logs come in the order of time."""

    def rated(self) -> Rated_co:
        """Give the usage that was heard, once all logs are in.

        Usage is made of whole numbers, and can travel to another process.
        """


class Charge(Protocol[Rated]):
    """A price of a scenario.

    The methods here are those of a charge that bills nothing; a charge overrides the methods that concern it.
    """

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """Read the price from a scenario."""

    def cuts(self) -> set[int]:
        """Instants that no log may reach across, such as beginnings of periods.

        Returns
        -------
        set of int
            Clock of each instant, microseconds.
        """
        return set()

    def due(self) -> Bill:
        """Bill all items that are known before any call.

        Each item has the instant at which it falls due.
        """
        return Bill()

    def listener(self) -> Listener[Rated] | None:
        """Begin to listen to one replication; None for a charge that no call concerns."""
        return None

    def bill(self, rated: Rated) -> Bill:
        """Bill the usage that a listener heard, which is known only afterwards.

        Items come by period, and have no instant at which they fall due.
        """
        return Bill()

    def units(self, rated: Rated, decimals: int) -> int:
        """Price the usage that a listener heard, before items are rounded.

        The part that was not drawn from a prepaid account is outstanding (R10).

        Returns
        -------
        int
            Price in units of 10^-decimals of the currency.
        """
        return 0

    def obstacle(self, group: int, calls: float) -> str | None:
        """Say why one pass cannot bill every size of a group; None where it can.

        The frontier then simulates size by size, and the plan calls its pilot a guess.

        Parameters
        ----------
        group
            Row of the group whose size varies.
        calls
            Expected number of calls of a replication.
        """
        return "a price does not add up channel by channel"
