"""Reports in a real browser, with the network blocked: nothing is asked for, nothing is complained about."""

from __future__ import annotations

import pytest

import capsim
from capsim.studies.compare.page import comparison_page
from capsim.studies.frontier.page import frontier_page
from capsim.studies.run.page.report import run_page
from tests.browser.browsing import BROWSER, NOT_RUN, SHOTS, browser

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason=NOT_RUN)]


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


def shown(tab, tmp_path, page):
    tab.complaints.clear()
    tab.asked.clear()
    path = tmp_path / "page.html"
    path.write_text(page, "utf-8")
    tab.open(path.as_uri())
    return tab.wait_for("The same scenario, seed and version")


def test_a_report_asks_for_nothing_complains_of_nothing_and_runs_no_script(tab, tmp_path):
    name = "<script>document.title='no'</script> office"
    scenario = capsim.load("scenarios/office.yaml").override({"name": name})
    text = shown(tab, tmp_path, run_page(capsim.simulate(scenario, replications=3, watch=True)))
    assert name in text
    assert "Which tier took the calls" in text
    assert tab.value("document.title") == f"{name}: report"
    assert tab.complaints == []
    assert [one for one in tab.asked if not one.startswith(("file:", "data:"))] == []
    tab.picture(SHOTS / "report_light.png", 1100, 3600)
    tab.picture(SHOTS / "report_dark.png", 1100, 3600, dark=True)
    assert tab.value("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)"
    tab.picture(SHOTS / "report_narrow.png", 420, 3600)
    assert tab.value("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_is_folded_opens_with_the_keyboard(tab, tmp_path):
    shown(tab, tmp_path, run_page(capsim.simulate(capsim.load("scenarios/first.yaml"), replications=2, watch=True)))
    assert tab.value("document.querySelector('details').open") is False
    tab.value("document.querySelector('summary').focus()")
    tab.press("Enter", 13, text="\r")
    assert tab.value("document.querySelector('details').open") is True


def test_sliders_of_a_frontier_move_through_its_sizes_without_a_server(tab, tmp_path):
    found = capsim.frontier(capsim.load("scenarios/first.yaml"), max_shared=8, max_metered=4, replications=2)
    shown(tab, tmp_path, frontier_page(found))
    here = "[...document.querySelectorAll('.here td[data-figure]')].map((one) => one.textContent)"
    assert tab.value(here)[4] == f"{found.cell(3, 2).monthly.mean:,.2f}", "it begins with the present size"
    tab.value("document.getElementById('explorer-shared').focus()")
    for _ in range(2):
        tab.press("ArrowRight", 39)
    assert tab.value(here)[4] == f"{found.cell(5, 2).monthly.mean:,.2f}"
    assert "5 channels; " in tab.value("document.activeElement.getAttribute('aria-valuetext')")
    assert "than the present size" in tab.text
    tab.value("document.querySelector('#explorer button:last-of-type').click()")
    assert tab.value(here)[4] == f"{found.cheapest.monthly.mean:,.2f}"
    assert tab.complaints == []
    assert [one for one in tab.asked if not one.startswith(("file:", "data:"))] == []
    tab.picture(SHOTS / "frontier.png", 1100, 3700)
    tab.picture(SHOTS / "frontier_dark.png", 1100, 3700, dark=True)


def test_a_comparison_loads_too(tab, tmp_path):
    mixes = {name: capsim.load(f"scenarios/{name}.yaml") for name in ("flat_rate", "hybrid")}
    text = shown(tab, tmp_path, comparison_page(capsim.compare(mixes, replications=2)))
    assert "Differences" in text
    assert tab.complaints == []
    tab.picture(SHOTS / "comparison.png", 1100, 2000)
