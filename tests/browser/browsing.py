"""A headless Chromium with the network blocked, but for this machine; driven by its own protocol.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NOT_RUN = "NOT RUN: no browser on this machine (Debian's chromium would do)"
SHOTS = Path(__file__).parents[2] / "out" / "screenshots"
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-quic", "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)  # fmt: skip
EVERYWHERE = """(selector) => {
  const found = [], look = (root) => {
    found.push(...root.querySelectorAll(selector));
    for (const one of root.querySelectorAll('*')) if (one.shadowRoot) look(one.shadowRoot);
  };
  look(document);
  return found;
}"""
"""All elements of a kind, those in shadow trees too."""


class Tab:
    """One page of the browser: what it shows, what it asked for, and what it complained about."""

    def __init__(self, socket: Any, loop: asyncio.AbstractEventLoop) -> None:
        self.socket, self.loop, self.number = socket, loop, 0
        self.complaints: list[str] = []
        self.asked: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol; events that come meanwhile are noted."""
        self.number += 1
        number = self.number
        request = json.dumps({"id": number, "method": method, "params": parameters})
        self._wait(lambda: self.socket.write_message(request))
        while True:
            message = json.loads(self._wait(self.socket.read_message))
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            self._note(message.get("method"), message.get("params", {}))

    def _wait(self, ask: Callable[[], Any]) -> Any:
        async def answer() -> Any:
            return await asyncio.wait_for(ask(), 60)

        return self.loop.run_until_complete(answer())

    def _note(self, event: str | None, of: dict[str, Any]) -> None:
        if event == "Runtime.exceptionThrown":
            self.complaints.append(of["exceptionDetails"]["text"])
        elif event == "Runtime.consoleAPICalled" and of["type"] in ("error", "assert"):
            self.complaints.append(str([one.get("value") for one in of["args"]]))
        elif event == "Log.entryAdded" and of["entry"]["level"] == "error":
            self.complaints.append(of["entry"]["text"])
        elif event == "Network.requestWillBeSent":
            self.asked.append(of["request"]["url"])

    def open(self, address: str) -> None:
        self.call("Page.navigate", url=address)

    def value(self, expression: str) -> Any:
        """What an expression of the page comes to."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key: str, code: int, **more: str) -> None:
        """Press a key, and let it go."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **more)

    @property
    def text(self) -> str:
        """All text of the page."""
        return self.value(f"({EVERYWHERE})('h1, h2, p, td, th, button').map((one) => one.textContent).join('\\n')")

    def wait_for(self, pattern: str, seconds: float = 60) -> str:
        """The text of the page, once it has a pattern."""
        text = ""
        for _ in range(round(10 * seconds)):
            if re.search(pattern, text := self.text):
                return text
            time.sleep(0.1)
        raise AssertionError(f"no {pattern!r} in {text!r}")

    def picture(self, path: Path, width: int = 1200, height: int = 900, dark: bool = False) -> None:
        """Keep a picture of the page, to be looked at."""
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=scheme)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        time.sleep(0.3)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """A tab of a new browser."""
    from tornado.websocket import websocket_connect

    command = [str(BROWSER), *OPTIONS, f"--user-data-dir={profile}", "about:blank"]
    environment = {**os.environ, "HOME": str(profile)}
    with (profile / "browser.log").open("w+") as log:
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=environment)
        loop = asyncio.new_event_loop()
        try:
            port = _port(profile / "browser.log", running)
            with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=20) as answer:
                (page,) = [one for one in json.load(answer) if one["type"] == "page"]

            async def connect() -> Any:
                return await websocket_connect(page["webSocketDebuggerUrl"], max_message_size=2**28)

            socket = loop.run_until_complete(connect())
            yield Tab(socket, loop)
            socket.close()
        finally:
            running.kill()
            running.wait()
            loop.close()


def _port(log: Path, running: subprocess.Popen[bytes]) -> int:
    for _ in range(300):
        found = re.search(r"DevTools listening on ws://127\.0\.0\.1:(\d+)/", log.read_text())
        if found:
            return int(found[1])
        assert running.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())
