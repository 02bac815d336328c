"""Numbers on the command line."""

from __future__ import annotations

from wan22dsl.errors import CommandError


def whole(text: str, option: str, most: int = 10_000) -> int:
    """A whole number from 1. Raises CommandError, which names the option."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 0 < int(text) <= most):
        raise CommandError(f"{option} {text}: give a whole number from 1")
    return int(text)


def seconds(text: str, option: str, *, may_be_zero: bool = False) -> float:
    """Seconds, `90` or `90s`. Raises CommandError, which names the option."""
    try:
        found = float(text.removesuffix("s"))
    except ValueError:
        found = -1.0
    if not 0 <= found < 1e7 or (found == 0 and not may_be_zero):
        raise CommandError(f"{option} {text}: give seconds, such as 90")
    return found


def port(text: str) -> int:
    """A port; 0 is any. Raises CommandError."""
    if text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= 65_535:
        return int(text)
    raise CommandError(f"--port takes a number from 0 to 65535, not `{text}`")
