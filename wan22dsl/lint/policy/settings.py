"""What a configuration may say, as plain data, and every mistake in one, with its place."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


LEVELS = ("error", "warning", "note")


class Setting(NamedTuple):
    """One key. `kind` is `text`, `texts`, `flag`, `count`, `levels`, `tables` (a list) or `named` (by name).

    The last two hold tables, whose keys are `inner`. `required` are those that must be there, each with an
    example. `own` is the kind of what only the user's own configuration may have: `help` says why.
    """

    kind: str
    help: str
    inner: Mapping[str, Setting] = {}
    required: Mapping[str, str] = {}


_SELECTION = {
    "select": Setting("texts", "Rules to check: codes, names, prefixes such as `WAN7`."),
    "ignore": Setting("texts", "Rules to ignore."),
    "severity": Setting("levels", "Severity of a rule's findings: error, warning or note."),
}

PER_FILE = {
    "files": Setting("texts", "Path patterns, relative to the folder of this file."),
    **_SELECTION,
}

PROFILE = {
    "target": Setting(
        "text",
        "ComfyUI to check against: a version, a file, or the URL of a server that you allow.",
    ),
    "card": Setting("text", "GPU that runs the pipelines, such as `RTX 4090`."),
    "server": Setting(
        "text", "Server for `wan run`, if you allow it; --server and WAN_SERVER take precedence."
    ),
    "strict": Setting("flag", "Warnings fail too."),
    "baseline": Setting("text", "File of known findings to ignore."),
    **_SELECTION,
}

COMFYUI = {
    "folder": Setting(
        "text", "Folder of ComfyUI, with its `main.py`, from the folder of this file."
    ),
    "python": Setting("text", "Python that runs it (default: found in the folder or next to it)."),
    "arguments": Setting("texts", "Arguments that it always gets, before those of a profile."),
}

_SECRET = "a file of a project may not choose where a secret goes"

SERVER = {
    "url": Setting("text", "Address of the server, such as `http://10.0.0.7:8188`."),
    "card": Setting("text", "Its GPU, such as `RTX 4090` (default: as the server says)."),
    "tags": Setting("texts", "Words that jobs can ask for."),
    "most_jobs": Setting("count", "Number of jobs of one batch that it takes at most."),
    "drained": Setting("flag", "It gets no further jobs; `wan fleet drain` sets it."),
    "reason": Setting("text", "Why it is drained."),
    "token_env": Setting("own", _SECRET),
    "token_over_http": Setting("own", _SECRET),
}

FLEET = {
    "servers": Setting(
        "named",
        "Servers by name. Those that a project names must be allowed by the user.",
        SERVER,
        {"url": 'url = "http://10.0.0.7:8188"'},
    ),
    "scheduler": Setting(
        "text", "Address of a Dask scheduler, if you allow it, such as `tcp://10.0.0.1:8786`."
    ),
    "token_env": Setting("own", _SECRET),
    "token_over_http": Setting("own", _SECRET),
}

_OF_USER = {
    "token_env": Setting("text", "Environment variable with the token of the server."),
    "token_over_http": Setting("flag", "Send the token although plain http is not encrypted."),
}

#: What the user's own configuration may say of fleets.
FLEETS_OF_USER = {
    "fleet": Setting(
        "named",
        "Fleets by name.",
        {
            **FLEET,
            "servers": FLEET["servers"]._replace(inner={**SERVER, **_OF_USER}),
            **_OF_USER,
        },
    )
}

SETTINGS = {
    **PROFILE,
    "comfyui": Setting(
        "named",
        "Installs of ComfyUI that `--comfyui NAME` chooses, if you allow it.",
        COMFYUI,
        {"folder": 'folder = "/path/to/ComfyUI"'},
    ),
    "exclude": Setting("texts", "Path patterns to exclude."),
    "fleet": Setting(
        "named", "Fleets of ComfyUI servers by name, for `wan batch --fleet NAME`.", FLEET
    ),
    "nodes": Setting(
        "texts",
        "Path patterns, below the folder of this file, of `.wan` files with `node` declarations.",
    ),
    "per-file": Setting(
        "tables", "Settings for some files only.", PER_FILE, {"files": 'files = ["old/**"]'}
    ),
    "profile": Setting(
        "named", "Settings that `--profile NAME` applies on top of the others.", PROFILE
    ),
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
            key: {"description": setting.help, **_value(setting)}
            for key, setting in settings.items()
            if setting.kind != "own"
        },
        "additionalProperties": False,
    }
    return {**found, "required": list(required)} if required else found


def _value(setting: Setting) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    if setting.kind == "texts":
        return {"type": "array", "items": text}
    if setting.kind == "levels":
        return {"type": "object", "additionalProperties": {"enum": list(LEVELS)}}
    if setting.kind == "tables":
        return {"type": "array", "items": _table(setting.inner, *setting.required)}
    if setting.kind == "named":
        inner = _table(setting.inner, *setting.required)
        return {"type": "object", "additionalProperties": inner}
    if setting.kind == "count":
        return {"type": "integer", "minimum": 1}
    return text if setting.kind == "text" else {"type": "boolean"}


_WANTED = {
    "text": 'a string, such as "0.39"',
    "texts": 'a list of strings, such as ["WAN7"]',
    "flag": "true or false",
    "count": "a whole number from 1",
    "levels": 'a table, such as { WAN605 = "error" }',
    "tables": 'a list of tables, such as [{ files = ["old/**"], ignore = ["WAN7"] }]',
    "named": "a table of tables, such as [tool.wan.KEY.NAME] or [KEY.NAME]",
}


#: So many mistakes are told one by one.
_MOST_TOLD = 20


def check(
    values: Mapping[str, Any],
    data: bytes,
    shown: str,
    above: tuple[str, ...],
    settings: Mapping[str, Setting] = SETTINGS,
) -> None:
    """Raises CommandError that tells all mistakes; `above` are the tables around the settings."""
    from wan22dsl.lint.policy import toml

    told = []
    mistakes = _check_table(values, settings, ())
    for path, said in islice(mistakes, _MOST_TOLD):
        line, column = toml.place(data, (*above, *path))
        told.append((line, column, f"{shown}:{line}:{column}: {said}"))
    if told:
        rest = (f"{shown}: further errors follow",) if next(mistakes, None) else ()
        raise CommandError(*(said for _, _, said in sorted(told)), *rest)


def is_sound(values: Any) -> bool:
    """Whether a configuration that was read before says only what it may say."""
    return isinstance(values, dict) and next(_check_table(values, SETTINGS, ()), None) is None


def _check_table(
    values: Mapping[str, Any], settings: Mapping[str, Setting], path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for key, value in values.items():
        setting = settings.get(key)
        if setting is None:
            yield (*path, key), _unknown((*path, key), value, settings)
        elif setting.kind == "own":
            yield (*path, key), f"`{key}` belongs in your own config.toml: {setting.help}"
        elif not _fits(value, setting.kind):
            wanted = _WANTED[setting.kind].replace("KEY", ".".join(map(str, (*path, key))))
            yield (*path, key), f"`{key}` must be {wanted}"
        elif setting.kind == "levels":
            yield from _levels(value, (*path, key))
        elif setting.kind in ("tables", "named"):
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            for name, inner in pairs:
                yield from _inner(inner, setting, (*path, key, name))


def _inner(
    value: Any, setting: Setting, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if not isinstance(value, dict):
        yield path, f"`{path[-1]}` must be a table of settings"
        return
    for key, example in setting.required.items():
        if key not in value:
            yield path, f"`{key}` is missing here: add {example}"
    yield from _check_table(value, setting.inner, path)


def _levels(
    value: Mapping[str, Any], path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for key, level in value.items():
        if level not in LEVELS:
            yield (*path, key), f'`{key}` must be "error", "warning" or "note"'


def _fits(value: Any, kind: str) -> bool:
    if kind == "text":
        return isinstance(value, str) and value != ""
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "count":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 1
    if kind in ("levels", "named"):
        return isinstance(value, dict)
    if not isinstance(value, list):
        return False
    return kind == "tables" or all(isinstance(item, str) and item for item in value)


def _unknown(path: tuple[str | int, ...], value: Any, settings: Mapping[str, Setting]) -> str:
    if path[:-1] == ("fleet", "servers") and isinstance(value, dict):
        return f"a fleet needs a name: write [fleet.main.servers.{path[-1]}]"
    return f"unknown setting `{path[-1]}`{_hint(str(path[-1]), settings)}"


def _hint(key: str, settings: Mapping[str, Setting]) -> str:
    from wan22dsl.diagnostics import nearest

    close = nearest(key, settings)
    known = sorted(name for name, setting in settings.items() if setting.kind != "own")
    return f"; did you mean `{close}`?" if close else f"; settings: {', '.join(known)}"
