"""What files are like in the world: each is understood, or one clear error says why not."""

from __future__ import annotations

import gzip

import pytest

from capsim import cdr
from capsim.cdr import source
from capsim.errors import InputError
from tests.reference.call_records import GENERIC, calls, put

ROWS = (
    "2026-11-02 12:00:00,2026-11-02 12:00:05,2026-11-02 12:01:00,201,a,answered\n"
    "2026-11-02 12:00:10,,2026-11-02 12:00:30,202,b,no answer\n"
)
EXPECTED = [
    ("2026-11-02 12:00:00", 5, 55, "answered", "201", 2),
    ("2026-11-02 12:00:10", 20, 0, "unanswered", "202", 3),
]
TEXT = GENERIC + ROWS


def moved(by: int):
    return [(*call[:5], call[5] + by) for call in EXPECTED]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.replace("status", "état").replace("answered", "répondu").encode("latin-1"), "latin-1"),
    ],
)
def test_encodings(tmp_path, data, encoding):
    path = put(tmp_path, data)
    columns = {"start": 1, "answer": 2, "end": 3, "number": 4, "call_id": 5, "status": 6}
    assert cdr.sniff(path, columns=columns).encoding == encoding
    assert calls(path, columns=columns) == EXPECTED


def test_a_file_that_turns_out_not_to_be_utf_8_further_down_is_read_on(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "HEAD", 100)
    path = put(tmp_path, TEXT.encode() + "2026-11-02 12:01:00,,2026-11-02 12:01:30,Zürich,c,busy\n".encode("latin-1"))
    assert calls(path)[2] == ("2026-11-02 12:01:00", 30, 0, "unanswered", "Zürich", 4)


def test_utf_32_is_refused_by_name(tmp_path):
    with pytest.raises(InputError, match="is text in UTF-32; allowed: UTF-8"):
        cdr.sniff(put(tmp_path, TEXT.encode("utf-32")))


def test_gzip_is_recognised_by_its_bytes(tmp_path):
    assert calls(put(tmp_path, gzip.compress(TEXT.encode()), "calls.txt")) == EXPECTED


def test_gzip_that_is_cut_off_is_one_error(tmp_path):
    path = put(tmp_path, gzip.compress(TEXT.encode())[:-12])
    with pytest.raises(InputError, match=r"calls\.csv: ends early: its gzip data is cut off"):
        cdr.read(path)


