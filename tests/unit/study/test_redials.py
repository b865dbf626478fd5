"""Callers who try again: what is drawn of them, and what results tell of attempts, calls, and calls lost."""

from __future__ import annotations

import numpy as np
import pytest

import capsim
from capsim.traffic import build_streams, draw
from capsim.units import HOUR, MINUTE, NEVER, SECOND
from tests.reference.scenarios import redialling

MINUTES = {"distribution": "exponential", "mean": "1 min"}


TRYING = {"probability": "70%", "delay": MINUTES, "attempts": 4}


@pytest.fixture(scope="module")
def found():
    return capsim.simulate(redialling(TRYING), keep_calls=True, watch=True)


def drawn(made):
    tables = list(draw(build_streams(made), 1, 0))
    columns = ("arrival", "holding", "ring")
    rows = {name: np.concatenate([getattr(table, name) for table in tables]) for name in columns}
    rows["did"] = np.concatenate([table.did for table in tables])
    rows["again"] = None if tables[0].again is None else np.concatenate([table.again for table in tables])
    return rows


def test_redials_move_no_call():
    plain, trying = drawn(redialling()), drawn(redialling(TRYING))
    for name in ("arrival", "holding", "did"):
        assert (plain[name] == trying[name]).all()
    assert plain["again"] is None


def test_so_many_callers_would_try_again_after_so_long_and_so_often():
    rows = drawn(redialling(TRYING, duration="30 days"))
    of_a, again = rows["did"] == 0, rows["again"]
    assert (again[~of_a] == NEVER).all(), "only those who are told to"
    moments = np.column_stack([rows["arrival"][of_a], again[of_a]])
    for attempt in range(3):
        asked = moments[:, attempt] < 30 * 24 * HOUR - HOUR
        went_on = moments[asked, attempt + 1] < NEVER
        assert went_on.mean() == pytest.approx(0.7, abs=4.5 / np.sqrt(asked.sum()))
        delays = (moments[asked, attempt + 1] - moments[asked, attempt])[went_on]
        assert delays.mean() == pytest.approx(MINUTE, rel=0.02)
    assert again.shape[1] == 3


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_who_would_try_again_after_the_end_is_not_lost(engine):
    made = redialling(
        TRYING | {"delay": {"distribution": "deterministic", "mean": "2 h"}, "probability": 1, "attempts": 2}
    )
    calls = capsim.simulate(made, engine=engine, replications=1, keep_calls=True).calls
    end = np.datetime64("2026-11-06T00:00", "ns")
    arrival, of_a = calls.arrival.dt.tz_localize(None), calls.did == "a"
    assert arrival.max() < end
    blocked = of_a & calls.tier.isna() & (calls.attempt == 1)
    late = arrival >= end - np.timedelta64(2, "h")
    assert (blocked & late).sum() > 10
    assert not calls.lost[blocked].any()
    second = of_a & (calls.attempt == 2) & calls.tier.isna()
    began = arrival - np.timedelta64(2, "h") >= np.datetime64("2026-11-02T00:00", "ns")
    assert calls.lost[second & began].all()
    assert not calls.lost[second & ~began].any(), "their calls are those of the warm-up"


def test_calls_lost_are_those_that_began_in_the_horizon_and_in_the_group_where_they_began():
    redial = {"probability": 1, "delay": {"distribution": "deterministic", "mean": "6 h"}, "attempts": 2}
    traffic = {"erlangs": 2, "holding": MINUTES, "redial": redial}
    groups = {"first": {"pool": "few", "shared": 1}, "second": {"pool": "few", "shared": 1}}
    changes = [{"at": "12 h", "join": {"did": "a", "group": "second"}}]
    made = capsim.Scenario(
        start="2026-11-02",
        duration="1 day",
        warm_up="6 h",
        replications=1,
        pools={"few": {"channels": 2, "flat_rate": {"monthly": 1}}},
        groups=groups,
        dids={"a": {"country": "GB", "group": "first", "included": 0, "traffic": traffic}},
        changes=changes,
    )
    found = capsim.simulate(made, keep_calls=True)
    calls = found.calls
    hour = (calls.arrival.dt.tz_localize(None) - np.datetime64("2026-11-02")) / np.timedelta64(1, "h")
    began = hour - 6 * (calls.attempt == 2)
    assert found.totals["mean"].lost == (calls.lost & (began >= 0)).sum()
    assert found.groups.loc["first", "lost"] == (calls.lost & (began >= 0) & (began < 12)).sum()
    assert found.groups.loc["first", "first_attempts"] == ((calls.attempt == 1) & (began < 12)).sum()
    assert found.groups.loc["second", "lost"] == (calls.lost & (began >= 12)).sum()
    assert found.totals["mean"].loss <= 1


