"""The listeners of all charges in one replication, and the usage that they heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from capsim.records import CallLog
from capsim.tariff import Charge, Prices, RatedCalls
from capsim.tariff.rating import OfPeriod


@dataclass(frozen=True, slots=True)
class Charges:
    """Usage that the charges of a scenario heard in one replication.

    Parameters
    ----------
    heard
        Usage by the name of the charge, for charges that listen to calls.
    """

    heard: dict[str, Any]

    @property
    def groups(self) -> dict[OfPeriod, RatedCalls]:
        """Metered calls by row of the group and period."""
        calls: dict[OfPeriod, RatedCalls] = self.heard["metered calls"]
        return calls

    @property
    def dids(self) -> dict[OfPeriod, RatedCalls]:
        """Calls at the numbers' own prices, by row of the entry and period."""
        calls: dict[OfPeriod, RatedCalls] = self.heard["DID calls"]
        return calls

    def of(self, charges: dict[str, Charge[Any]]) -> list[tuple[Charge[Any], Any]]:
        """Pair each charge that listens with the usage that it heard."""
        return [(charge, self.heard[name]) for name, charge in charges.items() if name in self.heard]


class Biller:
    """Passes the logs of one replication on to all charges as they come."""

    def __init__(self, prices: Prices) -> None:
        listeners = {name: charge.listener() for name, charge in prices.charges.items()}
        self.listeners = {name: listener for name, listener in listeners.items() if listener is not None}

    def add(self, log: CallLog) -> None:
        """Pass a log on to each listener."""
        for listener in self.listeners.values():
            listener.listen(log)

    def result(self) -> Charges:
        """Give the usage that was heard, once all logs are in."""
        return Charges({name: listener.rated() for name, listener in self.listeners.items()})
