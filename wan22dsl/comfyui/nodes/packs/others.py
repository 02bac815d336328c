"""Packs of which one or two classes are known."""

from __future__ import annotations

from wan22dsl.comfyui.nodes import loras
from wan22dsl.comfyui.nodes.arithmetic import converted, measured
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import Conditioning, File, LatentShape, NodeRecord, Reading
from wan22dsl.comfyui.nodes.scaling import ratio
from wan22dsl.comfyui.nodes.switches import by_truth, switch
from wan22dsl.comfyui.nodes.values import constant, pass_on
from wan22dsl.comfyui.nodes.wan_latents import latent
from wan22dsl.comfyui.nodes.widgets import Rows, Widgets

_FLORENCE2 = (
    *("text_input", "task", "fill_mask", "keep_model_loaded", "max_new_tokens", "num_beams"),
    *("do_sample", "output_mask_select", "seed"),
)

#: Classes whose versions have their widgets in different orders, with the packs that they are of.
_MOVED = (
    ("PowerSplineEditor", "ComfyUI-WanVideoWrapper_QQ"),
    ("PrepareRefs", "ComfyUI-WanVideoWrapper_QQ"),
    ("DrawShapeOnPath", "ComfyUI-WanVideoWrapper_QQ"),
    ("DrawImageOnPath", "ComfyUI-WanVideoWrapper_QQ"),
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


def _flux_resolution(reading: Reading) -> Facts:
    """FluxResolutionNode (gseth/ControlAltAI-Nodes): so many million pixels in a shape."""
    custom, text = reading.value("custom_ratio"), reading.value("custom_aspect_ratio")
    found = ratio(text if custom and text else reading.value("aspect_ratio"))
    megapixels, step = str(reading.value("megapixel")), str(reading.value("divisible_by"))
    if custom is None or found is None or not 0 <= reading.slot < 2:
        return NOTHING_KNOWN
    if not megapixels.replace(".", "", 1).isdecimal() or step not in ("8", "16", "32", "64"):
        return NOTHING_KNOWN
    scale = (float(megapixels) * 1_000_000 / (found[0] * found[1])) ** 0.5
    return Facts(value=round(int(scale * found[reading.slot]) / int(step)) * int(step))


def _frames(reading: Reading) -> Facts:
    """WanFrames: the number. Old versions have a multiple of 4 there, and add one."""
    frames = reading.whole("frames")
    known = frames is not None and frames % 4 == 1 and reading.slot == 0
    return Facts(value=frames) if known else NOTHING_KNOWN


def _text_passed_on(reading: Reading) -> Facts:
    """Textbox (chibiace/ComfyUI-Chibi-Nodes): its text, where no other one is linked."""
    if reading.slot != 0 or "passthrough" in reading.inputs:
        return NOTHING_KNOWN
    return Facts(value=reading.value("text"))


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
    pass_on("UnloadModel", "value", "ComfyUI-Unload-Model", acts=True),
    pass_on("UnloadAllModels", "value", "ComfyUI-Unload-Model", acts=True),
    NodeRecord(
        "WanFrames",
        "ComfyUI-WanVideoWrapper_QQ",
        role="value",
        facts=_frames,
    ),
    constant("Int-🔬", "value", "ComfyUI-Logic"),
    constant("Float-🔬", "value", "ComfyUI-Logic"),
    constant("Bool-🔬", "value", "ComfyUI-Logic"),
    switch(
        "If ANY return A else B-🔬",
        by_truth("ANY", "IF_TRUE", "IF_FALSE"),
        "ComfyUI-Logic",
    ),
    constant("Int Literal (Image Saver)", "int", "ComfyUI-Image-Saver"),
    constant("Float Literal (Image Saver)", "float", "ComfyUI-Image-Saver"),
    constant("Cfg Literal (Image Saver)", "cfg", "ComfyUI-Image-Saver"),
    constant("String Literal (Image Saver)", "string", "ComfyUI-Image-Saver"),
    converted("Sampler Selector (Image Saver)", "sampler_name", "ComfyUI-Image-Saver", str, str),
    converted("Scheduler Selector (Image Saver)", "scheduler", "ComfyUI-Image-Saver", str, str),
    constant("SamplerSelector", "sampler", "ComfyUI-SamplingPlanner"),
    constant("SchedulerSelector", "scheduler", "ComfyUI-SamplingPlanner"),
    constant("Width/Height Literal (Image Saver)", "size", "ComfyUI-Image-Saver"),
    converted("ttN int", "int", "ComfyUI_tinyterraNodes", int, float, str),
    converted("ttN float", "float", "ComfyUI_tinyterraNodes", float, int),
    NodeRecord(
        "FluxResolutionNode",
        "ControlAltAI-Nodes",
        role="value",
        facts=_flux_resolution,
    ),
    measured("GetImageSizeRatio", "ControlAltAI-Nodes", "image", "width", "height"),
    measured("Get Image Size", "masquerade-nodes-comfyui", "image", "width", "height"),
    NodeRecord(
        "Textbox",
        "ComfyUI-Chibi-Nodes",
        role="value",
        facts=_text_passed_on,
    ),
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
