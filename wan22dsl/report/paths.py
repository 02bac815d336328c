"""How file names and strings are written in reports: relative, with forward slashes, readable everywhere."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import quote

from wan22dsl.escapes import visible

#: What XML 1.0 does not allow, and half characters, which cannot be written as UTF-8.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def readable(text: str) -> str:
    """The text with unsafe characters as escapes, and the few others replaced by the sign for that."""
    return _ILLEGAL.sub("\ufffd", visible(text))


_DRIVE = re.compile(r"[A-Za-z]:/")


def shown(path: str, folder: str | None = None) -> str:
    """A path from the folder where the linter runs; one outside of it is absolute."""
    return _from_here(_forward(path), _forward(str(Path.cwd()) if folder is None else folder))


def uri(path: str, folder: str | None = None) -> str:
    """The same as a URI: relative within the folder, `file:///…` outside of it."""
    name = shown(path, folder)
    if _DRIVE.match(name):
        return f"file:///{name[:2]}{quote(name[2:], errors='replace')}"
    if name.startswith("//"):  # a share of another machine
        return f"file:{quote(name, errors='replace')}"
    prefix = "file://" if name.startswith("/") else ""
    return prefix + quote(name, errors="replace")


def _forward(path: str) -> str:
    """Forward slashes, where a path is one of Windows; elsewhere a backslash is part of a name."""
    windows = _DRIVE.match(path.replace("\\", "/")) or path.startswith("\\\\")
    return path.replace("\\", "/") if windows else path


def _from_here(path: str, folder: str) -> str:
    if path.startswith("<"):  # `<stdin>` is no file
        return path
    absolute = path.startswith("/") or _DRIVE.match(path) is not None
    whole = _normal(path if absolute else f"{folder}/{path}")
    here = _normal(folder)
    inside = PurePosixPath(whole).is_relative_to(here) and whole != here
    return PurePosixPath(whole).relative_to(here).as_posix() if inside else whole


def _normal(path: str) -> str:
    shared = path.startswith("//")
    return ("/" if shared and not normpath(path).startswith("//") else "") + normpath(path)
