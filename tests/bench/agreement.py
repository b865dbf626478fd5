"""Nobody wins by simulating something else: shares of calls must agree, within what chance explains.

The reference of a case is capsim on short horizons: twenty of them tell the shares, and how much a count varies more
than independent calls would, since calls are blocked in clusters. A contestant's share may be five standard errors
away, and ten calls more where a share is nearly 0. For the loss group, everyone is held against Erlang's B
besides, whose blocked calls vary as the theory of their clusters says. Seeds are fixed, so that a run that agrees
agrees again.

How much it sees: in the rounds of a whole run, a load 2% too high or a shared channel too few in the ladders, a channel
too few in the loss group; of Ciw, whose calls are few, only what is more than a channel off.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tests.bench.cases import Case
from tests.bench.contestants import Run
from tests.bench.outcome import FIGURES, Outcome

REFERENCE_RUNS = 20
STANDARD_ERRORS = 5.0
FEW_CALLS = 10


class DisagreementError(Exception):
    """Two contestants cannot have simulated the same system."""


@dataclass(frozen=True)
class Reference:
    """Shares of calls by figure, the variance of each for one call, and the calls that they are known from."""

    shares: np.ndarray
    variance: np.ndarray
    calls: float

    def check(self, title: str, outcome: Outcome) -> None:
        """Raises DisagreementError."""
        for figure, count, share, variance in zip(FIGURES, outcome.counts, self.shares, self.variance, strict=True):
            found = count / outcome.offered
            error = math.sqrt(variance * (1 / outcome.offered + 1 / self.calls))
            allowed = STANDARD_ERRORS * error + FEW_CALLS * (1 / outcome.offered + 1 / self.calls)
            if not abs(found - share) <= allowed:
                raise DisagreementError(
                    f"{title}: {found:.5%} of {outcome.offered:,} calls are {figure}, and not {share:.5%} "
                    f"within {allowed:.5%}"
                )


def reference(run: Run) -> Reference:
    """From runs of capsim on a short horizon."""
    outcomes = [run(1_000 + number) for number in range(REFERENCE_RUNS)]
    counts = np.array([outcome.counts for outcome in outcomes], np.float64)
    offered = counts.sum(axis=1)
    shares = counts.sum(axis=0) / offered.sum()
    variance = ((counts - shares * offered[:, None]) ** 2).sum(axis=0) / (REFERENCE_RUNS - 1) / offered.mean()
    return Reference(shares, np.maximum(variance, shares * (1 - shares)), offered.sum())


def erlang(case: Case) -> Reference:
    """Theory, for a loss group."""
    from capsim.analysis import erlang_b, overflow_dispersion

    blocked = erlang_b(case.erlangs, case.shared)
    variance = blocked * overflow_dispersion(case.erlangs, case.shared)
    return Reference(np.array([0.0, 1 - blocked, 0.0, blocked]), np.array([0.0, variance, 0.0, variance]), math.inf)


def check(case: Case, short_run: Run, outcomes: Mapping[str, Outcome]) -> None:
    """Hold every contestant that simulates against the reference, and against theory where there is one.

    Raises
    ------
    DisagreementError
    """
    measured = reference(short_run)
    references = {"capsim on short horizons": measured}
    if case.name == "loss":
        references["Erlang's B"] = erlang(case)
    for name, known in references.items():
        for title, outcome in outcomes.items():
            if outcome.offered:
                known.check(f"{case.name}, {title} against {name}", outcome)
