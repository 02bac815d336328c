"""WAN651: a VAE that does not belong to the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, place
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.wiring.decoding import decoders
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN651",
    name="wrong-vae",
    severity=Severity.ERROR,
    summary="The VAE does not fit the model",
    text=(
        "{node} uses {file}, but {who} runs a model of {family}, which needs another VAE: {effect}."
    ),
    why=(
        "The 14B models use the 16 channels of Wan 2.1's VAE, the 5B model the 48 channels of "
        "Wan 2.2's. ComfyUI accepts either, and the shapes do not fit when the node runs; "
        "decoding comes after all sampling."
    ),
    help="Load {right}.",
    bad=portrait('wan22.high -> wan22.low -> save("demo")', more="vae    = wan22.vae_2_2"),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, comfy/latent_formats.py: Wan21 has 16 channels, Wan22 48",
)

#: The published files, by the version of the VAE.
_FILES = {"2.1": "wan_2.1_vae.safetensors", "2.2": "wan2.2_vae.safetensors"}

#: Names of the VAEs of other models. That of Qwen Image was made from Wan's, and is not read.
_OTHERS = ("flux", "sdxl", "sd15", "sd3", "hunyuan", "ltx", "mochi", "cosmos")
_OTHER_FILES = ("ae.safetensors", "ae.sft", "vae-ft-")

#: The same as they are named for WanVideoWrapper.
_WRAPPED = {"2.1": "Wan2_1_VAE_bf16.safetensors", "2.2": "Wan2_2_VAE_bf16.safetensors"}


def check(view: View) -> Iterator[Diagnostic]:
    """Every VAE that a pass or its decoder uses, once for each loader."""
    seen: set[str] = set()
    for node, pass_, effect in users(view):
        family = None if pass_.model is None else pass_.model.family
        link = node.inputs.get("vae")
        loader = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
        if family is None or loader is None or loader.id in seen:
            continue
        loads = record_of(loader.class_name).file
        input = "vae_name" if loads is None else loads.input
        file = view.value(loader, input)
        version, wanted = version_by_name(file), "2.2" if family.endswith("_5b") else "2.1"
        if version == "other":
            effect = (
                "its output is not a Wan latent"
                if node is pass_.conditioning
                else ("it cannot decode Wan's latents")
            )
        if version is None or version == wanted:
            continue
        seen.add(loader.id)
        span, right = place(loader, input), (_WRAPPED if pass_.settings.wrapper else _FILES)[wanted]
        yield MESSAGE.at(
            span,
            fix=in_place(span, shown(file), shown(right)),
            related=[Label(node.span, "it is used here")] if node.span is not None else [],
            node=named(node),
            file=shown(file),
            who=called(pass_),
            family=family,
            effect=effect,
            right=right,
        )


def users(view: View) -> Iterator[tuple[Node, Pass, str]]:
    """What encodes for a pass or decodes what it made, and how it fails."""
    for pass_ in view.passes:
        node = pass_.conditioning
        made = None if node is None else record_of(node.class_name).conditioning
        if node is None or made is None:
            continue
        if any(isinstance(node.inputs.get(name), Link) for name in made.encodes):
            yield node, pass_, "the picture is encoded with other channels, and the pass fails"
    for node, pass_ in decoders(view):
        yield node, pass_, "decoding fails after all sampling"


def version_by_name(file: object) -> str | None:
    """The version of a VAE by its file name; None where that says nothing."""
    if not isinstance(file, str):
        return None
    base = file.replace("\\", "/").rpartition("/")[2].lower()
    if base.startswith(_OTHER_FILES) or (base.startswith(_OTHERS) and "vae" in base):
        return "other"
    name = base.replace("_", "").replace(".", "")
    if "vae" not in name or "wan" not in name:
        return None
    return next((version for version in _FILES if f"wan{version.replace('.', '')}" in name), None)
