"""A latent as a safetensors file: no numbers, but what a later prompt needs to know of it."""

from __future__ import annotations

import json
from struct import pack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def latent(metadata: Mapping[str, str]) -> bytes:
    """The bytes of the file, with one tensor of one zero."""
    tensor = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    version = {"dtype": "F32", "shape": [0], "data_offsets": [4, 4]}
    header = {
        "__metadata__": dict(metadata),
        "latent_format_version_0": version,
        "latent_tensor": tensor,
    }
    text = json.dumps(header, ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % 8)
    return pack("<Q", len(text)) + text + bytes(4)
