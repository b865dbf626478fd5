"""The layouts that are known, as data. To add one: a `Layout` with its headers, at its place in `LAYOUTS`.

Headers are compared without regard to case, blanks, underscores and hyphens. A layout with a header is
recognised when all its ``marks`` stand in one line; one without a header when its ``patterns`` fit.
The first that fits is taken, so the narrower ones come first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FIELDS: dict[str, str] = {
    "start": "when the call arrived",
    "answer": "when it was answered; empty where it was not",
    "end": "when it ended",
    "duration": "from start to end",
    "talk": "from answer to end",
    "ring": "from start to answer",
    "number": "the number that was called",
    "call_id": "what rows of one call have in common",
    "status": "how it went, in a word",
    "code": "how it went, as a SIP response code",
    "initiator": "which side ended it",
    "caller": "who called",
}
"""What a column can serve as, and what it means."""

MOMENTS = ("start", "answer", "end")
LENGTHS = ("duration", "talk", "ring")

NOTHING = ("", "null", "\\n", "-", "n/a", "none", "nil", "0000-00-00 00:00:00")
"""Values, in lower case, that mean that there is none."""
ANONYMOUS = ("anonymous", "unknown", "restricted", "private", "unavailable", "withheld", "asserted")
"""Callers, in lower case, of whom it is not known who they are."""

_ANSWERED = (
    "answered", "answer", "normal_clearing", "completed", "connected", "success", "yes", "true",
    "atendida", "contestada", "respondida", "angenommen", "beantwortet", "répondu", "risposta",
)  # fmt: skip
_UNANSWERED = (
    "no answer", "noanswer", "unanswered", "not answered", "busy", "failed", "cancel", "cancelled", "canceled",
    "missed", "abandoned", "rejected", "blocked", "no", "false", "user_busy", "no_answer", "originator_cancel",
    "não atendida", "no contestada", "perdida", "verpasst", "nicht angenommen", "manqué",
)  # fmt: skip
_BLOCKED = (
    "402", "480", "503", "blocked", "capacity_exceeded", "congestion", "normal_circuit_congestion",
    "switch_congestion", "requested_chan_unavail", "no_balance",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One shape of call detail records.

    Parameters
    ----------
    name : how users name it.
    title : whose records these are.
    headers : field (of `FIELDS`) -> the headers that mean it, the preferred one first.
    marks : headers that must all be there for the layout to be recognised.
    positions : field -> 1-based column, for files without a header.
    patterns : 1-based column -> regular expression that the whole value must match, for files without a header.
    timezone : of times that carry none, where the layout says it; it wins over the user's.
    answered, unanswered : values of ``status``, in lower case, that decide; any other leaves it to the answer
        time, then to a talk time above zero, then to the code (200, or 3xx to 6xx), then to the duration.
    blocked : values of ``status`` or ``code``, in lower case, that say that there was no capacity for the call.
    destination : values of ``initiator``, in lower case, that say that the called side gave the code, so
        that it tells nothing of capacity.
    """

    name: str
    title: str
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    positions: Mapping[str, int] = field(default_factory=dict)
    patterns: Mapping[int, str] = field(default_factory=dict)
    timezone: str | None = None
    answered: tuple[str, ...] = _ANSWERED
    unanswered: tuple[str, ...] = _UNANSWERED
    blocked: tuple[str, ...] = _BLOCKED
    destination: tuple[str, ...] = ("destination", "termination")


_MOMENT = r"\d{4}-\d\d?-\d\d? \d\d?:\d\d(:\d\d([.,]\d+)?)?|\d\d?[/.-]\d\d?[/.-]\d{4} \d\d?:\d\d(:\d\d([.,]\d+)?)?"
_NO_MOMENT = f"({_MOMENT})?"

_DIDWW = {
    "start": ("Date/Time Start (UTC)", "Date/Time (UTC)"),
    "answer": ("Date/Time Connect (UTC)",),
    "end": ("Date/Time End (UTC)",),
    "talk": ("Duration (sec)", "Duration (secs)"),
    "number": ("Destination DID", "DID"),
    "call_id": ("Call ID",),
    "code": ("Disconnect Code",),
    "initiator": ("Disconnect Initiator",),
    "caller": ("Source Number", "Source"),
}
_DIDWW_BLOCKED = ("402", "480")

DIDWW_22 = (
    "Date/Time Start (UTC)", "Date/Time Connect (UTC)", "Date/Time End (UTC)", "Status", "Source", "Source Name",
    "Destination DID", "Duration (sec)", "Attempt", "Disconnect Code", "Response", "Disconnect Initiator",
    "Voice IN Trunk", "Destination", "Trunk Group", "Capacity Group", "Toll-free (USD)", "PSTN (USD)", "Metered (USD)",
    "CNAM IN (USD)", "Total (USD)", "Call ID",
)  # fmt: skip
"""Headers of the provider's 22 columns, in order, as capsim writes them.

Amounts are headed USD whatever the currency, since readers find columns by name.
"""

_ASTERISK = {
    "start": ("calldate", "start"),
    "answer": ("answer",),
    "end": ("end",),
    "duration": ("duration",),
    "talk": ("billsec",),
    "number": ("did", "dst"),
    "call_id": ("linkedid", "uniqueid"),
    "status": ("disposition",),
    "caller": ("src",),
}
_DISPOSITION = r"(?i)ANSWERED|NO ANSWER|BUSY|FAILED|CONGESTION|UNKNOWN"

