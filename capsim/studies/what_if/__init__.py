"""The what-if page: sliders for a group's channels, traffic and prices; its blocking, its bill, and where it lies.

One component for the notebook (``capsim.what_if(scenario)``) and for the page of ``capsim app``. A slider of channels
looks up a size that is known already; one of traffic or prices goes over the calls once more.
"""

from capsim.studies.what_if.ask import WhatIf
from capsim.studies.what_if.page import serve, to_ask, what_if

__all__ = ["WhatIf", "serve", "to_ask", "what_if"]
