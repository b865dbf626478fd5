"""Sweeps: what varies, what is kept, and that an interrupted one comes out the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import distributed
import pytest

import capsim
from capsim.studies.sweep import Factor, SweepInterrupted, parse_vary
from capsim.studies.sweep.varying import points_of, scenario_at

SCENARIO = """\
name: Desk
start: 2026-11-02
duration: 2 days
replications: 3
pools: {one: {coverage: [GB], channels: 5, flat_rate: {monthly: 15}, metered: {rate: 0.01}}}
groups: {desk: {pool: one, shared: 4, metered: 2}}
dids:
  a:
    {country: GB, mode: DID+0, group: desk,
     traffic: {calls_per_hour: 60, holding: {distribution: exponential, mean: 3 min}}}
  b: {country: GB, included: 1, traffic: {erlangs: 0.5, holding: {distribution: exponential, mean: 2 min}}}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "desk.yaml"
    path.write_text(SCENARIO, "utf-8")
    return path


@pytest.fixture
def desk(file):
    return capsim.load(file)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("text", "path", "values"),
    [
        ("groups.g.shared=0:6:2", "groups.g.shared", (0, 2, 4, 6)),
        ("groups.g.shared=0:5:2", "groups.g.shared", (0, 2, 4)),
        ("a=0.1:0.3:0.1", "a", (Decimal("0.1"), Decimal("0.2"), Decimal("0.3"))),
        ("a=0:10", "a", (0, 2, 4, 6, 8, 10)),
        ("a=3,5, 9", "a", (3, 5, 9)),
        ("a=90 s,2 min", "a", ("90 s", "2 min")),
        ("a=DID+2,DID+0", "a", ("DID+2", "DID+0")),
        ("a={x: 1, y: 2},none", "a", ({"x": 1, "y": 2}, None)),
        ("a=*1.0:1.2:0.1", "a", tuple(Factor(Decimal(one)) for one in ("1.0", "1.1", "1.2"))),
        ("dids.*.traffic *1.0..1.5", "dids.*.traffic", tuple(Factor(Decimal(1) + Decimal(n) / 10) for n in range(6))),
        ("a=*0.5,2", "a", (Factor(Decimal("0.5")), Factor(Decimal(2)))),
    ],
)
def test_what_varies_is_written_as_ranges_lists_or_factors(text, path, values):
    assert parse_vary(text) == (path, values)


@pytest.mark.parametrize(
    "text", ["", "a", "a=", "=3", "a=1:0:1", "a=0:5:0", "a=0:5:-1", "a=0:1:2:3", "a=*x", "a=0:1e9:1", "a=1,,2"]
)
def test_what_is_no_range_and_no_list_is_an_error(text):
    with pytest.raises(capsim.InputError, match="--vary"):
        parse_vary(text)


def test_paths_make_a_grid_or_vary_together():
    assert points_of({"a": [1, 2], "b": [3, 4]}, together=False) == [(1, 3), (1, 4), (2, 3), (2, 4)]
    assert points_of({"a": [1, 2], "b": [3, 4]}, together=True) == [(1, 3), (2, 4)]
    with pytest.raises(capsim.InputError, match="as many values each"):
        points_of({"a": [1, 2], "b": [3]}, together=True)
    with pytest.raises(capsim.InputError, match="at least one value"):
        points_of({"a": []}, together=False)


def test_a_factor_multiplies_all_traffic_that_a_star_stands_for(desk):
    twice = scenario_at(desk, ["dids.*.traffic"], (Factor(Decimal(2)),))
    assert twice.dids["a"].traffic.calls_per_hour == 120
    assert twice.dids["b"].traffic.erlangs == 1.0
    some = scenario_at(desk, ["dids.*.traffic.calls_per_hour"], (Factor(Decimal("1.5")),))
    assert some.dids["a"].traffic.calls_per_hour == 90
    assert some.dids["b"].traffic.erlangs == 0.5
    with pytest.raises(capsim.InputError, match="no number stands there"):
        scenario_at(desk, ["dids.*.traffic.nothing"], (Factor(Decimal(2)),))


