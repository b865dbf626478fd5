"""Reading a scenario's call records: the DID and the local date of each call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from capsim import cdr
from capsim.errors import InputError, Problem
from capsim.records import Flags, Float64, Int64
from capsim.scenario import Scenario
from capsim.scenario.model.moments import WEEKDAYS
from capsim.scenario.model.replay import Replay
from capsim.traffic.recorded import Recorded, uniforms
from capsim.units import HOUR, local_midnight, microseconds_between

LENGTH = 104
"""Purpose of draws: the carried call that a blocked call would have been like."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_recorded(scenario: Scenario, replay: Replay, stays: tuple[Int64, Int64]) -> Recorded:
    """Read a scenario's call records.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    replay : Replay
        How its calls are replayed.
    stays : tuple of (D,) int64
        Clock from which and until which each DID receives calls, microseconds.

    Raises
    ------
    InputError
        If the file cannot be read or understood, or no call in it belongs to a DID.
    """
    path = scenario.folder / replay.calls
    if not path.exists():
        raise InputError(Problem("there is no such file", str(path), path="replay.calls"))
    zone = ZoneInfo(scenario.timezone)
    with cdr.read(path, replay.layout, replay.columns or None, replay.timezone or scenario.timezone) as records:
        did_of, unmatched = _match(scenario, replay, records.names)
        columns: list[tuple[np.ndarray, ...]] = []
        lost = np.zeros(len(records.names), np.int64)
        for batch in records.batches():
            did = did_of[batch.number]
            lost += np.bincount(batch.number[did < 0], minlength=len(lost))
            found = did >= 0
            columns.append(
                tuple(
                    column[found]
                    for column in (batch.start, did, batch.ring, batch.talk, batch.answered, batch.blocked)
                )
            )
        notes = _notes(records, path, unmatched, lost)
    if not sum(len(part[0]) for part in columns):
        what = "number of a DID (dids.NAME.number)" if replay.match == "number" else "name of a DID"
        listed = ", ".join(records.names[:5])
        raise InputError(
            Problem(f"no call of the file has the {what}; it has {listed or 'none'}", str(path), path="replay.match")
        )
    start, did, ring, talk, answered, blocked = (np.concatenate(column) for column in zip(*columns, strict=True))
    ring, talk, answered = _as_if_carried(did, ring, talk, answered, blocked)
    first_date = (_EPOCH + timedelta(microseconds=int(start.min()))).astimezone(zone).date() - timedelta(days=1)
    last_date = (_EPOCH + timedelta(microseconds=int(start.max()))).astimezone(zone).date() + timedelta(days=1)
    days = [first_date + timedelta(days=number) for number in range((last_date - first_date).days + 1)]
    midnights = np.array([microseconds_between(_EPOCH, local_midnight(day, zone)) for day in days])
    day = np.searchsorted(midnights, start, side="right") - 1
    offset = start - midnights[day]
    in_order = np.lexsort((start, did, day))
    present = np.unique(day)
    ordinals = np.array([days[one].toordinal() for one in present], np.int64)
    horizon = scenario.horizon
    first_day = horizon.start.date()
    shift = (first_day - replay.from_date).days if replay.from_date is not None else 0
    targets = _targets(scenario, zone)
    rows = np.searchsorted(day[in_order], present)
    first = np.append(rows, len(day)).astype(np.int64)
    counts = np.diff(first)
    clocks, calls = _course(targets, ordinals, counts, shift, replay)
    if not calls[-1]:
        reach = " to ".join(date.fromordinal(int(day)).isoformat() for day in (ordinals[0], ordinals[-1]))
        whole = " to ".join(date.fromordinal(day).isoformat() for day in (targets[0][0], targets[-1][0]))
        text = f"no call comes in the horizon, {whole}: the records reach from {reach}"
        if replay.days == "as they were":
            text += f"; give the date of them that falls on the first day, such as `from: {reach[:10]}`"
            text += ", or draw days anew with `days: drawn anew`"
        raise InputError(Problem(text, str(path), path="replay.from"))
    notes += _silent(targets, calls, shift, replay, path)
    begin, end = -horizon.warm_up_microseconds, horizon.microseconds
    time = float((ring + talk).sum()) / max(len(start), 1) * calls[-1]
    return Recorded(
        first=first,
        did=did[in_order].astype(np.int32),
        offset=offset[in_order],
        ring=ring[in_order],
        holding=talk[in_order],
        answered=answered[in_order],
        dates=ordinals,
        targets=targets,
        zone=zone,
        stays=stays,
        begin=begin,
        end=end,
        shift=shift,
        drawn_anew=replay.days == "drawn anew",
        scale=replay.scale,
        notes=notes,
        clocks=clocks,
        calls=calls,
        erlangs=time / (end - begin),
        peak=np.full(len(scenario.all_dids), _peak(offset, day)),
    )


