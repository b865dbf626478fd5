"""Validation errors in the planner's words: place, path, value, what is allowed, and the rule.

Pydantic names a place in the model. The way down the model to that place gives the path in the file, the rule behind
it (`Part.RULES`) and the parts that can stand there, so that no key is named in this file.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass
from decimal import Decimal
from types import UnionType
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from capsim.errors import Problem
from capsim.scenario.language.document import Document, Path
from capsim.scenario.language.part import Part
from capsim.scenario.language.values import nearest


def explain(error: ValidationError, document: Document, model: type[Part]) -> list[Problem]:
    """The problems of a validation error, in the order of the file."""
    problems = [_problem(detail, document, model) for detail in error.errors(include_url=False)]
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))


def _problem(detail: ErrorDetails, document: Document, model: type[Part]) -> Problem:
    place = _place(detail["loc"], model)
    kind, given = detail["type"], detail["input"]
    context: dict[str, Any] = detail.get("ctx") or {}
    path, rule = place.path, context.get("rule") or place.rule
    if kind == "extra_forbidden":
        known = sorted(_keys(place.owner)) if place.owner is not None else []
        hint = nearest(str(path[-1]), known) or (f"; allowed: {', '.join(known)}" if known else "")
        return document.problem(path, f"unknown key '{path[-1]}'{hint}", rule, of_key=True)
    if kind == "missing":
        return document.problem(path, "is missing", rule)
    if kind == "union_tag_not_found":
        tags = [tag for alternative in place.alternatives for tag in _tags(alternative)]
        return document.problem(path, f"needs a distribution: {', '.join(tags[:-1])} or {tags[-1]}", rule)
    text = _text(kind, context, detail["msg"])
    if kind == "union_tag_invalid":
        return document.problem((*path, "distribution"), f"{text} (got {shown(context['tag'])})", rule)
    if kind == "capsim" and (place.alternatives or "(got " in text):
        return document.problem(path, text, rule)
    return document.problem(path, f"{text} (got {shown(given)})", rule)


def _text(kind: str, context: dict[str, Any], message: str) -> str:
    match kind:
        case "capsim":
            return str(context["text"])
        case "greater_than_equal":
            return f"must be at least {_number(context['ge'])}"
        case "greater_than":
            return f"must be more than {_number(context['gt'])}"
        case "less_than_equal":
            return f"must be at most {_number(context['le'])}"
        case "int_type" | "int_from_float" | "int_parsing" | "int_parsing_size":
            return "must be a whole number"
        case "string_type":
            return "must be text (in quotes, if YAML takes it for something else)"
        case "bool_type":
            return "must be true or false"
        case "literal_error":
            return f"must be one of {context['expected'].replace(' or ', ', ').replace(chr(39), '')}"
        case "dict_type" | "model_type" | "model_attributes_type":
            return "must be a mapping of keys"
        case "tuple_type" | "list_type":
            return "must be a list"
        case "too_short":
            return f"must have at least {context['min_length']} entry"
        case "too_long":
            return f"must have at most {context['max_length']:,} entries"
        case "string_too_short":
            return "must not be empty"
        case "string_too_long":
            return f"must have at most {context['max_length']} characters"
        case "union_tag_invalid":
            return f"must be one of {context['expected_tags'].replace(chr(39), '')}"
    return message[:1].lower() + message[1:]


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"


def shown(value: Any) -> str:
    """A value as the user knows it, on one line."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value) if isinstance(value, int | float | Decimal) else repr(value)
    return text if len(text) <= 80 else text[:76] + "..."


# -- from a place in the model to a path in the file --------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in a model.

    path : its keys in the file
    owner : the part of the model that holds the last of them, if any
    alternatives : the parts of the model that can stand there; none for a plain value
    rule : the rule behind it, or None
    """

    path: Path
    owner: type[Part] | None
    alternatives: tuple[type[Part], ...]
    rule: str | None


def _place(loc: tuple[int | str, ...], model: type[Part]) -> _Place:
    path: list[int | str] = []
    here: Any = model
    owner: type[Part] | None = None
    rule: str | None = None
    for step in loc:
        if step == "[key]":
            continue
        if isinstance(here, tuple):  # a union: pydantic names the alternative, the file does not
            here = next((alternative for alternative in here if step in _tags(alternative)), None)
            continue
        path.append(step)
        owner = here if _is_part(here) else None
        if owner is not None:
            rule = owner.RULES.get(str(step), rule)
        here = _next(here, step)
    alternatives = here if isinstance(here, tuple) else (here,) if _is_part(here) else ()
    return _Place(tuple(path), owner, alternatives, rule)


def _is_part(here: Any) -> bool:
    return isinstance(here, type) and issubclass(here, Part)


def _next(here: Any, step: int | str) -> Any:
    if _is_part(here):
        field = next((field for name, field in here.model_fields.items() if step in (name, field.alias)), None)
        return _meaning(field.annotation) if field is not None else None
    if isinstance(here, list):
        return here[0]
    return None


def _meaning(annotation: Any) -> Any:
    """What can stand there: a part, a tuple of parts (a union), a list of one element (many of it), or None."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _meaning(arguments[0])
    if origin is dict:
        return [_meaning(arguments[1])]
    if origin is tuple:
        return [_meaning(arguments[0])]
    if origin in (typing.Union, UnionType):
        parts = tuple(argument for argument in arguments if _is_part(argument))
        return parts if len(parts) > 1 else parts[0] if parts else None
    return annotation


def _tags(part: type[Part]) -> tuple[str, ...]:
    """The values of ``distribution`` that choose this part of a union."""
    return typing.get_args(part.model_fields["distribution"].annotation)


def _keys(part: type[Part]) -> list[str]:
    return [field.alias or name for name, field in part.model_fields.items()]
