"""What a file in the input folder is, and, when we wrote it ourselves, the work it came from.

What was written here carries a line `simulated` among its metadata, so that a pass which loads the latent
or the clip of another pass goes on with the very same.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from wan22dsl.graph.model import Facts
from wan22dsl.server.flow import digest_of

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.server.flow import Flow

#: How the bytes of pictures, clips and sounds begin that ComfyUI can open.
_SIGNATURES = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*", b"\x1aE\xdf\xa3", b"OggS",
    b"fLaC", b"ID3",
)  # fmt: skip

#: The line as `mark` writes it. An MP4 has all names of its tags before the first text, so the name is not
#: looked for; the quotes have a backslash where the line is in JSON.
_MARK = re.compile(rb'\{\\?"width_px\\?": [^{}]*\\?"digest\\?": [^{}]*\}')


def mark(flow: Flow, saved: Facts, frame: int | None = None) -> str:
    """The line that a file carries: what is in it, and the work it came from; of one frame, if that is meant.

    A latent holds clips, which are no frames yet; everything else has the facts of the file.
    """
    digest = flow.digest if frame is None else digest_of(flow.digest, frame)
    latent = flow.type == "LATENT"
    return json.dumps(
        {
            "width_px": flow.width_px if latent else saved.width,
            "height_px": flow.height_px if latent else saved.height,
            "frames": 1 if frame is not None else flow.frames if latent else saved.frames,
            "batch": flow.batch if latent else 1,
            "fps": flow.fps if latent else saved.fps or 0.0,
            "digest": digest,
        }
    )


def digest_of_file(path: Path, kind: str) -> str | None:
    """A short name for the content of a file, for an output of that type; None for a file of another kind."""
    data = path.read_bytes()
    about = _marks(data)
    if about is not None and isinstance(about.get("digest"), str):
        return str(about["digest"])
    is_latent = kind == "LATENT" and data[8:9] == b"{"
    if not (data.startswith(_SIGNATURES) or data[4:8] == b"ftyp" or is_latent):
        return None
    return digest_of(data.hex() if len(data) < 1000 else [len(data), _hash(data)])


def marked(path: Path) -> Facts | None:
    """The facts of a file that was written here; None for any other."""
    try:
        about = _marks(path.read_bytes())
    except OSError:
        return None
    if about is None:
        return None
    sides = [about.get(name) for name in ("frames", "width_px", "height_px", "batch")]
    frames, width, height, clips = (
        side if type(side) is int and side > 0 else None for side in sides
    )
    fps = about.get("fps")
    rate = float(fps) if isinstance(fps, (int, float)) and 0 < fps <= 1000 else None
    return Facts(frames=frames, fps=rate, width=width, height=height, clips=clips or 1)


def _marks(data: bytes) -> dict[str, Any] | None:
    found = _MARK.search(data)
    if found is None:
        return None
    try:
        about = json.loads(found[0].replace(b'\\"', b'"'))
    except ValueError:
        return None
    return about if isinstance(about, dict) else None


def _hash(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()
