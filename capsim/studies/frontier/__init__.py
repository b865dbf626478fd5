"""How many channels should a group have? Blocking and cost of every size.

`ask` is the recipe. `one_pass` goes over the calls once if that is exact, and `cells` makes figures of the pass; else
`cell_by_cell` runs each size. `result` has the frontier, and what is best on it. `neighbours` are the sizes around the
present one.
"""

from capsim.studies.frontier.ask import frontier
from capsim.studies.frontier.neighbours import neighbours
from capsim.studies.frontier.result import Cell, Frontier

__all__ = ["Cell", "Frontier", "frontier", "neighbours"]
