"""Arguments of the studies are checked alike, and errors name the argument that the caller knows."""

from __future__ import annotations

import json

import pytest

import capsim
from capsim.cli import execute

STUDIES = {
    "simulate": lambda scenario, **options: capsim.simulate(scenario, **options),
    "compare": lambda scenario, **options: capsim.compare({"a": scenario, "b": scenario}, **options),
    "frontier": lambda scenario, **options: capsim.frontier(scenario, **options),
    "sweep": lambda scenario, **options: capsim.sweep(scenario, {"groups.desk.shared": [1, 2]}, **options),
    "plan": lambda scenario, **options: capsim.plan(scenario, max_blocking="5%", **options),
}


@pytest.fixture(scope="module")
def first():
    return capsim.load("scenarios/first.yaml").override({"duration": "2 h", "replications": 2})


@pytest.mark.parametrize("jobs", [0, -3])
@pytest.mark.parametrize("study", STUDIES)
def test_jobs_are_at_least_one(first, study, jobs):
    with pytest.raises(capsim.InputError, match=f"n_jobs: must be at least 1 .got {jobs}"):
        STUDIES[study](first, n_jobs=jobs)


@pytest.mark.parametrize("study", ["simulate", "compare", "frontier"])
def test_no_replications_are_an_error_and_not_the_default(first, study):
    with pytest.raises(capsim.ScenarioError, match="replications"):
        STUDIES[study](first, replications=0)


def test_a_seed_of_zero_is_a_seed(first):
    assert capsim.compare({"a": first, "b": first}, seed=0).results["a"].seed == 0


def test_a_group_that_is_not_named_is_asked_for_by_the_caller_s_own_name(capsys):
    two = capsim.load("scenarios/two_pools.yaml")
    with pytest.raises(capsim.InputError, match=r"^group: name one; groups: europe, overseas"):
        capsim.frontier(two)
    assert execute(["frontier", "scenarios/two_pools.yaml"]) == 2
    assert "--group: name one; groups: europe, overseas" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "compare", "frontier", "sweep", "plan", "report"])
def test_the_command_line_names_its_own_option_of_jobs(command, capsys):
    assert execute([command, "scenarios/first.yaml", "--jobs", "0"]) == 2
    assert "--jobs" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["plan", "frontier"])
def test_the_command_line_asks_for_a_percent_sign(command, capsys):
    assert execute([command, "scenarios/first.yaml", "--max-blocking", "0.5"]) == 2
    error = capsys.readouterr().err
    assert "--max-blocking" in error
    assert "percent sign" in error


def test_records_for_a_folder_are_refused_before_the_run(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("capsim.studies.run.simulate", None)
    assert execute(["run", "scenarios/first.yaml", "--records", str(tmp_path)]) == 2
    assert "is a folder; a file is needed" in capsys.readouterr().err


def test_out_reports_only_what_it_wrote(tmp_path, capsys):
    (tmp_path / "my_notes.txt").write_text("mine")
    assert (
        execute(["run", "scenarios/first.yaml", "--set", "duration=1 h", "--replications", "1", "--out", str(tmp_path)])
        == 0
    )
    assert "my_notes.txt" not in capsys.readouterr().err
    assert (tmp_path / "my_notes.txt").read_text() == "mine"


def test_a_sweep_without_blocked_calls_has_the_bound_of_a_comparison():
    scenario = capsim.load("scenarios/first.yaml").override(
        {"replications": 4, "duration": "1 day", "groups.desk.shared": 20}
    )
    swept = capsim.sweep(scenario, {"groups.desk.shared": [20, 21]}).differences.iloc[0]
    compared = capsim.compare({"a": scenario, "b": scenario.override({"groups.desk.shared": 21})}).differences[0]
    assert (swept.blocking, swept.blocking_low, swept.blocking_high) == (
        0,
        pytest.approx(compared.blocking.low),
        pytest.approx(compared.blocking.high),
    )
    assert swept.blocking_low < 0 < swept.blocking_high


@pytest.mark.slow
def test_numbers_in_json_have_ten_significant_digits(first):
    """At most ten, and more than six somewhere: no figure is cut shorter by a rounding of its own."""
    more = first.override({"duration": "1 week", "replications": 4})
    documents = {
        "run": capsim.simulate(more).to_dict(),
        "compare": capsim.compare({"a": more, "b": more.override({"groups.desk.shared": 4})}).to_dict(),
        "plan": capsim.plan(more, max_blocking="5%", budget=1e6).to_dict(),
    }
    for name, document in documents.items():
        for path, value in _floats(json.loads(json.dumps(document))):
            assert value == float(f"{value:.10g}"), (name, path)
    theory = [one["blocking"] for one in documents["run"]["theory"]["blocking"] if one["blocking"]]
    z = [one["z"] for one in documents["run"]["theory"]["blocking"] if one["z"]]
    p = [one["p_monthly"] for one in documents["compare"]["differences"]]
    outlook = documents["plan"]["one_more_nine"]["blocking"]
    for value in (*theory, *z, *p, outlook):
        assert value != float(f"{value:.6g}"), "a figure of its own precision"


def _floats(document, path=()):
    if isinstance(document, dict):
        for key, value in document.items():
            yield from _floats(value, (*path, key))
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from _floats(value, (*path, number))
    elif isinstance(document, float):
        yield path, document
