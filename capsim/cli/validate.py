"""capsim validate"""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from capsim.cli.options import Debug, Json, Set, load_scenario, no_option
from capsim.cli.terminal import print_json
from capsim.errors import CapsimError, InputError, Problem


def validate(
    *scenarios: Annotated[
        str, Parameter(help="Scenario files; - is standard input.", allow_leading_hyphen=True, validator=no_option)
    ],
    set_: Set = (),
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Check scenarios, without simulating: every error of every file."""
    if not scenarios:
        raise InputError("name at least one scenario file")
    problems: list[Problem] = []
    sound = []
    for path in scenarios:
        try:
            scenario = load_scenario(path, set_)
        except CapsimError as error:
            problems.extend(error.problems)
            continue
        calls = sum(e.traffic.rate_per_hour * e.quantity for e in scenario.dids.values() if e.traffic)
        sound.append(
            {
                "file": path,
                "scenario": scenario.name,
                "dids": len(scenario.all_dids),
                "groups": len(scenario.all_groups),
                "expected_calls": round(calls * scenario.horizon.hours),
            }
        )
    if json:
        print_json({"valid": sound})
    else:
        for one in sound:
            print(f"{one['file']}: valid: {one['scenario']}: {_text(one)}")
    if problems:
        raise InputError(problems)


def _text(one: dict[str, object]) -> str:
    return f"{one['dids']:,} DIDs, {one['groups']:,} groups, about {one['expected_calls']:,} calls a replication"
