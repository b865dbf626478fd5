"""What a row means, in SQL: the values of its columns, what is wrong with it, and the call it tells of.

A call is held from its start to its end: ``ring`` until the answer (to its end, where there is none), then
``talk``. Where only part of this is recorded, the rest follows: the end from a duration, the answer from a
talk time. A ring time that can't be known is 0, and so is all of a call that was not answered and has no length.
"""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from capsim.cdr.layouts import ANONYMOUS, LENGTHS, MOMENTS, NOTHING
from capsim.cdr.records import HIDDEN_DELIMITER, PADDING, Piece
from capsim.cdr.understanding import Understanding
from capsim.cdr.zones import EARLIEST, LATEST, offset_sql
from capsim.units import DAY, SECOND

MISSING_START = "missing start"
UNREADABLE_DATE = "unreadable date"
UNREADABLE_DURATION = "unreadable duration"
NEGATIVE_DURATION = "negative duration"
END_BEFORE_START = "end before start"
ANSWER_BEFORE_START = "answer before start"
ANSWER_AFTER_END = "answer after end"
MISSING_LENGTH = "answered, but neither end nor duration"
LONGER_PART = "ring or talk longer than the call"
TOO_LONG = "longer than 30 days"

LONGEST = 30 * DAY


def texts_sql(understanding: Understanding, piece: Piece, table: str) -> str:
    """A query of the texts of the columns in use; NULL where a value means that there is none.

    ``table`` has the columns c0, c1, ... of ``piece``, with NULL for the words of `NOTHING` as they stand.
    """
    columns = []
    for column in understanding.columns:
        name, text = column.field, f"c{column.position - 1}"
        if piece.hidden and name in (*MOMENTS, *LENGTHS, "number"):
            text = f"replace({text}, '{HIDDEN_DELIMITER}', {_quoted(understanding.delimiter)})"
        if piece.padded:
            text = f"trim({text}, {_quoted(PADDING)})"
            text = f"CASE WHEN lower({text}) IN {_words(NOTHING)} THEN NULL ELSE {text} END"
        columns.append(f"{text} AS {name}_text")
    return f"SELECT {', '.join(columns)} FROM {table}"


def values_sql(understanding: Understanding, piece: Piece, table: str, usual: bool) -> str:
    """A query of moments (local, and the offset where the text has one), lengths, and words, of the rows of ``piece``.

    ``usual`` takes all moments to be written in the usual way, which is faster; the column ``unusual`` then
    says of each row whether they were not, so that the row is wrong here.
    """
    fields = {column.field for column in understanding.columns}
    columns = []
    unusual = [
        f"coalesce(NOT ({column.form.usual_sql(f'{column.field}_text')}), false)"
        for column in understanding.columns
        if usual and column.form
    ]
    columns.append(f"{' OR '.join(unusual) or 'false'} AS unusual")
    wrong_date, wrong_length = [], []
    for name in MOMENTS:
        column = understanding.column(name)
        form = column.form if column else None
        local, offset = form.sql(f"{name}_text", usual) if form else ("CAST(NULL AS BIGINT)", "NULL")
        columns += [f"{local} AS {name}_local", f"CAST({offset} AS BIGINT) AS {name}_offset"]
        if column:
            wrong_date.append(f"({name}_text IS NOT NULL AND {name}_local IS NULL)")
    for name in LENGTHS:
        columns.append(f"{_length(f'{name}_text') if name in fields else 'CAST(NULL AS BIGINT)'} AS {name}_us")
        if name in fields:
            wrong_length.append(f"({name}_text IS NOT NULL AND {name}_us IS NULL)")
    columns.append("start_text IS NULL AS no_start")
    columns.append(f"{' OR '.join(wrong_date) or 'false'} AS wrong_date")
    columns.append(f"{' OR '.join(wrong_length) or 'false'} AS wrong_length")
    for name in ("status", "initiator"):
        columns.append(f"{f'lower({name}_text)' if name in fields else 'CAST(NULL AS VARCHAR)'} AS {name}_word")
    code = "lower(regexp_extract(code_text, '^[^ ]+'))" if "code" in fields else "CAST(NULL AS VARCHAR)"
    columns.append(f"{code} AS code_word")
    columns.append(f"{'number_text' if 'number' in fields else 'NULL'} AS called")
    known = f"caller_text IS NOT NULL AND lower(caller_text) NOT IN {_words(ANONYMOUS)}"
    caller = f"CASE WHEN {known} THEN hash(caller_text) ELSE 0 END" if "caller" in fields else "0"
    columns.append(f"CAST({caller} AS UBIGINT) AS caller")
    columns.append(f"{'md5_number(call_id_text)' if 'call_id' in fields else 'CAST(NULL AS UHUGEINT)'} AS call")
    return f"SELECT {', '.join(columns)} FROM ({texts_sql(understanding, piece, table)})"


