"""`now.json` in the folder of a batch: what only its driver knows, for those who look on from outside.

Nothing depends on it: it is written as well as it can be, and read where it is there.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.fleet.models_page import Now

FILE = "now.json"

#: A thousand servers have 200 kB.
_MOST_BYTES = 4 * 1024**2


def write(folder: Path, now: Now) -> None:
    """Replaces it. A disk that is full keeps the old one."""
    text = json.dumps(now.as_json(), ensure_ascii=False, separators=(",", ":"))
    with suppress(CommandError):
        disk.write(str(folder / FILE), text.encode("utf-8", "backslashreplace") + b"\n")


def read(folder: Path, batch: str) -> Now | None:
    """What the driver of this batch said last; None where it said nothing that can be read."""
    from pydantic import ValidationError

    from wan22dsl.fleet.models_page import Now

    try:
        data = disk.read(str(folder / FILE), most_bytes=_MOST_BYTES)
        found = Now.model_validate_json(data, strict=True)
    except (UnreadableFile, ValidationError):
        return None
    return found if found.batch == batch else None
