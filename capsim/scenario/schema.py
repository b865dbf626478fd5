"""The JSON Schema of a scenario, for editors that complete and check YAML."""

from __future__ import annotations

from typing import Any

from capsim.scenario.scenario import Scenario

_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
"""Names of bounds in JSON Schema, by the names that pydantic leaves at values with another kind of bound."""


def json_schema() -> dict[str, Any]:
    """JSON Schema of a scenario file.

    The rules that bind several values (R2 to R12) are no part of the schema; loading a scenario checks them.

    Returns
    -------
    dict
        JSON Schema, draft 2020-12
    """
    schema = _in_terms_of_json_schema(Scenario.model_json_schema())
    schema["description"] = schema["description"].partition("\n\n")[0]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "capsim scenario"}


def _in_terms_of_json_schema(part: Any) -> Any:
    """A part of the schema with bounds by the names of JSON Schema, and lengths of time as users write them."""
    if isinstance(part, list):
        return [_in_terms_of_json_schema(element) for element in part]
    if not isinstance(part, dict):
        return part
    result = {_BOUNDS.get(name, name) if "properties" not in part else name: value for name, value in part.items()}
    default = result.get("default")
    if isinstance(default, dict) and set(default) == {"amount", "unit"}:
        result["default"] = f"{default['amount']} {default['unit']}"
    return {name: _in_terms_of_json_schema(value) for name, value in result.items()}
