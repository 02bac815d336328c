"""How names and figures are shown in reports. Units are in the titles of columns and axes."""

from __future__ import annotations

import re

from wan22dsl.escapes import one_line, visible
from wan22dsl.report.results.contents import Value

_GIB = 1024**3

#: A longer name or message says nothing more, and makes a table unreadable.
_MOST_CHARACTERS = 160
_MOST_OF_A_SENTENCE = 600

NOTHING = "–"

#: What a table has where there is no figure.
NO_VALUE = Value(NOTHING, tone="muted")


def name(text: str, most: int = _MOST_CHARACTERS) -> str:
    """A foreign name in one line: control characters are visible, and it is cut where it is too long."""
    return sentence(text.replace("`", "'"), most)


def sentence(text: str, most: int = _MOST_OF_A_SENTENCE) -> str:
    """A foreign sentence in one line, with code between backticks."""
    found = one_line(" ".join(text[: most * 4].split()))
    return found if len(found) <= most else f"{found[: most - 1]}…"


def text(source: str) -> str:
    """A foreign text of several lines."""
    return visible(source.replace("\r\n", "\n"))


def capital(sentence: str) -> str:
    """The sentence with a capital at its start."""
    return sentence[:1].upper() + sentence[1:]


def identifier(text: str) -> str:
    """The text as an id of HTML: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"


def seconds(value_s: float | None, digits: int = 1) -> Value:
    """Seconds, without the unit."""
    return NO_VALUE if value_s is None else Value(f"{value_s:.{digits}f}", value_s)


def gib(size_bytes: float | None) -> Value:
    """Bytes in GiB, without the unit."""
    return NO_VALUE if size_bytes is None else Value(f"{size_bytes / _GIB:.1f}", size_bytes / _GIB)


def in_gib(size_bytes: float) -> float:
    """Bytes in GiB, as charts have them."""
    return round(size_bytes / _GIB, 3)


def size(size_bytes: int) -> str:
    """Bytes with their unit."""
    for unit, scale in (("GiB", _GIB), ("MiB", 1024**2)):
        if size_bytes >= scale:
            return f"{size_bytes / scale:.1f} {unit}"
    return f"{size_bytes / 1024:.0f} KiB"


def signed(value: float, digits: int = 1) -> str:
    """A difference with its sign."""
    found = f"{abs(value):.{digits}f}"
    return found if not float(found) else f"{'−' if value < 0 else '+'}{found}"


def signed_seconds(value_s: float) -> str:
    """A difference in seconds, with sign and unit."""
    return f"{signed(value_s)} s"


def percent(value: float, digits: int = 1) -> str:
    """A difference in percent, with its sign; `−` is the sign of print."""
    return f"{signed(value, digits)} %"


def duration(value_s: float) -> str:
    """`48 s`, `12 min`, `5 h 12 min`, `3 d 4 h`."""
    if value_s < 99.5:
        return f"{value_s:.0f} s"
    minutes = round(value_s / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


def unit_of_time(longest_s: float) -> tuple[str, float]:
    """The unit of an axis of time up to that, and its seconds."""
    if longest_s < 300:
        return "seconds", 1.0
    return ("minutes", 60.0) if longest_s < 3 * 3600 else ("hours", 3600.0)


def count(number: int, noun: str) -> str:
    """`1 run`, `3 runs`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(names: list[str], most: int = 6) -> str:
    """Names in a sentence: `a, b and c`, and how many more."""
    if len(names) > most:
        names = [*names[:most], f"{len(names) - most} more"]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
