"""The vocabulary of the project: retired words are refused, and the failure names the replacement.

Two lists: words that appear nowhere, and words that a reader of messages, documentation, schemas and examples
must not meet. A word that is right in one place is listed in `EXCEPTIONS` with the reason.
"""

from __future__ import annotations

import ast
import functools
import io
import re
import subprocess
import tokenize
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.markdown import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Refused in messages, documentation, docstrings and comments alike: a pattern, and what to write.
EVERYWHERE = {
    r"allowances?": "suppression",
    r"wishes": "options",
    r"climb(?:s|ed|ing)?": "retry",
    r"ladders?": "retry policy",
    r"rungs?": "attempt",
    r"reckon(?:s|ed|ing)?": "estimate, or compute",
    r"kin": "similar",
    r"remarks?": "note, hint, or annotation",
    r"hand(?:s|ed)? ?-?over": "hand-off, hand off",
    r"by way of": "through",
    r"nevertheless": "still, or nothing",
    r"in earnest": "before a real run",
    r"without a word": "silently",
    r"what came of": "the result of",
    r"what there is to say": "messages",
    r"accus(?:e|es|ed|ing)": "report",
    r"in vain": "without success, or nothing",
}

#: Refused in what a user of the program reads, too: messages, options, documentation, schemas, examples.
READ = {
    r"mend(?:s|ed|ing)?": "fix",
    r"(?<!-)stands?(?!-)": "is",
    r"(?:cannot|may|could) stand": "unexpected X in Y",
    r"lies": "is",
    r"beside": "next to, or in addition to",
    r"as well": "also",
    r"(?:is|are|was|were) told": "is reported, or shown",
    r"speaks? (?:of|to)": "is about",
    r"is asked for": "is set to",
    r"anew": "again",
    r"handed on|hands? on": "handed off, or passed",
    r"takes? (?:it|them) (?:away|out)": "remove",
    r"texts? (?:is|are|ends?|begins?|stands?|in quotes)": "string (a value), or source (of a file)",
    r"all the same": "still",
    r"whoever": "name the reader",
    r"nobody": "no program, or no one",
    r"(?<!there )is no (?:number|file|name|picture|text|list|object|node|link|value|workflow)": "is not a …",
    r"outside of|inside of": "outside, inside",
    r"what is meant": "what you mean",
    r"we|us|our": "name the program, or the reader",
}

#: Where a refused word is right: the start of a path, the word, the reason.
EXCEPTIONS = [
    ("CHANGELOG.md", "remark", "names a rule under its former name"),
    ("CHANGELOG.md", "rung", "names an event under its former name"),
    ("examples/", "stands", "a prompt, which describes a picture"),
    ("examples/", "climbs", "a prompt, which describes a picture"),
    (
        "examples/rife_against_film.wan",
        "beside",
        "the name of a stage that puts clips side by side",
    ),
]


class Passage(NamedTuple):
    """A piece of text: its file, its line, and whether users read it."""

    file: str
    line: int
    text: str
    is_read: bool


def files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [file for file in listed.stdout.splitlines() if (ROOT / file).exists()]


def of_python(file: str) -> Iterator[Passage]:
    """Strings are read by users, except docstrings, names and patterns; docstrings of commands are help."""
    text = (ROOT / file).read_text(encoding="utf-8")
    tree = ast.parse(text)
    docs = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    fields = {
        part
        for node in ast.walk(tree)
        if isinstance(node, ast.FormattedValue)
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in fields:
            is_read = node not in docs and " " in node.value.strip()
            if is_read or node in docs:
                yield Passage(file, node.lineno, node.value, is_read)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield Passage(file, token.start[0], token.string, is_read=False)


def of_text(file: str) -> Iterator[Passage]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return (Passage(file, number, line, is_read=True) for number, line in enumerate(lines, 1))


@functools.cache
def passages() -> tuple[Passage, ...]:
    found: list[Passage] = []
    for file in files():
        if file.startswith("tests/") or file == "LICENSE":
            continue
        if file.endswith(".py"):
            found += of_python(file)
        elif file.endswith((".md", ".wan", ".yml", ".schema.json")):
            found += of_text(file)
    return tuple(found)


def is_excepted(passage: Passage, word: str) -> bool:
    return any(passage.file.startswith(start) and of in word.lower() for start, of, _ in EXCEPTIONS)


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.I)


def replacement(found: str) -> str:
    lists = {**EVERYWHERE, **READ}
    return next(instead for word, instead in lists.items() if pattern([word]).fullmatch(found))


def refused(found: Iterable[Passage]) -> Iterator[str]:
    every, read = pattern(EVERYWHERE), pattern([*EVERYWHERE, *READ])
    for passage in found:
        for match in (read if passage.is_read else every).finditer(passage.text):
            if not is_excepted(passage, match[0]):
                line = passage.line + passage.text.count("\n", 0, match.start())
                yield f"{passage.file}:{line}: `{match[0]}`: write {replacement(match[0])}"


def test_no_retired_word_is_used() -> None:
    found = list(refused(passages()))
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("word", ["nevertheless", "Without a word", "hand-over", "the LADDER"])
def test_a_retired_word_is_refused_with_its_replacement(word: str) -> None:
    (reported,) = refused([Passage("a.py", 7, f"first\nit goes on {word} here", is_read=False)])
    assert reported.startswith("a.py:8: ") and ": write " in reported


def test_a_word_that_only_users_must_not_read_may_be_in_a_comment() -> None:
    assert not list(refused([Passage("a.py", 1, "the file beside it", is_read=False)]))
    assert list(refused([Passage("a.py", 1, "the file beside it", is_read=True)]))


def test_every_exception_is_needed() -> None:
    for start, word, reason in EXCEPTIONS:
        assert reason
        found = (passage for passage in passages() if passage.file.startswith(start))
        assert any(word in finding.text.lower() for finding in found), (start, word)
