"""The last frame of a video as a picture: what a chained clip begins with."""

from __future__ import annotations

import io
from collections import deque
from importlib.util import find_spec
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError, UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

#: The names of modules, and of the libraries.
_LIBRARIES = {"av": "PyAV", "PIL": "Pillow"}


def png_of(file: Path) -> bytes:
    """The last frame as PNG. Raises UnreadableFile, and CommandError where a library is missing."""
    missing = [name for module, name in _LIBRARIES.items() if find_spec(module) is None]
    if missing:
        named = " and ".join(missing)
        raise CommandError(
            f'the last frame of a video needs {named}: pip install "wan22dsl[files]"'
        )
    import av

    try:
        with av.open(str(file)) as container:
            last = deque(container.decode(video=0), maxlen=1)
            if not last:
                raise UnreadableFile(file.as_posix(), "has no frame")
            out = io.BytesIO()
            last[0].to_image().save(out, "PNG")
            return out.getvalue()
    except (av.FFmpegError, IndexError, OSError) as error:
        raise UnreadableFile(file.as_posix(), f"cannot be read as a video: {error}") from error
