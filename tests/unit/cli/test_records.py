"""``capsim records``, and ``capsim run --records``."""

from __future__ import annotations

import json

import pytest

from capsim.cli import execute

TEXT = """start,answer,end,number,call_id
2026-11-02 09:00:00,2026-11-02 09:00:05,2026-11-02 09:02:00,+442079460100,a
2026-11-02 09:01:00,,2026-11-02 09:01:20,+442079460100,b
2026-11-02 09:01:00,,2026-11-02 09:01:20,+442079460100,b
2026-11-02 09:03:00,2026-11-02 09:03:10,2026-11-02 09:02:00,+442079460200,c
yesterday,,,+442079460100,d
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text(TEXT, "utf-8")
    return path


@pytest.mark.slow
def test_records_are_shown_as_they_are_understood_with_the_rows_that_cannot_be_used(file, capsys):
    assert execute(["records", str(file), "-q"]) == 0
    out = capsys.readouterr().out
    assert "start:" in out
    assert "5 rows: 2 calls, 1 more rows of the same calls, 2 rows that cannot be used" in out
    (line,) = [line for line in out.splitlines() if line.startswith("+442079460100")]
    assert line.split() == ["+442079460100", "2", "1", "0", "1", "min", "55", "s"]


@pytest.mark.slow
def test_records_as_json(file, capsys):
    assert execute(["records", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["rows"], found["calls"], found["duplicates"]) == (5, 2, 1)
    assert sum(found["unusable"].values()) == 2
    assert found["numbers"]["+442079460100"] == {"calls": 2, "answered": 1, "blocked": 0, "acd_seconds": 115.0}


@pytest.mark.slow
def test_rows_that_cannot_be_used_are_written_with_their_lines(file, tmp_path, capsys):
    assert execute(["records", str(file), "--rejects", str(tmp_path / "rejects.csv")]) == 0
    lines = (tmp_path / "rejects.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["5", "6"]
    assert "2 rows that cannot be used" in capsys.readouterr().err


@pytest.mark.slow
def test_columns_can_be_named_by_header_or_place(tmp_path, capsys):
    path = tmp_path / "other.csv"
    path.write_text("Begin;Sekunden;Rufnummer\n02.11.2026 09:00:00;61;+4930123\n", "utf-8")
    named = ["--column", "start=Begin", "--column", "duration=2", "--column", "number=Rufnummer"]
    assert execute(["records", str(path), "--json", *named]) == 0
    assert json.loads(capsys.readouterr().out)["numbers"]["+4930123"]["calls"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["records", "nowhere.csv"], "nowhere.csv"),
        (["records", "."], "folder"),
        (["records", "README.md", "--column", "start"], "--column needs FIELD=COLUMN"),
        (["records", "pyproject.toml"], "pyproject.toml"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(arguments, words, capsys):
    assert execute(arguments) == 2
    err = capsys.readouterr().err
    assert words in err
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 3


@pytest.mark.slow
def test_a_run_writes_its_calls_as_records(tmp_path, capsys):
    path = tmp_path / "run.csv"
    arguments = ["run", "scenarios/first.yaml", "--set", "duration=3 h", "--replications", "2", "--records", str(path)]
    assert execute(arguments) == 0
    told = capsys.readouterr().err
    assert f"wrote {path}:" in told
    assert execute(["records", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["layout"] == "didww"
    assert set(found["numbers"]) == {"sales", "support"}
    assert f"{found['calls']:,} calls of the first replication" in told
