"""A short form of the fuzzing, and the command line on some of its files."""

from __future__ import annotations

import json
import random
import subprocess
import sys

import pytest

from tests.fuzz.mutate import mutant, run


@pytest.mark.no_cover
@pytest.mark.slow
def test_damaged_files_give_a_scenario_or_errors_with_their_places():
    report = run(300, seed=20261102, most_simulated=10)
    outcomes = {outcome for _, outcome in report.outcomes}
    assert outcomes == {"valid", "errors"}
    assert len({kind for kind, _ in report.outcomes}) >= 10


@pytest.mark.slow
def test_the_command_line_shows_no_traceback_for_any_file(tmp_path):
    rng = random.Random(5)
    for number in range(8):
        kind, raw = mutant(rng)
        path = tmp_path / f"{number}.yaml"
        path.write_bytes(raw[:200_000])
        done = subprocess.run(
            [sys.executable, "-m", "capsim", "validate", str(path), "--json"], capture_output=True, text=True
        )
        assert done.returncode in (0, 2), (kind, done.stderr)
        assert "Traceback" not in done.stderr
        if done.returncode == 2:
            for problem in json.loads(done.stderr)["errors"]:
                assert set(problem) == {"file", "line", "column", "path", "message", "rule"}
