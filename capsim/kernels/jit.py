"""Compile kernels with numba, and keep the compiled code if that is possible. The only file that imports numba."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
import platformdirs
from numba.core.caching import FunctionCache

Function = TypeVar("Function", bound=Callable[..., Any])


def _sources() -> str:
    """Digest of the kernels' sources. numba knows when a kernel's own file has changed, but not what the kernel calls."""
    digest = blake2b(f"{numba.__version__} {vars(numba.config)['BOUNDSCHECK']}".encode(), digest_size=8)
    here = Path(__file__).parent
    for path in (*sorted(here.glob("*.py")), here.parent / "records.py", here.parent / "units.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _cache_folder() -> Path | None:
    """Folder for compiled code; None if none can be written."""
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
    """numba's cache, but a damaged file or a full disk is a reason to compile again, not an error."""

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
    """Cache of a function in our folder; the folder that numba uses for others stays as it is."""
    settings = vars(numba.config)
    before = settings["CACHE_DIR"]
    settings["CACHE_DIR"] = str(_FOLDER)
    try:
        return _Cache(function)
    finally:
        settings["CACHE_DIR"] = before


def must_compile() -> str | None:
    """Reason why the first run of this process will take longer, in words; None if compiled code is at hand."""
    if vars(numba.config)["DISABLE_JIT"]:
        return None
    if _FOLDER is None:
        return "compiling, which takes about 20 s at each run, since no folder for compiled code can be written"
    if not any(Path(_cache_of(must_compile).cache_path).glob("*.nbc")):  # compiled code is kept by where its source is
        return "compiling for this machine, which takes about 20 s, this once"
    return None


_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""IEEE arithmetic as written, with no fused or reordered operations; no reference counts."""


def kernel(function: Function) -> Function:
    """Compile a function on numbers, arrays and named tuples of them, at its first call.

    It is compiled without reference counts, so numba refuses to compile a kernel that makes an array. A call of one
    kernel by another then counts no references either, which would cost five times what a small function does.
    """
    if vars(numba.config)["DISABLE_JIT"]:
        return _interpreted(function)
    compiled: Any = numba.njit(**_OPTIONS)(function)
    if _FOLDER is not None:
        compiled._cache = _cache_of(function)
    return cast(Function, compiled)


def inlined(function: Function) -> Function:
    """Compile a small function into the kernels that call it; Python never calls it by itself."""
    if vars(numba.config)["DISABLE_JIT"]:
        return function
    return cast(Function, numba.njit(**_OPTIONS)(function))


def always_inlined(function: Function) -> Function:
    """Compile as ``inlined`` does, but never leave a call: for what is called once for each DID, with many arrays."""
    if vars(numba.config)["DISABLE_JIT"]:
        return function
    return cast(Function, numba.njit(**_OPTIONS, forceinline=True)(function))


def _interpreted(function: Function) -> Function:
    """A kernel as plain Python, for measuring coverage: integers wrap around and zero divides, as when compiled."""

    @wraps(function)
    def plain(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*arguments)

    return cast(Function, plain)
