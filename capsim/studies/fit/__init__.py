"""From call records to a scenario's traffic: rates by the hour, uncertain days, lengths; and how far to trust them."""

from capsim.studies.fit.ask import Fit, FittedNumber, fit
from capsim.studies.fit.days import band

__all__ = ["Fit", "FittedNumber", "band", "fit"]
