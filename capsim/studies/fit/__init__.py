"""From call records to a scenario's traffic: hourly rates, uncertain days, holding times, and how far to trust them."""

from capsim.studies.fit.ask import fit
from capsim.studies.fit.days import band
from capsim.studies.fit.result import Fit, FittedNumber

__all__ = ["Fit", "FittedNumber", "band", "fit"]
