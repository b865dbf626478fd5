"""From call records to a scenario's traffic: what was put in comes out, and what cannot be known is not made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import capsim
from capsim.cli import execute
from capsim.scenario.language.document import read_document
from capsim.studies.fit.counts import count_records
from capsim.studies.fit.days import check_days, fit_days
from capsim.studies.fit.lengths import fit_lengths
from capsim.studies.fit.words import of_days
from capsim.units import SECOND

pytestmark = pytest.mark.slow

HOURS = {"8-12": 1.0, "12-13": 0.5, "13-17": 0.8}
PROFILE = {"weekday": HOURS, "Saturday": {"9-13": 0.3}}


@pytest.fixture(scope="module")
def office():
    """Twelve weeks of an office with plenty of channels, in call records."""
    holding = {"distribution": "lognormal", "mean": "4 min", "cv": 1.2}
    traffic = {
        "calls_per_hour": 60, "holding": holding, "ring": {"distribution": "exponential", "mean": "9 s"},
        "answered": 0.9, "profile": PROFILE, "day_factor": {"cv": 0.25},
    }  # fmt: skip
    dids = {"front": {"included": 300, "number": "+442079460100", "traffic": traffic}}
    return capsim.Scenario(
        start="2026-01-05", duration="12 weeks", timezone="Europe/London", replications=1, dids=dids
    )  # fmt: skip


@pytest.fixture(scope="module")
def file(office, tmp_path_factory):
    path = tmp_path_factory.mktemp("fit") / "calls.csv"
    capsim.simulate(office, keep_calls=True).write_call_records(path)
    return path


@pytest.fixture(scope="module")
def fitted(file):
    return capsim.fit(file, timezone="Europe/London")


def test_what_was_put_in_comes_out(fitted):
    one = fitted.numbers["+442079460100"]
    assert one.calls_per_hour == pytest.approx(60, rel=0.12)
    assert one.days.cv == pytest.approx(0.25, abs=0.06)
    assert one.answered == pytest.approx(0.9, abs=0.01)
    assert one.holding.spec["distribution"] == "lognormal"
    assert one.holding.mean == pytest.approx(240, rel=0.05)
    assert one.holding.spec["cv"] == pytest.approx(1.2, rel=0.1)
    assert one.ring is not None
    assert one.ring.mean == pytest.approx(9, rel=0.05)


def test_a_day_to_come_varies_more_than_the_days_that_were_for_their_mean_is_not_known_exactly(fitted):
    one = fitted.numbers["+442079460100"]
    sizes = [one.days.counts[one.days.type_of(weekday)] for weekday in range(7)]
    assert sum(one.days.counts) == one.days.dates
    assert one.days.cv_ahead == pytest.approx(one.days.cv * np.sqrt(1 + np.mean(1 / np.array(sizes))))
    assert one.traffic("x")["day_factor"]["cv"] == round(one.days.cv_ahead, 3)


def test_weekdays_that_are_alike_are_put_together_and_others_are_not(fitted):
    days = fitted.numbers["+442079460100"].days
    assert (5,) in days.types
    assert (6,) in days.types
    assert max(len(one) for one in days.types) >= 4, "five days alike, but for chance"
    factors = fitted.numbers["+442079460100"].profile()
    assert "Sunday" not in factors
    assert "weekend" not in factors
    assert factors["Saturday"][8] == 0
    assert factors["Saturday"][9] == pytest.approx(0.3, abs=0.12)


def test_days_left_out_lie_in_the_band_and_a_plain_poisson_model_is_too_sure(fitted):
    check = fitted.numbers["+442079460100"].check
    assert check.hours > 500
    assert 0.86 <= check.inside <= 0.96
    assert check.plain < check.inside - 0.08


def test_the_fit_is_a_scenario_with_the_same_traffic(fitted, office):
    text = fitted.to_yaml()
    made = capsim.Scenario(read_document(text.encode(), "fit.yaml"))
    assert made.horizon.start.date() == date(2026, 3, 30)
    assert made.all_dids[0].entry.number == "+442079460100"
    again = capsim.simulate(made.override({"dids.*.included": 300}), replications=4).totals["mean"]
    first = capsim.simulate(office, replications=4).totals["mean"]
    assert again.offered / 4 == pytest.approx(first.offered / 12, rel=0.08)
    assert again.acd_seconds == pytest.approx(first.acd_seconds, rel=0.05)
    assert again.asr == pytest.approx(first.asr, abs=0.01)
    other = capsim.Scenario(**fitted.to_scenario())
    hours, same = (np.array(one.profile_of(next(iter(one.dids.values()))).hours) for one in (made, other))
    assert hours == pytest.approx(same, abs=1e-5)


def test_it_tells_that_carried_calls_are_not_offered_calls(fitted):
    assert any("no blocked call" in sentence for sentence in fitted.sentences())


# -- days ---------------------------------------------------------------------------------------------------


def month(rng, weeks=8, missing=(), factor=None):
    dates = [date(2026, 1, 5) + timedelta(days=number) for number in range(7 * weeks)]
    hours = np.zeros((len(dates), 24), np.int64)
    for row, day in enumerate(dates):
        if day.weekday() < 5:
            hours[row, 9:17] = rng.poisson(40 * rng.gamma(25, 1 / 25), 8)
        if factor and day in factor:
            hours[row] = (hours[row] * factor[day]).astype(int)
        if day in missing:
            hours[row] = 0
    return dates, hours


def test_days_without_a_call_are_gaps_where_others_of_their_weekday_have_many():
    gaps = (date(2026, 1, 14), date(2026, 2, 3))
    dates, hours = month(np.random.default_rng(1), missing=gaps)
    model = fit_days(dates, hours)
    assert model.missing == gaps, "and no weekend is one"
    assert model.dates == len(dates) - 2
    assert model.means[model.type_of(2)][9:17].mean() == pytest.approx(40, rel=0.1)


def test_days_unlike_their_weekday_are_named():
    odd = {date(2026, 1, 21): 3.5, date(2026, 2, 12): 0.15}
    dates, hours = month(np.random.default_rng(2), factor=odd)
    assert fit_days(dates, hours).abnormal == tuple(odd)


@pytest.mark.parametrize(
    ("growth", "told"), [(0.0, "trusted by the day"), (0.5, "calls rise by"), (-0.3, "calls fall by")]
)
def test_calls_that_rise_or_fall_over_the_records_are_told_of(growth, told, tmp_path):
    holding = {"distribution": "exponential", "mean": "1 min"}
    traffic = {"calls_per_hour": 20, "holding": holding, "growth": growth, "day_factor": {"cv": 0.1}}
    made = capsim.Scenario(
        start="2026-01-05", duration="12 weeks", replications=1, dids={"a": {"included": 50, "traffic": traffic}}
    )
    capsim.simulate(made, keep_calls=True).write_call_records(tmp_path / "calls.csv")
    one = capsim.fit(tmp_path / "calls.csv").numbers["a"]
    assert told in of_days(one)
    assert np.log1p(one.totals.change) == pytest.approx(np.log1p(growth) * 83 / 30.4375, abs=0.25)
    assert one.totals.error < 0.1


def test_days_outside_of_their_band_are_a_reason_not_to_trust_a_model(fitted):
    one = fitted.numbers["+442079460100"]
    assert of_days(one).endswith("it can be trusted by the day.")
    assert one.totals.inside > 0.8
    assert "should not be trusted" in of_days(replace(one, totals=replace(one.totals, inside=0.7)))
    assert "Too few busy days" in of_days(replace(one, totals=replace(one.totals, days=4)))


def test_days_that_vary_by_chance_alone_have_next_to_no_factor():
    rng = np.random.default_rng(3)
    dates = [date(2026, 1, 5) + timedelta(days=number) for number in range(140)]
    hours = rng.poisson(10, (140, 24))
    model = fit_days(dates, hours)
    assert model.cv < 0.04
    assert len(model.types) <= 3
    assert check_days(dates, hours).inside == pytest.approx(0.91, abs=0.03)


# -- lengths --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draw", "kind"),
    [
        (lambda rng: rng.exponential(180, 20_000), "exponential"),
        (lambda rng: rng.gamma(3, 60, 20_000), "gamma"),
        (lambda rng: rng.lognormal(4.5, 0.9, 20_000), "lognormal"),
        (lambda rng: np.where(rng.random(20_000) < 0.9, rng.exponential(100, 20_000), rng.exponential(900, 20_000)),
         "hyperexponential"),
        (lambda rng: np.full(500, 42.0), "deterministic"),
        (lambda rng: np.where(rng.random(20_000) < 0.5, 10.0, rng.normal(300, 5, 20_000)), "empirical"),
    ],
)  # fmt: skip
def test_lengths_have_the_distribution_that_they_were_drawn_from(draw, kind):
    seconds = np.round(draw(np.random.default_rng(4)))
    found = fit_lengths((seconds * SECOND).astype(np.int64))
    assert found.spec["distribution"] == kind
    assert found.mean == pytest.approx(seconds.mean())
    traffic = {"calls_per_hour": 1, "holding": found.spec}
    made = capsim.Scenario(start="2026-01-01", duration="1 h", dids={"a": {"traffic": traffic}})
    assert made.dids["a"].traffic.mean_seconds == pytest.approx(seconds.mean(), rel=0.01)


# -- what cannot be fitted, and the command --------------------------------------------------------------------


def test_what_blocked_callers_do_is_told_where_the_records_have_callers(tmp_path):
    redial = {"probability": 0.7, "delay": {"distribution": "exponential", "mean": "90 s"}, "attempts": 4}
    traffic = {"erlangs": 6, "holding": {"distribution": "exponential", "mean": "3 min"}, "redial": redial}
    made = capsim.Scenario(
        start="2026-11-02", duration="4 weeks", replications=1, dids={"a": {"included": 5, "traffic": traffic}}
    )
    path = tmp_path / "calls.csv"
    result = capsim.simulate(made, keep_calls=True)
    result.write_call_records(path)
    one = capsim.fit(path).numbers["a"]
    found, calls = one.counted.redialling, result.calls
    assert found is not None
    first = calls[calls.attempt == 1]
    assert found.blocked == pytest.approx(first.tier.isna().sum(), abs=10)
    assert found.redials == pytest.approx((calls.attempt > 1).sum(), abs=10)
    assert found.again / found.blocked == pytest.approx(0.7, abs=4 * np.sqrt(0.21 / found.blocked))
    assert found.delay == pytest.approx(90, rel=0.05)
    assert found.spec["attempts"] == 4
    (sentence,) = [sentence for sentence in one.sentences() if "tried again" in sentence]
    assert "redial: {probability: 0.7" in sentence
    assert one.calls_per_hour * (1 - found.redials / one.counted.calls) == pytest.approx(120, rel=0.06)


def test_nothing_is_told_of_blocked_callers_who_are_not_known(tmp_path):
    path = tmp_path / "calls.csv"
    times = [datetime(2026, 11, 2, 9) + timedelta(days=day, minutes=call) for day in range(14) for call in range(20)]
    rows = "".join(
        f"{at},30,5,{'anonymous' if at.minute % 2 else ''},{'blocked' if at.minute % 3 else 'answered'}\n"
        for at in times
    )
    path.write_text(f"start,talk,number,caller,status\n{rows}", "utf-8")
    one = capsim.fit(path).numbers["5"]
    assert one.counted.blocked > 100
    assert one.counted.redialling is None
    assert any("don't say who called" in sentence for sentence in one.sentences())


def test_hours_are_those_of_the_clock_on_the_wall_also_when_it_changes(tmp_path):
    """In London, 25 October 2026 has the hour from 1 to 2 twice; 28 March 2027 leaves it out."""
    path = tmp_path / "calls.csv"
    calls = [datetime(2026, 10, 25) + timedelta(minutes=30 * half) for half in range(48)]
    calls += [datetime(2027, 3, 28) + timedelta(minutes=30 * half) for half in range(46)]
    path.write_text("start,talk,number\n" + "".join(f"{at.isoformat()}Z,60,1\n" for at in calls), "utf-8")
    (one,) = count_records(path, None, None, "Europe/London").numbers
    hours = dict(zip(one.dates, one.hours.tolist(), strict=True))
    assert hours[date(2026, 10, 25)] == [0, 4] + 22 * [2]
    assert hours[date(2027, 3, 28)] == [2, 0] + 22 * [2]


def test_too_little_is_refused_with_the_reason(tmp_path):
    path = tmp_path / "few.csv"
    rows = [f"{datetime(2026, 1, 5) + timedelta(hours=number)},60,a" for number in range(30)]
    path.write_text("start,talk,number\n" + "\n".join(rows) + "\n")
    with pytest.raises(capsim.CapsimError, match="too little to fit"):
        capsim.fit(path)


def test_the_command_writes_a_scenario_and_tells_how_far_to_trust_it(file, tmp_path, capsys):
    out = tmp_path / "fitted.yaml"
    assert execute(["fit", str(file), "--timezone", "Europe/London", "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert "in the 90% band" in told.err
    assert told.out == ""
    assert execute(["validate", str(out)]) == 0
    assert execute(["fit", str(file), "-q"]) == 0
    assert capsys.readouterr().out.count("profile") >= 2
    assert execute(["fit", str(tmp_path), "-q"]) == 2
    assert execute(["fit", str(file), "--out", str(tmp_path)]) == 2


BANK = Path(__file__).parents[4] / "shared" / "data" / "anonymous_bank_1999-01.csv"


@pytest.mark.skipif(not BANK.exists(), reason="NOT RUN: the bank's records lie beside the project, and are not here")
def test_the_banks_days_lie_in_the_bands_of_the_others():
    """Hourly arrivals of open hours, all services together: within 85 to 95% of the 90% bands."""
    columns = {"start": "start", "duration": "trunk_s", "number": "service"}
    found = capsim.fit(BANK, columns=columns, timezone="Asia/Jerusalem")
    for one in found.numbers.values():
        if one.counted.calls > 300:
            assert date(1999, 1, 11) in one.days.missing
            assert date(1999, 1, 12) in one.days.missing
    hours = sum(one.counted.hours for one in found.numbers.values())
    dates = found.numbers["PS"].counted.dates
    check = check_days(dates, hours)
    assert 0.85 <= check.inside <= 0.95
    assert check.plain < 0.65
