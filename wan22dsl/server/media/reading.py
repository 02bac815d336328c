"""What a file in the input folder is: its size, and, when we wrote it ourselves, the work it came from.

What was written here carries a line `simulated` among its metadata, so that a pass which loads the latent
or the clip of another pass goes on with the very same.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from wan22dsl.server.flow import Flow, digest_of

if TYPE_CHECKING:
    from pathlib import Path

#: How the bytes of pictures, clips and sounds begin that ComfyUI can open.
_SIGNATURES = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*", b"\x1aE\xdf\xa3", b"OggS",
    b"fLaC", b"ID3",
)  # fmt: skip

_MARK = re.compile(
    rb'simulated"?[^{]{0,40}?(\{\\?"width_px\\?"[^{}]*\})',
)


def mark(flow: Flow, frame: int | None = None) -> str:
    """The line that a file carries: enough of a Flow to go on with it; of one frame, if that is meant."""
    digest = flow.digest if frame is None else digest_of(flow.digest, frame)
    return json.dumps(
        {
            "width_px": flow.width_px,
            "height_px": flow.height_px,
            "frames": flow.frames if frame is None else 1,
            "batch": flow.batch,
            "fps": flow.fps,
            "digest": digest,
        }
    )


def read(path: Path, kind: str) -> Flow | None:
    """What a node of that output finds in a file; None when it is no such file."""
    data = path.read_bytes()
    if found := _MARK.search(data):
        try:
            return Flow(kind, **json.loads(found[1].replace(b'\\"', b'"')))
        except (ValueError, TypeError):
            pass
    is_latent = kind == "LATENT" and data[8:9] == b"{"
    if not (data.startswith(_SIGNATURES) or data[4:8] == b"ftyp" or is_latent):
        return None
    width, height = _size(data)
    digest = digest_of(data.hex() if len(data) < 1000 else [len(data), _hash(data)])
    return Flow(kind, digest, width, height, 1)


def _size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG; of others a common size, since the nodes after it scale anyway."""
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    return 1024, 1024


def _hash(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()
