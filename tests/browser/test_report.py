"""Reports in a real browser, with the network blocked: nothing is asked for, nothing is complained about."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import capsim
from capsim.report.pages import comparison_page, run_page

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SHOTS = Path(__file__).parents[2] / "out" / "screenshots"
pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="NOT RUN: no browser on this machine (Debian's chromium would do)"
)


def browse(page: Path, profile: Path, *options: str) -> subprocess.CompletedProcess[str]:
    quiet = (
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-quic",
    )
    blocked = "--host-resolver-rules=MAP * ~NOTFOUND"
    return subprocess.run(
        [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", *quiet, blocked, f"--user-data-dir={profile}",
         "--enable-logging=stderr", *options, page.as_uri()],
        capture_output=True, text=True, timeout=120, env={**os.environ, "HOME": str(profile)}, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    scenario = capsim.load("scenarios/office.yaml").override({"name": "<script>document.title='no'</script> office"})
    path = tmp_path_factory.mktemp("report") / "run.html"
    path.write_text(run_page(capsim.simulate(scenario, replications=3, watch=True)), "utf-8")
    return path


def test_a_report_loads_without_a_complaint_and_runs_no_script(report, tmp_path):
    seen = browse(report, tmp_path, "--dump-dom")
    assert not re.search(r"CONSOLE|ERR_|Refused", seen.stderr)
    assert "Which tier took the calls" in seen.stdout
    assert "&lt;script&gt;document.title='no'&lt;/script&gt; office: report</title>" in seen.stdout


@pytest.mark.parametrize(("name", "options"), [("light", ()), ("dark", ("--force-dark-mode",)), ("narrow", ())])
def test_a_picture_of_it_is_kept_to_be_looked_at(report, tmp_path, name, options):
    SHOTS.mkdir(parents=True, exist_ok=True)
    width = 420 if name == "narrow" else 1100
    shot = SHOTS / f"report_{name}.png"
    shot.unlink(missing_ok=True)
    browse(report, tmp_path, "--hide-scrollbars", f"--window-size={width},3600", f"--screenshot={shot}", *options)
    assert shot.stat().st_size > 20_000


def test_a_comparison_loads_too(tmp_path):
    mixes = {name: capsim.load(f"scenarios/{name}.yaml") for name in ("flat_rate", "hybrid")}
    path = tmp_path / "comparison.html"
    path.write_text(comparison_page(capsim.compare(mixes, replications=2)), "utf-8")
    seen = browse(path, tmp_path / "profile", "--dump-dom")
    assert not re.search(r"CONSOLE|ERR_|Refused", seen.stderr)
    assert "Differences" in seen.stdout
