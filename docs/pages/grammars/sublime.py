"""editors/sublime/wan.sublime-syntax: the rules of `editor.colours` for Sublime Text, and for bat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs.pages.grammars.scopes import QUOTE_BEGINS, QUOTE_ENDS, SCOPES
from wan22dsl.editor.colours.rules import IN_STRINGS, LONG, SHORT, rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.colours.rules import Quoted, Rule


def syntax() -> str:
    """The text of the file."""
    lines = [
        "%YAML 1.2",
        "---",
        "# Made by `make generate` from wan22dsl/editor/colours.",
        "name: Wan",
        "file_extensions: [wan]",
        "scope: source.wan",
        "version: 2",
        "contexts:",
        "  main:",
        *_begins(LONG, "long"),
        *_begins(SHORT, "short"),
        *(line for rule in rules() for line in _rule(rule)),
        "  long:",
        *_within(LONG, "string.quoted.triple.wan"),
        "  short:",
        *_within(SHORT, SCOPES["string"]),
    ]
    return "\n".join(lines) + "\n"


def _begins(quoted: Quoted, context: str) -> Iterator[str]:
    yield f"    - match: {_text(quoted.begin)}"
    yield f"      scope: {QUOTE_BEGINS}"
    yield f"      push: {context}"


def _within(quoted: Quoted, scope: str) -> Iterator[str]:
    yield f"    - meta_scope: {scope}"
    yield f"    - match: {_text(quoted.end)}"
    yield f"      scope: {QUOTE_ENDS}"
    yield "      pop: true"
    for rule in IN_STRINGS:
        yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"    - match: {_text(rule.pattern)}"
    if rule.kind is not None:
        yield f"      scope: {SCOPES[rule.kind]}"
    if rule.kinds:
        yield "      captures:"
        for number, kind in enumerate(rule.kinds, 1):
            yield f"        {number}: {SCOPES[kind]}"


def _text(pattern: str) -> str:
    return "'" + pattern.replace("'", "''") + "'"
