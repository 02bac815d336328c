"""Bodies without braces: `pipeline x:`, `pipeline x (`.

They are seen before the brackets are fitted together, and become what was meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.language.syntax.messages import BLOCK_HEAD, WRONG_EQUALS
from wan22dsl.language.syntax.recovery.outline import (
    CLOSING,
    OPENING,
    is_kind,
    looks_like_declaration,
)
from wan22dsl.language.syntax.recovery.tokens import Slip, Token
from wan22dsl.source import Span

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source

_NO_BLOCKS = frozenset("wan use let param stage".split())


def with_braces(source: Source, tokens: list[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """The tokens with braces around the bodies that lack them, and what is wrong with these."""
    diagnostics: list[Diagnostic] = []
    at = 0
    while at < len(tokens) - 4:
        word, name, sign, follows = tokens[at : at + 4]
        if word.indent == 0 and name.kind in ("NAME", "CLASS") and _is_block(word):
            edits: list[tuple[int, int, str]] = []
            if sign.kind == "COLON" and follows.kind == "_NL" and tokens[at + 4].indent > 0:
                edits = _indented(tokens, at)
            elif sign.kind == "LPAR" and follows.kind == "_NL" and _is_setting(tokens, at + 4):
                edits = _in_parentheses(tokens, at)
            elif sign.kind == "COLON" and follows.kind == "NAME" and follows.indent < 0:
                wrong = Slip(
                    WRONG_EQUALS, sign.start, sign.end, " =", name.end, sign.end, {"sign": ":"}
                )
                tokens[at + 2] = sign._replace(kind="EQUAL", text="=", slip=wrong)
            if edits:
                diagnostics.append(_say(source, word, name, edits))
        at += 1
    return tokens, diagnostics


def _is_block(word: Token) -> bool:
    return word.kind == "NAME" and is_kind(word.text) and word.text not in _NO_BLOCKS


def _is_setting(tokens: list[Token], at: int) -> bool:
    return tokens[at].kind == "NAME" and tokens[min(at + 1, len(tokens) - 1)].kind == "EQUAL"


def _indented(tokens: list[Token], at: int) -> list[tuple[int, int, str]]:
    """The edits for a body below a colon: one more for its end, where no brace is there."""
    name, sign = tokens[at + 1], tokens[at + 2]
    tokens[at + 2] = sign._replace(kind="LBRACE", text="{")
    edits = [(name.end, sign.end, " {")]
    end = at + 4
    while tokens[end].kind != "$END" and tokens[end].indent != 0:
        end += 1
    if tokens[end].kind != "RBRACE":
        if tokens[end - 1].kind == "_NL":
            end -= 1
        place = tokens[end - 1].end
        tokens.insert(end, Token("RBRACE", place, place, -1, "}"))
        edits.append((place, place, "\n}"))
    return edits


def _in_parentheses(tokens: list[Token], at: int) -> list[tuple[int, int, str]]:
    """The edits for a body in parentheses, if they are closed before the next declaration."""
    sign, depth, end = tokens[at + 2], 0, at + 2
    while tokens[end].kind != "$END":
        depth += (tokens[end].kind in CLOSING) - (tokens[end].kind in OPENING)
        if depth == 0:
            break
        end += 1
        if tokens[end].indent == 0 and looks_like_declaration(tokens, end):
            return []
    if tokens[end].kind not in ("RPAR", "RBRACE") or tokens[end + 1].kind in ("LBRACE", "ARROW"):
        return []
    tokens[at + 2] = sign._replace(kind="LBRACE", text="{")
    edits = [(sign.start, sign.end, "{")]
    if tokens[end].kind == "RPAR":
        edits.append((tokens[end].start, tokens[end].end, "}"))
        tokens[end] = tokens[end]._replace(kind="RBRACE", text="}")
    return edits


def _say(source: Source, word: Token, name: Token, edits: list[tuple[int, int, str]]) -> Diagnostic:
    fix = Fix(
        "Add the braces",
        tuple(Edit(Span(source, start, end), text) for start, end, text in edits),
    )
    span = Span(source, word.start, name.end)
    return BLOCK_HEAD.at(span, fix=fix, name=name.text, word=word.text)
