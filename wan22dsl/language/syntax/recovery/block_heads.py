"""Bodies without braces: `pipeline x:`, `pipeline x (`, `lora x("file")`, `class x:`.

They are seen before the brackets are fitted together, and become what was meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.language.syntax.messages import (
    BLOCK_HEAD,
    FOREIGN_WORD,
    NEEDLESS_MARK,
    WRONG_EQUALS,
)
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
_ASSETS = frozenset(
    "model lora vae text_encoder clip_vision audio_encoder upscaler interpolator".split()
)
_PREFIXES = frozenset(
    "export async public pub private static final abstract default let const var".split()
)
_FOREIGN = frozenset("class def function func fn".split())


def with_braces(source: Source, tokens: list[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """The tokens with braces around the bodies that lack them, and what is wrong with these."""
    diagnostics: list[Diagnostic] = []
    at = 0
    while at < len(tokens) - 4:
        word, name, sign, follows = tokens[at : at + 4]
        prefixed = _prefixed(source, tokens, at)
        if prefixed is not None:
            diagnostics.append(prefixed)
            continue
        needless = _needless(source, tokens, at)
        if needless is not None:
            diagnostics.append(needless)
            continue
        if word.indent == 0 and name.kind in ("NAME", "CLASS") and _is_block(word):
            edits: list[tuple[int, int, str]] = []
            if _is_file(tokens, at):
                edits = _file_in_braces(tokens, at)
            elif sign.kind == "COLON" and follows.kind == "_NL" and tokens[at + 4].indent > 0:
                edits = _indented(tokens, at)
            elif sign.kind == "LPAR" and _is_setting(tokens, at + 3 + (follows.kind == "_NL")):
                edits = _in_parentheses(tokens, at)
            elif sign.kind == "COLON" and follows.kind == "NAME" and follows.indent < 0:
                wrong = Slip(
                    WRONG_EQUALS, sign.start, sign.end, " =", name.end, sign.end, {"sign": ":"}
                )
                tokens[at + 2] = sign._replace(kind="EQUAL", text="=", slip=wrong)
            if edits:
                diagnostics.append(_say(source, word, name, edits))
        elif word.indent == 0 and word.text in _FOREIGN and name.kind in ("NAME", "CLASS"):
            diagnostics += _foreign_head(source, tokens, at)
        at += 1
    return tokens, diagnostics


def _prefixed(source: Source, tokens: list[Token], at: int) -> Diagnostic | None:
    """`export pipeline x {`, `let pass x = …`: a word too many before a declaration."""
    word, kind, name, sign = tokens[at : at + 4]
    if word.indent != 0 or word.text not in _PREFIXES or not _is_block(kind) or kind.indent >= 0:
        return None
    if name.kind not in ("NAME", "CLASS") or sign.kind not in ("LBRACE", "EQUAL", "COLON"):
        return None
    fix = Fix("Remove it", (Edit(Span(source, word.start, kind.start), ""),))
    tokens[at : at + 2] = [kind._replace(indent=0)]
    span = Span(source, word.start, word.end)
    where, reason = f"before `{kind.text}`", "A declaration starts with its kind."
    return NEEDLESS_MARK.at(span, sign=word.text, where=where, reason=reason, fix=fix)


def _needless(source: Source, tokens: list[Token], at: int) -> Diagnostic | None:
    """`pipeline x() {` and `pipeline x: Video {`."""
    word, name, first, last = tokens[at : at + 4]
    is_call = (first.kind, last.kind) == ("LPAR", "RPAR")
    if word.indent != 0 or not _is_block(word) or name.kind not in ("NAME", "CLASS"):
        return None
    if not is_call and (first.kind, last.kind) != ("COLON", "CLASS"):
        return None
    if tokens[at + 4].kind != "LBRACE" or last.indent >= 0:
        return None
    span = Span(source, first.start, last.end)
    fix = Fix("Remove it", (Edit(Span(source, name.end, last.end), ""),))
    reason = "Only stages have parameters." if is_call else "The kind is the first word."
    del tokens[at + 2 : at + 4]
    return NEEDLESS_MARK.at(span, sign=span.text, where="after a name", reason=reason, fix=fix)


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
    on_line = tokens[at + 3].kind != "_NL"
    if on_line and (tokens[end].indent >= 0 or tokens[end].kind != "RPAR"):
        return []
    tokens[at + 2] = sign._replace(kind="LBRACE", text="{")
    before = tokens[at + 1].end if on_line else sign.start
    edits = [(before, sign.end, " { " if on_line else "{")]
    if tokens[end].kind == "RPAR":
        edits.append((tokens[end].start, tokens[end].end, " }" if on_line else "}"))
        tokens[end] = tokens[end]._replace(kind="RBRACE", text="}")
    return edits


def _is_file(tokens: list[Token], at: int) -> bool:
    """Whether an asset is followed by the name of its file: `lora x("file")`, `lora x: "file"`."""
    word, _, sign, file = tokens[at : at + 4]
    end = at + 4 + (sign.kind == "LPAR")
    if word.text not in _ASSETS or sign.kind not in ("LPAR", "COLON") or file.kind != "STRING":
        return False
    if sign.kind == "LPAR" and tokens[at + 4].kind != "RPAR":
        return False
    return file.indent < 0 and tokens[min(end, len(tokens) - 1)].kind in ("_NL", "$END")


def _file_in_braces(tokens: list[Token], at: int) -> list[tuple[int, int, str]]:
    name, sign, file = tokens[at + 1 : at + 4]
    closing = tokens[at + 4] if sign.kind == "LPAR" else file
    inside = [
        sign._replace(kind="LBRACE", text="{"),
        Token("NAME", sign.end, sign.end, -1, "file"),
        Token("EQUAL", sign.end, sign.end, -1, "="),
        file,
        Token("RBRACE", closing.end, closing.end, -1, "}"),
    ]
    tokens[at + 2 : at + 4 + (closing is not file)] = inside
    return [(name.end, file.start, " { file = "), (file.end, closing.end, " }")]


def _foreign_head(source: Source, tokens: list[Token], at: int) -> list[Diagnostic]:
    """`class x:` and `def x():` of other languages, with a body or without."""
    word, name, sign_at = tokens[at], tokens[at + 1], at + 2
    if tokens[sign_at].kind == "LPAR":
        while tokens[sign_at].kind not in ("RPAR", "_NL", "$END"):
            sign_at += 1
        sign_at += tokens[sign_at].kind == "RPAR"
    sign = tokens[sign_at]
    if sign.kind != "COLON" or tokens[sign_at + 1].kind not in ("_NL", "$END"):
        return []
    span = Span(source, word.start, name.end)
    meant = name.text.lower()
    if tokens[min(sign_at + 2, len(tokens) - 1)].indent <= 0:
        help = f"Write `pass {meant} = wan22.high(…)`, or `pipeline {meant} {{ … }}`."
        tokens[at : sign_at + 1] = [
            word._replace(kind="NAME", text="let"),
            name._replace(kind="NAME", text=meant),
            Token("EQUAL", name.end, name.end, -1, "="),
            Token("UNREAD", name.end, sign.end, -1, ""),
        ]
        return [FOREIGN_WORD.at(span._replace(end=word.end), word=word.text, help=help)]
    del tokens[at + 2 : sign_at]
    edits = _indented(tokens, at)
    kind = "pipeline" if _has_flow(tokens, at) else "pass"
    edits[0] = (word.start, sign.end, f"{kind} {meant} {{")
    tokens[at] = word._replace(text=kind)
    tokens[at + 1] = name._replace(kind="NAME", text=meant)
    found = _say(source, tokens[at], tokens[at + 1], edits)
    return [found._replace(fix=found.fix and found.fix._replace(safe=False))]


def _has_flow(tokens: list[Token], at: int) -> bool:
    """Whether the body below a head sets a `flow`."""
    for token, sign in zip(tokens[at + 3 :], tokens[at + 4 :]):
        if token.kind == "$END" or token.indent == 0:
            return False
        if token.text == "flow" and token.indent > 0 and sign.kind in ("EQUAL", "COLON"):
            return True
    return False


def _say(source: Source, word: Token, name: Token, edits: list[tuple[int, int, str]]) -> Diagnostic:
    fix = Fix(
        "Add the braces",
        tuple(Edit(Span(source, start, end), text) for start, end, text in edits),
    )
    span = Span(source, word.start, name.end)
    return BLOCK_HEAD.at(span, fix=fix, name=name.text, word=word.text)
