"""The files of the standard library as documents that can be read and not changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.program.module import LIBRARY

if TYPE_CHECKING:
    from pathlib import Path


#: The scheme of their URIs: `wan-library:/std.wan`.
SCHEME = "wan-library"


def is_library(file: Path) -> bool:
    """Whether a file is one of the standard library."""
    return file.parent == LIBRARY and file.suffix == ".wan"


def file_named(name: str) -> Path | None:
    """A file of the library by its name, such as `std.wan`; None where there is no such file."""
    file = LIBRARY / name
    return file if is_library(file) and file.name == name and file.is_file() else None
