"""The front door is what it says it is."""

import subprocess
import sys

import capsim


def test_the_front_door_is_exactly_what_all_says():
    assert sorted(capsim.__all__) == list(capsim.__all__)
    for name in capsim.__all__:
        assert getattr(capsim, name) is not None
    assert set(dir(capsim)) == set(capsim.__all__)


def test_importing_capsim_loads_nothing_heavy():
    heavy = {"numpy", "pandas", "numba", "matplotlib", "scipy", "pydantic", "simpy", "duckdb"}
    code = f"import sys, capsim, capsim.cli; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_errors_text_has_a_line_for_each_problem():
    error = capsim.ScenarioError(
        [capsim.errors.Problem("is wrong", "f.yaml", 3, 7, "dids.a", "R5"), capsim.errors.Problem("too")]
    )
    assert str(error) == "f.yaml:3:7: dids.a: is wrong [R5]\ntoo"
    assert isinstance(error, capsim.CapsimError)
