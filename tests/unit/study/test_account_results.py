"""What a run says of a prepaid account, of spells of exhaustion and of samples; and what changes do to a scenario."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import capsim


def traffic(rate):
    holding = {"distribution": "exponential", "mean": "3 min"}
    return {"calls_per_hour": rate, "holding": holding, "ring": "10 s", "answered": "90%"}


@pytest.fixture(scope="module")
def prepaid():
    """A group with metered channels, a DID on its own, a purchase on the second day, and top-ups."""
    return capsim.Scenario(
        name="Prepaid",
        start="2026-10-24",
        duration="3 days",
        warm_up="1 h",
        timezone="Europe/London",
        replications=3,
        account={"balance": 30, "top_up": {"threshold": 10, "amount": 15}},
        pools={"standard": {"channels": 4, "flat_rate": {"setup": 1, "monthly": 2}, "metered": {"rate": 0.02}}},
        groups={"g": {"pool": "standard", "shared": 2, "metered": 2}},
        dids={
            "a": {"country": "GB", "group": "g", "mode": "DID+0", "fees": {"monthly": 1}, "traffic": traffic(60)},
            "b": {"count": 2, "country": "GB", "group": "g", "traffic": traffic(50)},
            "alone": {"country": "GB", "fees": {"setup": 1, "monthly": 1}, "traffic": traffic(60)},
        },
        changes=[
            {"at": "2026-10-25 12:00", "buy": {"pool": "standard", "channels": 2}},
            {"at": "2026-10-25 12:00", "assign": {"group": "g", "shared": 2}},
        ],
    )


@pytest.fixture(scope="module")
def found(prepaid):
    return capsim.simulate(prepaid, watch=True)


@pytest.fixture(scope="module")
def poor(prepaid):
    """The same with a balance that runs out in the course of it, and nothing added."""
    return prepaid.override({"account": {"balance": 40}})


@pytest.fixture(scope="module")
def broke(poor):
    return capsim.simulate(poor, keep_calls=True, watch=True)


# -- the account -------------------------------------------------------------------------------------------


def test_the_account_adds_up(found, broke):
    for result in (found, broke):
        account = result.account["mean"]
        assert account.opening + account.top_ups - account.drawn == pytest.approx(account.closing)
        assert account.lowest <= min(account.opening, account.closing)
        assert account.drawn + account.outstanding == pytest.approx(result.cost["mean"].total, abs=0.02)
        assert account.outstanding >= 0
    assert found.account["mean"].top_ups == 15 * found.account["mean"].top_up_count > 0
    assert broke.account["mean"].top_ups == 0


def test_the_account_has_its_figures_intervals_and_units(found):
    account = found.account
    assert list(account.index) == ["opening", "drawn", "top_ups", "top_up_count", "closing", "lowest", "outstanding"]
    assert list(account.columns) == ["mean", "low", "high", "unit"]
    assert account.unit.to_dict() == dict.fromkeys(account.index, "USD") | {"top_up_count": "top-ups"}
    assert (account.low <= account["mean"]).all()
    assert (account["mean"] <= account.high).all()
    assert account.loc["opening", ["low", "mean", "high"]].tolist() == [30, 30, 30]


def test_the_balance_has_a_row_for_each_bin_of_the_horizon(found, broke):
    for result in (found, broke):
        balance = result.balance
        assert list(balance.columns) == ["time", "balance", "balance_low", "balance_high", "lowest", "highest"]
        horizon = result.scenario.horizon
        times = balance.time.dt.tz_convert("UTC")
        (width,) = times.diff().dropna().unique()
        assert times.iloc[0] == pd.Timestamp(horizon.start)
        assert times.iloc[-1] + width == pd.Timestamp(horizon.end)
        assert str(balance.time.dtype) == "datetime64[us, Europe/London]"
        assert len(balance) == horizon.hours * 3600 / width.total_seconds()
        assert horizon.hours == 73, "the clocks go back in it"
        assert times.tolist() == result.usage.time.dt.tz_convert("UTC").drop_duplicates().tolist()
        assert balance.balance.iloc[-1] == pytest.approx(result.account["mean"].closing)
        assert balance.lowest.min() == pytest.approx(result.account["mean"].lowest, abs=0.5)
        assert (balance.lowest <= balance.balance + 1e-9).all()
        assert (balance.balance <= balance.highest + 1e-9).all()
        assert (balance.balance_low <= balance.balance).all()


def test_without_top_up_the_balance_never_rises(broke):
    assert (broke.balance.balance.diff().dropna() <= 1e-9).all()


def test_an_empty_balance_blocks_metered_calls_and_ends_them(broke):
    causes, calls = broke.causes["mean"], broke.calls
    assert causes.no_balance > 10
    assert causes.teardown > 0
    of = calls.cause.value_counts() / 3
    assert of["no_balance"] == pytest.approx(causes.no_balance)
    assert of["teardown"] == pytest.approx(causes.teardown)
    torn = calls[calls.cause == "teardown"]
    assert (torn.tier == "metered").all()
    paid = (torn.end - torn.answer).dt.total_seconds() % 60
    assert np.allclose(paid, 0), "cut off as a paid interval ends"
    assert calls[calls.cause == "no_balance"].tier.isna().all()
    totals = broke.totals["mean"]
    assert totals.blocked == pytest.approx(causes.sum() - causes.teardown), "a teardown is a carried call"
    for number in range(3):
        mine = calls[calls.replication == number]
        first = mine[mine.cause == "no_balance"].arrival.min()
        assert not ((mine.tier == "metered") & (mine.arrival > first)).any(), "nothing is added to it"
        assert ((mine.tier == "shared") & (mine.arrival > first)).any()


def test_a_balance_of_nothing_takes_no_metered_call_and_all_others(prepaid):
    causes = capsim.simulate(prepaid.override({"account": {"balance": 0}}), replications=2)
    assert causes.tiers.carried["metered"] == 0
    assert causes.tiers.carried["shared"] > 0
    assert causes.causes["mean"].teardown == 0
    assert causes.account["mean"].closing == pytest.approx(-causes.cost["mean"].total)


def test_the_json_has_the_account_and_the_warnings(found):
    document = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    account = document["account"]
    assert list(account) == ["currency", *found.account.index]
    assert account["currency"] == "USD"
    for name in found.account.index:
        assert account[name]["mean"] == pytest.approx(found.account.loc[name, "mean"])
        assert set(account[name]) == {"mean", "low", "high"}
    assert document["warnings"] == []


def test_what_may_not_be_meant_is_a_warning_with_its_place(prepaid):
    late = {"at": "2026-12-01", "buy": {"pool": "standard", "channels": 2}}
    result = capsim.simulate(prepaid.override({"changes": [late], "replications": 1}))
    (warning,) = result.to_dict()["warnings"]
    assert set(warning) == {"file", "line", "column", "path", "message", "rule"}
    assert warning["path"].startswith("changes.0")


def test_without_an_account_there_are_no_figures_of_it(prepaid):
    result = capsim.simulate(prepaid.override({"account": None, "changes": None}), replications=2)
    document = result.to_dict()
    assert document["account"] is None
    assert document["warnings"] == []
    assert document["causes"]["no_balance"] == {"mean": 0, "low": 0, "high": 0}
    assert "account" not in set(result.to_frame().scope)
    for name in ("account", "balance"):
        with pytest.raises(capsim.InputError, match="no account"):
            getattr(result, name)
    assert "balance" not in result.plot.all()


def test_the_account_is_part_of_the_frame_of_all_figures(found):
    frame = found.to_frame()
    mine = frame[frame.scope == "account"].set_index("figure")
    assert mine["mean"].to_dict() == found.account["mean"].to_dict()


@pytest.mark.parametrize("balance", [{"balance": 40}, {"balance": 30, "top_up": {"threshold": 10, "amount": 15}}])
def test_both_engines_and_any_number_of_jobs_give_the_same_figures(prepaid, balance):
    of = prepaid.override({"account": balance, "duration": "26 h", "replications": 2})
    one = capsim.simulate(of, watch=True)
    for options in ({"engine": "simpy"}, {"n_jobs": 2}, {"n_jobs": 2, "engine": "simpy"}):
        other = capsim.simulate(of, watch=True, **options)
        assert other.to_dict() | {"engine": ""} == one.to_dict() | {"engine": ""}
        for name in ("balance", "exceeded", "spells", "exhaustion", "sampled", "usage"):
            pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_the_pieces_that_calls_are_simulated_in_do_not_matter_to_the_account(poor, broke, monkeypatch):
    monkeypatch.setattr("capsim.traffic.windows.CALLS_AT_A_TIME", 300)
    monkeypatch.setattr("capsim.traffic.windows.CALLS_OF_A_DID", 1)
    other = capsim.simulate(poor, watch=True)
    assert other.to_dict() == broke.to_dict()
    for name in ("balance", "exceeded", "sampled", "spells", "exhaustion"):
        pd.testing.assert_frame_equal(getattr(broke, name), getattr(other, name))


# -- the provider's statistics -----------------------------------------------------------------------------

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


# -- invoices ----------------------------------------------------------------------------------------------


def test_the_invoice_as_text_shows_every_item_with_its_period_and_adds_up(found):
    for number in range(3):
        text = found.invoice_text(number)
        lines = [re.split(r" {2,}", line.strip()) for line in text.splitlines()]
        rows = [line for line in lines if len(line) == 6 and line[0] != "Item"]
        items = found.invoices[number]
        assert len(rows) == len(items)
        by_what = sorted((row[0], row[2].split(" to ")[0], Decimal(row[5].replace(",", ""))) for row in rows)
        assert by_what == sorted((item.what, item.start.isoformat(), item.amount) for item in items)
        subtotals = [Decimal(line[-1]) for line in lines if line[:1] == ["Subtotal"]]
        totals = [Decimal(line[-1]) for line in lines if line[0] == "Total"]
        assert sum(subtotals) == sum(row[2] for row in by_what) == totals[0] == found.cost_totals[number].total
        assert f"Replication {number + 1} of 3" in text
        assert all(owner in text for owner in ("pool standard", "group g", "DID a", "DID alone"))
        assert max(map(len, text.splitlines())) <= 140
        assert all(line == line.rstrip() for line in text.splitlines())
    assert float(np.mean([one.total for one in found.cost_totals])) == pytest.approx(found.cost["mean"].total)


def test_the_invoice_as_text_has_months_where_there_are_several(prepaid):
    long = capsim.simulate(prepaid.override({"duration": "2 months", "changes": None}), replications=1)
    text = long.invoice_text()
    months = dict(re.findall(r"^(2026-\d\d|Total) .* ([\d,.]+)$", text.partition("By month")[2], re.MULTILINE))
    assert list(months) == ["2026-10", "2026-11", "Total"]
    amounts = [Decimal(amount.replace(",", "")) for amount in months.values()]
    assert sum(amounts[:-1]) == amounts[-1] == long.cost_totals[0].total


@pytest.mark.parametrize("number", [-1, 3, 99])
def test_an_invoice_of_a_replication_that_is_not_there_is_an_error(found, number):
    with pytest.raises(capsim.InputError, match="0 to 2"):
        found.invoice_text(number)


def test_an_invoice_in_a_currency_without_cents_has_none(prepaid):
    yen = prepaid.override({"currency": "JPY", "replications": 1, "pools.standard.metered.rate": "2.5"})
    lines = capsim.simulate(yen.override({"account.top_up.amount": 5000})).invoice_text().splitlines()
    (total,) = (line for line in lines if line.startswith("Total"))
    assert re.search(r" \d[\d,]*$", total)
    (rate,) = (line for line in lines if "billed minutes" in line)
    assert re.search(r" 2\.5 +[\d,]+$", rate)


# -- changes by override -----------------------------------------------------------------------------------


def test_a_value_of_a_change_is_overridden_by_its_position(prepaid, found):
    more = prepaid.override({"changes.0.buy.channels": 5, "changes.1.assign.shared": 5})
    assert (more.changes[0].buy.channels, more.changes[1].assign.shared) == (5, 5)
    assert prepaid.changes[0].buy.channels == 2, "a new scenario"
    result = capsim.simulate(more, replications=3)
    assert result.causes.loc["capacity_exceeded", "mean"] < found.causes.loc["capacity_exceeded", "mean"]
    assert result.cost["mean"].flat_rate > found.cost["mean"].flat_rate
    assert result.to_dict()["tiers"]["shared"]["most_channels"] == 7


def test_changes_and_an_account_can_be_added_and_taken_away(prepaid):
    bare = prepaid.override({"changes": None, "account": None})
    assert (bare.changes, bare.account) == ((), None)
    again = bare.override(
        {
            "changes": [
                {"at": "2026-10-25 12:00", "buy": {"pool": "standard", "channels": 2}},
                {"at": "2026-10-25 12:00", "assign": {"group": "g", "shared": 2}},
            ],
            "account": {"balance": 30, "top_up": {"threshold": 10, "amount": 15}},
        }
    )
    one, other = (capsim.simulate(of, replications=1).to_dict() for of in (prepaid, again))
    assert one == other


@pytest.mark.parametrize(
    ("values", "path", "rule"),
    [
        ({"changes.0.buy.channels": 0}, "changes.0.buy.channels", "R11"),
        ({"changes.0.buy.channels": "many"}, "changes.0.buy.channels", "R11"),
        ({"changes.0.buy.pool": "stand"}, "changes.0.buy.pool", None),
        ({"changes.7.buy.channels": 5}, "changes.7.buy.channels", None),
        ({"changes.first.buy.channels": 5}, "changes.first.buy.channels", None),
        ({"changes.1.assign.shared": 50}, "changes.1.assign.shared", "R4"),
        ({"changes.1.at": "2026-13-01"}, "changes.1.at", "R11"),
        ({"changes": [{"at": "2026-10-25", "bye": {}}]}, "changes.0.bye", "R11"),
        ({"changes": [{"at": "2026-10-25"}]}, "changes.0", "R11"),
        ({"changes": {"at": "2026-10-25"}}, "changes", "R11"),
        ({"account.balance": -1}, "account.balance", "R10"),
        ({"account.balance": "lots"}, "account.balance", "R10"),
        ({"account": {}}, "account.balance", "R10"),
        ({"account": {"balance": 5, "top_up": {"threshold": 1}}}, "account.top_up.amount", "R10"),
        ({"account.top_up.amount": 0}, "account.top_up.amount", "R10"),
        ({"account.topup": {}}, "account.topup", "R10"),
    ],
)
def test_a_wrong_override_is_an_error_with_its_path_and_rule(prepaid, values, path, rule):
    with pytest.raises(capsim.ScenarioError) as caught:
        prepaid.override(values)
    assert [problem.path for problem in caught.value.problems] == [path]
    if rule is not None:
        assert [problem.rule for problem in caught.value.problems] == [rule]
