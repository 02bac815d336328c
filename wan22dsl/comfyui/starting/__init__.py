"""How ComfyUI is started: a profile as data, the flags of each version, what becomes of the environment."""

from __future__ import annotations

#: A class of every version: a server that lists it has imported its nodes and those of its packs.
CLASS_OF_EVERY_VERSION = "KSampler"
