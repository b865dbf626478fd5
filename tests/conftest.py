"""Every test runs from the project's root, so that the paths of examples are those of the README."""

import signal
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # timings never decide a test
settings.load_profile("untimed")


@pytest.fixture(autouse=True, scope="session")
def _from_the_root():
    import os

    before = Path.cwd()
    os.chdir(Path(__file__).parents[1])
    yield
    os.chdir(before)


@pytest.fixture
def sigint():
    """SIGINT interrupts this process and those that it starts, also where the shell has it ignored.

    A job in the background of a script and a command under nohup inherit SIGINT ignored, and so do their children. A
    child of a process that handles the signal starts with the default.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Said(NamedTuple):
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


@pytest.fixture
def cli(capsys):
    """Run a command of the command line, in this process."""
    from capsim.cli import execute

    def run(*arguments) -> Said:
        status = execute([str(one) for one in arguments])
        return Said(status, *capsys.readouterr())

    return run
