"""What a row means, why it can't be used, and which rows are one call."""

from __future__ import annotations

import csv
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capsim import cdr
from capsim.errors import InputError, OutputError
from tests.reference.call_records import DIDWW, GENERIC, at, calls, didww, listed, put

HEADERS = "start,answer,end,duration,talk,ring,number,call_id,status,code\n"
NOON = "2026-11-02 12:00:00"


def row(start=NOON, answer="", end="", duration="", talk="", ring="", number="201", call_id="", status="", code=""):
    return ",".join((start, answer, end, duration, talk, ring, number, call_id, status, code)) + "\n"


@pytest.mark.parametrize(
    ("values", "ring", "talk", "outcome"),
    [
        ({"answer": "2026-11-02 12:00:05", "end": "2026-11-02 12:01:00"}, 5, 55, "answered"),
        ({"answer": "2026-11-02 12:00:05", "duration": "60"}, 5, 55, "answered"),
        ({"answer": "2026-11-02 12:00:05", "talk": "55"}, 5, 55, "answered"),
        ({"answer": "2026-11-02 12:00:05.25", "end": "2026-11-02T12:01:00.75"}, 5.25, 55.5, "answered"),
        ({"end": "2026-11-02 12:01:00"}, 60, 0, "unanswered"),
        ({"end": "2026-11-02 12:01:00", "talk": "50", "status": "Answered"}, 10, 50, "answered"),
        ({"duration": "60", "ring": "10", "status": "answered"}, 10, 50, "answered"),
        ({"duration": "0:01:00", "status": "BUSY"}, 60, 0, "unanswered"),
        ({"ring": "10", "status": "no answer"}, 10, 0, "unanswered"),
        ({"ring": "10", "talk": "1:02.5", "status": "answered"}, 10, 62.5, "answered"),
        ({"duration": "10", "talk": "11", "status": "answered"}, 0, 10, "answered"),  # seconds, rounded
        ({"status": "blocked"}, 0, 0, "blocked"),
        ({"code": "480"}, 0, 0, "blocked"),
        ({"code": "503 Service Unavailable"}, 0, 0, "blocked"),
        ({"code": "486", "duration": "3"}, 3, 0, "unanswered"),
    ],
)
def test_a_call_is_its_ring_and_its_talk(tmp_path, values, ring, talk, outcome):
    path = put(tmp_path, HEADERS + row(**values))
    assert calls(path) == [(NOON, ring, talk, outcome, "201", 2)]


def test_without_an_answer_time_or_a_word_a_call_with_a_length_was_answered(tmp_path):
    text = "start,duration,code\n" + "".join(f"{NOON},{rest}\n" for rest in ("20,", "0,", "20,487", "20,200", "0,200"))
    assert [call[1:4] for call in calls(put(tmp_path, text))] == [
        (0, 20, "answered"),
        (0, 0, "unanswered"),
        (20, 0, "unanswered"),
        (0, 20, "answered"),
        (0, 0, "answered"),
    ]


UNUSABLE = {
    "missing start": row(start="", end=NOON),
    "unreadable date": row(start="2026-13-02 12:00:00", end=NOON),
    "unreadable duration": row(duration="abc"),
    "negative duration": row(duration="-5"),
    "end before start": row(end="2026-11-02 11:59:59"),
    "answer before start": row(answer="2026-11-02 11:59:59", end="2026-11-02 12:01:00"),
    "answer after end": row(answer="2026-11-02 12:01:01", end="2026-11-02 12:01:00"),
    "longer than 30 days": row(end="2026-12-02 12:00:01"),
    "answered, but neither end nor duration": row(answer=NOON),
    "ring or talk longer than the call": row(duration="10", talk="20", status="answered"),
    "too few columns": NOON + ",,\n",
    "too many columns": row().rstrip("\n") + ",x\n",
    "quote that is never closed": f'{NOON},"{NOON}\n',
    "line of more than 1 MB": row(number="2" * (1 << 20)),
}


@pytest.mark.parametrize("reason", UNUSABLE)
def test_every_reason_is_counted_and_its_row_listed_as_it_stood(tmp_path, reason):
    good = row(end="2026-11-02 12:01:00")
    path = put(tmp_path, HEADERS + good + UNUSABLE[reason] + good)
    rejects = tmp_path / "rejects.csv"
    with cdr.read(path, rejects=rejects) as records:
        assert records.unusable == {reason: 1}
        assert (records.rows, records.calls, records.duplicates) == (3, 2, 0)
    csv.field_size_limit(1 << 22)
    with rejects.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["line", "reason", "row"], ["3", reason, UNUSABLE[reason].rstrip("\n")]]


