"""Validation errors in the planner's words: place, path, value, what is allowed, and the rule."""

from __future__ import annotations

import typing
from decimal import Decimal
from types import UnionType
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from capsim.errors import Problem
from capsim.scenario.language.document import Document, Path
from capsim.scenario.language.values import nearest

_RULES: tuple[tuple[str, str], ...] = (
    ("pools.*.coverage", "R6"),
    ("pools.*.channels", "R5"),
    ("pools.*.renews", "M2"),
    ("pools.*.flat_rate.breaks", "M5"),
    ("pools.*.flat_rate", "M1"),
    ("pools.*.metered", "M3"),
    ("pools", "R5"),
    ("groups.*.capacity_limit", "R9"),
    ("groups", "R4"),
    ("dids.*.mode", "R2"),
    ("dids.*.included", "R2"),
    ("dids.*.country", "R6"),
    ("dids.*.fees.per_minute", "M4"),
    ("dids.*.fees", "M4"),
    ("dids.*.dedicated", "R5"),
    ("dids.*.group", "R3"),
    ("dids.*.capacity_limit", "R9"),
    ("dids.*.additional_capacity", "R7"),
    ("dids.*.activated", "M4"),
    ("dids.*.traffic.ring", "R14"),
    ("dids.*.traffic.answered", "R14"),
    ("changes.*.switch", "R12"),
    ("changes.*.renew", "R12"),
    ("changes.*.clear", "R12"),
    ("changes", "R11"),
    ("account", "R10"),
    ("billing.renews", "M2"),
    ("billing.removal", "M2"),
    ("currency", "M6"),
    ("billing", "M1"),
    ("start", "R15"),
    ("duration", "R15"),
    ("warm_up", "R15"),
)
"""The rule that stands behind the values at a path; the first that fits."""


def explain(error: ValidationError, document: Document, model: type[BaseModel]) -> list[Problem]:
    """The problems of a validation error, in the order of the file."""
    problems = [_problem(detail, document, model) for detail in error.errors(include_url=False)]
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))


def _problem(detail: ErrorDetails, document: Document, model: type[BaseModel]) -> Problem:
    path, owner, of_part = _path(detail["loc"], model)
    kind, given = detail["type"], detail["input"]
    context: dict[str, Any] = detail.get("ctx") or {}
    rule = context.get("rule") or rule_of(path)
    if kind == "extra_forbidden":
        known = sorted(_keys(owner)) if owner is not None else []
        hint = nearest(str(path[-1]), known) or (f"; allowed: {', '.join(known)}" if known else "")
        return document.problem(path, f"unknown key '{path[-1]}'{hint}", rule, of_key=True)
    if kind == "missing":
        return document.problem(path, "is missing", rule)
    text = _text(kind, context, detail["msg"])
    if kind == "union_tag_invalid":
        return document.problem((*path, "distribution"), f"{text} (got {shown(context['tag'])})", rule)
    if kind in ("capsim", "union_tag_not_found") and (of_part or "(got " in text):
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
        case "union_tag_not_found":
            return "needs a distribution: exponential, lognormal, gamma, deterministic, hyperexponential or empirical"
    return message[:1].lower() + message[1:]


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"


def shown(value: Any) -> str:
    """A value as the user would know it again, and not longer than a line."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value) if isinstance(value, int | float | Decimal) else repr(value)
    return text if len(text) <= 80 else text[:76] + "..."


def rule_of(path: Path) -> str | None:
    """The rule that the values at a path stand under, or None."""
    for pattern, rule in _RULES:
        parts = pattern.split(".")
        if len(path) >= len(parts) and all(p in ("*", str(q)) for p, q in zip(parts, path, strict=False)):
            return rule
    return None


# -- from a place in the model to a path in the file --------------------------------------------------


def _path(loc: tuple[int | str, ...], model: type[BaseModel]) -> tuple[Path, type[BaseModel] | None, bool]:
    """The path in the file, the part of the model that holds its last key, and whether it is itself a part."""
    path: list[int | str] = []
    here: Any = model
    owner: type[BaseModel] | None = None
    for part in loc:
        if part == "[key]":
            continue
        if isinstance(here, tuple):  # a union: pydantic names the alternative, the file does not
            here = next((one for one in here if part in _tags(one)), None)
            continue
        path.append(part)
        owner = here if _is_part(here) else None
        here = _next(here, part)
    return tuple(path), owner, isinstance(here, tuple) or _is_part(here)


def _is_part(here: Any) -> bool:
    return isinstance(here, type) and issubclass(here, BaseModel)


def _next(here: Any, part: int | str) -> Any:
    if _is_part(here):
        field = next((f for name, f in here.model_fields.items() if part in (name, f.alias)), None)
        return _meaning(field.annotation) if field is not None else None
    if isinstance(here, list):
        return here[0]
    return None


def _meaning(annotation: Any) -> Any:
    """What can stand there: a model, a tuple of models (a union), a one-element list (each of many), or None."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _meaning(arguments[0])
    if origin is dict:
        return [_meaning(arguments[1])]
    if origin is tuple:
        return [_meaning(arguments[0])]
    if origin in (typing.Union, UnionType):
        models = tuple(one for one in arguments if isinstance(one, type) and issubclass(one, BaseModel))
        return models if len(models) > 1 else models[0] if models else None
    return annotation


def _tags(model: type[BaseModel]) -> tuple[Any, ...]:
    return typing.get_args(model.model_fields["distribution"].annotation)


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]
