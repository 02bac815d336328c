"""Looks at model files: what they are, whether they are whole, and their sha256, which is kept.

Hashing 14 GB takes 10 seconds and more, so a sha256 is kept in the user's cache folder, by path, size and
time of the last change. Headers are read again every time: that takes milliseconds.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from wan22dsl import disk, user_folders
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.model_files import header, identity, published
from wan22dsl.model_files.header import BrokenHeader
from wan22dsl.model_files.kinds import LORA
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.model_files.kinds import Identity
    from wan22dsl.model_files.published import Published

#: Which files are hashed: none, those that only a sha256 tells apart, these and those with a known sha256, or
#: all.
Hashing = Literal["none", "where needed", "where known", "all"]

#: Larger files are not hashed unless all are.
_MOST_HASHED_BYTES = 2 * 1024**3

_CHUNK_BYTES = 8 * 1024**2

#: The file in the user's cache folder, and how many entries it has at most.
_FILE, _MOST_KEPT = "model_files.json", 4096

#: A file that was changed less than this ago may change again without a new time.
_SETTLED_NS = 2 * 10**9


class Looked(NamedTuple):
    """What is known of a file. `problem` is why it cannot be read; `is_broken` tells that it is damaged.

    `published` is the published file that it is, by its sha256.
    """

    path: str
    size_bytes: int
    identity: Identity | None
    problem: str | None = None
    is_broken: bool = False
    sha256: str | None = None
    published: Published | None = None


class Looker:
    """Looks at files, and keeps what took long. `progress` gets bytes that were hashed."""

    def __init__(
        self, progress: Callable[[str, int, int], None] | None = None, *, keeps: bool = True
    ) -> None:
        folder = user_folders.cache_folder() if keeps else None
        self._file = None if folder is None else os.path.join(folder, _FILE)
        self._progress = progress
        self._kept: dict[str, list[Any]] | None = None
        self._new: dict[str, list[Any]] = {}
        self._seen: dict[tuple[str, Hashing], Looked] = {}

    def look(self, path: str, hashing: Hashing = "where needed") -> Looked:
        """What a file is. Whatever is wrong with it is in the result."""
        key = (os.path.abspath(path), hashing)
        if key not in self._seen:
            self._seen[key] = self._look(key[0], hashing)
        return self._seen[key]

    def _look(self, path: str, hashing: Hashing) -> Looked:
        try:
            found = header.read(path)
        except UnreadableFile as error:
            size_bytes = 0
            with suppress(OSError):
                size_bytes = os.stat(path).st_size
            broken = isinstance(error, BrokenHeader)
            return Looked(path, size_bytes, None, error.reason, broken)
        known = identity.of(found)
        wants = hashing == "all" or (
            hashing != "none"
            and known.kind == LORA
            and found.size_bytes <= _MOST_HASHED_BYTES
            and published.has_size_of_one(found.size_bytes)
        )
        sha256 = self._sha256(path, make=wants)
        own = published.by_sha256(sha256) if sha256 is not None else None
        return Looked(path, found.size_bytes, _with(known, own), None, False, sha256, own)

    def _sha256(self, path: str, *, make: bool) -> str | None:
        try:
            status = os.stat(path)
        except OSError:
            return None
        entry = self._entries().get(path)
        if entry is not None and entry[:2] == [status.st_size, status.st_mtime_ns]:
            kept: str = entry[2]
            return kept
        if not make:
            return None
        sha256 = sha256_of(path, self._progress)
        with suppress(OSError):
            after = os.stat(path)
            same = (after.st_size, after.st_mtime_ns) == (status.st_size, status.st_mtime_ns)
            if same and time.time_ns() - after.st_mtime_ns > _SETTLED_NS:
                self._new[path] = [status.st_size, status.st_mtime_ns, sha256]
        return sha256

    def _entries(self) -> dict[str, list[Any]]:
        if self._kept is None:
            self._kept = _read(self._file)
        return self._kept

    def save(self) -> None:
        """Keeps what was hashed. A folder that cannot be written is no fault."""
        if self._file is None or not self._new:
            return
        entries = {**_read(self._file), **self._new}
        newest = list(entries.items())[-_MOST_KEPT:]
        data = json.dumps(dict(newest), separators=(",", ":")).encode("utf-8", "surrogatepass")
        with suppress(OSError, CommandError):
            os.makedirs(os.path.dirname(self._file), mode=0o700, exist_ok=True)
            disk.write(self._file, data)
            self._new = {}


def _with(known: Identity, own: Published | None) -> Identity:
    """The same with what its sha256 says."""
    if own is None:
        return known
    evidence = f"its sha256 is that of the published {own.file}"
    unknown = known.unknown if own.family is None else ()
    families = (own.family,) if own.family is not None else known.families
    return known._replace(
        family=own.family or known.family,
        families=families,
        noise=own.noise or known.noise,
        generation="2.2" if own.noise else known.generation,
        evidence=(evidence, *known.evidence),
        unknown=unknown,
    )


def _read(file: str | None) -> dict[str, list[Any]]:
    """The entries that were kept; none where the file is damaged."""
    if file is None:
        return {}
    try:
        found = json.loads(disk.read(file))
    except (UnreadableFile, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {path: entry for path, entry in found.items() if _is_entry(entry)}


def _is_entry(entry: Any) -> bool:
    return (
        isinstance(entry, list)
        and len(entry) == 3
        and type(entry[0]) is int
        and type(entry[1]) is int
        and isinstance(entry[2], str)
        and len(entry[2]) == 64
    )


def sha256_of(path: str, progress: Callable[[str, int, int], None] | None = None) -> str:
    """The sha256 of a file; `progress` gets its path, the bytes read, and all. Raises UnreadableFile."""
    from hashlib import sha256  # brings OpenSSL along

    made = sha256()
    done = 0
    with disk.opened(path) as file:
        size_bytes = os.fstat(file.fileno()).st_size
        while chunk := file.read(_CHUNK_BYTES):
            made.update(chunk)
            done += len(chunk)
            if progress is not None:
                progress(path, done, size_bytes)
    return made.hexdigest()
