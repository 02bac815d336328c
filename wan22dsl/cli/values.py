"""Values from outside: `--set name=value` and `--params FILE`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def gather(settings: Iterable[str] | None, params: str | None) -> dict[str, Any]:
    """Parameters by name; what `--set` says stands above what the file says.

    Texts from `--set` are to be read as the parameter's type asks. Values from a file are Python's.
    Raises CommandError for what is no `name=value` and for a file of another shape, UnreadableFile.
    """
    values = dict(_flat(_read(params))) if params is not None else {}
    for setting in settings or ():
        name, equals, value = setting.partition("=")
        name = name.strip()
        if not equals:
            raise CommandError(f"--set {setting}: write `--set name=value`")
        if not name:
            raise CommandError(f"--set {setting}: the name before `=` is missing")
        values[name] = value.strip()
    return values


def _read(path: str) -> dict[str, Any]:
    text = Source.read(Path(path)).text
    kind = Path(path).suffix.lower()
    if kind == ".json":
        return _json(text, path)
    if kind == ".toml":
        return _toml(text, path)
    raise CommandError(f"--params {path}: its name should end in .toml or .json")


def _json(text: str, path: str) -> dict[str, Any]:
    import json

    try:
        values = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UnreadableFile(path, f"is not JSON: {error.msg} ({place})") from error
    except ValueError as error:
        raise UnreadableFile(path, f"is not JSON: {error}") from error
    except RecursionError as error:
        raise UnreadableFile(path, "is nested too deep") from error
    if not isinstance(values, dict):
        raise UnreadableFile(path, 'should be a JSON object such as {"seed": 42}')
    return values


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _toml(text: str, path: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        values: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableFile(path, f"is not TOML: {error}") from error
    except RecursionError as error:
        raise UnreadableFile(path, "is nested too deep") from error
    return values


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Names with their values: the table `[house]` with `cfg` gives `house.cfg`."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value
