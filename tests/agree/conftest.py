"""Both engines and the reference model, which hand-worked cases are asked of alike."""

from __future__ import annotations

import pytest

from tests.reference.comparison import MODELS


@pytest.fixture(params=MODELS)
def model(request) -> str:
    """Each engine, and the reference model itself."""
    return request.param
