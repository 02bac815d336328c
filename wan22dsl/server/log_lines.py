"""What the simulated server writes into its log where ComfyUI of its version does: its start, and each load.

The simulated card is an NVIDIA card with the defaults of ComfyUI. `comfyui/log/` reads these lines.
"""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from wan22dsl.graph.cost.cards import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.server.dialect import Dialect

#: What the old loader says it may use where nothing limits it: 1e32 bytes in MiB.
_NO_LIMIT = 1e32 / MIB

#: So many weights of a Wan 14B model a LoRA changes (measured: 400 with LightX2V's).
_PATCHES = 400


def started(card: Card, dialect: Dialect, ram_bytes: int) -> Iterator[str]:
    """The lines of a start, but for the address."""
    yield f"Total VRAM {card.vram_bytes / MIB:.0f} MB, total RAM {ram_bytes / MIB:.0f} MB"
    yield "pytorch version: simulated"
    yield "Set vram state to: NORMAL_VRAM"
    yield f"Device: cuda:0 NVIDIA {card.name} (simulated)"
    if dialect.has_dynamic_vram:
        yield "Using async weight offloading with 2 streams"
        yield f"Enabled pinned memory {0.9 * ram_bytes / MIB // 1:.1f}"
    yield "Using pytorch attention"
    if dialect.has_dynamic_vram:
        yield "DynamicVRAM support detected and enabled"
    yield f"Python version: {platform.python_version()}"
    yield f"ComfyUI version: {dialect.version}"


def listening(url: str) -> Iterator[str]:
    """The last lines of a start."""
    yield "Starting server"
    yield f"To see the GUI go to: {url}"


def loaded(
    dialect: Dialect, kind: str, room_bytes: int, loaded_bytes: int, streamed_bytes: int, loras: int
) -> Iterator[str]:
    """The lines of a model that is brought to the card, `streamed_bytes` of which do not stay there.

    DynamicVRAM does not say what stays.
    """
    yield f"Requested to load {kind}"
    usable, on_card, left = (size / MIB for size in (room_bytes, loaded_bytes, streamed_bytes))
    if dialect.has_dynamic_vram:
        staged = (loaded_bytes + streamed_bytes) // MIB
        yield (
            f"Model {kind} prepared for dynamic VRAM loading. {staged}MB Staged. "
            f"{_PATCHES if loras else 0} patches attached."
        )
    elif dialect.is_old:
        yield (
            f"loaded partially {usable} {on_card} 0"
            if streamed_bytes
            else f"loaded completely {_NO_LIMIT} {on_card} True"
        )
    elif streamed_bytes:
        yield (
            f"loaded partially; {usable:.2f} MB usable, {on_card:.2f} MB loaded, {left:.2f} MB "
            "offloaded, 0.00 MB buffer reserved, lowvram patches: 0"
        )
    else:
        yield (
            f"loaded completely; {usable:.2f} MB usable, {on_card:.2f} MB loaded, full load: True"
        )


def attention_failed(reason: str) -> str:
    """The line of a call of SageAttention that failed."""
    return f"Error running sage attention: {reason}, using pytorch attention instead."
