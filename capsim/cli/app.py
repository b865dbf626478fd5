"""``capsim app``: the what-if page, on this machine only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from capsim.cli.options import Debug, Quiet, get_ready, load_scenario, no_option
from capsim.cli.terminal import say
from capsim.errors import InputError, Problem

if TYPE_CHECKING:
    from capsim.scenario import Scenario


def app(
    *scenarios: Annotated[str, Parameter(help="Scenario files to pick from.", validator=no_option)],
    port: Annotated[int, Parameter(help="Port on this machine (127.0.0.1); 0 picks a free one.")] = 5006,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Show the what-if page: channels, traffic and prices by sliders.

    It shows blocking and cost. Ctrl-C ends it.
    """
    if not scenarios:
        raise InputError(Problem("app needs a scenario file"))
    if not 0 <= port <= 65_535:
        raise InputError(Problem(f"must be 0 to 65535 (got {port})", path="--port"))
    loaded: dict[str, Scenario] = {}
    for path in scenarios:
        scenario = load_scenario(path)
        loaded[scenario.name if scenario.name not in loaded else f"{scenario.name} ({Path(path).stem})"] = scenario
    from capsim.studies.what_if import serve, to_ask, what_if

    get_ready(quiet=quiet)
    to_ask(loaded)  # so that errors come before anything is served
    if port == 0:
        port = _free_port()
    if not quiet:
        say(f"http://127.0.0.1:{port} (Ctrl-C ends it)")

    def component() -> Any:
        return what_if(loaded)

    try:
        serve(component, port)
    except OSError as error:
        raise InputError(Problem(f"cannot be used: {error.strerror or error}", path="--port")) from None


def _free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
