"""Logs of the engines and of the reference model in one form, so that tests can compare them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from capsim.records import OUTCOMES, CallLog, join_logs
from capsim.units import NEVER
from tests.reference.prepaid import ReferenceModel
from tests.reference.systems import System, edges_of, in_rows, logs_of

CALLS = ("outcome", "end", "channel", "torn_down")


def facts_of(engine: str, system: System, cuts: Sequence[int] = (), width: int = 1) -> dict[str, list]:
    """Log of an engine: calls DID by DID, calls in progress from table to table, and the balance."""
    logs, ledger = logs_of(engine, system, cuts, width)
    joined = join_logs(logs)
    facts = {name: getattr(joined, name).tolist() for name in CALLS}
    facts["outcome"] = [OUTCOMES[code] for code in joined.outcome]
    facts["before"] = [(log.calls.begin, *one) for log in logs for one in _in_progress(log)]
    groups = [(did, at, group) for log in logs for did, at, group in zip(*_members(log), strict=True)]
    facts["group"] = [None if group == len(system.groups) else group for *_, group in sorted(groups)]
    if ledger:
        facts["balance, drawn, top-ups"] = [ledger.balance, ledger.drawn, ledger.top_ups]
        facts["closing"], facts["lowest"] = (one.tolist() for one in ledger.over_time())
    return facts


def _in_progress(log: CallLog) -> list[tuple[int, ...]]:
    one = log.before
    did = np.repeat(np.arange(len(one.first) - 1), np.diff(one.first))
    columns = did, one.tier, one.end, one.channel, one.group, one.arrival, one.answer, one.call
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _members(log: CallLog) -> tuple[list[int], ...]:
    did = log.calls.did
    return did.tolist(), log.calls.arrival.tolist(), log.group[did].tolist()


def reference_facts(
    system: System, cuts: Sequence[int] = (), width: int = 1, reference: ReferenceModel | None = None
) -> dict[str, list]:
    """Log of the reference model, in the form of ``facts_of``."""
    reference = reference or run_model(system)
    rows = in_rows(reference.calls)
    facts = {name: [getattr(call, name) for call in rows] for name in CALLS}
    facts["before"] = _reference_in_progress(system, reference, cuts)
    facts["group"] = [call.group for call in rows]
    if system.account:
        facts["balance, drawn, top-ups"] = [reference.balance, reference.drawn, reference.top_ups]
        facts["closing"], facts["lowest"] = [], []
        balance = system.account.balance
        for begin in range(0, system.horizon, width):
            then = [balance, *(left for at, left in reference.book if begin <= at < begin + width)]
            balance = then[-1]
            facts["closing"].append(balance)
            facts["lowest"].append(min(then))
    return facts


def run_model(system: System, model: type[ReferenceModel] = ReferenceModel) -> ReferenceModel:
    """Run the reference model, or a variant of it, on a copy of the system's calls."""
    calls = copy.deepcopy(system.calls)
    reference = model(calls, system.dids, system.groups, system.changes, system.account, system.horizon)
    reference.run()
    return reference


def _reference_in_progress(system: System, reference: ReferenceModel, cuts: Sequence[int]) -> list[tuple[int, ...]]:
    """Calls in progress as each table begins, each with its place among all calls so far."""
    edges, numbered, lines = edges_of(system, cuts), [], []
    for begin, end in pairwise(edges):
        going_on = [(number, call) for number, call in enumerate(numbered) if call.carried and call.end > begin]
        for number, call in sorted(going_on, key=lambda one: (one[1].did, one[1].arrival, one[0])):
            answer = call.arrival + call.ring if call.answered else NEVER
            group = len(system.groups) if call.group is None else call.group
            tier = OUTCOMES.index(call.outcome)
            lines.append((begin, call.did, tier, call.end, call.channel, group, call.arrival, answer, number))
        numbered += in_rows([call for call in reference.calls if begin <= call.arrival < end])
    return lines


def differing(one: dict[str, list], other: dict[str, list]) -> list[str]:
    assert one.keys() == other.keys()
    return [name for name in one if one[name] != other[name]]


@dataclass
class Outcome:
    """Outcomes of calls, in the order in which they were given, and the balance."""

    outcome: list[str]
    end: list[int]
    channel: list[int]
    torn_down: list[bool]
    balance: int = 0
    drawn: int = 0
    top_ups: int = 0
    closing: list[int] = field(default_factory=list)
    """The balance after each tick."""


MODELS = ("reference", "simpy", "compiled")


def outcome_of(model: str, system: System) -> Outcome:
    """Run an engine or the reference model on a system; cutting tables at every tick must change nothing."""
    everywhere = range(system.begin, system.horizon)
    if model == "reference":
        facts = reference_facts(system)
    else:
        facts = facts_of(model, system)
        assert not set(differing(facts, facts_of(model, system, everywhere))) - {"before"}
    rows = in_rows(system.calls)
    place = [next(row for row, one in enumerate(rows) if one is call) for call in system.calls]
    result = Outcome(*([facts[name][row] for row in place] for name in CALLS))
    if system.account:
        result.balance, result.drawn, result.top_ups = facts["balance, drawn, top-ups"]
        result.closing = facts["closing"]
    return result
