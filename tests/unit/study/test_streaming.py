"""Memory does not grow with the number of calls."""

from __future__ import annotations

import subprocess
import sys

import pytest

PEAK = """
import resource, sys
import capsim

traffic = {"erlangs": 90, "holding": {"distribution": "exponential", "mean": "30 s"}}
scenario = capsim.Scenario(
    start="2026-01-05",
    duration=f"{sys.argv[1]} h",
    pools={"standard": {"flat_rate": {"monthly": 15}, "metered": {"rate": "0.01"}}},
    groups={"g": {"pool": "standard", "shared": 90, "metered": 10}},
    dids={"a": {"country": "GB", "mode": "DID+2", "group": "g", "traffic": traffic}},
)
result = capsim.simulate(scenario, replications=2)
print(int(result.totals.loc["offered", "mean"]), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(hours: int) -> tuple[int, float]:
    """Calls of a replication, and the most resident memory of a process that runs two, in MB."""
    done = subprocess.run([sys.executable, "-c", PEAK, str(hours)], capture_output=True, text=True, check=True)
    calls, kilobytes = done.stdout.split()
    return int(calls), int(kilobytes) / 1024


@pytest.mark.slow
def test_ten_times_the_calls_need_no_more_memory():
    calls, megabytes = peak(100)
    more_calls, more_megabytes = peak(1000)
    assert more_calls > 9.5 * calls > 9e6
    assert more_megabytes < megabytes + 20
