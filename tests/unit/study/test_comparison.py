"""The same calls through several mixes: differences replication by replication, and what they say."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import capsim
from capsim.analysis.student import t_tails
from capsim.estimates.differences import holm, paired

FILES = ("scenarios/flat_rate.yaml", "scenarios/metered.yaml", "scenarios/hybrid.yaml")


@pytest.fixture(scope="module")
def mixes():
    return {name: capsim.load(f"scenarios/{name}.yaml") for name in ("flat_rate", "metered", "hybrid")}


@pytest.fixture(scope="module")
def comparison(mixes):
    return capsim.compare(mixes, replications=4)


def test_every_mix_has_the_same_calls(comparison):
    offered = {int(result.samples.totals["offered"].one().mean * 4) for result in comparison.results.values()}
    assert len(offered) == 1
    assert {result.seed for result in comparison.results.values()} == {7}


def test_differences_are_those_of_the_means_from_the_first_named_to_the_second(comparison):
    assert [(one.from_, one.to) for one in comparison.differences] == [
        ("flat_rate", "metered"), ("flat_rate", "hybrid"), ("metered", "hybrid"),
    ]  # fmt: skip
    for one in comparison.differences:
        before, after = comparison.results[one.from_], comparison.results[one.to]
        for name in ("total", "monthly"):
            difference = after.cost_estimates[name].mean - before.cost_estimates[name].mean
            assert getattr(one, name).mean == pytest.approx(difference, abs=1e-6)
        blocking = [result.samples.totals["blocking"].one().mean for result in (before, after)]
        assert one.blocking.mean == pytest.approx(blocking[1] - blocking[0], abs=1e-15)
        assert one.monthly.low <= one.monthly.mean <= one.monthly.high


def test_a_difference_may_be_asked_for_either_way(comparison):
    one, other = comparison.difference("flat_rate", "hybrid"), comparison.difference("hybrid", "flat_rate")
    assert one.monthly.mean == -other.monthly.mean
    assert (one.monthly.low, one.monthly.high) == (-other.monthly.high, -other.monthly.low)
    with pytest.raises(capsim.InputError, match="no difference of 'hybrid' and 'flat'"):
        comparison.difference("hybrid", "flat")


def test_pairing_makes_the_interval_narrower():
    traffic = {"erlangs": 8, "holding": {"distribution": "exponential", "mean": "3 min"}}
    keys = {"start": "2026-11-02", "duration": "1 day", "replications": 20}
    nine, ten = (
        capsim.Scenario(**keys, dids={"a": {"included": channels, "traffic": traffic}}) for channels in (9, 10)
    )
    found = capsim.compare({"nine": nine, "ten": ten})
    difference = found.differences[0].blocking
    alone = [found.results[name].samples.totals["blocking"].one().half_width for name in ("nine", "ten")]
    assert difference.half_width < 0.8 * math.hypot(*alone)
    assert difference.high < 0


def test_the_interval_of_a_difference_of_costs_is_that_of_paired_values():
    estimate, p = paired(2.0, np.array([1.0, -1.0, 0.5, -0.5]))
    half = 3.182446305 * math.sqrt(2.5 / 3 / 4)
    assert (estimate.low, estimate.high) == (pytest.approx(2 - half), pytest.approx(2 + half))
    assert p == pytest.approx(t_tails(2 / math.sqrt(2.5 / 3 / 4), 3))
    assert paired(0.0, np.zeros(3))[1] == 1.0
    assert paired(1.0, np.zeros(3))[1] == 0.0
    assert math.isnan(paired(1.0, np.zeros(1))[1])


@pytest.mark.parametrize(("statistic", "degrees"), [(0.0, 1), (1.0, 1), (2.5, 4), (-2.5, 4), (3.1, 9), (1.96, 20_000)])
def test_two_sided_p_values_are_students(statistic, degrees):
    from scipy.stats import t

    assert t_tails(statistic, degrees) == pytest.approx(2 * t.sf(abs(statistic), degrees), rel=1e-3)


def test_holm_multiplies_the_smallest_by_all_and_never_goes_down():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    adjusted = holm([math.nan, 0.02])
    assert math.isnan(adjusted[0])
    assert adjusted[1] == 0.02


def test_mixes_that_cost_the_same_are_said_to_do_so(mixes):
    assert "cost the same" in capsim.compare({"a": mixes["flat_rate"], "b": mixes["flat_rate"]}, replications=2).verdict


def test_the_verdict_says_by_how_much_the_cheapest_is_cheaper(comparison):
    assert comparison.cheapest == "hybrid"
    assert comparison.verdict.startswith("hybrid is ")
    assert "USD a month cheaper than flat_rate (" in comparison.verdict
    assert "blocking < " in comparison.verdict


def test_mixes_that_the_calls_cannot_tell_apart_are_not_ranked():
    traffic = {"erlangs": 1, "holding": {"distribution": "exponential", "mean": "3 min"}}
    keys = {
        "start": "2026-11-02", "duration": "6 h", "replications": 3,
        "pools": {"p": {"coverage": ["GB"], "flat_rate": {"monthly": "300"}, "metered": {"rate": "0.05"}}},
    }  # fmt: skip
    did = {"country": "GB", "mode": "DID+0", "group": "g", "traffic": traffic}
    one, other = (
        capsim.Scenario(**keys, groups={"g": {"pool": "p", "shared": shared, "metered": 9 - shared}}, dids={"a": did})
        for shared in (2, 3)
    )
    assert "cannot be told apart by cost" in capsim.compare({"two": one, "three": other}).verdict


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start": "2026-11-03"}, "start: b: compared mixes have the same start"),
        ({"duration": "2 months"}, "duration: b: compared mixes have the same end"),
        ({"currency": "EUR"}, "currency: b: compared mixes have the same currency"),
        ({"dids.sales.traffic.calls_per_hour": 21}, "dids.sales.traffic: b: compared mixes have the same traffic"),
        ({"dids.branch.count": 9}, "dids.branch.count: b: compared mixes have the same numbers"),
        ({"dids.sales": None}, "dids: b: compared mixes have the same DIDs; it lacks sales"),
        ({"dids.more": {"included": 1}}, "it has more besides"),
        ({"dids.sales.timezone": "Europe/Paris"}, "time zone of a DID's days"),
    ],
)
def test_mixes_that_do_not_have_the_same_calls_are_refused(mixes, change, words):
    with pytest.raises(capsim.InputError) as caught:
        capsim.compare({"a": mixes["hybrid"], "b": mixes["hybrid"].override(change)})
    assert words in str(caught.value)


def test_one_mix_is_no_comparison(mixes):
    with pytest.raises(capsim.InputError, match=r"two scenarios or more \(got 1\)"):
        capsim.compare({"a": mixes["hybrid"]})


def test_one_replication_gives_no_interval(mixes):
    found = capsim.compare({name: mixes[name] for name in ("flat_rate", "hybrid")}, replications=1)
    assert found.differences[0].to_dict()["monthly"]["low"] is None
    assert found.differences[0].to_dict()["p_monthly"] is None
    assert "no interval" in found.verdict


@pytest.mark.slow
def test_the_command_compares_files(cli, tmp_path):
    said = cli("compare", *FILES, "--replications", 3, "--out", tmp_path / "o")
    assert said.status == 0
    assert "hybrid is " in said.out
    assert "adjusted for 3 comparisons (Holm)" in said.out
    assert {"comparison.json", "mixes.csv", "differences.parquet"} <= {path.name for path in (tmp_path / "o").iterdir()}
    found = json.loads(cli("compare", *FILES[:2], "--replications", 2, "--json").out)
    assert found["scenarios"] == ["flat_rate", "metered"]
    assert found["results"]["metered"]["replications"] == 2
    assert found["differences"][0]["from"] == "flat_rate"
    assert set(found["differences"][0]["blocking"]) == {"mean", "low", "high"}


def test_the_command_needs_two_files_that_have_the_same_calls(cli):
    assert "two scenario files or more" in cli("compare", FILES[0]).err
    said = cli("compare", FILES[0], "scenarios/bank_10.yaml")
    assert said.status == 2
    assert "bank_10: compared mixes have the same start" in said.err


def test_files_of_one_name_are_told_apart(cli, tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "s.yaml").write_text(
            "start: 2026-11-02\nduration: 1 day\ndids: {a: {included: 1}}\n", "utf-8"
        )
    paths = [tmp_path / folder / "s.yaml" for folder in ("one", "two")]
    found = json.loads(cli("compare", *paths, "--replications", 2, "--json").out)
    assert found["scenarios"] == [str(path) for path in paths]


def test_call_records_of_one_name_in_two_folders_are_not_the_same_calls(tmp_path):
    loaded = {}
    for folder, calls in (("x1", 1), ("x2", 2)):
        (tmp_path / folder).mkdir()
        rows = "".join(f"2026-11-02 09:0{call}:00,60\n" for call in range(calls))
        (tmp_path / folder / "c.csv").write_text(f"start,duration\n{rows}", "utf-8")
        text = "start: 2026-11-02\nduration: 1 day\ndids: {a: {included: 1}}\nreplay: {calls: c.csv}\n"
        (tmp_path / folder / "s.yaml").write_text(text, "utf-8")
        loaded[folder] = capsim.load(tmp_path / folder / "s.yaml")
    with pytest.raises(capsim.InputError, match="the call records differ"):
        capsim.compare(loaded)


def test_one_replication_of_the_same_cost_is_said_to_be_the_same(mixes):
    found = capsim.compare({"a": mixes["flat_rate"], "b": mixes["flat_rate"]}, replications=1)
    assert "cost the same" in found.verdict
