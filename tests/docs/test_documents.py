"""The README is short, the scenarios run, and every rule that is cited has its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import capsim
from tests.docs.examples import DOCUMENTS, ROOT, SCENARIOS


def test_the_readme_has_at_most_800_words():
    assert len((ROOT / "README.md").read_text("utf-8").split()) <= 800


def test_every_make_target_that_a_document_names_exists():
    makefile = (ROOT / "Makefile").read_text()
    for page in DOCUMENTS:
        for target in re.findall(r"`?make ([a-z]+)`", page.read_text("utf-8")):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), (page.name, target)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_every_scenario_is_valid_runs_and_has_a_line(path):
    scenario = capsim.load(path)
    assert f"| {path.name} |" in (ROOT / "scenarios" / "README.md").read_text()
    result = capsim.simulate(scenario.override({"duration": "10 h"}), replications=2)
    assert result.totals.loc["offered", "mean"] > 0


def test_the_three_mixes_have_the_same_calls():
    mixes = [capsim.load(ROOT / "scenarios" / f"{name}.yaml") for name in ("flat_rate", "metered", "hybrid")]
    runs = [
        capsim.simulate(mix.override({"duration": "2 days", "replications": 2}), keep_calls=True).calls for mix in mixes
    ]
    for other in runs[1:]:
        assert (other.arrival == runs[0].arrival).all()
        assert (other.did == runs[0].did).all()


def test_every_rule_that_is_cited_has_a_heading():
    rules = (ROOT / "docs" / "rules.md").read_text("utf-8")
    anchors = set(re.findall(r'<a id="([rm]\d+)"', rules))
    assert anchors == {f"r{n}" for n in range(1, 16)} | {f"m{n}" for n in range(1, 9)}
    cited = set()
    for path in [*(ROOT / "capsim").rglob("*.py"), *(ROOT / "scenarios").iterdir(), ROOT / "README.md"]:
        cited |= set(re.findall(r"\b([RM]\d{1,2})\b", path.read_text("utf-8")))
    assert {rule.lower() for rule in cited if rule not in {"M6", "M7"}} <= anchors


def test_lint_and_layers_know_every_room():
    rooms = {path.name for path in (ROOT / "capsim").iterdir() if (path / "__init__.py").exists()}
    layers = (ROOT / "pyproject.toml").read_text()
    for room in rooms:
        assert f'"{room}"' in layers or f"{room} " in layers or f" {room}" in layers, room


BANK = ROOT.parent / "shared" / "data" / "anonymous_bank_1999-01.csv"


def check_busy_hours(path: Path) -> None:
    """The calls of a file are those that scenarios/bank_10.yaml says: rate, mean holding time and cv."""
    import pandas as pd

    traffic = capsim.load(ROOT / "scenarios" / "bank_10.yaml").dids["bank"].traffic
    calls = pd.read_csv(path, parse_dates=["start"])
    held = calls.trunk_s[calls.trunk_s > 0]
    assert held.mean() == pytest.approx(traffic.mean_seconds, rel=0.02)
    assert held.std() / held.mean() == pytest.approx(traffic.holding.cv_value, rel=0.03)
    busy = calls[calls.start.dt.hour == 16].groupby(calls.start.dt.date).size()
    assert busy.mean() == pytest.approx(traffic.calls_per_hour, rel=0.05)


@pytest.mark.skipif(not BANK.exists(), reason="NOT RUN: the bank's records lie beside the project, and are not here")
def test_the_banks_scenario_is_what_its_records_say():
    check_busy_hours(BANK)


def test_synthetic_records_of_ours_stand_in_for_the_banks():
    check_busy_hours(ROOT / "tests" / "data" / "synthetic_calls.csv")
