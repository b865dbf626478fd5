"""Local times of instants: the one place where the clock of a simulation becomes a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from capsim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


def local_times(scenario: Scenario, clock: ArrayLike) -> pd.DatetimeIndex:
    """Return instants as local times of the scenario, to the microsecond.

    Parameters
    ----------
    scenario : Scenario
        Scenario whose start and time zone count.
    clock : array_like of shape (n,)
        Instants, microseconds from the start of the horizon.
    """
    import pandas as pd

    start = pd.Timestamp(scenario.horizon.start).tz_convert("UTC")
    times = start + pd.to_timedelta(np.asarray(clock, np.int64), unit="us")
    return times.tz_convert(scenario.timezone).as_unit("us")
