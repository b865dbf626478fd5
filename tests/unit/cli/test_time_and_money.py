"""Changes, a prepaid account, warnings and what was watched, as the command line shows and writes them."""

from __future__ import annotations

import errno
import json
import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from matplotlib.figure import Figure

import capsim
from capsim.cli import execute

PLAIN = """\
name: A shop that grows
timezone: Europe/London
start: 2026-11-02
duration: 2 days
replications: 2
pools:
  standard: {channels: 4, flat_rate: {setup: 1.00, monthly: 2.00}, metered: {rate: 0.020}}
groups:
  desk: {pool: standard, shared: 2, metered: 2}
dids:
  orders:
    country: GB
    group: desk
    fees: {setup: 1.00, monthly: 4.80}
    traffic: {calls_per_hour: 150, holding: {distribution: exponential, mean: 3 min}, ring: 8 s, answered: 90%}
"""
ACCOUNT = "account: {balance: 20.00, top_up: {threshold: 5.00, amount: 10.00}}\n"
CHANGES = """\
changes:
  - {at: 2026-11-03 08:00, buy: {pool: standard, channels: 2}}
  - {at: 2026-11-03 08:00, assign: {group: desk, shared: 2}}
"""
LATE = "  - {at: 2026-12-24, buy: {pool: standard, channels: 1}}\n"
WATCHED = ("sampled", "exhaustion", "spells", "exceeded")


@pytest.fixture
def file(tmp_path):
    """A function: a scenario file with some more text."""

    def write(*more: str, text: str = PLAIN) -> str:
        path = tmp_path / "shop.yaml"
        path.write_text(text + "".join(more), "utf-8")
        return str(path)

    return write


def run(capsys, *arguments):
    status = execute(list(arguments))
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def parquet(path: Path) -> tuple[dict[str, str], int]:
    """Types by column, and how many rows there are."""
    found = duckdb.sql(f"select * from '{path}'")
    return dict(zip(found.columns, map(str, found.types), strict=True)), found.shape[0]


# -- warnings ----------------------------------------------------------------------------------------------


def test_run_and_validate_say_on_standard_error_what_may_not_be_meant(capsys, file):
    path = file(ACCOUNT, CHANGES, LATE)
    for command in ("run", "validate"):
        status, out, err = run(capsys, command, path)
        assert status == 0
        (warning,) = (line for line in err.splitlines() if line.startswith("warning: "))
        assert re.match(rf"warning: {re.escape(path)}:20:\d+: changes\.2\b", warning)
        assert "warning" not in out


