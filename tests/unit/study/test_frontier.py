"""The frontier of a group: when one pass is exact, what is cheapest, and what the command says."""

from __future__ import annotations

import json

import numpy as np
import pytest

import capsim
from capsim.estimates.estimate import Estimates
from tests.reference.scenarios import desk_by_the_second

PRICES = {"flat_rate": {"monthly": "15"}, "metered": {"rate": "0.008", "first_interval": "1 s", "next_interval": "1 s"}}


def test_cells_one_by_one_are_those_of_one_pass():
    scenario = desk_by_the_second()
    quick, slow = (capsim.frontier(scenario, method=method) for method in ("one pass", "cell by cell"))
    assert (quick.method, slow.method) == ("one pass", "cell by cell")
    assert quick.passes == 3
    assert slow.passes == 3 * 9
    for name, figure in quick.figures.items():
        for part in ("mean", "low", "high"):
            ours, theirs = getattr(figure, part), getattr(slow.figures[name], part)
            assert (ours == theirs).all(), (name, part)


def test_a_group_without_channels_has_the_same_bound_by_both_methods():
    """Nothing is blocked in cell (0, 0) here, so its bound hangs on the size of a cluster of blocked calls."""
    traffic = {"erlangs": 33, "holding": {"distribution": "exponential", "mean": "3 min"}}
    own = {"country": "GB", "included": 60, "group": "desk", "traffic": traffic}
    scenario = desk_by_the_second(dids={"a": own}, groups={"desk": {"pool": "one", "shared": 1, "metered": 1}})
    quick, slow = (capsim.frontier(scenario, method=method) for method in ("one pass", "cell by cell"))
    cells = [found.cell(0, 0).blocking for found in (quick, slow)]
    assert cells[0].mean == 0
    assert cells[0] == cells[1]
    alone = scenario.override({"dids.a.group": None, "groups.desk": None})
    assert cells[0].high == pytest.approx(capsim.simulate(alone).totals.loc["blocking", "high"])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"dids.a.capacity_limit": 3}, "a has a capacity limit"),
        ({"groups.desk.capacity_limit": 3}, "the group has a capacity limit"),
        ({"account": {"balance": 100}}, "balance"),
        ({"dids.a.traffic.redial": {"probability": 0.5, "delay": "1 min", "attempts": 2}}, "try again"),
        (
            {"changes": [{"at": "2026-11-02 12:00", "assign": {"group": "desk", "metered": 1}}]},
            "own channels change in the course of the horizon",
        ),
        ({"pools.one.metered.rate": "900000000", "pools.one.metered.decimals": 8}, "sums do not fit"),
    ],
)
def test_where_one_pass_is_not_exact_cells_are_run_one_by_one(change, why):
    told = []
    scenario = desk_by_the_second().override({**change, "replications": 1, "duration": "1 day"})
    found = capsim.frontier(scenario, max_shared=1, max_metered=1, announce=told.append)
    assert found.method == "cell by cell"
    assert why in found.why
    assert len(told) == 1
    assert "4 cells" in told[0]
    with pytest.raises(capsim.InputError, match=why):
        capsim.frontier(scenario, max_shared=1, max_metered=1, method="one pass")
    nowhere = np.isnan(found.figures["blocking"].mean[0])
    assert nowhere.tolist() == [
        ["changes" in change, False],
        [False, False],
    ]  # changes name the group: it must be there


def test_limits_of_others_do_not_matter():
    other = {"country": "GB", "included": 1, "capacity_limit": 1}
    scenario = desk_by_the_second().override({"dids.b": other, "replications": 1})
    assert capsim.frontier(scenario).method == "one pass"


def test_dedicated_channels_may_vary_too():
    scenario = desk_by_the_second().override({"dids.a.dedicated": {"pool": "one", "channels": 1}})
    found = capsim.frontier(scenario, dedicated={"a": [0, 1, 3]}, max_shared=3)
    for variant, channels in enumerate((0, 1, 3)):
        alone = capsim.frontier(scenario.override({"dids.a.dedicated.channels": channels}), max_shared=3)
        for name, figure in alone.figures.items():
            assert (figure.mean[0] == found.figures[name].mean[variant]).all()
    assert list(found.to_frame().columns[:3]) == ["dedicated.a", "shared", "metered"]
    assert len(found.to_frame()) == 3 * 4 * 3