def test_pools_buy_the_channels_that_a_point_lacks(desk):
    assert scenario_at(desk, ["groups.desk.shared"], (3,)).pools["one"].channels == 5
    assert scenario_at(desk, ["groups.desk.shared"], (9,)).pools["one"].channels == 9
    with pytest.raises(capsim.ScenarioError, match="R4"):
        scenario_at(desk, ["pools.one.channels", "groups.desk.shared"], (6, 9))


def test_each_point_is_what_a_run_gives(desk):
    found = capsim.sweep(desk, {"groups.desk.shared": [1, 4], "groups.desk.metered": [0, 3]})
    frame = found.to_frame(["blocking", "monthly", "groups.desk.blocking", "tiers.shared.erlangs"])
    assert frame["groups.desk.shared"].tolist() == [1, 1, 4, 4]
    for row in frame.itertuples(index=False, name=None):
        changed = desk.override({"groups.desk.shared": row[1], "groups.desk.metered": row[2]})
        run = capsim.simulate(changed)
        assert row[3] == run.totals.loc["blocking", "mean"]
        assert row[6:9] == tuple(run.cost.loc["monthly", ["mean", "low", "high"]])
        assert row[9] == run.groups.loc["desk", "blocking"]
        assert row[12] == run.tiers.loc["shared", "erlangs"]


def test_a_figure_that_is_not_there_is_an_error_that_names_a_near_one(desk):
    found = capsim.sweep(desk, {"groups.desk.shared": [1]}, replications=1)
    with pytest.raises(
        capsim.InputError, match=r"no figure 'groups.desk.bloking'; did you mean 'groups.desk.blocking'\?"
    ):
        found.to_frame(["groups.desk.bloking"])


def test_points_are_compared_with_the_first_replication_by_replication(desk):
    found = capsim.sweep(desk, {"groups.desk.shared": [4, 4, 1]}, replications=8)
    differences = found.differences
    assert differences.blocking[0] == 0
    assert differences.p_monthly[0] == 1
    assert differences.blocking_low[1] > 0
    assert differences.p_blocking[1] < 0.01


def test_a_bad_point_is_known_before_any_is_run(desk, tmp_path):
    with pytest.raises(capsim.InputError, match=r"groups.desk.metered.*\(at groups.desk.metered=1001\)"):
        capsim.sweep(desk, {"groups.desk.metered": [1, 1001]}, out=tmp_path / "o")
    assert not (tmp_path / "o").exists()


def test_figures_do_not_depend_on_processes(desk):
    vary = {"groups.desk.shared": [0, 2, 4]}
    assert capsim.sweep(desk, vary).to_frame().equals(capsim.sweep(desk, vary, n_jobs=2).to_frame())


def test_a_sweep_that_goes_on_writes_what_an_uninterrupted_one_writes(desk, tmp_path):
    vary = {"groups.desk.shared": [0, 1, 2, 3, 4]}
    capsim.sweep(desk, vary, out=tmp_path / "whole")

    class Stop:
        """Presses Ctrl-C after two points."""

        def __init__(self):
            self.points = 0

        def begin(self, total, what): ...

        def advance(self, _=1):
            self.points += 1
            if self.points == 2:
                raise KeyboardInterrupt

        def end(self): ...

    with pytest.raises(SweepInterrupted) as caught:
        capsim.sweep(desk, vary, out=tmp_path / "parts", progress=Stop())
    assert len(caught.value.result.results) == 2
    assert len(list((tmp_path / "parts" / "points").iterdir())) == 2
    (tmp_path / "parts" / "points" / "000003.parquet.partial").write_bytes(b"half")
    found = capsim.sweep(desk, vary, out=tmp_path / "parts")
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")
    assert found.to_frame().equals(capsim.sweep(desk, vary).to_frame())


def test_a_folder_belongs_to_one_sweep(desk, tmp_path):
    capsim.sweep(desk, {"groups.desk.shared": [1]}, replications=1, out=tmp_path / "o")
    for other in ({"groups.desk.shared": [2]}, {"groups.desk.metered": [1]}):
        with pytest.raises(capsim.InputError, match="has another sweep"):
            capsim.sweep(desk, other, replications=1, out=tmp_path / "o")
    with pytest.raises(capsim.InputError, match="has another sweep"):
        capsim.sweep(desk, {"groups.desk.shared": [1]}, replications=1, seed=5, out=tmp_path / "o")
    with pytest.raises(capsim.InputError, match="is a file"):
        capsim.sweep(desk, {"groups.desk.shared": [1]}, out=Path(__file__))


