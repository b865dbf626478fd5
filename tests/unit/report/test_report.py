"""What a run looks like: numbers, summary, files whole or not at all, plots that return Axes."""

from __future__ import annotations

import errno
import json
import math
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from rich.console import Console

import capsim
from capsim.estimates.estimate import Estimate
from capsim.show import folders, numbers
from capsim.studies.run import words
from capsim.studies.run.files import TABLES, WATCHED_TABLES, write_run
from capsim.studies.run.page.report import run_page
from capsim.studies.run.plots import over_time
from capsim.studies.run.rows import ladder_rows
from capsim.studies.run.text.summary import summary
from tests.reference.scenarios import one_number, traffic_of


@pytest.fixture(scope="module")
def result():
    loaded = capsim.load("scenarios/two_pools.yaml").override({"duration": "3 days", "groups.europe.metered": 1})
    return capsim.simulate(loaded, replications=3, watch=True)


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
    assert words.cycle_note(capsim.simulate(capsim.load("scenarios/hybrid.yaml"), replications=1)) == ""


@pytest.mark.slow
def test_a_run_is_written_as_json_tables_and_plots(result, tmp_path):
    out = tmp_path / "deep" / "out"
    written = write_run(result, out)
    for name in (*TABLES, *WATCHED_TABLES):
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


@pytest.mark.slow
def test_the_same_run_writes_the_same_bytes(result, tmp_path):
    for name in ("one", "two"):
        write_run(result, tmp_path / name)
    for path in sorted((tmp_path / "one").rglob("*.*")):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path.name


@pytest.mark.slow
def test_a_full_disk_leaves_the_folder_as_it_was(result, tmp_path, monkeypatch):
    out = tmp_path / "out"
    out.mkdir()
    (out / "result.json").write_text("old")
    (out / "notes.txt").write_text("mine")

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", full)
    with pytest.raises(capsim.OutputError, match="No space left on device"):
        write_run(result, out)
    assert (out / "result.json").read_text() == "old"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["notes.txt", "out", "result.json"]
    monkeypatch.undo()
    write_run(result, out)
    assert (out / "notes.txt").read_text() == "mine", "what is not ours is left alone"


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    for target in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(capsim.InputError):
            folders.check_folder(Path(target))


def test_plots_return_axes_with_units_and_titles(result):
    for name, axes in result.plot.all().items():
        assert isinstance(axes, Axes)
        assert axes.get_title(loc="left")
        assert axes.get_xlabel() or name == "ladder"
    assert "Europe/Madrid" in result.plot.usage(group="europe").get_xlabel()
    assert "Erlangs" in result.plot.tiers().get_xlabel()
    assert "EUR" in result.plot.cost().get_xlabel()


def test_plots_draw_on_the_axes_they_are_given(result):
    from matplotlib.figure import Figure

    plots = result.plot
    for draw in (
        plots.blocking, plots.tiers, plots.cost, plots.usage, plots.ladder, plots.spells, plots.week,
        lambda ax: plots.week("blocking", ax), plots.spread, lambda ax: plots.channels("europe", ax),
    ):  # fmt: skip
        axes = Figure().add_subplot()
        found = draw(ax=axes) if draw in (plots.week, plots.spread) else draw(axes)
        assert found is axes


@pytest.mark.slow
def test_plots_stand_one_did_and_500_and_none_blocked(recwarn):
    for count in (1, 500):
        traffic = {"erlangs": 0.1, "holding": {"distribution": "exponential", "mean": "3 min"}}
        dids = {"a-number-with-quite-a-long-name": {"count": count, "traffic": traffic}}
        found = capsim.simulate(capsim.Scenario(start="2026-01-05", duration="2 days", replications=2, dids=dids))
        for axes in found.plot.all().values():
            axes.figure.canvas.draw()
    assert [str(one.message) for one in recwarn] == [], "a plot that does not fit is warned of"


def test_the_ladder_is_as_wide_as_its_calls(result):
    axes = result.plot.ladder()
    widths = sorted(float(np.ptp(patch.get_xy()[patch.get_xy()[:, 1] < -0.2, 0])) for patch in axes.patches)
    calls = ladder_rows(result)
    offered = sum(calls.values())
    assert offered == pytest.approx(result.totals.loc["offered", "mean"])
    taken = sorted(count / offered for name, count in calls.items() if name != "blocked" and count)
    assert widths == pytest.approx(taken)
    texts = " ".join(text.get_text() for text in axes.texts)
    assert f"{numbers.count(calls['blocked'])} calls" in texts


def test_channels_of_a_group_stand_under_the_capacity_that_they_have_at_that_time():
    changes = [{"at": "2026-01-06", "assign": {"group": "desk", "shared": 3}}]
    traffic = {"erlangs": 6, "holding": {"distribution": "exponential", "mean": "3 min"}}
    made = capsim.Scenario(
        start="2026-01-05", duration="3 days", replications=2, changes=changes,
        pools={"one": {"coverage": ["GB"], "channels": 5, "flat_rate": {"monthly": "15"}, "metered": {"rate": "0.01"}}},
        groups={"desk": {"pool": "one", "shared": 2, "metered": 4}},
        dids={"a": {"country": "GB", "mode": "DID+0", "group": "desk", "traffic": traffic}},
    )  # fmt: skip
    axes = capsim.simulate(made).plot.channels("desk")
    lines = {line.get_label(): line.get_ydata() for line in axes.lines}
    assert sorted(set(lines["2 to 5 shared channels"])) == [2, 5]
    assert sorted(set(lines["4 metered channels"])) == [6, 9]
    assert (lines["shared, highest"] <= lines["2 to 5 shared channels"]).all()
    assert (lines["metered, highest"] <= lines["4 metered channels"]).all()
    assert (lines["metered, highest"] >= lines["2 to 5 shared channels"]).all(), "they stand above the shared ones"


