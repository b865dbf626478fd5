"""Report pages: the answer first, everything within the page, and text that stays text."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser

import pytest
from ruamel import yaml

import capsim
from capsim.scenario.model.moments import WEEKDAYS
from capsim.show import numbers
from capsim.studies.compare.page import comparison_page
from capsim.studies.frontier import neighbours
from capsim.studies.frontier.page import frontier_page, sizes_nearby
from capsim.studies.plan.page import plan_page
from capsim.studies.run.page.report import run_page
from tests.reference.scenarios import desk_with_odd_names

ODD = "<script>alert('x')</script> & \"quotes\""


class Reader(HTMLParser):
    """Notes elements, and whether each that is opened is closed."""

    VOID = ("meta", "br", "img", "link", "input", "hr")

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text, self.references, self.labels = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.references += [value for name, value in attrs if name in ("src", "href", "xlink:href") and value]
        self.labels += [value for name, value in attrs if name == "aria-label"]
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
    result = capsim.simulate(desk_with_odd_names(name=ODD), watch=True)
    nearby = {"desk": neighbours(result.scenario, "desk")}
    comparison = capsim.compare({ODD: desk_with_odd_names(), "other": desk_with_odd_names({"groups.desk.shared": 4})})
    frontier = capsim.frontier(desk_with_odd_names(name=ODD), max_shared=5, max_metered=4)
    plan = capsim.plan(desk_with_odd_names(name=ODD), 0.02, n_jobs=1)
    return {
        "run": run_page(result, f"capsim report '{ODD}'", tuple(sizes_nearby(result, nearby))),
        "comparison": comparison_page(comparison, "capsim report a b"),
        "frontier": frontier_page(frontier, "capsim report a"), "plan": plan_page(plan, "capsim report a"),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["run", "comparison", "frontier", "plan"])
def test_a_page_is_whole_and_asks_nobody_for_anything(pages, kind):
    reader = read(pages[kind])
    scripts = re.findall(r"<script[^>]*>", pages[kind])
    assert scripts == (
        ['<script type="application/json" id="explorer-data">', "<script>"] if kind == "frontier" else []
    )
    assert all(reference.startswith(("#", "data:image/")) for reference in reader.references)
    assert not re.search(r"url\((?!#)|@import", pages[kind])
    assert len(pages[kind]) < 2_000_000


def test_the_only_script_is_the_one_whose_hash_the_page_names(pages):
    (script,) = re.findall(r"<script>(.*?)</script>", pages["frontier"], re.DOTALL)
    hashed = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{hashed}'" in pages["frontier"]
    for kind in ("run", "comparison", "plan"):
        assert "script-src" not in pages[kind]


def test_sliders_of_a_frontier_have_every_size_as_it_is_shown():
    found = capsim.frontier(desk_with_odd_names(name=ODD), max_shared=4, max_metered=3)
    page = frontier_page(found)
    data = json.loads(re.search(r'id="explorer-data">(.*?)</script>', page, re.DOTALL)[1])
    assert len(data["cells"]) == 5 * 4
    for shared, metered in ((0, 0), (2, 3), (4, 1)):
        cell = found.cell(shared, metered)
        blocking, interval, flat, of_metered, monthly, *_ = data["cells"][4 * shared + metered]
        assert (blocking, interval) == (numbers.blocking(cell.blocking), numbers.blocking_interval(cell.blocking))
        costs = (cell.flat_rate_cost, cell.metered_cost, cell.monthly)
        assert (flat, of_metered, monthly) == tuple(f"{one.mean:,.2f}" for one in costs)
    assert 'max="4"' in page
    assert "<script>" not in frontier_page(capsim.frontier(desk_with_odd_names(), max_shared=99, max_metered=60)), (
        "too many to move in"
    )


@pytest.mark.parametrize("kind", ["run", "comparison", "frontier", "plan"])
def test_text_of_scenarios_stays_text(pages, kind):
    assert "<script>alert" not in pages[kind]
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
    assert page.index('<p class="verdict') < page.index("<h2 ")


def test_the_page_of_a_run_has_all_that_a_planner_shows(pages):
    words_of_it = (
        "Goals", "Which tier took the calls", "One channel more, or fewer", "Concurrent calls", "Channels of group",
        "Load by hour and weekday", "No hour of the week is busier than another", "When capacity was exhausted",
        "From one replication to the next", "How the total comes about", "Invoice of the first replication",
        "for a minute on a metered channel", "What theory says", "Erlang B", "Method", "The scenario as a file",
    )  # fmt: skip
    text = pages["run"] + " ".join(read(pages["run"]).labels)
    for words in words_of_it:
        assert words in text, words


def test_hours_of_the_week_are_shown_where_they_differ_by_more_than_chance():
    traffic = {
        "erlangs": 4, "profile": {"weekday": {"9-17": 1}}, "holding": {"distribution": "exponential", "mean": "3 min"},
    }  # fmt: skip
    did = {"country": "GB", "mode": "DID+0", "group": "desk", "traffic": traffic}
    result = capsim.simulate(desk_with_odd_names(dids={"a": did}), watch=True)
    page = run_page(result)
    day, hour = result.by_weekday.busiest
    assert f"Busiest: {WEEKDAYS[day]} {hour}:00 to {hour + 1}:00" in page
    assert page.count('<table class="heat">') == 2
    rows = re.findall(r'<tr><th scope="row">(\w+day)</th>(.*?)</tr>', page)
    assert [name for name, _ in rows] == [*WEEKDAYS, *WEEKDAYS]
    of_monday = re.findall(r"<td[^>]*>([^<]*)</td>", rows[0][1])
    assert of_monday == [numbers.load_in_short(value) if value else "0" for value in result.by_weekday.erlangs[0]]
    assert "No hour of the week" not in page


def test_a_run_without_calls_has_a_page_too():
    scenario = capsim.Scenario(start="2026-11-02", duration="1 day", dids={"a": {"included": 1}})
    assert "No call was offered" in run_page(capsim.simulate(scenario, watch=True))


@pytest.mark.parametrize("kind", ["run", "comparison", "frontier", "plan"])
def test_the_list_of_sections_leads_to_each_of_them(pages, kind):
    page = pages[kind]
    listed = re.findall(r'<li><a href="#([^"]+)">', page)
    assert listed == re.findall(r'<h2 id="([^"]+)">', page)
    assert len(set(listed)) == len(listed) >= 4


@pytest.mark.parametrize("kind", ["run", "comparison", "frontier", "plan"])
def test_what_scrolls_can_be_reached_with_the_keyboard_and_has_a_name(pages, kind):
    for tag in re.findall(r'<div class="scroll"[^>]*>', pages[kind]):
        assert 'tabindex="0"' in tag
        assert re.search(r'aria-label="[^"]+"', tag)
    assert pages[kind].count('<figure class="card" tabindex="0">') == pages[kind].count("<svg")


def test_pictures_take_the_colours_of_the_page(pages):
    """So that they are dark where it is: no colour of a plot that has a variable is left as it was."""
    for page in pages.values():
        pictures = page[page.index("<main>") :]
        for colour in ("#333333", "#dddddd", "#009e73", "#d55e00"):
            assert colour not in pictures
        assert not re.search(r'-patch_\d+">\s*<path[^>]*style="fill: #ffffff"/>', pictures), (
            "nothing has a white ground"
        )


def test_sizes_nearby_are_what_runs_with_them_give(pages):
    now = desk_with_odd_names(name=ODD)
    for shared in (0, 1, 2, 4, 5, 6):
        values = {"groups.desk.shared": shared}
        other = capsim.simulate(now.override(values))
        blocking, monthly = other.samples.totals["blocking"].one(), other.cost_estimates["monthly"]
        more = monthly.mean - capsim.simulate(now).cost_estimates["monthly"].mean
        row = re.search(rf'<th scope="row">{shared}</th><td>1</td>(.*?)</tr>', pages["run"])[1]
        cells = re.findall(r"<td>(.*?)</td>", row)
        assert cells[:2] == [numbers.blocking(blocking), numbers.blocking_interval(blocking)]
        assert cells[2:] == [f"{monthly.mean:,.2f}", numbers.money_interval(monthly, 2), f"{more:+,.2f}"]


def test_the_bill_in_short_adds_up_to_the_mean_total(pages):
    result = capsim.simulate(desk_with_odd_names(name=ODD), watch=True)
    table = re.search(r'aria-label="How the total comes about">(.*?)</table>', pages["run"], re.DOTALL)[1]
    amounts = [float(one) for one in re.findall(r"<td>([\d.]+)</td></tr>", table)]
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=0.02)
    assert amounts[-1] == pytest.approx(result.cost.loc["total", "mean"], abs=0.006)


def test_the_file_on_the_page_is_the_scenario(pages):
    found = re.search(r"The scenario as a file</summary><pre[^>]*>(.*?)</pre>", pages["run"], re.DOTALL)
    assert yaml.YAML(typ="safe").load(unescape(found[1]))["name"] == ODD


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("scenarios/first.yaml",), "Which tier took the calls"),
        (("scenarios/flat_rate.yaml", "scenarios/hybrid.yaml"), "Differences"),
        (("scenarios/first.yaml", "--frontier"), "Where a flat-rate channel stops paying"),
        (("scenarios/first.yaml", "--frontier", "--max-shared", "9"), "--max-shared 9 --seed"),
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
        (("scenarios/first.yaml", "--group", "desk"), "go with --frontier"),
        (("scenarios/first.yaml", "--plan", "--engine", "simpy"), "--engine goes with a run or a comparison"),
    ],
)
def test_what_makes_no_page_is_an_error(cli, arguments, words):
    said = cli("report", *arguments)
    assert said.status == 2
    assert words in said.err
