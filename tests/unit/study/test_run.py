"""A run as a whole: conservation, the contract's JSON, frames, and figures that depend on nothing but the seed."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import capsim

SHORT = {"duration": "2 days", "replications": 3}


@pytest.fixture(scope="module")
def hybrid():
    return capsim.load("scenarios/two_pools.yaml").override({**SHORT, "groups.europe.metered": 1})


@pytest.fixture(scope="module")
def result(hybrid):
    return capsim.simulate(hybrid, keep_calls=True)


def test_calls_are_conserved_for_every_did_and_replication(result):
    samples = result.samples
    calls = result.calls
    for number in range(3):
        mine = calls[calls.replication == number]
        offered = mine.did.value_counts().reindex(result.dids.index)
        assert (samples.tally.outcomes[number].sum(axis=1) == offered.to_numpy()).all()
        assert mine.cause.isin(["capacity_exceeded", "did_limit", "group_limit"]).sum() == mine.tier.isna().sum()
    totals = result.totals["mean"]
    assert totals.offered == pytest.approx(totals.carried + totals.blocked)
    assert result.causes["mean"].sum() == pytest.approx(totals.blocked)
    assert totals.blocked > 0


def test_load_and_minutes_add_up(result):
    totals = result.totals["mean"]
    assert result.tiers.erlangs.sum() == pytest.approx(totals.erlangs)
    assert result.tiers.carried.sum() == pytest.approx(totals.carried)
    assert result.dids.erlangs.sum() == pytest.approx(totals.erlangs)
    assert (result.tiers.utilization * result.tiers.channels).sum() == pytest.approx(totals.erlangs)
    assert result.tiers.minutes.sum() == pytest.approx(totals.carried * totals.acd_seconds / 60)
    metered = result.tiers.loc["metered", "minutes"]
    assert result.groups.metered_minutes.sum() == pytest.approx(metered)
    assert result.to_dict()["tiers"]["metered"]["billed_minutes"]["mean"] > metered
    usage = result.usage
    width = result.usage_estimate.width / 60e6
    assert usage.calls.sum() * width == pytest.approx(totals.erlangs * 2 * 24 * 60, rel=1e-9)


def test_groups_count_all_calls_of_their_dids(result):
    offered = result.dids.offered
    assert result.groups.loc["europe", "offered"] == pytest.approx(offered["madrid"] + offered["lisbon"])


def test_the_json_has_every_key_of_the_contract(result):
    document = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert set(document) >= {"capsim", "scenario", "engine", "seed", "replications", "horizon", "totals", "tiers",
                             "causes", "dids", "groups", "cost", "theory"}  # fmt: skip
    assert set(document["horizon"]) == {"start", "end", "hours"}
    assert set(document["totals"]) >= {"offered", "carried", "blocked", "blocking", "erlangs", "peak_calls",
                                       "acd_seconds", "asr"}  # fmt: skip
    assert list(document["tiers"]) == ["included", "dedicated", "shared", "metered"]
    for tier, figures in document["tiers"].items():
        keys = {"channels", "carried", "erlangs", "utilization", "minutes", "peak"}
        assert set(figures) == (keys | {"billed_minutes"} if tier == "metered" else keys)
    assert list(document["causes"]) == ["capacity_exceeded", "did_limit", "group_limit", "no_balance", "teardown"]
    assert set(document["dids"]["madrid"]) == {"offered", "carried", "blocked", "blocking", "erlangs", "acd_seconds",
                                               "asr", "by_tier"}  # fmt: skip
    assert set(document["dids"]["madrid"]["by_tier"]["included"]) == {"carried", "erlangs"}
    assert set(document["groups"]["europe"]) >= {"offered", "blocked", "blocking", "shared_erlangs", "metered_erlangs",
                                                 "metered_minutes", "billed_minutes", "shared_peak",
                                                 "metered_peak"}  # fmt: skip
    assert set(document["cost"]) == {"currency", "setup", "flat_rate", "metered", "dids", "total", "monthly"}
    assert set(document["totals"]["blocking"]) == {"mean", "low", "high"}


def test_a_tier_without_channels_has_no_utilisation():
    found = capsim.simulate(capsim.load("scenarios/bank_10.yaml"), replications=2).to_dict()
    assert found["tiers"]["metered"]["utilization"] == {"mean": None, "low": None, "high": None}
    assert found["tiers"]["metered"]["channels"] == 0


def test_where_nothing_is_blocked_there_is_an_upper_bound():
    quiet = capsim.load("scenarios/bank_20.yaml").override({"replications": 5, "groups.lines.shared": 40})
    found = capsim.simulate(quiet).to_dict()
    assert found["totals"]["blocking"]["mean"] == found["totals"]["blocking"]["low"] == 0
    offered = 5 * found["totals"]["offered"]["mean"]
    assert found["totals"]["blocking"]["high"] > 2.99 / offered, "clusters are allowed for"
    assert found["totals"]["blocked"]["high"] > 0
    assert found["totals"]["asr"]["low"] < 1
    assert found["causes"]["did_limit"]["high"] == 0, "there is no limit that could be met"


def test_one_replication_has_no_interval(hybrid):
    found = capsim.simulate(hybrid, replications=1).to_dict()
    assert found["totals"]["blocking"]["low"] is None
    assert found["cost"]["total"]["high"] is None


def test_figures_depend_on_the_seed_and_not_on_jobs_or_executors(hybrid, result):
    document = result.to_dict()
    assert capsim.simulate(hybrid).to_dict() == document
    assert capsim.simulate(hybrid, n_jobs=2).to_dict() == document
    with ThreadPoolExecutor(2) as executor:
        assert capsim.simulate(hybrid, executor=executor).to_dict() == document
    assert capsim.simulate(hybrid, seed=99).to_dict()["totals"] != document["totals"]


def test_calls_are_a_row_each_with_local_times(result):
    calls = result.calls
    assert list(calls.columns) == ["replication", "did", "arrival", "answer", "end", "tier", "channel", "cause"]
    assert str(calls.arrival.dtype) == "datetime64[us, Europe/Madrid]"
    assert all(group.arrival.is_monotonic_increasing for _, group in calls.groupby("replication"))
    carried = calls[calls.tier.notna()]
    assert (carried.end >= carried.arrival).all()
    assert carried.channel.min() == 1
    blocked = calls[calls.tier.isna()]
    assert blocked.channel.isna().all()
    assert blocked.cause.notna().all()
    assert carried.cause.isna().all()


def test_calls_that_were_not_kept_are_an_error_that_says_how_to_keep_them(hybrid):
    with pytest.raises(capsim.CapsimError, match="keep_calls=True"):
        _ = capsim.simulate(hybrid, replications=1).calls


def test_results_carry_their_scenario_and_show_themselves(result, hybrid):
    assert result.scenario is hybrid
    assert "blocking" in repr(result)
    assert "<table" in result._repr_html_()
    frame = result.to_frame()
    assert list(frame.columns) == ["scope", "name", "figure", "mean", "low", "high"]
    assert set(frame.scope) == {"totals", "tiers", "dids", "groups", "causes", "cost"}


def test_a_scenario_without_traffic_is_no_error():
    empty = capsim.Scenario(start="2026-01-01", duration="1 h", dids={"a": {}}, replications=2)
    found = capsim.simulate(empty).to_dict()
    assert found["totals"]["offered"]["mean"] == 0
    assert found["totals"]["blocking"]["mean"] is None


def test_r2_a_did_without_any_channel_carries_nothing():
    traffic = {"calls_per_hour": 10, "holding": {"distribution": "exponential", "mean": "1 min"}}
    dids = {"a": {"mode": "DID+0", "traffic": traffic}}
    found = capsim.simulate(capsim.Scenario(start="2026-01-01", duration="1 days", dids=dids, replications=2)).to_dict()
    assert found["dids"]["a"]["blocking"] == {"mean": 1.0, "low": 1.0, "high": 1.0}


@pytest.mark.parametrize("mode", ["DID+2", "DID+0"])
@pytest.mark.parametrize("additions", range(8))
def test_r2_every_combination_uses_just_the_tiers_that_it_has(mode, additions):
    dedicated, shared, metered = (bool(additions & bit) for bit in (1, 2, 4))
    did = {
        "country": "GB",
        "mode": mode,
        "traffic": {"erlangs": 6, "holding": {"distribution": "exponential", "mean": "3 min"}},
    }
    keys = {"pools": {"standard": {"flat_rate": {"monthly": 15}, "metered": {"rate": 0.01}}}}
    if dedicated:
        did["dedicated"] = {"pool": "standard", "channels": 1}
    if shared or metered:
        keys["groups"] = {"g": {"pool": "standard", "shared": 2 * shared, "metered": 3 * metered}}
        did["group"] = "g"
    of = capsim.Scenario(start="2026-01-01", duration="2 days", replications=1, dids={"a": did}, **keys)
    tiers = capsim.simulate(of).tiers
    sizes = [2 * (mode == "DID+2"), 1 * dedicated, 2 * shared, 3 * metered]
    assert tiers.channels.tolist() == sizes
    assert ((tiers.carried > 0) == (np.array(sizes) > 0)).all()
    assert (tiers.peak == sizes).all(), "6 Erlangs fill every tier at some time"


def test_bad_arguments_are_our_errors(hybrid):
    for arguments in ({"engine": "fast"}, {"n_jobs": 0}, {"replications": 0}, {"seed": -1}):
        with pytest.raises(capsim.CapsimError):
            capsim.simulate(hybrid, **arguments)


def test_more_channel_time_than_can_be_counted_is_an_error_that_says_how_much_is_allowed():
    traffic = {"erlangs": 600_000, "holding": {"distribution": "exponential", "mean": "720 h"}}
    of = capsim.Scenario(start="2026-01-01", duration="12 months", dids={"a": {"traffic": traffic}})
    with pytest.raises(capsim.InputError, match="Erlangs times days up to"):
        capsim.simulate(of, replications=1)


class Watcher:
    """A progress that remembers; at a number of calls it can do what a user does."""

    def __init__(self, after=float("inf"), then=None):
        self.told, self.calls, self.after, self.then = [], 0, after, then

    def begin(self, total, what):
        self.told.append((total, what))

    def advance(self, steps=1):
        self.calls += steps
        if self.calls >= self.after:
            self.then()

    def end(self):
        self.told.append("end")


@pytest.mark.parametrize("arguments", [{}, {"n_jobs": 2}, {"n_jobs": 2, "engine": "simpy"}])
def test_progress_is_told_how_many_calls_are_served(hybrid, result, arguments):
    watcher = Watcher()
    capsim.simulate(hybrid, progress=watcher, **arguments)
    (total, what), end = watcher.told
    assert what == "calls in 3 replications"
    assert end == "end"
    assert watcher.calls == pytest.approx(total, rel=0.1)
    assert watcher.calls >= 3 * result.totals.loc["offered", "mean"]


def test_progress_is_told_of_replications_in_an_executor_of_the_users(hybrid):
    watcher = Watcher()
    with ThreadPoolExecutor(2) as executor:
        capsim.simulate(hybrid, progress=watcher, executor=executor)
    assert watcher.calls == pytest.approx(watcher.told[0][0], abs=3)


@pytest.mark.parametrize("arguments", [{}, {"n_jobs": 2}, {"n_jobs": 2, "engine": "simpy"}])
def test_an_interruption_keeps_the_replications_that_are_finished(hybrid, arguments):
    long = hybrid.override({"replications": 400, "duration": "1 days"})

    def press_ctrl_c():
        raise KeyboardInterrupt

    watcher = Watcher(20_000, press_ctrl_c)
    with pytest.raises(KeyboardInterrupt) as caught:
        capsim.simulate(long, progress=watcher, **arguments)
    kept = caught.value.result
    assert kept.interrupted
    assert 0 < kept.replications < 400
    assert kept.to_dict()["interrupted"]
    assert watcher.told[-1] == "end"
    if not arguments:
        again = capsim.simulate(long, replications=kept.replications).to_dict()
        assert again["totals"] == kept.to_dict()["totals"]
        assert not again["interrupted"]


def test_an_interruption_before_a_replication_is_finished_has_no_result(hybrid):
    def press_ctrl_c():
        raise KeyboardInterrupt

    with pytest.raises(capsim.Interrupted) as caught:
        capsim.simulate(hybrid, progress=Watcher(1, press_ctrl_c))
    assert caught.value.result is None


@pytest.mark.usefixtures("sigint")
def test_ctrl_c_is_not_lost_at_the_very_end(hybrid):
    import os
    import signal

    class LastMoment(Watcher):
        def end(self):
            super().end()
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(capsim.Interrupted) as caught:
        capsim.simulate(hybrid, progress=LastMoment())
    assert caught.value.result.replications == 3
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_pieces_that_calls_are_simulated_in_do_not_matter(hybrid, result, monkeypatch):
    monkeypatch.setattr("capsim.traffic.windows.CALLS_AT_A_TIME", 300)
    monkeypatch.setattr("capsim.traffic.windows.CALLS_OF_A_DID", 1)
    found = capsim.simulate(hybrid, keep_calls=True)
    assert len(found.logs[0]) > len(result.logs[0])
    assert found.to_dict() == result.to_dict()
    assert found.usage.equals(result.usage)
    assert found.calls.equals(result.calls)


def test_nan_stands_where_nothing_applies(result):
    assert math.isnan(capsim.simulate(result.scenario, replications=1).totals.loc["blocking", "low"])
