"""Report pages: the answer first, everything within the page, and text that stays text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

import capsim
from capsim.report.pages import comparison_page, frontier_page, plan_page, run_page

ODD = "<script>alert('x')</script> & \"quotes\""


def desk(name="Desk", shared=3, **keys):
    traffic = {"erlangs": 2, "holding": {"distribution": "exponential", "mean": "3 min"}}
    usual = {
        "name": name, "start": "2026-11-02", "duration": "8 days", "replications": 3,
        "pools": {"one": {"coverage": ["GB"], "flat_rate": {"monthly": "15"}, "metered": {"rate": "0.01"}}},
        "groups": {"desk": {"pool": "one", "shared": shared, "metered": 1}},
        "dids": {"<b>bold": {"country": "GB", "mode": "DID+0", "group": "desk", "traffic": traffic}},
        "goals": {"blocking": "50%", "monthly_cost": 1},
    }  # fmt: skip
    return capsim.Scenario(**usual | keys)


class Reader(HTMLParser):
    """Notes elements, and whether each that is opened is closed."""

    VOID = ("meta", "br", "img", "link", "input", "hr")

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text, self.references = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.references += [value for name, value in attrs if name in ("src", "href", "xlink:href") and value]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)
        self.references += [value for name, value in attrs if name in ("src", "href", "xlink:href") and value]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(page):
    reader = Reader()
    reader.feed(page)
    assert not reader.open
    return reader


@pytest.fixture(scope="module")
def pages():
    result = capsim.simulate(desk(ODD), watch=True)
    comparison = capsim.compare({ODD: desk(), "other": desk(shared=4)})
    frontier = capsim.frontier(desk(ODD), max_shared=5, max_metered=4)
    plan = capsim.plan(desk(ODD), 0.02, n_jobs=1)
    return {
        "run": run_page(result, f"capsim report '{ODD}'"),
        "comparison": comparison_page(comparison, "capsim report a b"),
        "frontier": frontier_page(frontier, "capsim report a"), "plan": plan_page(plan, "capsim report a"),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["run", "comparison", "frontier", "plan"])
def test_a_page_is_whole_and_asks_nobody_for_anything(pages, kind):
    reader = read(pages[kind])
    assert "script" not in reader.seen
    assert all(reference.startswith(("#", "data:image/")) for reference in reader.references)
    assert not re.search(r"url\((?!#)|@import", pages[kind])
    assert len(pages[kind]) < 2_000_000


@pytest.mark.parametrize("kind", ["run", "comparison", "frontier", "plan"])
def test_text_of_scenarios_stays_text(pages, kind):
    assert "<script>" not in pages[kind]
    assert "<b>" not in pages[kind]
    assert ODD in "".join(read(pages[kind]).text)


@pytest.mark.parametrize("kind", ["run", "comparison", "frontier", "plan"])
def test_a_page_has_one_heading_names_for_pictures_and_heads_for_tables(pages, kind):
    page = pages[kind]
    assert page.count("<h1>") == 1
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert page.count("<svg") == page.count('role="img" aria-label="')
    assert page.count("<table") == page.count("<thead>")
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
    assert page.index('class="verdict"') < page.index("<h2>")


def test_the_page_of_a_run_has_all_that_a_planner_shows(pages):
    words_of_it = (
        "Goals", "Which tier took the calls", "Concurrent calls", "Calls by hour and weekday",
        "Blocking by hour and weekday", "When capacity was exhausted", "Invoice of the first replication",
        "What theory says", "Erlang B", "Method",
    )  # fmt: skip
    for words in words_of_it:
        assert words in pages["run"], words


def test_a_run_without_calls_has_a_page_too():
    scenario = capsim.Scenario(start="2026-11-02", duration="1 day", dids={"a": {"included": 1}})
    assert "No call was offered" in run_page(capsim.simulate(scenario, watch=True))


def test_the_ladder_adds_up(pages):
    widths = [float(width) for width in re.findall(r"width:([0-9.]+)%;background", pages["run"])]
    assert sum(widths) == pytest.approx(100, abs=0.01)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("scenarios/first.yaml",), "Which tier took the calls"),
        (("scenarios/flat_rate.yaml", "scenarios/hybrid.yaml"), "Differences"),
        (("scenarios/first.yaml", "--frontier"), "Where a flat-rate channel stops paying"),
        (("scenarios/first.yaml", "--plan", "--max-blocking", "2%"), "Cheapest proven"),
    ],
)
def test_the_command_writes_a_page(cli, tmp_path, arguments, words):
    said = cli("report", *arguments, "--replications", "2", "--out", tmp_path / "r.html")
    assert said.status == 0
    assert words in (tmp_path / "r.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "report needs a scenario file"),
        (("scenarios/first.yaml", "scenarios/hybrid.yaml", "--plan"), "is of one scenario"),
        (("scenarios/first.yaml", "--group", "desk"), "--group goes with --frontier"),
    ],
)
def test_what_makes_no_page_is_an_error(cli, arguments, words):
    said = cli("report", *arguments)
    assert said.status == 2
    assert words in said.err