def test_names_in_pictures_are_names_in_any_script_and_with_dollar_signs(tmp_path, recwarn):
    name = "支持 $x^2$ & <i>"
    made = capsim.load("scenarios/first.yaml")
    keys = {**made.keys, "groups": {name: {"pool": "standard", "shared": 3, "metered": 2}}}
    keys["dids"] = {did: {**entry, "group": name} for did, entry in keys["dids"].items()}
    found = capsim.simulate(capsim.Scenario(**keys), replications=2)
    assert name in found.plot.channels(name).get_title(loc="left")
    write_run(found, tmp_path / "out")
    assert [one for one in recwarn if "Glyph" in str(one.message)] == []
    assert "$x^2$" in run_page(found), "as it was written"


def test_a_number_by_itself_has_all_its_tiers_in_bands_and_several_without_a_group_have_none():
    traffic = {"erlangs": 3, "holding": {"distribution": "exponential", "mean": "3 min"}}
    pools = {"one": {"coverage": ["GB"], "flat_rate": {"monthly": "15"}}}
    one = {"country": "GB", "mode": "DID+2", "traffic": traffic, "dedicated": {"pool": "one", "channels": 2}}

    def labels(dids):
        made = capsim.Scenario(start="2026-01-05", duration="2 days", replications=2, pools=pools, dids=dids)
        plots = capsim.simulate(made).plot.all()
        return plots.get("channels") and [line.get_label() for line in plots["channels"].lines]

    assert {"2 included channels", "2 dedicated channels"} <= set(labels({"sales": one}))
    assert labels({"sales": one, "other": one}) is None


def test_what_one_period_may_be_like_is_what_eight_in_ten_replications_are_within():
    traffic = {"erlangs": 4, "holding": {"distribution": "exponential", "mean": "3 min"}}
    made = capsim.Scenario(
        start="2026-01-05", duration="12 h", replications=20, dids={"a": {"included": 4, "traffic": traffic}}
    )
    found = capsim.simulate(made)
    low, high = np.quantile(found.by_replication["blocking"], [0.1, 0.9])
    said = words.spread_sentences(found)
    assert (
        f"in eight of ten of the 20 replications blocking is {100 * low:.1f}% to {100 * high:.1f}%" in said["blocking"]
    )
    assert "monthly" not in said, "nothing is paid"
    few = words.spread_sentences(capsim.simulate(made, replications=3))["blocking"]
    assert "in the 3 replications" in few


def test_rounding_to_whole_intervals_is_told_as_a_share_of_what_was_talked():
    found = capsim.simulate(capsim.load("scenarios/first.yaml"), replications=2)
    billed, talked = found.samples.billed_minutes.mean, found.tiers.loc["metered", "minutes"]
    assert billed > talked
    assert f"whole intervals add {100 * (billed / talked - 1):.0f}%" in " ".join(words.unit_cost_sentences(found))


def test_spells_that_no_eye_tells_apart_are_one_and_the_others_are_not():
    found = capsim.simulate(one_number(1, traffic_of(1), duration="20 days", replications=1), watch=True)
    starts = date2num(found.spells.start.dt.to_pydatetime().tolist())
    ends = starts + found.spells.seconds.to_numpy() / 86_400
    least = 20 / over_time.FINEST
    (bars,) = found.plot.spells().collections
    drawn = [path.get_extents().intervalx for path in bars.get_paths()]
    assert len(drawn) == 1 + (starts[1:] - ends[:-1] > least).sum()
    assert 100 < len(drawn) < len(starts) - 100
    assert all(after[0] - before[1] > least for before, after in pairwise(drawn))
    for start, end in zip(starts, ends, strict=True):
        assert sum(low - 1e-9 <= start and end <= high + 1e-9 for low, high in drawn) == 1


def test_a_number_without_any_channel_is_run_drawn_and_written(tmp_path):
    """DID+0 without a group carries none (R2)."""
    traffic = {"erlangs": 1, "holding": {"distribution": "exponential", "mean": "3 min"}}
    none = capsim.Scenario(
        start="2026-01-05", duration="2 days", replications=2, dids={"a": {"included": 0, "traffic": traffic}}
    )
    found = capsim.simulate(none, watch=True)
    assert found.totals.loc["blocking", "mean"] == 1
    write_run(found, tmp_path / "out")
    assert "100.0%" in run_page(found)


def test_dots_of_replications_are_what_each_of_them_blocked(result):
    dots = result.plot.spread().lines[0].get_xdata()
    assert sorted(100 * result.by_replication["blocking"]) == pytest.approx(list(dots))
    total = result.by_replication["blocked"].sum() / result.by_replication["offered"].sum()
    assert total == pytest.approx(result.totals.loc["blocking", "mean"])
    assert result.by_replication["monthly"].mean() == pytest.approx(result.cost.loc["monthly", "mean"])
