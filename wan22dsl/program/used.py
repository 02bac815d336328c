"""The files that a `.wan` file uses, with their texts: what has to go along with it to be whole."""

from __future__ import annotations

import os.path
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.program.modules import Module
    from wan22dsl.source import Source


def used_texts(source: Source) -> dict[str, str]:
    """The text of each file that is used, by its path from the folder of the one that is given.

    The library's files are not among them: they come with wan22dsl.
    """
    from wan22dsl.program import modules

    main, _ = modules.load(source)
    here = (source.file.parent if source.file is not None else Path()).resolve()
    found: dict[str, str] = {}
    _gather(main, here, found)
    return dict(sorted(found.items()))


def _gather(module: Module, here: Path, found: dict[str, str]) -> None:
    for used in module.uses.values():
        if used.is_library or used.source.file is None:
            continue
        path = os.path.relpath(used.source.file.resolve(), here).replace(os.sep, "/")
        if path not in found:
            found[path] = used.source.text
            _gather(used, here, found)
