"""JSON with the places of its values: where each member of an object is in the text."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import accumulate
from json import JSONDecodeError, JSONDecoder
from typing import TYPE_CHECKING, Any

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = JSONDecoder()

#: A key without escapes with the colon behind it, and what is between two values.
_KEY = re.compile(r'"([^"\\]*)"[ \t\n\r]*:[ \t\n\r]*')
_COMMA = re.compile(r"[ \t\n\r]*(?:,[ \t\n\r]*)?")

#: Reads a value of a text that has been read before as a whole, so that nothing can be wrong with it.
_known_value = _DECODER.raw_decode

#: Half of a character beyond U+FFFF, and every escape; the first group is such a half without the other.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPE = r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u([dD][89a-fA-F])..|.)"

#: What may be too much of, and strings, in which it means nothing: brackets, and digits of a whole number.
_PARTS = r'(?s)"(?:[^"\\]|\\.)*"?|[\[{\]}]|([0-9]{300,})(?![.0-9eE])'
_LONG_NUMBER = re.compile(r"[0-9]{300}")
_BRACKETS = re.compile(r"[\[{\]}]")
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}

#: Brackets in brackets. Real workflows have some 15 levels; a `.wan` text may have 100.
_DEEPEST = 64

_TOO_DEEP = "brackets are nested too deeply"
_TOO_LONG = "a number has too many digits"

#: Python's words for what is wrong, and ours.
_REASONS = {
    "Expecting value": "a value is missing here",
    "Expecting property name enclosed in double quotes": "a name in double quotes is missing here",
    "Expecting ':' delimiter": "a `:` is missing here",
    "Expecting ',' delimiter": "a `,` is missing here",
    "Illegal trailing comma before end of object": "there is an extra `,`",
    "Illegal trailing comma before end of array": "there is an extra `,`",
    "Extra data": "there is text after the last bracket",
    "Unterminated string starting at": "this string has no closing quote",
    "Invalid control character at": "a line break or tab in a string; write `\\n` or `\\t`",
    "Invalid \\escape": "unknown escape",
    "Invalid \\uXXXX escape": "unknown escape",
}


class Member(NamedTuple):
    """One member of an object: its key, its value, and where the value is."""

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
    """The only value of a text, and where it is. Raises BrokenJsonError."""
    _refuse_excess(text)
    start = _skip(text, 0)
    value, end = _value(text, start)
    if _skip(text, end) != len(text):
        raise BrokenJsonError(_REASONS["Extra data"], _skip(text, end))
    half = _half(text)
    if half is not None:
        raise BrokenJsonError("half of a character, which cannot be saved or sent", half)
    return value, start, end


def _refuse_excess(text: str) -> None:
    """Raises BrokenJsonError for numbers that no float can hold, and for brackets that nobody nests so deep.

    How much Python's own decoder takes of either depends on its version, and on who calls it.
    """
    # A quick look first, which takes what is in strings for more of it.
    deepest = max(accumulate(map(_STEP.__getitem__, _BRACKETS.findall(text))), default=0)
    if deepest <= _DEEPEST and _LONG_NUMBER.search(text) is None:
        return
    depth = 0
    for part in re.finditer(_PARTS, text):
        if part[1]:
            raise BrokenJsonError(_TOO_LONG, part.start())
        depth += _STEP.get(text[part.start()], 0)
        if depth > _DEEPEST:
            raise BrokenJsonError(_TOO_DEEP, part.start())


def _half(text: str) -> int | None:
    """Where an escape such as `\\ud83d` is without its other half; None where there is none."""
    if _HALF.search(text) is None:
        return None
    return next((item.start() for item in re.finditer(_ESCAPE, text) if item[1]), None)


def doubled(text: str, start: int) -> Member | None:
    """The first member whose key is in its object before it too, however deep; None if there is none.

    The value must have been read by `document` before.
    """
    doubles: list[Any] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            doubles.append(found)
        return found

    JSONDecoder(object_pairs_hook=note).raw_decode(text, start)
    return _doubled_below(text, start) if doubles else None


def _doubled_below(text: str, start: int) -> Member | None:
    waiting = [start]
    while waiting:
        at = waiting.pop()
        seen: set[str] = set()
        inside = members(text, at) if text[at] == "{" else elements(text, at)
        for member in inside:
            if member.key in seen and text[at] == "{":
                return member
            seen.add(member.key)
        waiting.extend(
            member.start
            for member in reversed(inside)
            if member.value and isinstance(member.value, (dict, list))
        )
    return None


def members(text: str, start: int) -> list[Member]:
    """The members of the object that is at `start`, those with the same key too.

    The object must have been read by `document` before, so that it is known to be one.
    """
    return list(_members(text, start))


def member(text: str, start: int, key: str) -> Member:
    """The first member with that key, which the object at `start` must have."""
    return next(member for member in _members(text, start) if member.key == key)


def _members(text: str, start: int) -> Iterator[Member]:
    at = _skip(text, start + 1)
    while text[at] == '"':
        plain = _KEY.match(text, at)
        if plain is not None:
            key, start = plain[1], plain.end()
        else:
            key, end = _known_value(text, at)
            start = _skip(text, _skip(text, end) + 1)
        value, end = _known_value(text, start)
        yield Member(key, value, start, end)
        at = _next(text, end)


def elements(text: str, start: int) -> list[Member]:
    """The elements of the list that is at `start`, which must have been read before; keys are empty."""
    found = []
    at = _skip(text, start + 1)
    while text[at] != "]":
        value, end = _known_value(text, at)
        found.append(Member("", value, at, end))
        at = _next(text, end)
    return found


def _next(text: str, end: int) -> int:
    """Where what follows a value begins: the next one, or the bracket that closes."""
    match = _COMMA.match(text, end)
    return match.end() if match else end


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except JSONDecodeError as error:
        raise BrokenJsonError(_REASONS.get(error.msg, error.msg.lower()), error.pos) from error
    except RecursionError as error:
        raise BrokenJsonError(_TOO_DEEP, at) from error
    except ValueError as error:
        raise BrokenJsonError(_TOO_LONG, at) from error


@lru_cache(maxsize=1)
def value_of(text: str) -> Any:
    """The value, which must not be changed; None where the text is no JSON. Several ask for one in a row."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
