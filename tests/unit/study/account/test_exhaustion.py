"""What a run reports of exceeded events, spells of exhaustion and samples."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import capsim

WATCHED = {
    "exceeded": ["replication", "time", "did", "group"],
    "spells": ["replication", "scope", "name", "start", "seconds", "lost"],
    "sampled": ["time", "group", "tier", "calls", "peak", "sampled", "sampled_peak"],
}


def test_frames_of_what_is_watched_have_their_columns(found):
    for name, columns in WATCHED.items():
        assert list(getattr(found, name).columns) == columns
    figures = [f"{name}{end}" for name in ("spells", "seconds", "longest", "lost") for end in ("", "_low", "_high")]
    assert list(found.exhaustion.columns) == ["scope", *figures]
    assert list(found.exhaustion.index) == ["a", "b-1", "b-2", "alone", "g"]
    assert found.exhaustion.scope.tolist() == ["did"] * 4 + ["group"]
    for times in (found.exceeded.time, found.spells.start):
        assert str(times.dtype) == "datetime64[us, Europe/London]"


@pytest.mark.parametrize("name", [*WATCHED, "exhaustion"])
def test_what_was_not_watched_is_an_error_that_says_how_to_watch(prepaid, name):
    result = capsim.simulate(prepaid)
    with pytest.raises(capsim.InputError, match="watch=True"):
        getattr(result, name)


def test_watching_changes_no_figure(prepaid, found):
    assert capsim.simulate(prepaid).to_dict() == found.to_dict()


def test_events_are_the_calls_that_found_no_channel(broke):
    calls = broke.calls
    lost = calls[calls.cause == "capacity_exceeded"].reset_index(drop=True)
    events = broke.exceeded
    assert events.replication.tolist() == lost.replication.tolist()
    assert (events.time == lost.arrival).all()
    assert events.did.tolist() == lost.did.tolist()
    assert (events.group.isna() == (events.did == "alone")).all()
    assert events.group.dropna().eq("g").all()
    assert len(events) / 3 == pytest.approx(broke.causes.loc["capacity_exceeded", "mean"])


def test_lost_calls_of_spells_add_up(found):
    exhaustion, spells = found.exhaustion, found.spells
    lost = exhaustion[exhaustion.scope == "did"].lost
    assert lost.sum() == pytest.approx(found.causes.loc["capacity_exceeded", "mean"])
    assert exhaustion.lost["g"] == pytest.approx(lost[["a", "b-1", "b-2"]].sum())
    events = found.exceeded.did.value_counts() / 3
    assert lost.to_dict() == pytest.approx(events.to_dict())
    by_name = spells.groupby("name")
    for name, row in exhaustion.iterrows():
        mine = spells[spells.name == name]
        assert (by_name.seconds.sum()[name] / 3, by_name.lost.sum()[name] / 3, len(mine) / 3) == pytest.approx(
            (row.seconds, row.lost, row.spells)
        )
        assert mine.groupby("replication").seconds.max().mean() == pytest.approx(row.longest)


def test_spells_of_one_owner_do_not_overlap_and_hold_the_events_that_they_count(found):
    length = pd.to_timedelta(found.spells.seconds, unit="s")
    spells = found.spells.assign(end=found.spells.start + length)
    end = pd.Timestamp(found.scenario.horizon.end)
    assert (spells.lost >= 1).all()
    assert (spells.end <= end).all()
    assert (spells.start >= pd.Timestamp(found.scenario.horizon.start)).all()
    for (number, scope, name), mine in spells.groupby(["replication", "scope", "name"]):
        assert (mine.start.iloc[1:].to_numpy() >= mine.end.iloc[:-1].to_numpy()).all()
        events = found.exceeded[(found.exceeded.replication == number) & (found.exceeded[scope] == name)]
        place = np.searchsorted(mine.start.to_numpy(), events.time.to_numpy(), side="right") - 1
        assert np.bincount(place, minlength=len(mine)).tolist() == mine.lost.tolist()
        assert (events.time.to_numpy() <= mine.end.to_numpy()[place]).all()


def test_samples_stand_beside_what_they_sample(found):
    sampled, usage = found.sampled, found.usage
    for name in ("time", "group", "tier", "calls", "peak"):
        pd.testing.assert_series_equal(sampled[name], usage[name])
    assert (sampled.sampled_peak <= sampled.peak).all()
    assert (sampled.sampled <= sampled.sampled_peak).all()
    both = sampled.groupby("tier", observed=True)[["calls", "sampled"]].mean()
    assert both["sampled"].to_numpy() == pytest.approx(both["calls"].to_numpy(), rel=0.02)


def test_a_bin_without_a_whole_minute_has_no_sample(prepaid):
    short = capsim.simulate(prepaid.override({"duration": "10 min", "changes": None}), watch=True).sampled
    times = short.time.dt.second == 0
    assert (short.sampled.notna() == times).all()
    assert (short.sampled_peak.notna() == times).all()
    assert 0 < times.sum() < len(short)


def test_a_spell_of_a_did_ends_when_the_did_is_given_up(prepaid):
    ends = prepaid.override({"changes": [{"at": "2026-10-25", "end": {"did": "alone"}}], "dids.alone.fees": None,
                             "dids.alone.traffic.calls_per_hour": 600})  # fmt: skip
    spells = capsim.simulate(ends, watch=True).spells
    mine = spells[spells.name == "alone"]
    last = mine.start + pd.to_timedelta(mine.seconds, unit="s")
    assert (last <= pd.Timestamp("2026-10-25", tz="Europe/London")).all()
