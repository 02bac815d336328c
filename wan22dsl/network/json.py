"""JSON as a server sends it: bounded, and without what no file and no terminal can take.

JSON may name half of a character (`\\ud800`). Python takes it, and fails when the string is written anywhere.
"""

from __future__ import annotations

import json
import re
from typing import Any

#: A list of so many empty lists takes about 600 MB of memory. The largest answer that was seen, of all
#: classes of a server with 2,700, has 3 million values.
MOST_VALUES = 8_000_000

_HALF = re.compile("[\ud800-\udfff]")
_NAMES_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def parse(data: bytes | str) -> Any:
    """The value of JSON. Raises ValueError where it is not JSON, or has too many values."""
    count = data.count
    comma, bracket, brace = (",", "[", "{") if isinstance(data, str) else (b",", b"[", b"{")
    if count(comma) + count(bracket) + count(brace) > MOST_VALUES:  # type: ignore[arg-type]
        raise ValueError("too many values")
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
        return [_whole(inner) for inner in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(inner) for key, inner in value.items()}
    return value
