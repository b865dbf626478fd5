"""Calls replayed from call records, instead of traffic."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import LocalDate, Real, TimeZone


class Replay(Part):
    """Calls replayed from a file of call records, instead of traffic."""

    calls: str = Field(min_length=1, max_length=4000)
    """File of call records, CSV or gzip; a relative path starts at the scenario's folder."""
    layout: str | None = None
    """Layout of the file, by name. Default: recognised by the headers."""
    columns: dict[str, str | int] = Field(default_factory=dict)
    """Column of each field (start, answer, end, duration, number, call_id, ...): its header, or its number from 1."""
    timezone: TimeZone | None = None
    """Time zone of timestamps without one. Default: the scenario's."""
    match: Literal["number", "name"] = "number"
    """How a call finds its DID: by the digits of ``dids.NAME.number``, or by the DID's name in the number column.
    Calls of a file without any number belong to the scenario's only DID."""
    from_date: LocalDate | None = Field(default=None, alias="from")
    """Date of the records that falls on the first day of the horizon. Default: dates stay as they are."""
    days: Literal["as they were", "drawn anew"] = "as they were"
    """Days to replay: the recorded ones, or (drawn anew) for each date a recorded date of the same weekday, drawn at
    random in each replication."""
    scale: Real = Field(default=1.0, gt=0, le=100)
    """Factor of the volume: below 1, calls are dropped at random; above 1, calls are repeated at a random offset of up
    to 15 min."""
