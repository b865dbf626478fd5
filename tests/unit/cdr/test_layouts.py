"""Every known layout is recognised, and its rows mean what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsim import cdr
from capsim.errors import InputError
from tests.reference.call_records import DIDWW, DIDWW_13, DIDWW_15, DIDWW_SPLIT, calls, didww, put

SHARED = Path(__file__).parents[4] / "shared" / "data"
needs_samples = pytest.mark.skipif(
    not SHARED.is_dir(), reason="NOT RUN: the sample files lie beside the project, and are not here"
)

NOON = "2026-11-02 12:00:00"


def layout_of(path, **options) -> str:
    return cdr.sniff(path, **options).layout.name


def test_didww_of_22_columns(tmp_path):
    path = put(tmp_path, DIDWW + didww("12:00:00", "12:00:07", "12:01:47", 100))
    assert layout_of(path) == "didww"
    assert calls(path) == [(NOON, 7, 100, "answered", "12125550110", 2)]


def test_didww_with_the_source_in_five_columns(tmp_path):
    row = didww("12:00:00", "12:00:07", "12:01:47", 100).replace(",Caller,", ",12125550190,Caller,US,Net,")
    path = put(tmp_path, DIDWW_SPLIT + row)
    assert layout_of(path) == "didww-split"
    assert calls(path) == [(NOON, 7, 100, "answered", "12125550110", 2)]


def test_didww_of_15_columns(tmp_path):
    path = put(
        tmp_path,
        DIDWW_15 + f"{NOON},2026-11-02 12:00:05,2026-11-02 12:01:00,12125550190,12125550110,sip:a,55,Origination,"
        "200,Bye,0,0,0,,0\n" + f"{NOON},,{NOON},12125550190,12125550111,sip:a,0,Origination,480,Unavailable,0,0,0,,0\n",
    )
    assert layout_of(path) == "didww-15"
    assert calls(path) == [
        (NOON, 5, 55, "answered", "12125550110", 2),
        (NOON, 0, 0, "blocked", "12125550111", 3),
    ]


def test_didww_of_13_columns_tells_answered_calls_by_their_code_and_knows_no_ring(tmp_path):
    rows = [("54", "200", "Origination"), ("0", "200", "Origination"), ("0", "404", "Destination")]
    rows += [("0", "480", "Origination"), ("0", "480", "Destination"), ("0", "402", "")]
    text = "".join(f"{NOON},,12125550110,sip:a,{s},{who},{code},Reply,0,0,0,,0\n" for s, code, who in rows)
    path = put(tmp_path, DIDWW_13 + text)
    assert layout_of(path) == "didww-13"
    assert [call[1:4] for call in calls(path)] == [
        (0, 54, "answered"),
        (0, 0, "answered"),
        (0, 0, "unanswered"),
        (0, 0, "blocked"),
        (0, 0, "unanswered"),
        (0, 0, "blocked"),
    ], "480 of the destination tells nothing of capacity"


def test_a_rejected_call_is_a_call_without_talk(tmp_path):
    path = put(tmp_path, DIDWW + didww("12:00:00", "", "12:00:00", 0, code=480))
    assert calls(path) == [(NOON, 0, 0, "blocked", "12125550110", 2)]


def test_didww_is_in_utc_whatever_is_asked_for(tmp_path):
    path = put(tmp_path, DIDWW + didww("12:00:00", "", "12:00:00", 0, code=480))
    assert calls(path, timezone="Asia/Tokyo")[0][0] == NOON
    assert "UTC (the layout says so)" in cdr.sniff(path, timezone="Asia/Tokyo").text()


MASTER = (
    '"","12125550190","12125550110","from-trunk","""A, B"" <12125550190>","PJSIP/t-1","PJSIP/201-2","Dial",'
    '"PJSIP/201,,gT","2026-11-02 12:00:00",{},"2026-11-02 12:01:00",60,{},"{}","DOCUMENTATION","{}",""\n'
)