@pytest.mark.slow
def test_a_sweep_that_was_killed_goes_on_and_comes_out_byte_for_byte(file, tmp_path):
    def command(folder, *more):
        vary = ["--vary", "groups.desk.shared=0:11:1", "--replications", "60"]
        return [sys.executable, "-m", "capsim", "sweep", str(file), *vary, "--out", str(tmp_path / folder), "-q", *more]

    subprocess.run(command("whole"), check=True, capture_output=True)
    for jobs in ("1", "2"):
        folder = f"parts-{jobs}"
        running = subprocess.Popen(
            command(folder, "--jobs", jobs),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        points = tmp_path / folder / "points"
        while running.poll() is None and (not points.exists() or len(list(points.glob("*.parquet"))) < 3):
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        assert len(list(points.glob("*.parquet"))) < 12
        subprocess.run(command(folder, "--jobs", jobs), check=True, capture_output=True)
        assert contents(tmp_path / folder) == contents(tmp_path / "whole")


@pytest.mark.slow
def test_dask_workers_run_points_and_one_of_them_may_die(desk, tmp_path):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    address_file = tmp_path / "scheduler.json"

    def start(program, *arguments):
        command = [sys.executable, "-m", f"distributed.cli.dask_{program}", "--scheduler-file", str(address_file)]
        return subprocess.Popen([*command, "--no-dashboard", *arguments], **quiet)

    programs = [start("scheduler", "--host", "127.0.0.1", "--port", "0")]
    try:
        while not address_file.exists():
            assert programs[0].poll() is None
            time.sleep(0.05)
        programs += [
            start("worker", "--nthreads", "1", "--no-nanny", "--name", name, "--local-directory", str(tmp_path / name))
            for name in ("one", "two")
        ]

        class Killer:
            """Kills a worker after the third point."""

            points = 0

            def begin(self, total, what): ...

            def advance(self, _=1):
                self.points += 1
                if self.points == 3:
                    programs[1].kill()

            def end(self): ...

        vary = {"groups.desk.shared": list(range(12))}
        with distributed.Client(scheduler_file=str(address_file), timeout="30s") as client:
            client.wait_for_workers(2, timeout=60)
            found = capsim.sweep(
                desk, vary, replications=40, executor=client.get_executor(), out=tmp_path / "dask", progress=Killer()
            )
        assert programs[1].wait(10) != 0
        assert found.to_frame().equals(capsim.sweep(desk, vary, replications=40, out=tmp_path / "here").to_frame())
        assert contents(tmp_path / "dask") == contents(tmp_path / "here")
    finally:
        for program in programs:
            program.kill()
            program.wait()


@pytest.mark.slow
def test_pictures(desk, tmp_path):
    found = capsim.sweep(desk, {"groups.desk.shared": [0, 2, 4], "groups.desk.metered": [1, 2]}, replications=2)
    for name in ("blocking", "monthly", "tiers.shared.erlangs"):
        axes = found.plot.metric(name)
        assert axes.get_ylabel()
        axes.get_figure().savefig(tmp_path / "p.png")


@pytest.mark.slow
def test_the_command_shows_a_table_with_bars_and_leaves_constant_columns_out(cli, file, tmp_path):
    arguments = ("--vary", "groups.desk.shared=0:4:2", "--vary", "groups.desk.metered=2", "--out", tmp_path / "o")
    said = cli("sweep", file, *arguments)
    assert said.status == 0
    assert "groups.desk.metered = 2" in said.out
    assert "█" in said.out
    assert {"summary.csv", "summary.parquet", "sweep.json"} <= {path.name for path in (tmp_path / "o").iterdir()}
    again = cli("sweep", file, *arguments, "--json")
    found = json.loads(again.out)
    assert [point["values"]["groups.desk.shared"] for point in found["points"]] == [0, 2, 4]
    metric = cli(
        "sweep", file, "--vary", "groups.desk.shared=0,4", "--metric", "groups.desk.blocking", "--replications", 2
    )
    assert "groups.desk.blocking" in metric.out
    assert "a month" not in metric.out


def test_goals_are_judged_at_every_point(cli, file):
    file.write_text(SCENARIO + "goals: {blocking: 20%}\n", "utf-8")
    said = cli("sweep", file, "--vary", "groups.desk.shared=0:6:6")
    lines = [line for line in said.out.splitlines() if line.strip().startswith(("0 ", "6 "))]
    assert lines[0].rstrip().endswith("missed")
    assert lines[1].rstrip().endswith(" met")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "sweep needs --vary"),
        (("--vary", "groups.desk.shared=1", "--vary", "groups.desk.shared=2"), "names groups.desk.shared twice"),
        (("--vary", "groups.dusk.shared=1"), "there is no 'dusk'"),
        (("--vary", "groups.desk.shared=1", "--executor", "ray"), "must be processes or dask"),
        (("--vary", "groups.desk.shared=1", "--executor", "dask"), "needs --address"),
        (("--vary", "groups.desk.shared=1", "--address", "tcp://x:1"), "needs --executor dask"),
        (
            ("--vary", "groups.desk.shared=1", "--executor", "dask", "--address", "nonsense://"),
            "no dask scheduler answers",
        ),
    ],
)
def test_what_cannot_be_swept_is_an_error(cli, file, arguments, words):
    said = cli("sweep", file, *arguments)
    assert said.status == 2
    assert words in said.err


