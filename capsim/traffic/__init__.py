"""WHAT ARRIVES: (scenario, seed, replication) -> calls. All chance lives here.

`build` turns a scenario into `streams`, with rates as in `course`, and calls are drawn from these in `windows` of time.
`recorded` takes calls from call records instead, as `reading` finds them. The same seed gives the same calls whatever
the capacity, the prices, the engine or the other DIDs are: two mixes face the same traffic.
"""

from __future__ import annotations

from capsim.scenario import Scenario
from capsim.traffic.build import build_streams
from capsim.traffic.reading import read_recorded
from capsim.traffic.recorded import Recorded
from capsim.traffic.streams import Streams, draw

Traffic = Streams | Recorded
"""Sources of the calls of a scenario."""


def build_traffic(scenario: Scenario) -> Traffic:
    """Build the traffic of a scenario: drawn at random, or taken from its call records."""
    streams = build_streams(scenario)
    return streams if scenario.replay is None else read_recorded(scenario, scenario.replay, streams.stays)


__all__ = ["Recorded", "Streams", "Traffic", "build_streams", "build_traffic", "draw"]
