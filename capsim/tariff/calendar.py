"""A scenario's local dates on its clock: midnights, renewals, periods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from capsim.scenario import Scenario
from capsim.scenario.time.cycles import Cycle, CycleRule
from capsim.units import local_midnight, microseconds_between


@dataclass(frozen=True, slots=True)
class Period:
    """Local dates [start, end) whose calls are one item of the invoice.

    A period is a billing cycle, or the part of one that lies in the horizon.

    Parameters
    ----------
    at
        Clock at which the period begins, microseconds.
    start
        First local date.
    end
        Local date after the last one.
    """

    at: int
    start: date
    end: date


class Calendar:
    """A scenario's dates on its clock.

    Attributes
    ----------
    start
        Start of the horizon, with its time zone.
    end
        Clock at the horizon's end, microseconds.
    first_day
        First local date of the horizon.
    end_day
        Local date after its last one.
    """

    def __init__(self, scenario: Scenario) -> None:
        horizon = scenario.horizon
        self.start, self.end = horizon.start, horizon.microseconds
        self.first_day = horizon.start.date()
        last = horizon.local(horizon.microseconds - 1).date()
        self.end_day = last + timedelta(days=1)

    def midnight(self, day: date) -> int:
        """Clock at which a local date begins, microseconds.

        The first day has 0, since nothing falls due before the start.
        """
        return max(self._beginning(day), 0)

    def begins(self, day: date, at: int) -> bool:
        """Tell whether a local date begins at an instant."""
        return self._beginning(day) == at

    def _beginning(self, day: date) -> int:
        zone = self.start.tzinfo
        assert zone is not None
        return microseconds_between(self.start, local_midnight(day, zone))

    def renewals(self, rule: CycleRule, number: int, until: int) -> Iterator[tuple[int, Cycle]]:
        """Yield renewals, each with its clock, before the horizon's end.

        Parameters
        ----------
        rule
            Cycles to renew.
        number
            First renewal, counted from the anchor of the cycles.
        until
            Clock before which renewals lie.
        """
        for n in count(number):
            start = rule.renewal(n)
            at = self.midnight(start)
            if at >= min(until, self.end):
                return
            yield at, Cycle(start, rule.renewal(n + 1))

    def periods(self, rule: CycleRule, begin: date | None = None, end: date | None = None) -> Iterator[Period]:
        """Yield billing cycles, and parts of cycles, that lie in [begin, end).

        Parameters
        ----------
        rule
            Billing cycles.
        begin
            First local date; default: that of the horizon.
        end
            Local date after the last one; default: that of the horizon.
        """
        begin, end = begin or self.first_day, end or self.end_day
        for cycle in rule.cycles(begin, end):
            at = self.midnight(cycle.start)
            if at < self.end:
                yield Period(at, cycle.start, min(cycle.end, end))
