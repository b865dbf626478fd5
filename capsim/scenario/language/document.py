"""YAML text -> plain values, and the line and column of each.

The reader takes the events of a YAML 1.2 parser and resolves plain scalars itself, by the core schema of
YAML 1.2: ``no``, ``1:30`` and ``2026-11-02`` are text, and a number with a point is an exact `Decimal`.
The reader refuses what no scenario needs: tags, null, complex keys, several documents, a key given twice,
and nesting or aliases that would explode.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

from capsim.errors import Problem, ScenarioError

MAX_BYTES = 2_000_000
"""Largest scenario file that is read, in bytes."""
MAX_VALUES = 400_000
"""Largest number of values in a file, those of aliases included."""
MAX_DEPTH = 16
"""Deepest nesting of mappings and lists."""

Path = tuple[str | int, ...]
"""Keys of mappings and positions in lists that lead to a value."""

_INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", re.ASCII)
_LONGEST_NUMBER = 40


@dataclass
class Document:
    """A YAML document as plain values with their places.

    Attributes
    ----------
    file : str or None
        file as the user named it; None for values made in Python
    data : dict, list, str, int, Decimal or bool
        the values
    places : dict of Path to (int, int)
        line and column of each value, from 1; of its key, for a mapping or a list
    keys : dict of Path to (int, int)
        line and column of each key
    """

    file: str | None
    data: Any
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def problem(self, path: Path, message: str, rule: str | None = None, *, of_key: bool = False) -> Problem:
        """Problem at a path (at its key, if ``of_key``), or at the longest part of the path that is in the file."""
        known = path
        while known and known not in self.places:
            known = known[:-1]
        places = self.keys if of_key and known in self.keys else self.places
        line, column = places.get(known, (1, 1)) if self.file is not None else (None, None)
        return Problem(message, self.file, line, column, path_text(path), rule)


def path_text(path: Path) -> str:
    """A path as text: ``("dids", "london", "group")`` as ``dids.london.group``."""
    return ".".join(str(part) for part in path)


def read_document(raw: bytes, file: str) -> Document:
    """Parse a scenario file.

    Raises
    ------
    ScenarioError
        if the text is not YAML as scenarios use it, with the place
    """
    if len(raw) > MAX_BYTES:
        raise ScenarioError(
            Problem(
                f"the file has {len(raw):,} bytes; allowed: at most {MAX_BYTES:,} (`count` describes identical DIDs)",
                file,
                1,
                1,
            )
        )
    return _Reader(_decode(raw, file), file).document()


def read_value(text: str) -> Any:
    """Parse one value as a scenario file has it (for ``--set PATH=VALUE``)."""
    return _Reader(text, None).document().data


def _decode(raw: bytes, file: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ScenarioError(Problem("the file is UTF-16; save it as UTF-8", file, 1, 1))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line_start = before.rfind(b"\n") + 1
        raise ScenarioError(
            Problem(
                f"byte 0x{error.object[error.start]:02x} is not UTF-8 text; save the file as UTF-8",
                file,
                before.count(b"\n") + 1,
                len(before[line_start:].decode("utf-8", "replace")) + 1,
            )
        ) from None


@dataclass(frozen=True, slots=True)
class _Anchored:
    value: Any
    size: int
    height: int


class _Reader:
    """Builds values from parser events, bounded in depth and in number.

    An alias gives the anchored value itself; its place is that of the alias.
    """

    def __init__(self, text: str, file: str | None) -> None:
        self.file = file
        self.text = text
        self.events = YAML(typ="safe", pure=True).parse(text)
        self.places: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self.anchors: dict[str, _Anchored] = {}
        self.size = 0
        self.deepest = 0

    def document(self) -> Document:
        try:
            data = self._document()
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise self._failure(f"not valid YAML: {error.problem or error.context}", place) from None
        except ReaderError as error:
            before = self.text[: error.position]
            place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
            raise self._failure(f"a control character (U+{error.character:04X}) is not valid YAML", place) from None
        except (ValueError, IndexError, AttributeError, TypeError, NotImplementedError, OverflowError):
            raise self._failure("not valid YAML", (1, 1)) from None  # the parser's own slips on damaged text
        if self.problems:
            raise ScenarioError(self.problems)
        return Document(self.file, data, self.places, self.keys)

    def _document(self) -> Any:
        next(self.events)  # the start of the stream
        event = next(self.events)
        if isinstance(event, StreamEndEvent):
            raise self._failure("the file is empty; `capsim init` writes a scenario to start from", (1, 1))
        data = self._value(next(self.events), ())
        next(self.events)  # the end of the document
        event = next(self.events)
        if not isinstance(event, StreamEndEvent):
            raise self._stop("a second document starts here; a scenario is one document", event)
        return data

    # -- values ---------------------------------------------------------------------------------------

    def _value(self, event: Event, path: Path) -> Any:
        self._count(event, 1, len(path))
        empty = isinstance(event, ScalarEvent) and event.start_mark.index == event.end_mark.index
        own_place = isinstance(event, ScalarEvent | AliasEvent) and not empty
        self.places[path] = _place(event) if own_place else self.keys.get(path, _place(event))
        if isinstance(event, AliasEvent):
            return self._alias(event, path)
        tag = getattr(event, "ctag", None)
        if tag is not None and str(tag) != "!":
            self._note(f"the tag {tag} is not used in scenarios; leave it out", event, path)
        size, deepest, self.deepest = self.size, self.deepest, len(path)
        if isinstance(event, MappingStartEvent):
            value: Any = self._mapping(path)
        elif isinstance(event, SequenceStartEvent):
            value = self._sequence(path)
        elif isinstance(event, ScalarEvent):
            value = self._scalar(event, path)
        else:
            raise self._stop("not valid YAML", event)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(value, self.size - size, self.deepest - len(path))
        self.deepest = max(deepest, self.deepest)
        return value

    def _alias(self, event: AliasEvent, path: Path) -> Any:
        anchored = self.anchors.get(event.anchor)
        if anchored is None:
            raise self._stop(f"the alias *{event.anchor} has no anchor &{event.anchor} before it", event)
        self._count(event, anchored.size, len(path) + anchored.height)
        return anchored.value

    def _count(self, event: Event, values: int, depth: int) -> None:
        self.size += values
        self.deepest = max(self.deepest, depth)
        if self.size > MAX_VALUES:
            raise self._stop(f"more than {MAX_VALUES:,} values, including those of aliases", event)
        if depth > MAX_DEPTH:
            raise self._stop(f"nested more than {MAX_DEPTH} levels deep", event)

    def _mapping(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                raise self._stop("a key must be a plain word", event)
            key = event.value
            if key in result:
                first = self.keys[*path, key]
                self._note(f"the key '{key}' is given twice; the first is in line {first[0]}", event, (*path, key))
                key = f"{key} (again)"
            self.keys[*path, key] = _place(event)
            result[key] = self._value(next(self.events), (*path, key))
        return result

    def _sequence(self, path: Path) -> list[Any]:
        result: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            result.append(self._value(event, (*path, len(result))))
        return result

    def _scalar(self, event: ScalarEvent, path: Path) -> Any:
        text: str = event.value
        if event.style is not None or not event.implicit[0]:
            return text
        if text in ("", "~", "null", "Null", "NULL"):
            text = "has no value (null); write a value, or leave the key out"
            self.problems.append(self._problem(text, self.places[path], path))
        elif text in ("true", "True", "TRUE"):
            return True
        elif text in ("false", "False", "FALSE"):
            return False
        elif _NOT_FINITE.fullmatch(text):
            self._note(f"must be a finite number (got {text})", event, path)
        elif _REAL.fullmatch(text) and len(text) > _LONGEST_NUMBER:
            self._note(f"is a number of {len(text):,} characters; allowed: at most {_LONGEST_NUMBER}", event, path)
        elif _INTEGER.fullmatch(text):
            return int(text)
        elif _REAL.fullmatch(text):
            return Decimal(text)
        else:
            return text
        return None

    # -- problems -------------------------------------------------------------------------------------

    def _note(self, message: str, event: Event, path: Path) -> None:
        self.problems.append(self._problem(message, _place(event), path))

    def _problem(self, message: str, place: tuple[int, int], path: Path) -> Problem:
        line, column = place if self.file is not None else (None, None)
        return Problem(message, self.file, line, column, path_text(path))

    def _stop(self, message: str, event: Event) -> ScenarioError:
        return self._failure(message, _place(event))

    def _failure(self, message: str, place: tuple[int, int]) -> ScenarioError:
        line, column = place if self.file is not None else (None, None)
        return ScenarioError([*self.problems, Problem(message, self.file, line, column)])


def _place(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
