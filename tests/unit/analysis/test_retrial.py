"""Redials, against closed forms of one channel, limits, and a small simulation."""

import heapq
import math
import random

import pytest

from capsim.analysis import erlang_b, solve_retrials


def one_channel(rate, holding, redial, delay, attempts):
    """First blocking and callers waiting on one channel, two attempts or no limit: by cuts between orbits."""
    given_up = 1.0 if attempts == 2 else 1.0 - redial
    idle, total, busy, waiting = 1.0, 0.0, 0.0, 0.0
    for j in range(3000):
        here = (rate + j / delay) * holding * idle  # balance of (idle, j)
        total, busy, waiting = total + idle + here, busy + here, waiting + j * (idle + here)
        up = rate * redial * here  # across the cut between j and j + 1 callers who wait
        idle = up * delay / (j + 1) / (1 + given_up * (rate + (j + 1) / delay) * holding)
    return busy / total, waiting / total


@pytest.mark.parametrize("attempts", [2, None])
@pytest.mark.parametrize(("redial", "delay"), [(0.3, 0.1), (0.8, 1.0), (0.95, 20.0)])
def test_one_channel_is_the_closed_form(attempts, redial, delay):
    solved = solve_retrials(0.9, 1.5, 1, redial, delay, attempts)
    blocking, waiting = one_channel(0.9, 1.5, redial, delay, attempts)
    assert solved.first_blocking == pytest.approx(blocking, rel=1e-10)
    assert solved.waiting == pytest.approx(waiting, rel=1e-9)


@pytest.mark.parametrize(("redial", "attempts"), [(0.0, None), (0.0, 4), (0.9, 1)])
def test_without_redials_it_is_erlang_b(redial, attempts):
    solved = solve_retrials(6.0, 1.5, 10, redial, 2.0, attempts)
    theory = erlang_b(9.0, 10)
    assert [solved.first_blocking, solved.attempt_blocking, solved.lost] == pytest.approx([theory] * 3, rel=1e-12)
    assert solved.attempts_per_call == 1.0


@pytest.mark.parametrize("attempts", [2, 3, 4, None])
def test_calls_are_conserved_and_littles_law_holds(attempts):
    rate, holding, delay = 3.0, 1.2, 0.8
    solved = solve_retrials(rate, holding, 4, 0.6, delay, attempts)
    assert solved.busy == pytest.approx(rate * holding * (1 - solved.lost), rel=1e-10)
    assert solved.waiting == pytest.approx(rate * delay * (solved.attempts_per_call - 1), rel=1e-10)
    ended = solved.attempts_per_call * (1 - solved.attempt_blocking)
    assert ended == pytest.approx(1 - solved.lost, rel=1e-10)
    assert solved.turned_away <= solved.truncated <= 1e-12


def test_attempts_follow_one_another_by_the_blocking_of_each():
    solved = solve_retrials(3.0, 1.0, 3, 0.7, 0.5, 4)
    made, total, lost = 1.0, 0.0, 0.0
    for i, blocking in enumerate(solved.blocking_by_attempt):
        total += made
        lost += made * blocking * (0.3 if i < 3 else 1.0)
        made *= blocking * 0.7
    assert solved.attempts_per_call == pytest.approx(total, rel=1e-10)
    assert solved.lost == pytest.approx(lost, rel=1e-10)


def test_more_attempts_come_to_no_limit():
    rate, redial = 1.2, 0.4
    endless = solve_retrials(rate, 1.0, 2, redial, 0.7)
    gaps = [endless.first_blocking - solve_retrials(rate, 1.0, 2, redial, 0.7, n).first_blocking for n in range(1, 6)]
    assert all(0 < later < 0.4 * gap for gap, later in zip(gaps, gaps[1:], strict=False))
    assert gaps[-1] < 2e-4


@pytest.mark.parametrize("attempts", [3, None])
def test_long_delays_make_all_attempts_poisson(attempts):
    rate, redial, channels = 2.0, 0.5, 3
    low, high = 0.0, 1.0
    for _ in range(60):
        blocking = (low + high) / 2
        again = blocking * redial
        tries = 1 / (1 - again) if attempts is None else 1 + again + again**2
        low, high = (blocking, high) if erlang_b(rate * tries, channels) > blocking else (low, blocking)
    off = []
    for delay in (5.0, 20.0):
        solved = solve_retrials(rate, 1.0, channels, redial, delay, attempts, accuracy=1e-9)
        off.append(abs(solved.first_blocking - low))
        assert solved.attempt_blocking == pytest.approx(low, abs=0.1 / delay)
    assert off[1] < 0.3 * off[0]
    assert off[1] < 0.002