def test_asterisk_without_a_header(tmp_path):
    answered = MASTER.format('"2026-11-02 12:00:06"', 54, "ANSWERED", "1.0")
    path = put(tmp_path, answered + MASTER.format("", 0, "NO ANSWER", "1.1") + MASTER.format("", 0, "CONGESTION", 1.2))
    assert layout_of(path) == "asterisk-master"
    assert calls(path) == [
        (NOON, 6, 54, "answered", "12125550110", 1),
        (NOON, 60, 0, "unanswered", "12125550110", 2),
        (NOON, 60, 0, "blocked", "12125550110", 3),
    ]


def test_what_stands_above_the_first_row_that_fits_is_counted_where_there_is_no_header(tmp_path):
    path = put(tmp_path, "a,b\n" + MASTER.format("", "x", "BUSY", 1.1) + MASTER.format("", 0, "BUSY", 1.2))
    with cdr.read(path) as records:
        assert (records.calls, records.unusable) == (1, {"too few columns": 1, "unreadable duration": 1})


def test_asterisk_with_a_header_finds_the_ring_from_duration_and_billsec(tmp_path):
    text = "calldate,clid,src,dst,duration,billsec,disposition,uniqueid,did\n"
    text += f'{NOON},"""A"" <1>",1,201,37,32,ANSWERED,1.0,12125550110\n'
    text += f'{NOON},"""A"" <1>",1,201,21,0,NO ANSWER,1.1,12125550110\n'
    path = put(tmp_path, text)
    assert layout_of(path) == "asterisk"
    assert calls(path) == [
        (NOON, 5, 32, "answered", "12125550110", 2),
        (NOON, 21, 0, "unanswered", "12125550110", 3),
    ]


def test_freepbx_without_a_header(tmp_path):
    text = (
        '"{}/11/2026 12:00:00","""T"" <105>","105","201","from-internal","SIP/1",,"Wait","1","27","20","ANSWERED",'
        '"3",,"{}",,,,"105","T",,,,"0",\n'
    )
    path = put(tmp_path, text.format(2, "1.1") + text.format(20, "1.2"))
    assert layout_of(path) == "freepbx"
    assert calls(path)[0] == (NOON, 7, 20, "answered", "201", 1)


def test_freeswitch(tmp_path):
    text = (
        '"A","12125550190","12125550110","public","2026-11-02 12:00:00","{}","2026-11-02 12:00:30","30","{}","{}",'
        '"{}","","","PCMU","PCMU"\n'
    )
    rows = [("2026-11-02 12:00:04", 26, "NORMAL_CLEARING"), ("", 0, "USER_BUSY"), ("", 0, "NORMAL_CIRCUIT_CONGESTION")]
    path = put(tmp_path, "".join(text.format(*row, k) for k, row in enumerate(rows)))
    assert layout_of(path) == "freeswitch"
    assert [call[1:4] for call in calls(path)] == [(4, 26, "answered"), (30, 0, "unanswered"), (30, 0, "blocked")]


def test_a_generic_file_says_in_its_headers_what_is_what(tmp_path):
    path = put(tmp_path, "Start Time,Duration (s),Called_Number\n2026-11-02 12:00:00,30.5,201\n")
    assert layout_of(path) == "generic"
    assert calls(path) == [(NOON, 0, 30.5, "answered", "201", 2)]


def test_columns_map_headers_in_any_language(tmp_path):
    row = "x;2026-11-02 12:00:00;0:00:10;0:01:17;'402';"
    text = "Todas as Chamadas\n\nTipo;Data de Início;Toque;Duração;Destino;Atendida\n"
    path = put(tmp_path, "\ufeff" + text + row + "Atendida\n" + row + "Não atendida\n")
    columns = {"start": "DATA de início", "ring": "Toque", "talk": "Duração", "number": 5, "status": "Atendida"}
    assert calls(path, columns=columns) == [
        (NOON, 10, 77, "answered", "402", 4),
        (NOON, 10, 0, "unanswered", "402", 5),
    ]


