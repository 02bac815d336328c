"""WAN676: a VAE whose latent is not that of the model, by what is in its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called
from wan22dsl.lint.rules.files.slots import evidence, file_of, folder_of, identity_of
from wan22dsl.lint.rules.wiring.wrong_vae import users, version_by_name
from wan22dsl.lint.rules.wording import named, shown
from wan22dsl.model_files.kinds import MODEL, VAE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN676",
    name="vae-file-of-other-model",
    severity=Severity.ERROR,
    summary="A VAE's header says that it does not fit the model",
    text="{file} has a latent of {has} channels ({evidence}); the model of {who} has {wants}.",
    why=(
        "The 14B models use the 16 channels of Wan 2.1's VAE, the 5B model the 48 channels of "
        "Wan 2.2's. ComfyUI loads either; encoding gives a latent that the model does not take, and "
        "decoding fails after all sampling."
    ),
    help="Load the VAE of the model: wan_2.1_vae.safetensors, or wan2.2_vae.safetensors for 5B.",
    bad=portrait(
        'wan22.high -> wan22.low -> save("demo")',
        'vae own { file = "my_vae.safetensors" }',
        more="vae    = own",
    ),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, comfy/sd.py and comfy/latent_formats.py",
)

#: The channels of the VAEs by the version that a name speaks of.
_CHANNELS = {"2.1": 16, "2.2": 48}


def check(view: View) -> Iterator[Diagnostic]:
    """Every VAE that a pass or its decoder uses, once for each loader."""
    models = view.models
    if models is None:
        return
    seen: set[str] = set()
    for node, pass_, _ in users(view):
        link = node.inputs.get("vae")
        loader = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
        wants = _wanted(view, pass_)
        if loader is None or wants is None or loader.id in seen:
            continue
        seen.add(loader.id)
        file, span = file_of(view, loader, "vae_name")
        if file is None:
            continue
        folder = folder_of(view, loader, "vae_name", "vae")
        identity = identity_of(models, folder, file)
        if identity is None or identity.kind != VAE or identity.latent_channels in (None, wants):
            continue
        if _CHANNELS.get(version_by_name(file) or "") == identity.latent_channels:
            continue  # its name says so too: WAN651
        yield MESSAGE.at(
            span,
            related=[Label(node.span, "it is used here")] if node.span is not None else [],
            node=named(loader),
            file=shown(file),
            has=identity.latent_channels,
            evidence=evidence(identity),
            who=called(pass_),
            wants=wants,
        )


def _wanted(view: View, pass_: Pass) -> int | None:
    """The channels of the latent of a pass's model."""
    model, models = pass_.model, view.models
    if model is None or models is None:
        return None
    folder = folder_of(view, model.node, model.input, "diffusion_models")
    identity = identity_of(models, folder, model.file)
    if identity is not None and identity.kind == MODEL and identity.latent_channels in (16, 48):
        return identity.latent_channels
    return None if model.family is None else 48 if model.family.endswith("_5b") else 16
