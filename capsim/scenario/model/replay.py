"""Calls that come from call records, in place of traffic."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import LocalDate, Real, TimeZone


class Replay(Part):
    """A scenario's calls are those of a file of call records."""

    calls: str = Field(min_length=1, max_length=4000)
    """The file, CSV or gzip; its path is relative to the scenario's folder."""
    layout: str | None = None
    """Whose layout it has; left out: it is found by the headers."""
    columns: dict[str, str | int] = Field(default_factory=dict)
    """Which of its columns, by header or from 1, is start, answer, end, duration, number, call_id, ..."""
    timezone: TimeZone | None = None
    """Of times that carry none; left out: that of the scenario."""
    match: Literal["number", "name"] = "number"
    """How a call finds its DID: by dids.NAME.number, digits only; or the column of the number has the DID's name.
    Calls of a file without any number are those of the scenario's only DID."""
    from_date: LocalDate | None = Field(default=None, alias="from")
    """The date of the records that falls on the first day of the horizon; left out: dates stay as they are."""
    days: Literal["as they were", "drawn anew"] = "as they were"
    """``drawn anew``: each date has the calls of a recorded date of its weekday, by chance in each replication."""
    scale: Real = Field(default=1.0, gt=0, le=100)
    """So many times the calls: each is left out, or comes again within a quarter of an hour, by chance."""
