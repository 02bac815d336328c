"""Whoever ends the process in good order gets the same clean end as with Ctrl-C."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def stoppable() -> Iterator[None]:
    """Inside, being asked to end (SIGTERM; on Windows Ctrl-Break) raises KeyboardInterrupt with its name."""
    import signal
    import threading

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    asked = [signal.SIGTERM, *filter(None, [getattr(signal, "SIGBREAK", None)])]
    before = {item: signal.signal(item, stop) for item in asked}
    try:
        yield
    finally:
        for item, handler in before.items():
            signal.signal(item, handler if handler is not None else signal.SIG_DFL)