def calls_sql(understanding: Understanding, zone: ZoneInfo, low: int, high: int) -> str:
    """A query of the table ``vals``: what each row tells of a call, and ``reason``, NULL where it can be used."""
    layout = understanding.layout

    def utc(name: str, later: bool = False) -> str:
        local = f"{name}_local"
        return f"{local} - coalesce({name}_offset, {offset_sql(local, zone, low, high, later)})"

    def after_start(name: str) -> str:
        early, late = utc(name), utc(name, later=True)
        return early if early == late else f"CASE WHEN {early} < s THEN greatest({early}, {late}) ELSE {early} END"

    bounds = [int(moment.timestamp()) * SECOND for moment in (EARLIEST, LATEST)]
    code = "code_word"
    answer = "WHEN a IS NOT NULL THEN true " + ("ELSE false" if understanding.column("answer") else "")
    by_rest = (
        f"WHEN talk_us > 0 THEN true WHEN {code} = '200' THEN true "
        f"WHEN regexp_full_match({code}, '[3-6][0-9][0-9]') THEN false "
        "ELSE coalesce(duration_us > 0, false)"
    )
    answered = (
        f"CASE WHEN status_word IN {_words(layout.answered)} THEN true "
        f"WHEN status_word IN {_words(layout.unanswered)} THEN false "
        f"WHEN status_word IN {_words(layout.blocked)} THEN false "
        f"{answer if 'ELSE' in answer else answer + by_rest} END"
    )
    blocked = (
        f"(coalesce(status_word IN {_words(layout.blocked)}, false) OR "
        f"coalesce({code} IN {_words(layout.blocked)}, false)) "
        f"AND NOT coalesce(initiator_word IN {_words(layout.destination)}, false)"
    )
    held = (
        "CASE WHEN e IS NOT NULL THEN e - s WHEN duration_us IS NOT NULL THEN duration_us "
        "WHEN answered AND a IS NOT NULL AND talk_us IS NOT NULL THEN a - s + talk_us "
        "WHEN answered AND talk_us IS NOT NULL THEN coalesce(ring_us, 0) + talk_us "
        "WHEN NOT answered THEN coalesce(ring_us, talk_us, 0) END"
    )
    talk = (
        "CASE WHEN NOT answered THEN 0 WHEN a IS NOT NULL THEN s + held - a "
        "WHEN talk_us IS NOT NULL THEN least(talk_us, held) "
        "WHEN ring_us IS NOT NULL THEN held - least(ring_us, held) ELSE held END"
    )
    reason = (
        f"CASE WHEN no_start THEN '{MISSING_START}' "
        f"WHEN wrong_date OR s < {bounds[0]} OR s >= {bounds[1]} THEN '{UNREADABLE_DATE}' "
        f"WHEN wrong_length THEN '{UNREADABLE_DURATION}' "
        f"WHEN duration_us < 0 OR talk_us < 0 OR ring_us < 0 THEN '{NEGATIVE_DURATION}' "
        f"WHEN e < s THEN '{END_BEFORE_START}' "
        f"WHEN a < s THEN '{ANSWER_BEFORE_START}' "
        f"WHEN held IS NULL THEN '{MISSING_LENGTH}' "
        f"WHEN held > {LONGEST} THEN '{TOO_LONG}' "
        f"WHEN a > s + held AND (e IS NOT NULL OR answered) THEN '{ANSWER_AFTER_END}' "
        f"WHEN answered AND greatest(talk_us, ring_us) > held + {SECOND} THEN '{LONGER_PART}' END"
    )
    return (
        f"WITH starts AS (SELECT *, rowid AS i, {utc('start')} AS s FROM vals), "
        f"moments AS (SELECT *, {after_start('answer')} AS a, {after_start('end')} AS e FROM starts), "
        f"told AS (SELECT *, {answered} AS answered, {blocked} AS refused FROM moments), "
        f"lengths AS (SELECT *, {held} AS held FROM told), "
        f"parts AS (SELECT *, {talk} AS talk FROM lengths) "
        "SELECT i, s AS start, held - talk AS ring, talk, answered, refused AND NOT answered AS blocked, "
        f"coalesce(called, '') AS number, caller, call, {reason} AS reason FROM parts"
    )


def _length(name: str) -> str:
    """Microseconds of a length written as seconds (with decimals or without), m:s or h:m:s."""
    point = f"replace({name}, ',', '.')"
    parts = f"string_split(ltrim({point}, '-'), ':')"
    seconds = f"TRY_CAST({{}} AS DECIMAL(18, 6)) * {SECOND}"
    clock = (
        f"CASE WHEN regexp_full_match({point}, '-?\\d{{1,6}}(:\\d\\d?){{1,2}}(\\.\\d+)?') THEN "
        f"CAST(({seconds.format(f'{parts}[-1]')} + TRY_CAST({parts}[-2] AS BIGINT) * {60 * SECOND} "
        f"+ CASE WHEN len({parts}) = 3 THEN TRY_CAST({parts}[1] AS BIGINT) * {3600 * SECOND} ELSE 0 END) AS BIGINT) "
        f"* CASE WHEN {name}[1] = '-' THEN -1 ELSE 1 END END"
    )
    return f"CASE WHEN contains({name}, ':') THEN {clock} ELSE TRY_CAST({seconds.format(point)} AS BIGINT) END"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _words(words: Iterable[str]) -> str:
    """A list of words in SQL; it is never empty."""
    return "(" + ", ".join(_quoted(word) for word in (*words, "\x01")) + ")"
