"""The what-if component: what its sliders ask, and what they are told."""

from __future__ import annotations

import re
from decimal import Decimal

import panel
import pytest

import capsim
from capsim.scenario.what_ifs import sized
from capsim.studies.what_if import WhatIf
from capsim.studies.what_if.answer import answer_html

PICKED = ["one: group support", "other: group europe", "other: group overseas"]


@pytest.fixture(scope="module")
def hybrid():
    return capsim.load("scenarios/hybrid.yaml")


@pytest.fixture(scope="module")
def shown(hybrid):
    return capsim.what_if(hybrid)


def widget(shown, name):
    (found,) = [one for one in shown.select(panel.widgets.Widget) if one.label.startswith(name)]
    return found


def text(shown):
    """What is answered: what is written between the title and the picture."""
    (found,) = [one.object for one in shown.select(panel.pane.HTML) if 'role="status"' in one.object]
    return found


def picture(shown):
    (found,) = [one.object for one in shown.select(panel.pane.HTML) if "<svg" in one.object]
    return found


def test_a_size_is_what_a_run_with_it_gives(hybrid):
    asked = WhatIf(hybrid)
    found = asked.frontier(Decimal(1), None, None)
    run = capsim.simulate(sized(asked.scenario, "support", 5, 2))
    assert found.cell(5, 2).monthly == run.cost_estimates["monthly"]


def test_traffic_and_prices_change_what_is_simulated(hybrid):
    asked = WhatIf(hybrid)
    changed = asked.changed(Decimal("1.5"), Decimal("20"), Decimal("0.05"))
    assert changed.dids["support"].traffic.calls_per_hour == 60
    assert changed.dids["branch"].traffic.erlangs == pytest.approx(0.15)
    assert changed.pools["standard"].flat_rate.monthly == 20
    assert changed.pools["standard"].metered.rate == Decimal("0.05")
    assert asked.changed(Decimal(1), None, None) is asked.scenario


def test_moving_a_slider_changes_the_figures(shown):
    before = text(shown)
    assert "a month" in before
    widget(shown, "Shared").value = 3
    after = text(shown)
    assert after != before
    pictured = picture(shown)
    assert "here 3 shared and 20 metered channels" in pictured
    widget(shown, "Traffic").value = 150
    assert picture(shown) != pictured
    assert text(shown) not in (before, after)


def test_the_answer_stands_beside_the_present_size_and_the_cheapest(hybrid):
    found = WhatIf(hybrid).frontier(Decimal(1), None, None)
    cell, now = found.cell(10, 1), found.cell(8, 20)
    answer = answer_html(found, cell)
    assert re.findall(r'<th scope="col">(.*?)</th>', answer) == ["", "Here", "Present size", "Cheapest"]
    for one in (cell, now, found.cheapest):
        assert f"<td>{one.monthly.mean:,.2f}</td>" in answer
    more = cell.monthly.mean - now.monthly.mean
    assert f"{more:.2f} USD a month dearer than the present size, with more blocking" in answer
    assert "This is the present size." in answer_html(found, now)


@pytest.mark.slow
def test_the_cheapest_may_block_what_is_accepted_and_is_a_click_away(shown):
    widget(shown, "The cheapest").value = "1%"
    widget(shown, "Go to").clicks += 1
    assert "(goal met)" in text(shown)
    sizes = widget(shown, "Shared").value, widget(shown, "Metered channels").value
    widget(shown, "The cheapest").value = "5%"
    widget(shown, "Go to").clicks += 1
    assert sum(sizes) > widget(shown, "Shared").value + widget(shown, "Metered channels").value
    widget(shown, "Back").clicks += 1
    assert (widget(shown, "Shared").value, widget(shown, "Metered channels").value) == (8, 20)
    assert "This is the present size." in text(shown)


def test_what_is_downloaded_is_the_scenario_with_the_sliders(shown, tmp_path):
    widget(shown, "Shared").value, widget(shown, "Metered channels").value = 6, 9
    widget(shown, "Traffic").value = 125
    file = tmp_path / "what-if.yaml"
    file.write_text(widget(shown, "This").callback().getvalue(), "utf-8")
    scenario = capsim.load(file)
    assert (scenario.groups["support"].shared, scenario.groups["support"].metered) == (6, 9)
    assert scenario.dids["support"].traffic.calls_per_hour == 50
    assert scenario.replications == 10, "as many as the scenario has, and not those of the page"


def test_what_is_said_is_escaped():
    name = "<i>odd"
    did = {
        "country": "GB",
        "group": name,
        "traffic": {"erlangs": 1, "holding": {"distribution": "exponential", "mean": "1 min"}},
    }
    scenario = capsim.Scenario(
        start="2026-11-02", duration="1 day", replications=2,
        groups={name: {"pool": "p", "shared": 2}}, dids={"a": did},
        pools={"p": {"coverage": ["GB"], "flat_rate": {"monthly": 1}}},
    )  # fmt: skip
    asked = WhatIf(scenario)
    assert asked.most_metered == 0
    found = asked.frontier(Decimal(1), None, None)
    assert "This is the present size." in answer_html(found, found.cell(2, 0))
    assert "<i>" not in "".join(one.object for one in capsim.what_if(scenario).select(panel.pane.HTML))


def test_several_scenarios_and_groups_may_be_picked(hybrid):
    both = capsim.what_if(
        {"one": hybrid, "other": capsim.load("scenarios/two_pools.yaml").override({"replications": 2})}
    )
    assert list(widget(both, "Scenario").options) == PICKED


def test_without_a_group_there_is_nothing_to_move(cli):
    with pytest.raises(capsim.InputError, match="no scenario has a group"):
        capsim.what_if(capsim.load("scenarios/toll_free.yaml"))
    assert cli("app").status == 2
    assert cli("app", "scenarios/toll_free.yaml").status == 2
    assert "must be 0 to 65535" in cli("app", "scenarios/hybrid.yaml", "--port", "70000").err
