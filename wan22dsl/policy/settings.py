"""What a configuration may say, as plain data: `config` checks by it, the JSON Schema is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS = ("error", "warning", "note")


class Setting(NamedTuple):
    """One key. `kind` is `text`, `texts`, `flag`, `levels`, `tables` (a list) or `named` (by name).

    The last two hold tables, whose keys are `inner`.
    """

    kind: str
    help: str
    inner: Mapping[str, Setting] = {}


_SELECTION = {
    "select": Setting("texts", "Only these rules count: codes, names, prefixes such as `WAN7`."),
    "ignore": Setting("texts", "These rules do not count."),
    "severity": Setting("levels", "What a rule's findings are: error, warning or note."),
}

PER_FILE = {
    "files": Setting("texts", "Patterns of paths, from the folder of this file."),
    **_SELECTION,
}

PROFILE = {
    "target": Setting(
        "text", "The ComfyUI to judge by: a version, a file, or the URL of a server that you allow."
    ),
    "card": Setting("text", "The card that the pipelines run on, such as `RTX 4090`."),
    "server": Setting(
        "text", "The server of `wan run`, if you allow it; --server and WAN_SERVER come first."
    ),
    "strict": Setting("flag", "Warnings fail, as errors do."),
    "baseline": Setting("text", "A file of findings that do not count."),
    **_SELECTION,
}

SETTINGS = {
    **PROFILE,
    "exclude": Setting("texts", "Patterns of paths that are left out."),
    "per-file": Setting("tables", "What counts in some files only.", PER_FILE),
    "profile": Setting("named", "Settings that `--profile NAME` puts above the others.", PROFILE),
}


def schema() -> dict[str, Any]:
    """The JSON Schema of `wan.toml`, and of `[tool.wan]` in `pyproject.toml`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "wan22dsl/config.schema.json",
        "title": "The configuration: `wan.toml`, or `[tool.wan]` in `pyproject.toml`",
        **_table(SETTINGS),
    }


def _table(settings: Mapping[str, Setting], *required: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "object",
        "properties": {
            key: {"description": one.help, **_value(one)} for key, one in settings.items()
        },
        "additionalProperties": False,
    }
    return {**found, "required": list(required)} if required else found


def _value(one: Setting) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    if one.kind == "texts":
        return {"type": "array", "items": text}
    if one.kind == "levels":
        return {"type": "object", "additionalProperties": {"enum": list(LEVELS)}}
    if one.kind == "tables":
        return {"type": "array", "items": _table(one.inner, "files")}
    if one.kind == "named":
        return {"type": "object", "additionalProperties": _table(one.inner)}
    return text if one.kind == "text" else {"type": "boolean"}
