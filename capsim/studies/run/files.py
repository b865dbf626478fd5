"""A run as a folder of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.show.folders import json_text, write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from capsim.studies.run.result import RunResult

TABLES = (
    "totals", "tiers", "groups", "dids", "causes", "cost", "invoice",
    "usage", "week", "by_replication",
)  # fmt: skip
"""Frames that every run has."""
WATCHED_TABLES = ("sampled", "exhaustion", "spells", "exceeded")
"""Frames of a run that watched."""
ACCOUNT_TABLES = ("account", "balance")
"""Frames of a run with a prepaid account."""
MOST_INVOICES = 100
"""Largest number of invoices written as text; the table has those of all replications."""


def write_run(result: RunResult, folder: Path) -> list[str]:
    """Write a run into a folder: result.json, invoices, tables and plots.

    Returns the names of the files. See `capsim.show.folders.write_folder`.
    """
    more = (
        *(WATCHED_TABLES if result.watched else ()),
        *(ACCOUNT_TABLES if result.account_figures else ()),
        *(("goals",) if result.goal_outcomes else ()),
    )
    invoices = (result.invoice_text(number) for number in range(min(result.replications, MOST_INVOICES)))
    return write_folder(
        folder,
        texts={"result.json": json_text(result.to_dict()), "invoice.txt": "\n\n".join(invoices)},
        tables={name: getattr(result, name) for name in (*TABLES, *more)},
        plots=result.plot.all(),
    )
