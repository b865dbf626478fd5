"""A simulated run as call detail records in the provider's layout of 22 columns, for any tool that reads these."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from capsim.cdr.layouts import DIDWW_22
from capsim.cdr.writing import write_records
from capsim.cost.each import Rates
from capsim.errors import InputError
from capsim.records import CAPACITY_EXCEEDED, NO_BALANCE, OUTCOMES, CallLog
from capsim.scenario.model.horizon import MAX_HORIZON_DAYS
from capsim.units import DAY, SECOND

if TYPE_CHECKING:
    import pandas as pd

    from capsim.studies.run.figures import RunFigures


def write_call_records(result: RunFigures, path: Path, replication: int = 0) -> int:
    """Write the counted calls of one replication in the order of arrivals.

    Returns how many there are. Times are cut to whole seconds, and a duration runs from the second of the answer to
    the second of the end. Rejected calls are rows too, with code 480, or 402 if the balance was not positive; so are
    redial attempts. A DID without a number appears by its name. If callers try again, the attempts of a call share
    their ``Source``, a made-up number.

    Parameters
    ----------
    result : RunFigures
        The run, with its calls kept.
    path : Path
        File to write; gzip if its name ends in ``.gz``.
    replication : int
        Number of the replication, from 0.

    Raises
    ------
    InputError
        If the run did not keep its calls, or has no such replication, or the path is a folder.
    OutputError
        If the file cannot be written; then there is none.
    """
    if not any(result.logs):
        raise InputError("this run did not keep its calls; use simulate(..., keep_calls=True)")
    if not 0 <= replication < len(result.logs):
        raise InputError(f"replication must be 0 to {len(result.logs) - 1} (got {replication})")
    return write_records(_frames(result, replication), DIDWW_22, path)


def _frames(result: RunFigures, replication: int) -> Iterator[pd.DataFrame]:
    rates = Rates.of(result.prices)
    scenario, capacity = result.scenario, result.samples.capacity
    numbers = np.array([did.entry.number or did.name for did in scenario.all_dids], dtype=object)
    groups = np.array([*capacity.group_names, ""], dtype=object)
    start = scenario.horizon.start.astimezone(UTC)
    origin = np.datetime64(start.replace(tzinfo=None, microsecond=0), "s")
    part = np.int64(start.microsecond)
    call = 0
    for log in result.logs[replication]:
        rows = log.calls.order[log.calls.arrival[log.calls.order] >= 0]
        if len(rows):
            yield _frame(log, rows, rates, numbers, groups, origin, part, f"{result.seed}-{replication}", call)
            call += len(rows)


def _frame(
    log: CallLog, rows: np.ndarray, rates: Rates, numbers: np.ndarray, groups: np.ndarray, origin: np.datetime64,
    part: np.int64, run: str, first: int,
) -> pd.DataFrame:  # fmt: skip
    import pandas as pd

    calls = log.calls
    arrival, end, did = calls.arrival[rows], log.end[rows], calls.did[rows]
    carried, outcome = log.carried[rows], log.outcome[rows]
    answered = carried & calls.answered[rows]
    torn_down = log.torn_down[rows]

    def seconds(clock: np.ndarray) -> np.ndarray:
        return (clock + part) // SECOND

    def text(clock: np.ndarray) -> np.ndarray:
        moments = origin + seconds(clock).astype("timedelta64[s]")
        return np.char.replace(np.datetime_as_string(moments, unit="s"), "T", " ").astype(object)

    answer = arrival + calls.ring[rows]
    connect = np.where(answered, text(answer), "")
    duration = np.where(answered, seconds(end) - seconds(answer), 0)
    causes = np.array([""] * CAPACITY_EXCEEDED + list(OUTCOMES[CAPACITY_EXCEEDED:]), dtype=object)
    response = np.where(carried, np.where(answered, "Bye", "Request Terminated"), causes[outcome])
    metered, own = rates.amounts(log, rows)
    total = [price + own_price for price, own_price in zip(metered, own, strict=True)]
    empty = np.full(len(rows), "", dtype=object)
    zero = np.full(len(rows), "0.000", dtype=object)
    codes = np.where(outcome == NO_BALANCE, 402, np.where(carried, np.where(answered, 200, 487), 480))
    columns: dict[str, Any] = dict.fromkeys(DIDWW_22, empty) | {
        "Date/Time Start (UTC)": text(arrival),
        "Date/Time Connect (UTC)": connect,
        "Date/Time End (UTC)": text(end),
        "Status": np.where(carried, np.where(answered, "Answered", "Missed"), "Rejected"),
        "Source": _callers(log, rows),
        "Destination DID": numbers[did],
        "Duration (sec)": duration,
        "Attempt": np.ones(len(rows), np.int8),
        "Disconnect Code": codes,
        "Response": np.where(torn_down, "Teardown", response),
        "Disconnect Initiator": np.where(carried & ~torn_down, "Origination", "System"),
        "Capacity Group": groups[log.group[did]],
        "Toll-free (USD)": _plain(own),
        "PSTN (USD)": zero,
        "Metered (USD)": _plain(metered),
        "CNAM IN (USD)": zero,
        "Total (USD)": _plain(total),
        "Call ID": [f"{run}-{number}" for number in range(first, first + len(rows))],
    }
    return pd.DataFrame(columns, columns=list(DIDWW_22))


def _plain(amounts: list[Any]) -> list[str]:
    """Write amounts of money with at least three decimal places."""
    return [f"{amount:f}" if -amount.as_tuple().exponent >= 3 else f"{amount:.3f}" for amount in amounts]


def _callers(log: CallLog, rows: np.ndarray) -> np.ndarray:
    """Make a number for each caller who may try again, of the DID and the moment of the first attempt.

    A warm-up is no longer than the longest horizon, so that no moment is below 0.
    """
    began = log.calls.began
    if began is None:
        return np.full(len(rows), "", dtype=object)
    pairs = zip((log.calls.did[rows] + 1).tolist(), (began[rows] + MAX_HORIZON_DAYS * DAY).tolist(), strict=True)
    return np.array([f"{did}{moment:016}" for did, moment in pairs], dtype=object)