def test_other_peoples_drafts_are_left_alone(desk, tmp_path):
    (tmp_path / "o" / "sub").mkdir(parents=True)
    other = tmp_path / "o" / "sub" / "film.partial"
    other.write_bytes(b"mine")
    capsim.sweep(desk, {"groups.desk.shared": [1]}, replications=1, out=tmp_path / "o")
    assert other.read_bytes() == b"mine"


def test_a_damaged_record_is_a_point_to_be_run_again(desk, tmp_path):
    vary = {"groups.desk.shared": [1, 2]}
    capsim.sweep(desk, vary, replications=2, out=tmp_path / "o")
    before = contents(tmp_path / "o")
    (tmp_path / "o" / "records" / "000000.json").write_text('{"number"')
    capsim.sweep(desk, vary, replications=2, out=tmp_path / "o")
    assert contents(tmp_path / "o") == before
    (tmp_path / "o" / "sweep.json").write_bytes(b"\xff\x00")
    with pytest.raises(capsim.InputError, match="has another sweep"):
        capsim.sweep(desk, vary, replications=2, out=tmp_path / "o")


def test_other_call_records_are_another_sweep(tmp_path):
    records = tmp_path / "c.csv"
    records.write_text("start,duration\n2026-11-02 09:00:00,60\n", "utf-8")
    scenario = capsim.Scenario(
        start="2026-11-02", duration="1 day", dids={"a": {"included": 1}}, replay={"calls": str(records)}
    )
    capsim.sweep(scenario, {"dids.a.included": [0, 1]}, out=tmp_path / "o")
    records.write_text("start,duration\n2026-11-02 09:00:00,60\n2026-11-02 09:00:30,60\n", "utf-8")
    with pytest.raises(capsim.InputError, match="has another sweep"):
        capsim.sweep(scenario, {"dids.a.included": [0, 1]}, out=tmp_path / "o")


def test_points_may_differ_in_replications_and_in_who_is_there(desk):
    found = capsim.sweep(desk, {"replications": [2, 3]})
    assert found.differences.empty
    counts = capsim.sweep(desk, {"dids.b.count": [1, 2]}, replications=2)
    assert counts.to_frame(["dids.b-2.blocking"])["dids.b-2.blocking"].isna().tolist() == [True, False]


def test_a_number_is_multiplied_by_one_factor_only(desk):
    with pytest.raises(capsim.InputError, match="is varied by more than one path"):
        scenario_at(desk, ["dids.*.traffic", "dids.a.traffic"], (Factor(Decimal(2)), Factor(Decimal(2))))
