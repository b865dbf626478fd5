"""The scenario: a file's keys as one frozen value that keeps all rules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr, ValidationError

from capsim.errors import Problem, ScenarioError
from capsim.scenario.language.document import Document
from capsim.scenario.language.paths import replace_values
from capsim.scenario.language.problems import explain
from capsim.scenario.language.writing import yaml_text
from capsim.scenario.model.rules import check_foundation, check_values
from capsim.scenario.model.written import MOST_REPLICATIONS, MOST_SEED, WrittenScenario
from capsim.scenario.time.checking import check_time
from capsim.scenario.time.timeline import Timeline


def _is_run_key(name: str, value: Any) -> bool:
    """Whether a key is ``seed`` or ``replications``, with a value that is allowed."""
    least, most = {"seed": (0, MOST_SEED), "replications": (1, MOST_REPLICATIONS)}.get(name, (0, -1))
    return type(value) is int and least <= value <= most


class Scenario(WrittenScenario):
    """A capsim scenario: capacity, traffic and prices of phone numbers over a horizon.

    Made by `capsim.load` from a file, or here from the keys of a file as Python values
    (``Scenario(start="2026-11-02", duration="4 weeks", dids={...})``).

    Raises
    ------
    ScenarioError
        if the format or a rule is broken; ``problems`` has all that was found
    """

    _document: Document = PrivateAttr()
    _timeline: Timeline = PrivateAttr()

    def __init__(self, _document: Document | None = None, /, **data: Any) -> None:
        document = Document(None, data) if _document is None else _document
        if not isinstance(document.data, dict):
            raise ScenarioError(document.problem((), "a scenario is a mapping of keys, such as `start:` and `dids:`"))
        try:
            self.__pydantic_validator__.validate_python(document.data, self_instance=self)
        except ValidationError as error:
            raise ScenarioError(explain(error, document, Scenario)) from None
        foundation = list(check_foundation(self))
        violations = [*foundation, *check_values(self)]
        if self.is_countable:
            self._timeline, over_time = check_time(self, changes=not foundation)
            violations += over_time
        if violations:
            problems = (document.problem(path, text, rule) for path, text, rule in dict.fromkeys(violations))
            raise ScenarioError(sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0)))
        self._document = document

    def override(self, values: Mapping[str, Any]) -> Scenario:
        """Make a new, validated scenario with the values at some paths replaced.

        Parameters
        ----------
        values : mapping of str to value
            new values by path, such as ``{"groups.support.shared": 20}``; None removes a key. ``*`` stands for every
            name: ``{"dids.*.capacity_limit": 5}``. Elements of a list are counted from 0, and keep their numbers while
            values are replaced: ``{"changes.0": None, "changes.2.at": "2026-11-09"}``; the number after the last adds
            an element.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            if a path leads nowhere, or the new scenario breaks a rule
        """
        document = self._document
        if all(_is_run_key(name, value) for name, value in values.items()):
            same = self.model_copy(update=dict(values))  # no rule reads these keys: nothing to check again
            same._document = Document(document.file, {**document.data, **values}, document.places, document.keys)
            return same
        return Scenario(replace_values(document, values, named=("pools", "groups", "dids")))

    def at_home_anywhere(self) -> Scenario:
        """Make the same scenario with an absolute path of its call records, to be saved in any folder."""
        if self.replay is None:
            return self
        return self.override({"replay.calls": str((self.folder / self.replay.calls).resolve())})

    @property
    def keys(self) -> Mapping[str, Any]:
        """Keys and values as a file has them; not to be changed."""
        data: dict[str, Any] = self._document.data
        return data

    def to_yaml(self) -> str:
        """Text of a scenario file, without comments, that reads back as the same scenario."""
        return yaml_text(self._document.data)

    @property
    def folder(self) -> Path:
        """Folder of the scenario's file, where its relative paths start; without a file, the working folder."""
        file = self._document.file
        return Path(file).parent if file is not None and Path(file).exists() else Path()

    @property
    def timeline(self) -> Timeline:
        """Flat-rate channels at the start, and what changes during the horizon."""
        return self._timeline

    def assigned_channels(self, pool: str) -> int:
        """Number of dedicated and shared channels that come from a pool at the start (R5)."""
        return self._timeline.assigned[pool]

    def bought_channels(self, pool: str) -> int:
        """Number of flat-rate channels bought in a pool by the first day: as given, or as many as are assigned."""
        return self._timeline.bought[pool]

    @property
    def warnings(self) -> list[Problem]:
        """What is allowed but may be a mistake, each with its place."""
        warnings = list(self.timeline.warnings)
        if self.account is not None and self.account.balance <= 0:
            text = f"is not positive (got {self.account.balance}): no metered call is carried"
            top_up = " until a fee is due, since only a charge brings a top-up" if self.account.top_up else ""
            warnings.append((("account", "balance"), f"{text}{top_up} (R10)"))
        for name, entry in self.dids.items():
            for number, surge in enumerate(entry.traffic.surges if entry.traffic is not None else ()):
                begin, end = surge.span(self.horizon.start)
                if begin >= self.horizon.microseconds or end <= -self.horizon.warm_up_microseconds:
                    path = ("dids", name, "traffic", "surges", number)
                    warnings.append((path, "lies outside the horizon and has no effect"))
        return [self._document.problem(path, text) for path, text in warnings]
