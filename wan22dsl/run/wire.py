"""JSON as a server sends it: bounded, and without what no file and no terminal can take.

JSON may name half of a character (`\\ud800`). Python takes it, and fails when the text is written anywhere.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any

_HALF = re.compile("[\ud800-\udfff]")
_NAMES_HALF = re.compile(r"\\u[dD][89a-fA-F]")

#: Numbers beyond this are no sizes, times or counts; JavaScript, too, counts no further.
_LARGEST = 2**53


def parse(data: bytes | str) -> Any:
    """What a text in JSON says. Raises ValueError where it is none."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        found = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return _whole(found) if _NAMES_HALF.search(text) else found


def _whole(value: Any) -> Any:
    """The same with whole characters only."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(one) for key, one in value.items()}
    return value


def number(value: Any) -> int | None:
    """A whole number that can be reckoned with; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not isfinite(value):
        return None
    return int(value) if -_LARGEST < value < _LARGEST else None


def texts(value: Any) -> tuple[str, ...]:
    """The texts of a list; empty where it is none."""
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
