"""The workflow that a text was imported from, where it is beside the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.source import Source

#: The comment that an import writes above a text.
_IMPORTED = re.compile(r"#\s*Imported from (?P<name>[^/\\\0]+\.json)\.\s*")


def original_of(source: Source) -> Path | None:
    """The JSON of that name in the folder of the text, if it is workflow JSON; None where there is none.

    Only a name counts, not a path: a text that comes from elsewhere does not say what else is read here.
    """
    if source.file is None:
        return None
    for line in source.text.splitlines():
        if line.strip() and not line.startswith("#"):
            return None
        found = _IMPORTED.fullmatch(line)
        if found is not None:
            file = source.file.parent / found["name"]
            return file if _is_workflow(file) else None
    return None


def _is_workflow(file: Path) -> bool:
    """Whether a file is there, belongs to the project, and has the nodes of a workflow."""
    try:
        if not file.is_file() or (file.is_symlink() and disk.leads_out(str(file))):
            return False
        return b'"nodes"' in disk.read(str(file))
    except (OSError, UnreadableFile):
        return False
