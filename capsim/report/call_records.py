"""A simulated run as call detail records, in the provider's layout of 22 columns: for any tool that reads those."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from capsim.cost.each import Rates
from capsim.errors import InputError, OutputError, Problem
from capsim.records import CAPACITY_EXCEEDED, NO_BALANCE, OUTCOMES, CallLog
from capsim.scenario.rules import MAX_HORIZON_DAYS
from capsim.study import RunResult
from capsim.tariff import build_prices
from capsim.units import DAY, SECOND

if TYPE_CHECKING:
    import pandas as pd

HEADERS = (
    "Date/Time Start (UTC)", "Date/Time Connect (UTC)", "Date/Time End (UTC)", "Status", "Source", "Source Name",
    "Destination DID", "Duration (sec)", "Attempt", "Disconnect Code", "Response", "Disconnect Initiator",
    "Voice IN Trunk", "Destination", "Trunk Group", "Capacity Group", "Toll-free (USD)", "PSTN (USD)", "Metered (USD)",
    "CNAM IN (USD)", "Total (USD)", "Call ID",
)  # fmt: skip
"""Amounts are headed USD whatever the currency, since readers find columns by name."""


def write_call_records(result: RunResult, path: Path, replication: int = 0) -> int:
    """Write the counted calls of one replication, in the order of arrivals; how many there are. Gzip, by the name.

    Times are cut to whole seconds, and a duration is from the second of the answer to that of the end. Rejected calls
    are rows too, with code 480, or 402 for want of a balance; so are attempts made again. A DID without a number has
    its name. Where callers try again, the attempts of a call have their ``Source`` in common: a made-up number.

    Raises
    ------
    InputError
        if the run did not keep its calls, or has no such replication, or the path is a folder.
    OutputError
        if the file cannot be written; then there is none.
    """
    if not any(result.logs):
        raise InputError("this run did not keep its calls; use simulate(..., keep_calls=True)")
    if not 0 <= replication < len(result.logs):
        raise InputError(f"replication must be 0 to {len(result.logs) - 1} (got {replication})")
    if path.is_dir():
        raise InputError(Problem("is a folder; call records are written to a file", str(path)))
    written, draft = 0, None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=".capsim.partial-", dir=path.parent)
        os.close(handle)
        with _open(Path(draft), path.suffix == ".gz") as file:
            file.write(",".join(HEADERS) + "\n")
            for frame in _frames(result, replication):
                frame.to_csv(file, index=False, header=False, lineterminator="\n")
                written += len(frame)
        Path(draft).replace(path)
        draft = None
    except OSError as error:
        raise OutputError(Problem(f"cannot be written: {error.strerror or error}", str(path))) from error
    finally:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)
    return written


def _open(path: Path, compressed: bool) -> TextIO:
    if compressed:
        return gzip.open(path, "wt", encoding="utf-8", newline="")
    return path.open("w", encoding="utf-8", newline="")


def _frames(result: RunResult, replication: int) -> Iterator[pd.DataFrame]:
    rates = Rates.of(build_prices(result.scenario))
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
    total = [one + other for one, other in zip(metered, own, strict=True)]
    empty = np.full(len(rows), "", dtype=object)
    zero = np.full(len(rows), "0.000", dtype=object)
    codes = np.where(outcome == NO_BALANCE, 402, np.where(carried, np.where(answered, 200, 487), 480))
    columns: dict[str, Any] = dict.fromkeys(HEADERS, empty) | {
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
    return pd.DataFrame(columns, columns=list(HEADERS))


def _plain(amounts: list[Any]) -> list[str]:
    """With three decimal places at least."""
    return [f"{amount:f}" if -amount.as_tuple().exponent >= 3 else f"{amount:.3f}" for amount in amounts]


def _callers(log: CallLog, rows: np.ndarray) -> np.ndarray:
    """A number for each caller who may try again: of the DID, and of the moment of the first attempt.

    A warm-up is no longer than a horizon may be, so that no moment is below 0.
    """
    began = log.calls.began
    if began is None:
        return np.full(len(rows), "", dtype=object)
    pairs = zip((log.calls.did[rows] + 1).tolist(), (began[rows] + MAX_HORIZON_DAYS * DAY).tolist(), strict=True)
    return np.array([f"{did}{moment:016}" for did, moment in pairs], dtype=object)
