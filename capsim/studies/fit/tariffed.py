"""Fitted traffic on the numbers, groups and pools of a scenario with prices, ready to run and plan."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from capsim.scenario import Scenario

OF_THE_FIT = ("name", "timezone", "start", "duration", "profiles")
"""Keys that come from the fit, whatever the tariff has."""


def with_tariff(fitted: Mapping[str, Any], tariff: Scenario) -> dict[str, Any]:
    """The keys of a scenario with the fitted traffic, and everything else from the tariff.

    A number that the tariff has keeps its entry; any other number is like the tariff's first entry. Entries without
    fitted traffic stay, without calls, if they have a number of their own. Replay and changes are left out.
    """
    keys: dict[str, Any] = copy.deepcopy(dict(tariff.keys))
    for name in ("replay", "changes"):
        keys.pop(name, None)
    entries: dict[str, Any] = keys.pop("dids")
    by_number = {_digits(entry["number"]): name for name, entry in entries.items() if "number" in entry}
    pattern = {
        key: value
        for key, value in next(iter(entries.values())).items()
        if key not in ("number", "count", "traffic", "timezone")
    }
    dids: dict[str, Any] = {}
    used = set()
    for name, did in fitted["dids"].items():
        entry = by_number.get(_digits(did.get("number", "")))
        if entry is not None:
            used.add(entry)
            kept = {key: value for key, value in entries[entry].items() if key != "timezone"}  # hours are the fit's
            dids[entry] = {**kept, "traffic": did["traffic"]}
        else:
            own = name
            while own in entries or own in dids:
                own = f"{own} fitted"
            dids[own] = {**_number(did), **pattern, "traffic": did["traffic"]}
    for name, entry in entries.items():
        if name not in used and "number" in entry:
            dids[name] = {key: value for key, value in entry.items() if key != "traffic"}
    return {
        **{name: fitted[name] for name in OF_THE_FIT},
        **{k: v for k, v in keys.items() if k not in OF_THE_FIT},
        "dids": dids,
    }


def _number(did: Mapping[str, Any]) -> dict[str, Any]:
    return {"number": did["number"]} if "number" in did else {}


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdigit()).removeprefix("00") or "none"