_GENERIC = {
    "start": (
        "start", "start time", "starttime", "start date", "started at", "starting date", "start stamp", "call start",
        "start (UTC)", "start_utc", "call date", "call time", "date/time", "datetime", "date and time", "timestamp",
        "time start", "begin", "setup time",
    ),
    "answer": (
        "answer", "answer time", "answered at", "answer stamp", "answer date", "answer (UTC)", "answer_utc", "connect",
        "connect time", "connected at", "time answered",
    ),
    "end": (
        "end", "end time", "ended at", "end stamp", "end date", "end (UTC)", "end_utc", "hangup time", "hangup",
        "disconnect time", "stop", "stop time", "time end",
    ),
    "duration": (
        "duration", "duration_s", "duration (s)", "duration (sec)", "duration (secs)", "duration_sec",
        "duration_seconds", "duration in seconds", "call duration", "total duration", "length",
    ),
    "talk": (
        "talk", "talk_s", "talk (s)", "talk time", "talk duration", "billsec", "bill seconds", "billed duration",
        "billable seconds",
    ),
    "ring": ("ring", "ring_s", "ring (s)", "ring time", "ring duration", "ringing"),
    "number": (
        "number", "did", "destination did", "called number", "called", "dialed number", "dialled number", "dnis",
        "destination number", "destination", "dst", "callee", "called party", "to",
    ),
    "call_id": ("call_id", "call id", "linkedid", "uniqueid", "unique id", "uuid", "session id"),
    "status": ("status", "disposition", "outcome", "result", "call status", "hangup cause"),
    "code": ("code", "disconnect code", "sip code", "response code", "cause code", "hangup cause id"),
    "initiator": ("initiator", "disconnect initiator"),
    "caller": (
        "caller", "caller number", "caller id", "caller id number", "calling number", "from", "src", "source",
        "source number", "ani", "cli",
    ),
}  # fmt: skip

LAYOUTS: tuple[Layout, ...] = (
    Layout(
        name="didww-split",
        title="DIDWW, inbound, the source in five columns",
        headers=_DIDWW,
        marks=("Date/Time Start (UTC)", "Destination DID", "Source Number"),
        timezone="UTC",
        blocked=_DIDWW_BLOCKED,
    ),
    Layout(
        name="didww",
        title="DIDWW, inbound, 22 columns",
        headers=_DIDWW,
        marks=("Date/Time Start (UTC)", "Destination DID", "Source"),
        timezone="UTC",
        blocked=_DIDWW_BLOCKED,
    ),
    Layout(
        name="didww-15",
        title="DIDWW, inbound, 15 columns",
        headers=_DIDWW,
        marks=("Date/Time Start (UTC)", "DID", "Duration (secs)"),
        timezone="UTC",
        blocked=_DIDWW_BLOCKED,
    ),
    Layout(
        name="didww-13",
        title="DIDWW, inbound, 13 columns",
        headers=_DIDWW,
        marks=("Date/Time (UTC)", "DID", "Duration (secs)"),
        timezone="UTC",
        blocked=_DIDWW_BLOCKED,
    ),
    Layout(
        name="asterisk",
        title="Asterisk, with a header",
        headers=_ASTERISK,
        marks=("dst", "duration", "billsec", "disposition"),
    ),
    Layout(
        name="asterisk-master",
        title="Asterisk, Master.csv without a header",
        positions={
            "start": 10, "answer": 11, "end": 12, "duration": 13, "talk": 14, "number": 3, "call_id": 17, "status": 15,
            "caller": 2,
        },
        patterns={10: _MOMENT, 11: _NO_MOMENT, 12: _NO_MOMENT, 13: r"\d+", 14: r"\d+", 15: _DISPOSITION},
    ),
    Layout(
        name="freepbx",
        title="Asterisk by FreePBX, without a header",
        positions={"start": 1, "duration": 10, "talk": 11, "number": 4, "call_id": 15, "status": 12, "caller": 3},
        patterns={1: _MOMENT, 10: r"\d+", 11: r"\d+", 12: _DISPOSITION},
    ),
    Layout(
        name="freeswitch",
        title="FreeSWITCH, the example template of mod_cdr_csv, without a header",
        positions={
            "start": 5, "answer": 6, "end": 7, "duration": 8, "talk": 9, "number": 3, "call_id": 11, "status": 10,
            "caller": 2,
        },
        patterns={5: _MOMENT, 6: _NO_MOMENT, 7: _NO_MOMENT, 8: r"\d+", 9: r"\d+", 10: "[A-Z][A-Z0-9_]+"},
        unanswered=(),
    ),
    Layout(
        name="3cx",
        title="3CX, without a header",
        positions={"start": 4, "answer": 5, "end": 6, "number": 12, "call_id": 2, "caller": 8},
        patterns={1: r"Call \d+", 4: r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d.*", 7: "[A-Za-z_]+"},
    ),
    Layout(
        name="generic",
        title="any file whose headers say what they are",
        headers=_GENERIC,
    ),
)  # fmt: skip
"""In the order in which they are tried."""


def plain(header: str) -> str:
    """A header as it is compared: ``" Call_ID "`` is ``"callid"``."""
    return "".join(c for c in header.strip("\ufeff\"' \t").casefold() if not c.isspace() and c not in "_-")
