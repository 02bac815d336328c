"""Packs of which one or two classes are known."""

from __future__ import annotations

from wan22dsl.comfyui.nodes import loras
from wan22dsl.comfyui.nodes.record import Conditioning, File, LatentShape, NodeRecord
from wan22dsl.comfyui.nodes.values import pass_on
from wan22dsl.comfyui.nodes.wan_latents import latent
from wan22dsl.comfyui.nodes.widgets import Rows, Widgets

_FLORENCE2 = (
    *("text_input", "task", "fill_mask", "keep_model_loaded", "max_new_tokens", "num_beams"),
    *("do_sample", "output_mask_select", "seed"),
)

#: Classes whose versions have their widgets in different orders, with the packs that they are of.
_MOVED = (
    ("RayInitializer", "raylight"),
    ("TripleWVSamplerAdvanced", "ComfyUI-TripleKSampler"),
    ("PowerSplineEditor", "ComfyUI-WanVideoWrapper_QQ"),
    ("PrepareRefs", "ComfyUI-WanVideoWrapper_QQ"),
    ("DrawShapeOnPath", "ComfyUI-WanVideoWrapper_QQ"),
    ("DrawImageOnPath", "ComfyUI-WanVideoWrapper_QQ"),
    ("WanAdvancedI2V", "ComfyUI-Wan22FMLF"),
    ("WanFourFrameReferenceUltimate", "ComfyUI-Wan22FMLF"),
    ("WanSVIProAdvancedI2V", "ComfyUI-Wan22FMLF"),
)

#: The loader of LoRAs that siraxe made of rgthree's (siraxe/ComfyUI-WanVideoWrapper_QQ).
_HEADER = {"type": "PowerLoraLoaderHeaderWidget"}
_ROWS = Rows(
    "lora",
    "lora_",
    before=({}, {}, _HEADER),
    behind=({}, ""),
    beside=("PowerLoraLoaderHeaderWidget", "➕ Add Lora"),
    text="ui_state",
)


def _painter(class_name: str, pack: str, shape: LatentShape) -> NodeRecord:
    """WanImageToVideo with more motion (princepainter)."""
    return NodeRecord(
        class_name,
        pack,
        role="conditioning",
        facts=latent,
        latent=shape,
        conditioning=Conditioning(
            by_pictures=True,
            encodes=("start_image",),
            families=("i2v_14b",),
            cropped=("start_image",),
        ),
        work="encode_pictures",
    )


RECORDS: tuple[NodeRecord, ...] = (
    *(NodeRecord(name, pack, widgets=Widgets(moved=True)) for name, pack in _MOVED),
    *(
        NodeRecord(
            class_name,
            "ComfyUI-WanVideoWrapper_QQ",
            loras=loras.in_rows,
            lora_links=("prev_lora",),
            takes_anything=True,
            widgets=Widgets(rows=_ROWS),
        )
        for class_name in ("WanVideoPowerLoraLoader", "PowerLoraLoaderV2")
    ),
    NodeRecord(
        "WanMultiImageLoader",
        "ComfyUI-Wan22FMLF",
        widgets=Widgets(behind=("",)),
    ),
    NodeRecord(
        "Florence2Run",
        "ComfyUI-Florence2",
        widgets=Widgets(order=_FLORENCE2),
    ),
    NodeRecord(
        "CRT Post-Process Suite",
        "CRT-Nodes",
        widgets=Widgets(behind=("",)),
    ),
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
        "SplitSigmasAtT",
        "ComfyUI-WanMoeKSampler",
        role="schedule",
        schedule="split_at_sigma",
    ),
    _painter("PainterI2V", "ComfyUI-PainterI2V", LatentShape(slot=2, fps=16.0)),
    _painter("PainterI2VAdvanced", "ComfyUI-PainterI2Vadvanced", LatentShape(slot=4, fps=16.0)),
)
