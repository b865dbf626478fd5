"""WHAT ARRIVES: (scenario, seed, replication) -> calls. All chance lives here.

`streams` turns a scenario into arrays, with rates as `course` has them; `windows` draws calls from them, one span of
time after the other; `recorded` has calls from call records instead, as `reading` finds them. The same seed gives the
same calls whatever the capacity, the prices, the engine or the other DIDs are: two mixes face the same traffic.
"""

from __future__ import annotations

from capsim.scenario import Scenario
from capsim.traffic.build import build_streams
from capsim.traffic.reading import read_recorded
from capsim.traffic.recorded import Recorded
from capsim.traffic.streams import Streams, draw

Traffic = Streams | Recorded
"""Where the calls of a scenario come from."""


def build_traffic(scenario: Scenario) -> Traffic:
    """The traffic of a scenario: drawn at random, or that of its call records."""
    streams = build_streams(scenario)
    return streams if scenario.replay is None else read_recorded(scenario, scenario.replay, streams.stays)


__all__ = ["Recorded", "Streams", "Traffic", "build_streams", "build_traffic", "draw"]
