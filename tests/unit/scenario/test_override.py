"""What-ifs: values at paths replaced, in a new and validated scenario."""

import pickle

import pytest

import capsim
from capsim.scenario.language.document import read_document


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
        ("pools.standard.flat_rate.breaks.5.monthly", 1, "not a position"),
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


def changing(*changes):
    text = "start: 2026-11-02\nduration: 1 month\ndids: {a: {}, b: {}}\n"
    lines = [f"  - {{at: {at}, set: {{did: {did}, capacity_limit: {limit}}}}}\n" for at, did, limit in changes]
    return capsim.Scenario(read_document((text + ("changes:\n" if lines else "") + "".join(lines)).encode(), "s.yaml"))


THREE = [("2026-11-03", "a", 1), ("2026-11-04", "a", 2), ("2026-11-05", "a", 3)]


def test_positions_of_a_list_are_those_of_the_file_whatever_is_taken_out():
    other = changing(*THREE).override({"changes.0": None, "changes.2.set.capacity_limit": 9, "changes.1": None})
    assert [change.set.capacity_limit for change in other.changes] == [9]


def test_an_element_can_be_added_to_a_list_at_its_end():
    added = {"at": "2026-11-06", "set": {"did": "b", "capacity_limit": 4}}
    assert len(changing(*THREE).override({"changes.3": added}).changes) == 4
    assert len(changing().override({"changes.0": added}).changes) == 1
    with pytest.raises(capsim.ScenarioError, match="'5' is not a position in a list of 3"):
        changing(*THREE).override({"changes.5": added})


def test_after_one_is_taken_out_an_error_stands_where_its_change_stands_in_the_file():
    with pytest.raises(capsim.ScenarioError, match=r"s\.yaml:7:33: changes\.1\.set\.did: there is no DID 'z'"):
        changing(*THREE).override({"changes.0": None, "changes.2.set.did": "z"})
