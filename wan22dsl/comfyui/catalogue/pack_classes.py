"""The bundled schemas of classes of packs, for every version of ComfyUI; `packs` says where they are from."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from wan22dsl.comfyui.catalogue.compact import CompactFile
from wan22dsl.comfyui.catalogue.lines import mapped

DATA = Path(__file__).parent / "data"


@cache
def pack_classes() -> CompactFile:
    """The classes; of the file only what is asked for is read."""
    return CompactFile(mapped(DATA / "packs.jsonl"), "packs.jsonl")
