"""The compiled engine against the SimPy engine: whole logs, bit by bit, and whole results."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import capsim
from capsim.engines import compiled_engine
from tests.reference.admission import Call, Did, Group
from tests.reference.small_systems import differing_columns, random_small_system

limits = st.one_of(st.none(), st.integers(1, 6))
systems = st.integers(0, 3).flatmap(
    lambda groups: st.tuples(
        st.lists(
            st.builds(
                Did,
                included=st.sampled_from([0, 1, 2, 3, 11]),
                dedicated=st.sampled_from([0, 0, 1, 2, 9]),
                limit=limits,
                group=st.one_of(st.none(), st.integers(0, groups - 1)) if groups else st.none(),
            ),
            min_size=1,
            max_size=6,
        ),
        st.lists(
            st.builds(Group, shared=st.integers(0, 4), metered=st.integers(0, 3), limit=limits),
            min_size=groups,
            max_size=groups,
        ),
    )
)
instants = st.one_of(st.integers(0, 29), st.sampled_from([0, 7, 7, 15, 29]))
lengths = st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 60))
pieces = st.lists(st.integers(1, 29), max_size=5, unique=True).map(lambda inner: [0, *sorted(inner), 30])


@pytest.mark.no_cover
@pytest.mark.slow
@settings(max_examples=1500)
@given(st.data(), systems, pieces, pieces)
def test_both_engines_give_the_same_log_bit_by_bit(data, system, edges, other_edges):
    dids, groups = system
    call = st.builds(Call, did=st.integers(0, len(dids) - 1), arrival=instants, length=lengths)
    calls = data.draw(st.lists(call, max_size=80))
    assert not differing_columns(dids, groups, calls, edges, other_edges)


@pytest.mark.no_cover
def test_both_engines_give_the_same_log_where_thousands_arrive_at_one_instant():
    rng = np.random.default_rng(4)
    dids = [Did(2, 1, None, 0), Did(300, 0, None, 0), Did(0, 0, 40, 1), Did(20, 20, None, None)]
    groups = [Group(500, 300), Group(30, 20)]
    calls = [
        Call(int(rng.integers(0, 4)), int(rng.choice([3, 3, 3, 17, int(rng.integers(0, 30))])), int(length))
        for length in rng.integers(0, 25, 4000)
    ]
    assert not differing_columns(dids, groups, calls, other_edges=(0, 3, 4, 20, 30))


@pytest.mark.no_cover
@pytest.mark.parametrize("broken", ["a call leaves one arrival late", "limits do not couple", "few is too many"])
def test_the_comparison_fails_when_the_compiled_engine_is_broken_on_purpose(broken, monkeypatch):
    serve = compiled_engine.serve

    def serve_wrongly(table, capacity, systems, *others):
        if broken == "limits do not couple":
            systems = systems._replace(coupled=np.zeros_like(systems.coupled), ruled=np.zeros_like(systems.ruled))
        elif broken == "few is too many":
            capacity = capacity._replace(included=capacity.included - (capacity.included > 10))
        else:
            table = table._replace(holding=table.holding + 1)
        serve(table, capacity, systems, *others)

    monkeypatch.setattr(compiled_engine, "serve", serve_wrongly)
    rng = np.random.default_rng(1)
    found = 0
    for _ in range(200):
        dids, groups, calls = random_small_system(rng)
        dids[0].included = 11
        calls += [Call(0, 5, 4) for _ in range(14)]
        found += bool(differing_columns(dids, groups, calls))
    assert found > 10


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("name", ["hybrid", "two_pools", "toll_free", "bank_10", "quarter"])
def test_results_are_the_same_to_the_last_digit(name):
    duration = "1 day" if name == "toll_free" else "3 days"
    scenario = capsim.load(f"scenarios/{name}.yaml").override({"duration": duration, "replications": 2})
    if name == "quarter":
        scenario = scenario.override({"duration": "3 months", "start": "2026-10-01"})
        busiest = {f"dids.{one}.traffic.calls_per_hour": 4 for one in ("orders", "help", "town")}
        scenario = scenario.override({**busiest, "groups.desk.shared": 1, "changes.2.assign.shared": 1})
    if name == "two_pools":
        scenario = scenario.override({"groups.europe.capacity_limit": 5, "dids.madrid.capacity_limit": 3})
    compiled, simpy = (
        capsim.simulate(scenario, engine=engine, keep_calls=True, watch=True) for engine in ("compiled", "simpy")
    )
    assert compiled.engine == "compiled"
    assert compiled.to_dict() | {"engine": "simpy"} == simpy.to_dict()
    assert compiled.invoice.equals(simpy.invoice)
    assert compiled.usage.equals(simpy.usage)
    assert compiled.calls.equals(simpy.calls)
    assert compiled.exceeded.equals(simpy.exceeded)
    assert compiled.spells.equals(simpy.spells)
    assert compiled.sampled.equals(simpy.sampled)
    if scenario.account is not None:
        assert compiled.balance.equals(simpy.balance)


CHECKED = """
import numpy as np
from capsim.kernels.rating import rate_calls
from capsim.kernels.tables import Log, Table
from capsim.measures import Watch
from tests.reference.comparison import facts_of, reference_facts
from tests.reference.random_systems import random_cuts, random_system
from tests.reference.small_systems import differing_columns, random_small_system
from tests.reference.systems import logs_of, schedule_of
from tests.reference.tally import metered

one, none, short = np.array([0]), np.zeros(0, np.int64), np.zeros((0, 9), np.int64)
table = Table(begin=0, end=1, first=np.array([0, 1]), arrival=one, ring=one, holding=one, answered=one == 0)
log = Log(outcome=one.astype(np.int8), end=one, channel=one.astype(np.int32), torn_down=one == 1)
try:
    rate_calls(table, log, 1, -1, one, short, short, none)
except IndexError:
    pass
else:
    raise SystemExit("indices are not checked")
rng = np.random.default_rng(8)
for _ in range(150):
    dids, groups, calls = random_small_system(rng)
    dids[0].included += 9 * int(rng.integers(0, 2))
    assert not differing_columns(dids, groups, calls * 3, other_edges=(0, 5, 6, 30))
    metered(dids, groups, calls, [-5, 0, 7, 30], 30)
for number in range(150):
    system = random_system(rng, prepaid=number % 2 == 0, many=number % 5 == 0)
    cuts = random_cuts(rng, system)
    assert facts_of("compiled", system, cuts)["outcome"] == reference_facts(system, cuts)["outcome"]
    watch = Watch(schedule_of(system), system.horizon)
    for log in logs_of("compiled", system, cuts)[0]:
        watch.add(log)
    watch.result()
"""


@pytest.mark.slow
def test_kernels_stay_inside_their_arrays():
    """Engines and tallies once more, in a process whose kernels check every index."""
    done = subprocess.run(
        [sys.executable, "-c", CHECKED], env={**os.environ, "NUMBA_BOUNDSCHECK": "1"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
