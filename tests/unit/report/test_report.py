"""What a run looks like: numbers, summary, files whole or not at all, plots that return Axes."""

from __future__ import annotations

import errno
import json
import math
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from matplotlib.axes import Axes
from rich.console import Console

import capsim
from capsim.report import files, numbers, words
from capsim.report.text.run import summary
from capsim.study.estimates import Estimate


@pytest.fixture(scope="module")
def result():
    loaded = capsim.load("scenarios/two_pools.yaml").override({"duration": "3 days", "groups.europe.metered": 1})
    return capsim.simulate(loaded, replications=3)


def text_of(result, width=100) -> str:
    console = Console(width=width, highlight=False, markup=False)
    with console.capture() as capture:
        console.print(summary(result))
    return capture.get()


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (201264, "201,264"), (34.66, "34.7"), (2.0, "2"), (0.0213, "0.021"), (1234.5, "1,234"), (math.nan, "-")],
)
def test_counts(value, text):
    assert numbers.count(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(102.4, "102"), (13.97, "14.0"), (1.757, "1.76"), (0.0171, "0.0171"), (0, "0.00")]
)
def test_loads(value, text):
    assert numbers.load(value) == text


def test_a_probability_has_the_digits_that_its_interval_bears():
    assert numbers.blocking(Estimate(0.068642, 0.065, 0.0725)) == "6.86%"
    assert numbers.blocking(Estimate(0.068642, 0.03, 0.11)) == "6.9%"
    assert numbers.blocking(Estimate(0.0, 0.0, 0.0000312)) == "< 0.0032%", "a bound is rounded up"
    assert numbers.blocking(Estimate(math.nan, math.nan, math.nan)) == "-"


def test_the_summary_begins_with_blocking_and_shows_what_a_planner_asks(result):
    text = text_of(result)
    order = [
        "Blocking is",
        "Tiers",
        "Blocked calls by cause",
        "Groups",
        "DIDs",
        "Cost of the horizon (EUR)",
        "Flat-rate",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "not whole billing cycles" in text


def test_no_line_of_the_summary_is_wider_than_the_terminal(result):
    for width in (80, 100):
        assert max(map(len, text_of(result, width).splitlines())) <= width


def test_whole_cycles_need_no_note():
    assert words.cycle_note(capsim.load("scenarios/hybrid.yaml")) == ""


def test_a_run_is_written_as_json_tables_and_plots(result, tmp_path):
    out = tmp_path / "deep" / "out"
    written = files.write_run(result, out)
    for name in files.TABLES:
        frame = pd.read_csv(out / f"{name}.csv")
        rows = duckdb.sql(f"select count(*) from '{out / name}.parquet'").fetchall()[0][0]
        assert rows == len(frame) > 0, name
        assert f"{name}.csv" in written
    assert json.loads((out / "result.json").read_text()) == json.loads(json.dumps(result.to_dict()))
    for name in ("usage", "tiers", "blocking", "cost"):
        assert (out / "plots" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (out / "plots" / f"{name}.svg").read_text()
    amounts = duckdb.sql(f"select sum(amount) from '{out}/invoice.parquet' where replication = 0").fetchall()[0][0]
    assert amounts == result.cost_totals[0].total
    assert isinstance(amounts, Decimal)
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_the_same_run_writes_the_same_bytes(result, tmp_path):
    for name in ("one", "two"):
        files.write_run(result, tmp_path / name)
    for path in sorted((tmp_path / "one").rglob("*.*")):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path.name


def test_a_full_disk_leaves_the_folder_as_it_was(result, tmp_path, monkeypatch):
    out = tmp_path / "out"
    out.mkdir()
    (out / "result.json").write_text("old")
    (out / "notes.txt").write_text("mine")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "_write_plots", full)
    with pytest.raises(capsim.OutputError, match="No space left on device"):
        files.write_run(result, out)
    assert (out / "result.json").read_text() == "old"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["notes.txt", "out", "result.json"]
    monkeypatch.undo()
    files.write_run(result, out)
    assert (out / "notes.txt").read_text() == "mine", "what is not ours is left alone"


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    for target in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(capsim.InputError):
            files.check_folder(Path(target))


def test_plots_return_axes_with_units_and_titles(result):
    for axes in result.plot.all().values():
        assert isinstance(axes, Axes)
        assert axes.get_title(loc="left")
        assert axes.get_xlabel()
    assert "Europe/Madrid" in result.plot.usage(group="europe").get_xlabel()
    assert "Erlangs" in result.plot.tiers().get_xlabel()
    assert "EUR" in result.plot.cost().get_xlabel()


def test_plots_draw_on_the_axes_they_are_given(result):
    from matplotlib.figure import Figure

    axes = Figure().add_subplot()
    assert result.plot.blocking(axes) is axes


def test_plots_stand_many_dids_and_none_blocked():
    many = capsim.Scenario(
        start="2026-01-05",
        duration="1 h",
        replications=2,
        dids={
            "a": {
                "count": 500,
                "traffic": {"erlangs": 0.1, "holding": {"distribution": "exponential", "mean": "3 min"}},
            }
        },
    )
    for axes in capsim.simulate(many).plot.all().values():
        axes.figure.canvas.draw()
