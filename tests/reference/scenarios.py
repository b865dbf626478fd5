"""Named tiny scenarios that tests share.

Each function takes changes as ``Scenario.override`` does: keys of the file, and paths such as
``{"groups.desk.shared": 20}``. A test states what matters to it and leaves the rest to the scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import capsim

Changes = Mapping[str, Any]
HOLDING = {"distribution": "exponential", "mean": "3 min"}
"""Holding times of most DIDs."""


def traffic_of(erlangs: float, **keys: Any) -> dict[str, Any]:
    """Traffic of some Erlangs, in calls of three minutes on average."""
    return {"erlangs": erlangs, "holding": HOLDING, **keys}


@cache
def _desk() -> capsim.Scenario:
    return capsim.Scenario(
        name="Desk",
        start="2026-11-02",
        duration="1 week",
        replications=3,
        pools={"one": {"coverage": ["GB"], "flat_rate": {"monthly": "15"}, "metered": {"rate": "0.01"}}},
        groups={"desk": {"pool": "one", "shared": 2, "metered": 2}},
        dids={"a": {"country": "GB", "mode": "DID+0", "group": "desk", "traffic": traffic_of(3)}},
    )


def desk(changes: Changes | None = None, /, **keys: Any) -> capsim.Scenario:
    """A week of one DID, a, with 3 Erlangs on 2 shared and 2 metered channels of the group desk.

    The prices are 15 a month for a shared channel and 0.01 a minute for calls on metered ones.
    """
    return _desk().override({**(changes or {}), **keys})


def desk_to_plan(changes: Changes | None = None, /, **keys: Any) -> capsim.Scenario:
    """Two weeks of the desk with 4 Erlangs on too many channels, its DID with a fee in each mode."""
    base = {
        "duration": "2 weeks",
        "warm_up": "1 h",
        "replications": 4,
        "groups.desk": {"pool": "one", "shared": 12, "metered": 5},
        "dids.a.traffic.erlangs": 4,
        "dids.a.fees": {"monthly": {"DID+2": "4.80", "DID+0": "0.80"}},
    }
    return desk({**base, **(changes or {})}, **keys)


def desk_with_branches(changes: Changes | None = None, /, **keys: Any) -> capsim.Scenario:
    """Two days of the desk on 6 shared channels, and of two DIDs b with one channel each and no group."""
    base = {
        "duration": "2 days",
        "replications": 4,
        "pools.one.metered": None,
        "groups.desk": {"pool": "one", "shared": 6},
        "dids.b": {"country": "GB", "count": 2, "included": 1, "traffic": traffic_of(3)},
    }
    return desk({**base, **(changes or {})}, **keys)


@cache
def _office() -> capsim.Scenario:
    traffic = {
        "calls_per_hour": 40,
        "profile": {"weekday": {"8-18": 1}, "Saturday": {"9-12": 0.4}},
        "holding": {"distribution": "exponential", "mean": "4 min"},
        "ring": "20 s",
        "answered": "80%",
    }
    return desk(
        {
            "start": "2026-10-23",
            "duration": "10 days",
            "timezone": "Europe/London",
            "pools.one.metered.rate": "0.06",
            "groups.desk.metered": 1,
            "dids.a.traffic": traffic,
        }
    )


def office(changes: Changes | None = None, /, **keys: Any) -> capsim.Scenario:
    """Ten days of the desk in London, with calls in office hours only; the clocks go back within them."""
    return _office().override({**(changes or {}), **keys})


def prepaid_shop(changes: Changes | None = None, /, **keys: Any) -> capsim.Scenario:
    """Three days of a prepaid account with top-ups, a DID on its own, and a purchase on the second day."""
    return _prepaid_shop().override({**(changes or {}), **keys})


@cache
def _prepaid_shop() -> capsim.Scenario:
    def calls(rate: float) -> dict[str, Any]:
        return {"calls_per_hour": rate, "holding": HOLDING, "ring": "10 s", "answered": "90%"}

    return capsim.Scenario(
        name="Prepaid",
        start="2026-10-24",
        duration="3 days",
        warm_up="1 h",
        timezone="Europe/London",
        replications=3,
        account={"balance": 30, "top_up": {"threshold": 10, "amount": 15}},
        pools={"standard": {"channels": 4, "flat_rate": {"setup": 1, "monthly": 2}, "metered": {"rate": 0.02}}},
        groups={"g": {"pool": "standard", "shared": 2, "metered": 2}},
        dids={
            "a": {"country": "GB", "group": "g", "mode": "DID+0", "fees": {"monthly": 1}, "traffic": calls(60)},
            "b": {"count": 2, "country": "GB", "group": "g", "traffic": calls(50)},
            "alone": {"country": "GB", "fees": {"setup": 1, "monthly": 1}, "traffic": calls(60)},
        },
        changes=[
            {"at": "2026-10-25 12:00", "buy": {"pool": "standard", "channels": 2}},
            {"at": "2026-10-25 12:00", "assign": {"group": "g", "shared": 2}},
        ],
    )


def numbers(dids: Mapping[str, Any], **keys: Any) -> capsim.Scenario:
    """A day, Monday, 2 November 2026, of some DIDs; keys that are left out are those of every scenario."""
    return capsim.Scenario(**{"start": "2026-11-02", "duration": "1 day", "dids": dict(dids), **keys})


def one_number(channels: int = 4, traffic: Mapping[str, Any] | None = None, **keys: Any) -> capsim.Scenario:
    """A day of one DID, a, with 3 Erlangs on some channels of its own."""
    return numbers({"a": {"included": channels, "traffic": dict(traffic or traffic_of(3))}}, **keys)


def desk_by_the_second(changes: Changes | None = None, /, **keys: Any) -> capsim.Scenario:
    """The desk with metered calls at 0.008 a minute, billed by the second."""
    price = {"rate": "0.008", "first_interval": "1 s", "next_interval": "1 s"}
    return desk({"pools.one.metered": price, **(changes or {})}, **keys)


def desk_with_odd_names(changes: Changes | None = None, /, **keys: Any) -> capsim.Scenario:
    """Eight days of the desk with goals, 2 Erlangs on 3 shared and 1 metered channels, and a DID named in markup."""
    did = {"country": "GB", "mode": "DID+0", "group": "desk", "traffic": traffic_of(2)}
    base = {
        "duration": "8 days",
        "groups": {"desk": {"pool": "one", "shared": 3, "metered": 1}},
        "dids": {"<b>bold": did},
        "goals": {"blocking": "50%", "monthly_cost": 1},
    }
    return desk({**base, **(changes or {})}, **keys)


def redialling(redial: Mapping[str, Any] | None = None, **keys: Any) -> capsim.Scenario:
    """Four days of DID a, whose 5 Erlangs meet 4 channels and may redial, and of DID b with short calls."""
    calls = {"calls_per_hour": 30, "holding": {"distribution": "exponential", "mean": "1 min"}}
    dids = {
        "a": {"included": 4, "traffic": traffic_of(5, **({"redial": redial} if redial else {}))},
        "b": {"included": 2, "traffic": calls},
    }
    return numbers(dids, **{"duration": "4 days", "warm_up": "1 h", "replications": 3, **keys})


def quiet_desk(changes: Changes | None = None, /, **keys: Any) -> capsim.Scenario:
    """A month of a group g with 3 shared and 2 metered channels and a DID with fees, and no call."""
    return _quiet_desk().override({**(changes or {}), **keys})


@cache
def _quiet_desk() -> capsim.Scenario:
    silence = {"calls_per_hour": 0, "holding": HOLDING}
    did = {"country": "GB", "group": "g", "fees": {"setup": 1, "monthly": {"DID+2": 4.80}}, "traffic": silence}
    return capsim.Scenario(
        start="2026-11-02",
        duration="1 month",
        replications=2,
        pools={"standard": {"flat_rate": {"setup": 5, "monthly": 15}, "metered": {"rate": "0.010"}}},
        groups={"g": {"pool": "standard", "shared": 3, "metered": 2}},
        dids={"a": did},
    )


def spring(dids: Mapping[str, Any], **keys: Any) -> capsim.Scenario:
    """Five days in London from 27 March 2026, of some DIDs; the clocks go forward on 29 March."""
    return numbers(dids, **{"start": "2026-03-27", "duration": "5 days", "timezone": "Europe/London", **keys})


def steady_number(traffic: Mapping[str, Any] | None = None, **keys: Any) -> capsim.Scenario:
    """Four weeks from Monday, 2 November 2026, of one DID, a, with 60 calls an hour and two included channels."""
    did = {"traffic": {"calls_per_hour": 60, "holding": HOLDING, **(traffic or {})}}
    return numbers(**{"duration": "4 weeks", "dids": {"a": did}, **keys})
