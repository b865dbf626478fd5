"""``capsim schema``: the JSON Schema of a scenario."""

from __future__ import annotations

from capsim.cli.options import Debug
from capsim.cli.terminal import print_json


def schema(*, debug: Debug = False) -> None:
    """Print the JSON Schema of a scenario, for editors."""
    from capsim.scenario import json_schema

    print_json(json_schema())
