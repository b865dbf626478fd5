"""The folder of a sweep: points that are done stay done, and come out the same byte for byte.

``sweep.json`` says what varies. ``points/`` has a Parquet file for each point, which together are one tidy table, and
``records/`` has what a sweep needs to continue. Files are written as drafts and then moved, so that every file is
whole. A sweep that continues an interrupted one runs only the points that are missing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from capsim.errors import InputError, OutputError, Problem
from capsim.scenario import Scenario
from capsim.studies.sweep.point import PointResult
from capsim.studies.sweep.rows import plain
from capsim.studies.sweep.varying import Point
from capsim.version import VERSION


class SweepFolder:
    """Keeps points, and finds them again.

    Parameters
    ----------
    folder : Path
        The folder.
    scenario : Scenario
        Scenario that is varied.
    paths : sequence of str
        Paths that vary.
    points : sequence of Point
        Values of each point.
    """

    def __init__(self, folder: Path, scenario: Scenario, paths: Sequence[str], points: Sequence[Point]) -> None:
        self.folder, self.points, self.records = folder, folder / "points", folder / "records"
        self.paths, self.values = tuple(paths), list(points)
        self.plan = json.dumps(_plan(scenario, paths, points), indent=1) + "\n"
        if folder.exists() and not folder.is_dir():
            raise InputError(Problem("is a file; --out names a folder", str(folder)))
        file = folder / "sweep.json"
        try:
            for part in (self.points, self.records):
                part.mkdir(parents=True, exist_ok=True)
            if file.exists():
                if file.read_bytes() != self.plan.encode():
                    text = (
                        "has another sweep (of another scenario, other values, or another version); name a new folder"
                    )
                    raise InputError(Problem(text, str(folder)))
            else:
                _write(file, self.plan.encode())
            for draft in (*self.points.glob("??????.parquet.partial"), *self.records.glob("??????.json.partial")):
                draft.unlink()
        except OSError as error:
            raise OutputError(Problem(f"cannot be written: {error.strerror or error}", str(folder))) from error

    def done(self) -> dict[int, PointResult]:
        """Return the points that are there already, by number."""
        done = {}
        for number in range(len(self.values)):
            file = self._record(number)
            if file.exists() and self._table(number).exists():
                with suppress(ValueError, KeyError, TypeError):  # a damaged record: the point is run again
                    done[number] = _of_json(json.loads(file.read_text("utf-8")))
        return done

    def keep(self, result: PointResult) -> None:
        """Write a point: its table, then its record, which says that the table is whole."""
        try:
            _write_table(list(self._rows(result)), self._table(result.number))
            _write(self._record(result.number), (json.dumps(_to_json(result)) + "\n").encode())
        except OSError as error:
            raise OutputError(Problem(f"cannot be written: {error.strerror or error}", str(self.folder))) from error

    def _rows(self, result: PointResult) -> Iterator[dict[str, Any]]:
        values = dict(zip(self.paths, map(plain, self.values[result.number]), strict=True))
        for scope, name, figure, mean, low, high in result.figures:
            yield {"point": result.number, **values, "scope": scope, "name": name, "figure": figure,
                   "mean": mean, "low": low, "high": high}  # fmt: skip

    def _table(self, number: int) -> Path:
        return self.points / f"{number:06d}.parquet"

    def _record(self, number: int) -> Path:
        return self.records / f"{number:06d}.json"


def _plan(scenario: Scenario, paths: Sequence[str], points: Sequence[Point]) -> Mapping[str, Any]:
    digest = hashlib.sha256(scenario.to_yaml().encode()).hexdigest()
    if scenario.replay is not None:  # its calls are what the file has, whatever its name is
        with (scenario.folder / scenario.replay.calls).open("rb") as file:
            digest += hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "capsim": VERSION, "scenario": scenario.name, "sha256": digest, "seed": scenario.seed,
        "replications": scenario.replications, "vary": list(paths),
        "points": [[str(value) if value is not None else None for value in point] for point in points],
    }  # fmt: skip


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; it is on the disk before it has its name."""
    draft = path.with_name(f"{path.name}.partial")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _write_table(rows: list[dict[str, Any]], path: Path) -> None:
    import duckdb
    import pandas as pd

    draft = path.with_name(f"{path.name}.partial")
    table = pd.DataFrame(rows)
    texts = [name for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
    chosen = ", ".join(f'CAST("{name}" AS VARCHAR) AS "{name}"' for name in texts)
    with duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False, "threads": 1}
    ) as base:
        base.register("rows_", table.astype(dict.fromkeys(texts, object)))
        target = str(draft).replace("'", "''")
        query = f"SELECT * REPLACE ({chosen}) FROM rows_" if texts else "SELECT * FROM rows_"
        base.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.replace(path)


def _to_json(result: PointResult) -> dict[str, Any]:
    figures = [[*row[:3], *(None if value != value else value for value in row[3:])] for row in result.figures]
    return {
        "number": result.number, "figures": figures, "goals": result.goals, "offered": result.offered,
        "blocked": result.blocked, "monthly": result.monthly,
    }  # fmt: skip


def _of_json(document: Mapping[str, Any]) -> PointResult:
    nan = float("nan")
    figures = tuple((*row[:3], *(nan if value is None else value for value in row[3:])) for row in document["figures"])
    return PointResult(
        document["number"], figures, tuple(map(tuple, document["goals"])), tuple(document["offered"]),
        tuple(document["blocked"]), tuple(document["monthly"]),
    )  # fmt: skip
