"""Packs of custom nodes: one file for each, with the records of its classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


def modules() -> tuple[ModuleType, ...]:
    """All files of packs; they are imported when this is called."""
    from wan22dsl.comfyui.nodes.packs import (
        controlnet_aux,
        easy_use,
        efficiency,
        frame_interpolation,
        impact,
        kjnodes,
        lora_manager,
        mxtoolkit,
        others,
        res4lyf,
        rgthree,
        shown,
        triple_ksampler,
        vhs,
        wan_moe,
        wan_video_wrapper,
    )

    return (
        controlnet_aux,
        easy_use,
        efficiency,
        frame_interpolation,
        impact,
        kjnodes,
        lora_manager,
        mxtoolkit,
        others,
        res4lyf,
        rgthree,
        shown,
        triple_ksampler,
        vhs,
        wan_moe,
        wan_video_wrapper,
    )
