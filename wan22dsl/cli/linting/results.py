"""The findings of each file: those that were kept, and the others made anew, in several processes if many."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.policy import cache as caching
from wan22dsl.policy import stored
from wan22dsl.policy.digest import of
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from wan22dsl.cli.linting.inputs import Input
    from wan22dsl.cli.linting.tasks import Task
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.policy.cache import Cache

#: The codes of mistakes of syntax.
_SYNTAX = "WAN1"

#: So many results are kept at least, however few files a run has.
_MOST_KEPT = 4_000


class Result(NamedTuple):
    """The findings of a file; without a `source` it could not be read, and `unreadable` says why."""

    task: Task
    source: Source | None
    found: list[Diagnostic]
    unreadable: str = ""


class Kept:
    """The findings that earlier runs of this version have kept."""

    def __init__(self, cache: Cache, given: Mapping[str, Any]) -> None:
        self._cache = cache
        self._given = repr(sorted(given.items()))
        self._name = ""
        self._data: dict[str, Any] = {}
        self._used: dict[str, Any] = {}
        if cache.folder is not None:
            self._name = f"files-{of(caching.of_this_version(), os.getcwd())}"
            data = cache.read(self._name)
            self._data = data if isinstance(data, dict) else {}
        self.kinds: dict[str, Any] = dict(self._data.get("kinds", {}))
        self._changed = False
        #: Whether there was nothing that could not be kept.
        self.all_kept = True

    def find(self, task: Task) -> list[Any] | None:
        """The findings that were kept for a task, as plain data."""
        key = self._key(task)
        found = self._data.get("files", {}).get(key) if key else None
        if key and isinstance(found, list):
            self._used[key] = found
            return found
        return None

    def keep(self, task: Task, found: list[Any] | str) -> None:
        """Keeps the findings of a task, or notes that they cannot be kept.

        What is meant in a text with mistakes of syntax may come from more files than can be told.
        """
        key = self._key(task)
        if not isinstance(found, list) or any(one[0].startswith(_SYNTAX) for one in found):
            self.all_kept = False
        elif key:
            self._used[key] = found
            self._changed = True

    def known(self, make: Callable[[], dict[str, str]]) -> dict[str, str]:
        """The names of all rules by their codes; `make` gathers them when they are not kept."""
        found = self._data.get("known")
        if not isinstance(found, dict):
            found = self._data["known"] = make()
            self._changed = True
        return found

    def write(self) -> None:
        """Puts what is new on disk."""
        if not self._changed:
            return
        before = self._data.get("files", {})
        room = max(_MOST_KEPT, 2 * len(self._used)) - len(self._used)
        older = {key: one for key, one in before.items() if key not in self._used}
        files = {**dict(list(older.items())[-room:]), **self._used}
        data = {"files": files, "kinds": self.kinds}
        if "known" in self._data:
            data["known"] = self._data["known"]
        self._cache.write(self._name, data)

    def _key(self, task: Task) -> str:
        if not self._name or task.digest is None:
            return ""
        one = task.input
        return of(repr((one.path, task.digest, task.target, task.card, self._given)))


def results(
    tasks: Sequence[Task], given: Mapping[str, Any], kept: Kept, jobs: int | None
) -> Iterator[Result]:
    """The result of each task, in order. Raises CommandError, CatalogueError."""
    found: list[list[Any] | str | None] = [kept.find(task) for task in tasks]
    missing = [number for number, one in enumerate(found) if one is None]
    if missing:
        from wan22dsl.cli.linting.judging import judge_all

        made = judge_all([tasks[number] for number in missing], given, kept.kinds, jobs)
        for number, one in zip(missing, made, strict=True):
            found[number] = one
            kept.keep(tasks[number], one)
    sources: dict[str, Source] = {}
    for task, data in zip(tasks, found, strict=True):
        if isinstance(data, list):
            yield _result(task, data, kept.kinds, sources)
        else:
            yield Result(task, None, [], data or "")


def _result(
    task: Task, data: list[Any], kinds: Mapping[str, Any], sources: dict[str, Source]
) -> Result:
    """A result from plain data; `sources` are files that others use."""
    source = source_of(task.input)

    def opened(path: str, file: str) -> Source:
        if path == source.path:
            return source
        if path not in sources:
            from pathlib import Path

            sources[path] = Source.read(Path(file), path)
        return sources[path]

    return Result(task, source, stored.from_data(data, kinds, opened))


def source_of(one: Input) -> Source:
    """The text of an input. Raises UnreadableFile when it is not UTF-8."""
    from pathlib import Path

    file = None if one.path.startswith("<") else Path(one.path)
    return Source.decode(one.data, one.path, file)
