"""What is wrong in a configuration, with its place in the text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CatalogueError, CommandError, UnreadableFile, WanError
from wan22dsl.lint.policy import config as configuring
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wan22dsl.lint.policy.config import Config
    from wan22dsl.source import Source

#: How a message names a place: the file, a line, mostly a column, and what is wrong there.
_PLACE = re.compile(r"(?:.+?):(?P<line>[0-9]+)(?::(?P<column>[0-9]+))?: (?P<text>.+)")


class Mistake(NamedTuple):
    """What is wrong in a configuration; `start` and `end` are offsets into its text."""

    start: int
    end: int
    text: str


def in_configuration(source: Source) -> tuple[Mistake, ...]:
    """What is wrong in a `wan.toml`, or in `[tool.wan]` of a `pyproject.toml`.

    A `pyproject.toml` without that table is left to others.
    """
    data = source.text.encode("utf-8", "surrogatepass")
    path = source.path
    if Path(path).name == configuring.SHARED and not configuring.has_table(data):
        return ()
    try:
        values = configuring.values_in(path, data)
    except WanError as error:
        return tuple(placed(source, str(error)))
    found = configuring.Config(configuring.show(path), str(Path(path).parent), values, {})
    return tuple(_beyond_its_form(source, data, found))


def placed(source: Source, said: str) -> Iterator[Mistake]:
    """What an error says of a configuration, where it is in its text; at its start where nobody knows."""
    lines = said.split("\n")
    places = [_PLACE.fullmatch(line) for line in lines]
    if not any(places):
        yield Mistake(*_of_line(source, 1, 1), said)
        return
    for line, place in zip(lines, places, strict=True):
        if place is None:
            yield Mistake(*_of_line(source, 1, 1), line)
        else:
            number, column = int(place["line"]), int(place["column"] or 1)
            yield Mistake(*_of_line(source, number, column), place["text"])


def _of_line(source: Source, line: int, column: int) -> tuple[int, int]:
    """From a place to the end of its line."""
    start, end = source.bounds(min(max(line, 1), source.line_count))
    return min(start + column - 1, end), end


def _beyond_its_form(source: Source, data: bytes, found: Config) -> Iterator[Mistake]:
    """Rules, cards and targets that there are not, and patterns that match nothing."""
    yield from _rules(source, found)
    tables: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [((), found.values)]
    tables += [(("profile", name), of) for name, of in found.values.get("profile", {}).items()]
    above = configuring.above(source.path)
    for path, table in tables:
        for key, check in (("card", _card), ("target", _target), ("nodes", _nodes)):
            said = _said(check, found._replace(values=table)) if key in table else ""
            if said:
                yield Mistake(*_of_key(source, data, (*above, *path, key)), said)


def _rules(source: Source, found: Config) -> Iterator[Mistake]:
    from wan22dsl.lint.policy.selectors import close, hint, is_known

    words = list(dict.fromkeys(word for word, _ in found.words()))
    if not words:
        return
    from wan22dsl.api.codes import names

    known = names()
    for word in words:
        if is_known(word, known):
            continue
        place = re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", source.text)
        where = place.span() if place else _of_line(source, 1, 1)
        yield Mistake(*where, f"there is no rule `{word}`. {hint(close(word, known))}")


def _said(check: Callable[[Config], object], found: Config) -> str:
    try:
        check(found)
    except (CommandError, CatalogueError, UnreadableFile) as error:
        return str(error).removeprefix(f"{found.shown}: ")
    return ""


def _card(found: Config) -> None:
    from wan22dsl.graph.cost.cards import card_named

    card_named(found.values["card"])


def _target(found: Config) -> None:
    from wan22dsl.api.targets import target_of
    from wan22dsl.comfyui.catalogue.open import is_address, open_catalogue

    target = target_of(found)
    if not is_address(target):  # asking a server takes time
        open_catalogue(target)


def _nodes(found: Config) -> None:
    from wan22dsl.api.node_files import node_files_of

    node_files_of(found)


def _of_key(source: Source, data: bytes, path: tuple[str, ...]) -> tuple[int, int]:
    from wan22dsl.lint.policy import toml

    return _of_line(source, *toml.place(data, path))
