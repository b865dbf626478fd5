"""R14: calls ring, are answered or not, and hold a channel all the while; what is billed begins with the answer."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import capsim
from capsim.traffic import build_streams, draw
from capsim.units import SECOND
from tests.reference.scenarios import spring

HOLDING = {"distribution": "exponential", "mean": "3 min"}
RINGS = {
    "a length": "15 s",
    "exponential": {"distribution": "exponential", "mean": "15 s"},
    "lognormal": {"distribution": "lognormal", "mean": "15 s", "cv": 0.8},
    "gamma": {"distribution": "gamma", "mean": "15 s", "cv": 0.5},
    "hyperexponential": {"distribution": "hyperexponential", "mean": "15 s", "cv": 1.5},
    "empirical": {"distribution": "empirical", "values": ["5 s", "10 s", "30 s"], "weights": [1, 1, 1]},
}
CVS = {"a length": 0, "exponential": 1, "lognormal": 0.8, "gamma": 0.5, "hyperexponential": 1.5}


def traffic(rate=60, **more):
    return {"calls_per_hour": rate, "holding": HOLDING, **more}


def kinds(*traffics, **keys):
    """Two days in spring of one DID for each kind of traffic, with two channels each."""
    dids = {f"d{row}": {"traffic": one} for row, one in enumerate(traffics)}
    return spring(dids, **{"duration": "2 days", **keys})


def drawn(of, did=0, **options):
    """Arrival, ring, holding and answered of the calls of one DID."""
    tables = list(draw(build_streams(of), 1, 0, **options))
    rows = [table.did == did for table in tables]
    columns = ("arrival", "ring", "holding", "answered")
    return [
        np.concatenate([getattr(table, name)[row] for table, row in zip(tables, rows, strict=True)]) for name in columns
    ]


# -- draws -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ring", RINGS.values(), ids=RINGS)
@pytest.mark.parametrize("answered", [1, 0.85])
def test_ringing_moves_no_arrival_and_no_holding_time(ring, answered):
    plain, ringing = drawn(kinds(traffic())), drawn(kinds(traffic(ring=ring, answered=answered)))
    assert (plain[0] == ringing[0]).all()
    taken = ringing[3]
    assert (plain[2][taken] == ringing[2][taken]).all()
    assert (ringing[2][~taken] == 0).all(), "an unanswered call has no holding time"
    assert plain[3].all()
    assert not plain[1].any()
    assert taken.all() == (answered == 1)


def test_another_share_answers_the_same_calls_first():
    few, many = (drawn(kinds(traffic(ring="10 s", answered=share)))[3] for share in (0.5, 0.8))
    assert (few <= many).all()
    assert few.sum() < many.sum()


def test_another_dids_ring_moves_nothing():
    alone, beside = kinds(traffic()), kinds(traffic(), traffic(ring="20 s", answered=0.5))
    for one, other in zip(drawn(alone), drawn(beside), strict=True):
        assert (one == other).all()


def test_windows_do_not_matter_to_ringing():
    of = kinds(traffic(ring=RINGS["hyperexponential"], answered="70%"), traffic(5), warm_up="1 h")
    for one, other in zip(drawn(of), drawn(of, calls_per_window=50), strict=True):
        assert (one == other).all()


@pytest.mark.parametrize("ring", RINGS)
def test_rings_have_their_mean_and_cv_and_are_unrelated_to_holding_and_arrival(ring):
    arrival, rings, holding, answered = drawn(kinds(traffic(4000, ring=RINGS[ring]), duration="10 days"))
    n, mean = len(rings), 15 * SECOND
    cv = CVS.get(ring, math.sqrt((25 + 100 + 900) / 3 - 225) / 15)
    assert rings.mean() == pytest.approx(mean, abs=4 * cv * mean / math.sqrt(n))
    assert rings.std() / mean == pytest.approx(cv, rel=0.03, abs=1e-9)
    assert answered.all()
    if cv:
        for other in (holding, np.diff(arrival, append=arrival[-1])):
            assert abs(np.corrcoef(rings, other)[0, 1]) < 4.5 / math.sqrt(n)


@pytest.mark.parametrize(("share", "as_number"), [("85%", 0.85), (0.85, 0.85), ("12.5 %", 0.125), (1, 1), ("0%", 0)])
def test_the_share_of_answered_calls_is_the_one_given(share, as_number):
    of = kinds(traffic(4000, ring=RINGS["exponential"], answered=share), duration="10 days")
    arrival, ring, _, answered = drawn(of)
    n = len(answered)
    assert of.dids["d0"].traffic.answered == as_number
    assert answered.mean() == pytest.approx(as_number, abs=4 * math.sqrt(as_number * (1 - as_number) / n))
    if 0 < as_number < 1:
        for other in (ring, np.diff(arrival, append=arrival[-1]), np.roll(answered, 1)):
            assert abs(np.corrcoef(answered, other)[0, 1]) < 4.5 / math.sqrt(n)


def test_a_percentage_and_a_share_are_the_same_traffic():
    one, other = (drawn(kinds(traffic(ring="10 s", answered=share))) for share in ("85%", 0.85))
    assert all((a == b).all() for a, b in zip(one, other, strict=True))


def test_input_erlangs_leave_ringing_out():
    load = {"erlangs": 2.0, "holding": HOLDING}
    plain, ringing = kinds(load), kinds(load | {"ring": "1 min", "answered": "50%"})
    assert ringing.dids["d0"].traffic.rate_per_hour == plain.dids["d0"].traffic.rate_per_hour == 40
    assert (drawn(plain)[0] == drawn(ringing)[0]).all()
    assert ringing.dids["d0"].traffic.busy_time == pytest.approx((60 + 90) * SECOND)


# -- what becomes of them ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ringing():
    """A metered group, calls of which some are not answered, and some find no channel."""
    return capsim.Scenario(
        start="2026-03-27",
        duration="2 days",
        replications=3,
        pools={"standard": {"metered": {"rate": 0.60}, "flat_rate": {"monthly": 10}}},
        groups={"g": {"pool": "standard", "shared": 1, "metered": 2}},
        dids={
            "a": {"country": "GB", "group": "g", "traffic": traffic(90, ring=RINGS["lognormal"], answered="75%")},
            "b": {"country": "GB", "group": "g", "mode": "DID+0", "traffic": traffic(30, ring="20 s", answered=0.5)},
            "c": {"country": "GB", "traffic": traffic(20)},
        },
    )


@pytest.fixture(scope="module")
def found(ringing):
    return capsim.simulate(ringing, keep_calls=True)


def seconds(times: pd.Series) -> pd.Series:
    return times.dt.total_seconds()


def test_an_unanswered_call_holds_its_channel_while_it_rings(found):
    calls = found.calls
    unanswered = calls[calls.tier.notna() & calls.answer.isna()]
    assert len(unanswered) > 500
    held = seconds(unanswered.end - unanswered.arrival)
    assert (held[unanswered.did == "b"] == 20).all(), "as long as it rings, to the microsecond"
    assert (held > 0).all()
    assert unanswered.cause.isna().all(), "it was carried"
    one = unanswered[(unanswered.did == "b") & (unanswered.tier == "metered")].iloc[0]
    others = calls[(calls.replication == one.replication) & (calls.tier == "metered") & (calls.channel == one.channel)]
    at_once = others[(others.arrival < one.end) & (others.end > one.arrival)]
    assert len(at_once) == 1, "nobody else has its channel meanwhile"


def test_holding_begins_at_the_answer(ringing, found):
    calls = found.calls
    of_b = calls[(calls.did == "b") & calls.answer.notna()]
    assert len(of_b) > 500
    assert (seconds(of_b.answer - of_b.arrival) == 20).all()
    of_c = calls[(calls.did == "c") & calls.tier.notna()]
    assert (of_c.answer == of_c.arrival).all(), "no ring: answered at once"
    arrival, _, holding, answered = drawn(ringing.override({"seed": 1}), did=1)
    first = calls[(calls.did == "b") & (calls.replication == 0)].reset_index(drop=True)
    assert len(first) == len(arrival)
    talked = first.answer.notna().to_numpy()
    assert (answered[talked]).all()
    assert ((first.end - first.answer)[talked] == pd.to_timedelta(holding[talked], unit="us")).all()


def test_asr_and_acd_are_those_of_the_calls(found):
    calls, totals = found.calls, found.totals["mean"]
    answered = calls[calls.answer.notna()]
    assert totals.asr == pytest.approx(len(answered) / len(calls))
    assert totals.asr < totals.carried / totals.offered
    assert totals.acd_seconds == pytest.approx(seconds(answered.end - answered.answer).mean())
    assert totals.acd_seconds == pytest.approx(180, rel=0.05), "ringing is no part of it"
    assert totals.carried == pytest.approx(calls.tier.notna().sum() / 3)


def test_ringing_is_busy_time_and_not_minutes(found):
    calls = found.calls
    end = pd.Timestamp(found.scenario.horizon.end).tz_convert("UTC")
    carried = calls[calls.tier.notna()]
    inside = seconds(carried.end.dt.tz_convert("UTC").clip(upper=end) - carried.arrival.dt.tz_convert("UTC"))
    talk = seconds(carried.end - carried.answer).fillna(0)
    for tier in ("included", "shared", "metered"):
        of_tier = carried.tier == tier
        assert found.tiers.erlangs[tier] == pytest.approx(inside[of_tier].sum() / 3 / (48 * 3600))
        assert found.tiers.minutes[tier] == pytest.approx(talk[of_tier].sum() / 3 / 60)
        assert found.tiers.minutes[tier] < found.tiers.erlangs[tier] * 48 * 60
    of_group = carried[carried.tier == "metered"]
    assert found.groups.metered_minutes["g"] == pytest.approx(talk[of_group.index].sum() / 3 / 60)


def test_only_talk_is_billed(found):
    calls = found.calls
    for number in range(3):
        metered = calls[(calls.tier == "metered") & (calls.replication == number)]
        talk = seconds(metered.end - metered.answer).dropna()
        assert len(talk) < len(metered)
        minutes = np.maximum(np.ceil(talk / 60), 1)
        (item,) = (one for one in found.invoices[number] if one.kind == "metered")
        assert item.quantity == int(minutes.sum())
        assert float(item.amount) == pytest.approx(0.60 * minutes.sum())
        assert f"{len(talk):,} answered" in item.what


def test_where_nobody_answers_channels_are_busy_and_nothing_is_billed(ringing):
    nobody = ringing.override({"dids.*.traffic.answered": 0, "dids.c.traffic.ring": "1 min", "replications": 2})
    figures = capsim.simulate(nobody).to_dict()
    assert figures["totals"]["asr"]["mean"] == 0
    assert figures["totals"]["acd_seconds"]["mean"] is None
    assert figures["totals"]["erlangs"]["mean"] > 0.5
    assert figures["totals"]["carried"]["mean"] > 0
    assert figures["cost"]["metered"]["mean"] == 0
    assert figures["tiers"]["metered"]["billed_minutes"]["mean"] == 0
    assert {tier["minutes"]["mean"] for tier in figures["tiers"].values()} == {0}


def test_both_engines_agree_on_ringing(ringing, found):
    document = capsim.simulate(ringing, engine="simpy", keep_calls=True)
    assert document.calls.equals(found.calls)
    assert document.to_dict() | {"engine": ""} == found.to_dict() | {"engine": ""}


def test_a_call_that_rings_at_the_end_of_the_horizon_is_counted_and_billed_in_full():
    of = capsim.Scenario(
        start="2026-03-27",
        duration="1 h",
        replications=1,
        pools={"standard": {"metered": {"rate": 1}}},
        groups={"g": {"pool": "standard", "metered": 500}},
        dids={
            "a": {
                "country": "GB",
                "mode": "DID+0",
                "group": "g",
                "traffic": {
                    "calls_per_hour": 60,
                    "holding": {"distribution": "deterministic", "mean": "90 s"},
                    "ring": "2 h",
                },
            }
        },
    )
    result = capsim.simulate(of, keep_calls=True)
    count = len(result.calls)
    assert (result.calls.answer > pd.Timestamp(of.horizon.end)).all()
    assert result.totals["mean"].asr == 1
    assert result.cost["mean"].metered == pytest.approx(2 * count)


# -- in a scenario -----------------------------------------------------------------------------------------

TEXT = """\
start: 2026-03-27
duration: 1 h
dids:
  london:
    traffic:
      calls_per_hour: 10
      holding: {{distribution: exponential, mean: 3 min}}
      {line}
