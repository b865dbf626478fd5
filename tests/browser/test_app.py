"""The what-if page in a real browser, with the network blocked: sliders change the figures."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest

from tests.browser.browsing import BROWSER, EVERYWHERE, NOT_RUN, SHOTS, browser

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason=NOT_RUN)]


@pytest.fixture
def address():
    running = subprocess.Popen(
        [sys.executable, "-m", "capsim", "app", "scenarios/hybrid.yaml", "--port", "0"],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        while not (found := re.match(r"(http://127\.0\.0\.1:\d+)", running.stderr.readline())):
            assert running.poll() is None
        for _ in range(300):
            try:
                urlopen(f"{found[1]}/", timeout=30).read()
                break
            except OSError:
                time.sleep(0.1)
        yield found[1]
    finally:
        running.kill()
        running.wait()
        running.stderr.close()


def test_moved_sliders_change_the_figures_and_nobody_else_is_asked(address, tmp_path):
    with browser(tmp_path) as tab:
        tab.open(f"{address}/")
        before = re.search(r"[\d.,]+ USD a month", tab.wait_for(r"USD a month"))[0]
        tab.picture(SHOTS / "app.png")
        assert "This is the present size." in tab.text
        for slider in (0, 2):  # shared channels, traffic
            tab.value(f"({EVERYWHERE})('.noUi-handle')[{slider}].focus()")
            for _ in range(2):
                tab.press("ArrowLeft", 37)
            for _ in range(1200):
                if (after := re.search(r"[\d.,]+ USD a month", tab.text)) is not None and after[0] != before:
                    break
                time.sleep(0.05)
            assert after[0] != before
            before = after[0]
        assert re.search("(cheaper|dearer) than the present size", tab.text)
        tab.picture(SHOTS / "app_moved.png")
        tab.picture(SHOTS / "app_narrow.png", 420, 1600)
        assert [one for one in tab.asked if not one.startswith((address, "data:", "blob:"))] == []
        assert tab.complaints == []
