"""Run by either version's Python: what capsim makes of scenarios, through its front door alone.

Usage: ``python outcomes.py SYSTEMS_FILE FIRST COUNT ROOT``; prints one JSON object, name -> text or SHA-256.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import capsim

COARSE = ("theory", "p_blocking", "p_monthly")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def text_of(document: Any) -> str:
    """JSON with all its digits, but for p-values, z and theory: older versions give them four to six digits."""
    return json.dumps(_rounded(document, False), sort_keys=True)


def _rounded(document: Any, coarse: bool) -> Any:
    if isinstance(document, dict):
        return {name: _rounded(value, coarse or name in COARSE) for name, value in document.items()}
    if isinstance(document, list):
        return [_rounded(value, coarse) for value in document]
    return float(f"{document:.3g}") if coarse and isinstance(document, float) else document


def of_run(result: Any) -> Iterator[tuple[str, str]]:
    yield "json", text_of(result.to_dict())
    yield "invoice", "".join(result.invoice_text(number) for number in range(result.replications))
    for name in ("calls", "usage", "week", "spells", "exceeded", "sampled", "exhaustion", "by_replication", "goals"):
        yield name, getattr(result, name).to_csv()
    if result.account_figures is not None:
        yield "balance", result.balance.to_csv()


def of_scenario(scenario: Any) -> Iterator[tuple[str, str]]:
    for engine in ("compiled", "simpy"):
        result = capsim.simulate(scenario, engine=engine, keep_calls=True, watch=True)
        yield from ((f"{engine} {name}", text) for name, text in of_run(result))
    other = scenario.override({"seed": scenario.seed + 1}) if scenario.seed < 2**62 else scenario
    yield "compare", text_of(capsim.compare({"one": scenario, "other": other}).to_dict())
    if len(scenario.all_groups) == 1 and scenario.account is None:
        found = capsim.frontier(scenario, max_shared=3, max_metered=2)
        yield "frontier", text_of(found.to_dict())


def main() -> None:
    systems, first, count, root = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    spec = importlib.util.spec_from_file_location("systems", systems)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[str, str] = {}
    for number in range(first, first + count):
        try:
            scenario = capsim.Scenario(**module.random_scenario(number))
            for name, text in of_scenario(scenario):
                found[f"{number} {name}"] = digest(text)
        except capsim.CapsimError as error:
            places = sorted((one.path, one.rule or "") for one in error.problems)
            found[f"{number} error"] = json.dumps(places)
    for file in sorted((root / "scenarios").glob("*.yaml")) if first == 0 else ():
        scenario = capsim.load(file)
        scenario = scenario.override({"replications": min(scenario.replications, 2)})
        result = capsim.simulate(scenario, keep_calls=scenario.horizon.days < 40, watch=True)
        for name, text in of_run(result) if any(result.logs) else ():
            found[f"{file.name} {name}"] = digest(text)
        found[f"{file.name} document"] = digest(text_of(result.to_dict()))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
