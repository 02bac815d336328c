"""Takes a text with mistakes apart into tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.language.syntax import messages
from wan22dsl.language.syntax.recovery.lexed import Lexed
from wan22dsl.language.syntax.recovery.open_strings import OpenTexts
from wan22dsl.language.syntax.recovery.outline import looks_like_declaration
from wan22dsl.language.syntax.recovery.tokens import (
    BLANKS,
    LOOKALIKES,
    MOST,
    MOST_TOKENS,
    Slip,
    Token,
    slip,
    token_pattern,
)
from wan22dsl.language.syntax.spelling import path_in
from wan22dsl.source import Span

if TYPE_CHECKING:
    from wan22dsl.source import Source

LINE_ENDS = frozenset(("_NL", "_COMMA", "ARROW"))
_WITH_APOSTROPHES = re.compile(r"'((?:[^'\n]|''(?=\w)|(?<=\w)'(?=\w))*)('(?!['\w])|)")
_COMMENT = re.compile("#[^\n]*")
_APOSTROPHES = re.compile(r"'[^'\\\n]*(?:\\.[^'\\\n]*)*('?)")
_OPEN_APOSTROPHE = re.compile(r"'[^'\n]*")
_OLD_COMMENT = re.compile(r";+[ \t]*\w+[ \t]+\w+")
_MORE_ON_LINE = re.compile(r"[^\S\n]*\S")
_ARROW = re.compile(r"==>|=&gt;|-{1,9}&gt;|- >|=>|-->|\|>|[－–—−~-][>＞]|.\ufe0f?")


class Lexer(Lexed):
    """Finds the tokens of a text."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.go_on_at = -1  # where the next token begins, if not behind what a pattern covers
        self._open_texts = OpenTexts(self)
        self._not_closed: set[str] = set()  # closing signs that do not occur any more
        self._open_to = 0  # up to there, no apostrophe closes another one
        self._no_whole_to = 0  # and up to there, none closes one behind apostrophes inside of words

    def run(self) -> None:
        """Finds all tokens; the last one is `$END`."""
        at, size = 0, len(self.text)
        while at < size and len(self.tokens) <= MOST_TOKENS:
            at = self._from(at)
        if at < size:
            self._break_off()
        else:
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
                self.go_on_at = end
                _SPECIAL[kind](self, start, end)
                if self.go_on_at != end:
                    return self.go_on_at
            elif kind != "BLANK":
                self.add(kind, start, end)
            if len(self.tokens) > MOST_TOKENS:
                return end
        return len(self.text)

    def _break_off(self) -> None:
        """Ends a text that is too long to be understood, before the last declaration that has begun."""
        tokens = self.tokens
        last = len(tokens) - 4  # the last of which all can be seen that is looked at
        while last and not (tokens[last].indent == 0 and looks_like_declaration(tokens, last)):
            last -= 1
        place = tokens[last or -1].start
        del tokens[last or len(tokens) - 1 :]
        self.tokens.append(Token("$END", place, place, 0, ""))
        self.comments = [comment for comment in self.comments if comment[0] < place]
        self.diagnostics.append(
            messages.UNREADABLE.at(
                Span(self.source, place, place + 1),
                found="everything",
                where=f"after {MOST_TOKENS:,} tokens of a file with errors is ignored",
                help="Fix the errors above it, or split the file, and try again.",
            )
        )

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
            needless = last.slip._replace(fixed="", fields={"sign": ";", "help": "Remove it."})
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

    def _closed_by(self, sign: str, start: int) -> int:
        """Where the next closing sign of this kind ends; -1 where there is none."""
        at = -1 if sign in self._not_closed else self.text.find(sign, start)
        if at < 0:
            self._not_closed.add(sign)
            return -1
        return at + len(sign)

    def _apostrophes(self, start: int, end: int) -> None:
        quotes = self.text[start:end]
        stop = self._closed_by(quotes, end) if len(quotes) == 3 else self._line_apostrophe(start)
        if stop < 0 and len(quotes) == 3:
            quotes, stop = "'", start + 2
        if stop < 0:
            found = _OPEN_APOSTROPHE.match(self.text, start)
            stop = found.end() if found is not None else end
            self.go_on_at = self._open_texts.cut("OPENAPOSTROPHE", start, stop)
            return
        inside = self.text[start + len(quotes) : stop - len(quotes)].replace("\\'", "'")
        whole = _WITH_APOSTROPHES.match(self.text, start) if start >= self._no_whole_to else None
        if whole is not None and quotes == "'":
            if not whole[2]:
                self._no_whole_to = whole.end()  # nor is there an end for one that begins within
            elif whole.end() > stop:  # `'don't'`, `'it''s'`
                inside, stop = whole[1].replace("''", "'"), whole.end()
        self._quoted(start, stop, inside, quotes)
        self.go_on_at = stop

    def _line_apostrophe(self, start: int) -> int:
        """Where the apostrophe on this line ends that closes one; -1 where there is none.

        What follows one that is not closed has been read from there to the end of the line, with every
        apostrophe in it behind a backslash: so none of them is closed either.
        """
        if start < self._open_to:
            return -1
        found = _APOSTROPHES.match(self.text, start)
        if found is not None and found[1]:
            return found.end()
        self._open_to = found.end() if found is not None else start + 1
        return -1

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
        self._say(slip(messages.WRONG_COMMENT, start, start + 2, "#", sign="//"))

    def _yaml_text(self, start: int, end: int) -> None:
        """`prompt: |` and lines below it that are indented further: a string, as in YAML."""
        last = self.tokens[-1] if self.tokens else None
        if last is None or last.kind not in ("COLON", "EQUAL"):
            self.add("OTHER", start, start + 1)
            self._line_end("_NL", end - 1, end)
            return
        stop = place = end
        lines = []
        while place < len(self.text):
            line_end = self.text.find("\n", place)
            line_end = len(self.text) if line_end < 0 else line_end
            line = self.text[place:line_end]
            if line.strip() and len(line) - len(line.lstrip()) <= self.line_indent:
                break
            if re.match(r"\s*[a-z_]\w*\s*=", line):
                break
            lines.append(line.strip())
            place = line_end + 1
            stop = line_end if line.strip() else stop
        if stop == end:
            self.add("OTHER", start, start + 1)
            self._line_end("_NL", end - 1, end)
            return
        margin = " " * (self.line_indent + 4)
        body = "\n".join((margin + line).rstrip() for line in lines).rstrip()
        body = body.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        meant = f'"""\n{body}\n{margin}"""'
        self.add("STRING", start, stop, meant, slip(messages.STRING_OVER_LINES, start, stop, meant))
        self.go_on_at = stop

    def _dashes(self, start: int, end: int) -> None:
        self.comments.append((start, end))
        self._say(slip(messages.WRONG_COMMENT, start, start + 2, "#", sign="--"))

    def _starred(self, start: int, end: int) -> None:
        """`/* … */`: a comment on each of its lines, where nothing stands behind it."""
        signs = ("/*", "*/") if self.text[start] == "/" else ("<!--", "-->")
        stop = self._closed_by(signs[1], end)
        if stop < 0:
            self.add("OTHER", start, start + 1)
            self.go_on_at = start + 1
            return
        inside = self.text[end : stop - len(signs[1])].strip()
        lines = [line.strip().lstrip("*").strip() for line in inside.split("\n")]
        margin = " " * (start - self.line_start)
        if not self.is_fresh and len(lines) > 1:
            lines = [" ".join(lines)]
        meant = ("\n" + margin).join(f"# {line}".rstrip() for line in lines)
        if _MORE_ON_LINE.match(self.text, stop):
            meant = ""  # something stands behind it
        self._say(slip(messages.WRONG_COMMENT, start, stop, meant, sign=signs[0]))
        self._pass_lines(start, stop)
        self.go_on_at = stop

    def _lora_tag(self, start: int, end: int) -> None:
        """`<lora:anna:0.8>`, as in the prompts of other programs."""
        name, *strengths = self.text[start + 6 : end - 1].split(":")
        own = re.sub(r"[^a-z0-9_]+", "_", name.strip().lower()).strip("_")
        own = own if own[:1].isalpha() else f"lora_{own}"
        strength = (
            strengths[0] if strengths and re.fullmatch(r"-?\d+(\.\d+)?", strengths[0]) else "1.0"
        )
        in_list = bool(self.open) and self.open[-1] == "RSQB"
        call = f"{own}(strength = {strength})"
        meant = call if in_list else f"[{call}]"
        wrong: Slip | None = slip(messages.LORA_STRENGTH, start, end, meant, meant=call)
        if not in_list:
            self.add("LSQB", start, start, "[", wrong)
            wrong = None
        self.add("NAME", start, end, own, wrong)
        for kind, text in (
            ("LPAR", "("),
            ("NAME", "strength"),
            ("EQUAL", "="),
            ("NUMBER", strength),
        ):
            self.add(kind, end, end, text)
        self.add("RPAR", end, end, ")")
        if not in_list:
            self.add("RSQB", end, end, "]")

    def _full_width(self, start: int, end: int) -> None:
        from unicodedata import normalize

        found = self.text[start:end]
        meant = normalize("NFKC", found)
        kind = "NUMBER" if meant[0].isdigit() else "CLASS" if meant[0].isupper() else "NAME"
        self.add(
            kind,
            start,
            end,
            meant,
            slip(messages.LOOKALIKE, start, end, meant, found=found, meant=meant),
        )

    def _semicolon(self, start: int, end: int) -> None:
        if self.is_fresh and _OLD_COMMENT.match(self.text, start):
            stop = self.text.find("\n", start)
            stop = len(self.text) if stop < 0 else stop
            if self.text.find("=", start, stop) < 0:
                self.comments.append((start, stop))
                self._say(slip(messages.WRONG_COMMENT, start, end, "#", sign=";"))
                self.go_on_at = stop
                return
        help = "Write a comma, or start a new line."
        wrong = slip(messages.NEEDLESS_SIGN, start, end, ",", sign=";", help=help)
        self._line_end("_COMMA", start, end, wrong)

    def _half_number(self, start: int, end: int) -> None:
        found = self.text[start:end]
        before = self.text[start - 1 : start]
        if found.startswith(".") and (before.isalnum() or before == "_"):
            self.add("OTHER", start, end)  # a `0` in front would be a part of the word before it
            return
        meant = found + "0" if found.endswith(".") else found.replace(".", "0.", 1)
        wrong = slip(messages.HALF_NUMBER, start, end, meant, found=found, meant=meant)
        self.add("NUMBER", start, end, meant, wrong)

    def _dots(self, start: int, end: int) -> None:
        """`0...2`, `0…2`."""
        found = self.text[start:end]
        wrong = slip(messages.SPELLED_NUMBER, start, end, "..", found=found, meant="..")
        self.add("OP", start, end, "..", wrong)

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
    "YAMLTEXT": Lexer._yaml_text,
    "DASHES": Lexer._dashes,
    "STARRED": Lexer._starred,
    "LORATAG": Lexer._lora_tag,
    "FULLWIDTH": Lexer._full_width,
    "SEMICOLON": Lexer._semicolon,
    "HALFNUMBER": Lexer._half_number,
    "DOTS": Lexer._dots,
    "LOOKALIKE": Lexer._lookalike,
    "INVISIBLE": Lexer._invisible,
    "COMMENT": Lexer._comment,
}
