"""WHAT ARRIVES: (scenario, seed, replication) -> calls. All chance lives here.

`streams` turns a scenario into arrays, `windows` draws calls from them, one span of time after the other. The same
seed gives the same calls whatever the capacity, the prices, the engine or the other DIDs are: two mixes face the same
traffic.
"""

from capsim.traffic.streams import Streams, build_streams
from capsim.traffic.windows import draw

__all__ = ["Streams", "build_streams", "draw"]
