"""Keys and values of a `wan.toml`: the settings of its tables, with what they do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.editor.completion.suggestion import Suggestion, Suggestions, matches
from wan22dsl.lint.policy.settings import LEVELS, SETTINGS, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.editor.view import View

_TABLE = re.compile(r"^\[{1,2}([^\[\]\n]*)\]{1,2}", re.MULTILINE)
_KEY = re.compile(r"^[ \t]*([A-Za-z0-9_-]+)[ \t]*=", re.MULTILINE)
_BEFORE_VALUE = re.compile(r"[ \t]*([A-Za-z0-9_-]+)[ \t]*=[ \t]*(.*)\Z")
_WORD = re.compile(r"[A-Za-z0-9_.-]*")

#: What is written for a value of each kind.
_VALUES = {
    "text": '"$0"',
    "texts": '["$0"]',
    "flag": "true",
    "count": "$0",
    "levels": '{ $1 = "${2:warning}" }',
}


def suggest(view: View, offset: int) -> Suggestions:
    """What can be written at an offset of a configuration."""
    text = view.source.text
    line_start = text.rfind("\n", 0, offset) + 1
    before = text[line_start:offset]
    table = [*_TABLE.finditer(text, 0, line_start)]
    path = _path(table[-1][1]) if table else ()
    if before.lstrip().startswith("#"):
        return Suggestions((), offset, offset)
    if before.startswith("["):
        end = text.find("\n", offset)
        return _chosen(_tables(), before, line_start, end if end >= 0 else len(text))
    value = _BEFORE_VALUE.match(before)
    settings = _settings_of(path)
    if value is not None:
        return _value(settings.get(value[1]), value[2], text, offset)
    begin, end = (table[-1].end() if table else 0), _next_table(text, offset)
    given = set(_KEY.findall(text[begin:line_start])) | set(_KEY.findall(text[offset:end]))
    written = before.lstrip()
    if not re.fullmatch(r"[A-Za-z0-9_-]*", written):
        return Suggestions((), offset, offset)
    return _chosen(_keys(settings, given), written, offset - len(written), _word_end(text, offset))


def _path(header: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in header.split("."))


def _next_table(text: str, offset: int) -> int:
    found = _TABLE.search(text, offset)
    return found.start() if found is not None else len(text)


def _word_end(text: str, offset: int) -> int:
    match = _WORD.match(text, offset)
    return match.end() if match is not None else offset


def _settings_of(path: tuple[str, ...]) -> Mapping[str, Setting]:
    """The settings of a table, by the path in its header."""
    settings: Mapping[str, Setting] = SETTINGS
    at = 0
    while at < len(path):
        found = settings.get(path[at])
        if found is None or not found.inner:
            return {}
        settings = found.inner
        at += 2 if found.kind == "named" else 1
    return settings


def _chosen(found: Iterator[Suggestion], written: str, start: int, end: int) -> Suggestions:
    items = [each for each in found if matches(written, each.label)]
    items.sort(key=lambda each: not each.label.startswith(written))
    return Suggestions(tuple(items), start, end)


def _tables() -> Iterator[Suggestion]:
    for name, setting in SETTINGS.items():
        if setting.kind == "named":
            label = f"[{name}.…]"
            yield Suggestion(
                label, "word", f"[{name}.${{1:name}}]\n$0", "", setting.help, None, True
            )
        elif setting.kind == "tables":
            yield Suggestion(
                f"[[{name}]]",
                "word",
                f'[[{name}]]\nfiles = ["$1"]\n$0',
                "",
                setting.help,
                None,
                True,
            )


def _keys(settings: Mapping[str, Setting], given: set[str]) -> Iterator[Suggestion]:
    """The keys that are not set yet, those that have to be there first."""
    for name, setting in settings.items():
        if name in given or setting.kind not in _VALUES:
            continue
        insert = f"{name} = {_VALUES[setting.kind]}"
        yield Suggestion(
            name,
            "setting",
            insert,
            setting.kind,
            setting.help,
            is_snippet=True,
            again=setting.kind in ("text", "texts"),
        )


def _value(setting: Setting | None, written: str, text: str, offset: int) -> Suggestions:
    """A value: versions, cards, rules, true and false."""
    if setting is None:
        return Suggestions((), offset, offset)
    if setting.kind == "flag":
        words = (Suggestion(word, "value") for word in ("true", "false"))
        return _chosen(words, written, offset - len(written), _word_end(text, offset))
    quote = written.count('"') % 2
    begun = written.rpartition('"')[2] if quote else ""
    if not quote and re.search(r"\w", begun):
        return Suggestions((), offset, offset)
    names = _names(setting)
    if not quote and setting.kind in ("texts", "levels") and "[" not in written:
        return Suggestions((), offset, offset)
    found = (
        Suggestion(name if quote else f'"{name}"', "choice", detail=detail)
        for name, detail in names
    )
    end = offset
    if quote:
        closing = re.compile(r'[^"\n]*').match(text, offset)
        end = closing.end() if closing is not None else offset
    return _chosen(found, begun, offset - len(begun), end)


def _names(setting: Setting) -> Iterator[tuple[str, str]]:
    """The names that a text of this setting can be, with what they are."""
    if setting.kind == "levels":
        yield from ((level, "") for level in LEVELS)
    elif setting.help.startswith("Rules"):
        from wan22dsl.api.codes import all_messages

        for code, message in all_messages().items():
            yield message.name, f"{code}: {message.summary}"
    elif setting.help.startswith(("GPU", "Its GPU")):
        from wan22dsl.graph.cost.cards import CARDS

        yield from ((name, "") for name in CARDS)
    elif setting.help.startswith("ComfyUI to check"):
        from wan22dsl.comfyui.catalogue.open import BUNDLED

        yield from ((version, "bundled") for version in BUNDLED)
