"""Files that are named on the command line: which they are, read, and written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.cli import streams
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STANDARD = "-"


def read(name: str) -> Source:
    """A source by its name on the command line. Raises UnreadableFile."""
    return decode(name, read_bytes(name))


def read_bytes(name: str) -> bytes:
    """The bytes of a file or of standard input. Raises UnreadableFile."""
    if name == STANDARD:
        return streams.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UnreadableFile(Path(name).as_posix(), error.strerror or "cannot be read") from error


def decode(name: str, data: bytes) -> Source:
    """The source that the bytes of a file are. Raises UnreadableFile when they are not UTF-8."""
    if name == STANDARD:
        return Source.decode(data, "<stdin>")
    return Source.decode(data, Path(name).as_posix(), Path(name))


def find(names: Iterable[str]) -> list[str]:
    """The files that are meant, each once: those named, and for a folder all `.wan` files below it.

    Raises CommandError for a pattern that matches no file. A folder may have none.
    """
    found: dict[str, None] = {}
    for name in names:
        files = [name] if name == STANDARD else list(_meant(name))
        if not files and not os.path.isdir(name):  # noqa: PTH112 - the path may be no path at all
            raise CommandError(f"{name}: no file matches")
        found.update(dict.fromkeys(files))
    return list(found)


def _meant(name: str) -> Iterator[str]:
    if os.path.isdir(name):  # noqa: PTH112 - the path may be no path at all
        yield from sorted(_below(name))
    elif os.name == "nt" and ("*" in name or "?" in name):  # a Windows shell hands patterns on
        from glob import glob

        yield from sorted(Path(file).as_posix() for file in glob(name, recursive=True))  # noqa: PTH207
    else:
        yield Path(name).as_posix()


def _below(folder: str) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if not one.startswith(".")]
        yield from (Path(place, file).as_posix() for file in files if file.endswith(".wan"))


def write(name: str, text: str) -> None:
    """Writes a text as UTF-8 to standard output or to a file. Raises CommandError."""
    if name == STANDARD:
        streams.put(text)
    else:
        write_bytes(name, text.encode("utf-8"))


def write_bytes(name: str, data: bytes) -> None:
    """Writes a file, which is then the old one or the new one, never half of it. Raises CommandError."""
    try:
        _replace(Path(os.path.realpath(name)), data)
    except OSError as error:
        reason = error.strerror or "cannot be written"
        raise CommandError(f"{Path(name).as_posix()}: {reason}") from error


def _replace(target: Path, data: bytes) -> None:
    if target.exists() and not target.is_file():
        target.write_bytes(data)  # a device or a pipe, such as /dev/null
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with draft.open("xb") as file:
            file.write(data)
        if target.exists():
            draft.chmod(target.stat().st_mode & 0o7777)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
