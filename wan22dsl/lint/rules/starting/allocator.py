"""The settings of torch's allocator in an environment, and what ComfyUI makes of them.

ComfyUI removes `expandable_segments:True` from the list and appends `backend:cudaMallocAsync`, unless
`--disable-cuda-malloc` forbids the latter (Comfy-Org/ComfyUI 0.38, cuda_malloc.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.lint.rules.starting.view import CUDA_ALLOC

if TYPE_CHECKING:
    from wan22dsl.comfyui.starting.profile import Variable
    from wan22dsl.lint.rules.starting.view import Start

#: What ComfyUI removes, written just so.
SEGMENTS = "expandable_segments:True"

#: Settings that only torch's own allocator has; cudaMallocAsync ignores them. (PyTorch's notes on CUDA:
#: "Optimizing memory usage with PYTORCH_CUDA_ALLOC_CONF".)
NATIVE_ONLY = ("max_split_size_mb", "garbage_collection_threshold", "roundup_power2_divisions")


def settings(start: Start) -> tuple[Variable, list[str]] | None:
    """The variable with its settings; None where the profile does not set it."""
    variable = start.profile.variable(CUDA_ALLOC)
    if variable is None or "$" in variable.value or "%" in variable.value:
        return None  # a script fills it in
    return variable, _parts(variable.value)


def breaks(start: Start, parts: list[str]) -> bool:
    """Whether ComfyUI leaves a list that torch refuses: a setting goes, the commas around it stay."""
    return SEGMENTS in parts[1:-1] and start.strips_segments


def as_pair(part: str) -> str:
    """`max_split_size_mb=512` as `max_split_size_mb:512`."""
    name, sign, value = part.partition("=")
    return f"{name.strip()}:{value.strip()}" if sign and ":" not in part else part


def is_broken(start: Start, parts: list[str]) -> bool:
    """Whether torch refuses the list, as it is written or as ComfyUI leaves it."""
    return breaks(start, parts) or any(not part or as_pair(part) != part for part in parts)


def _parts(text: str) -> list[str]:
    """The settings of a list. A comma in brackets is part of a setting."""
    found, depth, last = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign == "[") - (sign == "]")
        if sign == "," and depth <= 0:
            found.append(text[last:at].strip())
            last = at + 1
    return [*found, text[last:].strip()]
