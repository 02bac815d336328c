"""What a stretch of a `.wan` text is, by patterns that regular expressions of editors read as Python's do.

The rules are tried in order, the first that matches counts. None looks further than its line, but for those
of strings: a string has rules of its own, between its quotes.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from wan22dsl.editor.colours import words
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What a stretch can be, in words that each editor has a name of its own for.
KINDS = (
    *("comment", "directive", "keyword", "declaration", "operator", "punctuation"),
    *("declared", "function", "class", "socket", "type", "parameter", "setting", "member"),
    *("namespace", "name", "stage", "number", "unit", "sampler", "constant", "language"),
    *("string", "escape", "interpolation"),
)


class Rule(NamedTuple):
    """What a match of `pattern` is: `kinds` are those of its groups, in order, `kind` that of all else."""

    pattern: str
    kind: str | None = None
    kinds: tuple[str, ...] = ()


class Quoted(NamedTuple):
    """How a string begins and ends."""

    begin: str
    end: str


_GAP = r"[ \t]*"
#: Not within a word, and not behind a dot that reads a member; the two of `0s..limit` read none.
_BEFORE = r"(?<![A-Za-z0-9_`])(?<![^.]\.)"
_AFTER = r"(?![A-Za-z0-9_])"
_OWN = r"[a-z_][A-Za-z0-9_]*"

#: A string over several lines, and one on a line, which ends there also if its quote is missing.
LONG = Quoted('"""', '"""')
SHORT = Quoted('"', r'"|$')

ESCAPE = r"\\(?:u\{[0-9A-Fa-f]{1,6}\}|[\\\"ntr{`])"
INTERPOLATION = r"\{[a-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*\}"

#: What is in a string, besides its characters.
IN_STRINGS = (Rule(ESCAPE, "escape"), Rule(INTERPOLATION, "interpolation"))


@cache
def rules() -> tuple[Rule, ...]:
    """The rules outside strings."""
    quoted = words.terminals()["QUOTED"]
    class_ = words.terminals()["CLASS"]
    return (
        *_comments(),
        *_declarations(rf"(?:{class_}|{quoted})"),
        *_values(class_, quoted),
        *_signs(),
    )


def _comments() -> tuple[Rule, ...]:
    return (
        Rule(rf"#+{_GAP}(wan:{_GAP}(?:allow(?:-file)?{_AFTER})?).*$", "comment", ("directive",)),
        Rule(r"#.*$", "comment"),
    )


def _declarations(class_: str) -> tuple[Rule, ...]:
    start = rf"^{_GAP}"
    some = r"[ \t]+"
    type_ = _one_of(words.types())
    text = r'"[^"\n]*"'
    return (
        Rule(rf"{start}(wan){some}([0-9]+){_AFTER}", None, ("keyword", "number")),
        Rule(
            rf"{start}(use){some}({text}){some}(as){some}({_OWN})",
            None,
            ("keyword", "string", "keyword", "namespace"),
        ),
        Rule(
            rf"{start}(use){some}({_OWN}){_AFTER}(?!{_GAP}[={{(])", None, ("keyword", "namespace")
        ),
        Rule(rf"{start}(use)(?={some}\")", None, ("keyword",)),
        Rule(rf"{start}(node){some}({class_})", None, ("declaration", "class")),
        Rule(rf"{start}(stage){some}({_OWN}){_AFTER}", None, ("declaration", "function")),
        Rule(rf"{start}(param){some}({_OWN})(?={_GAP}:)", None, ("declaration", "parameter")),
        Rule(
            rf"{start}({_one_of(words.kinds())}){some}({_OWN}){_AFTER}(?={_GAP}(?:[={{(]|$))",
            None,
            ("declaration", "declared"),
        ),
        Rule(rf"{_BEFORE}(let){some}({_OWN})(?={_GAP}=)", None, ("declaration", "declared")),
        # `in` before a name marks what an arrow brings; after a type it is before what is accepted.
        Rule(rf"{_BEFORE}in(?={some}[^=\s])", "keyword"),
        Rule(rf"{_BEFORE}of(?={some}[0-9A-Za-z_(])", "keyword"),
        Rule(rf"{_BEFORE}as(?={some}{_OWN}{_GAP}$)", "keyword"),
        Rule(rf"{_BEFORE}(?:{_OWN}|{class_})(?={_GAP}:)", "parameter"),
        Rule(rf"(:){_GAP}(\[*)({type_}){_AFTER}", None, ("punctuation", "punctuation", "type")),
        Rule(rf"(:){_GAP}(\[*)({class_})", None, ("punctuation", "punctuation", "socket")),
    )


def _values(class_: str, quoted: str) -> tuple[Rule, ...]:
    sampler = words.terminals()["SAMPLER"]
    number = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
    key = rf"(?:{_OWN}|{class_}|{quoted})(?:\.(?:[A-Za-z_][A-Za-z0-9_]*|{quoted}))*"
    start = r"(?<![A-Za-z0-9_`])"
    return (
        Rule(rf"{_BEFORE}{key}(?={_GAP}=(?![=>]))", "setting"),
        Rule(rf"{_BEFORE}{sampler}(?![A-Za-z0-9_/])", "sampler"),
        Rule(rf"{start}[0-9]+x[0-9]+{_AFTER}", "number"),
        Rule(rf"{start}({number})({_one_of(words.units())}){_AFTER}", None, ("number", "unit")),
        Rule(rf"{start}{words.terminals()['NUMBER']}", "number"),
        Rule(rf"{_BEFORE}{_one_of(words.CONSTANTS)}{_AFTER}(?!{_GAP}\()", "constant"),
        Rule(rf"{_BEFORE}(?:pipeline(?=\.)|_{_AFTER})", "language"),
        Rule(rf"{_BEFORE}{_one_of(words.stages())}{_AFTER}(?!\.)", "stage"),
        Rule(rf"{_BEFORE}{_OWN}(?=\.[A-Za-z_`])", "namespace"),
        Rule(rf"{_BEFORE}{_OWN}(?=\()", "function"),
        Rule(rf"\.({_OWN})(?=\()", "punctuation", ("function",)),
        Rule(rf"\.([A-Za-z_][A-Za-z0-9_]*|{quoted})", "punctuation", ("member",)),
        Rule(rf"{_BEFORE}(?:{class_}|{quoted})(?=\()", "class"),
        Rule(quoted, "class"),
        Rule(rf"{_BEFORE}{class_}", "socket"),
        Rule(rf"{_BEFORE}{_OWN}", "name"),
    )


def _signs() -> tuple[Rule, ...]:
    return (
        Rule(r"->|\.\.|[=+*/-]", "operator"),
        Rule(r"[{}()\[\],:]", "punctuation"),
    )


def _one_of(choices: Iterable[str]) -> str:
    return f"(?:{'|'.join(choices)})"