def _match(scenario: Scenario, replay: Replay, names: Sequence[str]) -> tuple[Int64, list[int]]:
    """DID of each name in the records, or -1; and the names without one.

    Records without any number belong to the only DID, if there is only one.
    """
    known: dict[str, int] = {"": 0} if list(names) == [""] and len(scenario.all_dids) == 1 else {}
    for position, did in enumerate(scenario.all_dids):
        if replay.match == "name":
            known[did.name] = position
        elif did.entry.number is not None:
            known[_digits(did.entry.number)] = position
    asked = names if replay.match == "name" else [_digits(name) for name in names]
    found = np.array([known.get(name, -1) for name in asked], np.int64)
    return found, np.flatnonzero(found < 0).tolist()


def _digits(number: str) -> str:
    digits = "".join(character for character in number if character.isdigit())
    return digits.removeprefix("00")


def _notes(records: cdr.CallRecords, path: Path, unmatched: Sequence[int], lost: Int64) -> tuple[str, ...]:
    notes = []
    if records.unusable:
        reasons = "; ".join(f"{count:,} {reason}" for reason, count in records.unusable.items())
        notes.append(f"{path}: {sum(records.unusable.values()):,} of {records.rows:,} rows cannot be used: {reasons}")
    if unmatched and lost.sum():
        worst = sorted(unmatched, key=lambda row: -lost[row])[:5]
        listed = ", ".join(f"{records.names[row]} ({lost[row]:,})" for row in worst)
        more = ", ..." if len(unmatched) > 5 else ""
        notes.append(f"{path}: {lost.sum():,} calls are to numbers of no DID, and left out: {listed}{more}")
    return tuple(notes)


def _silent(
    targets: Sequence[tuple[int, int, int]], calls: Float64, shift: int, replay: Replay, path: Path
) -> tuple[str, ...]:
    """Note about the dates on which no call comes."""
    silent = [day for (day, *_), more in zip(targets, np.diff(calls), strict=True) if not more]
    if not silent:
        return ()
    names = [date.fromordinal(day - shift).isoformat() for day in silent]
    if replay.days == "drawn anew":
        names = [f"a {WEEKDAYS[weekday]}" for weekday in sorted({(day - 1) % 7 for day in silent})]
    listed = ", ".join(names[:7]) + (", ..." if len(names) > 7 else "")
    return (f"{path}: no call comes on {len(silent):,} of {len(targets):,} dates; none was recorded on {listed}",)


def _as_if_carried(did: Int64, ring: Int64, talk: Int64, answered: Flags, blocked: Flags) -> tuple[Int64, Int64, Flags]:
    """Make each blocked call like a carried call of the same DID, drawn at random."""
    if not blocked.any():
        return ring, talk, answered
    ring, talk, answered = ring.copy(), talk.copy(), answered.copy()
    for one in np.unique(did[blocked]):
        lost, carried = np.flatnonzero(blocked & (did == one)), np.flatnonzero(~blocked & (did == one))
        if len(carried):
            like = carried[(uniforms(0, 0, LENGTH, int(one), len(lost)) * len(carried)).astype(np.int64)]
            ring[lost], talk[lost], answered[lost] = ring[like], talk[like], answered[like]
    return ring, talk, answered


def _targets(scenario: Scenario, zone: ZoneInfo) -> tuple[tuple[int, int, int], ...]:
    horizon = scenario.horizon
    day, last = horizon.warm_up_start.date(), horizon.end.date()
    found = []
    while day <= last:
        midnight, next_midnight = (
            microseconds_between(horizon.start, local_midnight(one, zone)) for one in (day, day + timedelta(days=1))
        )
        if midnight >= horizon.microseconds:
            break
        found.append((day.toordinal(), midnight, next_midnight))
        day += timedelta(days=1)
    return tuple(found)


def _course(
    targets: Sequence[tuple[int, int, int]], ordinals: Int64, counts: Int64, shift: int, replay: Replay
) -> tuple[Int64, Float64]:
    """Calls that are expected up to each midnight."""
    clocks, calls = [targets[0][1]], [0.0]
    for ordinal, _, next_midnight in targets:
        alike = ordinals % 7 == ordinal % 7 if replay.days == "drawn anew" else ordinals == ordinal - shift
        clocks.append(next_midnight)
        calls.append(calls[-1] + replay.scale * float(counts[alike].mean() if alike.any() else 0.0))
    return np.array(clocks, np.int64), np.array(calls)


def _peak(offset: Int64, day: Int64) -> float:
    """Calls in the busiest hour, over the mean number of calls in an hour."""
    hours = np.bincount(day * 25 + offset // HOUR)
    return float(hours.max() / max(hours.mean(), 1e-9)) if len(hours) else 1.0
