"""A rule that an allocation breaks, and its report."""

from __future__ import annotations

from collections.abc import Mapping

from capsim.scenario.language.document import Path
from capsim.scenario.model.messages import Violation


class Breach(Exception):  # noqa: N818 (a rule is broken; the check goes on)
    """A rule that an allocation breaks.

    Parameters
    ----------
    key : str
        what is wrong, by the key of a change that allocates it: did, group, pool, dedicated, shared, metered, ...
    text : str
        what is wrong, what is allowed, and what to do
    rule : str
        rule of docs/rules.md
    lacks : Path or None
        key that the scenario lacks, such as a price: the place to mend if its start is wrong
    """

    def __init__(self, key: str, text: str, rule: str, lacks: Path | None = None) -> None:
        self.key, self.text, self.rule, self.lacks = key, text, rule, lacks


class Breaches:
    """Receives breaches: the start of a scenario collects all of them, a change stops at its first.

    Attributes
    ----------
    collected : dict of Violation
        breaches of the start, each once
    """

    def __init__(self) -> None:
        self.collected: dict[Violation, None] = {}
        self._path: Path | None = None
        self._keys: Mapping[str, Path] = {}

    def collect_at(self, path: Path, keys: Mapping[str, Path]) -> None:
        """Collect breaches from now on.

        Parameters
        ----------
        path : Path
            pool, group or entry of ``dids`` that is allocated
        keys : mapping of str to Path
            keys below the path by the key of a change that stands for the same
        """
        self._path, self._keys = path, keys

    def collect_no_more(self) -> None:
        """Raise breaches from now on."""
        self._path = None

    def __call__(self, breach: Breach) -> None:
        if self._path is None:
            raise breach
        path = breach.lacks or (*self._path, *self._keys[breach.key])
        self.collected[Violation(path, breach.text, breach.rule)] = None
