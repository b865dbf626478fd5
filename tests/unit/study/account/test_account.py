"""What a run reports of a prepaid account."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import capsim


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