def test_gzip_that_is_damaged_is_one_error(tmp_path):
    data = bytearray(gzip.compress(TEXT.encode() * 100))
    data[len(data) // 2] ^= 255
    with pytest.raises(InputError, match=r"is damaged gzip data|ends early"):
        cdr.read(put(tmp_path, bytes(data)))


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends(tmp_path, end):
    assert calls(put(tmp_path, TEXT.replace("\n", end))) == EXPECTED


def test_line_ends_may_be_mixed(tmp_path):
    head, first, second = TEXT.splitlines()
    assert calls(put(tmp_path, f"{head}\r\n{first}\r{second}")) == EXPECTED


def test_line_ends_may_fall_between_blocks(tmp_path):
    data = TEXT.replace("\n", "\r\n").encode()
    found = source.find(put(tmp_path, data))
    for size in range(1, 40):
        assert b"".join(found.blocks(size)) == TEXT.encode()


def test_titles_and_empty_lines_before_the_headers(tmp_path):
    path = put(tmp_path, "\ufeffAll calls, November\n\nmade by: someone\n" + TEXT)
    assert cdr.sniff(path).header == 4
    assert calls(path) == moved(3)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_delimiters(tmp_path, delimiter):
    path = put(tmp_path, TEXT.replace(",", delimiter))
    assert cdr.sniff(path).delimiter == delimiter
    assert calls(path) == EXPECTED


@pytest.mark.parametrize("row", ["2026-11-02 12:00:00;12,5;201", '"2026-11-02 12:00:00";"12,5";"201"'])
def test_decimal_commas(tmp_path, row):
    path = put(tmp_path, f"start;duration;number\n{row}\n")
    assert cdr.sniff(path).decimal == ","
    assert calls(path)[0][2] == 12.5


def test_a_decimal_comma_in_quotes_between_commas(tmp_path):
    path = put(tmp_path, 'start,duration,number\n2026-11-02 12:00:00,"12,5",201\n')
    assert calls(path)[0][1:5] == (0, 12.5, "answered", "201")


@pytest.mark.parametrize(
    "tail",
    [
        "2026-11-02 12:05:00,2026-11-02 12:05:0",
        '2026-11-02 12:05:00,,2026-11-02 12:06:00,20,"x',
        "2026-11-02 12:05:00,,2026-11-02 12:06:00,201,c",
    ],
)
def test_a_truncated_last_line_is_counted(tmp_path, tail):
    with cdr.read(put(tmp_path, TEXT + tail)) as records:
        assert (records.calls, records.rows, sum(records.unusable.values())) == (2, 3, 1)


def test_the_last_line_needs_no_end(tmp_path):
    assert calls(put(tmp_path, TEXT.rstrip("\n"))) == EXPECTED


def test_quoted_fields_may_hold_line_ends_delimiters_and_quotes(tmp_path):
    text = (
        "note,start,duration,number\n"
        '"one\ntwo, ""three""\r\nfour",2026-11-02 12:00:00,5,201\n'
        "plain,2026-11-02 12:00:01,6,202\n\n"
        '"a, ""b""",2026-11-02 12:00:02,7,"20""3"\n'
    )
    assert calls(put(tmp_path, text)) == [
        ("2026-11-02 12:00:00", 0, 5, "answered", "201", 2),
        ("2026-11-02 12:00:01", 0, 6, "answered", "202", 5),
        ("2026-11-02 12:00:02", 0, 7, "answered", "203", 7),
    ], "a quote within a number is no part of it"


def test_quoted_fields_may_fall_between_blocks(tmp_path):
    text = "start,duration,number,note\n" + '2026-11-02 12:00:00,5,201,"a\nb\n, c"\n' * 5
    understanding = cdr.sniff(put(tmp_path, text))
    from capsim.cdr.records import Cutter

    cutter = Cutter(understanding.delimiter, understanding.width, understanding.needed)
    for size in range(1, 60):
        pieces = list(cutter.pieces(understanding.source.blocks(size), 2))
        assert [line for piece in pieces for line in piece.lines] == [2, 5, 8, 11, 14], size
        assert not any(piece.faults for piece in pieces)


def test_a_stray_quote_spoils_its_own_line_only(tmp_path):
    text = 'start,duration,note,number\n2026-11-02 12:00:00,5,5" pipe,201\n2026-11-02 12:00:01,6,"open,202\n'
    rejects = tmp_path / "rejects.csv"
    path = put(tmp_path, text + "2026-11-02 12:00:02,7,,203\n")
    assert [call[4] for call in calls(path, rejects=rejects)] == ["201", "203"]
    assert rejects.read_text("utf-8").splitlines()[1:] == [
        '3,quote that is never closed,"2026-11-02 12:00:01,6,""open,202"'
    ]


def test_nul_bytes_are_left_out(tmp_path):
    assert calls(put(tmp_path, TEXT.replace("201", "2\x0001") + "\0\0")) == EXPECTED


NOTHING = [b"", b"\n\n  \r\n", b"\xef\xbb\xbf", b"\0\0\0\0", gzip.compress(b"", mtime=0)]


@pytest.mark.parametrize("data", NOTHING, ids=["no byte", "line ends", "byte-order mark", "NUL", "gzip"])
def test_an_empty_file_is_one_error(tmp_path, data):
    with pytest.raises(InputError, match=r"calls\.csv: is empty; allowed: CSV"):
        cdr.read(put(tmp_path, data))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (bytes(range(256)) * 50, r"is not text \(a binary file\?\)"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), r"is not text"),
        (b"PK\x03\x04 and so on", "is a zip archive or a spreadsheet"),
        (gzip.compress(b"%PDF-1.7", mtime=0), "is a PDF document"),
        (b"just a few words of prose", "no known layout fits"),
        (b"x" * 20000, "no known layout fits"),
    ],
    ids=["all bytes", "picture", "zip", "PDF", "prose", "one word"],
)
def test_what_is_no_table_is_one_error(tmp_path, data, words):
    with pytest.raises(InputError, match=words) as error:
        cdr.read(put(tmp_path, data))
    assert len(error.value.problems) == 1


