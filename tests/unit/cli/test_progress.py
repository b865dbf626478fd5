"""Progress names what it counts."""

from __future__ import annotations

import pytest

from capsim.cli.terminal import Bar


@pytest.mark.parametrize(
    ("what", "unit"), [("calls in 10 replications", "calls"), ("cells", "cells"), ("rows", "rows")]
)
def test_a_line_of_progress_names_what_it_counts(what, unit, monkeypatch, capsys):
    monkeypatch.setattr(Bar, "EVERY", -1.0)
    bar = Bar("desk")
    bar.begin(200, what)
    bar.advance(50)
    bar.end()
    begins, goes_on = capsys.readouterr().err.splitlines()
    assert begins == f"desk: about 200 {what} ..."
    assert goes_on.startswith(f"desk: 25% of the {unit}, about ")


def test_a_quiet_bar_says_nothing(monkeypatch, capsys):
    monkeypatch.setattr(Bar, "EVERY", -1.0)
    bar = Bar("desk", quiet=True)
    bar.begin(200, "calls")
    bar.advance(50)
    assert capsys.readouterr().err == ""
