"""``capsim validate``: check scenarios."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from capsim.cli.options import Debug, Json, Set, load_scenario, no_option, warn
from capsim.cli.terminal import print_json, say
from capsim.errors import CapsimError, InputError, Problem


def validate(
    *scenarios: Annotated[
        str, Parameter(help="Scenario files; - is standard input.", allow_leading_hyphen=True, validator=no_option)
    ],
    set_: Set = (),
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Check scenarios without simulating, and list every error of every file."""
    if not scenarios:
        raise InputError("name at least one scenario file")
    from capsim.simulation.replication import CompiledScenario

    problems: list[Problem] = []
    sound = []
    for path in scenarios:
        try:
            scenario = load_scenario(path, set_)
            traffic = CompiledScenario.of(scenario).traffic
        except CapsimError as error:
            problems.extend(error.problems)
            continue
        if not json:
            warn(scenario)
            for note in traffic.notes:
                say(f"note: {note}")
        sound.append(
            {
                "file": path,
                "scenario": scenario.name,
                "dids": len(scenario.all_dids),
                "groups": len(scenario.all_groups),
                "expected_calls": round(traffic.expected_calls(0, traffic.end)),
                "notes": list(traffic.notes),
                "warnings": [problem.to_dict() for problem in scenario.warnings],
            }
        )
    if json:
        print_json({"valid": sound})
    else:
        for valid in sound:
            print(f"{valid['file']}: valid: {valid['scenario']}: {_text(valid)}")
    if problems:
        raise InputError(problems)


def _text(valid: dict[str, Any]) -> str:
    dids, groups = _number(valid["dids"], "DID"), _number(valid["groups"], "group")
    return f"{dids}, {groups}, about {valid['expected_calls']:,} calls a replication"


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
