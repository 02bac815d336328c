"""The value of a text of JSON, for what is only looked up in it: what is wrong with it others tell."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def value_of(text: str) -> Any:
    """The value, which must not be changed; None where the text is no JSON. Several ask for one in a row."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
