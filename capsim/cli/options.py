"""Options that several commands share, and what they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from capsim.cli.terminal import say
from capsim.errors import InputError, Problem, ScenarioError

if TYPE_CHECKING:
    from capsim.scenario import Scenario


def no_option(_type: object, value: str | tuple[str, ...]) -> None:
    """Refuse a file name that begins with a hyphen: it is an unknown option.

    ``-`` is standard input.
    """
    for name in (value,) if isinstance(value, str) else value:
        if name.startswith("-") and name != "-":
            raise ValueError(f"Unknown option: {name}.")


def at_least_one(_type: object, value: int | None) -> None:
    """Refuse a number of jobs below 1."""
    if value is not None and value < 1:
        raise ValueError("Must be at least 1.")


ScenarioFile = Annotated[
    str, Parameter(help="Scenario file; - is standard input.", allow_leading_hyphen=True, validator=no_option)
]
Set = Annotated[
    tuple[str, ...],
    Parameter(
        name="--set",
        negative="",
        show_default=False,
        help="PATH=VALUE: override one value of the scenario (repeatable).",
    ),
]
Seed = Annotated[int | None, Parameter(help="Seed, in place of the scenario's.")]
Replications = Annotated[int | None, Parameter(help="Replications, in place of the scenario's.")]
Engine = Annotated[
    str | None, Parameter(help="compiled, or simpy: the reference, which is slower and gives the same figures.")
]
Jobs = Annotated[
    int,
    Parameter(
        name=("--jobs", "-j"),
        validator=at_least_one,
        help="Replications at the same time; no figure depends on it.",
    ),
]
Layout = Annotated[str | None, Parameter(help="Layout of the records, such as didww; default: found in the file.")]
Column = Annotated[
    tuple[str, ...],
    Parameter(
        name="--column",
        negative="",
        show_default=False,
        help="FIELD=COLUMN, by header or from 1, such as start=Begin or number=4 (repeatable).",
    ),
]
Json = Annotated[
    bool,
    Parameter(
        name="--json",
        negative="",
        show_default=False,
        help="Write one JSON document, and nothing else, to standard output.",
    ),
]
Quiet = Annotated[
    bool,
    Parameter(name=("--quiet", "-q"), negative="", show_default=False, help="Show no progress on standard error."),
]
Debug = Annotated[
    bool, Parameter(name="--debug", negative="", show_default=False, help="Show the traceback of an error.")
]


# -- groups of options --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ScenarioOptions:
    """Options that change a scenario."""

    set_: Set = ()
    seed: Seed = None
    replications: Replications = None

    def load(self, path: str) -> Scenario:
        """Load the scenario of a file, with these options applied, and validate it."""
        return load_scenario(path, self.set_, self.seed, self.replications)

    def load_mixes(self, paths: Sequence[str]) -> dict[str, Scenario]:
        """Load the scenarios of several files, by name."""
        return {name: self.load(path) for path, name in zip(paths, _mix_names(paths), strict=True)}


@dataclass(frozen=True, kw_only=True)
class RunOptions(ScenarioOptions):
    """Options that change a scenario, or how it is run."""

    engine: Engine = None
    jobs: Jobs = 1


@dataclass(frozen=True, kw_only=True)
class OutputOptions:
    """Options for what goes to standard output and standard error.

    ``--debug`` is read before a command runs.
    """

    json: Json = False
    quiet: Quiet = False
    debug: Debug = False

    def get_ready(self, *scenarios: Scenario, folder: Path | None = None, file: Path | None = None) -> None:
        """Do what comes before any work (see `get_ready`)."""
        get_ready(*scenarios, quiet=self.quiet, json=self.json, folder=folder, file=file)

    def written(self, place: Path, what: str = "") -> None:
        """Say what was written where."""
        if not self.quiet:
            say(f"wrote {place}{f': {what}' if what else ''}")


Changes = Annotated[ScenarioOptions, Parameter(name="*")]
Running = Annotated[RunOptions, Parameter(name="*")]
Output = Annotated[OutputOptions, Parameter(name="*")]
NO_CHANGES, NO_RUN_OPTIONS, NO_OUTPUT_OPTIONS = ScenarioOptions(), RunOptions(), OutputOptions()


# -- what they do -----------------------------------------------------------------------------------------


def load_scenario(
    path: str, settings: tuple[str, ...] = (), seed: int | None = None, replications: int | None = None
) -> Scenario:
    """Load the scenario of a file with ``--set`` and other options; validate it."""
    from capsim.scenario import load, read_value

    scenario = load(path)
    values: dict[str, object] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.strip():
            raise InputError(Problem(f"--set needs PATH=VALUE, such as groups.support.shared=20 (got '{setting}')"))
        if text.lstrip().startswith("*"):
            message = f"--set {setting}: a factor is for sweep --vary; --set needs a value"
            raise InputError(Problem(message, path=name.strip()))
        if text.strip() in ("null", "~"):
            values[name.strip()] = None  # takes the key out
            continue
        try:
            values[name.strip()] = read_value(text)
        except ScenarioError as error:
            message = error.problems[0].message
            raise InputError(Problem(f"--set {setting}: {message}", path=name.strip())) from None
    values |= {name: value for name, value in (("seed", seed), ("replications", replications)) if value is not None}
    return scenario.override(values) if values else scenario


def _mix_names(paths: Sequence[str]) -> list[str]:
    """Name mixes by their files, with folders if files have the same name."""
    short = [Path(path).stem if path != "-" else "standard input" for path in paths]
    names = [name if short.count(name) == 1 else path for name, path in zip(short, paths, strict=True)]
    return [name if names[:place].count(name) == 0 else f"{name} ({place + 1})" for place, name in enumerate(names)]


def numbers_of(text: str, option: str) -> list[int]:
    """Read whole numbers as ``0:8:2``, both ends included, or ``1,2,5``."""
    try:
        if ":" in text:
            start, stop, *step = (int(part) for part in text.split(":"))
            if len(step) > 1 or (step and step[0] < 1) or stop < start:
                raise ValueError
            return list(range(start, stop + 1, *step))
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InputError(Problem(f"{option} needs START:STOP:STEP or a list such as 0,2,4 (got '{text}')")) from None


def columns_of(given: tuple[str, ...]) -> dict[str, str | int] | None:
    """Read which column of call records is which, as ``--column`` gives it."""
    columns: dict[str, str | int] = {}
    for setting in given:
        field, equals, column = setting.partition("=")
        if not equals or not field.strip() or not column.strip():
            raise InputError(Problem(f"--column needs FIELD=COLUMN, such as start=Begin (got '{setting}')"))
        columns[field.strip()] = int(column) if column.strip().isdecimal() else column
    return columns or None


def warn(scenario: Scenario) -> None:
    """Say on standard error what is allowed, and may not be meant."""
    for problem in scenario.warnings:
        say(f"warning: {problem}")


def get_ready(
    *scenarios: Scenario, quiet: bool, json: bool = False, folder: Path | None = None, file: Path | None = None
) -> None:
    """Warn, check that output can be written, and say if kernels are compiled first."""
    for scenario in scenarios if not (json or quiet) else ():
        warn(scenario)
    if folder is not None or file is not None:
        from capsim.show.folders import check_file, check_folder

        if folder is not None:
            check_folder(folder)
        if file is not None:
            check_file(file)
    from capsim.engines import first_use

    if not quiet and (reason := first_use()):
        say(f"{reason} ...")
