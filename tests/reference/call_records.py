"""Small files of call records in several layouts, with fictional numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from capsim import cdr

DIDWW = (
    "Date/Time Start (UTC),Date/Time Connect (UTC),Date/Time End (UTC),Status,Source,Source Name,Destination DID,"
    "Duration (sec),Attempt,Disconnect Code,Response,Disconnect Initiator,Voice IN Trunk,Destination,Trunk Group,"
    "Capacity Group,Toll-free (USD),PSTN (USD),Metered (USD),CNAM IN (USD),Total (USD),Call ID\n"
)
DIDWW_SPLIT = DIDWW.replace(
    "Source,Source Name,", "Source Number,Source Number Out,Source Name,Source Country,Source Network,"
)
DIDWW_15 = (
    "Date/Time Start (UTC),Date/Time Connect (UTC),Date/Time End (UTC),Source,DID,Destination,Duration (secs),"
    "Disconnect Initiator,Disconnect Code,Response,TollFree Amount (USD),Termination Amount (USD),"
    "Metered Channels Amount (USD),Customer ID,Sell Amount (Points)\n"
)
DIDWW_13 = (
    "Date/Time (UTC),Source,DID,Destination,Duration (secs),Disconnect Initiator,Disconnect Code,Response,"
    "TollFree Amount (USD),Termination Amount (USD),Metered Channels Amount (USD),Customer ID,Sell Amount (Points)\n"
)
GENERIC = "start,answer,end,number,call_id,status\n"


def didww(start, connect, end, seconds, code=200, call="c1", did="12125550110", initiator="Origination"):
    """One row of the 22 columns; times of 2026-11-02."""
    day = [f"2026-11-02 {time}" if time else "" for time in (start, connect, end)]
    return (
        f"{','.join(day)},Done,12125550190,Caller,{did},{seconds},1,{code},Reply,{initiator},trunk,sip:a@example.com,"
        f"group,main,0,0,0.003,0,0.003,{call}\n"
    )


def at(text: str) -> int:
    """Microseconds since 1970 of a time in UTC."""
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return round(moment.timestamp() * 1_000_000)


def put(folder: Path, text: str | bytes, name: str = "calls.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def calls(path, **options) -> list[tuple]:
    """(start, ring seconds, talk seconds, outcome, number, line) of every call."""
    with cdr.read(path, **options) as records:
        return listed(records)


def listed(records: cdr.CallRecords) -> list[tuple]:
    found = []
    for batch in records.batches(3):
        for k in range(len(batch)):
            outcome = "answered" if batch.answered[k] else "blocked" if batch.blocked[k] else "unanswered"
            start = datetime.fromtimestamp(int(batch.start[k]) / 1e6, UTC).isoformat(" ").removesuffix("+00:00")
            ring, talk = (int(one[k]) / 1e6 for one in (batch.ring, batch.talk))
            found.append((start, ring, talk, outcome, records.names[batch.number[k]], int(batch.line[k])))
    return found
