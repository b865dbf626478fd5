"""Reports in a real browser, with the network blocked: nothing is asked for, nothing is complained about."""

from __future__ import annotations

import re

import pytest

import capsim
from capsim.report.pages import comparison_page, run_page
from tests.browser.browsing import BROWSER, NOT_RUN, SHOTS, browse

pytestmark = pytest.mark.skipif(BROWSER is None, reason=NOT_RUN)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    scenario = capsim.load("scenarios/office.yaml").override({"name": "<script>document.title='no'</script> office"})
    path = tmp_path_factory.mktemp("report") / "run.html"
    path.write_text(run_page(capsim.simulate(scenario, replications=3, watch=True)), "utf-8")
    return path


def test_a_report_loads_without_a_complaint_and_runs_no_script(report, tmp_path):
    seen = browse(report.as_uri(), tmp_path, "--dump-dom")
    assert not re.search(r"CONSOLE|ERR_|Refused", seen.stderr)
    assert "Which tier took the calls" in seen.stdout
    assert "&lt;script&gt;document.title='no'&lt;/script&gt; office: report</title>" in seen.stdout


@pytest.mark.parametrize(("name", "options"), [("light", ()), ("dark", ("--force-dark-mode",)), ("narrow", ())])
def test_a_picture_of_it_is_kept_to_be_looked_at(report, tmp_path, name, options):
    SHOTS.mkdir(parents=True, exist_ok=True)
    width = 420 if name == "narrow" else 1100
    shot = SHOTS / f"report_{name}.png"
    shot.unlink(missing_ok=True)
    browse(report.as_uri(), tmp_path, f"--window-size={width},3600", f"--screenshot={shot}", *options)
    assert shot.stat().st_size > 20_000


def test_a_comparison_loads_too(tmp_path):
    mixes = {name: capsim.load(f"scenarios/{name}.yaml") for name in ("flat_rate", "hybrid")}
    path = tmp_path / "comparison.html"
    path.write_text(comparison_page(capsim.compare(mixes, replications=2)), "utf-8")
    seen = browse(path.as_uri(), tmp_path / "profile", "--dump-dom")
    assert not re.search(r"CONSOLE|ERR_|Refused", seen.stderr)
    assert "Differences" in seen.stdout
