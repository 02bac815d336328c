"""Texts with mistakes: read as what was meant.

The fast path (machine.py) stops at the first token that does not fit. Then the text is read anew, here:

    tokens          tokens, and spellings that are wrong but can be understood
    lexer           takes any text apart into tokens
    open_strings    where a text ends whose quotes are not closed
    outline         brackets, and where declarations may begin
    brackets        brackets that do not fit together, and where they were meant to
    reader          the tables at work on tokens
    recovery        the way on, where nobody knows what was meant
    fixes           who may know what was meant by a token that does not fit:
    signs           `:` for `=`, `,,`, a comma that is missing, …
    line_ends       lines that end too early, or not at all
    brackets_meant  brackets that were not opened
    namings         class names, keys, names of declarations
    notations       names and statements of other languages: `a::b`, `x += y`
    foreign_values  values of other languages: `(832, 480)`, `anna @ 0.8`
    instead         what these two share
    outside         settings that no pipeline is around
    describe        tokens in words, for messages
    offers          which fixes are offered: those that help
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import in_order
from wan22dsl.language.syntax.builders import new
from wan22dsl.language.syntax.checks import wrong_escapes
from wan22dsl.language.syntax.messages import UNREADABLE
from wan22dsl.language.syntax.recovery.fixes import help
from wan22dsl.language.syntax.recovery.line_ends import looks_ahead
from wan22dsl.language.syntax.recovery.recovery import Recovery
from wan22dsl.language.syntax.recovery.tokens import MOST
from wan22dsl.language.syntax.tree import Bad, Derived, Param, Stage

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.syntax.tree import Expression
    from wan22dsl.source import Source

_ESCAPED = frozenset("STRING QUOTED NAME MEMBER SAMPLER".split())


def recover_file(source: Source) -> tuple[list[Any], list[tuple[int, int]], list[Diagnostic]]:
    """The declarations, the comments and the mistakes of a file."""
    reader = Recovery(source, "start")
    declarations = _without_lost(reader.run(help, looks_ahead), reader.lost)
    return declarations, reader.comments, _all_mistakes(reader)


def recover_value(source: Source) -> tuple[Expression, list[Diagnostic]]:
    """A value by itself, and its mistakes."""
    reader = Recovery(source, "value")
    return reader.run(help, looks_ahead), _all_mistakes(reader)


def _all_mistakes(reader: Recovery) -> list[Diagnostic]:
    found = in_order(reader.diagnostics + _wrong_escapes(reader))
    if len(found) <= MOST:
        return found
    del found[MOST + 1 :]
    rest = found.pop().span
    last = UNREADABLE.at(
        rest,
        found="everything",
        where=f"after {MOST} errors is ignored",
        help="Fix the first errors and try again.",
    )
    return [*found, last]


def _wrong_escapes(reader: Recovery) -> list[Diagnostic]:
    text = reader.source.text
    stretches = [
        token[1:3]
        for token in reader.tokens
        if token.kind in _ESCAPED and token.slip is None and "\\" in text[token.start : token.end]
    ]
    return wrong_escapes(reader.source, stretches)


def _without_lost(declarations: list[Any], lost: list[int]) -> list[Any]:
    """The declarations that have a name; one whose types are not known is a name without a value."""
    found = []
    lost = sorted(lost)
    for declaration in declarations:
        name = declaration.name if hasattr(declaration, "name") else None
        if name is not None and not name.text:
            continue
        at = bisect_left(lost, declaration.start)
        if (
            isinstance(declaration, (Param, Stage))
            and at < len(lost)
            and lost[at] < declaration.end
        ):
            bad = new(Bad, (declaration.start, declaration.end))
            declaration = new(
                Derived, (declaration.word, name, bad, declaration.start, declaration.end)
            )
        found.append(declaration)
    return found
