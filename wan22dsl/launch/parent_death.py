"""A process that ends when its parent is killed: Linux does that for a new process that wants it."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: `PR_SET_PDEATHSIG` of <linux/prctl.h>.
_SET_SIGNAL = 1


def with_parent() -> Callable[[], None] | None:
    """What a new process has to call; None where the system has no such thing.

    The signal comes when the thread ends that has started the process. On Windows a job does the same.
    """
    if sys.platform != "linux":
        return None
    import ctypes

    try:
        call = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):  # a system whose library has no prctl
        return None

    def die_with_parent() -> None:
        call(_SET_SIGNAL, int(signal.SIGKILL), 0, 0, 0)

    return die_with_parent
