"""Calls from call records: as they were, on other dates, more or fewer, or whole days drawn anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

import capsim
from capsim.traffic import build_traffic
from capsim.units import HOUR, MINUTE, SECOND
from tests.reference.scenarios import numbers

HEAD = "start,ring,talk,number,status\n"


def row(start, number="+442079460100", ring=5, talk=60, status="answered"):
    return f"{start},{ring},{talk},{number},{status}\n"


def a_month():
    """Ten calls each weekday from 2 November to 1 December, at 09:00, 09:10, ...; talks differ by the date."""
    dates = [datetime(2026, 11, 2) + timedelta(days=day) for day in range(30)]
    rows = [
        row(date + timedelta(hours=9, minutes=10 * call), talk=60 + day, number="00442079460100")
        for day, date in enumerate(dates)
        if date.weekday() < 5
        for call in range(10)
    ]
    return HEAD + "".join(rows)


@pytest.fixture
def replayed(tmp_path):
    def make(text, **keys):
        (tmp_path / "calls.csv").write_text(text, "utf-8")
        replay = {"calls": str(tmp_path / "calls.csv")} | keys.pop("replay", {})
        dids = {"a": {"number": "+442079460100", "included": 3}, "b": {"number": "+442079460200", "included": 1}}
        usual = {"duration": "4 weeks", "timezone": "Europe/London", "dids": dids, "replay": replay}
        return numbers(**{**usual, **keys})

    return make


def drawn(made, replication=0, cuts=()):
    tables = list(build_traffic(made).tables(made.seed, replication, cuts))
    assert tables[0].begin == -made.horizon.warm_up_microseconds
    assert tables[-1].end == made.horizon.microseconds
    assert all(one.end == other.begin for one, other in zip(tables, tables[1:], strict=False))
    columns = ("did", "arrival", "ring", "holding", "answered")
    return {name: np.concatenate([getattr(table, name) for table in tables]) for name in columns}


def test_calls_come_as_they_were(replayed):
    text = HEAD + row("2026-11-02 08:00:00") + row("2026-11-02 08:00:10", "+442079460200", 12, 0, "no answer")
    found = drawn(replayed(text))
    assert found["did"].tolist() == [0, 1]
    assert found["arrival"].tolist() == [8 * HOUR, 8 * HOUR + 10 * SECOND]
    assert found["ring"].tolist() == [5 * SECOND, 12 * SECOND]
    assert found["holding"].tolist() == [60 * SECOND, 0]
    assert found["answered"].tolist() == [True, False]


def test_numbers_match_by_their_digits_and_names_as_they_are(replayed):
    assert len(drawn(replayed(a_month()))["did"]) == 200
    text = HEAD + row("2026-11-02 08:00:00", "a") + row("2026-11-02 08:00:00", "b")
    assert drawn(replayed(text, replay={"match": "name"}))["did"].tolist() == [0, 1]


def test_calls_outside_of_the_horizon_are_not_there_and_those_of_the_warm_up_are(replayed):
    text = HEAD + row("2026-11-01 23:30:00") + row("2026-11-01 20:00:00") + row("2026-11-30 00:00:00")
    assert drawn(replayed(text, warm_up="1 h"))["arrival"].tolist() == [-HOUR // 2]


def test_a_date_of_the_records_may_fall_on_the_start_and_the_clock_on_the_wall_stays(replayed):
    """From winter to summer: 09:00 in London is 09:00 UTC, and then 08:00."""
    made = replayed(a_month(), start="2026-06-01", replay={"from": "2026-11-02"})
    local = [made.horizon.local(int(at)) for at in drawn(made)["arrival"]]
    assert {moment.hour for moment in local} == {9, 10}
    assert local[0].isoformat() == "2026-06-01T09:00:00+01:00"
    assert len(local) == 200


def test_a_recorded_day_keeps_its_hours_on_dates_on_which_the_clocks_change(replayed):
    """25 October 2026 has the hour from 1 to 2 twice in London, and 28 March 2027 leaves it out."""
    text = HEAD + "".join(row(f"2026-11-01 {hour:02}:30:00") for hour in range(24))
    back = replayed(text, start="2026-10-25", duration="1 day", replay={"from": "2026-11-01"})
    local = [back.horizon.local(int(at)) for at in drawn(back)["arrival"]]
    assert [(moment.hour, moment.minute) for moment in local] == [(hour, 30) for hour in range(24)]
    forward = replayed(text, start="2027-03-28", duration="1 day", replay={"from": "2026-11-01"})
    local = [forward.horizon.local(int(at)) for at in drawn(forward)["arrival"]]
    assert [moment.hour for moment in local] == [0, 2, 2, *range(3, 24)]
    twice = HEAD + "".join(row(f"2026-10-25T{hour:02}:30:00Z") for hour in range(23))
    short = replayed(twice, start="2027-03-28", duration="1 day", replay={"from": "2026-10-25"})
    local = [short.horizon.local(int(at)) for at in drawn(short)["arrival"]]
    assert [moment.hour for moment in local] == [2, 2, *range(2, 23)], "01:30 twice, and then 02:30"


def test_calls_that_come_again_stay_on_their_date(replayed):
    text = HEAD + "".join(row(f"2026-11-0{day} {time}") for day in (2, 3) for time in ("00:00:30", "23:59:30"))
    made = replayed(text, duration="2 days", replay={"scale": 100})
    found = drawn(made)["arrival"] / HOUR
    assert len(found) == 400
    assert [
        np.sum((found >= low) & (found <= high)) for low, high in ((0, 0.5), (23.5, 24), (24, 24.5), (47.5, 48))
    ] == [100] * 4
    assert len(np.unique(found)) > 390, "spread over a quarter of an hour, not piled up at midnight"


def test_dates_on_which_no_call_comes_are_noted(replayed):
    (note,) = build_traffic(replayed(a_month())).notes
    assert "no call comes on 8 of 28 dates; none was recorded on 2026-11-07, 2026-11-08" in note
    (note,) = build_traffic(replayed(a_month(), replay={"days": "drawn anew"})).notes
    assert note.endswith("no call comes on 8 of 28 dates; none was recorded on a Saturday, a Sunday")
    (note,) = build_traffic(replayed(a_month(), start="2026-11-30", duration="3 days")).notes
    assert note.endswith("no call comes on 1 of 3 dates; none was recorded on 2026-12-02")


def test_a_horizon_without_a_recorded_call_is_an_error(replayed):
    with pytest.raises(capsim.InputError, match=r"no call comes in the horizon, 2027-01-01 to 2027-01-28.*2026-11-02"):
        build_traffic(replayed(a_month(), start="2027-01-01"))
    with pytest.raises(capsim.InputError, match="no call comes in the horizon"):
        build_traffic(replayed(a_month(), start="2027-01-02", duration="2 days", replay={"days": "drawn anew"}))


def test_there_is_one_replication_of_calls_as_they_were(replayed):
    result = capsim.simulate(replayed(a_month()), replications=7)
    assert result.replications == 1
    assert not result.interrupted
    assert result.totals.loc["offered", "mean"] == 200


@pytest.mark.slow
def test_days_drawn_anew_have_the_calls_of_a_date_of_their_weekday(replayed):
    made = replayed(a_month(), replay={"days": "drawn anew"})
    seen = set()
    for replication in range(6):
        found = drawn(made, replication)
        assert len(found["arrival"]) == 200, "every weekday has ten calls, and weekends have none"
        for at, length in zip(found["arrival"], found["holding"], strict=True):
            source = datetime(2026, 11, 2) + timedelta(days=int(length // SECOND) - 60)
            target = made.horizon.local(int(at))
            assert source.weekday() == target.weekday()
            seen.add((source.day, target.day))
    assert len(seen) > 40, "they are mixed"
    assert (drawn(made, 2)["holding"] == drawn(made, 2)["holding"]).all()
    assert (drawn(made, 2)["holding"] != drawn(made, 3)["holding"]).any()


def test_a_scale_below_one_leaves_calls_out_and_above_one_lets_them_come_again_soon(replayed):
    plain = drawn(replayed(a_month()))["arrival"]
    fewer = drawn(replayed(a_month(), replay={"scale": 0.5}))["arrival"]
    assert set(fewer) < set(plain)
    assert len(fewer) == pytest.approx(100, abs=35)
    more = drawn(replayed(a_month(), replay={"scale": 2.5}))["arrival"]
    assert len(more) == pytest.approx(500, abs=40)
    assert set(plain) <= set(more)
    nearest = np.abs(more[:, None] - plain[None, :]).min(axis=1)
    assert nearest.max() <= 15 * MINUTE
    twice = replayed(a_month(), replay={"scale": 2})
    assert len(drawn(twice)["arrival"]) == 400
    assert capsim.simulate(twice, replications=3).replications == 3


def test_calls_that_were_blocked_are_calls_that_would_have_been_like_others(replayed):
    blocked = "".join(row(f"2026-11-03 10:00:{second:02}", ring=0, talk=0, status="480") for second in range(40))
    found = drawn(replayed(a_month() + blocked))
    tried = (found["arrival"] >= 24 * HOUR + 10 * HOUR) & (found["arrival"] < 24 * HOUR + 10 * HOUR + 40 * SECOND)
    assert tried.sum() == 40 + 1
    assert set(found["holding"][tried] // SECOND) <= set(range(60, 90))
    assert len(set(found["holding"][tried])) > 5


@pytest.mark.parametrize("cuts", [(), (9 * HOUR, 9 * HOUR + 1, 33 * HOUR)])
def test_no_table_reaches_over_a_cut(replayed, cuts):
    made = replayed(a_month())
    found = drawn(made, cuts=cuts)
    assert (np.sort(found["arrival"]) == np.sort(drawn(made)["arrival"])).all()
    for table in build_traffic(made).tables(1, 0, cuts):
        assert not any(table.begin < cut < table.end for cut in cuts)


def test_both_engines_serve_recorded_calls_alike(replayed):
    made = replayed(
        a_month(), replay={"days": "drawn anew", "scale": 3.0}, replications=2,
        changes=[{"at": "2026-11-10 09:30", "set": {"did": "a", "capacity_limit": 1}}],
    )  # fmt: skip
    compiled, simpy = (capsim.simulate(made, engine=engine) for engine in ("compiled", "simpy"))
    assert compiled.to_dict() | {"engine": "simpy"} == simpy.to_dict()
    assert compiled.totals.loc["blocked", "mean"] > 0
    assert capsim.simulate(made, n_jobs=2).to_dict() == compiled.to_dict()


def test_a_run_written_as_call_records_and_replayed_has_the_same_calls_to_the_second(tmp_path):
    office = capsim.load("scenarios/office.yaml").override({"duration": "1 week", "dids.front.traffic.redial": None})
    result = capsim.simulate(office, replications=1, keep_calls=True)
    result.write_call_records(tmp_path / "run.csv.gz")
    document = {"start": "2026-11-02", "duration": "1 week", "timezone": "Europe/London"}
    replay = {"calls": str(tmp_path / "run.csv.gz"), "match": "name"}
    again = capsim.Scenario(**document, replay=replay, dids={"front": {"included": 50}, "accounts": {"included": 50}})
    found, calls = drawn(again), result.calls
    for position, name in enumerate(("front", "accounts")):
        ours = calls[calls.did == name]
        start = (ours.arrival - again.horizon.start).dt.total_seconds().astype(int).to_numpy()
        assert (found["arrival"][found["did"] == position] // SECOND == start).all()
        carried = ours.tier.notna().to_numpy()
        assert (found["answered"][found["did"] == position][carried] == ours.answer.notna()[carried]).all()


def test_numbers_without_a_did_and_rows_that_cannot_be_used_are_noted(replayed):
    text = a_month() + row("2026-11-03 10:00:00", "+15550100") + row("yesterday") + row("2026-11-03 10:00:00", talk=-5)
    made = replayed(text)
    notes = build_traffic(made).notes
    assert any("1 calls are to numbers of no DID" in note and "+15550100 (1)" in note for note in notes)
    assert any("2 of 223 rows cannot be used" in note for note in notes)
    assert capsim.simulate(made).to_dict()["notes"] == list(notes)


def test_calls_of_a_file_without_numbers_are_those_of_the_only_did(replayed):
    text = "start,duration\n2026-11-02 08:00:00,30\n2026-11-03 09:00:00,40\n"
    for match in ("number", "name"):
        found = drawn(replayed(text, dids={"desk": {"included": 1}}, replay={"match": match}))
        assert found["holding"].tolist() == [30 * SECOND, 40 * SECOND]
    with pytest.raises(capsim.CapsimError, match="no call of the file"):
        build_traffic(replayed(text))


@pytest.mark.parametrize(
    ("replay", "words"),
    [
        ({"calls": "nowhere.csv"}, "there is no such file"),
        ({"match": "name"}, "no call of the file has the name of a DID"),
        ({"layout": "nobody's"}, "nobody's"),
    ],
)
def test_what_cannot_be_replayed_is_an_error(replayed, replay, words):
    with pytest.raises(capsim.CapsimError, match=words):
        build_traffic(replayed(a_month(), replay=replay))


def test_calls_come_from_records_or_are_drawn_and_not_both(replayed):
    traffic = {"calls_per_hour": 3, "holding": {"distribution": "exponential", "mean": "3 min"}}
    with pytest.raises(capsim.ScenarioError, match=r"dids\.a\.traffic: all calls come from call records"):
        replayed(a_month(), dids={"a": {"traffic": traffic}})
