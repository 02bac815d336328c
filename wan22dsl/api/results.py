"""The findings of each file: those that an earlier run has kept, and the others from judging it now."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from wan22dsl.digest import of
from wan22dsl.errors import UnreadableFile
from wan22dsl.language.asked import Disk, as_data, from_data, texts_in
from wan22dsl.lint.policy import cache as caching
from wan22dsl.lint.policy import stored
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from wan22dsl.api.files import Task
    from wan22dsl.api.workers import Made
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.asked import Asked
    from wan22dsl.lint.policy.cache import Cache

_LIBRARY = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "language", "library"
)

#: So many results are kept at least, however few files a run has.
_MOST_KEPT = 4_000


class Result(NamedTuple):
    """The findings of a file; without a `source` it could not be read, and `unreadable` says why."""

    task: Task
    source: Source | None
    found: list[Diagnostic]
    unreadable: str = ""


class _Kept(NamedTuple):
    """The findings of a file as plain data, and what was asked of the disk for it."""

    found: list[Any]
    asked: Asked


class CachedFindings:
    """The findings that earlier runs of this version have kept.

    They are found by the text of a file and all that is given, and hold while the disk gives the same answers
    to what was asked of it.
    """

    def __init__(self, cache: Cache, given: Mapping[str, Any]) -> None:
        self._cache = cache
        self._given = repr(sorted(given.items()))
        self._name = ""
        self._data: dict[str, Any] = {}
        self._used: dict[str, Any] = {}
        if cache.folder is not None:
            self._name = f"files-{of(caching.version_by(cache), os.getcwd())}"
            data = cache.read(self._name)
            self._data = data if _is_kept(data) else {}
        self.kinds: dict[str, Any] = dict(self._data.get("kinds", {}))
        self._changed = False
        self._disk = Disk()
        #: What was asked of the disk for all files of this run, with the answers.
        self.asked: Asked = {}
        #: Whether there was nothing that could not be kept.
        self.all_kept = True

    def find(self, task: Task) -> _Kept | None:
        """What was kept for a task, where the disk still gives the same answers."""
        key = self._key(task)
        data = self._data.get("files", {}).get(key) if key else None
        if not (isinstance(data, list) and len(data) == 2 and isinstance(data[0], list)):
            return None
        asked = from_data(data[1])
        if asked is None or not self._disk.is_as_before(asked):
            return None
        self._used[key] = data
        return _Kept(data[0], asked)

    def keep(self, task: Task, made: Made) -> None:
        """Keeps the findings of a task, or notes that they cannot be kept."""
        key = self._key(task)
        if made.unreadable or not key:
            self.all_kept = False
        else:
            self.asked.update(made.asked)
            self._used[key] = [made.found, as_data(made.asked)]
            self._changed = True

    def forget(self, task: Task) -> None:
        """Drops what was kept for a task and cannot be what was written there."""
        self._used.pop(self._key(task), None)
        self._changed = True

    def known(self, make: Callable[[], dict[str, str]]) -> dict[str, str]:
        """The names of all rules by their codes; `make` gathers them when they are not kept."""
        found = self._data.get("known")
        if found is None:
            found = self._data["known"] = make()
            self._changed = True
        return found

    def write(self) -> None:
        """Puts what is new on disk."""
        if not self._changed:
            return
        before = self._data.get("files", {})
        room = max(_MOST_KEPT, 2 * len(self._used)) - len(self._used)
        older = {key: item for key, item in before.items() if key not in self._used}
        files = {**dict(list(older.items())[-room:]), **self._used}
        data = {"files": files, "kinds": self.kinds}
        if "known" in self._data:
            data["known"] = self._data["known"]
        self._cache.write(self._name, data)

    def _key(self, task: Task) -> str:
        if not self._name or task.digest is None:
            return ""
        return of(repr((task.input.path, task.digest, task.target, task.card, self._given)))


def _is_kept(data: Any) -> bool:
    """Whether what was kept has the shape of findings; what a finding says is checked when it is used."""
    if not isinstance(data, dict) or not isinstance(data.get("files"), dict):
        return False
    known = data.get("known", {})
    return (
        stored.are_messages(data.get("kinds"))
        and isinstance(known, dict)
        and all(isinstance(item, str) for item in known.values())
    )


def results(
    tasks: Sequence[Task], given: Mapping[str, Any], cached: CachedFindings, jobs: int | None
) -> Iterator[Result]:
    """The result of each task, in order. Raises CommandError, CatalogueError."""
    sources: dict[str, Source] = {}
    found = [_cached(task, cached, sources) for task in tasks]
    missing = [task for task, result in zip(tasks, found, strict=True) if result is None]
    made: Iterator[Made] = iter(())
    if missing:
        from wan22dsl.api.workers import judge_all

        made = iter(judge_all(missing, given, cached.kinds, jobs))
    for task, result in zip(tasks, found, strict=True):
        if result is not None:
            yield result
            continue
        new = next(made)
        cached.keep(task, new)
        if new.unreadable:
            yield Result(task, None, [], new.unreadable)
        else:
            yield _result(task, new.found, cached.kinds, sources)


def looked_up(
    tasks: Sequence[Task], given: Mapping[str, Any], url: str | None, folder: str | None
) -> list[Result]:
    """The result of each task, judged by what a server has, and by the model files in a folder.

    Nothing of it is kept: both may be others next time. Raises CommandError, CatalogueError, ServerError.
    """
    from wan22dsl.api.workers import check_by_models, check_by_server

    models = None
    if folder is not None:
        from wan22dsl.model_files.lookup import of_folder

        models = of_folder(folder)
    found = (
        check_by_models(tasks, given, models)
        if url is None
        else check_by_server(tasks, given, url, models)
    )
    made = [Result(task, *result) for task, result in zip(tasks, found, strict=True)]
    if models is not None:
        models.save()
    return made


def _cached(task: Task, cached: CachedFindings, sources: dict[str, Source]) -> Result | None:
    """The result that was kept for a task; None where none was, or where it is not one."""
    before = cached.find(task)
    if before is None:
        return None
    try:
        allowed = texts_in(before.asked)
        result = _result(task, before.found, cached.kinds, sources, allowed=allowed)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, UnreadableFile):
        cached.forget(task)
        return None
    cached.asked.update(before.asked)
    return result


def _result(
    task: Task,
    data: list[Any],
    kinds: Mapping[str, Any],
    sources: dict[str, Source],
    allowed: frozenset[str] | None = None,
) -> Result:
    """A result from plain data; `sources` are files that others use.

    Where the data was kept, only the files that are `allowed` are opened: those that were read then, and are
    the same now.
    """
    source = task.input.source()

    def opened(path: str, file: str) -> Source:
        if path == source.path:
            return source
        if allowed is not None and not is_library(file) and os.path.realpath(file) not in allowed:
            raise ValueError(file)
        if file not in sources:
            from pathlib import Path

            sources[file] = Source.read(Path(file), path)
        return sources[file]

    return Result(task, source, stored.from_data(data, kinds, opened))


def is_library(file: str) -> bool:
    """Whether a file is one of the standard library."""
    folder, name = os.path.split(file)
    return folder == _LIBRARY and name.endswith(".wan")
