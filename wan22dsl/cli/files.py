"""Files that are named on the command line: which they are, read, and written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl import disk
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
        return disk.read(name, Path(name).as_posix())
    except UnreadableFile as error:
        raise disk.with_hint(error) from error


def document(name: str) -> bytes:
    """As `read_bytes`; of a picture, a video or a latent only how it begins. Raises UnreadableFile."""
    if name == STANDARD:
        return streams.read()
    from wan22dsl.formats import embedded

    try:
        return embedded.document(Path(name))
    except UnreadableFile as error:
        raise disk.with_hint(error) from error


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
        folders[:] = [name for name in folders if not name.startswith(".")]
        for file in (Path(place, name) for name in files if name.endswith(".wan")):
            if file.is_symlink() and disk.leads_out(str(file)):
                streams.say(f"left out: {file.as_posix()} (a link out of the project)")
            else:
                yield file.as_posix()


def write(name: str, text: str, *, json: bool = False) -> None:
    """Writes what a program reads, as UTF-8, to standard output or to a file. Raises CommandError."""
    if name == STANDARD:
        (streams.json if json else streams.data)(text)
    else:
        write_bytes(name, text.encode("utf-8"))


def write_bytes(name: str, data: bytes) -> None:
    """Writes a file, which is then the old one or the new one, never half of it. Raises CommandError."""
    disk.write(name, data)
