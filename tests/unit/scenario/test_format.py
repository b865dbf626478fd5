"""The file format: strict, YAML 1.2, every problem at once and at its place."""

from __future__ import annotations

import io
import json
import re
import sys
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

import capsim
from capsim.scenario import json_schema, load, read_value
from capsim.scenario.language import document
from capsim.scenario.language.document import read_document
from capsim.scenario.template import TEMPLATE

MINIMAL = "start: 2026-01-01\nduration: 1 h\ndids: {a: {}}\n"


def problems_of(raw: bytes):
    with pytest.raises(capsim.ScenarioError) as caught:
        capsim.Scenario(read_document(raw, "s.yaml"))
    return caught.value.problems


def places(problems):
    return [(problem.line, problem.column, problem.path) for problem in problems]


def test_all_problems_of_a_file_come_at_once_in_its_order(broken):
    problems = broken(
        ("seed: 7", "sede: 7"), ("rate: 0.010", "rate: x"), ("cv: 1.2", "cv: -1"), ("warm_up: 2 h ", "warm_up: 2 ")
    )
    assert places(problems) == sorted(places(problems))
    assert [problem.path.split(".")[-1] for problem in problems] == ["warm_up", "sede", "rate", "cv"]
    assert "did you mean 'seed'?" in problems[1].message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("warm_up: 2 h ", "warm_up: 2 ", "a bare number has no unit"),
        ("warm_up: 2 h ", "warm_up: 2 hours ", "unknown unit 'hours'"),
        ("duration: 1 month", "duration: 1.5 months", "whole number of months"),
        ("mean: 3 min}\n  branch", "mean: 1 month}\n  branch", "s, min, h"),
        ("calls_per_hour: 120", "calls_per_hour: '120'", "must be a number (without quotes)"),
        ("calls_per_hour: 120", "calls_per_hour: .nan", "finite"),
        ("calls_per_hour: 120", "calls_per_hour: -.inf", "finite"),
        ("calls_per_hour: 120", "calls_per_hour: -1", "at least 0 (got -1"),
        ("calls_per_hour: 120", "calls_per_hour: 1e300", "at most"),
        ("calls_per_hour: 120", "calls_per_hour: ", "no value (null)"),
        ("calls_per_hour: 120", "calls_per_hour: 120\n      erlangs: 3", "not both"),
        ("rate: 0.010", "rate: 0.0000000001", "decimal places"),
        ("rate: 0.010", "rate: true", "an amount of money"),
        ("replications: 10", "replications: 2.5", "must be a whole number (got 2.5)"),
        ("replications: 10", "replications: yes", "must be a whole number (got 'yes')"),
        ("additional_capacity: true", "additional_capacity: yes", "must be true or false (got 'yes')"),
        ('number: "+442079460000"', "number: +442079460000", "in quotes"),
        ("distribution: exponential", "distribution: exponetial", "hyperexponential, empirical (got 'exponetial')"),
        ("timezone: Europe/London", "timezone: Europe/Londn", "did you mean 'Europe/London'?"),
        ("start: 2026-11-02", "start: 2026-11-31", "no date of the calendar"),
        ("start: 2026-11-02", "start: 2026-11-02T08:00Z", "local date"),
        ("name: Support desk, hybrid", "name: ''", "must not be empty"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_what_is_allowed(broken, old, new, words):
    messages = [problem.message for problem in broken((old, new))]
    assert any(words in message for message in messages), messages


def test_a_key_given_twice_is_an_error_that_names_the_first():
    (problem,) = problems_of(b"start: 2026-01-01\nduration: 1 h\ndids: {a: {}}\nstart: 2026-01-02\n")
    assert (problem.line, problem.path) == (4, "start")
    assert "line 1" in problem.message


def test_words_that_yaml_1_1_turns_into_something_else_stay_words():
    assert read_value("[no, 1:30, 2026-11-02, off, 0o7x]") == ["no", "1:30", "2026-11-02", "off", "0o7x"]
    assert read_document(b"%YAML 1.1\n---\na: no\n", "f").data == {"a": "no"}
    made = capsim.Scenario(read_document(b"start: 2026-01-01\nduration: 1 h\ndids: {no: {country: NO}}\n", "f"))
    assert made.dids["no"].country == "NO"


def test_money_is_the_decimal_that_was_written_quoted_or_not():
    for text in ("0.010", "'0.010'"):
        pools = f"pools: {{p: {{metered: {{rate: {text}}}}}}}"
        value = capsim.Scenario(read_document(f"{MINIMAL}{pools}\n".encode(), "f"))
        assert value.pools["p"].metered.rate == Decimal("0.010")
    keys = {"start": "2026-01-01", "duration": "1 h", "dids": {"a": {}}}
    assert capsim.Scenario(**keys, pools={"p": {"metered": {"rate": 0.1}}}).pools["p"].metered.rate == Decimal("0.1")


def test_an_alias_stands_for_its_anchor_and_cannot_explode():
    traffic = "{erlangs: 1, holding: {distribution: exponential, mean: 3 min}}"
    text = f"start: 2026-01-01\nduration: 1 h\ndids:\n  a: {{traffic: &t {traffic}}}\n  b: {{traffic: *t}}\n".encode()
    made = capsim.Scenario(read_document(text, "f"))
    assert made.dids["a"].traffic == made.dids["b"].traffic
    bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
    )
    assert "values" in problems_of(bomb.encode())[0].message
    assert "anchor" in problems_of(b"a: &a [*a]")[0].message
    chain = "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 2000))
    assert "levels deep" in problems_of(chain.encode())[0].message


