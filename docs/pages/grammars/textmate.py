"""editors/vscode/syntaxes/wan.tmLanguage.json: the rules of `editor.colours` as a TextMate grammar."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docs.pages.grammars.scopes import QUOTE_BEGINS, QUOTE_ENDS, SCOPES
from wan22dsl.editor.colours.rules import IN_STRINGS, LONG, SHORT, rules

if TYPE_CHECKING:
    from wan22dsl.editor.colours.rules import Quoted, Rule


def grammar() -> str:
    """The text of the file."""
    whole = {
        "information_for_contributors": "Made by `make generate` from wan22dsl/editor/colours.",
        "name": "Wan",
        "scopeName": "source.wan",
        "fileTypes": ["wan"],
        "patterns": [
            _quoted(LONG, "string.quoted.triple.wan"),
            _quoted(SHORT, SCOPES["string"]),
            *(_rule(rule) for rule in rules()),
        ],
        "repository": {"in_strings": {"patterns": [_rule(rule) for rule in IN_STRINGS]}},
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    found: dict[str, Any] = {"match": rule.pattern}
    if rule.kind is not None:
        found["name"] = SCOPES[rule.kind]
    if rule.kinds:
        found["captures"] = {
            str(number): {"name": SCOPES[kind]} for number, kind in enumerate(rule.kinds, 1)
        }
    return found


def _quoted(quoted: Quoted, scope: str) -> dict[str, Any]:
    return {
        "name": scope,
        "begin": quoted.begin,
        "end": quoted.end,
        "beginCaptures": {"0": {"name": QUOTE_BEGINS}},
        "endCaptures": {"0": {"name": QUOTE_ENDS}},
        "patterns": [{"include": "#in_strings"}],
    }
