"""What if a group had other channels, traffic or prices? A page with sliders, which shows blocking and cost.

One component serves the notebook (``capsim.what_if(scenario)``) and the page of ``capsim app``. A slider of channels
looks up a size that is known already; a slider of traffic or prices goes over the calls once more. `ask` has the
question without any widget, `answer` and `picture` what is shown, and `page` the widgets.
"""

from capsim.studies.what_if.ask import WhatIf
from capsim.studies.what_if.page import serve, to_ask, what_if

__all__ = ["WhatIf", "serve", "to_ask", "what_if"]
