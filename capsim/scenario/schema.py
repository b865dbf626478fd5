"""The JSON Schema of a scenario, for editors that complete and check YAML."""

from __future__ import annotations

from typing import Any

from capsim.scenario.model import Scenario


def json_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12. The rules R2 to R9, which bind several values, are checked by loading."""
    schema = Scenario.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "capsim scenario"}