def test_with_json_warnings_are_in_the_document(capsys, file):
    path = file(ACCOUNT, CHANGES, LATE)
    status, out, err = run(capsys, "run", path, "--json")
    assert status == 0
    assert "warning" not in err
    (warning,) = json.loads(out)["warnings"]
    assert (warning["file"], warning["line"]) == (path, 20)
    assert warning["path"].startswith("changes.2")
    status, out, err = run(capsys, "validate", path, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["valid"][0]["warnings"] == [warning]


def test_quiet_says_nothing_on_standard_error(capsys, file):
    status, out, err = run(capsys, "run", file(ACCOUNT, CHANGES, LATE), "--quiet")
    assert (status, err) == (0, "")
    assert "Blocking is" in out


def test_a_scenario_as_it_is_meant_gets_no_warning(capsys, file):
    for more in ((), (ACCOUNT,), (ACCOUNT, CHANGES)):
        status, _, err = run(capsys, "validate", file(*more))
        assert (status, err) == (0, "")


# -- what is printed ---------------------------------------------------------------------------------------


def test_the_summary_shows_the_account_and_the_spells(capsys, file):
    status, out, _ = run(capsys, "run", file(ACCOUNT, CHANGES))
    assert status == 0
    spells = out.partition("Spells of exhaustion")[2].partition("Cost of the horizon")[0]
    assert re.search(r"Spells +Mean length +Longest +Calls lost", spells)
    for owner in ("DID orders", "group desk"):
        (row,) = (line for line in spells.splitlines() if line.startswith(owner))
        assert re.fullmatch(rf"{owner} +[\d,.]+ +\d+ s +\d+ min \d\d s +[\d,.]+", row)
    account = out.partition("Prepaid account (USD)")[2]
    amounts = {
        label: float(re.search(rf"^{label}[^\n]*?  +(-?[\d,]+\.\d\d)\b", account, re.MULTILINE)[1].replace(",", ""))
        for label in (
            "Balance at the start",
            "Top-ups",
            "Drawn: fees and calls",
            "Balance at the end",
            "Lowest balance",
        )
    }
    opening, top_ups, drawn, closing, lowest = amounts.values()
    assert opening + top_ups - drawn == pytest.approx(closing, abs=0.015)
    assert opening == 20
    assert lowest < closing
    assert max(map(len, out.splitlines())) <= 100
    assert re.search(r"^Shared +2 to 4 ", out, re.MULTILINE)


def test_the_summary_says_what_an_empty_balance_did(capsys, file):
    _, out, _ = run(capsys, "run", file("account: {balance: 18.00}\n"))
    assert re.search(r"^no balance +[\d,.]+", out, re.MULTILINE)
    assert "Top-ups" not in out


def test_without_an_account_or_a_lost_call_there_is_no_table_of_it(capsys, file):
    status, out, _ = run(capsys, "run", file(), "--set", "groups.desk.metered=100")
    assert status == 0
    assert "Prepaid account" not in out
    assert "Spells" not in out
    assert "No call was blocked" in out


@pytest.mark.slow
def test_the_json_of_a_run_does_not_depend_on_engine_or_jobs(capsys, file):
    path, documents = file(ACCOUNT, CHANGES), []
    for options in ((), ("--jobs", "2"), ("--engine", "simpy"), ("--engine", "simpy", "--jobs", "2")):
        status, out, _ = run(capsys, "run", path, "--json", *options)
        assert status == 0
        documents.append(json.loads(out))
        assert documents[-1].pop("engine") == ("simpy" if "simpy" in options else "compiled")
    assert all(document == documents[0] for document in documents)
    assert documents[0]["account"]["currency"] == "USD"


def test_set_reaches_changes_and_the_account(capsys, file):
    path = file(ACCOUNT, CHANGES)
    settings = ("--set", "changes.0.buy.channels=9", "--set", "account.balance=70")
    status, out, _ = run(capsys, "run", path, "--json", *settings)
    assert status == 0
    found = json.loads(out)
    assert found["account"]["opening"]["mean"] == 70
    before = json.loads(run(capsys, "run", path, "--json")[1])
    assert found["cost"]["flat_rate"]["mean"] > before["cost"]["flat_rate"]["mean"]


# -- what is written ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_run_with_an_account_is_written_with_its_tables_invoice_and_plots(capsys, file, tmp_path):
    out = tmp_path / "out"
    status, printed, err = run(capsys, "run", file(ACCOUNT, CHANGES), "--out", str(out), "--json")
    assert status == 0
    written = err.splitlines()[-1]
    document = json.loads(printed)
    assert json.loads((out / "result.json").read_text()) == document
    tables = {}
    for name in (*WATCHED, "account", "balance"):
        tables[name] = pd.read_csv(out / f"{name}.csv")
        columns, rows = parquet(out / f"{name}.parquet")
        assert rows == len(tables[name]) > 0
        assert list(columns) == list(tables[name].columns)
        assert f"{name}.csv" in written
        assert f"{name}.parquet" in written
    exceeded = document["causes"]["capacity_exceeded"]["mean"]
    assert len(tables["exceeded"]) / 2 == exceeded
    assert tables["exhaustion"].query("scope == 'did'").lost.sum() == pytest.approx(exceeded)
    assert tables["spells"].query("scope == 'group'").lost.sum() / 2 == pytest.approx(exceeded)
    account = tables["account"].set_index("figure")["mean"]
    assert account["closing"] == pytest.approx(document["account"]["closing"]["mean"])
    assert tables["balance"].balance.iloc[-1] == pytest.approx(account["closing"])
    for name in ("balance", "spells", "usage"):
        assert (out / "plots" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (out / "plots" / f"{name}.svg").read_text("utf-8")
    invoices = (out / "invoice.txt").read_text("utf-8")
    assert invoices.count("Invoice: A shop that grows") == 2
    totals = [float(one.replace(",", "")) for one in re.findall(r"^Total +([\d,]+\.\d\d)$", invoices, re.MULTILINE)]
    assert sum(totals) / 2 == pytest.approx(document["cost"]["total"]["mean"])


@pytest.mark.slow
def test_without_an_account_nothing_of_one_is_written(capsys, file, tmp_path):
    out = tmp_path / "out"
    assert run(capsys, "run", file(), "--out", str(out), "--quiet")[0] == 0
    names = {path.name for path in out.rglob("*")}
    assert names & {"account.csv", "balance.csv", "balance.png", "balance.svg"} == set()
    assert names >= {"invoice.txt", "spells.csv", "spells.png", "spells.svg"}


@pytest.mark.slow
def test_tables_without_a_row_are_written_with_their_columns(capsys, file, tmp_path):
    out = tmp_path / "out"
    assert run(capsys, "run", file(), "--set", "groups.desk.metered=100", "--out", str(out), "-q")[0] == 0
    for name, columns in {
        "exceeded": ["replication", "time", "did", "group"],
        "spells": ["replication", "scope", "name", "start", "seconds", "lost"],
    }.items():
        csv = pd.read_csv(out / f"{name}.csv")
        kinds, rows = parquet(out / f"{name}.parquet")
        assert list(csv.columns) == list(kinds) == columns
        assert len(csv) == rows == 0
        assert kinds["time" if name == "exceeded" else "start"] == "TIMESTAMP WITH TIME ZONE"


@pytest.mark.slow
def test_a_column_of_text_is_one_of_text_also_where_it_has_no_value(capsys, file, tmp_path):
    out = tmp_path / "out"
    assert run(capsys, "run", file(), "--set", "groups.desk.metered=100", "--out", str(out), "-q")[0] == 0
    kinds = {name: parquet(out / f"{name}.parquet")[0] for name in ("exceeded", "spells")}
    of_text = [kinds["exceeded"][name] for name in ("did", "group")] + [
        kinds["spells"][name] for name in ("scope", "name")
    ]
    assert of_text == ["VARCHAR"] * 4


@pytest.mark.slow
@pytest.mark.parametrize(
    "step",
    [(Figure, "savefig"), (capsim.RunResult, "invoice_text"), (pd.DataFrame, "to_csv")],
    ids=lambda step: step[1],
)
def test_nothing_is_half_written_when_something_fails(capsys, file, tmp_path, monkeypatch, step):
    out = tmp_path / "out"

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(*step, full)
    status, printed, err = run(capsys, "run", file(ACCOUNT, CHANGES), "--out", str(out))
    assert status == 1
    assert printed == ""
    assert "No space left on device" in err
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["shop.yaml"]


# -- errors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "place", "rule"),
    [
        ("{at: 2026-11-03, bye: {pool: standard}}", "17:22: changes.0.bye", "R11"),
        ("{at: 2026-11-03, buy: {pool: standard, channels: 0}}", "17:54: changes.0.buy.channels", "R11"),
        ("{at: 2026-11-03, buy: {pool: standrd, channels: 1}}", "17:34: changes.0.buy.pool", "R5"),
        ("{at: 2026-11-03, remove: {pool: standard, channels: 3}}", "17:57: changes.0.remove.channels", ""),
        ("{at: 2026-11-03, delete: {group: desk}}", "17:38: changes.0.delete.group", "R11"),
        ("{at: 2026-11-03}", "17:5: changes.0", "R11"),
        ("{at: tomorrow, leave: {did: orders}}", "17:10: changes.0.at", "R11"),
        ("changes: 5\n", "16:10: changes", "R11"),
        ("account: {balance: -5}\n", "16:20: account.balance", "R10"),
        ("account: {balance: 5, top_up: {threshold: 1}}", "16:23: account.top_up.amount", "R10"),
        ("account: 5\n", "16:10: account", "R10"),
    ],
)
def test_a_wrong_change_or_account_is_one_message_with_its_place_and_status_2(capsys, file, more, place, rule):
    path = file(f"changes:\n  - {more}\n" if more.startswith("{") else more)
    for command in ("run", "validate"):
        status, out, err = run(capsys, command, path)
        assert (status, out) == (2, "")
        (line,) = err.splitlines()
        assert line.startswith(f"error: {path}:{place}"), line
        assert line.endswith("]"), "a rule is cited"
        assert f"[{rule}" in line


def test_a_wrong_change_is_json_where_json_was_asked_for(capsys, file):
    path = file("changes:\n  - {at: 2026-11-03, buy: {pool: standard, channels: 0}}\n")
    status, out, err = run(capsys, "run", path, "--json")
    assert (status, out) == (2, "")
    (problem,) = json.loads(err)["errors"]
    assert (problem["file"], problem["line"], problem["column"]) == (path, 17, 54)
    assert (problem["path"], problem["rule"]) == ("changes.0.buy.channels", "R11")


@pytest.mark.parametrize("setting", ["changes.5.buy.channels=1", "account.blance=5", "changes.0.buy.channels=lots"])
def test_a_wrong_setting_of_a_change_is_one_message_and_status_2(capsys, file, setting):
    status, out, err = run(capsys, "run", file(ACCOUNT, CHANGES), "--set", setting)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert setting.partition("=")[0] in err


def test_the_quarter_of_growth_is_valid():
    assert Path("scenarios/quarter.yaml").exists()
    assert execute(["validate", "scenarios/quarter.yaml"]) == 0
