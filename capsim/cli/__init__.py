"""The terminal's door: one command, one file. Parses, calls, shows.

Exit status: 0 done, 1 anything else, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from capsim.errors import CapsimError, InputError, Problem
from capsim.version import VERSION

COMMANDS = {
    "run": "Simulate a scenario, and show blocking, tiers, groups, DIDs and cost.",
    "compare": "Run the same calls through several mixes, and compare what each costs and blocks.",
    "frontier": "Show blocking and cost of a group for every number of shared and metered channels.",
    "plan": "Find the cheapest mix that keeps the grade of service, and prove it.",
    "sweep": "Run one scenario at many points: a grid of what-ifs.",
    "report": "Write one self-contained HTML page of a run, a comparison, a frontier or a plan.",
    "app": "Show the what-if page, on this machine only: move channels, traffic and prices.",
    "validate": "Check scenarios without simulating, and list every error of every file.",
    "records": "Look at call records: how they are understood, and the calls of each number.",
    "fit": "Fit a scenario's traffic to call records.",
    "init": "Write a commented scenario to start from.",
    "schema": "Print the JSON Schema of a scenario, for editors.",
}
"""Purpose of each command, which is the function of its name in the module of its name."""


def build_app() -> App:
    """Make the command line, whose commands are loaded when they are called."""
    app = App(
        name="capsim",
        help="Plan inbound telephone capacity: which channels, how many calls are blocked, and what it costs.",
        version=f"capsim {VERSION}",
        help_format="plaintext",
    )
    for position, (command, purpose) in enumerate(COMMANDS.items()):
        app.command(f"capsim.cli.{command}:{command}", name=command, help=purpose, sort_key=position)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    sys.exit(execute(sys.argv[1:] if arguments is None else list(arguments)))


def execute(arguments: list[str]) -> int:
    """Run a command, and return its exit status.

    No traceback reaches the user, unless ``--debug`` asks for it.
    """
    from capsim.cli.terminal import BAD_INPUT, DONE, FAILED, INTERRUPTED, say, say_errors

    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a Latin-1 terminal shows ? for what it lacks
    as_json, debug = "--json" in arguments, "--debug" in arguments
    app = build_app()
    try:
        command, bound, _ = app.parse_args(arguments, exit_on_error=False, print_error=False)
        status = command(*bound.args, **bound.kwargs)
        sys.stdout.flush()
    except CycloptsError as error:
        say_errors(InputError(Problem(_usage(error))), as_json)
        return BAD_INPUT
    except InputError as error:
        if debug:
            raise
        say_errors(error, as_json)
        return BAD_INPUT
    except CapsimError as error:
        if debug:
            raise
        say_errors(error, as_json)
        return FAILED
    except KeyboardInterrupt:
        say("interrupted; nothing was written")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader went away: nothing more to say
        return FAILED
    except MemoryError:
        say_errors(CapsimError("out of memory; a shorter horizon or fewer replications need less"), as_json)
        return FAILED
    except Exception as error:
        if debug:
            raise
        text = f"a fault of capsim's own: {type(error).__name__}: {error}; --debug shows where, please report it"
        say_errors(CapsimError(text), as_json)
        return FAILED
    return DONE if status is None else int(status)


def _usage(error: CycloptsError) -> str:
    text = " ".join(str(error).split())
    return f"{text}{'' if text.endswith('.') else '.'} `capsim --help` lists commands and options."
