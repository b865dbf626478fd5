"""Every test runs from the project's root, so that the paths of examples are those of the README."""

from pathlib import Path

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
