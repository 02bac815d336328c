"""Files beside a `.wan` file: pictures, videos, sounds, and other `.wan` files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.editor.completion.suggestion import Suggestion
from wan22dsl.language.syntax import spelling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PICTURES = frozenset("png jpg jpeg webp gif bmp tif tiff avif".split())
_VIDEOS = frozenset("mp4 mov webm mkv avi m4v".split())
_SOUNDS = frozenset("mp3 wav flac ogg opus m4a".split())

#: The endings that a type takes. A video given as an image gives its frames.
ENDINGS: dict[str, frozenset[str]] = {
    "image": _PICTURES,
    "IMAGE": _PICTURES | _VIDEOS,
    "video": _VIDEOS,
    "VIDEO": _VIDEOS,
    "audio": _SOUNDS | _VIDEOS,
    "AUDIO": _SOUNDS | _VIDEOS,
    "wan": frozenset(("wan",)),
}

#: Beyond so many entries of a folder nothing is looked at, so that a large folder stays quick.
_MOST = 2_000
_MOST_FOLDERS = 40


def beside(file: Path | None, endings: frozenset[str], *, except_for: str = "") -> list[str]:
    """The files in the folder of a file and in the folders in it, by their names from there, sorted."""
    if file is None:
        return []
    folder = str(file.parent)
    found = list(_files_in(folder, "", endings, except_for))
    for name in _folders_in(folder)[:_MOST_FOLDERS]:
        found += _files_in(f"{folder}{os.sep}{name}", f"{name}/", endings, except_for)
    return sorted(found, key=lambda name: (name.count("/"), name))


def _files_in(folder: str, prefix: str, endings: frozenset[str], except_for: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number > _MOST:
                    return
                ending = entry.name.rpartition(".")[2].lower()
                if ending in endings and entry.name != except_for and entry.is_file():
                    yield prefix + entry.name
    except OSError:
        return


def _folders_in(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name
                for number, entry in enumerate(entries)
                if number <= _MOST and not entry.name.startswith(".") and entry.is_dir()
            )
    except OSError:
        return []


def modules_above(file: Path | None) -> list[str]:
    """The `.wan` files in the folders above a file that belong to its project, as `use` names them."""
    if file is None:
        return []
    found: list[str] = []
    folder, prefix = file.parent, "../"
    while not any((folder / top).exists() for top in disk.TOPS) and folder.parent != folder:
        folder = folder.parent
        found += _files_in(str(folder), prefix, ENDINGS["wan"], "")
        prefix += "../"
        if len(prefix) > 12:
            break
    return sorted(found)


def as_texts(names: list[str], *, in_quotes: bool, detail: str = "") -> list[Suggestion]:
    """File names as suggestions: with quotes, or inside of a string."""
    return [
        Suggestion(
            name if not in_quotes else spelling.quote(name),
            "file",
            insert=spelling.quote(name) if in_quotes else spelling.escape(name),
            detail=detail,
        )
        for name in names
    ]


def alias_of(name: str) -> str:
    """The name by which a used file can be called."""
    stem = name.rpartition("/")[2].removesuffix(".wan").lower()
    word = "".join(
        letter if letter.isascii() and letter.isalnum() else "_" for letter in stem
    ).strip("_")
    return word if word and word[0].isalpha() else f"file_{word}".rstrip("_")
