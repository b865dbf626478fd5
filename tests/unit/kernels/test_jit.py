"""Compiled code is kept where that is possible, and its cache is never a reason to fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba.core.errors import NumbaError

from capsim.kernels import jit

USE = """
import errno, sys
from capsim.kernels import jit
if "full" in sys.argv:
    def no_room(*_):
        raise OSError(errno.ENOSPC, "No space left on device")
    jit.FunctionCache.save_overload = no_room
import numpy as np

before = jit.must_compile()
from capsim.kernels.streams import name_streams
keys = np.zeros((1, 2), np.uint64)
name_streams(np.uint64(1), np.uint64(0), np.zeros((1, 3), np.uint64), keys)
print(bool(before), keys[0, 0])
"""


def use(folder: Path, *arguments: str) -> tuple[bool, int]:
    """Whether a process found that it must compile, and what its kernel gave."""
    done = subprocess.run(
        [sys.executable, "-c", USE, *arguments],
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder), "NUMBA_DISABLE_JIT": "0"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    cold, key = done.stdout.split()
    return cold == "True", int(key)


@pytest.mark.slow
def test_the_second_process_finds_compiled_code(tmp_path):
    (cold, key), (cold_again, key_again) = use(tmp_path), use(tmp_path)
    assert (cold, cold_again) == (True, False)
    assert key == key_again


@pytest.mark.slow
def test_compiled_code_of_another_checkout_is_not_at_hand(tmp_path):
    """numba keeps it by the place of its source, so that there is compiling to be told of."""
    assert use(tmp_path)[0]
    (theirs,) = tmp_path.glob("*/kernels_*")
    theirs.rename(theirs.with_name("kernels_of_another_place"))
    assert use(tmp_path)[0]


@pytest.mark.slow
def test_a_full_disk_is_no_reason_to_fail(tmp_path):
    assert use(tmp_path, "full") == use(tmp_path, "full")
    assert not list(tmp_path.glob("*/*/*.nbc"))


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["nbi", "nbc"])
def test_a_damaged_cache_is_compiled_anew(tmp_path, ending):
    _, key = use(tmp_path)
    files = list(tmp_path.rglob(f"*.{ending}"))
    assert files
    for file in files:
        file.write_bytes(file.read_bytes()[:20])
    assert use(tmp_path)[1] == key


def test_where_others_keep_their_compiled_code_stays_as_it_is():
    import numba

    before = vars(numba.config)["CACHE_DIR"]
    import capsim.kernels.usage

    assert vars(numba.config)["CACHE_DIR"] == before
    assert capsim.kernels.usage.add_usage


@jit.kernel
def sums(values, out):
    out[0] = values.sum()


def makes_an_array(values, out):
    out[0] = np.zeros(values.size)[0]


def copies_an_array(values, out):
    out[0] = values.copy()[0]


def adds_arrays(values, out):
    out[0] = (values + values)[0]


def picks_by_a_mask(values, out):
    out[0] = values[values > 0].size


def makes_a_list(values, out):
    out[0] = len([value for value in values])  # noqa: C416


def sorts(values, out):
    out[0] = np.argsort(values)[0]


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled")
@pytest.mark.parametrize("compile_", [jit.kernel, jit.inlined, jit.always_inlined])
@pytest.mark.parametrize(
    "function", [makes_an_array, copies_an_array, adds_arrays, picks_by_a_mask, makes_a_list, sorts]
)
def test_the_compiler_refuses_a_kernel_that_allocates(function, compile_):
    values, out = np.arange(3.0), np.zeros(1)
    sums(values, out)
    assert out[0] == 3
    with pytest.raises(NumbaError):
        compile_(function)(values, out)
