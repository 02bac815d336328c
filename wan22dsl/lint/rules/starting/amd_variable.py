"""WAN974: a variable for AMD in a profile for an NVIDIA card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import without
from wan22dsl.lint.rules.starting.view import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN974",
    name="amd-variable",
    severity=Severity.WARNING,
    summary="A variable for AMD cards is set for an NVIDIA card",
    text="`{name}` is read on AMD only, and the {card} is NVIDIA's.",
    why="A setting without effect hides that what it promises is not switched on.",
    help="Remove it, or name the card that the profile is for.",
    bad=profile(card="RTX 4090", env='HSA_OVERRIDE_GFX_VERSION = "11.0.0"'),
    good=profile(card="RX 7900 XTX", env='HSA_OVERRIDE_GFX_VERSION = "11.0.0"'),
    source="ROCm's documentation of HSA_OVERRIDE_GFX_VERSION; Comfy-Org/ComfyUI 0.38, main.py",
)

_PREFIXES = ("HSA_", "MIOPEN_", "TORCH_ROCM_", "HIP_", "ROCR_")
_NAMES = ("COMFYUI_ENABLE_MIOPEN", "FLASH_ATTENTION_TRITON_AMD_ENABLE")


def check(start: Start) -> Iterator[Diagnostic]:
    """Every such variable, where the card is known to be NVIDIA's."""
    if not start.is_nvidia:
        return
    for variable in start.profile.environment:
        if variable.name.startswith(_PREFIXES) or variable.name in _NAMES:
            span = place(variable.name_span, variable.span, start.profile.span)
            yield MESSAGE.at(
                span, fix=without(variable), name=variable.name, card=start.profile.card
            )
