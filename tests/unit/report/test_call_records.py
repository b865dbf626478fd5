"""A run written as the provider's call records, and read back."""

from __future__ import annotations

import errno
import gzip
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import capsim
from capsim import cdr
from capsim.cdr.layouts import DIDWW_22
from capsim.errors import OutputError


@pytest.fixture(scope="module")
def found():
    scenario = capsim.load("scenarios/quarter.yaml").override(
        {"duration": "4 days", "replications": 2, "account.balance": "118.00", "account.top_up": None, "changes": [],
         "dids.campaign": None, "dids.orders.number": "+442079460100", "billing.owned": None,
         "dids.orders.fees.per_minute": {"rate": "0.02", "first_interval": "1 s", "next_interval": "1 s"}}
    )  # fmt: skip
    return capsim.simulate(scenario, keep_calls=True)


@pytest.fixture(scope="module")
def file(found, tmp_path_factory):
    path = tmp_path_factory.mktemp("cdr") / "calls.csv"
    assert found.write_call_records(path) == (found.calls.replication == 0).sum()
    return path


@pytest.fixture(scope="module")
def rows(file):
    return pd.read_csv(file, dtype=str, keep_default_na=False)


def whole_seconds(moments):
    return moments.dt.tz_convert("UTC").dt.floor("s")


def test_the_layout_is_that_of_the_provider(rows, file):
    assert tuple(rows.columns) == DIDWW_22
    assert cdr.sniff(file).layout.name == "didww"
    assert rows["Date/Time Start (UTC)"].is_monotonic_increasing
    assert rows["Call ID"].is_unique


def test_reading_them_back_gives_the_same_calls_to_the_whole_second(found, file):
    calls = found.calls[found.calls.replication == 0].reset_index(drop=True)
    with cdr.read(file) as records:
        assert (records.calls, records.rows, sum(records.unusable.values())) == (len(calls), len(calls), 0)
        (batch,) = records.batches(10**6)
        names = records.names
    by_start = np.lexsort((batch.line, batch.start))
    start = pd.to_datetime(batch.start[by_start], unit="us", utc=True)
    assert (start == whole_seconds(calls.arrival)).all()
    answered = calls.answer.notna()
    assert (batch.answered[by_start] == answered).all()
    assert (batch.blocked[by_start] == calls.tier.isna()).all()
    seconds = (whole_seconds(calls.end) - whole_seconds(calls.answer)).dt.total_seconds()[answered]
    assert (batch.talk[by_start][answered] / 1e6 == seconds).all()
    rings = (whole_seconds(calls.answer) - whole_seconds(calls.arrival)).dt.total_seconds()[answered]
    assert (batch.ring[by_start][answered] / 1e6 == rings).all()
    numbers = pd.Series([names[number] for number in batch.number[by_start]])
    assert (numbers == calls.did.astype(str).replace("orders", "+442079460100")).all()


def test_how_a_call_went_is_told_by_its_code(found, rows):
    calls = found.calls[found.calls.replication == 0].reset_index(drop=True)
    codes = rows["Disconnect Code"]
    assert (codes[calls.cause == "no_balance"] == "402").all()
    assert (codes[calls.cause == "capacity_exceeded"] == "480").all()
    torn_down = calls.cause == "teardown"
    assert torn_down.any()
    assert (rows["Response"][torn_down] == "Teardown").all()
    assert (codes[calls.answer.isna() & calls.tier.notna()] == "487").all()
    assert {"200", "402", "487"} <= set(codes)
    assert set(rows["Capacity Group"]) == {"desk"}


def test_prices_of_calls_add_up_to_the_items_of_the_invoice(found, rows):
    items = [item for item in found.invoices[0] if item.unit == "billed minute"]
    for kind, column in (("metered", "Metered (USD)"), ("dids", "Toll-free (USD)")):
        amount = sum((item.amount for item in items if item.kind == kind), Decimal(0))
        of_calls = sum(map(Decimal, rows[column]), Decimal(0))
        assert amount > 0
        assert abs(of_calls - amount) <= Decimal("0.005") * len(items)
    assert sum(map(Decimal, rows["Total (USD)"])) == sum(map(Decimal, rows["Metered (USD)"])) + sum(
        map(Decimal, rows["Toll-free (USD)"])
    )


def test_a_name_that_ends_in_gz_is_compressed(found, file, tmp_path):
    path = tmp_path / "deep" / "calls.csv.gz"
    found.write_call_records(path)
    assert gzip.decompress(path.read_bytes()) == file.read_bytes()


def test_another_replication_has_other_calls(found, file, tmp_path):
    found.write_call_records(tmp_path / "second.csv", replication=1)
    assert (tmp_path / "second.csv").read_text() != file.read_text()
    with pytest.raises(capsim.CapsimError, match="replication must be 0 to 1"):
        found.write_call_records(tmp_path / "third.csv", replication=2)


def test_nothing_half_written_is_left(found, tmp_path, monkeypatch):
    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(OutputError, match="No space left"):
        found.write_call_records(tmp_path / "calls.csv")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(capsim.CapsimError, match="is a folder"):
        found.write_call_records(tmp_path)


def test_calls_have_to_be_kept(tmp_path):
    result = capsim.simulate(capsim.load("scenarios/first.yaml").override({"duration": "2 h"}), replications=1)
    with pytest.raises(capsim.CapsimError, match="did not keep its calls"):
        result.write_call_records(tmp_path / "x.csv")
