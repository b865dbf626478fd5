"""A scenario written as text reads back as the same."""

from __future__ import annotations

from pathlib import Path

import pytest

import capsim
from capsim.scenario.language.document import read_value
from capsim.scenario.language.writing import yaml_text


@pytest.mark.parametrize("file", sorted(Path("scenarios").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_example_is_written_and_read_back(file, tmp_path):
    scenario = capsim.load(file)
    again = tmp_path / "again.yaml"
    again.write_text(scenario.to_yaml(), "utf-8")
    assert capsim.load(again).keys == scenario.keys


@pytest.mark.parametrize(
    "text",
    ["yes", "no", "true", "null", "~", "12", "1e3", "0x1f", "", " a ", "a: b", "a#b", "- a", "it's", 'say "so"', "a, b",
     "{a}", "2026-11-02", "Ünïcode", "line\nbreak", "tab\tstop", "*star", "&anchor", "?", ":", "colon:", "%", "@", "`"],
)  # fmt: skip
def test_text_stays_text(text):
    for data in ({"name": text}, {"part": {"name": {"inner": text}}}, {"names": [text]}):
        assert read_value(yaml_text(data)) == data


def test_a_changed_scenario_is_written_as_it_is(tmp_path):
    scenario = capsim.load("scenarios/hybrid.yaml").override({"groups.support.shared": 3, "goals": {"blocking": "1%"}})
    file = tmp_path / "s.yaml"
    file.write_text(scenario.to_yaml(), "utf-8")
    assert capsim.load(file).keys == scenario.keys


def test_numbers_and_odd_signs_are_written_so_that_they_can_be_read():
    import numpy as np

    for value in (np.float64(3.5), 1e-50, 0.1, 10**20):
        assert float(read_value(yaml_text({"a": value}))["a"]) == pytest.approx(float(value))
    for text in ("next\u0085line", "delete\u007f", "soft\u00adhyphen"):
        assert read_value(yaml_text({"a": text})) == {"a": text}