def test_redials_at_once_mostly_meet_the_same_full_group():
    patient, hasty = (solve_retrials(2.0, 1.0, 3, 0.9, delay, 3) for delay in (1.0, 1e-4))
    assert hasty.blocking_by_attempt[1] > 0.999
    assert hasty.lost == pytest.approx(erlang_b(2.0, 3), rel=1e-3)
    assert patient.lost < hasty.lost


def test_a_chain_solved_by_iteration_is_that_by_elimination(monkeypatch):
    from capsim.analysis import retrial

    direct = solve_retrials(3.0, 1.0, 4, 0.7, 1.0, 3)
    monkeypatch.setattr(retrial, "_DIRECT_STATES", 10)
    iterated = solve_retrials(3.0, 1.0, 4, 0.7, 1.0, 3)
    assert iterated.imbalance < 1e-12
    assert iterated.first_blocking == pytest.approx(direct.first_blocking, rel=1e-11)
    assert iterated.lost == pytest.approx(direct.lost, rel=1e-11)


def test_a_group_of_many_channels_is_solved():
    solved = solve_retrials(40.0, 1.0, 40, 0.8, 0.2, 3)
    assert erlang_b(40.0, 40) < solved.first_blocking < solved.attempt_blocking
    assert solved.busy == pytest.approx(40.0 * (1 - solved.lost), rel=1e-10)


def simulated(rate, holding, channels, redial, delay, attempts, calls, seed):
    """Counts of blocked first attempts, attempts, blocked attempts and lost calls, from an event list."""
    draw = random.Random(seed)
    events, busy, made, blocked, first, lost = [(draw.expovariate(rate), 1)], 0, 0, 0, 0, 0
    offered = 0
    while events:
        now, kind = heapq.heappop(events)
        if kind == 0:
            busy -= 1
            continue
        if kind == 1:
            offered += 1
            if offered < calls:
                heapq.heappush(events, (now + draw.expovariate(rate), 1))
        made += 1
        if busy < channels:
            busy += 1
            heapq.heappush(events, (now + draw.expovariate(1 / holding), 0))
            continue
        blocked += 1
        first += kind == 1
        if kind < attempts and draw.random() < redial:
            heapq.heappush(events, (now + draw.expovariate(1 / delay), kind + 1))
        else:
            lost += 1
    return first / calls, blocked / made, made / calls, lost / calls


@pytest.mark.parametrize(
    ("rate", "holding", "channels", "redial", "delay", "attempts"),
    [(4.0, 1.0, 5, 0.7, 0.5, 3), (1.5, 2.0, 2, 1.0, 0.3, 4), (3.0, 1.0, 3, 0.6, 2.0, math.inf)],
)
def test_a_small_simulation_agrees(rate, holding, channels, redial, delay, attempts):
    exact = solve_retrials(rate, holding, channels, redial, delay, None if attempts == math.inf else attempts)
    parts = [simulated(rate, holding, channels, redial, delay, attempts, 20_000, seed) for seed in range(16)]
    names = (exact.first_blocking, exact.attempt_blocking, exact.attempts_per_call, exact.lost)
    for theory, values in zip(names, zip(*parts, strict=True), strict=True):
        mean = math.fsum(values) / len(values)
        deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values))
        assert abs(mean - theory) < 4 * deviation
        assert deviation < 0.01 * theory


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"rate": 0.0}, "rate"),
        ({"mean_holding": -1.0}, "mean_holding"),
        ({"channels": 0}, "channels"),
        ({"channels": 2.5}, "channels"),
        ({"redial": 1.1}, "redial"),
        ({"redial": 1.0, "attempts": None}, "redial"),
        ({"redial": -0.1}, "redial"),
        ({"mean_delay": 0.0}, "mean_delay"),
        ({"attempts": 0}, "attempts"),
        ({"accuracy": 0.0}, "accuracy"),
        ({"accuracy": 0.1}, "accuracy"),
        ({"max_states": 100}, "max_states"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change, match):
    given = {"rate": 2.0, "mean_holding": 1.0, "channels": 3, "redial": 0.5, "mean_delay": 1.0, "attempts": 3}
    with pytest.raises(ValueError, match=match):
        solve_retrials(**(given | change))
