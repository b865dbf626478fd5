"""Notes that the reference engine takes of calls as they come, and the log made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from capsim.records import CallLog, CallTable, InProgress, Int32


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Caller of a call, with all attempts to come.

    Attributes
    ----------
    began : int
        Clock of the first attempt, microseconds.
    ring : int
        Time from arrival to answer, or to the end of an unanswered call, microseconds.
    holding : int
        Time from answer to end, microseconds.
    answered : bool
        Whether the call is answered.
    again : tuple of int
        Clock of each further attempt, microseconds; NEVER after the last.
    """

    began: int
    ring: int
    holding: int
    answered: bool
    again: tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class Note:
    """One attempt of a call, and what has become of it so far.

    Attributes
    ----------
    did : int
        Position of the DID.
    arrival : int
        Clock of the attempt, microseconds.
    caller : Caller
        Who makes it.
    attempt : int
        Number of the attempt within its call, from 1.
    outcome : int
        Code of `capsim.records.OUTCOMES`.
    end : int
        Clock at which the call leaves its channel, microseconds.
    channel : int
        Number of the channel within its tier; 0 for a blocked call.
    torn_down : bool
        Whether the call ended because the balance ran out.
    log : CallLog, or None
        Log in which the attempt is, once there is one.
    row : int
        Its row in that log.
    """

    did: int
    arrival: int
    caller: Caller
    attempt: int
    outcome: int
    end: int
    channel: int = 0
    torn_down: bool = False
    log: CallLog | None = None
    row: int = 0

    def tear_down(self, now: int) -> None:
        """Let the call end early; if its log exists, note it there too."""
        self.end, self.torn_down = now, True
        if self.log is not None:
            self.log.end[self.row], self.log.torn_down[self.row] = now, True


class Notes:
    """Notes of one table."""

    def __init__(self, table: CallTable) -> None:
        self.table = table
        self.notes: list[Note] = []

    def add(self, note: Note) -> Note:
        """Note an attempt; notes come as the attempts do."""
        self.notes.append(note)
        return note

    def log(self, group: Int32, before: InProgress) -> CallLog:
        """Make the log, DID by DID, and by time within each; its calls are the table's own if nobody tries again."""
        notes = sorted(self.notes, key=lambda note: note.did)
        n = len(notes)
        table = self.table
        if table.again is not None:
            table = replace(
                table,
                first=np.searchsorted([note.did for note in notes], np.arange(len(table.first))).astype(np.int64),
                arrival=np.array([note.arrival for note in notes], np.int64),
                ring=np.array([note.caller.ring for note in notes], np.int64),
                holding=np.array([note.caller.holding for note in notes], np.int64),
                answered=np.array([note.caller.answered for note in notes], np.bool_),
                again=np.array([note.caller.again for note in notes], np.int64).reshape(n, table.again.shape[1]),
                attempt=np.array([note.attempt for note in notes], np.int8),
                began=np.array([note.caller.began for note in notes], np.int64),
            )
        log = CallLog(
            calls=table,
            outcome=np.array([note.outcome for note in notes], np.int8),
            end=np.array([note.end for note in notes], np.int64),
            channel=np.array([note.channel for note in notes], np.int32),
            torn_down=np.array([note.torn_down for note in notes], np.bool_),
            group=group,
            before=before,
        )
        for row, note in enumerate(notes):
            note.log, note.row = log, row
        return log
