"""A sound scenario for changes that break a rule, and the check that an error points to the mark in its line.

In the text of a change, » stands just before the place that the error points to.
"""

from __future__ import annotations

import capsim

SOUND = """\
name: A company with a bit of everything
timezone: Europe/London
start: 2026-11-02                # a Monday
duration: 2 months
pools:
  standard: {channels: 12, flat_rate: {setup: 5.00, monthly: 15.00}, metered: {rate: 0.010}}  # 10 of 12 are assigned
  custom: {coverage: [GB, KE], flat_rate: {setup: 2.00, monthly: 20.00}}                      # has what is assigned
  bare: {metered: {rate: 0.020}}                                                              # sells by the minute
groups:
  support: {pool: standard, shared: 6, metered: 10}
  night: {pool: standard, shared: 2}
  africa: {pool: custom, shared: 1}
  overflow: {pool: bare, metered: 5}
dids:
  london: {country: GB, group: support, dedicated: {pool: standard, channels: 2}, fees: {monthly: {DID+2: 4, DID+0: 1}}}
  branch: {count: 3, country: GB, group: support}
  nairobi: {country: KE, group: africa}
  spare: {country: GB}
  campaign: {country: GB, fees: {monthly: {DID+2: 4}}}
  tollfree: {included: 30, country: GB}
  fixed: {additional_capacity: false, country: GB}
  nowhere: {mode: DID+0}
"""

FIRST_LINE = SOUND.count("\n") + 2
"""Line of the first change; the second is in the next one."""


def check(problems, changes, rule, path, words):
    """There is one problem, at the mark in its line, with rule and path, and its text has the words."""
    assert [(one.rule, one.path) for one in problems] == [(rule, path)], problems
    (problem,) = problems
    (marked,) = [number for number, change in enumerate(changes) if "»" in change]
    column = len("  - ") + changes[marked].index("»") + 1
    assert (problem.line, problem.column) == (FIRST_LINE + marked, column), problem
    for word in words:
        assert word in problem.message, problem


def instants(made):
    """When something changes: local time, with the offset from Greenwich."""
    return [f"{made.horizon.local(step.at):%a %m-%d %H:%M %z}" for step in made.timeline.steps]


def in_python(*changes):
    pools = {"standard": {"flat_rate": {"monthly": 15}, "metered": {"rate": "0.01"}}}
    return capsim.Scenario(
        start="2026-11-02", duration="1 month", pools=pools, groups={"desk": {"pool": "standard", "shared": 3}},
        dids={"a": {"country": "GB", "group": "desk"}}, changes=list(changes),
    )  # fmt: skip
