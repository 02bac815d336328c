"""Brackets that do not fit together, and where they were meant to.

As long as all brackets of a text fit, nothing here looks at its indentation. Where they do not, a line that
is indented no further than the line with an open bracket does not belong to it, and one in the first
column that looks like a declaration closes everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.syntax.checks import DEEPEST
from wan22dsl.language.syntax.messages import SURPLUS_BRACKET, TOO_DEEP
from wan22dsl.language.syntax.recovery.bracket_messages import unclosed, wrong
from wan22dsl.language.syntax.recovery.outline import (
    CLOSING,
    OPENING,
    SIGNS,
    Open,
    fit,
    looks_like_declaration,
)
from wan22dsl.language.syntax.recovery.tokens import MOST, Token, slip
from wan22dsl.source import Span

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source

_VALUE_ENDS = frozenset("NAME CLASS QUOTED NUMBER STRING SAMPLER RSQB".split())
_CONSTANTS = frozenset("NUMBER STRING SAMPLER".split())
_ITEM_STARTS = frozenset("LPAR LSQB LBRACE _NL _COMMA".split())
_KEYS = frozenset("NAME CLASS QUOTED".split())
_LOOK_AHEAD = 1000  # tokens, to see whether a bracket is closed again


class Brackets:
    """Fits the brackets of a text together: `tokens` becomes what was meant."""

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self.tokens: list[Token] = []
        self.unclosed: dict[int, int] = {}  # the place of a bracket, and that of its diagnostic
        self.diagnostics: list[Diagnostic] = []
        self._source = source
        self._given = tokens
        self._open: list[Open] = []
        self._content: dict[int, int] = {}  # how far the first line in a bracket is indented
        self._line = 0
        self._indent = 0
        self._last_line = 0  # that of the last token in `tokens`
        self._surplus_brackets = 0

    def run(self) -> None:
        """Goes through all tokens."""
        if fit(self._given):
            self.tokens = self._given
            return
        at = 0
        while at < len(self._given):
            if len(self.diagnostics) + self._surplus_brackets > MOST:
                self.tokens += self._given[at:]  # the reader gives up before it comes here
                return
            token = self._given[at]
            if token.kind == "$END":
                self._close(0)
            elif token.indent >= 0:
                self._begin_line(at, token)
            if token.kind in CLOSING and len(self._open) == DEEPEST:
                at = self._too_deep(at)
                continue
            if token.kind in CLOSING:
                self._end_head(token)
                at_end = self._given[at + 1].kind in ("_NL", "$END")
                self._open.append(Open(token, len(self.tokens), self._line, self._indent, at_end))
            elif token.kind in OPENING:
                token = self._closing(at, token)
            self.tokens.append(token)
            self._last_line = self._line
            at += 1

    def _begin_line(self, at: int, token: Token) -> None:
        """Closes what the indentation of a line says is closed."""
        self._line += 1
        self._indent = token.indent
        for open_ in reversed(self._open):
            if open_.token.start in self._content:
                break
            self._content[open_.token.start] = token.indent
        if not self._open or token.kind == "ARROW" or token.kind in OPENING:
            return
        if token.indent == 0 and looks_like_declaration(self._given, at):
            outermost = self._open[0].token.start
            if token.kind != "_LET" or self._content[outermost] > 0:
                self._close(0)
                return
        keep = len(self._open)
        while keep and self._ends_before(self._open[keep - 1], token):
            keep -= 1
        self._close(keep)

    def _ends_before(self, open_: Open, token: Token) -> bool:
        if open_.at_line_end and self._content[open_.token.start] <= open_.indent:
            return False  # its content is not indented at all
        return token.indent <= open_.indent

    def _end_head(self, token: Token) -> None:
        """Closes the brackets of a call, or of a stage, before the braces that can only stand behind them."""
        if token.kind != "LBRACE" or not self._open or self._open[-1].token.kind != "LPAR":
            return
        if self.tokens[-1].kind not in _VALUE_ENDS or self.tokens[-2].kind in _ITEM_STARTS:
            return
        arrow = self.tokens[-2:] if self.tokens[-2].kind == "ARROW" and len(self._open) == 1 else []
        if arrow and self._open[-1].indent > 0:
            return
        del self.tokens[len(self.tokens) - len(arrow) :]
        self._close(len(self._open) - 1, is_line_end=False)
        self.tokens += arrow

    def _closing(self, at: int, token: Token) -> Token:
        """A closing bracket as it was meant, or a `SURPLUS` one when it closes nothing."""
        opening = OPENING[token.kind]
        top = self._open[-1] if self._open else None
        if top is not None and top.token.kind == opening:
            if 0 <= token.indent < top.indent:
                deeper = self._find(opening, token.indent)
                self._close(len(self._open) if deeper is None else deeper + 1)
            elif self._seems_closed(token, top) and self._is_closed_again(at, top):
                return self._surplus(token)
            self._open.pop()
            return token
        found = self._find(opening, token.indent)
        if found is not None:
            self._close(found + 1)
            self._open.pop()
            return token
        here = top is not None and (top.line == self._line or token.indent == top.indent)
        if top is None or not here or self._is_closed_on_line(at, CLOSING[top.token.kind]):
            return self._surplus(token)
        if token.indent >= 0 and self._is_closed_again(at, top):
            return self._surplus(token)
        self._open.pop()
        kind = CLOSING[top.token.kind]
        self.diagnostics.append(wrong(self._source, token, top.token))
        return token._replace(kind=kind, text=SIGNS[kind])

    def _find(self, opening: str, indent: int) -> int | None:
        """The open bracket of a kind: for one that begins a line, that whose line is indented alike."""
        found = None
        for at in range(len(self._open) - 1, -1, -1):
            open_ = self._open[at]
            if open_.token.kind == opening:
                if open_.indent == indent or (indent < 0 and open_.line == self._line):
                    return at
                if found is None and (indent >= 0 or open_.line == self._open[-1].line):
                    found = at
        return found

    def _seems_closed(self, token: Token, top: Open) -> bool:
        """Whether a bracket stands further right than where one that closes lines of its own should."""
        return token.indent > top.indent or (token.indent < 0 and top.line != self._line)

    def _is_closed_again(self, at: int, top: Open) -> bool:
        """Whether a later line, indented like that of the bracket, closes it."""
        for token in self._given[at + 1 : at + _LOOK_AHEAD]:
            if 0 <= token.indent <= top.indent:
                return token.indent == top.indent and token.kind == CLOSING[top.token.kind]
        return False

    def _is_closed_on_line(self, at: int, closing: str) -> bool:
        """Whether the innermost open bracket is closed further on in the line."""
        depth = 0
        for token in self._given[at + 1 : at + _LOOK_AHEAD]:
            if token.kind == "_NL" or depth < 0:
                return False
            if token.kind == closing and depth == 0:
                return True
            depth += (token.kind in CLOSING) - (token.kind in OPENING)
        return False

    # --- fixes ---

    def _close(self, keep: int, *, is_line_end: bool = True, is_said: bool = True) -> None:
        """Closes all open brackets but the first ones, before the line end that stands last."""
        closed = self._open[keep:]
        if not closed:
            return
        del self._open[keep:]
        last_line = self.tokens.pop() if self.tokens[-1].kind in ("_NL", "_COMMA") else None
        last = self.tokens[-1]
        for open_ in reversed(closed):
            kind = CLOSING[open_.token.kind]
            place = self._list_end(open_) if kind == "RSQB" else len(self.tokens)
            if kind == "RPAR":
                place = self._call_end(open_)
            last = self.tokens[place - 1]
            closing = Token(kind, last.end, last.end, -1, SIGNS[kind], None, open_.token.start)
            self.tokens.insert(place, closing)
        if last_line is not None:
            kind = last_line.kind if self._open else "_NL"
            self.tokens.append(last_line._replace(kind=kind))
        elif not self._open and is_line_end:
            self.tokens.append(Token("_NL", last.end, last.end, -1, ""))
        if is_said:
            if len(closed) == 1:
                self.unclosed[closed[0].token.start] = len(self.diagnostics)
            self.diagnostics.append(unclosed(self._source, closed, last, self._last_line))

    def _list_end(self, open_: Open) -> int:
        """Where a list ends: before a setting, which it cannot hold, or last."""
        depth = 0
        for place in range(open_.place + 1, len(self.tokens) - 2):
            kind = self.tokens[place].kind
            depth += (kind in CLOSING) - (kind in OPENING)
            if depth == 0 and kind in ("_COMMA", "_NL") and self.tokens[place + 1].kind in _KEYS:
                if self.tokens[place + 2].kind == "EQUAL":
                    return place
        return len(self.tokens)

    def _call_end(self, open_: Open) -> int:
        """Where a call in a flow ends: before an arrow behind a value that is no flow, or last."""
        before = [token.kind for token in self.tokens[max(open_.place - 2, 0) : open_.place]]
        depth = 0
        for place in range(open_.place + 1, len(self.tokens)):
            kind = self.tokens[place].kind
            depth += (kind in CLOSING) - (kind in OPENING)
            if kind == "ARROW" and depth == 0 and before == ["ARROW", "NAME"]:
                return place if self.tokens[place - 1].kind in _CONSTANTS else len(self.tokens)
        return len(self.tokens)

    def _surplus(self, token: Token) -> Token:
        """What closes nothing is said by the reader, which may find where it was meant to be opened."""
        self._surplus_brackets += 1
        needless = slip(SURPLUS_BRACKET, token.start, token.end, "", bracket=token.text)
        return token._replace(kind="SURPLUS", text=token.kind, slip=needless)

    def _too_deep(self, at: int) -> int:
        """Leaves out a bracket with everything in it; gives the token behind it."""
        first = at
        depth = 0
        while self._given[at].kind != "$END":
            token = self._given[at]
            if token.indent == 0 and looks_like_declaration(self._given, at):
                break
            depth += (token.kind in CLOSING) - (token.kind in OPENING)
            at += 1
            if depth == 0:
                break
        start = self._given[first].start
        end = self._given[at - 1].end
        if self.tokens and self.tokens[-1].kind in ("NAME", "CLASS", "QUOTED"):
            start = self.tokens.pop().start  # the name that was called
        self.tokens.append(Token("UNREAD", start, end, -1, ""))
        if depth > 0:
            self._close(0, is_said=False)  # it is one mistake
        place = Span(self._source, self._given[first].start, self._given[first].end)
        self.diagnostics.append(TOO_DEEP.at(place, limit=DEEPEST))
        return at
