"""Teletraffic theory: numbers in, numbers out.

The room knows nothing of scenarios, calls or reports. It answers what can be answered without simulating, so it tells
the tests what a simulation must come to, and a planner where to begin. It imports numpy when it is imported, and scipy
only within the functions that need it.

- `erlang`: blocking of one group of channels, and the channels or the load for a given blocking.
- `overflow`: calls that one group does not carry, offered to another: equivalent random theory, Hayward.
- `clusters`: number of calls that are blocked together.
- `chain`: small ladders of tiers with several DIDs, exactly; `ladder` has its rules.
- `transient`: a load that changes over time, exactly; `modified_load`: by its modified offered load.
- `mixture`: a load that differs from day to day.
- `retrial`: blocked callers who dial again, exactly for small groups.

Nomenclature
------------
load
    Offered load, in Erlangs: mean calls in progress if none were blocked; rate x mean holding time.
channels
    Room for simultaneous calls. A whole number, except where a formula is continued between them.
blocking
    Share of the offered calls that is lost, 0 to 1.
carried
    Offered and not lost: a rate in calls per unit of time, or in Erlangs, load (1 - blocking), which is
    the mean number of busy channels.
idle
    Mean number of free channels, channels - carried Erlangs.
overflow
    Calls that a group does not carry, as the load of the next; their mean is load x blocking, in Erlangs.
variance
    Variance of the calls in progress that a stream would keep on unlimited channels, in Erlangs squared.
peakedness
    Variance over mean, 1 for Poisson calls, more for overflow, less for smooth streams.
dispersion
    Variance over mean of a count of events over a long time, 1 for Poisson.
"""

from capsim.analysis.chain import CAUSES, TIERS, ChainDid, ChainGroup, LadderSolution, solve_ladder
from capsim.analysis.clusters import overflow_cluster_size, overflow_dispersion
from capsim.analysis.erlang import channels_for, erlang_b, load_for
from capsim.analysis.mixture import gamma_mixture_blocking
from capsim.analysis.modified_load import ModifiedOfferedLoad, modified_offered_load
from capsim.analysis.overflow import (
    EquivalentGroup,
    OverflowMoments,
    equivalent_random,
    hayward_blocking,
    overflow_blocking,
    overflow_moments,
    peakedness,
)
from capsim.analysis.retrial import RetrialSolution, solve_retrials
from capsim.analysis.transient import TransientBlocking, transient_blocking

__all__ = [
    "CAUSES",
    "TIERS",
    "ChainDid",
    "ChainGroup",
    "EquivalentGroup",
    "LadderSolution",
    "ModifiedOfferedLoad",
    "OverflowMoments",
    "RetrialSolution",
    "TransientBlocking",
    "channels_for",
    "equivalent_random",
    "erlang_b",
    "gamma_mixture_blocking",
    "hayward_blocking",
    "load_for",
    "modified_offered_load",
    "overflow_blocking",
    "overflow_cluster_size",
    "overflow_dispersion",
    "overflow_moments",
    "peakedness",
    "solve_ladder",
    "solve_retrials",
    "transient_blocking",
]
