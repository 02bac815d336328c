"""Results on disk. What is damaged, forged, in the way, or cannot be written is as if it were not there.

Whoever can write into a folder of results could say of any file that it is fine: a cloned repository, an
unpacked archive, another user of the machine, another job of CI. So by default results are in the user's own
cache folder, and each is signed with a secret of this user (`own_secret`), wherever it is.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import wan22dsl
from wan22dsl import disk, user_folders
from wan22dsl.digest import Digest
from wan22dsl.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The folder of results, and the file with the secret, in the user's cache folder.
RESULTS, SECRET = "lint", "secret"

_SECRET_BYTES = 32

#: So many results of each kind are kept, the newest: a user has several projects.
_MOST_KEPT = 60

_PACKAGE = os.path.dirname(os.path.abspath(wan22dsl.__file__))


def default_folder() -> str | None:
    """Where results are kept without `--cache-dir`. None when the user has no home folder."""
    folder = user_folders.cache_folder()
    return None if folder is None else os.path.join(folder, RESULTS)


class Cache:
    """A folder of results; without a folder, or without a secret to sign with, nothing is kept."""

    def __init__(self, folder: str | None) -> None:
        self.folder = folder
        self._secret = None if folder is None else own_secret()
        self._machine = ""

    @property
    def machine(self) -> str:
        """`of_this_machine`, made once."""
        self._machine = self._machine or of_this_machine()
        return self._machine

    def read(self, name: str) -> Any:
        """What was kept under a name; None when there is nothing whole that this user has made."""
        if self.folder is None or self._secret is None:
            return None
        try:
            data = disk.read(os.path.join(self.folder, name)).decode("utf-8")
            signature, _, text = data.partition("\n")
            # A comparison in constant time is for those who may ask again and again; here it is the owner.
            return json.loads(text) if signature == self._signature(name, text) else None
        except (UnreadableFile, ValueError, RecursionError):
            return None

    def write(self, name: str, data: Any) -> None:
        """Keeps data under a name: another process finds the old or the new, never half of it."""
        if self.folder is None:
            return
        target = os.path.join(self.folder, name)
        draft = f"{target}.{os.getpid()}.{os.urandom(4).hex()}.part"
        try:
            self._make_folder(self.folder)
            if self._secret is None:
                self._secret = own_secret(make=True)
            if self._secret is None:
                return
            text = json.dumps(data)
            with open(draft, "x", encoding="utf-8", newline="\n") as file:
                file.write(f"{self._signature(name, text)}\n{text}")
            os.replace(draft, target)
            self._forget(name.partition("-")[0], self.folder)
        except (OSError, ValueError, RecursionError):
            with suppress(OSError):
                os.unlink(draft)

    def _signature(self, name: str, text: str) -> str:
        return str(Digest(name, text, key=self._secret or b""))

    @staticmethod
    def _make_folder(folder: str) -> None:
        """The folder, of which git is told that nothing in it is to be kept."""
        os.makedirs(folder, mode=0o700, exist_ok=True)
        ignore = os.path.join(folder, ".gitignore")
        if not os.path.lexists(ignore):
            with (
                suppress(FileExistsError),
                open(ignore, "x", encoding="utf-8", newline="\n") as file,
            ):
                file.write("*\n")

    @staticmethod
    def _forget(kind: str, folder: str) -> None:
        """Removes the oldest of a kind when there are too many, drafts of processes that were ended too."""
        aged = []
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(f"{kind}-"):
                    with suppress(FileNotFoundError):  # another process was faster
                        aged.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.path))
        for _, path in sorted(aged, reverse=True)[_MOST_KEPT:]:
            with suppress(OSError):
                os.unlink(path)


def own_secret(*, make: bool = False) -> bytes | None:
    """The secret that the results of this user are signed with; None where there is none.

    With `make` one is made where none is, or where others could have read the one that is. None also where
    no file can be kept to oneself: without a home folder, or in one that belongs to somebody else.
    """
    folder = user_folders.cache_folder()
    if folder is None:
        return None
    file = os.path.join(folder, SECRET)
    try:
        found = _secret_in(file)
        if found is None and make:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            _make_secret(folder, file)
            found = _secret_in(file)
    except OSError:
        return None
    return found


def _secret_in(file: str) -> bytes | None:
    flags = os.O_RDONLY
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    try:
        descriptor = os.open(file, flags)
    except FileNotFoundError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or not _is_own(status):
            raise PermissionError(file)
        found = os.read(descriptor, _SECRET_BYTES + 1)
    finally:
        os.close(descriptor)
    is_secret = os.name == "nt" or not status.st_mode & 0o077
    return found if is_secret and len(found) == _SECRET_BYTES else None


def _make_secret(folder: str, file: str) -> None:
    """Raises OSError. Of several processes that start at once, all come to have the same secret."""
    if not _is_own(os.stat(folder)):
        raise PermissionError(folder)
    draft = f"{file}.{os.getpid()}.{os.urandom(4).hex()}.part"
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as opened:
            opened.write(os.urandom(_SECRET_BYTES))
        try:
            os.link(draft, file)
        except (
            FileExistsError
        ):  # another process has just made it, or it is cut, or others can read it
            if _secret_in(file) is None:
                os.replace(draft, file)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(draft)


def _is_own(status: os.stat_result) -> bool:
    """Whether something belongs to this user. Windows has no such numbers; its folder is private as it is."""
    return not hasattr(os, "getuid") or status.st_uid == os.getuid()


def of_this_machine() -> str:
    """A digest of this installation that is quick to make: names, sizes and times of its files."""
    found = Digest(sys.version, sys.platform, _PACKAGE)
    for path, entry in _files(_PACKAGE):
        stat = entry.stat()
        found.add(f"{path} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}")
    return str(found)


def of_this_version() -> str:
    """A digest of what this installation does: the same on every machine that has the same files."""
    found = Digest(repr(sys.version_info[:2]), sys.platform)
    for path, entry in _files(_PACKAGE):
        found.add(path, disk.read(entry.path))
    return str(found)


def version_by(cache: Cache) -> str:
    """`of_this_version`, for which every file of the installation is read only when one has changed."""
    name = f"version-{cache.machine}"
    kept = cache.read(name)
    if isinstance(kept, str) and kept:
        return kept
    version = of_this_version()
    cache.write(name, version)
    return version


def _files(folder: str, above: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda found: found.name):
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _files(entry.path, f"{above}{entry.name}/")
            else:
                yield above + entry.name, entry
