"""Ctrl-C at a moment of our choosing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def ctrl_c_when_asked() -> Iterator[Callable[[], None]]:
    """Within, Ctrl-C waits for the next call of what is given, or for the end; then KeyboardInterrupt is raised.

    An interruption that comes just anywhere can leave a lock held that workers wait for. A second Ctrl-C does not wait.
    Where somebody else handles the signal, or where this is not the main thread, nothing is changed.
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
