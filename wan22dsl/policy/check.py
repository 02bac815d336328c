"""Whether a configuration says only what it may say; every mistake is told with its place."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError
from wan22dsl.policy.settings import LEVELS, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.policy.settings import Setting

_WANTED = {
    "text": 'a text in quotes, such as "0.33.0"',
    "texts": 'a list of texts, such as ["WAN7"]',
    "flag": "true or false",
    "levels": 'a table, such as { WAN605 = "error" }',
    "tables": 'a list of tables, such as [{ files = ["old/**"], ignore = ["WAN7"] }]',
    "named": "a table of tables, such as [tool.wan.profile.NAME] or [profile.NAME]",
}


#: So many mistakes are told one by one.
_MOST_TOLD = 20


def check(values: Mapping[str, Any], data: bytes, shown: str, above: tuple[str, ...]) -> None:
    """Raises CommandError that tells all mistakes; `above` are the tables around the settings."""
    from wan22dsl.policy import toml

    told = []
    mistakes = _table(values, SETTINGS, ())
    for path, said in islice(mistakes, _MOST_TOLD):
        line, column = toml.place(data, (*above, *path))
        told.append((line, column, f"{shown}:{line}:{column}: {said}"))
    if told:
        rest = (f"{shown}: and more of them",) if next(mistakes, None) else ()
        raise CommandError(*(said for _, _, said in sorted(told)), *rest)


def is_sound(values: Any) -> bool:
    """Whether a configuration that was read before says only what it may say."""
    return isinstance(values, dict) and next(_table(values, SETTINGS, ()), None) is None


def _table(
    values: Mapping[str, Any], settings: Mapping[str, Setting], path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for key, value in values.items():
        one = settings.get(key)
        if one is None:
            yield (*path, key), f"there is no setting `{key}`{_hint(key, settings)}"
        elif not _fits(value, one.kind):
            yield (*path, key), f"`{key}` should be {_WANTED[one.kind]}"
        elif one.kind == "levels":
            yield from _levels(value, (*path, key))
        elif one.kind in ("tables", "named"):
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            for name, inner in pairs:
                yield from _inner(inner, one, (*path, key, name))


def _inner(
    value: Any, one: Setting, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if not isinstance(value, dict):
        yield path, f"`{path[-1]}` should be a table of settings"
        return
    if one.kind == "tables" and "files" not in value:
        yield path, '`files` is missing here: write files = ["old/**"]'
    yield from _table(value, one.inner, path)


def _levels(
    value: Mapping[str, Any], path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for key, level in value.items():
        if level not in LEVELS:
            yield (*path, key), f'`{key}` should be "error", "warning" or "note"'


def _fits(value: Any, kind: str) -> bool:
    if kind == "text":
        return isinstance(value, str) and value != ""
    if kind == "flag":
        return isinstance(value, bool)
    if kind in ("levels", "named"):
        return isinstance(value, dict)
    if not isinstance(value, list):
        return False
    return kind == "tables" or all(isinstance(one, str) and one for one in value)


def _hint(key: str, settings: Mapping[str, Setting]) -> str:
    from wan22dsl.diagnostics import nearest

    close = nearest(key, settings)
    return f"; did you mean `{close}`?" if close else f"; there are {', '.join(sorted(settings))}"
