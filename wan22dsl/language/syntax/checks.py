"""What the tables do not see: nesting that is too deep, where the comments are, escapes that do not exist."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from wan22dsl.language.syntax.tree import (
    NESTING,
    Attribute,
    Bad,
    Block,
    Derived,
    Let,
    NodeDeclaration,
    Param,
    Stage,
    TypeName,
    children,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source


DEEPEST = 100  # levels: brackets in brackets, and outputs of outputs

_BRACKETS = re.compile(r"[\[({})\]]")
_STEP = {"[": 1, "(": 1, "{": 1, "]": -1, ")": -1, "}": -1}
_OUTPUTS = re.compile(r"(?:(?:\.(?:\w+|`(?:[^`\\\n]|\\.)*`)|\[[ \t]*-?\w+[ \t]*\])[ \t]*){10}")


def is_suspicious(text: str) -> bool:
    """Whether a text may be nested too deeply. A quick look, which takes brackets in texts for brackets."""
    steps = map(_STEP.__getitem__, _BRACKETS.findall(text))
    return max(accumulate(steps), default=0) > DEEPEST // 10 or _OUTPUTS.search(text) is not None


def limited(source: Source, node: Any) -> tuple[Any, list[Diagnostic]]:
    """A declaration or a value; what is nested too deeply in it has become `Bad`."""
    places: list[int] = []
    if isinstance(node, (Block, NodeDeclaration, Stage)):
        node = node._replace(items=tuple(_limited(item, places) for item in node.items))
    elif isinstance(node, Param):
        default, accepts = _limited(node.default, places), _limited(node.accepts, places)
        node = node._replace(default=default, accepts=accepts)
    else:
        node = _limited(node, places)
    head: tuple[Any, ...] = ()
    if isinstance(node, Stage):
        head = (*node.parameters, *node.outputs)
    elif isinstance(node, NodeDeclaration):
        head = (*node.inputs, *node.outputs)
    kinds = [value for value in (*head, getattr(node, "type", None)) if value is not None]
    if any(_too_deep(kind, places) for kind in kinds):
        bad = Bad(node.start, node.end)
        node = Derived(node.word, node.name, bad, node.start, node.end)
    return node, [_say_depth(source, place) for place in places]


def _limited(node: Any, places: list[int]) -> Any:
    if isinstance(node, (Attribute, Derived, Let)):
        return node._replace(value=_limited(node.value, places))
    if isinstance(node, tuple) and _too_deep(node, places):
        return Bad(*node[-2:])
    return node


def _too_deep(node: Any, places: list[int]) -> bool:
    """Whether a node has too many levels; if so, adds the place of the first that is too much."""
    waiting = [(node, 0)]
    while waiting:
        item, level = waiting.pop()
        if isinstance(item, NESTING) or (isinstance(item, TypeName) and item.item is not None):
            level += 1
            if level > DEEPEST:
                places.append(item.start)
                return True
        waiting += [(below, level) for below in children(item)]
    return False


def _say_depth(source: Source, place: int) -> Diagnostic:
    from wan22dsl.language.syntax.messages import TOO_DEEP
    from wan22dsl.source import Span

    return TOO_DEEP.at(Span(source, place, place + 1), limit=DEEPEST)


_SCAN = re.compile(
    r'"""[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*"""|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|`[^`\\\n]*(?:\\.[^`\\\n]*)*`|(#[^\n]*)"
)

# Few files have escapes: these are compiled for those.
_ESCAPE = r"\\(?:u(?:\{[^}\n\"`]*\}?)?|[\s\S])"
_CHARACTER = r"\\u\{0*([0-9A-Fa-f]{1,6})\}\Z"
_KNOWN = frozenset("\\" + sign for sign in '\\"ntr{')


def comments_of(text: str) -> list[tuple[int, int]]:
    """The stretches of all comments of a text without mistakes."""
    if "#" not in text:
        return []
    return [match.span() for match in _SCAN.finditer(text) if match.lastindex]


def escaped_in(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of all texts and names in backticks that have an escape, in a text without mistakes."""
    if "\\" in text:
        for match in _SCAN.finditer(text):
            if not match.lastindex and "\\" in match.group():
                yield match.span()


def wrong_escapes(source: Source, stretches: Iterable[tuple[int, int]]) -> list[Diagnostic]:
    """The escapes that do not exist, in these texts and names."""
    found = []
    for start, end in stretches:
        path = _windows_path(source, start, end)
        if path is not None:
            found.append(path)
            continue
        known = _KNOWN if source.text[start] == '"' else _KNOWN | {"\\`"}
        for match in re.compile(_ESCAPE).finditer(source.text, start, end):
            if match.group() not in known and not _names_character(match.group()):
                found.append(_say(source, match))
    return found


def _windows_path(source: Source, start: int, end: int) -> Diagnostic | None:
    """A string on one line that was meant to be a path of Windows."""
    text = source.text
    if text[start] != '"' or (text.startswith('"""', start) and end - start > 2):
        return None
    from wan22dsl.language.syntax.spelling import path_in

    path = path_in(text[start + 1 : end - 1])
    if path is None:
        return None
    from wan22dsl.diagnostics import Edit, Fix
    from wan22dsl.language.syntax.messages import WINDOWS_PATH
    from wan22dsl.source import Span

    inside = Span(source, start + 1, end - 1)
    fix = Fix(f'Write `"{path.meant}"`', (Edit(inside, path.meant),), safe=path.is_sure)
    return WINDOWS_PATH.at(Span(source, start, end), fix=fix, meant=path.meant)


def _names_character(escape: str) -> bool:
    character = re.match(_CHARACTER, escape)
    if character is None:
        return False
    code = int(character.group(1), 16)
    return code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF


def _say(source: Source, match: re.Match[str]) -> Diagnostic:
    from wan22dsl.diagnostics import Edit, Fix
    from wan22dsl.language.syntax.messages import UNKNOWN_CHARACTER, UNKNOWN_ESCAPE
    from wan22dsl.source import Span

    span = Span(source, *match.span())
    escape = match.group().replace("\n", " ")
    if escape.startswith("\\u{"):
        return UNKNOWN_CHARACTER.at(span, escape=escape)
    if escape == "\\'":
        fix = Fix("Write `'`", (Edit(span, "'"),))
        return UNKNOWN_ESCAPE.at(
            span, fix=fix, escape=escape, help="Write `'`: it needs no escape."
        )
    place = Span(source, match.start(), match.start())
    fix = Fix("Add another backslash before it", (Edit(place, "\\"),))
    help = f"Write `\\{escape}` for a literal backslash."
    return UNKNOWN_ESCAPE.at(span, fix=fix, escape=escape, help=help)
