"""How many channels should a group have: blocking and cost of every size.

`finding` is asked; `one_pass` goes over the calls once where that is exact, by `cells`, else `cell_by_cell` runs each
size, each a what-if of its own. `result` has the frontier, and what is best on it;
`neighbours` are the sizes around the one that a group has.
"""

from capsim.studies.frontier.ask import frontier
from capsim.studies.frontier.neighbours import neighbours
from capsim.studies.frontier.result import Cell, Frontier

__all__ = ["Cell", "Frontier", "frontier", "neighbours"]
