"""A plan as a folder of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.show.folders import json_text, write_folder

if TYPE_CHECKING:
    from pathlib import Path

    from capsim.studies.plan.result import Plan


def write_plan(plan: Plan, folder: Path) -> list[str]:
    """Write a plan into ``folder``: plan.json, the mixes, the planned scenario, plots.

    See `capsim.show.folders.write_folder`.
    """
    texts = {"plan.json": json_text(plan.to_dict())}
    if plan.planned is not None:
        texts["planned.yaml"] = plan.planned.at_home_anywhere().to_yaml()
    return write_folder(folder, texts=texts, tables={"mixes": plan.to_frame()}, plots=plan.plot.all())
