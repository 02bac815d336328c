"""Files are read and written here, and nowhere else.

Only regular files are read: a pipe may never end, a device may have no end, and either may be what a name
in a stranger's repository leads to. What is written is a draft beside the file that takes its place when it
is whole, so that a full disk leaves the old file or none, and never an empty one.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

#: The largest text or JSON that is read. The largest real workflow that is known has 3 MB, and an answer of
#: `/object_info` with hundreds of packs 20 MB.
MOST_BYTES = 64 * 1024**2

#: What makes a folder the top of a project.
TOPS = ("wan.toml", "pyproject.toml", ".git")

_BEHIND_EVERY_FILE = 2**50

PIPE = "is a pipe, not a file"

_KINDS = (
    (stat.S_ISDIR, "is a folder"),
    (stat.S_ISLNK, "is a link"),
    (stat.S_ISFIFO, PIPE),
    (stat.S_ISSOCK, "is a socket, not a file"),
    (stat.S_ISCHR, "is a device, not a file"),
    (stat.S_ISBLK, "is a device, not a file"),
)


def read(path: str, shown: str | None = None, most_bytes: int = MOST_BYTES) -> bytes:
    """The bytes of a regular file. Raises UnreadableFile, which names it as `shown`."""
    with opened(path, shown) as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        limit = size_in_words(most_bytes)
        raise UnreadableFile(_shown(path, shown), f"is too large (limit: {limit})")
    return data


def text_of(path: str, most_bytes: int = 4 * 1024**2) -> str:
    """The text of a small file; empty where there is none, or none that can be read."""
    try:
        return read(path, most_bytes=most_bytes).decode("utf-8", "replace")
    except UnreadableFile:
        return ""


def with_hint(error: UnreadableFile) -> UnreadableFile:
    """The same with what to do, where a pipe was named, as a shell's `<(…)` does."""
    if error.reason != PIPE:
        return error
    return UnreadableFile(error.path, f"{error.reason}; give `-` to read standard input")


@contextmanager
def opened(path: str, shown: str | None = None, *, follows_link: bool = True) -> Iterator[BinaryIO]:
    """A regular file, open for reading. Raises UnreadableFile for everything else, also while it is read.

    Without `follows_link` a path that is a link is refused: for one that was resolved and checked before,
    and may have been replaced since.
    """
    name = _shown(path, shown)
    try:
        descriptor = _descriptor(path, name, follows_link)
    except OSError as error:
        raise UnreadableFile(name, reason(error)) from error
    except ValueError as error:  # a name with a null character
        raise UnreadableFile(name, "is not a file name") from error
    with open(descriptor, "rb") as file:
        try:
            yield file
        except OSError as error:
            raise UnreadableFile(name, reason(error)) from error


def _descriptor(path: str, name: str, follows_link: bool) -> int:
    # Looked at before, since opening alone can change a device; and after, since the file may be another one
    # by then. Without O_NONBLOCK a pipe would wait for somebody to write into it.
    _refuse(os.stat(path, follow_symlinks=follows_link).st_mode, name)
    flags = os.O_RDONLY
    for flag in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    if not follows_link:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags)
    try:
        _refuse(os.fstat(descriptor).st_mode, name)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _refuse(mode: int, name: str) -> None:
    if not stat.S_ISREG(mode):
        raise UnreadableFile(name, kind_of(mode))


def kind_of(mode: int) -> str:
    """What is at a path where no file is, from its mode."""
    return next((said for is_kind, said in _KINDS if is_kind(mode)), "is not a file")


def write(path: str, data: bytes) -> None:
    """Writes a file, which is then the old one or the new one, never half of it.

    A link is followed as long as it stays in the project. Raises CommandError.
    """
    name = _shown(path, None)
    try:
        _write(path, name, data)
    except OSError as error:
        raise CommandError(f"{name}: {reason(error)}") from error
    except ValueError as error:
        raise CommandError(f"{name}: is not a file name") from error


