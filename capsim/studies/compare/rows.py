"""A comparison as rows of values: a row for each mix; the differences are rows by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from capsim.estimates.estimate import Estimate

if TYPE_CHECKING:
    from capsim.studies.compare.result import Comparison


@dataclass(frozen=True, slots=True)
class MixRow:
    """Blocking and cost of one mix.

    Attributes
    ----------
    name : str
        The mix.
    blocking : Estimate
        Blocking of all calls.
    costs : dict of str to Estimate
        Costs of the horizon by kind, ``total``, and ``monthly``.
    """

    name: str
    blocking: Estimate
    costs: dict[str, Estimate]

    @property
    def monthly(self) -> Estimate:
        """Monthly cost."""
        return self.costs["monthly"]


def mix_rows(comparison: Comparison) -> list[MixRow]:
    """Return the mixes in their order."""
    return [
        MixRow(name, result.samples.totals["blocking"].one(), result.cost_estimates)
        for name, result in comparison.results.items()
    ]