def test_a_pool_with_too_few_channels_buys_what_a_cell_lacks():
    scenario = desk_by_the_second().override({"pools.one.channels": 3})
    found = capsim.frontier(scenario, max_shared=5)
    fees = found.figures["flat_rate_cost"].mean[0, :, 0]
    assert fees.tolist() == [45, 45, 45, 45, 60, 75]
    assert list(capsim.frontier(scenario).grid.shared) == [0, 1, 2, 3]  # what it has, and what is unassigned


def test_the_break_even_is_where_the_fee_meets_the_metered_cost_of_the_calls():
    """10 Erlangs by the second at 0.008, 15.00 a month: channel 18 carries 0.0601 Erlangs, 21.1 USD a month; channel 19
    0.0343, 12.0 (Erlang's B: the load of channel k is A (B(k - 1) - B(k)))."""
    scenario = desk_by_the_second(duration="30 days", replications=20, billing={"cycle": "30 days"}, warm_up="1 h")
    scenario = scenario.override({"dids.a.traffic.erlangs": 10})
    found = capsim.frontier(scenario, max_shared=24, max_metered=8, max_blocking=0.01)
    assert found.break_even() == 18
    assert found.saved.low[0, 17] > found.fees[0, 17] > found.saved.high[0, 18]
    from capsim.analysis import erlang_b

    channels = np.arange(24)
    theory = 10 * (erlang_b(10.0, channels) - erlang_b(10.0, channels + 1))
    inside = (found.load.low[0, :24] <= theory) & (theory <= found.load.high[0, :24])
    assert inside.mean() > 0.75  # channels are not independent: many may miss together


def test_the_cheapest_size_keeps_the_blocking_that_is_asked_for():
    found = capsim.frontier(desk_by_the_second(), max_shared=8, max_metered=8, max_blocking=0.02)
    best = found.cheapest
    assert best.blocking.high <= 0.02
    frame = found.to_frame()
    assert best.monthly.mean == frame[frame.blocking_high <= 0.02].monthly.min()
    assert capsim.frontier(desk_by_the_second(), max_blocking=1e-9).cheapest is None
    now = capsim.frontier(desk_by_the_second(), max_shared=8, max_metered=8)
    assert now.cheapest.blocking.mean <= now.cell(2, 2).blocking.mean
    assert now.cheapest.monthly.mean <= now.cell(2, 2).monthly.mean


def test_the_ridge_has_the_cheapest_split_of_each_number_of_channels():
    found = capsim.frontier(desk_by_the_second(), max_shared=5, max_metered=4)
    ridge = found.ridge()
    assert [cell.shared + cell.metered for cell in ridge] == list(range(10))
    frame = found.to_frame()
    for cell in ridge:
        alike = frame[frame.shared + frame.metered == cell.shared + cell.metered]
        assert cell.monthly.mean == alike.monthly.min()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"group": "dest"}, "there is no group 'dest'; groups: desk"),
        ({"max_shared": -1}, "max_shared: must be from 0"),
        ({"max_metered": 1001}, r"max_metered: must be from 0 to 1,000 \(got 1,001\).*R4"),
        ({"max_blocking": 2}, "max_blocking: must be a share"),
        ({"method": "guess"}, "method: must be one of one pass, cell by cell"),
        ({"dedicated": {"b": [1]}}, r"dids\.b: there is no such entry; entries: a"),
        ({"dedicated": {"a": [1]}}, "has no dedicated channels to vary"),
        ({"max_shared": 32767, "max_metered": 1000}, "cells; allowed"),
        ({"n_jobs": 0}, "n_jobs"),
    ],
)
def test_what_cannot_be_asked_is_an_error(options, words):
    with pytest.raises(capsim.InputError, match=words):
        capsim.frontier(desk_by_the_second(), **options)


