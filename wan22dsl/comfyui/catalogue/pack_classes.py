"""The bundled schemas of classes of packs, for every version of ComfyUI; `packs` says where they are from."""

from __future__ import annotations

import os.path
from functools import cache

from wan22dsl.comfyui.catalogue.compact import CompactFile
from wan22dsl.comfyui.catalogue.lines import mapped

#: The folder of the bundled schemas.
DATA = os.path.join(os.path.dirname(__file__), "data")


@cache
def pack_classes() -> CompactFile:
    """The classes; of the file only what is asked for is read."""
    return CompactFile(mapped(os.path.join(DATA, "packs.jsonl")), "packs.jsonl")