@pytest.mark.parametrize(
    ("raw", "place", "words"),
    [
        (b"", (1, 1), "empty"),
        (b"# nothing\n", (1, 1), "empty"),
        (b"- a\n- b\n", (1, 1), "mapping of keys"),
        (b"just text", (1, 1), "mapping of keys"),
        (b"a: [1\n", (2, 1), "not valid YAML"),
        (b"a: 1\n\tb: 2\n", (2, 1), "not valid YAML"),
        (b"a: 1\n---\nb: 2\n", (2, 1), "second document"),
        (b"a: caf\xe9\n", (1, 7), "not UTF-8"),
        (b"\xff\xfea\x00", (1, 1), "UTF-16"),
        (b"a: \x07\n", (1, 4), "control character"),
        (b"a: !!python/object:os.system x\n", (1, 4), "tag"),
        (b"[a, b]: 1\n", (1, 1), "plain word"),
        (b"a: " + b"[" * 100, None, "levels deep"),
        (b"a: " + b"9" * 5000, (1, 4), "characters"),
        (b"a: 1\n" * 500_000, (1, 1), "at most 2,000,000"),
    ],
)
def test_what_is_no_scenario_at_all_is_one_clear_problem(raw, place, words):
    problem = problems_of(raw)[0]
    assert words in problem.message
    assert place is None or (problem.line, problem.column) == place


def test_a_byte_order_mark_is_no_problem():
    assert read_document(b"\xef\xbb\xbfa: 1\n", "f").data == {"a": 1}


def test_files_that_cannot_be_read_are_our_errors(tmp_path):
    for path, words in ((tmp_path, "folder"), (tmp_path / "none.yaml", "No such file"), (Path("\0"), "cannot be read")):
        with pytest.raises(capsim.ScenarioError, match=words):
            load(path)


def test_a_dash_is_standard_input(monkeypatch, example):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(example.encode())))
    assert load("-").name == "Support desk, hybrid"


def test_the_schema_fits_the_scenarios_and_refuses_unknown_keys():
    validator = jsonschema.Draft202012Validator(json_schema())

    def plain(value):
        return json.loads(json.dumps(value, default=float))

    for path in [*Path("scenarios").glob("*.yaml"), *Path("tests/fuzz").glob("*.yaml")]:
        data = plain(document.read_document(path.read_bytes(), path.name).data)
        assert list(validator.iter_errors(data)) == [], path
        assert list(validator.iter_errors(data | {"sede": 1}))


def test_the_schema_speaks_json_schema_also_of_values_that_may_be_left_out():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    text = json.dumps(schema)
    for word in ("ge", "le", "gt", "lt"):
        assert f'"{word}":' not in text
    parts = schema["$defs"]
    rate, cv = parts["Traffic"]["properties"]["calls_per_hour"], parts["LogNormal"]["properties"]["cv"]
    assert next(one["minimum"] for one in (rate, *rate["anyOf"]) if "minimum" in one) == 0
    assert cv["exclusiveMinimum"] == 0
    assert schema["properties"]["warm_up"]["default"] == "0 s"
    for part in [schema, *parts.values()]:
        for name, value in part.get("properties", {}).items():
            assert not isinstance(value.get("default"), dict) or "unit" not in value["default"], name


def test_names_that_paths_cannot_hold_are_refused():
    for name in ("a.b", "*", " a", "x" * 101, "a\x07b"):
        with pytest.raises(capsim.ScenarioError, match="name"):
            capsim.Scenario(start="2026-01-01", duration="1 h", dids={name: {}})


def test_a_scenario_is_frozen(example):
    made = capsim.Scenario(read_document(example.encode(), "f"))
    with pytest.raises(Exception, match="frozen"):
        made.seed = 3


def test_what_the_template_leaves_to_be_uncommented_is_valid_all_at_once():
    without_replay = re.sub(r"# replay:.*?\n\n", "", TEMPLATE, flags=re.DOTALL)  # which is in place of traffic
    assert without_replay != TEMPLATE
    text = re.sub(r"^( *)# (?=(  )*(- \{|[A-Za-z_]+:))", r"\1", without_replay, flags=re.MULTILINE)
    keys = {"channels", "renews", "breaks", "capacity_limit", "account", "changes", "ring", "answered", "activated",
            "profiles", "profile", "surges", "growth", "day_factor", "redial"}  # fmt: skip
    assert keys <= set(re.findall(r"^ *([a-z_]+):", text, re.MULTILINE))
    made = capsim.Scenario(document.read_document(text.encode(), "template.yaml"))
    assert len(made.changes) == 6
    assert made.account is not None
