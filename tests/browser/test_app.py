"""The what-if page in a real browser, with the network blocked."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest

from tests.browser.browsing import BROWSER, NOT_RUN, SHOTS, browse

pytest.importorskip("panel")
pytestmark = pytest.mark.skipif(BROWSER is None, reason=NOT_RUN)


@pytest.fixture(scope="module")
def address():
    running = subprocess.Popen(
        [sys.executable, "-m", "capsim", "app", "scenarios/hybrid.yaml", "--port", "0"],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        while not (found := re.match(r"(http://127\.0\.0\.1:\d+)", running.stderr.readline())):
            assert running.poll() is None
        for _ in range(200):
            try:
                urlopen(found[1], timeout=5).read()
                break
            except OSError:
                time.sleep(0.1)
        yield found[1]
    finally:
        running.kill()
        running.wait()
        running.stderr.close()


def test_the_page_shows_the_figures_and_asks_nobody_else(address, tmp_path):
    seen = browse(address, tmp_path, "--virtual-time-budget=15000", "--dump-dom")
    assert not re.search(r"ERR_|Refused|CONSOLE:\d+\] \"(Uncaught|Failed|Error)", seen.stderr)
    assert "capsim: what if?" in seen.stdout
    assert not re.search(r"(src|href)=\"https?://(?!127\.0\.0\.1)", seen.stdout)


def test_a_picture_of_it_is_kept_to_be_looked_at(address, tmp_path):
    SHOTS.mkdir(parents=True, exist_ok=True)
    shot = SHOTS / "app.png"
    for _ in range(6):  # the browser's virtual time does not wait for a busy machine
        shot.unlink(missing_ok=True)
        browse(address, tmp_path, "--virtual-time-budget=20000", "--window-size=1200,900", f"--screenshot={shot}")
        if shot.stat().st_size > 40_000:
            break
        time.sleep(1)
    assert shot.stat().st_size > 40_000
