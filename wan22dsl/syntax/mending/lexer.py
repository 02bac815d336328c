"""Takes a text with mistakes apart into tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.syntax import messages
from wan22dsl.syntax.mending.opentexts import OpenTexts
from wan22dsl.syntax.mending.outline import CLOSING
from wan22dsl.syntax.mending.tokens import BLANKS, LOOKALIKES, Slip, Token, slip, token_pattern
from wan22dsl.syntax.windows_paths import path_in

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source

LINE_ENDS = frozenset(("_NL", "_COMMA", "ARROW"))
MOST = 1000  # mistakes: what has more is no `.wan` file
_COMMENT = re.compile("#[^\n]*")
_ARROW = re.compile(r"=>|-->|\|>|.\ufe0f?")


class Lexer:
    """One text, and what has been found in it so far."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.tokens: list[Token] = []
        self.comments: list[tuple[int, int]] = []
        self.diagnostics: list[Diagnostic] = []
        self.line_start = 0
        self.line_indent = 0
        self.is_fresh = True  # no token stands on the line yet
        self.open: list[str] = []  # the brackets opened on this line: what closes them
        self._open_texts = OpenTexts(self)

    def run(self) -> None:
        """Finds all tokens; the last one is `$END`."""
        at, size = 0, len(self.text)
        while at < size:
            at = self._from(at)
        self.add("$END", size, size)

    def _from(self, at: int) -> int:
        """Goes on at a place; gives the place where to begin again, after a token was cut short."""
        for match in token_pattern(self._open_texts.may_be_closed).finditer(self.text, at):
            kind = match.lastgroup or ""
            start, end = match.span()
            if kind in LINE_ENDS:
                self._line_end(kind, start, end)
            elif kind == "STRING" and self._open_texts.is_open(start):
                return self._open_texts.cut("OPENTEXTS", start, end)
            elif kind.startswith("OPEN"):
                return self._open_texts.cut(kind, start, end)
            elif kind in _SPECIAL:
                _SPECIAL[kind](self, start, end)
            elif kind != "BLANK":
                self.add(kind, start, end)
        return len(self.text)

    def go_back(self, token: int, place: int) -> None:
        """Forgets everything from a token on, the first of its line, which begins at a place."""
        del self.tokens[token:]
        self.comments = [one for one in self.comments if one[0] < place]
        self.diagnostics = [one for one in self.diagnostics if one.span and one.span.start < place]
        self.line_start = self.text.rfind("\n", 0, place) + 1
        self.is_fresh = True

    def add(
        self, kind: str, start: int, end: int, text: str = "", wrong: Slip | None = None
    ) -> None:
        """Adds a token; `text` is what it says, if that is not what stands there."""
        indent = -1
        if self.is_fresh:
            indent = self.line_indent = start - self.line_start
            self.is_fresh = False
            self.open.clear()
        if kind in CLOSING:
            self.open.append(CLOSING[kind])
        elif self.open and kind == self.open[-1]:
            self.open.pop()
        self.tokens.append(Token(kind, start, end, indent, text or self.text[start:end], wrong))

    def _line_end(self, kind: str, start: int, end: int, wrong: Slip | None = None) -> None:
        """A line end, or a comma or an arrow with those around it. Behind one of them no other counts."""
        self.comments += (match.span() for match in _COMMENT.finditer(self.text, start, end))
        last = self.tokens[-1] if self.tokens else None
        sign = start
        if kind == "ARROW":
            sign = _behind_blanks(self.text, start)
            self._pass_lines(start, sign)
            if last is not None and last.kind == "_NL":
                self.tokens.pop()
            self.add(kind, sign, sign + 2, "->", wrong)
        elif kind != "_NL" or last is None or last.kind not in LINE_ENDS:
            self.add(kind, start, end if kind == "_NL" else start + 1, wrong=wrong)
        elif last.slip is not None and last.slip.fields.get("sign") == ";":
            needless = last.slip._replace(mended="", fields={"sign": ";", "mend": "Take it out."})
            self.tokens[-1] = last._replace(kind="_NL", slip=needless)
        self._pass_lines(sign, end)

    def _pass_lines(self, start: int, end: int) -> None:
        newline = self.text.rfind("\n", start, end)
        if newline >= 0:
            self.line_start = newline + 1
            self.is_fresh = True

    # --- spellings that are not the grammar's ---

    def _arrow(self, start: int, end: int) -> None:
        sign = _behind_blanks(self.text, start)
        found = _ARROW.match(self.text, sign)
        stop = found.end() if found is not None else end
        spelled = self.text[sign:stop]
        wrong = slip(messages.WRONG_ARROW, sign, stop, "->", sign=spelled)
        self._line_end("ARROW", start, end, wrong)

    def _equal(self, start: int, end: int) -> None:
        sign = self.text[start:end]
        self.add("EQUAL", start, end, "=", slip(messages.WRONG_EQUALS, start, end, "=", sign=sign))

    def _apostrophes(self, start: int, end: int) -> None:
        quotes = "'''" if self.text.startswith("'''", start) and end - start > 5 else "'"
        inside = self.text[start + len(quotes) : end - len(quotes)].replace("\\'", "'")
        self._quoted(start, end, inside, quotes)

    def _curly(self, start: int, end: int) -> None:
        self._quoted(
            start, end, self.text[start + 1 : end - 1], self.text[start] + self.text[end - 1]
        )

    def _quoted(self, start: int, end: int, inside: str, quotes: str) -> None:
        path = path_in(inside) if "\n" not in inside else None
        if path is not None and path.is_sure:
            inside = path.meant
        inside = re.sub(r'(\\.)|"', lambda found: found[1] or '\\"', inside)
        meant = f'"""{inside}"""' if "\n" in inside else f'"{inside}"'
        wrong = slip(messages.WRONG_QUOTES, start, end, meant, quotes=quotes)
        self.add("STRING", start, end, meant, wrong)

    def _slashes(self, start: int, end: int) -> None:
        self.comments.append((start, end))
        self._say(slip(messages.WRONG_COMMENT, start, start + 2, "#"))

    def _semicolon(self, start: int, end: int) -> None:
        mend = "Write a comma, or begin a new line."
        wrong = slip(messages.NEEDLESS_SIGN, start, end, ",", sign=";", mend=mend)
        self._line_end("_COMMA", start, end, wrong)

    def _half_number(self, start: int, end: int) -> None:
        found = self.text[start:end]
        meant = found + "0" if found.endswith(".") else found.replace(".", "0.", 1)
        wrong = slip(messages.HALF_NUMBER, start, end, meant, found=found, meant=meant)
        self.add("NUMBER", start, end, meant, wrong)

    def _lookalike(self, start: int, end: int) -> None:
        found = self.text[start]
        meant, kind = LOOKALIKES[found]
        wrong = slip(messages.LOOKALIKE, start, end, meant, found=found, meant=meant)
        if kind in LINE_ENDS:
            self._line_end(kind, start, end, wrong)
        else:
            self.add(kind, start, end, meant, wrong)

    def _invisible(self, start: int, end: int) -> None:
        self._say(slip(messages.INVISIBLE, start, end, " ", code=ord(self.text[start])))

    def _comment(self, start: int, end: int) -> None:
        self.comments.append((start, end))

    def _say(self, wrong: Slip) -> None:
        if len(self.diagnostics) <= MOST:
            self.diagnostics.append(wrong.at(self.source))


def _behind_blanks(text: str, at: int) -> int:
    """Where the sign of an arrow stands, behind line ends and comments."""
    blanks = BLANKS.match(text, at)
    return blanks.end() if blanks is not None else at


_SPECIAL = {
    "ARROWLIKE": Lexer._arrow,
    "EQUALLIKE": Lexer._equal,
    "APOSTROPHES": Lexer._apostrophes,
    "CURLY": Lexer._curly,
    "SLASHES": Lexer._slashes,
    "SEMICOLON": Lexer._semicolon,
    "HALFNUMBER": Lexer._half_number,
    "LOOKALIKE": Lexer._lookalike,
    "INVISIBLE": Lexer._invisible,
    "COMMENT": Lexer._comment,
}
