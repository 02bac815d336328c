"""The last run of a pipeline, from the records beside its outputs; quick, however many there are.

A folder is listed again when it has changed, and of a record only a few values are read.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: `run-20260131T120000-portrait-3f2a91c4.json`: the time, the name of the pipeline, and digits.
_RECORD = re.compile(r"run-(\d{8}T\d{6})-(.+)-[0-9a-f]+\.json")

#: The folder of `wan run`, where none is named (`run.store.FOLDER`).
_FOLDER = "wan_output"

#: So many entries of a folder are looked at, and so many of the newest records of a pipeline.
_MOST_ENTRIES, _MOST_READ = 20_000, 3

#: A larger record is not read.
_MOST_BYTES = 4 * 1024**2


class LastRun(NamedTuple):
    """A run: its record, when it began (UTC, ISO 8601), how it ended, its card and its seconds."""

    file: Path
    started: str
    result: str
    card: str
    seconds: float | None
    simulated: bool


class Records:
    """The records of folders, as they are now."""

    def __init__(self) -> None:
        self._listed: dict[Path, tuple[int, dict[str, list[str]]]] = {}
        self._read: dict[tuple[Path, int], Any] = {}

    def last(self, folders: Iterable[Path], file: Path, pipeline: str) -> LastRun | None:
        """The newest run of a pipeline of a file, among the records of some folders."""
        listed = {folder: names for folder in folders if (names := self._names(folder))}
        if not listed:
            return None
        from wan22dsl.run.download import plain

        found: list[LastRun] = []
        for folder, names in listed.items():
            for name in names.get(plain(pipeline), ())[:_MOST_READ]:
                run = self._run(folder / name, file, pipeline)
                if run is not None:
                    found.append(run)
        return max(found, key=lambda run: run.started) if found else None

    def _names(self, folder: Path) -> dict[str, list[str]]:
        """The records of a folder by the name of the pipeline, the newest first."""
        try:
            stamp = folder.stat().st_mtime_ns
        except OSError:
            return {}
        kept = self._listed.get(folder)
        if kept is None or kept[0] != stamp:
            found: dict[str, list[str]] = {}
            for name in sorted(_entries(folder), reverse=True):
                match = _RECORD.fullmatch(name)
                if match is not None:
                    found.setdefault(match[2], []).append(name)
            kept = self._listed[folder] = (stamp, found)
        return kept[1]

    def _run(self, record: Path, file: Path, pipeline: str) -> LastRun | None:
        data = self._data(record)
        source = data.get("source") if isinstance(data, dict) else None
        if not isinstance(source, dict) or source.get("pipeline") != pipeline:
            return None
        if not _is(source.get("file"), file, record):
            return None
        started, result = data.get("started"), data.get("result")
        if not isinstance(started, str) or not isinstance(result, str):
            return None
        timing = data.get("timing")
        seconds = timing.get("total_s") if isinstance(timing, dict) else None
        if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
            seconds = None
        return LastRun(
            record,
            started,
            result,
            _card(data.get("server")),
            None if data.get("not_counted") else seconds,
            data.get("simulated") is True,
        )

    def _data(self, record: Path) -> Any:
        try:
            key = record, record.stat().st_mtime_ns
            if key not in self._read:
                if len(self._read) > 200:
                    self._read.clear()
                whole = json.loads(disk.read(str(record), record.as_posix(), _MOST_BYTES))
                names = ("started", "result", "timing", "server", "simulated", "not_counted")
                short = {name: whole.get(name) for name in names} if isinstance(whole, dict) else {}
                source = whole.get("source") if isinstance(whole, dict) else None
                if isinstance(source, dict):
                    short["source"] = {name: source.get(name) for name in ("file", "pipeline")}
                self._read[key] = short
        except (OSError, UnreadableFile, ValueError, RecursionError):
            return None
        return self._read[key]


def folders_for(root: Path, file: Path) -> tuple[Path, ...]:
    """Where runs of a file leave their records, as far as nobody names another folder."""
    return tuple(dict.fromkeys((root / _FOLDER, file.parent / _FOLDER)))


def _entries(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number >= _MOST_ENTRIES:
                    return
                yield entry.name
    except OSError:
        return


def _is(written: Any, file: Path, record: Path) -> bool:
    """Whether a record names a file. Its path may begin where the command was run, above the record."""
    if not isinstance(written, str) or not written:
        return False
    try:
        path = Path(written)
        if path.is_absolute():
            return disk.real_path(path) == file
        return disk.real_path(record.parent.parent / path) == file
    except (OSError, ValueError):
        return False


def _card(server: Any) -> str:
    devices = server.get("devices") if isinstance(server, dict) else None
    first = devices[0] if isinstance(devices, list) and devices else None
    name = first.get("name") if isinstance(first, dict) else None
    if not isinstance(name, str):
        return ""
    from wan22dsl.run.comparing import card_name

    return card_name(name)
