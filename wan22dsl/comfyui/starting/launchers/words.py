"""Words of scripts with their places: quotes, comments, continued lines and variables of each language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Word(NamedTuple):
    """A word of a command, without its quotes; `start` and `end` are where it is written.

    `is_unknown` tells that a part of it comes from a variable whose value is not in the script.
    """

    text: str
    start: int
    end: int
    is_unknown: bool = False
    is_quoted: bool = False


class Dialect(NamedTuple):
    """How a scripting language is written.

    `escape` continues a line and protects a sign, `quotes` are around a word, `stops` end a command.
    `comment` finds a comment at the start of a word, `variable` a variable in a word: its first group that
    is there is the name.
    """

    escape: str
    quotes: str
    stops: str
    comment: re.Pattern[str]
    variable: re.Pattern[str]


SHELL = Dialect(
    "\\",
    "\"'",
    "\n;&|<>",
    re.compile(r"#[^\n]*"),
    re.compile(
        r"\$(?:(\w+)|\{(\w+)(?:\[[@*]\])?(?::?-(?P<default>[^}]*))?\}|[@*#?!$-]|\{[^}]*\}|\([^)]*\))"
    ),
)
BATCH = Dialect(
    "^",
    '"',
    "\n&|<>",
    re.compile(r"(?i)(?:rem\b|::)[^\n]*"),
    re.compile(r"%(\w+)(?::[^%]*)?%|!(\w+)!|%~?[a-z]*[*\d]|%%\w"),
)
POWERSHELL = Dialect(
    "`",
    "\"'",
    "\n;|<>",
    re.compile(r"#[^\n]*"),
    re.compile(r"\$(?:env:)?(\w+)|\$\{(?:env:)?(\w+)\}|\$\([^)]*\)|@(\w+)"),
)


def commands(text: str, dialect: Dialect) -> Iterator[list[Word]]:
    """The commands of a script, each as its words. Line numbers of redirections are left as words."""
    words: list[Word] = []
    at = 0
    while at < len(text):
        sign = text[at]
        if sign == dialect.escape and text.startswith(("\n", "\r\n"), at + 1):
            at = text.index("\n", at) + 1
        elif sign in dialect.stops:
            if sign in "<>" and words and words[-1].text.isdigit() and words[-1].end == at:
                words.pop()  # the 2 of `2>&1`
            yield words
            words = []
            at += 1
        elif sign.isspace():
            at += 1
        else:
            comment = dialect.comment.match(text, at)
            if comment is not None and (sign == "#" or not words):
                at = comment.end()
                continue
            word = _word(text, at, dialect)
            words.append(word)
            at = max(word.end, at + 1)
    yield words


def _word(text: str, start: int, dialect: Dialect) -> Word:
    """The word at a place: signs, and stretches in quotes."""
    parts: list[str] = []
    at, quote, quoted = start, "", False
    while at < len(text):
        sign = text[at]
        if quote != "'" and dialect is not BATCH and text.startswith(("$(", "${"), at):
            end = _closing(text, at + 1)
            parts.append(text[at:end])
            at = end
            continue
        if quote:
            if sign == quote:
                quote = ""
            elif sign == "\n" and dialect is BATCH:
                break  # a quote that is not closed ends with its line
            elif (
                sign == dialect.escape
                and quote != "'"
                and text[at + 1 : at + 2] in ('"', "$", dialect.escape)
            ):
                parts.append(text[at + 1 : at + 2])
                at += 1
            else:
                parts.append(sign)
        elif sign in dialect.quotes:
            quote, quoted = sign, True
        elif sign == dialect.escape:
            if text.startswith(("\n", "\r\n"), at + 1):
                break
            parts.append(text[at + 1 : at + 2])
            at += 1
        elif sign.isspace() or sign in dialect.stops:
            break
        else:
            parts.append(sign)
        at += 1
    return Word("".join(parts), start, at, is_quoted=quoted)


#: No substitution is longer; one that is not closed ends with its line.
_LONGEST = 4_000


def _closing(text: str, start: int) -> int:
    """Behind the bracket that closes the one at a place, quotes minded; else the end of the line."""
    opening, closing = ("(", ")") if text[start] == "(" else ("{", "}")
    depth, quote = 0, ""
    at = start
    while at < min(len(text), start + _LONGEST):
        sign = text[at]
        if sign == "\\" and quote != "'":
            at += 1
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == opening:
            depth += 1
        elif sign == closing:
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def expanded(
    words: list[Word],
    dialect: Dialect,
    values: Mapping[str, list[Word]],
    name_of: Callable[[str], str] = str,
) -> Iterator[Word]:
    """The words with variables replaced. What a script is called with (`"$@"`, `%*`) is left out."""
    for word in words:
        match = dialect.variable.fullmatch(word.text)
        if match is not None:
            found = values.get(name_of(_name(match)))
            default = match.groupdict().get("default")
            if found is not None:
                yield from found
            elif default:
                plain = default.strip("\"'")
                yield from (word._replace(text=part) for part in plain.split())
            elif _name(match) and "[" not in word.text:
                yield word._replace(is_unknown=True)
            continue
        if dialect.variable.search(word.text) is None:
            yield word
            continue
        unknown = False

        def value(match: re.Match[str]) -> str:
            nonlocal unknown
            found = values.get(name_of(_name(match)))
            default = match.groupdict().get("default")
            if found is None and default is not None:
                return str(default)
            if found is None:
                unknown = True
                return match[0]
            return " ".join(each.text for each in found)

        text = dialect.variable.sub(value, word.text)
        yield word._replace(text=text, is_unknown=unknown)


def _name(match: re.Match[str]) -> str:
    default = match.re.groupindex.get("default", 0)
    groups = range(1, match.re.groups + 1)
    return next((match[group] for group in groups if group != default and match[group]), "")


def _parts(value: str) -> Iterator[str]:
    """The words of a value; what a command prints, `$(cat args)`, is one."""
    start = at = 0
    while at < len(value):
        if value.startswith("$(", at):
            at = _closing(value, at + 1)
        elif value[at].isspace():
            if at > start:
                yield value[start:at]
            start = at = at + 1
        else:
            at += 1
    if start < len(value):
        yield value[start:]


def split(word: Word, text: str) -> list[Word]:
    """A value as the words that it becomes where it is used, each where it is written if that can be seen."""
    found: list[Word] = []
    at = word.start
    for part in _parts(word.text):
        place = text.find(part, at, word.end)
        if place < 0:
            found.append(word._replace(text=part))
        else:
            found.append(Word(part, place, place + len(part), word.is_unknown))
            at = place + len(part)
    return found
