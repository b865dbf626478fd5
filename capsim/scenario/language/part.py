"""What every part of a scenario has in common: frozen, strict, and closed to unknown keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A frozen value; unknown keys are errors, and no value is converted to another type."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", use_attribute_docstrings=True)

    RULES: ClassVar[Mapping[str, str]] = {}
    """Rule of docs/rules.md behind a key; a key without one stands under the rule of the mapping around it."""
