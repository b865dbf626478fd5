"""The JSON Schema of a scenario, for editors that complete and check YAML."""

from __future__ import annotations

from typing import Any

from capsim.scenario.scenario import Scenario

_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
"""As JSON Schema calls them, of values that may be left out: there the models' own words come through."""


def json_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12. The rules R2 to R9, which bind several values, are checked by loading."""
    schema = _in_words_of_json(Scenario.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "capsim scenario"}


def _in_words_of_json(part: Any) -> Any:
    """The same, with bounds by the names of JSON Schema, and lengths of time as they are written."""
    if isinstance(part, list):
        return [_in_words_of_json(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {_BOUNDS.get(name, name) if "properties" not in part else name: value for name, value in part.items()}
    default = found.get("default")
    if isinstance(default, dict) and set(default) == {"amount", "unit"}:
        found["default"] = f"{default['amount']} {default['unit']}"
    return {name: _in_words_of_json(value) for name, value in found.items()}
