"""A lexer for Pygments: MkDocs, Sphinx, rich and pygmentize colour `.wan` with it.

Pygments finds it by the entry point `pygments.lexers` of this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygments.lexer import RegexLexer
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    Whitespace,
)

from wan22dsl.about import REPOSITORY
from wan22dsl.editor.colours.rules import IN_STRINGS, KINDS, LONG, SHORT, rules

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

    from pygments.token import _TokenType

    from wan22dsl.editor.colours.rules import Rule

_TOKENS: dict[str, _TokenType] = {
    "comment": Comment.Single,
    "directive": Comment.Special,
    "keyword": Keyword,
    "declaration": Keyword.Declaration,
    "operator": Operator,
    "punctuation": Punctuation,
    "declared": Name.Entity,
    "function": Name.Function,
    "class": Name.Class,
    "socket": Keyword.Type,
    "type": Keyword.Type,
    "parameter": Name.Variable,
    "setting": Name.Attribute,
    "member": Name.Property,
    "namespace": Name.Namespace,
    "name": Name,
    "stage": Name.Builtin,
    "number": Number,
    "unit": Keyword.Pseudo,
    "sampler": Name.Constant,
    "constant": Keyword.Constant,
    "language": Name.Builtin.Pseudo,
    "string": String.Double,
    "escape": String.Escape,
    "interpolation": String.Interpol,
}
assert set(_TOKENS) == set(KINDS)


def _callback(
    rule: Rule,
) -> Callable[[WanLexer, re.Match[str]], Iterator[tuple[int, _TokenType, str]]]:
    """What gives the tokens of a match: its groups, and what is between them."""
    between = _TOKENS[rule.kind] if rule.kind is not None else Text

    def tokens(_: WanLexer, match: re.Match[str]) -> Iterator[tuple[int, _TokenType, str]]:
        at = match.start()
        for number, kind in enumerate(rule.kinds, 1):
            start, end = match.span(number)
            if start == end:
                continue
            if start > at:
                yield at, between, match.string[at:start]
            yield start, _TOKENS[kind], match[number]
            at = end
        if match.end() > at:
            yield at, between, match.string[at : match.end()]

    return tokens


def _state(found: tuple[Rule, ...]) -> list[tuple[str, object]]:
    return [
        (rule.pattern, _callback(rule) if rule.kinds else _TOKENS[rule.kind or "name"])
        for rule in found
    ]


class WanLexer(RegexLexer):
    """`.wan` files."""

    name = "Wan"
    aliases = ("wan", "wan22dsl")
    filenames = ("*.wan",)
    mimetypes = ("text/x-wan",)
    url = REPOSITORY

    tokens = {  # noqa: RUF012 (Pygments reads it from the class)
        "root": [
            (r"\n", Whitespace),
            (LONG.begin, String.Double, "long"),
            (SHORT.begin, String.Double, "short"),
            *_state(rules()),
            (r"[ \t]+", Whitespace),
            (r".", Text),
        ],
        "long": [
            (LONG.end, String.Double, "#pop"),
            *_state(IN_STRINGS),
            (r'[^\\"{]+|.|\n', String.Double),
        ],
        "short": [
            (SHORT.end, String.Double, "#pop"),
            *_state(IN_STRINGS),
            (r'[^\\"{\n]+|.', String.Double),
        ],
    }
