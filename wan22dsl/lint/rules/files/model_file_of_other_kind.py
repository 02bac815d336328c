"""WAN673: a model file that is of another kind than its loader takes, whatever it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.files.slots import evidence, named_files
from wan22dsl.lint.rules.wording import named, shown
from wan22dsl.model_files import judging
from wan22dsl.model_files.kinds import LORA, TEXT_ENCODER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.files.slots import NamedFile
    from wan22dsl.lint.rules.view import View
    from wan22dsl.model_files.kinds import Identity

MESSAGE = Message(
    code="WAN673",
    name="model-file-of-other-kind",
    severity=Severity.ERROR,
    summary="A file's header says that its loader cannot load it",
    text="{node} loads {file}, whose header says that it is {what} ({evidence}).",
    why=(
        "A loader takes the tensors that it knows by their names. Of a file of another kind, or with "
        "the names of another program, it finds none, and stops or loads nothing."
    ),
    help="{help}",
    bad=portrait(
        'high -> low -> save("demo")',
        """\
lora style { file = "my_style.safetensors" }
pass high = wan22.high(loras = [wan22.lightx2v_high, style])
pass low = wan22.low(loras = [wan22.lightx2v_low, style])""",
    ),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, comfy/sd.py and comfy/model_detection.py",
)

#: The folder of each kind of file.
_FOLDERS = {
    "diffusion model": "diffusion_models",
    "LoRA": "loras",
    "VAE": "vae",
    "text encoder": "text_encoders",
    "CLIP Vision model": "clip_vision",
    "audio encoder": "audio_encoders",
    "checkpoint": "checkpoints",
}


def check(view: View) -> Iterator[Diagnostic]:
    """Every file that is of another kind, or packed for another program than ComfyUI."""
    for found in named_files(view):
        identity = None if found.looked is None else found.looked.identity
        told = None if identity is None else _told(found, identity)
        if identity is not None and told is not None:
            yield MESSAGE.at(
                found.slot.span,
                severity=told[2],
                node=named(found.slot.node),
                file=shown(found.file),
                what=told[0],
                evidence=evidence(identity),
                help=told[1],
            )


def _told(found: NamedFile, identity: Identity) -> tuple[str, str, Severity] | None:
    """What a file is, what to do, and how bad it is; None where it is in its place."""
    own = found.slot.node_class.pack is None
    kind = judging.wrong_kind(identity, found.folder, of_pack=not own)
    if kind is not None:
        folder = _FOLDERS.get(kind, found.folder)
        article = "an" if kind[0] in "aeiou" else "a"
        severity = Severity.ERROR if own else Severity.WARNING  # loaders of packs may take both
        return f"{article} {kind}", f"Move it to models/{folder}, and load it as such.", severity
    # What LoRAs without effect are, says WAN675; loaders of packs read what their authors write.
    if identity.loads is not False or identity.kind == LORA or not own:
        return None
    if identity.kind == TEXT_ENCODER:
        advice = "Use umt5_xxl_fp8_e4m3fn_scaled.safetensors or umt5_xxl_fp16.safetensors."
        return f"a {identity.kind} that ComfyUI does not read", advice, Severity.ERROR
    advice = "Use a build that was made for ComfyUI."
    return f"a {identity.kind} that ComfyUI does not read", advice, Severity.WARNING