@pytest.mark.parametrize(
    "start",
    ["today", "2026-11-02", "1026-11-02 12:00:00", "2226-11-02 12:00:00", "epoch", "12:00", "2026-11-02 25:00:00"],
)
def test_dates_that_are_none(tmp_path, start):
    with cdr.read(put(tmp_path, HEADERS + row(end=NOON) + row(start=start, duration="1"))) as records:
        assert records.unusable == {"unreadable date": 1}


@pytest.mark.parametrize("value", ["1 hour", "1:2:3:4", "1e5x", "12,5,1", "nan", "1:99x"])
def test_durations_that_are_none(tmp_path, value):
    text = f"start;duration\n{NOON};1\n{NOON};{value}\n"
    with cdr.read(put(tmp_path, text)) as records:
        assert records.unusable == {"unreadable duration": 1}


def test_thirty_days_are_not_too_long(tmp_path):
    assert calls(put(tmp_path, HEADERS + row(end="2026-12-02 12:00:00")))[0][1] == 30 * 86400


def test_the_rejects_are_written_whole_or_not_at_all(tmp_path):
    path = put(tmp_path, HEADERS + row(start="x") + row(end=NOON))
    rejects = put(tmp_path, "before", "rejects.csv")

    def stop(_rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cdr.read(path, rejects=rejects, progress=stop)
    assert rejects.read_text() == "before"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["calls.csv", "rejects.csv"]
    with pytest.raises(InputError, match="is the file that is read"):
        cdr.read(path, rejects=path)
    with pytest.raises(InputError, match="is a folder; rejects names a file"):
        cdr.read(path, rejects=tmp_path)
    with pytest.raises(OutputError, match="cannot be written"):
        cdr.read(path, rejects=tmp_path / "missing" / "rejects.csv")


def test_rows_with_one_call_id_are_one_call(tmp_path):
    path = put(
        tmp_path,
        DIDWW
        + didww("12:00:20", "12:00:25", "12:02:00", 95, call="a", did="2")
        + didww("12:00:00", "", "12:00:20", 0, code=487, call="a", did="1")
        + didww("12:00:01", "", "12:00:02", 0, code=480, call="b")
        + didww("12:00:01", "", "12:00:02", 0, code=480, call="b")
        + didww("12:00:02", "", "12:00:02", 0, code=480, call="c")
        + didww("12:00:02", "", "12:00:09", 0, code=486, call="c")
        + didww("12:00:03", "", "12:00:04", 0, code=404, call="")
        + didww("12:00:03", "", "12:00:04", 0, code=404, call=""),
    )
    with cdr.read(path) as records:
        assert (records.rows, records.calls, records.duplicates) == (8, 5, 3)
        assert listed(records) == [
            (NOON, 25, 95, "answered", "2", 2),
            ("2026-11-02 12:00:01", 1, 0, "blocked", "12125550110", 4),
            ("2026-11-02 12:00:02", 7, 0, "unanswered", "12125550110", 6),
            ("2026-11-02 12:00:03", 1, 0, "unanswered", "12125550110", 8),
            ("2026-11-02 12:00:03", 1, 0, "unanswered", "12125550110", 9),
        ]


def test_a_call_that_was_passed_on_was_answered_at_its_first_answer(tmp_path):
    text = didww("12:00:30", "12:00:40", "12:02:00", 80) + didww("12:00:00", "12:00:04", "12:00:30", 26)
    assert calls(put(tmp_path, DIDWW + text)) == [(NOON, 4, 116, "answered", "12125550110", 2)]


def test_a_call_id_that_comes_again_an_hour_later_is_another_call(tmp_path):
    text = DIDWW + didww("12:00:00", "", "12:00:10", 0, call="7") + didww("13:00:10", "", "13:00:20", 0, call="7")
    assert len(calls(put(tmp_path, text))) == 1, "exactly an hour is not more than an hour"
    text = DIDWW + didww("12:00:00", "", "12:00:10", 0, call="7") + didww("13:00:11", "", "13:00:20", 0, call="7")
    assert len(calls(put(tmp_path, text))) == 2


def test_calls_and_duplicates_and_unusable_rows_add_up(tmp_path):
    path = put(
        tmp_path, HEADERS + "".join(UNUSABLE.values()) + row(call_id="a") * 3 + row() * 2 + "\n" + row(call_id="b")
    )
    with cdr.read(path) as records:
        assert records.calls + records.duplicates + sum(records.unusable.values()) == records.rows == len(UNUSABLE) + 6
        assert (records.calls, records.duplicates, len(records.unusable)) == (4, 2, len(UNUSABLE))


def test_columns_are_sorted_by_start_and_then_by_line(tmp_path):
    path = put(
        tmp_path,
        HEADERS
        + row(start="2026-11-02 12:00:01", number="b", duration="1", status="answered")
        + row(number="c")
        + row(number="a", status="congestion"),
    )
    with cdr.read(path) as records:
        assert records.names == ("a", "b", "c"), "alphabetical"
        assert records.first == datetime(2026, 11, 2, 12, tzinfo=UTC)
        assert records.last == datetime(2026, 11, 2, 12, 0, 1, tzinfo=UTC)
        (batch,) = records.batches()
        assert batch.start.tolist() == [at(NOON), at(NOON), at(NOON) + 1_000_000]
        assert batch.number.tolist() == [2, 0, 1]
        assert batch.line.tolist() == [3, 4, 2]
        assert batch.blocked.tolist() == [False, True, False]
        kinds = [
            getattr(batch, name).dtype for name in ("start", "ring", "talk", "answered", "blocked", "number", "line")
        ]
        assert kinds == [np.int64, np.int64, np.int64, np.bool_, np.bool_, np.int32, np.int64]
        assert [len(one) for one in records.batches(2)] == [2, 1]
        with pytest.raises(ValueError, match="size is 0"):
            next(records.batches(0))


def test_temporary_files_go_when_the_records_are_closed(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = put(tmp_path, HEADERS + row())
    with cdr.read(path) as records:
        assert len(list(tmp_path.iterdir())) == 2
    assert list(tmp_path.iterdir()) == [path]
    assert records.calls == 1
    with pytest.raises(ValueError, match="the call records are closed"):
        next(records.batches())
    with pytest.raises(ZeroDivisionError):
        cdr.read(path, progress=lambda rows: 1 // 0)
    assert list(tmp_path.iterdir()) == [path]


def test_progress_tells_of_rows_done(tmp_path):
    seen: list[int] = []
    cdr.read(put(tmp_path, HEADERS + row() * 5), progress=seen.append).close()
    assert seen == [5]


def test_the_preview_tells_what_was_understood(tmp_path):
    text = cdr.sniff(
        put(tmp_path, DIDWW + didww("12:00:00", "12:00:07", "12:01:47", 100) + didww("x", "", "", 0))
    ).text()
    for words in (
        "didww: DIDWW, inbound, 22 columns",
        "UTF-8, 22 columns separated by commas",
        "on line 1; data from line 2 on",
        "start:     column 1 'Date/Time Start (UTC)', year-month-day, as in 2026-11-02 12:00:00",
        "number:    column 7 'Destination DID'",
        "2     2026-11-02 12:00:00  7       100     answered  12125550110",
        "unusable among the first 2 rows: 1 unreadable date",
    ):
        assert words in text


# -- dates and time zones ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start",
    [
        "2026-11-02T12:00:00",
        "2026-11-02 12:00",
        "2026-11-02 12:00:00.000",
        "2026/11/02 12:00:00",
        "2026.11.02 12:00:00",
        "2026-11-02T12:00:00Z",
        "2026-11-02 14:00:00+02:00",
        "2026-11-02 07:30:00-0430",
        "2026-11-02 12:00:00 UTC",
        "02-Nov-2026 12:00:00",
        "2026-11-02 12:00:00 PM",
        "20261102120000",
        "1793620800",
        "1793620800.0",
        "1793620800000",
        "13/11/2026 12:00:00",
        "13.11.2026, 12:00",
        "13-11-26 12:00:00",
        "11/13/2026 12:00:00 PM",
        "11/13/2026 12:00",
    ],
)
def test_ways_to_write_a_moment(tmp_path, start):
    path = put(tmp_path, f"start;duration\n{start};1\n")
    assert calls(path)[0][0] == (NOON.replace("-02", "-13") if "13" in start[:6] else NOON)


def test_moments_with_and_without_an_offset_may_be_mixed(tmp_path):
    text = f"start,duration\n{NOON},1\n2026-11-02T12:00:00Z,2\n2026-11-02 12:00:00+05:30,3\n"
    assert [call[::2] for call in calls(put(tmp_path, text), timezone="America/New_York")] == [
        ("2026-11-02 06:30:00", 3, "201"[:0]),
        ("2026-11-02 12:00:00", 2, ""),
        ("2026-11-02 17:00:00", 1, ""),
    ]


def test_day_and_month_are_told_apart_by_a_number_above_twelve_anywhere(tmp_path):
    rows = [f"1/{month}/2026 12:00:00,1\n" for month in range(1, 10)]
    path = put(tmp_path, "start,duration\n" + "".join(rows))
    understanding = cdr.sniff(path)
    assert "(day before month is an assumption: pass day_first to settle it)" in understanding.text()
    assert calls(path)[1][0] == "2026-02-01 12:00:00"
    assert calls(path, day_first=False)[1][0] == "2026-01-02 12:00:00"
    path = put(tmp_path, "start,duration\n" + "".join(rows) * 400 + "1/13/2026 12:00:00,1\n")
    assert cdr.sniff(path).columns[0].form.order == "mdy", "seen far behind the rows that are looked at"


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-10-25 00:30:00", "2026-10-24 23:30:00"),
        ("2026-10-25 01:30:00", "2026-10-25 00:30:00"),  # occurs twice: the earlier
        ("2026-10-25 02:30:00", "2026-10-25 02:30:00"),
        ("2026-03-29 00:59:59", "2026-03-29 00:59:59"),
        ("2026-03-29 01:30:00", "2026-03-29 01:30:00"),  # left out: the offset before
        ("2026-03-29 02:00:00", "2026-03-29 01:00:00"),
    ],
)
def test_local_times_around_changes_of_the_clock(tmp_path, local, utc):
    path = put(tmp_path, f"start,duration\n{local},1\n")
    assert calls(path, timezone="Europe/London")[0][0] == utc


