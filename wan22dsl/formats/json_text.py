"""JSON with the places of its values: where each member of an object stands in the text.

The values themselves are read by Python's own decoder; this walks over the objects whose members must
be shown to people. Every character is read a few times at most, however the text is made.
"""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder
from typing import Any, NamedTuple

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = JSONDecoder()

#: Python's words for what is wrong, and ours.
_REASONS = {
    "Expecting value": "a value is missing here",
    "Expecting property name enclosed in double quotes": "a name in double quotes is missing here",
    "Expecting ':' delimiter": "a `:` is missing here",
    "Expecting ',' delimiter": "a `,` is missing here",
    "Illegal trailing comma before end of object": "there is a `,` too many",
    "Illegal trailing comma before end of array": "there is a `,` too many",
    "Extra data": "the text goes on behind the last bracket",
    "Unterminated string starting at": "this text has no closing quote",
    "Invalid control character at": "a line end or tab stands in a text; write `\\n` or `\\t`",
    "Invalid \\escape": "there is no such escape",
    "Invalid \\uXXXX escape": "there is no such escape",
}


class Member(NamedTuple):
    """One member of an object: its key, its value, and where the value stands."""

    key: str
    value: Any
    start: int
    end: int


class BrokenJsonError(Exception):
    """The text is not JSON; `reason` says why, and `at` where."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


def document(text: str) -> tuple[Any, int, int]:
    """The only value of a text, and where it stands. Raises BrokenJsonError."""
    start = _skip(text, 0)
    value, end = _value(text, start)
    if _skip(text, end) != len(text):
        raise BrokenJsonError(_REASONS["Extra data"], _skip(text, end))
    return value, start, end


def members(text: str, start: int) -> list[Member]:
    """The members of the object that stands at `start`, those with the same key too.

    The object must have been read by `document` before, so that it is known to be one.
    """
    found = []
    at = _skip(text, start + 1)
    while text[at] == '"':
        key, end = _value(text, at)
        start = _skip(text, _skip(text, end) + 1)
        value, end = _value(text, start)
        found.append(Member(key, value, start, end))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except JSONDecodeError as error:
        raise BrokenJsonError(_REASONS.get(error.msg, error.msg.lower()), error.pos) from error
    except RecursionError as error:
        raise BrokenJsonError("brackets stand too deep in each other", at) from error
    except ValueError as error:
        raise BrokenJsonError("a number has too many digits", at) from error
