"""WHAT THE USER WRITES: YAML -> a frozen, validated value.

A file goes through `document` (text -> values with places), `model` and its parts (values -> `Scenario`),
`rules` (R2 to R9) and, where something is wrong, `problems` (errors in the planner's words).
This room knows no simulator.
"""

from capsim.scenario.language.document import read_value
from capsim.scenario.loading import load
from capsim.scenario.model.dids import Did
from capsim.scenario.model.horizon import Horizon
from capsim.scenario.scenario import Scenario
from capsim.scenario.schema import json_schema
from capsim.scenario.template import TEMPLATE

__all__ = ["TEMPLATE", "Did", "Horizon", "Scenario", "json_schema", "load", "read_value"]
