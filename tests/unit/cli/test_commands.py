"""The command line as a user meets it: what is printed where, and the exit status."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from capsim.cli import execute

SCENARIO = "scenarios/bank_10.yaml"
QUICK = ["--replications", "2"]


def run(capsys, *arguments):
    status = execute(list(arguments))
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_a_run_says_the_blocking_in_its_first_sentence(capsys):
    status, out, err = run(capsys, "run", SCENARIO, *QUICK)
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == "Bank, busy hours, 10 channels"
    assert next(line for line in lines if "lock" in line).startswith("Blocking is ")
    assert "2 replications" in err
    assert "\x1b" not in out


def test_the_figures_are_those_of_the_run_not_of_the_file(capsys):
    _, out, _ = run(capsys, "run", SCENARIO, *QUICK, "--seed", "5", "--set", "groups.lines.shared=7")
    assert "2 replications, seed 5" in out
    assert "of 7" in out


def test_json_is_one_document_and_nothing_else(capsys):
    status, out, _ = run(capsys, "run", SCENARIO, *QUICK, "--json")
    assert status == 0
    assert json.loads(out)["replications"] == 2


def test_validate_checks_every_file_and_names_every_error(capsys, tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("start: 2026-01-01\nduration: 5\ndids: {}\nsede: 1\n")
    status, out, err = run(capsys, "validate", SCENARIO, str(broken))
    assert status == 2
    assert "valid" in out
    assert len(err.splitlines()) == 3
    assert f"{broken}:2:11: duration" in err
    assert "did you mean 'seed'?" in err


def test_errors_are_json_where_json_was_asked_for(capsys, tmp_path):
    status, out, err = run(capsys, "run", str(tmp_path), "--json")
    assert (status, out) == (2, "")
    (problem,) = json.loads(err)["errors"]
    assert set(problem) == {"file", "line", "column", "path", "message", "rule"}


def test_set_to_null_takes_a_key_out(cli):
    office = ("run", "scenarios/office.yaml", "--replications", "1", "--json", "-q")
    with_redials, without = cli(*office), cli(*office, "--set", "dids.front.traffic.redial=null")
    assert "first_attempts" in json.loads(with_redials.out)["totals"]
    assert "first_attempts" not in json.loads(without.out)["totals"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["rnu", SCENARIO],
        ["run", SCENARIO, "--sed", "1"],
        ["run", SCENARIO, "--seed", "x"],
        ["run", "no-such-file.yaml"],
        ["run", SCENARIO, "--set", "groups.lines.shared"],
        ["run", SCENARIO, "--set", "groups.line.shared=1"],
        ["run", SCENARIO, "--set", "groups.lines.shared=[1"],
        ["run", SCENARIO, "--set", "groups.lines.shared="],
        ["run", SCENARIO, "--set", "dids.bank.traffic=*1.2"],
        ["run", SCENARIO, "--set", "start=null"],
        ["run", SCENARIO, "--engine", "fast"],
        ["run", SCENARIO, "--jobs", "0"],
        ["run", SCENARIO, "--replications", "0"],
        ["run", SCENARIO, "--out", "pyproject.toml"],
        ["validate"],
        ["validate", SCENARIO, "--jsn"],
        ["run", "--jsn", SCENARIO],
        ["init", "--focre"],
    ],
)
def test_bad_input_is_one_clear_message_and_status_2(capsys, arguments):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert "Traceback" not in err


def test_init_writes_a_scenario_that_is_valid_and_writes_over_nothing(capsys, tmp_path):
    path = tmp_path / "mine.yaml"
    assert run(capsys, "init", str(path))[0] == 0
    assert run(capsys, "validate", str(path))[0] == 0
    assert run(capsys, "init", str(path))[0] == 2
    assert run(capsys, "init", str(path), "--force")[0] == 0
    assert run(capsys, "init", "-")[1] == path.read_text()
    assert run(capsys, "init", str(tmp_path / "no" / "such.yaml"))[0] == 1


def test_schema_is_a_json_schema(capsys):
    status, out, _ = run(capsys, "schema")
    assert status == 0
    assert json.loads(out)["properties"]["dids"]


def test_help_and_version(capsys):
    for arguments in (["--help"], ["run", "--help"], ["--version"]):
        assert run(capsys, *arguments)[0] == 0


def capsim(*arguments, **options):
    return subprocess.run([sys.executable, "-m", "capsim", *arguments], capture_output=True, **options)


@pytest.mark.slow
def test_a_scenario_comes_from_standard_input():
    with Path(SCENARIO).open("rb") as file:
        done = capsim("validate", "-", stdin=file)
    assert done.returncode == 0
    assert b"valid" in done.stdout


@pytest.mark.slow
def test_a_latin_1_terminal_is_no_reason_to_fail(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(Path(SCENARIO).read_text().replace("Bank, busy hours", "Банк → “hours”"), "utf-8")
    done = capsim("run", str(path), *QUICK, env={**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"})
    assert done.returncode == 0, done.stderr
    assert b"Blocking is" in done.stdout


@pytest.mark.slow
def test_an_unwritable_cache_is_no_reason_to_fail(tmp_path):
    blocker = tmp_path / "file"
    blocker.touch()
    nowhere = str(blocker / "cache")
    done = capsim(
        "run",
        SCENARIO,
        *QUICK,
        env={**os.environ, "NUMBA_CACHE_DIR": nowhere, "HOME": nowhere, "XDG_CACHE_HOME": nowhere, "NUMBA_OPT": "0"},
    )
    assert done.returncode == 0, done.stderr
    assert b"Blocking is" in done.stdout


@pytest.fixture
def interrupted(sigint):  # noqa: ARG001
    """A function: a run to which a terminal sends Ctrl-C after some seconds. No run outlives the test."""
    started: list[subprocess.Popen[bytes]] = []

    def run(seconds: float, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "capsim", "run", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        started.append(process)
        assert process.stderr is not None
        while b"calls in" not in process.stderr.readline():
            assert process.poll() is None
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGINT)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_ctrl_c_keeps_the_replications_that_are_finished(tmp_path, interrupted, engine, jobs):
    out = tmp_path / "out"
    options = ("--replications", "20000", "--out", str(out), "--jobs", jobs, "--engine", engine)
    for seconds in (0.5, 4.0, 30.0):  # on a busy machine no replication may be finished so soon
        process = interrupted(seconds, SCENARIO, *options)
        printed, err = process.communicate(timeout=60)
        if printed:
            break
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert b"of 20,000 replications" in printed
    assert re.search(rb"the figures are of the [0-9,]+ of 20,000 replications", err)
    document = json.loads((out / "result.json").read_text())
    assert document["interrupted"]
    assert 0 < document["replications"] < 20000
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_before_a_replication_is_finished_writes_nothing(tmp_path, interrupted, jobs):
    long = ("--set", "duration=3000 days", "--set", "dids.bank.traffic.calls_per_hour=20000", "--replications", "3")
    process = interrupted(1.0, SCENARIO, *long, "--out", str(tmp_path / "out"), "--jobs", jobs)
    printed, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert printed == b""
    assert b"Traceback" not in err
    assert b"nothing was written" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_closed_pipe_is_no_traceback():
    process = subprocess.Popen(
        [sys.executable, "-m", "capsim", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
