"""Whether the process of the client is there."""

from __future__ import annotations

import os
import sys


def is_alive(pid: int) -> bool:
    """Whether there is a process of that number."""
    if sys.platform == "win32":  # there, `os.kill` would end it
        import ctypes

        wait_for_its_end, timed_out = 0x00100000, 0x102
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(wait_for_its_end, False, pid)
        if not handle:
            return False
        try:
            return bool(kernel.WaitForSingleObject(handle, 0) == timed_out)
        finally:
            kernel.CloseHandle(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # it is somebody else's
        return True
    return True
