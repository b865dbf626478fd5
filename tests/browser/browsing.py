"""A headless Chromium with the network blocked, but for this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NOT_RUN = "NOT RUN: no browser on this machine (Debian's chromium would do)"
SHOTS = Path(__file__).parents[2] / "out" / "screenshots"
QUIET = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-quic", "--disable-gpu", "--enable-logging=stderr", "--hide-scrollbars",
)  # fmt: skip
BLOCKED = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"


def browse(address: str, profile: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Open a page, and do with it what the options say."""
    return subprocess.run(
        [str(BROWSER), "--headless", "--no-sandbox", *QUIET, BLOCKED, f"--user-data-dir={profile}", *options, address],
        capture_output=True, text=True, timeout=120, env={**os.environ, "HOME": str(profile)}, check=False,
    )  # fmt: skip
