"""Packs of which one or two classes are known."""

from __future__ import annotations

from wan22dsl.comfyui.nodes.record import File, NodeRecord
from wan22dsl.comfyui.nodes.values import pass_on

RECORDS: tuple[NodeRecord, ...] = (
    pass_on("UnloadModel", "value", "ComfyUI-Unload-Model"),
    pass_on("UnloadAllModels", "value", "ComfyUI-Unload-Model"),
    pass_on("LayerUtility: PurgeVRAM V2", "anything", "ComfyUI_LayerStyle"),
    NodeRecord(
        "UnetLoaderGGUF",
        "ComfyUI-GGUF",
        role="loader",
        file=File("unet_name", "model", gguf=True),
    ),
    NodeRecord(
        "WanVideoSampler",
        "ComfyUI-WanVideoWrapper",
        role="sampler",
        steps=("start_step", "end_step"),
    ),
)
