"""WHAT THE USER WRITES: YAML -> a frozen, validated value.

Four floors, each knowing only the floors below it:

- `scenario`, with `loading`, `schema`, `template` and `what_ifs` on top: the whole, `Scenario`, which keeps all rules
- `time`: what a scenario has at each instant; its start and its changes, checked by the same rules (R4 to R7, R11, R12)
- `model`: the keys of a scenario as frozen values, what follows from them, and the rules that hold at any time
- `language`: YAML text -> values with their places, kinds of value, and errors in the planner's words

A key is one field of a class in `model`: its type, default, text (the docstring) and rule (`Part.RULES`) stand
there, and schema, reference and errors follow. This room knows no simulator.
"""

from capsim.scenario.language.document import read_value
from capsim.scenario.loading import load
from capsim.scenario.model.dids import Did
from capsim.scenario.model.horizon import Horizon
from capsim.scenario.scenario import Scenario
from capsim.scenario.schema import json_schema
from capsim.scenario.template import TEMPLATE

__all__ = ["TEMPLATE", "Did", "Horizon", "Scenario", "json_schema", "load", "read_value"]
