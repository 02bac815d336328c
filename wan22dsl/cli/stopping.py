"""Whoever ends the process in good order gets the same clean end as with Ctrl-C."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def stoppable() -> Iterator[None]:
    """Inside, being asked to end raises KeyboardInterrupt with the name of the signal.

    That is SIGTERM, Ctrl-\\ (SIGQUIT), the terminal that closes (SIGHUP, unless `nohup` has it ignored), and
    on Windows Ctrl-Break.
    """
    import signal
    import threading

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    others = (getattr(signal, name, None) for name in ("SIGBREAK", "SIGQUIT"))
    asked = [signal.SIGTERM, *filter(None, others)]
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:
        asked.append(hangup)
    before = {item: signal.signal(item, stop) for item in asked}
    try:
        yield
    finally:
        for item, handler in before.items():
            signal.signal(item, handler if handler is not None else signal.SIG_DFL)
