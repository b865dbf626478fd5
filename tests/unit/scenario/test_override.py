"""What-ifs: values at paths replaced, in a new and validated scenario."""

import pickle

import pytest

import capsim
from capsim.scenario.document import read_document


@pytest.fixture
def made(example):
    return capsim.Scenario(read_document(example.encode(), "s.yaml"))


def test_a_what_if_is_a_new_scenario(made):
    other = made.override({"groups.support.shared": 5, "dids.london.traffic.holding.mean": "4 min"})
    assert (made.groups["support"].shared, other.groups["support"].shared) == (10, 5)
    assert str(other.dids["london"].traffic.holding.mean) == "4 min"
    assert other.override({"groups.support.shared": 10, "dids.london.traffic.holding.mean": "3 min"}) == made


def test_a_star_stands_for_every_name(made):
    assert {entry.capacity_limit for entry in made.override({"dids.*.capacity_limit": 7}).dids.values()} == {7}


def test_none_takes_a_key_out(made):
    assert made.override({"dids.london.capacity_limit": None}).dids["london"].capacity_limit is None


def test_a_list_is_reached_by_position(made):
    breaks = made.override({"pools.standard.flat_rate.breaks.0.monthly": 9}).pools["standard"].flat_rate.breaks
    assert breaks[0].monthly == 9


def test_a_key_that_was_left_out_can_be_set(made):
    assert made.override({"dids.branch.dedicated": {"pool": "standard", "channels": 0}}).dids["branch"].dedicated
    assert made.override({"billing.cycle": "30 days"}).billing.cycle == "30 days"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("groups.suport.shared", 1, "did you mean 'support'?"),
        ("groups.support.shaed", 1, "did you mean 'shared'?"),
        ("groups.support.shared", 99, r"s.yaml:19:\d+: groups.support.shared.*\[R4\]"),
        ("", 1, "empty path"),
        ("name.x", 1, "single value"),
        ("pools.standard.flat_rate.breaks.5.monthly", 1, "no position"),
        ("dids.*.traffic.*.x", 1, "."),
        ("seed", -1, "at least 0"),
    ],
)
def test_a_path_that_leads_nowhere_or_breaks_a_rule_is_an_error(made, path, value, words):
    with pytest.raises(capsim.ScenarioError, match=words):
        made.override({path: value})


def test_scenarios_travel_to_workers(made):
    again = pickle.loads(pickle.dumps(made))
    assert again == made
    assert again.override({"seed": 3}).seed == 3
