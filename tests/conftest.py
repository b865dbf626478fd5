"""Every test runs from the project's root, so that the paths of examples are those of the README."""

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