def test_a_folder_or_nothing_instead_of_a_file(tmp_path):
    with pytest.raises(InputError, match="is a folder; name one file"):
        cdr.read(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        cdr.read(tmp_path / "none.csv")


def test_a_line_without_end_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "LONGEST_LINE", 1000)
    monkeypatch.setattr(source, "BLOCK", 500)
    path = put(tmp_path, TEXT + "x" * 5000)
    with pytest.raises(InputError, match="has a line of more than"):
        cdr.read(path)


def test_headers_without_rows_are_a_file_without_calls(tmp_path):
    with cdr.read(put(tmp_path, GENERIC)) as records:
        assert (records.rows, records.calls, records.first, records.names, list(records.batches())) == (
            0, 0, None, (), [],
        )  # fmt: skip
    assert "no usable row was seen" in cdr.sniff(put(tmp_path, GENERIC)).text()


def test_rows_may_have_empty_columns_too_many(tmp_path):
    assert calls(put(tmp_path, GENERIC + ROWS.replace("\n", ",,\n"))) == EXPECTED
    assert calls(put(tmp_path, GENERIC + ROWS.replace("no answer\n", "no answer,\n"))) == EXPECTED


def test_rows_of_delimiters_alone_are_rows_without_a_start(tmp_path):
    path = put(tmp_path, GENERIC + ",,,,,\n" + ROWS + ',"",,,,\n,,,,,')
    assert calls(path) == moved(1)
    with cdr.read(path) as records:
        assert records.unusable == {"missing start": 3}


def test_the_line_that_tells_a_spreadsheet_of_the_delimiter_is_passed_over(tmp_path):
    assert calls(put(tmp_path, "sep=;\n" + TEXT.replace(",", ";"))) == moved(1)


def test_columns_that_are_not_read_may_be_missing(tmp_path):
    text = GENERIC.replace("\n", ",note,more\n") + ROWS.replace("no answer\n", "no answer,x,y\n")
    assert calls(put(tmp_path, text)) == EXPECTED


def test_blanks_and_apostrophes_around_values_are_no_part_of_them(tmp_path):
    text = TEXT.replace(",", " , ").replace("201", "'201'").replace("202", '="202"')
    assert calls(put(tmp_path, text)) == EXPECTED


def test_many_small_blocks_give_the_same_calls(tmp_path, monkeypatch):
    rows = "".join(f"2026-11-02 12:{k // 60:02}:{k % 60:02},,2026-11-02 13:30:00,{k},,busy\n\n" for k in range(300))
    path = put(tmp_path, GENERIC + rows)
    whole = calls(path)
    blocks, sizes = source.Source.blocks, []

    def small(self, _size=None):
        sizes.append(1000)
        return blocks(self, 1000)

    monkeypatch.setattr(source.Source, "blocks", small)
    assert calls(path) == whole
    assert sizes, "the file was read in blocks"
    assert [call[5] for call in whole] == list(range(2, 602, 2))


@pytest.mark.parametrize(
    "text", ['a," b",c\n', '" a",b\n', 'a,"b "\n', " a,b\n", "a,b \n", "a, b\n", "a,'b'\n", '"a\t",b\n']
)
def test_padding_is_seen_wherever_it_is(text):
    from capsim.cdr.records import Cutter

    width = text.count(",") + 1
    (piece,) = Cutter(",", width, width).pieces(iter([b"x,y,z\n"[: 2 * width - 1] + b"\n" + text.encode()]), 1)
    assert piece.padded
    plain = text.translate(str.maketrans("", "", " '\t")).encode() + b'"x ""y"" z",""\n'
    (piece,) = Cutter(",", width, width).pieces(iter([plain]), 1)
    assert not piece.padded
