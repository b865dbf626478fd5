"""The kinds of cost: one table.

Invoice, figures, tables, text, pages, pictures and JSON read it, and no other place lists kinds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CostKind:
    """A kind of cost, as reports show it.

    Parameters
    ----------
    label
        Name in pictures, such as ``Metered calls``.
    title
        Name in tables and on the invoice, such as ``Metered calls, by the minute``.
    short
        Head of a column, such as ``Metered``.
    colour
        Colour in pictures: the name of the tier that has it, or a colour.
    recurring
        Whether it is paid again each period; what does not recur is paid once.
    by_use
        Whether all of it grows with the length of the horizon, as the price of calls does; fees go by their cycles.
    of_channels
        Whether it is what channels cost, so that it depends on the size of a group.
    """

    label: str
    title: str
    short: str
    colour: str
    recurring: bool
    by_use: bool
    of_channels: bool


COST_KINDS: dict[str, CostKind] = {
    "setup": CostKind(
        label="One-time fees",
        title="One-time fees",
        short="Once",
        colour="#7f7f7f",
        recurring=False,
        by_use=False,
        of_channels=False,
    ),
    "flat_rate": CostKind(
        label="Flat-rate channels",
        title="Flat-rate channels",
        short="Flat-rate",
        colour="shared",
        recurring=True,
        by_use=False,
        of_channels=True,
    ),
    "metered": CostKind(
        label="Metered calls",
        title="Metered calls, by the minute",
        short="Metered",
        colour="metered",
        recurring=True,
        by_use=True,
        of_channels=True,
    ),
    "dids": CostKind(
        label="Numbers",
        title="Numbers",
        short="Numbers",
        colour="included",
        recurring=True,
        by_use=False,
        of_channels=False,
    ),
}
"""Kinds of cost by name, in the order of the invoice. Their sum is the total."""


def cost_names() -> tuple[str, ...]:
    """Names of the figures of cost: all kinds, ``total``, and ``monthly`` (M8)."""
    return (*COST_KINDS, "total", "monthly")


def compared_kinds() -> dict[str, CostKind]:
    """Kinds that tell mixes apart: what is paid once, and what channels cost.

    Numbers cost much the same in all mixes.
    """
    return {name: kind for name, kind in COST_KINDS.items() if kind.of_channels or not kind.recurring}


def channel_kinds() -> dict[str, CostKind]:
    """Kinds that depend on the size of a group."""
    return {name: kind for name, kind in COST_KINDS.items() if kind.of_channels}


def kinds_by_use() -> Iterator[str]:
    """Names of the kinds that grow with the length of the horizon."""
    return (name for name, kind in COST_KINDS.items() if kind.by_use)
