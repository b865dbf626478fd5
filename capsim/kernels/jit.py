"""The one door to numba: compile a kernel, and keep the compiled code where that is possible."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import platformdirs
from numba.core.caching import FunctionCache

Function = TypeVar("Function", bound=Callable[..., Any])


def _sources() -> str:
    """A name for the kernels as they are now. numba knows when a kernel's own file has changed, not what it calls."""
    digest = blake2b(f"{numba.__version__} {vars(numba.config)['BOUNDSCHECK']}".encode(), digest_size=8)
    for path in (*sorted(Path(__file__).parent.glob("*.py")), Path(__file__).parents[1] / "records.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _cache_folder() -> Path | None:
    """A folder that can be written, for compiled code; None where there is none."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    try:
        folder = (Path(named) if named else Path(platformdirs.user_cache_dir("capsim")) / "kernels") / _sources()
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"room on the disk")
        probe.unlink()
    except (OSError, RuntimeError):
        return None
    return folder


_FOLDER = _cache_folder()


class _Cache(FunctionCache):
    """numba's cache, for which a damaged file or a full disk is a reason to compile, and no error."""

    def load_overload(self, *arguments: Any) -> Any:
        try:
            return super().load_overload(*arguments)
        except Exception:
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, *arguments: Any) -> None:
        with suppress(OSError):
            super().save_overload(*arguments)


def _cache_of(function: Callable[..., Any]) -> _Cache:
    """A cache in our folder; where others keep theirs stays as it is."""
    settings = vars(numba.config)
    before = settings["CACHE_DIR"]
    settings["CACHE_DIR"] = str(_FOLDER)
    try:
        return _Cache(function)
    finally:
        settings["CACHE_DIR"] = before


def must_compile() -> str | None:
    """Why the first run of this process will take longer, in words; None where compiled code is at hand."""
    if _FOLDER is None:
        return "compiling, which takes some 20 s at each run, since no folder for compiled code can be written"
    if not any(Path(_cache_of(must_compile).cache_path).glob("*.nbc")):  # compiled code is kept by where its source is
        return "compiling for this machine, which takes some 20 s, this once"
    return None


def kernel(function: Function) -> Function:
    """Compile ``function`` at its first call. IEEE arithmetic as written: no fused or reordered operations."""
    compiled: Any = numba.njit(nogil=True, error_model="numpy")(function)
    if _FOLDER is not None:
        compiled._cache = _cache_of(function)
    return cast(Function, compiled)


def inlined(function: Function) -> Function:
    """A small function of a kernel, compiled into it; never called from Python by itself.

    It allocates nothing, and is compiled so: an array that is passed to it is then not counted as one reference more
    and one less at each call, which costs five times what a small function does.
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
    compiled: Any = numba.njit(**options)(function)
    return cast(Function, compiled)