@contextmanager
def growing(path: str) -> Iterator[BinaryIO]:
    """A file that is written while its content comes, such as a log. What was there before is lost.

    A link is followed as `write` does. Raises CommandError where it cannot be opened.
    """
    name = _shown(path, None)
    try:
        mode = _mode(path)
        if mode is not None and not stat.S_ISREG(mode) and not _is_device(path, mode):
            raise CommandError(f"{name}: {kind_of(mode)}")
        if leads_out(path):
            raise CommandError(f"{name}: a link in the path leads out of the project")
        file = open(path, "wb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise CommandError(f"{name}: {reason(error)}") from error
    except ValueError as error:
        raise CommandError(f"{name}: is not a file name") from error
    try:
        yield file
    except BaseException:
        with suppress(OSError):  # what could not be written cannot be written now
            file.close()
        raise
    try:
        file.close()
    except OSError as error:
        raise CommandError(f"{name}: {reason(error)}") from None


def _write(path: str, name: str, data: bytes) -> None:
    mode = _mode(path)
    if _is_device(path, mode):
        with open(path, "wb") as device:
            device.write(data)
        return
    if mode is not None and not stat.S_ISREG(mode):
        raise CommandError(f"{name}: {kind_of(mode)}")
    target = os.path.realpath(path)
    if leads_out(path):
        raise CommandError(
            f"{name}: a link in the path leads out of the project; to write there, use "
            f"{_shown(target, None)}"
        )
    _replace(target, data, mode)


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _is_device(path: str, mode: int | None) -> bool:
    """Whether a path is the name that the system gives to a device, or to a stream of this process."""
    if os.name == "nt":
        return path.lower() == "nul"
    if not path.startswith("/dev/") or mode is None or stat.S_ISBLK(mode):
        return False
    return not stat.S_ISREG(mode) or os.path.islink(path)


def _replace(target: str, data: bytes, mode: int | None) -> None:
    folder, name = os.path.split(target)
    draft = os.path.join(folder, f".{name[:100]}.{os.getpid()}.{os.urandom(4).hex()}.part")
    try:
        with open(draft, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(draft, mode & 0o7777)
        os.replace(draft, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise


def settle(folder: str) -> None:
    """Sees that the names in a folder survive the loss of power, not only the contents of its files.

    Best effort: some systems do it by themselves, and some file systems cannot.
    """
    if os.name == "nt":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class InUse(Exception):
    """A draft that another process is writing."""


@contextmanager
def draft(path: str) -> Iterator[BinaryIO]:
    """A file to be written in several goes, and resumed, by one process at a time; it is made where none is.

    It gets the name that it is for by `os.replace`. Raises InUse, OSError, and UnreadableFile where something
    else is at its place.
    """
    name = _shown(path, None)
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    _refuse(mode, name)
    flags = os.O_RDWR | os.O_CREAT
    for flag in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"):
        flags |= getattr(os, flag, 0)
    with open(os.open(path, flags, 0o644), "r+b", buffering=0) as file:
        _refuse(os.fstat(file.fileno()).st_mode, name)
        if not _locked(file.fileno()):
            raise InUse
        yield file


def _locked(descriptor: int) -> bool:
    """Takes a file for this process; the system gives it back when that ends. False: another one has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(
                descriptor, _BEHIND_EVERY_FILE, os.SEEK_SET
            )  # what is locked there cannot be read
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # A file system without locks, such as some network drives, is used without.
        return error.errno not in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
    return True


def leads_out(path: str) -> bool:
    """Whether a link on the way to a file leads out of the project that the file is named in.

    Without a project, out of the folder that the command runs in or, for a path elsewhere, that of the file.
    """
    named = os.path.abspath(path)
    return not is_within(os.path.realpath(named), _project(named))


def is_outside(path: str, folder: str) -> bool:
    """Whether a path is outside of the repository of a folder; without a repository, of the folder itself."""
    above = [*_ancestors(os.path.abspath(folder)), folder]
    repositories = [item for item in above if os.path.lexists(os.path.join(item, ".git"))]
    root = repositories[-1] if repositories else folder
    return not is_within(os.path.realpath(path), os.path.realpath(root))


def _project(named: str) -> str:
    """The innermost project around a name that really is within the ones around it."""
    here = os.getcwd()
    root = os.path.realpath(here if is_within(named, here) else os.path.dirname(named))
    tops = [ancestor for ancestor in _ancestors(named) if is_top(ancestor)]
    for number, top in enumerate(tops):
        place = os.path.realpath(top)
        if number and not is_within(place, root):
            break
        root = place
    return root


def _ancestors(path: str) -> list[str]:
    """The folders around a path, the outermost first."""
    found = []
    while os.path.dirname(path) != path:
        path = os.path.dirname(path)
        found.append(path)
    return found[::-1]


def is_top(folder: str) -> bool:
    """Whether a folder is the top of a project."""
    return any(os.path.lexists(os.path.join(folder, top)) for top in TOPS)


def real_path(file: Path) -> Path:
    """A path without links; the path itself where links lead in a circle, or no file has such a name."""
    from pathlib import Path

    try:
        return Path(os.path.realpath(file))
    except ValueError:  # a name with a null character
        return Path(os.path.abspath(file))


def is_within(path: str, folder: str) -> bool:
    """Whether a real path is that of a folder, or below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def reason(error: OSError) -> str:
    """What the system says of a failure, in a few words."""
    return error.strerror or "cannot be read or written"


def size_in_words(size_bytes: int) -> str:
    """`64 MiB`, `1 KiB`, `5 bytes`: a size that is a limit."""
    for unit, name in ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB")):
        if size_bytes >= unit:
            return f"{size_bytes // unit} {name}"
    return f"{size_bytes} bytes"


def _shown(path: str, shown: str | None) -> str:
    return path.replace(os.sep, "/") if shown is None else shown
