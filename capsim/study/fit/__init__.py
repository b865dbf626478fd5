"""From call records to a scenario's traffic: rates by the hour, uncertain days, lengths; and how far to trust them."""

from capsim.study.fit.days import band
from capsim.study.fit.fitting import Fit, FittedNumber, fit

__all__ = ["Fit", "FittedNumber", "band", "fit"]
