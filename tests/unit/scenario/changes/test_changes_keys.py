"""Keys of a change that do not go together."""

from __future__ import annotations

import pytest

from tests.reference.marked_changes import FIRST_LINE

ALL = "buy, remove, assign, unassign, set, join, leave, switch, renew, clear, add, end, delete"

NEEDS_OWNER = "needs a did with dedicated channels, or a group with shared or metered ones"

NEEDS_VALUE = "needs a did with dedicated or capacity_limit, or a group with shared, metered or capacity_limit"

WRONG_KEYS = [
    ("»{at: 2026-12-01}", "", f"needs exactly one of {ALL} (got none)"),
    ("»{}", "", f"needs exactly one of {ALL} (got none)"),
    ("»{at: 2026-12-01, leave: {did: london}, end: {did: london}}", "", "needs exactly one of"),
    ("»{leave: {did: london}}", "", "needs either at or every"),
    ("»{at: 2026-12-01, every: day 10:00, leave: {did: london}}", "", "either at or every, not both"),
    ("»{every: Friday 17:00, switch: {did: london, mode: DID+0}}", "", "switch happens once"),
    ("»{every: Friday 17:00, renew: {did: london}}", "", "renew happens once"),
    ("»{every: Friday 17:00, add: {did: spare}}", "", "add happens once"),
    ("»{every: Friday 17:00, end: {did: spare}}", "", "end happens once"),
    ("»{every: Friday 17:00, delete: {group: night}}", "", "delete happens once"),
    ("»{at: 2026-12-01, until: 2026-12-05, set: {group: night, shared: 1}}", "", "until goes with buy, assign"),
    ("»{at: 2026-12-01, until: 2026-12-05, remove: {pool: standard, channels: 1}}", "", "until goes with"),
    ("»{at: 2026-12-01, until: 2026-12-05, join: {did: spare, group: night}}", "", "until goes with"),
    ("»{at: 2026-12-01, until: 2026-12-05, switch: {did: london, mode: DID+0}}", "", "until goes with"),
    ("»{at: 2026-12-01, until: 2026-12-05, add: {group: night}}", "", "until goes with"),
    ("»{at: 2026-12-01, until: Sunday 23:00, assign: {group: night, shared: 1}}", "", "until must be a moment"),
    ("»{every: day 17:00, until: 2026-12-05, assign: {group: night, shared: 1}}", "", "until must be a day and a time"),
    ("»{every: Friday 17:00, until: 36 h, assign: {group: night, shared: 1}}", "", "until must be a day and a time"),
    ("{at: 2026-12-01, »assign: {}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {did: london}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {group: support}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {shared: 2}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {did: london, shared: 2}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {did: london, group: support, shared: 2}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {did: london, dedicated: 1, metered: 2}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »assign: {group: support, dedicated: 2}}", "assign", NEEDS_OWNER),
    ("{at: 2026-12-01, »unassign: {group: support, shared: 2, pool: standard}}", "unassign", NEEDS_OWNER),
    ("{at: 2026-12-01, »set: {}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »set: {did: london}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »set: {did: london, metered: 2}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »set: {did: london, capacity_limit: 2, pool: standard}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »set: {group: support}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »set: {group: support, dedicated: 2}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »set: {did: london, group: support, capacity_limit: 2}}", "set", NEEDS_VALUE),
    ("{at: 2026-12-01, »add: {}}", "add", "needs a did or a group"),
    ("{at: 2026-12-01, »add: {did: spare, group: night}}", "add", "needs a did or a group, not both"),
    ("{at: 2026-12-01, »buy: {pool: standard}}", "buy.channels", "is missing"),
    ("{at: 2026-12-01, »buy: {channels: 2}}", "buy.pool", "is missing"),
    ("{at: 2026-12-01, »join: {did: spare}}", "join.group", "is missing"),
    ("{at: 2026-12-01, »switch: {did: london}}", "switch.mode", "is missing"),
    ("{at: 2026-12-01, »leave: {}}", "leave.did", "is missing"),
    ("{at: 2026-12-01, »byu: {pool: standard, channels: 4}}", "byu", "unknown key 'byu'; did you mean 'buy'?"),
    ("{at: 2026-12-01, buy: {pool: standard, »chanels: 4}}", "buy.chanels", "did you mean 'channels'?"),
    ("{at: 2026-12-01, delete: {group: overflow, »force: 1}}", "delete.force", "unknown key 'force'"),
    ("{»on: 2026-12-01, leave: {did: london}}", "on", "unknown key 'on'"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "path", "words"), WRONG_KEYS, ids=[row[0].replace("»", "") for row in WRONG_KEYS])
def test_keys_that_do_not_go_together_are_told_of_with_those_that_do(broken, change, path, words):
    where = f"changes.0.{path}".removesuffix(".")
    problems = broken(change)
    assert where in [problem.path for problem in problems], problems
    problem = next(one for one in problems if one.path == where)
    assert words in problem.message
    assert problem.rule in ("R11", "R12")
    assert (problem.line, problem.column) == (FIRST_LINE, len("  - ") + change.index("»") + 1)
    if words != "unknown key 'on'" and "byu" not in change and "chanels" not in change:
        assert len(problems) == 1, problems
