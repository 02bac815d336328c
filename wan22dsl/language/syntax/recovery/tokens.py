"""The tokens of a text with mistakes.

Here every text has tokens, and what is spelled wrong but can be understood has the tokens of what was
meant. The fast path knows nothing of this.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.language.syntax.machine import machine
from wan22dsl.language.syntax.messages import (
    STRING_OVER_LINES,
    SURPLUS_BRACKET,
    UNCLOSED_BACKTICK,
    UNCLOSED_TEXT,
)
from wan22dsl.source import Source, Span
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic, Message


MOST = 1000  # mistakes: what has more is no `.wan` file
MOST_TOKENS = (
    100_000  # of a text with mistakes, some 15,000 lines: what is behind them is not looked at
)

#: Where something ends, or whether it lacks its beginning, is a guess.
_GUESSES = (SURPLUS_BRACKET, UNCLOSED_BACKTICK, UNCLOSED_TEXT, STRING_OVER_LINES)
_GUESSED = frozenset(guesse.code for guesse in _GUESSES)


class Slip(NamedTuple):
    """What is wrong with the spelling of a token; it is said when the token is read."""

    message: Message
    start: int
    end: int
    fixed: str | None  # what should stand from `mend_start` to `mend_end`; None: nobody knows
    fix_start: int
    fix_end: int
    fields: dict[str, Any]

    def at(self, source: Source) -> Diagnostic:
        """The finding."""
        if self.fixed is None:
            return self.message.at(Span(source, self.start, self.end), **self.fields)
        edit = Edit(Span(source, self.fix_start, self.fix_end), self.fixed)
        help = self.message.help.format(**self.fields)
        fix = Fix(help.rstrip("."), (edit,), safe=self.message.code not in _GUESSED)
        return self.message.at(Span(source, self.start, self.end), fix=fix, **self.fields)


def slip(message: Message, start: int, end: int, fixed: str, **fields: Any) -> Slip:
    """A slip that is fixed where it stands."""
    return Slip(message, start, end, fixed, start, end, fields)


class Token(NamedTuple):
    """A stretch of the text and what it is.

    `kind` is the name of a terminal of the grammar, `OTHER` (no terminal), `UNREAD` (something that is
    left out), `SURPLUS` (a bracket that closes nothing; `text` is its terminal) or `$END`. `indent` is
    its column, counted from 0, if it is the first of its line, else -1. `text` is what it says, in the
    right spelling. `opened` is for a bracket that does not stand in the text: where the one stands that
    it closes.
    """

    kind: str
    start: int
    end: int
    indent: int
    text: str
    slip: Slip | None = None
    opened: int = -1


BLANKS = re.compile(r"[ \t\n]*(?:#[^\n]*\n[ \t\n]*)*")

# Signs that only look like ours, and how these are called in the grammar.
LOOKALIKES = {
    "，": (",", "_COMMA"),
    "：": (":", "COLON"),
    "；": (";", "_COMMA"),
    "＝": ("=", "EQUAL"),
    "（": ("(", "LPAR"),
    "）": (")", "RPAR"),
    "［": ("[", "LSQB"),
    "］": ("]", "RSQB"),
    "｛": ("{", "LBRACE"),
    "｝": ("}", "RBRACE"),
    "、": (",", "_COMMA"),
    "．": (".", "OTHER"),
    "／": ("/", "OTHER"),
    "％": ("%", "OTHER"),
    "｜": ("|", "OTHER"),
    "＞": (">", "OTHER"),
    "＋": ("+", "OP"),
    "＊": ("*", "OP"),
    "－": ("-", "OP"),
    "−": ("-", "OP"),
    "–": ("-", "OP"),
}

_INVISIBLE = r"\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"

_ARROWS = r"==>|=&gt;|-{1,9}&gt;|- >|=>|-->|\|>|[－–—−~][>＞]|-＞|[→⇒⟶⟹➔➜➡]"

# Spellings that are not the grammar's, tried before its terminals. None may look far ahead without a match,
# or it would do so at each token: where the closing sign may be missing, the pattern is only the opening
# sign, and the lexer looks for the end once.
_BEFORE = {
    "ARROWLIKE": rf"{BLANKS.pattern}(?:{_ARROWS})\ufe0f?{BLANKS.pattern}",
    "EQUALLIKE": r"={2,3}|:=",
    "DOTS": r"(?<=[0-9])(?:\.\.\.|[…‥])(?=[ \t]*[0-9])",
    "APOSTROPHES": "'''|'",
    "CURLY": r"[“”„«‘’‚‹][^“”„«»‘’‚‹›\n]*[“”»‘’›]|「[^「」\n]*」|『[^『』\n]*』|＂[^＂\n]*＂|＇[^＇\n]*＇",
    "YAMLTEXT": r"[|>][-+]?[ \t]*\n(?=[ \t]+[^\s])",
    "SLASHES": r"//[^\n]*",
    "DASHES": r"(?<!\S)--(?![->\d])[^\n]*",
    "STARRED": r"/\*|<!--",
    "LORATAG": r"<lora:[^<>:\n\"]+(?::-?[0-9.]+)*>",
    "FULLWIDTH": r"[A-Za-z0-9_.]{0,64}[０-９Ａ-Ｚａ-ｚ＿][A-Za-z0-9_.０-９Ａ-Ｚａ-ｚ＿]*",
    "SEMICOLON": ";",
    "HALFNUMBER": r"-?\.[0-9][A-Za-z0-9_]*|-?[0-9]+\.(?![A-Za-z0-9_.`])",
    "LOOKALIKE": f"[{''.join(LOOKALIKES)}]",
    "INVISIBLE": f"[{_INVISIBLE}]+",
}
# Those tried after them. A text that is not closed is looked at to its end only once: `_NO_TEXTS`
# takes the place of `_OPENTEXTS` as soon as one has been found.
_BEHIND = {
    "OPENTEXT": r'"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*\\?',
    "OPENTICK": r"`[^`\\\n]*(?:\\.[^`\\\n]*)*\\?",
    "BLANK": r"[ \t]+",
    "COMMENT": r"#[^\n]*",
    "OTHER": rf"[^\x00-\x7f{_INVISIBLE}]+|[\s\S]",
}
_OPENTEXTS = {"OPENTEXTS": '"""'}
_NO_TEXTS = {"OPENTEXT3": '"""'}


@lru_cache(maxsize=2)
def token_pattern(texts: bool) -> re.Pattern[str]:
    """One pattern for all tokens; the last group, which is empty, says which. `texts`: see `_NO_TEXTS`."""
    engine = machine()
    terminals = dict(zip(engine.symbols[2:], engine.terminals[2:]))
    groups = {**_BEFORE, **terminals, **_OPENTEXTS, **_BEHIND}
    if not texts:
        groups = {**_BEFORE, **_NO_TEXTS, **terminals, **_BEHIND}
    return re.compile("|".join(f"(?:{pattern})(?P<{name}>)" for name, pattern in groups.items()))
