"""What each name of a file is, for its colour; where an editor has no grammar, also all that is no name.

Types and modifiers are those of the protocol where it has them, so that every editor has a colour for them.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from typing import TYPE_CHECKING

from wan22dsl.editor import experts, scanning
from wan22dsl.language.program import kinds, occurrences
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.editor.view import View
    from wan22dsl.language.program.module import Declaration, Occurrence

#: The types, by number. A pass is an `event`, an asset an `enumMember`.
TYPES = (
    *("namespace", "type", "class", "struct", "interface", "enumMember", "parameter", "variable"),
    *("property", "function", "event", "keyword", "comment", "string", "number", "operator"),
)

#: The modifiers, by the number of their bit. Those from `pass` on are our own.
MODIFIERS = (
    *("declaration", "readonly", "defaultLibrary"),
    *("pass", "stage", "param", "model", "lora", "high", "low"),
)

#: The type of a name by the kind of its declaration.
_TYPE_OF = {
    "pass": "event",
    "stage": "function",
    "pipeline": "class",
    "graph": "class",
    "node": "type",
    "param": "parameter",
    "parameter": "parameter",
    "let": "variable",
    "use": "namespace",
    "family": "struct",
    **dict.fromkeys(kinds.ASSETS, "enumMember"),
    **dict.fromkeys(("target", "profile", "bench", "note", "test"), "interface"),
    **dict.fromkeys(
        ("setting", "output", "fact", "node_input", "node_output", "input"), "property"
    ),
    **dict.fromkeys(("key", "member"), "property"),
    "word": "keyword",
}

#: What stays the same in a whole run.
_READONLY = frozenset({"let", *kinds.ASSETS})

_TYPE = {name: number for number, name in enumerate(TYPES)}
_BIT = {name: 1 << number for number, name in enumerate(MODIFIERS)}


class Token(NamedTuple):
    """A stretch of one line. `type` is a number in `TYPES`, `modifiers` a sum of bits for `MODIFIERS`."""

    start: int
    end: int
    type: int
    modifiers: int = 0


def of(view: View, *, has_grammar: bool = False) -> tuple[Token, ...]:
    """The tokens of a file, in order, none over another. With a grammar, only what it cannot know."""
    module = view.module
    if module is None:
        return ()
    text = view.source.text
    names = [token for found in occurrences.of_module(module) if (token := _named(found))]
    if has_grammar:
        found = [token for token in names if token.type != _TYPE["keyword"]]
    else:
        taken = {token.start for token in names}
        # In a string that is not closed there are names all the same: the parser knows better.
        starts = sorted(taken)
        lexical = [*_lexical(text, taken), *_types(view, taken)]
        found = [*names, *(each for each in lexical if not _has_any(starts, each.start, each.end))]
    return tuple(_apart(text, found))


def _has_any(starts: Sequence[int], start: int, end: int) -> bool:
    """Whether any of the offsets is in a stretch."""
    at = bisect_left(starts, start)
    return at < len(starts) and starts[at] < end


def _named(found: Occurrence) -> Token | None:
    declaration = found.declaration
    kind = _TYPE_OF.get(declaration.kind)
    if kind is None or found.end <= found.start:
        return None
    modifiers = _of_declaration(declaration)
    if found.is_definition:
        modifiers |= _BIT["declaration"]
    return Token(found.start, found.end, _TYPE[kind], modifiers)


def _of_declaration(declaration: Declaration) -> int:
    kind, home = declaration.kind, declaration.module
    modifiers = _BIT[kind] if kind in ("pass", "stage", "param", "model", "lora") else 0
    if kind in _READONLY:
        modifiers |= _BIT["readonly"]
    if home is not None and home.is_library:
        modifiers |= _BIT["defaultLibrary"]
    if kind in experts.KINDS:
        expert = experts.of(declaration)
        modifiers |= _BIT[expert] if expert else 0
    return modifiers


@cache
def _words() -> frozenset[str]:
    return frozenset((*kinds.WORDS, "wan", "use"))


def _lexical(text: str, taken: set[int]) -> Iterator[Token]:
    """Comments, strings, numbers, operators and the words of the language."""
    for token in scanning.tokens(text):
        kind, start, end = token
        if kind == "text":
            yield from _string(text, start, end)
        elif kind in ("comment", "number", "operator"):
            yield Token(start, end, _TYPE[kind])
        elif kind == "sampler":
            yield Token(start, end, _TYPE["enumMember"])
        elif kind == "name" and start not in taken:
            word = text[start:end]
            if _is_word(text, start, word):
                yield Token(start, end, _TYPE["keyword"])
            elif word[0].isupper() and text.startswith("(", end):
                yield Token(start, end, _TYPE["type"])
        elif kind == "quoted" and start not in taken and text.startswith("(", end):
            yield Token(start, end, _TYPE["type"])


def _is_word(text: str, start: int, word: str) -> bool:
    if word in ("let", "in", "of", "as", "true", "false", "none", "null"):
        return True
    return word in _words() and (start == 0 or text[start - 1] == "\n")


def _string(text: str, start: int, end: int) -> Iterator[Token]:
    """A string without the names in its braces, which have tokens of their own."""
    last = start
    for part in spelling.text_parts(text[start:end]) if "{" in text[start:end] else ():
        if not isinstance(part, str):
            yield Token(last, start + part.start, _TYPE["string"])
            last = start + part.end
    yield Token(last, end, _TYPE["string"])


def _types(view: View, taken: set[int]) -> Iterator[Token]:
    """The types of parameters and outputs."""
    for declaration in view.tree.declarations if view.tree is not None else ():
        declared = [getattr(declaration, "type", None)]
        for field in ("parameters", "inputs", "outputs"):
            declared += [each.type for each in getattr(declaration, field, ())]
        for type_ in declared:
            while type_ is not None and type_.item is not None:
                type_ = type_.item
            if type_ is not None and type_.start not in taken:
                yield Token(type_.start, type_.end, _TYPE["type"])


def _apart(text: str, found: list[Token]) -> Iterator[Token]:
    """Tokens in order, those over several lines cut at the line ends, none over another."""
    last = 0
    for token in sorted(found):
        start = max(token.start, last)
        while start < token.end:
            end = text.find("\n", start, token.end)
            end = token.end if end < 0 else end
            if end > start:
                yield token._replace(start=start, end=end)
            start = end + 1
        last = max(last, token.end)
