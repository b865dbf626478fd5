"""Variation of a sweep: paths of a scenario, with values or with factors that multiply the present value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import Any

from capsim.errors import InputError, Problem, ScenarioError
from capsim.scenario import Scenario, read_value
from capsim.scenario.what_ifs import changed

MOST_POINTS = 100_000
"""Largest number of points."""
STEPS = 5
"""Number of steps of a range that names none."""
RATES = ("calls_per_hour", "erlangs")
"""Keys of a traffic that a factor multiplies."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor that multiplies a value.

    Attributes
    ----------
    by : Decimal
        The factor.
    """

    by: Decimal

    def __str__(self) -> str:
        return f"x{self.by.normalize():f}"


Values = tuple[Any, ...]
"""Values of one path."""
Point = tuple[Any, ...]
"""Values of one point, in the order of the paths."""


def parse_vary(text: str) -> tuple[str, Values]:
    """Read a path and its values.

    Parameters
    ----------
    text : str
        ``groups.support.shared=0:20:2`` (both ends of a range are included), ``...=8,10,12``,
        ``dids.*.traffic=*1.0:1.5:0.1``, or ``PATH *1.0..1.5``.

    Raises
    ------
    InputError
        For anything else.
    """
    path, equals, given = text.partition("=")
    if not equals:
        path, _, given = text.strip().partition(" ")
    path, given = path.strip(), given.strip()
    if not path or not given:
        raise InputError(Problem(f"--vary needs PATH=START:STOP:STEP or PATH=VALUE,VALUE (got '{text}')"))
    factors = given.startswith("*")
    numbers = given.removeprefix("*")
    numbers = numbers.replace("..", ":") if ".." in numbers else numbers
    try:
        if ":" in numbers and not any(sign in numbers for sign in ",{[\"'"):
            values: list[Any] = list(_range(numbers))
        else:
            values = [_number(part) if factors else _value(part) for part in _split(numbers)]
    except (ValueError, InvalidOperation):
        raise InputError(
            Problem(f"--vary {path}: needs START:STOP:STEP with a step above 0, or a list (got '{given}')", path=path)
        ) from None
    return path, tuple(Factor(Decimal(value)) for value in values) if factors else tuple(values)


def _range(text: str) -> Iterator[int | Decimal]:
    start, stop, *rest = (Decimal(part.strip()) for part in text.split(":"))
    step = rest[0] if rest else (stop - start) / STEPS
    if len(rest) > 1 or step <= 0 or stop < start or (stop - start) / step > MOST_POINTS:
        raise ValueError
    value = start
    while value <= stop:
        yield int(value) if value == value.to_integral_value() and "." not in text else value
        value += step


def _split(text: str) -> list[str]:
    """Split a text at commas outside of brackets."""
    parts, depth, part = [], 0, ""
    for character in text:
        depth += (character in "{[") - (character in "}]")
        if character == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += character
    return [text.strip() for text in (*parts, part)]


def _number(text: str) -> Decimal:
    return Decimal(text)


def _value(text: str) -> Any:
    if not text:
        raise ValueError
    try:
        return None if text == "none" else read_value(text)
    except ScenarioError as error:
        raise ValueError from error


def points_of(vary: Mapping[str, Sequence[Any]], together: bool) -> list[Point]:
    """Return all combinations of the values, the last path's changing fastest.

    Parameters
    ----------
    vary : mapping of str to sequence
        Values by path.
    together : bool
        Whether the first values of all paths make the first point, and so on, in place of all combinations.

    Raises
    ------
    InputError
        If there is no value, or too many points, or paths that vary together have different numbers of values.
    """
    if not vary or not all(len(values) for values in vary.values()):
        raise InputError(Problem("a sweep needs a path and at least one value for it"))
    lengths = {len(values) for values in vary.values()}
    if together and len(lengths) > 1:
        counts = ", ".join(f"{path} {len(values)}" for path, values in vary.items())
        raise InputError(Problem(f"paths that vary together need as many values each (got {counts})"))
    count = lengths.pop() if together else 1
    if not together:
        for values in vary.values():
            count *= len(values)
    if count > MOST_POINTS:
        raise InputError(Problem(f"the sweep has {count:,} points; allowed: up to {MOST_POINTS:,}"))
    points = zip(*vary.values(), strict=True) if together else product(*vary.values())
    return [tuple(point) for point in points]


def scenario_at(scenario: Scenario, paths: Sequence[str], point: Point) -> Scenario:
    """Return the scenario with a point's values; pools buy what they lack.

    Raises
    ------
    ScenarioError
        If a path leads nowhere, or a value breaks a rule.
    InputError
        For a factor where there is no number.
    """
    values: dict[str, Any] = {}
    for path, value in zip(paths, point, strict=True):
        if isinstance(value, Factor):
            multiplied = dict(_multiplied(scenario, path, value.by))
            if twice := sorted(multiplied.keys() & values.keys()):
                raise InputError(Problem(f"{twice[0]} is varied by more than one path", path=path))
            values |= multiplied
        else:
            values[path] = value
    return changed(scenario, values)


def _multiplied(scenario: Scenario, path: str, by: Decimal) -> Iterator[tuple[str, Any]]:
    found = False
    for place, value in _at(scenario.keys, path.split("."), ()):
        if isinstance(value, Mapping) and place[-1] == "traffic":
            for rate in RATES:
                if rate in value:
                    found = True
                    yield ".".join((*place, rate)), Decimal(str(value[rate])) * by
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            found = True
            product_ = Decimal(str(value)) * by
            whole = isinstance(value, int) and product_ == product_.to_integral_value()
            yield ".".join(place), int(product_) if whole else product_
    if not found:
        raise InputError(Problem("no number stands there that a factor could multiply", path=path))


def _at(here: Any, path: Sequence[str], before: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give the values at a path, with their own paths; of the names that a star stands for, some may lack the rest."""
    if not path:
        yield before, here
    elif isinstance(here, Mapping):
        for name in here if path[0] == "*" else [path[0]]:
            if name in here:
                yield from _at(here[name], path[1:], (*before, name))
    elif isinstance(here, list) and path[0].isdecimal() and int(path[0]) < len(here):
        yield from _at(here[int(path[0])], path[1:], (*before, path[0]))
