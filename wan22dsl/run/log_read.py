"""The server's log in the record of a run, and why its times may measure something else than was set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wan22dsl.comfyui.log.loading import Read

#: An attention as people call it.
ATTENTION = {
    "sage": "SageAttention",
    "sage 3": "SageAttention 3",
    "flash": "FlashAttention",
    "pytorch": "PyTorch's",
}

#: A path of the server's machine, which no record has.
_PATH = re.compile(r"(?:[A-Za-z]:)?(?:[\\/][^\s'\",;:\\/]+){2,}|[A-Za-z]:[\\/][^\s'\",;]*")


def without_paths(text: str) -> str:
    """A text of the log without paths of the server's machine."""
    return _PATH.sub("…", text)


def not_as_set(log: Read) -> tuple[str, ...]:
    """Why a run measured something else than was set: an attention that failed, a decode in tiles."""
    found = []
    for fallback in log.fallbacks:
        reason = without_paths(fallback.reason)[:160]
        because = f" ({reason})" if reason else ""
        found.append(
            f"{ATTENTION[fallback.attention]} failed and {ATTENTION[fallback.used]} attention was "
            f"used{because}"
        )
    if log.tiled_decode:
        found.append("the VAE ran out of memory and decoded in tiles")
    return tuple(found)


def as_kept(log: Read) -> dict[str, Any]:
    """What a record keeps of a log."""
    return {
        "whole": log.whole,
        "loads": tuple(
            {key: value for key, value in load._asdict().items() if key != "line"}
            for load in log.loads
        ),
        "residents": tuple(resident._asdict() for resident in log.residents),
        "attention_failed": tuple(
            {
                "attention": fallback.attention,
                "used": fallback.used,
                "reason": without_paths(fallback.reason),
                "count": fallback.times,
            }
            for fallback in log.fallbacks
        ),
        "weight_dtypes": log.weight_dtypes,
        "native_ops": log.native_ops,
        "emulated_ops": log.emulated_ops,
        "lora_keys_not_loaded": len(log.lora_keys),
        "lora_keys_of_other_shape": len(log.lora_errors),
        "tiled_decode": log.tiled_decode,
    }