def test_an_end_in_the_repeated_hour_is_the_later_one_where_the_earlier_is_before_the_start(tmp_path):
    text = GENERIC + "2026-10-25 01:50:00,2026-10-25 01:59:00,2026-10-25 01:10:00,201,a,answered\n"
    assert calls(put(tmp_path, text), timezone="Europe/London") == [
        ("2026-10-25 00:50:00", 9 * 60, 11 * 60, "answered", "201", 2)
    ]


@pytest.mark.slow
@given(seconds=st.integers(0, 3 * 10**9), zone=st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu"]))
@settings(max_examples=15)
def test_offsets_are_those_of_the_time_zone_database(seconds, zone):
    import duckdb

    from capsim.cdr.zones import find_zone, offset_sql

    local = datetime(1985, 1, 1) + timedelta(seconds=seconds)
    value = at(local.isoformat())
    for later in (False, True):
        sql = offset_sql("x", find_zone(zone), value - 10**13, value + 10**13, later)
        with duckdb.connect() as connection:
            found = connection.execute(f"SELECT {sql} FROM (SELECT {value}::BIGINT AS x)").fetchall()[0][0]
        exact = local.replace(tzinfo=find_zone(zone), fold=0)
        if exact.utcoffset() == exact.replace(fold=1).utcoffset():
            assert found == exact.utcoffset() / timedelta(microseconds=1)


# -- what is written is read back -------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="'\"="), min_size=1, max_size=8).filter(
    lambda text: text.lower() not in ("-", "null", "none", "nil", "n/a", "\\n")
)
CALLS = st.lists(
    st.tuples(
        st.integers(at("1990-01-01"), at("2090-01-01")),
        st.integers(0, 10**9),
        st.integers(0, 10**12),
        st.booleans(),
        TEXTS,
        st.text('ab ,;\n"\r', max_size=6),
    ),
    max_size=12,
)


@pytest.mark.slow
@given(CALLS)
@settings(max_examples=15)
def test_what_is_written_in_the_generic_layout_is_read_back_equal(written):
    def moment(microseconds: int) -> str:
        return str(datetime(1970, 1, 1) + timedelta(microseconds=microseconds))

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("note", "start", "answer", "end", "number"))
            for start, ring, talk, answered, number, note in written:
                end = start + ring + (talk if answered else 0)
                writer.writerow((note, moment(start), moment(start + ring) if answered else "", moment(end), number))
        with cdr.read(path) as records:
            found = [
                (int(b.start[k]), int(b.ring[k]), int(b.talk[k]), bool(b.answered[k]), records.names[b.number[k]])
                for b in records.batches(5)
                for k in range(len(b))
            ]
            assert records.unusable == {}
    expected = [(start, ring, talk if ok else 0, ok, number) for start, ring, talk, ok, number, _ in written]
    assert sorted(found) == sorted(expected)
