"""Where a text or a name in backticks ends that was not closed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.language.syntax.messages import (
    STRING_OVER_LINES,
    UNCLOSED_BACKTICK,
    UNCLOSED_TEXT,
    WINDOWS_PATH,
    WRONG_QUOTES,
)
from wan22dsl.language.syntax.recovery.tokens import Slip, Token, slip
from wan22dsl.language.syntax.spelling import cut_in, path_in

if TYPE_CHECKING:
    from wan22dsl.language.syntax.recovery.lexed import Lexed

_CURLY_END = re.compile("[“”»]")
_MOST = 100  # how many brackets at the end of a line are looked at
_TICK_END = re.compile(r"[(=,:)\]}]|->")
_MOST_CUTS = 100  # strings on one line that end before it does
_MOST_LINES = 50  # on which the end of a string is looked for
_CODE = re.compile(
    r"[ \t]*(?:[}\])]|->|#|$|[A-Za-z_][A-Za-z0-9_.]*(?:[ \t]*=|[ \t]+[a-z_]\w*[ \t]*[={]|\())"
)
_REST = re.compile(r"[ \t,)\]};]*(?:->[^\"]*?)?(?:#.*)?")
_CLOSERS = {")": "RPAR", "]": "RSQB", "}": "RBRACE"}
_SETTING = re.compile(r"[ \t]*[A-Za-z_][A-Za-z0-9_.]*[ \t]*[=(:]")
_WORDS = frozenset(("NAME", "CLASS", "NUMBER", "SAMPLER", "MEMBER", "OTHER", "IN", "_LET", "_AS"))


class OpenTexts:
    """The texts of one file that are not closed."""

    def __init__(self, lexer: Lexed) -> None:
        self._lexer = lexer
        self.may_be_closed = True  # whether a text over several lines may yet be closed
        self._forced = -1  # where a text begins that only seems to be closed
        self._looked_back = False
        self._cut_line = -1  # where the line begins on which strings were cut last, and how many
        self._cuts = 0

    def is_open(self, start: int) -> bool:
        """Whether the text that begins here is to be taken as not closed, although it seems to be."""
        return start == self._forced

    def cut(self, kind: str, start: int, end: int) -> int:
        """Adds the token that was meant; gives the place where it ends."""
        if kind in ("OPENTEXTS", "OPENTEXT3"):
            return self._over_lines(start, end)
        if kind == "OPENTICK":
            return self._name(start, end)
        return self._on_line(start, end)

    def _on_line(self, start: int, end: int) -> int:
        """A text ends with its line, or before the brackets that close what this line has opened."""
        lexer = self._lexer
        text = lexer.text
        self._cuts = self._cuts + 1 if lexer.line_start == self._cut_line else 0
        self._cut_line = lexer.line_start
        if (
            self._cuts > _MOST_CUTS and text[start] == '"'
        ):  # each of them has all that follows in view
            return self._to(start, end, end)
        curly = _CURLY_END.search(text, start + 1, end)
        if curly is not None:
            stop = curly.end()
            said = f'"{text[start + 1 : stop - 1]}"'
            quotes = text[start] + text[stop - 1]
            lexer.add(
                "STRING", start, stop, said, slip(WRONG_QUOTES, start, stop, said, quotes=quotes)
            )
            return stop
        if text[start] == "'" and lexer.tokens and lexer.tokens[-1].end == start:
            lexer.add("OTHER", start, start + 1)  # inside of a word
            return start + 1
        path_end = cut_in(text[start + 1 : end]) if text[start] == '"' else None
        if path_end is not None:
            return self._path(start, start + 2 + path_end)
        last = self._end_below(start, end) if text[start] == '"' else None
        if last is not None:
            return self._below(start, end, last)
        stop = self._before_closers(start, end)
        if stop == start + 1 and lexer.tokens and lexer.tokens[-1].end == start:
            return self._without_first_quote(start)
        return self._to(start, stop, end)

    def _to(self, start: int, stop: int, end: int) -> int:
        """Ends a string there; the line ends at `end`."""
        lexer = self._lexer
        text = lexer.text
        said = text[start:stop]
        fixed = _closing('"', said)
        fields = {
            "where": "the end of its line" if stop == end else "the brackets",
            "quotes": '"',
            "edge": "ends",
        }
        if text[start] == "'":
            said = '"' + said[1:].replace('"', '\\"')
            found = Slip(UNCLOSED_TEXT, start, start + 1, said + fixed, start, stop, fields)
        else:
            found = Slip(UNCLOSED_TEXT, start, start + 1, fixed, stop, stop, fields)
        if lexer.tokens and lexer.tokens[-1].end == start and lexer.tokens[-1].kind in _WORDS:
            found = found._replace(fixed=None)  # inside of a word no string begins
        lexer.add("STRING", start, stop, said + fixed, found)
        return stop

    def _end_below(self, start: int, end: int) -> int | None:
        """Where a string ends that goes on below: at the first quote of a later line, before any code."""
        text, at = self._lexer.text, end
        for _ in range(_MOST_LINES):
            if at >= len(text):
                return None
            line_end = _line_end(text, at + 1)
            line = text[at + 1 : line_end]
            if _CODE.match(line):
                return None
            quote = line.find('"')
            if quote >= 0:
                rest = line[quote + 1 :]
                return at + 1 + quote if _REST.fullmatch(rest) else None
            at = line_end
        return None

    def _below(self, start: int, end: int, last: int) -> int:
        lexer = self._lexer
        text = lexer.text
        margin = " " * (lexer.line_indent + 4)
        lines = text[start + 1 : last].split("\n")
        said = [line.strip() for line in lines]
        while said and not said[-1]:
            said.pop()
        body = "\n".join((margin + line).rstrip() for line in said).replace('"""', '\\"\\"\\"')
        meant = f'"""\n{body}\n{margin}"""'
        found = Slip(STRING_OVER_LINES, start, end, meant, start, last + 1, {})
        lexer.add("STRING", start, last + 1, meant, found)
        return last + 1

    def _path(self, start: int, stop: int) -> int:
        r"""A path of Windows whose last `\` escapes the quote that was meant to end it."""
        path = path_in(self._lexer.text[start + 1 : stop - 1].rstrip("\\") + "\\")
        meant = f'"{path.meant}"' if path is not None else self._lexer.text[start:stop]
        self._lexer.add(
            "STRING", start, stop, meant, slip(WINDOWS_PATH, start, stop, meant, meant=meant[1:-1])
        )
        return stop

    def _before_closers(self, start: int, end: int) -> int:
        """Where the brackets begin, at the end of the line, that close what the line has opened."""
        lexer = self._lexer
        expected = lexer.open[: -_MOST - 1 : -1]
        first = start + 1 + len(lexer.text[start + 1 : end].rstrip(" \t,;)]}"))
        best = end
        closers: list[str] = []
        for stop in range(end - 1, first - 1, -1):
            sign = lexer.text[stop]
            if sign in _CLOSERS:
                closers.insert(0, _CLOSERS[sign])
                if len(closers) > len(expected):
                    break
            if closers == expected[: len(closers)]:
                best = stop
        return best

    def _without_first_quote(self, start: int) -> int:
        """The words before a quote are the text: it lacks its first quote, not its last."""
        lexer = self._lexer
        first = self._first_of_setting()
        while first and lexer.tokens[first - 1].kind in _WORDS:
            first -= 1
            if lexer.tokens[first].indent >= 0:
                break
        if first == len(lexer.tokens):
            lexer.add("OTHER", start, start + 1)
            return start + 1
        begin, indent = lexer.tokens[first].start, lexer.tokens[first].indent
        del lexer.tokens[first:]
        fields = {"where": "its last quote", "quotes": '"', "edge": "begins"}
        found = Slip(UNCLOSED_TEXT, start, start + 1, '"', begin, begin, fields)
        said = f'"{lexer.text[begin:start]}"'
        lexer.tokens.append(Token("STRING", begin, start + 1, indent, said, found))
        return start + 1

    def _first_of_setting(self) -> int:
        """Where the value of a setting begins, if there are only words and commas since; else here."""
        tokens = self._lexer.tokens
        first = len(tokens)
        while (
            first and tokens[first - 1].indent < 0 and tokens[first - 1].kind in _WORDS | {"_COMMA"}
        ):
            first -= 1
        is_value = 0 < first < len(tokens) and tokens[first - 1].kind == "EQUAL"
        in_braces = not self._lexer.open or self._lexer.open[-1] == "RBRACE"
        return first if is_value and in_braces and tokens[first].kind in _WORDS else len(tokens)

    def _over_lines(self, start: int, end: int) -> int:
        """A text in triple quotes ends before the first line that is not indented for it."""
        lexer = self._lexer
        if start != self._forced and self.may_be_closed:
            if not self._looked_back:
                self._looked_back = True
                again = self._look_back()
                if again is not None:
                    return again
            self.may_be_closed = False
        text = lexer.text
        stop = line_end = _line_end(text, start + 3)
        while line_end < len(text):
            line, line_end = line_end + 1, _line_end(text, line_end + 1)
            said = text[line:line_end].lstrip(" \t")
            if said and line_end - line - len(said) <= lexer.line_indent:
                break
            if said:
                stop = line_end
        fixed = '"""'
        if "\n" in text[start:stop]:
            fixed = "\n" + " " * (lexer.line_indent + 4) + fixed
        where = "the end of the indented lines"
        fields = {"where": where, "quotes": '"""', "edge": "ends"}
        found = Slip(UNCLOSED_TEXT, start, start + 3, fixed, stop, stop, fields)
        lexer.add("STRING", start, stop, text[start:stop] + fixed, found)
        return stop

    def _look_back(self) -> int | None:
        """Goes back to an earlier text that was closed by the first quotes of another one."""
        lexer = self._lexer
        found = (at for at, token in enumerate(lexer.tokens) if _seems_closed(token))
        at = first = next(found, -1)
        if first < 0:
            return None
        while lexer.tokens[at].indent < 0 and at:
            at -= 1
        self._forced = lexer.tokens[first].start
        back = lexer.tokens[at].start
        lexer.go_back(at, back)
        return back

    def _name(self, start: int, end: int) -> int:
        """A name in backticks ends before what may follow it."""
        lexer = self._lexer
        text = lexer.text
        follows = _TICK_END.search(text, start + 1, end)
        behind = (
            follows.start() if follows is not None and "`" not in text[start + 1 : end] else end
        )
        stop = start + len(text[start:behind].rstrip(" \t"))
        if stop == start + 1:
            lexer.add("OTHER", start, start + 1)
            return start + 1
        fields: dict[str, object] = {
            "where": f"`{text[behind]}`" if behind < end else "the end of the line"
        }
        said = text[start:stop]
        fixed = _closing("`", said)
        found = Slip(UNCLOSED_BACKTICK, start, start + 1, fixed, stop, stop, fields)
        lexer.add("QUOTED", start, stop, said + fixed, found)
        return stop


def _closing(quote: str, said: str) -> str:
    """The quote that ends a text; behind an odd backslash, with the one that makes it mean itself."""
    return quote if len(said) - len(said.rstrip("\\")) & 1 == 0 else f"\\{quote}"


def _seems_closed(token: Token) -> bool:
    """Whether the last line of a text is a setting: then the quotes that close it open another text."""
    if token.kind != "STRING" or token.slip is not None or not token.text.startswith('"""'):
        return False
    last_line = token.text.rfind("\n") + 1
    return last_line > 0 and _SETTING.match(token.text, last_line) is not None


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
