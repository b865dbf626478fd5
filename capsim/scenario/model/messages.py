"""Violations of rules, and a text that several rules need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from capsim.scenario.language.document import Path
from capsim.scenario.language.values import nearest


class Violation(NamedTuple):
    """A rule that a scenario breaks.

    path : what is wrong
    text : what is wrong, what was given, what is allowed, and what to do
    rule : rule of docs/rules.md, or None for the file format itself
    """

    path: Path
    text: str
    rule: str | None


def unknown(what: str, name: str | None, known: Iterable[str]) -> str:
    """A name that leads nowhere: ``there is no pool 'standrd'; did you mean 'standard'? (got 'standrd')``."""
    names = list(known)
    defined = f"; defined: {', '.join(names[:10]) or 'none'}"
    return f"there is no {what} '{name}'{nearest(str(name), names) or defined} (got '{name}')"
