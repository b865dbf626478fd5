"""The page on how well a fit holds: self-contained, escaped, with a picture for each thing it tells."""

from __future__ import annotations

import re
from html import escape

import numpy as np
import pytest

import capsim
from capsim.cli import execute
from capsim.studies.fit.page import fit_page
from capsim.studies.fit.plots import plot_days, plot_hours, plot_lengths
from capsim.studies.fit.words import of_days, of_holding, of_hours

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Four weeks of two numbers; one has a name that would be HTML."""
    holding = {"distribution": "lognormal", "mean": "3 min", "cv": 1.2}
    traffic = {"calls_per_hour": 20, "holding": holding, "profile": {"weekday": {"8-17": 1}}, "day_factor": {"cv": 0.3}}
    dids = {"<b>desk": {"included": 90, "traffic": traffic}, "line": {"included": 90, "traffic": traffic}}
    made = capsim.Scenario(start="2026-01-05", duration="4 weeks", replications=1, dids=dids)
    path = tmp_path_factory.mktemp("fit") / "a&b.csv"
    capsim.simulate(made, keep_calls=True).write_call_records(path)
    return path


@pytest.fixture(scope="module")
def fitted(file):
    return capsim.fit(file)


def test_the_page_is_one_file_that_asks_for_nothing(fitted):
    page = fit_page(fitted)
    assert page.count("data:image/png;base64,") == 2 * 3
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert "<script" not in page


def test_text_is_escaped(fitted):
    page = fit_page(fitted)
    assert "&lt;b&gt;desk" in page
    assert "<b>desk" not in page
    assert "a&amp;b.csv" in page


def test_each_sentence_stands_on_it(fitted):
    page = fit_page(fitted)
    for one in fitted.numbers.values():
        verdicts = (of_hours(one), of_days(one), of_holding(one))
        for sentence in one.sentences():
            assert page.count(escape(sentence)) >= 1 + (sentence in verdicts), "a verdict stands under its picture too"


def test_plots_return_axes_with_units(fitted):
    one = fitted.numbers["line"]
    hours, days, lengths = plot_hours(one), plot_days(one), plot_lengths(one)
    assert (hours.get_xlabel(), hours.get_ylabel()) == ("Hour of the week, local time", "Calls an hour")
    assert "over the mean" in days.get_ylabel()
    assert lengths.get_xlabel() == "Holding time, min"
    fitted_line = next(line for line in lengths.get_lines() if line.get_label() == "Fitted")
    assert np.all(np.diff(fitted_line.get_xdata()) >= 0)


def test_the_command_writes_the_page(file, tmp_path, capsys):
    page = tmp_path / "fit.html"
    assert execute(["fit", str(file), "--page", str(page), "--out", str(tmp_path / "fit.yaml")]) == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert f"wrote {page}" in capsys.readouterr().err
