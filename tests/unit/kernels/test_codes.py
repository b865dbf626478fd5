"""Codes that kernels dispatch on and pack: one that no branch knows is an error, and the parts of packed ones fit."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

import capsim
from capsim.cost import Biller
from capsim.cost.each import Rates
from capsim.engines import Ledger, get_engine
from capsim.kernels import distributions, exhaustion, occupancy, rating, redials, watch
from capsim.kernels.calls import ATTEMPTS
from capsim.kernels.distributions import DISTRIBUTIONS, N_PARAMETERS, Lengths
from capsim.kernels.jit import kernel
from capsim.kernels.ladder import COUNT_BITS
from capsim.measures.hunting import Hunt
from capsim.records import INCLUDED, METERED, N_TIERS, TIERS
from capsim.scenario.language.document import MAX_VALUES
from capsim.scenario.model.pools import MAX_CHANNELS
from capsim.scenario.model.traffic import MOST_ATTEMPTS
from capsim.scenario.model.written import MAX_DIDS
from capsim.simulation.replication import CompiledScenario
from capsim.tariff.calls import ROUNDINGS
from capsim.traffic import draw

UNKNOWN = 99


def setting(**changes) -> CompiledScenario:
    traffic = {
        "erlangs": 5,
        "holding": {"distribution": "lognormal", "mean": "3 min", "cv": 1.2},
        "ring": {"distribution": "gamma", "mean": "10 s", "cv": 0.5},
        "redial": {"probability": 0.9, "delay": {"distribution": "exponential", "mean": "1 min"}},
    }
    per_minute = {"rate": "0.01"}
    return CompiledScenario.of(
        capsim.Scenario(
            currency="USD",
            start="2026-03-02",
            duration="1 day",
            timezone="Europe/London",
            dids={"a": {"country": "GB", "group": "g", "traffic": traffic | changes.pop("traffic", {}),
                        "fees": {"per_minute": per_minute}}},
            groups={"g": {"pool": "p", "metered": 5}},
            pools={"p": {"metered": {"rate": "0.02"}}},
            **changes,
        )
    )  # fmt: skip


# -- distributions --------------------------------------------------------------------------------


def with_kind(lengths: Lengths, kind: int) -> Lengths:
    return lengths._replace(kind=np.full_like(lengths.kind, kind))


@pytest.mark.parametrize("what", ["holding", "ring", "delay"])
def test_a_distribution_that_no_branch_knows_is_an_error(what):
    streams = setting().traffic
    if what == "holding":
        streams = replace(streams, holding=with_kind(streams.holding, UNKNOWN))
    elif what == "ring":
        answering = streams.answering._replace(ring=with_kind(streams.answering.ring, UNKNOWN))
        streams = replace(streams, answering=answering)
    else:
        redialling = streams.redialling._replace(delay=with_kind(streams.redialling.delay, UNKNOWN))
        streams = replace(streams, redialling=redialling)
    with pytest.raises(NotImplementedError, match=f"position 0 has the distribution codes .*{UNKNOWN}"):
        list(draw(streams, 1, 0))


@kernel
def draw_one(lengths, out):
    for i in range(out.size):
        out[i] = distributions.draw_length(
            lengths, 0, np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4), np.uint64(i)
        )


@pytest.mark.parametrize("code", [*range(len(DISTRIBUTIONS)), len(DISTRIBUTIONS), -1])
def test_every_code_of_the_table_has_a_branch_and_no_other_has(code):
    shape = {"empirical": [0, 2], "lognormal": [16, 1], "gamma": [2, 1e6], "hyperexponential": [0.3, 1e6, 2e6]}
    known = 0 <= code < len(DISTRIBUTIONS)
    found = shape.get(DISTRIBUTIONS[code], [1e6]) if known else [1e6]
    parameters = np.zeros((1, N_PARAMETERS))
    parameters[0, : len(found)] = found
    lengths = Lengths(np.array([code]), parameters, np.array([1e6, 2e6]), np.array([0.5, 1.0]), 1e12)
    out = np.zeros(50, np.int64)
    draw_one(lengths, out)
    assert (out > 0).all() if known else (out == distributions.NO_LENGTH).all()


# -- roundings ------------------------------------------------------------------------------------


def price_row(rounding: int) -> np.ndarray:
    row = np.array([[60_000_000, 60_000_000, 1, 1, 1, 1, 3, rounding, 2**40]], np.int64)
    assert row.shape[1] == rating.PRICE_COLUMNS
    return row


@pytest.mark.parametrize("most_steps", [2**40, -1])
def test_every_rounding_has_a_branch_and_no_other_code_has(most_steps):
    for code in (*range(len(ROUNDINGS)), len(ROUNDINGS), -1):
        row, units = price_row(code), np.zeros(1, np.int64)
        row[0, rating.MOST_STEPS] = most_steps
        rating.price_calls(np.array([150_000_000]), np.zeros(1, np.int64), row, units)
        assert (units[0] > 0) == (0 <= code < len(ROUNDINGS))


@pytest.fixture
def billed():
    """A setting with all kinds of prices of calls, and a log with metered calls."""
    asked = setting(account={"balance": 100})
    (log, *_) = get_engine("compiled")(asked.traffic.tables(1, 0), asked.schedule)
    assert (log.outcome == METERED).any()
    return asked, log


def test_a_rounding_that_no_branch_knows_is_an_error_of_the_bill(billed):
    asked, log = billed
    biller = Biller(asked.prices)
    biller.listeners["metered calls"].rows[:, rating.ROUNDING] = UNKNOWN
    with pytest.raises(NotImplementedError, match=f"rounding codes {UNKNOWN}"):
        biller.add(log)


def test_a_rounding_that_no_branch_knows_is_an_error_of_call_records(billed, monkeypatch):
    asked, log = billed
    row = type(asked.prices.groups[0].call).row
    monkeypatch.setattr(type(asked.prices.groups[0].call), "row", lambda price: (*row(price)[:7], UNKNOWN, 2**40))
    with pytest.raises(NotImplementedError, match=f"rounding codes {UNKNOWN}"):
        Rates.of(asked.prices).amounts(log, np.arange(len(log)))


def test_a_rounding_that_no_branch_knows_is_an_error_of_hunting(billed):
    asked, log = billed
    for name in ("price", "own_prices"):
        hunt = Hunt(asked.schedule, 0, -1, 5, asked.prices, asked.horizon)
        getattr(hunt, name)[:, rating.ROUNDING] = UNKNOWN
        with pytest.raises(NotImplementedError, match=f"rounding codes .*{UNKNOWN}"):
            hunt.add(replace(log, outcome=np.full_like(log.outcome, 4)))


@pytest.mark.parametrize("which", ["prices", "own_prices"])
def test_a_rounding_that_no_branch_knows_is_an_error_of_the_account(billed, which):
    asked, _ = billed
    ledger = Ledger(asked.account, asked.width)
    getattr(ledger.book, which)[:, rating.ROUNDING] = UNKNOWN
    list(get_engine("compiled")(asked.traffic.tables(1, 0), asked.schedule, ledger=ledger))
    with pytest.raises(NotImplementedError, match=f"rounding codes .*{UNKNOWN}"):
        ledger.check()


# -- packed codes ---------------------------------------------------------------------------------


@kernel
def pack_and_unpack(parts, out):
    for i in range(parts.shape[0]):
        code = occupancy.pack(parts[i, 0], parts[i, 1], parts[i, 2], parts[i, 3])
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = occupancy.unpack(code)


def test_the_largest_parts_of_a_call_code_come_back():
    most_dids, most_groups = 2**occupancy.DID_BITS, 2**occupancy.GROUP_BITS
    parts = np.array(
        list(itertools.product((0, 1, 2, 3), range(N_TIERS), (0, 1, most_dids - 1), (0, 1, most_groups - 1))), np.int64
    )
    out = np.zeros_like(parts)
    pack_and_unpack(parts, out)
    assert (out == parts).all()


def test_every_scenario_fits_the_bits_of_packed_codes():
    assert {len(TIERS), METERED - INCLUDED + 1} == {N_TIERS}
    for bits in (occupancy.DID_BITS, redials.DID_BITS, watch.DID_BITS):
        assert 2**bits >= MAX_DIDS
    assert MAX_VALUES < 2**occupancy.GROUP_BITS, "a group is at least one value of a document"
    assert N_TIERS <= 2**occupancy.TIER_BITS
    assert 2 * MAX_CHANNELS < 2 ** (COUNT_BITS - 1)
    assert MOST_ATTEMPTS <= ATTEMPTS, "draws of a call's attempts are its own"


def test_the_code_of_a_redial_has_its_did_and_its_record():
    did, record = 2**redials.DID_BITS - 1, 2**redials.RECORD_BITS - 1
    code = redials.redial_code(np.int64(did), np.int64(record))
    assert (code > 0, code >> redials.RECORD_BITS, code & redials.A_RECORD) == (True, did, record)


def test_columns_of_a_list_of_spells_are_those_that_measures_read():
    columns = (exhaustion.WHO, exhaustion.START, exhaustion.END, exhaustion.LOST)
    assert columns == tuple(range(exhaustion.SPELL_COLUMNS))