"""


@pytest.mark.parametrize(
    ("line", "path", "column", "message"),
    [
        ("ring: lots", "ring.mean", 13, "lots"),
        ("ring: -5 s", "ring.mean", 13, "-5 s"),
        ("ring: 721 h", "ring", 13, "at most 720 h"),
        ("ring: 2 days", "ring.mean", 13, "s, min, h"),
        ("ring: {distribution: exponential, mean: 0 s}", "ring", 7, "longer than 0 s"),
        ("ring: {distribution: exponential, mean: 15}", "ring.mean", 47, "bare number"),
        ("ring: {distribution: exponental, mean: 5 s}", "ring.distribution", 28, "exponential"),
        ("ring: {distribution: gamma, mean: 5 s}", "ring.cv", 7, "missing"),
        ("ring: {mean: 5 s}", "ring", 7, "needs a distribution"),
        ("answered: -0.1", "answered", 17, "from 0 to 1"),
        ("answered: -5%", "answered", 17, "must be a share from 0 to 1"),
        ("answered: 1.2", "answered", 17, "from 0 to 1"),
        ("answered: 120%", "answered", 17, "must be a share from 0 to 1"),
        ("answered: 85", "answered", 17, "from 0 to 1"),
        ("answered: lots", "answered", 17, "must be a share from 0 to 1"),
        ("answered: '0.85'", "answered", 17, "must be a share from 0 to 1"),
        ("answered: true", "answered", 17, "number"),
    ],
)
def test_a_wrong_ring_or_share_is_an_error_at_its_place_that_cites_r14(tmp_path, line, path, column, message):
    file = tmp_path / "s.yaml"
    file.write_text(TEXT.format(line=line), "utf-8")
    with pytest.raises(capsim.ScenarioError) as caught:
        capsim.load(file)
    (problem,) = caught.value.problems
    at = (problem.line, problem.column, problem.path)
    in_ring = path == "ring.mean" and "{" not in line  # a length alone: `mean` is no key that was written
    assert at == (8, column, f"dids.london.traffic.{path}") or (
        in_ring and at == (8, column, "dids.london.traffic.ring")
    )
    assert message in problem.message
    assert problem.rule == "R14"


@pytest.mark.parametrize("value", ["15", "true", "[5 s]"])
def test_a_ring_that_is_no_length_says_that_a_length_has_a_unit(tmp_path, value):
    file = tmp_path / "s.yaml"
    file.write_text(TEXT.format(line=f"ring: {value}"), "utf-8")
    with pytest.raises(capsim.ScenarioError, match=r"traffic\.ring: .*such as .*90 s.*R14"):
        capsim.load(file)


@pytest.mark.parametrize("line", ["ring: null", "answered: null", "answered: .nan", "answered: .inf"])
def test_what_is_no_value_is_an_error_at_its_place(tmp_path, line):
    file = tmp_path / "s.yaml"
    file.write_text(TEXT.format(line=line), "utf-8")
    with pytest.raises(capsim.ScenarioError, match=rf"s\.yaml:8:\d+: dids\.london\.traffic\.{line.split(':')[0]}: "):
        capsim.load(file)


@pytest.mark.parametrize("value", ["lots", "-5 s"])
def test_the_path_of_a_wrong_length_is_one_that_is_written(tmp_path, value):
    file = tmp_path / "s.yaml"
    file.write_text(TEXT.format(line=f"ring: {value}"), "utf-8")
    with pytest.raises(capsim.ScenarioError, match=r"traffic\.ring: "):
        capsim.load(file)


@pytest.mark.parametrize("ring", ["0 s", "0.5 s", "90 s", "2 min", "720 h"])
def test_a_length_is_a_ring_of_that_length_for_every_call(ring):
    of = kinds(traffic(ring=ring))
    assert of.dids["d0"].traffic.ring.mean_microseconds == of.dids["d0"].traffic.ring.mean.microseconds
    assert (drawn(of)[1] == of.dids["d0"].traffic.ring.mean.microseconds).all()


def test_ring_and_answered_can_be_overridden():
    of = kinds(traffic()).override({"dids.d0.traffic.ring": "10 s", "dids.*.traffic.answered": "90%"})
    assert of.dids["d0"].traffic.busy_time == pytest.approx((10 + 0.9 * 180) * SECOND)
    with pytest.raises(capsim.ScenarioError, match=r"dids\.d0\.traffic\.answered.*R14"):
        of.override({"dids.d0.traffic.answered": "190%"})
