"""The one door to numba: compile a kernel, cache it where that is possible."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import platformdirs

Function = TypeVar("Function", bound=Callable[..., Any])


def _cache_folder() -> Path | None:
    """A folder that can be written, for compiled code; None where there is none."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    folder = Path(named) if named else Path(platformdirs.user_cache_dir("capsim")) / "kernels"
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except (OSError, RuntimeError):
        return None
    return folder


_FOLDER = _cache_folder()
if _FOLDER is not None:
    os.environ.setdefault("NUMBA_CACHE_DIR", str(_FOLDER))

import numba  # noqa: E402  (reads NUMBA_CACHE_DIR when it is imported)

if _FOLDER is not None:
    vars(numba.config)["CACHE_DIR"] = str(_FOLDER)  # where numba came before us


def kernel(function: Function) -> Function:
    """Compile ``function`` at its first call. IEEE arithmetic as written: no fused or reordered operations."""
    compiled: Any = numba.njit(cache=_FOLDER is not None, nogil=True, error_model="numpy")(function)
    return cast(Function, compiled)


def inlined(function: Function) -> Function:
    """A small function of a kernel, compiled into it; never called from Python by itself."""
    compiled: Any = numba.njit(nogil=True, error_model="numpy")(function)
    return cast(Function, compiled)
