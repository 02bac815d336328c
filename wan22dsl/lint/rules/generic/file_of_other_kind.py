"""WAN521: a file in the place of one of another kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of, written
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import Slot, View

MESSAGE = Message(
    code="WAN521",
    name="file-of-other-kind",
    severity=Severity.ERROR,
    summary="A file name is of another kind than its input takes",
    text="`{input}` of {node} is {file}, by its name {what}; it takes {wanted}.",
    why=(
        "The server has a folder for each kind of model. A name from another folder is rejected, "
        "or fails when it is loaded."
    ),
    help="{help}",
    bad=portrait(
        'wan22.high -> wan22.low -> save("demo")',
        'vae wrong { file = "umt5_xxl_fp8_e4m3fn_scaled.safetensors" }',
        more="vae    = wrong",
    ),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, folder_paths.py and nodes.py; run: a LoRA in UNETLoader is refused",
)

#: Kinds by the words of a name. Only names that can be nothing else are read.
_LORA = re.compile(r"(?<![a-z])lora(?![a-z])|_lora_|lora_v?\d")
_VAE = re.compile(r"wan[_-]?2[._]?[12][_-]vae")
_TEXT = re.compile(r"umt5")
_SEEN = re.compile(r"^clip[_-]vision[_-]")
_MODEL = re.compile(r"^wan2[._]2_.*_14b_(fp8|fp16|bf16)(_scaled)?\.safetensors$")
_KINDS = (
    (_LORA, "loras", "a LoRA"),
    (_VAE, "vae", "a VAE"),
    (_TEXT, "text_encoders", "a text encoder"),
    (_SEEN, "clip_vision", "a CLIP Vision model"),
    (_MODEL, "diffusion_models", "a diffusion model"),
)

#: The folders whose inputs are judged, what they hold, and the usual node for it.
_FOLDERS = {
    "diffusion_models": ("diffusion models", written.MODEL_LOADER),
    "loras": ("LoRAs", written.LORA),
    "vae": ("VAEs", written.VAE_LOADER),
    "text_encoders": ("text encoders", written.TEXT_ENCODER_LOADER),
    "clip_vision": ("CLIP Vision models", written.CLIP_VISION_LOADER),
}


#: What loaders of input files of a kind take, and what by its ending is something else.
_INPUTS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "picture": (
        "pictures",
        written.VIDEO_LOADER,
        "a video",
        (".mp4", ".mov", ".mkv", ".avi", ".m4v"),
    ),
    "video": (
        "videos",
        written.PICTURE_LOADER,
        "a picture",
        (".png", ".jpg", ".jpeg", ".bmp", ".tiff"),
    ),
    "sound": (
        "sounds",
        written.PICTURE_LOADER,
        "a picture",
        (".png", ".jpg", ".jpeg", ".webp", ".bmp"),
    ),
}


def check(view: View) -> Iterator[Diagnostic]:
    """Every file whose name says that it is of another kind, where no list of the server's files is known."""
    for slot in view.constants:
        folder = None if slot.input is None else slot.input.files
        if folder == "input" and isinstance(slot.value, str):
            yield from _input(slot, slot.value)
        if folder not in _FOLDERS or slot.input is None or slot.input.options is not None:
            continue
        if not isinstance(slot.value, str):
            continue
        told = _told(slot.value, folder, slot.node.class_name, slot.node_class.pack)
        if told is not None:
            yield MESSAGE.at(
                slot.span,
                node=named(slot.node),
                input=slot.name,
                file=shown(slot.value),
                wanted=_FOLDERS[folder][0],
                what=told[0],
                help=told[1],
            )


def _input(slot: Slot, file: str) -> Iterator[Diagnostic]:
    """A file of the user's own whose ending says that the loader cannot read it."""
    loaded = record_of(slot.node.class_name).file
    if loaded is None or loaded.input != slot.name or loaded.kind not in _INPUTS:
        return
    if loaded.also_pictures:
        return
    wanted, instead, what, endings = _INPUTS[loaded.kind]
    if file.lower().endswith(endings):
        yield MESSAGE.at(
            slot.span,
            node=named(slot.node),
            input=slot.name,
            file=shown(file),
            wanted=wanted,
            what=what,
            help=f"Use {instead} for it.",
        )


def _told(file: str, folder: str, class_name: str, pack: str | None) -> tuple[str, str] | None:
    """What the file is, and what to do; None where it is in its place, or where nothing tells."""
    name = file.replace("\\", "/").rpartition("/")[2].lower()
    if name.endswith(".gguf") and "gguf" not in class_name.lower():
        if pack is not None:
            return None  # loaders of packs may take both
        return "a GGUF file", "Use the loader of ComfyUI-GGUF, such as UnetLoaderGGUF."
    loaded = record_of(class_name).file
    if name.endswith(".safetensors") and loaded is not None and loaded.gguf:
        return "not a GGUF file", f"Use {written.MODEL_LOADER}."
    for pattern, own, what in _KINDS:
        if pattern.search(name):
            return None if own == folder else (what, f"Use {_FOLDERS[own][1]} for it.")
    return None
