"""Writing a scenario as the text of a scenario file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from capsim.errors import ScenarioError
from capsim.scenario.language.document import read_value

LONGEST = 38
"""Longest number that is written in full, in characters."""
WIDTH = 100
"""Longest line of a mapping on one line, ``{pool: standard, shared: 10}``, in characters."""


Comments = Mapping[tuple[str, ...], Sequence[str]]
"""Lines of comment by the path of the key under which they are written, such as ``("dids", "sales")``."""


def yaml_text(data: Mapping[str, Any], comments: Comments | None = None) -> str:
    """Write keys and values as YAML that reads back as the same; blank lines stand between the parts of a scenario."""
    lines: list[str] = []
    for key, value in data.items():
        block = list(_block((key,), value, comments or {}))
        if lines and (len(block) > 1 or not lines[-1] or lines[-1].startswith(" ")):
            lines.append("")
        lines += block
    return "\n".join(lines) + "\n"


def _block(path: tuple[str, ...], value: Any, comments: Comments) -> Iterator[str]:
    depth = len(path) - 1
    indent = "  " * depth
    name = _scalar(path[-1])
    if value is None:
        return
    nested = isinstance(value, dict | list | tuple) and len(value) > 0
    line = f"{indent}{name}: {flow_text(value)}"
    deep = nested and depth < 1
    flat = isinstance(value, list | tuple) and not any(isinstance(element, dict | list | tuple) for element in value)
    if not nested or flat or (not deep and len(line) <= WIDTH and not _is_did(value, depth)):
        yield line
    elif isinstance(value, dict):
        yield f"{indent}{name}:"
        yield from (f"{indent}  # {comment}" for comment in comments.get(path, ()))
        for inner, content in value.items():
            yield from _block((*path, str(inner)), content, comments)
    else:
        yield f"{indent}{name}:"
        yield from (f"{indent}  - {flow_text(element)}" for element in value)


def _is_did(value: Any, depth: int) -> bool:
    """Whether a value is a DID with traffic, which reads better on several lines."""
    return depth == 1 and isinstance(value, dict) and "traffic" in value


def flow_text(value: Any) -> str:
    """Write a value on one line: ``{pool: standard, shared: 10}``."""
    if isinstance(value, dict):
        items = (f"{_scalar(key)}: {flow_text(content)}" for key, content in value.items() if content is not None)
        return "{" + ", ".join(items) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow_text, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | float):
        text = f"{value:f}" if isinstance(value, Decimal) else repr(float(value))
        return text if len(text) <= LONGEST else f"{value:.15g}"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, datetime):
        return _scalar(value.isoformat(sep=" "))
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return text if _reads_as_itself(text) else json.dumps(text, ensure_ascii=not text.isprintable())


def _reads_as_itself(text: str) -> bool:
    """Whether text reads back as the same without quotes, also in a mapping on one line."""
    if (
        not text
        or text != text.strip()
        or not text.isprintable()
        or any(sign in text for sign in "{}[],#&*!|>'\"%@`\n\t\\")
        or ": " in text
    ):
        return False
    if text[0] in "-?:" or text.endswith(":"):
        return False
    try:
        return bool(read_value(text) == text)
    except ScenarioError:
        return False
