"""Pages to show to people who decide: one self-contained HTML file each, with nothing loaded from anywhere.

`page` has what all of them look like; `run`, `comparison`, `frontier` and `plan` say what is on each.
"""

from capsim.report.pages.comparison import comparison_page
from capsim.report.pages.frontier import frontier_page
from capsim.report.pages.plan import plan_page
from capsim.report.pages.run import run_page

__all__ = ["comparison_page", "frontier_page", "plan_page", "run_page"]