def test_columns_map_positions_where_there_is_no_header(tmp_path):
    path = put(tmp_path, "x|2026-11-02 12:00:00|12|201\ny|2026-11-02 12:00:01|13|202\n")
    found = calls(path, columns={"start": 2, "duration": 3, "number": 4})
    assert found == [(NOON, 0, 12, "answered", "201", 1), ("2026-11-02 12:00:01", 0, 13, "answered", "202", 2)]


def test_columns_go_before_those_of_a_named_layout(tmp_path):
    path = put(tmp_path, DIDWW + didww("12:00:00", "12:00:07", "12:01:47", 100) * 2)
    found = calls(path, layout="didww", columns={"number": "Capacity Group", "call_id": None})
    assert [call[4] for call in found] == ["main", "main"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"layout": "didw"}, "the layout 'didw' is unknown; allowed: didww-split, didww,"),
        ({"columns": {"begin": 1}}, "the field 'begin' is unknown; allowed: start, answer,"),
        ({"columns": {"start": 0}}, "start is 0; positions count from 1"),
        ({"columns": {"start": True}}, "start is True; allowed: a header, or a position"),
        ({"columns": {"start": "Beginn", "duration": 3}}, "start = 'Beginn'"),
        ({"layout": "asterisk"}, "needs the headers dst, duration, billsec, disposition. Found on this line: 'a', 'b'"),
        ({"layout": "freeswitch"}, "no line fits the layout 'freeswitch', which has no headers"),
        ({}, "no known layout fits"),
        ({"timezone": "Europe/Nowhere"}, "the time zone 'Europe/Nowhere' is unknown"),
    ],
)
def test_what_cannot_be_understood_is_said(tmp_path, options, words):
    path = put(tmp_path, "a,b\n1,2\n")
    with pytest.raises(InputError) as error:
        cdr.sniff(path, **options)
    assert words in str(error.value)


def test_every_field_of_every_layout_is_known():
    for layout in cdr.LAYOUTS:
        assert cdr.FIELDS.keys() >= {*layout.headers, *layout.positions}, layout.name


@needs_samples
@pytest.mark.parametrize(
    ("file", "layout", "found"),
    [
        ("asterisk_cdr_custom_header_did.csv", "asterisk", [(5, 32, "answered"), (21, 0, "unanswered")]),
        (
            "asterisk_master.csv",
            "asterisk-master",
            [(6, 114, "answered"), (0, 0, "unanswered"), (15, 0, "unanswered")],
        ),
        ("cdr_stats_import.csv", "generic", [(5, 50, "answered")]),
        ("didww_inbound_2017.csv", "didww-13", [(0, 54, "answered"), (0, 0, "unanswered")]),
        ("didww_inbound_2026_header.csv", "didww", []),
        ("freepbx_export_dmy.csv", "freepbx", [(0, 27, "answered"), (0, 37, "answered")]),
        ("freeswitch_master_example_template.csv", "freeswitch", [(4, 116, "answered"), (0, 0, "unanswered")]),
        ("threecx_cdr.log", "3cx", [(9, 25, "answered")]),
    ],
)
def test_the_samples_are_understood(file, layout, found):
    path = SHARED / "cdr_formats" / file
    assert layout_of(path) == layout
    assert [call[1:4] for call in calls(path)] == found


@needs_samples
def test_a_month_of_a_bank_is_read_whole():
    columns = {"start": "start", "duration": "trunk_s", "number": "service"}
    with cdr.read(SHARED / "anonymous_bank_1999-01.csv", columns=columns, timezone="Asia/Jerusalem") as records:
        assert (records.calls, records.rows, records.duplicates, records.unusable) == (31327, 31327, 0, {})
        assert records.names == ("IN", "NE", "NW", "PE", "PS", "TT", "UNKNOWN")
        (batch,) = records.batches()
        held = (batch.ring + batch.talk) / 1e6
        assert round(held[held > 0].mean(), 1) == 191.8
