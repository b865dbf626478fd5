"""The keys of a scenario file as Markdown, from its models: a section for each place, a row for each key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from capsim.scenario import TEMPLATE, Scenario
from capsim.scenario.language.part import Part
from capsim.shares import LARGEST_BARE_BLOCKING

RULE = re.compile(r"(?<![\w`\[])([RM]\d{1,2})(?!\w)")
SHARES = {1: "share: `0.85` or `85%`", LARGEST_BARE_BLOCKING: "blocking: `0.005` or `0.5%`"}
"""Largest number of a schema -> form of the share, which may also be text with a percent sign."""
NAMED = "NAME"
"""A name of the user's choice, in a path."""


@dataclass
class Place:
    """A mapping of the file: its model, and the paths at which it may stand."""

    model: type[Part]
    paths: list[str] = field(default_factory=list)

    @property
    def is_distribution(self) -> bool:
        return "distribution" in self.model.model_fields and self.paths[0].endswith(".holding")

    @property
    def anchor(self) -> str:
        return _anchor(self.model)


def template() -> str:
    """What ``capsim init`` writes."""
    return f"```yaml\n{TEMPLATE}```"


def markdown() -> str:
    """A section for each place, in the order of the file; the distributions, which stand at several, last."""
    places = _places()
    lines: list[str] = []
    for place in places.values():
        if not place.is_distribution:
            lines += _section(place, _title(place.paths), "##")
    lines += [
        "## Distributions",
        "",
        "A distribution describes a random length of time. It is the value of these keys: "
        + _listed(next(one for one in places.values() if one.is_distribution).paths)
        + ".",
        "",
    ]
    for place in places.values():
        if place.is_distribution:
            (name,) = get_args(place.model.model_fields["distribution"].annotation)
            lines += _section(place, f"`distribution: {name}`", "###")
    return "\n".join(lines)


def _section(place: Place, title: str, level: str) -> list[str]:
    lines = [
        f'<a id="{place.anchor}"></a>',
        f"{level} {title}",
        "",
        _prose((place.model.__doc__ or "").partition("\n\n    Made")[0]),
    ]
    lines += ["", "| key | value | default | meaning |", "|---|---|---|---|"]
    keys = sorted(place.model.model_fields.items(), key=lambda one: one[0] != "distribution")
    return [*lines, *(_row(name, key, place) for name, key in keys), ""]


def _title(paths: list[str]) -> str:
    """All paths of a place: the first in full, the last part of those beside it."""
    if not paths[0]:
        return "Top level"
    beside = paths[0].rpartition(".")[0]
    short = (f".{path.rpartition('.')[2]}" if path.startswith(f"{beside}.") else path for path in paths[1:])
    return ", ".join(f"`{path}`" for path in (paths[0], *short))