def test_attempts_are_first_attempts_and_those_made_again_and_calls_are_carried_or_lost(found):
    calls, totals = found.calls, found.totals["mean"]
    assert totals.offered * 3 == len(calls)
    assert totals.first_attempts * 3 == (calls.attempt == 1).sum()
    assert totals.lost * 3 == calls.lost.sum()
    assert totals.loss == pytest.approx(totals.lost / totals.first_attempts)
    assert calls.attempt.max() == 4
    assert not calls.lost[calls.cause.isna()].any()
    again = len(calls) - (calls.attempt == 1).sum()
    blocked = calls.tier.isna().sum()
    assert blocked - calls.lost.sum() == pytest.approx(again, abs=15), "but for those of the warm-up, and at the end"
    assert found.dids.loc["a", "first_attempts"] < found.dids.loc["a", "offered"]
    assert found.dids.loc["b", "first_attempts"] == found.dids.loc["b", "offered"]


def test_an_attempt_comes_so_long_after_the_one_that_was_blocked():
    made = redialling(TRYING | {"delay": "90 s", "probability": 1})
    calls = capsim.simulate(made, replications=1, keep_calls=True).calls
    of_a = calls[calls.did == "a"]
    blocked = set(of_a[of_a.tier.isna() & ~of_a.lost].arrival)
    for row in of_a[of_a.attempt > 1].iloc[20:60].itertuples():
        assert row.arrival - np.timedelta64(90 * SECOND, "us") in blocked


@pytest.mark.no_cover
@pytest.mark.slow
def test_both_engines_give_the_same_results(found):
    simpy = capsim.simulate(redialling(TRYING), engine="simpy", keep_calls=True, watch=True)
    assert simpy.to_dict() | {"engine": "compiled"} == found.to_dict()
    assert simpy.calls.equals(found.calls)
    assert simpy.exceeded.equals(found.exceeded)
    assert simpy.spells.equals(found.spells)
    assert simpy.usage.equals(found.usage)


def test_where_nobody_tries_again_there_is_nothing_of_attempts_in_the_results():
    plain = capsim.simulate(redialling(), keep_calls=True)
    assert "lost" not in plain.totals.index
    assert "attempt" not in plain.calls
    never = capsim.simulate(redialling(TRYING | {"probability": 0})).totals["mean"]
    assert never.drop(["first_attempts", "lost", "loss"]).equals(plain.totals["mean"])
    assert never.lost == never.blocked


def test_redials_raise_the_blocking_of_attempts_and_lower_the_loss_of_calls(found):
    plain = capsim.simulate(redialling()).totals["mean"]
    totals = found.totals["mean"]
    assert totals.blocking > plain.blocking
    assert totals.loss < plain.blocking


@pytest.mark.parametrize(
    ("redial", "path", "words"),
    [
        ({"probability": 1.5, "delay": "1 min"}, "probability", "from 0 to 1"),
        ({"probability": 0.5}, "delay", "is missing"),
        ({"probability": 0.5, "delay": 5}, "delay", "a bare number has no unit"),
        ({"probability": 0.5, "delay": "1 min", "attempts": 1}, "attempts", "at least 2"),
        ({"probability": 0.5, "delay": "1 min", "attempts": 11}, "attempts", "at most 10"),
    ],
)
def test_what_cannot_be_is_an_error(redial, path, words):
    with pytest.raises(capsim.ScenarioError) as caught:
        redialling(redial)
    (problem,) = caught.value.problems
    assert problem.path == f"dids.a.traffic.redial.{path}"
    assert words in problem.message
