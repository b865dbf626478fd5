"""The scenario on a page: in plain words, its numbers as a table, and its file."""

from __future__ import annotations

from collections import Counter

from capsim.scenario import Scenario
from capsim.show import numbers
from capsim.show import page as html
from capsim.studies.run.scenario_words import more_entries, scenario_sentences, traffic_text

MOST_LISTED = 25
"""Largest number of entries of ``dids`` in the table."""
MOST_ENTRIES = 300
"""Largest number of entries of ``dids`` of a scenario that a page shows as a file."""
LONGEST_FILE = 200_000
"""Longest file of a scenario that a page shows, in characters."""


def scenario_section(scenario: Scenario, title: str = "The scenario") -> html.Section:
    """Show what was simulated: sentences first, then each number."""
    return html.section(
        title,
        *map(html.paragraph, scenario_sentences(scenario)),
        html.folded("Each number, with its channels and its traffic", _entries(scenario)),
    )


def _entries(scenario: Scenario) -> html.Fragment:
    """Show a row for each entry of ``dids``."""
    of_entry = Counter(did.entry_name for did in scenario.all_dids)
    rows = [
        (name, f"{of_entry[name]:,}", entry.country or numbers.NOTHING, f"{entry.included_channels:,}",
         f"{entry.dedicated_channels:,}", entry.group_name or numbers.NOTHING, traffic_text(entry, scenario))
        for name, entry in list(scenario.dids.items())[:MOST_LISTED]
    ]  # fmt: skip
    head = ("Entry", "Numbers", "Country", "Included", "Dedicated", "Group", "Traffic of each")
    table = html.table("Each number, with its channels and its traffic", head, rows, left=(0, 2, 5, 6))
    return table + html.paragraph(more_entries(len(scenario.dids) - len(rows)))


def scenario_file(scenario: Scenario, name: str = "The scenario as a file") -> html.Fragment:
    """Show the file, to run again; nothing if it is very long."""
    if len(scenario.dids) > MOST_ENTRIES:
        return html.NOTHING
    text = scenario.at_home_anywhere().to_yaml() if scenario.replay is not None else scenario.to_yaml()
    return html.folded(name, html.verbatim(text if len(text) <= LONGEST_FILE else ""))