def _listed(paths: list[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def _places() -> dict[type[Part], Place]:
    """All mappings, each once, the outer before the inner."""
    found: dict[type[Part], Place] = {}

    def visit(model: type[Part], path: str) -> None:
        place = found.setdefault(model, Place(model))
        place.paths.append(path)
        if len(place.paths) > 1 and not any(_parts(key.annotation) for key in model.model_fields.values()):
            return
        for name, key in model.model_fields.items():
            for inner, step in _parts(key.annotation):
                visit(inner, ".".join(part for part in (path, f"{key.alias or name}{step}") if part))

    visit(Scenario, "")
    return found


def _parts(annotation: Any, step: str = "") -> list[tuple[type[Part], str]]:
    """The models in an annotation, and what a path needs to get into them: ``.NAME``, or ``[]`` of a list."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return [(annotation, step)]
    origin = getattr(annotation, "__origin__", None)
    inner = {dict: f".{NAMED}", tuple: "[]"}.get(origin, step) if isinstance(origin, type) else step
    return [found for one in get_args(annotation) for found in _parts(one, inner)]


def _row(name: str, key: FieldInfo, place: Place) -> str:
    schema = place.model.model_json_schema()["properties"][key.alias or name]
    inner = _parts(key.annotation)
    meaning = key.description or (_first_line(inner[0][0]) if inner else "")
    cells = (f"`{key.alias or name}`", _kind(schema, key), _default(key), _prose(meaning))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _first_line(model: type[Part]) -> str:
    return (model.__doc__ or "").partition("\n")[0]


def _default(key: FieldInfo) -> str:
    if key.is_required():
        return "*needed*"
    value = key.default
    if key.default_factory is not None or value is PydanticUndefined or value is None or value == ():
        return ""
    if isinstance(value, Part):
        length = getattr(value, "mean", None)
        return f"`{length}`" if length is not None else ""
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{shown}`"


def _kind(schema: dict[str, Any], key: FieldInfo) -> str:
    """Return the form of a value, in words."""
    return " or ".join(dict.fromkeys(_kinds(schema))) + _bounds(schema, key)


def _kinds(schema: dict[str, Any]) -> Iterator[str]:
    options = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    if "$ref" in schema:
        yield f"[mapping](#{_anchor_of(schema['$ref'].rpartition('/')[2])})"
    elif "discriminator" in schema:
        yield "[distribution](#distributions)"
    elif options and options[0].get("maximum") in SHARES:
        yield SHARES[options[0]["maximum"]]
        yield from (kind for one in options[2:] for kind in _kinds(one))
    elif len(options) > 1 and options[0] == {"type": "number", "minimum": 0} and options[1]["type"] == "string":
        yield from ("money", *(kind for one in options[2:] for kind in _kinds(one)))
    elif options:
        yield from (kind for one in options for kind in _kinds(one))
    elif "enum" in schema:
        yield " or ".join(f"`{value}`" for value in schema["enum"])
    elif "const" in schema:
        yield f"`{schema['const']}`"
    elif schema.get("type") == "array":
        yield f"list: {' or '.join(dict.fromkeys(_kinds(schema['items'])))}"
    elif schema.get("type") == "object":
        yield _mapping(schema)
    else:
        yield _simple(schema)


def _mapping(schema: dict[str, Any]) -> str:
    if "properties" in schema:
        return f"mapping of {' and '.join(f'`{name}`' for name in schema['properties'])}"
    if "propertyNames" in schema:
        return "[profile](#profiles)"
    return f"by name: {' or '.join(dict.fromkeys(_kinds(schema['additionalProperties'])))}"


def _simple(schema: dict[str, Any]) -> str:
    pattern = schema.get("pattern", "")
    told = {"month": "length of time", "min": "elapsed time", "T ]": "date or date-time", "%": "percentage"}
    for part, kind in told.items():
        if part in pattern:
            return kind
    if schema.get("format") == "date":
        return "date"
    kinds = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}
    examples = schema.get("examples", [])
    return kinds[schema["type"]] + (f", such as {', '.join(f'`{one}`' for one in examples)}" if examples else "")


def _bounds(schema: dict[str, Any], key: FieldInfo) -> str:
    limits: dict[str, Any] = {}
    for one in key.metadata:
        for name in ("gt", "ge", "lt", "le"):
            if getattr(one, name, None) is not None:
                limits[name] = getattr(one, name)
    for one in [schema, *schema.get("anyOf", [])]:
        if one.get("type") == "integer":
            limits.setdefault("ge", one.get("minimum"))
            limits.setdefault("le", one.get("maximum"))
    low = f"above {limits['gt']:,}" if limits.get("gt") is not None else None
    if limits.get("ge") is not None:
        low = f"{limits['ge']:,}"
    high = f"{int(limits['le']):,}" if limits.get("le") is not None else None
    if low and high:
        return f", {low} to {high}" if not low.startswith("above") else f", {low}, at most {high}"
    if low:
        return f", {low}" if low.startswith("above") else f", {low} or more"
    return f", at most {high}" if high else ""


def _anchor_of(model: str) -> str:
    return f"keys-{model.lower()}"


def _anchor(model: type[Part]) -> str:
    return _anchor_of(model.__name__)


def _prose(text: str) -> str:
    """A docstring as Markdown on one line, with the rules it cites as links."""
    text = " ".join(text.replace("``", "`").split())
    parts = re.split(r"(`[^`]*`)", text)
    for place in range(0, len(parts), 2):
        escaped = parts[place].replace("*", "\\*").replace("<", "&lt;")
        parts[place] = RULE.sub(lambda rule: f"[{rule[1]}](../rules.md#{rule[1].lower()})", escaped)
    return "".join(parts)