def test_a_scenario_without_a_group_says_so():
    with pytest.raises(capsim.InputError, match="has no group"):
        capsim.frontier(capsim.Scenario(start="2026-11-02", duration="1 day", dids={"a": {"included": 1}}))


def test_a_grid_needs_a_price_for_what_it_has():
    scenario = desk_by_the_second().override({"pools.one.flat_rate": None, "groups.desk.shared": 0})
    assert list(capsim.frontier(scenario).grid.shared) == [0]
    with pytest.raises(capsim.InputError, match=r"pools\.one: has no flat-rate price.*M7"):
        capsim.frontier(scenario, max_shared=2)


def test_the_group_that_nobody_has_written_down_has_a_frontier_too():
    traffic = {"erlangs": 1, "holding": {"distribution": "exponential", "mean": "3 min"}}
    scenario = capsim.Scenario(
        start="2026-11-02", duration="2 days", replications=2,
        pools={"standard": {"coverage": "standard", **PRICES}},
        dids={"a": {"country": "GB", "mode": "metered", "traffic": traffic}},
    )  # fmt: skip
    quick, slow = (
        capsim.frontier(scenario, max_shared=2, max_metered=2, method=method) for method in ("one pass", "cell by cell")
    )
    assert quick.group == "pay-per-minute"
    assert (quick.figures["total_cost"].mean == slow.figures["total_cost"].mean).all()
    assert np.isnan(slow.figures["blocking"].mean).sum() == 0


@pytest.mark.slow
def test_pictures_and_frames(tmp_path):
    found = capsim.frontier(desk_by_the_second(), max_shared=6, max_metered=4, max_blocking=0.05)
    for name, axes in found.plot.all().items():
        assert axes.get_xlabel(), name
        assert axes.get_ylabel(), name
        axes.get_figure().savefig(tmp_path / f"{name}.png")
    none = capsim.frontier(desk_by_the_second(), max_shared=0, max_metered=0, max_blocking=1e-9)
    none.plot.cost().get_figure().savefig(tmp_path / "none.png")
    assert isinstance(found.figures["blocking"], Estimates)


@pytest.mark.slow
def test_the_command_writes_cells_and_says_what_is_cheapest(tmp_path, cli):
    scenario = tmp_path / "desk.yaml"
    scenario.write_text(
        "name: Desk\nstart: 2026-11-02\nduration: 1 week\nreplications: 3\n"
        "pools: {one: {coverage: [GB], flat_rate: {monthly: 15}, metered: {rate: 0.01}}}\n"
        "groups: {desk: {pool: one, shared: 2, metered: 2}}\n"
        "dids: {a: {country: GB, mode: DID+0, group: desk,\n"
        "  traffic: {erlangs: 3, holding: {distribution: exponential, mean: 3 min}}}}\n",
        "utf-8",
    )
    said = cli(
        "frontier", scenario, "--max-shared", "8", "--max-metered", "8", "--max-blocking", "2%", "--out", tmp_path / "o"
    )
    assert said.status == 0
    assert "Cheapest that blocks 2% or less:" in said.out
    assert "Break-even" in said.out
    assert "<- cheapest" in said.out
    written = json.loads((tmp_path / "o" / "frontier.json").read_text("utf-8"))
    assert written["method"] == "one pass"
    assert len(written["cells"]) == 81
    assert {"frontier.csv", "frontier.parquet"} <= {path.name for path in (tmp_path / "o").iterdir()}
    plain = json.loads(cli("frontier", scenario, "--json").out)
    assert set(plain["cells"][0]) >= {"shared", "metered", "blocking", "metered_cost", "flat_rate_cost", "total_cost"}
    bad = cli("frontier", scenario, "--max-blocking", "many")
    assert bad.status == 2
    assert "--max-blocking: must be a share from 0 to 1, such as 0.005 or 0.5% (got many)" in bad.err


def test_a_group_without_calls_has_a_frontier_too():
    found = capsim.frontier(desk_by_the_second().override({"dids.a.traffic": None}))
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert found.to_dict()["max_blocking"] == 1.0
