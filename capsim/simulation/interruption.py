"""Ctrl-C at a moment of our choosing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def ctrl_c_when_asked() -> Iterator[Callable[[], None]]:
    """Let Ctrl-C wait for the next call of the function that this context gives.

    Without such a call it waits for the end of the context. Then KeyboardInterrupt is raised: an interruption at just
    any moment can leave a lock held that workers wait for. A second Ctrl-C does not wait. Nothing changes if other
    code handles the signal, or outside of the main thread.
    """
    pressed = threading.Event()

    def note(*_: object) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    def ask() -> None:
        if pressed.is_set():
            raise KeyboardInterrupt

    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield ask
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield ask
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    ask()
