"""Running until a precision is reached: the look-ahead rule, and what is said beforehand."""

from __future__ import annotations

import pytest

import capsim
from capsim.simulation.replication import CompiledScenario
from capsim.studies.run.precision import Precision, look_ahead
from tests.reference.scenarios import one_number


def test_the_interval_is_as_narrow_as_was_asked():
    result = capsim.simulate(one_number(), precision=0.05)
    blocking = result.samples.totals["blocking"].one()
    assert blocking.half_width <= 0.05 * blocking.mean
    assert result.replications > 10
    assert not result.interrupted


def test_it_is_the_same_run_as_with_so_many_replications():
    result = capsim.simulate(one_number(), precision=0.1)
    again = capsim.simulate(one_number(), replications=result.replications)
    assert result.to_frame().equals(again.to_frame())
    assert capsim.simulate(one_number(), precision=0.1, n_jobs=2).to_frame().equals(again.to_frame())


def test_the_cost_may_be_what_is_to_be_known():
    groups = {"g": {"pool": "p", "metered": 5}}
    pools = {"p": {"coverage": ["GB"], "metered": {"rate": "0.01"}}}
    scenario = one_number(pools=pools, groups=groups).override(
        {"dids.a.included": 0, "dids.a.country": "GB", "dids.a.group": "g"}
    )
    result = capsim.simulate(scenario, precision=0.01, precision_of="cost")
    cost = result.cost_estimates["monthly"]
    assert cost.half_width <= 0.01 * cost.mean


def test_a_cost_that_never_varies_is_known_at_once():
    scenario = one_number().override({"dids.a.fees.monthly": "3"})
    assert capsim.simulate(scenario, precision=0.01, precision_of="cost").replications <= 16


def test_where_nothing_is_blocked_there_is_an_upper_bound():
    told = []
    result = capsim.simulate(one_number(channels=40), precision=0.05, announce=told.append)
    blocking = result.samples.totals["blocking"].one()
    assert (blocking.mean, blocking.low) == (0, 0)
    assert 0 < blocking.high < 0.01
    assert "no call was blocked" in told[-1]


def test_it_is_said_beforehand_about_how_long_it_takes():
    told = []
    capsim.simulate(one_number(), precision=0.03, announce=told.append)
    assert told
    assert "replications in all" in told[0]


def test_the_precision_has_to_hold_for_some_replications_more():
    precision = Precision(0.1, "blocking", CompiledScenario.of(one_number()))
    reached = [False] * 11 + [True] * 3 + [False] + [True] * 8
    for last in range(len(reached)):
        precision.reached = reached[: last + 1]
        held = last - 15 if last >= 15 else -1
        assert (precision.enough() is not None) == (held >= look_ahead(16)), last
    assert look_ahead(20) == 5
    assert look_ahead(400) == 20


def test_ten_replications_are_the_least():
    precision = Precision(0.1, "blocking", CompiledScenario.of(one_number()))
    precision.reached = [True] * 14
    assert precision.enough() is None
    precision.reached = [True] * 15
    assert precision.enough() == 15


@pytest.mark.parametrize(
    ("options", "words"),
    [({"precision": 0}, "precision: must be a share"), ({"precision": 2}, "precision"),
     ({"precision": 0.1, "precision_of": "calls"}, "precision_of: must be blocking or cost")],
)  # fmt: skip
def test_what_is_no_precision_is_an_error(options, words):
    with pytest.raises(capsim.InputError, match=words):
        capsim.simulate(one_number(), **options)


def test_the_command_says_how_many_replications_it_takes(cli, tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(one_number().to_yaml(), "utf-8")
    said = cli("run", file, "--precision", "10%")
    assert said.status == 0
    assert "replications in all" in said.err
    assert cli("run", file, "--precision", "10%", "--precision-of", "calls").status == 2
