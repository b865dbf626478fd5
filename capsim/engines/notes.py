"""What the reference engine writes down of calls as they come, and the log that it makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from capsim.records import CallLog, CallTable, InProgress, Int32

if TYPE_CHECKING:
    from capsim.engines.simpy_engine import Caller, Did


@dataclass(slots=True)
class Note:
    """One attempt of a call: what became of it, so far."""

    did: int
    arrival: int
    ring: int
    holding: int
    answered: bool
    again: tuple[int, ...]
    attempt: int
    began: int
    outcome: int
    end: int
    channel: int = 0
    torn_down: bool = False
    log: CallLog | None = None
    row: int = 0

    def tear_down(self, now: int) -> None:
        """The call ends early; where its log has been made, that says so too."""
        self.end, self.torn_down = now, True
        if self.log is not None:
            self.log.end[self.row], self.log.torn_down[self.row] = now, True


class Notes:
    """The notes of one table."""

    def __init__(self, table: CallTable) -> None:
        self.table = table
        self.notes: list[Note] = []

    def add(self, did: Did, now: int, caller: Caller, attempt: int, outcome: int) -> Note:
        """Note an attempt; notes come as the attempts do."""
        note = Note(
            did.position,
            now,
            caller.ring,
            caller.holding,
            caller.answered,
            caller.again,
            attempt,
            caller.began,
            outcome,
            now,
        )
        self.notes.append(note)
        return note

    def log(self, group: Int32, before: InProgress) -> CallLog:
        """The log, DID by DID, and each DID's by time; where nobody tries again, its calls are the table's own."""
        notes = sorted(self.notes, key=lambda note: note.did)
        n = len(notes)
        table = self.table
        if table.again is not None:
            table = replace(
                table,
                first=np.searchsorted([note.did for note in notes], np.arange(len(table.first))).astype(np.int64),
                arrival=np.array([note.arrival for note in notes], np.int64),
                ring=np.array([note.ring for note in notes], np.int64),
                holding=np.array([note.holding for note in notes], np.int64),
                answered=np.array([note.answered for note in notes], np.bool_),
                again=np.array([note.again for note in notes], np.int64).reshape(n, table.again.shape[1]),
                attempt=np.array([note.attempt for note in notes], np.int8),
                began=np.array([note.began for note in notes], np.int64),
            )
        log = CallLog(
            table,
            np.array([note.outcome for note in notes], np.int8),
            np.array([note.end for note in notes], np.int64),
            np.array([note.channel for note in notes], np.int32),
            np.array([note.torn_down for note in notes], np.bool_),
            group,
            before,
        )
        for row, note in enumerate(notes):
            note.log, note.row = log, row
        return log
