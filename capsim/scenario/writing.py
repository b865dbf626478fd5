"""Writing a scenario as the text of a scenario file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from capsim.errors import ScenarioError
from capsim.scenario.document import read_value

LONGEST = 38
"""Characters of a number."""
WIDTH = 100
"""What fits a line is written on one: ``{pool: standard, shared: 10}``."""


def yaml_text(data: Mapping[str, Any]) -> str:
    """Keys and values as YAML that reads back as the same; blank lines between the parts of a scenario."""
    lines: list[str] = []
    for key, value in data.items():
        block = list(_block(key, value, 0))
        if lines and (len(block) > 1 or not lines[-1] or lines[-1].startswith(" ")):
            lines.append("")
        lines += block
    return "\n".join(lines) + "\n"


def _block(key: str, value: Any, depth: int) -> Iterator[str]:
    indent = "  " * depth
    name = _scalar(key)
    if value is None:
        return
    nested = isinstance(value, dict | list | tuple) and len(value) > 0
    line = f"{indent}{name}: {_flow(value)}"
    deep = nested and depth < 1
    flat = isinstance(value, list | tuple) and not any(isinstance(one, dict | list | tuple) for one in value)
    if not nested or flat or (not deep and len(line) <= WIDTH and not _is_did(value, depth)):
        yield line
    elif isinstance(value, dict):
        yield f"{indent}{name}:"
        for inner, one in value.items():
            yield from _block(str(inner), one, depth + 1)
    else:
        yield f"{indent}{name}:"
        yield from (f"{indent}  - {_flow(one)}" for one in value)


def _is_did(value: Any, depth: int) -> bool:
    """Whether a DID is better written over several lines."""
    return depth == 1 and isinstance(value, dict) and "traffic" in value


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(one)}" for key, one in value.items() if one is not None) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
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
    """Whether plain text stays what it is, in a mapping on one line too."""
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
