"""What a ComfyUI server says of itself, as far as a snapshot keeps it."""

from __future__ import annotations

import json
import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from wan22dsl.comfyui.log import start
from wan22dsl.errors import ServerAnswered, ServerError
from wan22dsl.machine.model_list import FOLDERS, ModelFile
from wan22dsl.network import limits
from wan22dsl.network.http import Transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.log.start import Started
    from wan22dsl.network.address import Address

#: What is kept of the start lines: what was switched on. Versions and sizes are in other parts.
STARTED = (
    *(
        "attention",
        "allocator",
        "vram_state",
        "dynamic_vram",
        "legacy_because",
        "fp16_accumulation",
    ),
    *("async_offload_streams", "pinned_bytes", "deterministic", "smart_memory", "amd_arch", "rocm"),
    *("failed_packs", "whole"),
)

_LONGEST = 200
_MOST_METADATA = 200


class Server:
    """A server. What it does not answer is empty or None, and never an exception."""

    def __init__(self, address: Address, stats: Mapping[str, Any] | None = None) -> None:
        """`stats` is its `/system_stats`, where that was asked for before."""
        self.address = address
        self._http = Transport(address)
        self._stats = stats

    def stats(self) -> Mapping[str, Any]:
        """Its `/system_stats`. Raises ServerError, for a server that is not there is no server."""
        if self._stats is None:
            found = self._http.json("GET", "/system_stats", limits.SYSTEM_STATS)
            self._stats = found if isinstance(found, dict) else {}
        return self._stats

    def started(self) -> Started | None:
        """What its log says of its start; None where the log is not there, or begins later."""
        answer = self._json("/internal/logs/raw", limits.LOGS)
        entries = answer.get("entries") if isinstance(answer, dict) else None
        if not isinstance(entries, list):
            return None
        # A line may come in several pieces.
        text = "".join(str(entry.get("m", "")) for entry in entries if isinstance(entry, dict))
        found = start.read(text.splitlines())
        return found if found.torch or found.attention or found.whole else None

    def folders(self) -> dict[str, list[str]]:
        """Where its folders are on its own disk, by ComfyUI's names for them."""
        answer = self._json("/internal/folder_paths", limits.SYSTEM_STATS)
        if not isinstance(answer, dict):
            return {}
        return {
            str(kind): [item for item in places if isinstance(item, str) and _is_place(item)]
            for kind, places in answer.items()
            if isinstance(places, list)
        }

    def packs(self) -> tuple[str, ...] | None:
        """The node packs that its classes come from; None where it does not list them."""
        answer = self._json("/object_info", limits.ALL_CLASSES)
        if not isinstance(answer, dict):
            return None
        modules = {
            str(item.get("python_module", "")) for item in answer.values() if isinstance(item, dict)
        }
        names = (
            module.removeprefix("custom_nodes.")
            for module in modules
            if module.startswith("custom_nodes.")
        )
        return tuple(sorted(name[:_LONGEST] for name in names if name != "websocket_image_save"))

    def models(self, *, with_metadata: bool) -> tuple[ModelFile, ...] | None:
        """Its model files with their sizes; with their metadata, where that is wanted, as a hash."""
        found: dict[tuple[str, str], ModelFile] = {}
        is_listed = False
        for folder in FOLDERS:
            answer = self._json(f"/experiment/models/{folder}", limits.NODE_CLASS)
            if not isinstance(answer, list):
                continue
            is_listed = True
            for item in answer:
                if isinstance(item, dict) and isinstance(item.get("name"), str):
                    name, size = item["name"].replace("\\", "/"), item.get("size")
                    size = size if isinstance(size, int) and not isinstance(size, bool) else None
                    found[folder, name] = ModelFile(folder, name, size)
        if not is_listed:
            return None
        models = [found[key] for key in sorted(found)]
        if with_metadata:
            models = [self._with_metadata(file) for file in models[:_MOST_METADATA]] + models[
                _MOST_METADATA:
            ]
        return tuple(models)

    def _with_metadata(self, file: ModelFile) -> ModelFile:
        query = urlencode({"filename": file.name})
        answer = self._json(f"/view_metadata/{quote(file.folder)}?{query}", limits.SYSTEM_STATS)
        if not isinstance(answer, dict):
            return file
        text = json.dumps(answer, sort_keys=True, ensure_ascii=True)
        return file._replace(metadata_sha256=sha256(text.encode()).hexdigest())

    def _json(self, path: str, limit: limits.Limit) -> Any:
        try:
            return self._http.json("GET", path, limit)
        except (ServerAnswered, ServerError):
            return None


def is_here(address: Address, stats: Mapping[str, Any], memory_bytes: int | None) -> bool | None:
    """Whether a server is on this computer; None where that cannot be told.

    A loopback address alone does not say it: a tunnel ends there as well. The server has the memory of this
    computer to the byte, or it is elsewhere.
    """
    if not address.is_loopback:
        return False
    system = stats.get("system")
    system = system if isinstance(system, dict) else {}
    if system.get("simulated"):
        return False
    theirs, os_name = system.get("ram_total"), system.get("os")
    if not isinstance(theirs, int) or memory_bytes is None:
        return None
    # ComfyUI says `os.name` in some versions and `sys.platform` in others.
    return theirs == memory_bytes and os_name in (os.name, sys.platform)


def _is_place(path: str) -> bool:
    """Whether a path can be one of this disk, wherever somebody is."""
    return "\0" not in path and Path(path).is_absolute()


def short(value: Any) -> str:
    """What a server says, in as many characters as are kept."""
    return "" if value is None else str(value)[:_LONGEST]
