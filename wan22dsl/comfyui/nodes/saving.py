"""What the files of nodes that save have: frames, rate and size, as a player shows them.

ComfyUI: comfy_extras/nodes_video.py, nodes_images.py, nodes.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.record import Moved, NodeRecord, Player, Reading, Saving, Versions

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.facts import Facts


def _video(reading: Reading) -> Facts:
    return reading.facts("video")


def _pictures(reading: Reading) -> Facts:
    """Files of one picture each: as many as there are frames, and no rate."""
    return reading.facts("images")._replace(fps=None)


def _latent(reading: Reading) -> Facts:
    """A latent has no rate; frames and size are those that it decodes to."""
    return reading.facts("samples")._replace(fps=None, vae=None, model_fps=None)


def _played(reading: Reading) -> Facts:
    return reading.facts("images")._replace(fps=rate(reading, "fps"))


def rate(reading: Reading, name: str) -> float | None:
    rate = reading.number(name)
    return rate if rate is not None and rate > 0 else None


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "SaveVideo",
        role="saving",
        saving=Saving("video", _video),
        hidden=("codec",),
        # ComfyUI 0.39, comfy_extras/nodes_video.py
        versions=Versions(
            moved=(Moved("format.codec.encoding.color_space", "video", "color_space"),)
        ),
        replaces_words=("page", "server"),
    ),
    NodeRecord(
        "SaveWEBM",
        role="saving",
        player=Player("images", "fps"),
        saving=Saving("webm", _played),
        replaces_words=("page", "server"),
    ),
    NodeRecord(
        "SaveAnimatedWEBP",
        role="saving",
        player=Player("images", "fps", animated=True),
        saving=Saving("webp", _played),
        replaces_words=("page", "server"),
    ),
    NodeRecord(
        "SaveAnimatedPNG",
        role="saving",
        player=Player("images", "fps", animated=True),
        saving=Saving("apng", _played),
        replaces_words=("page", "server"),
    ),
    NodeRecord(
        "SaveImage",
        role="saving",
        saving=Saving("pictures", _pictures),
        replaces_words=("page", "server"),
    ),
    NodeRecord(
        "SaveLatent",
        role="saving",
        saving=Saving("latent", _latent),
        replaces_words=("page", "server"),
    ),
    NodeRecord(
        "PreviewImage",
        role="preview",
        saving=Saving("temp_pictures", _pictures),
    ),
    NodeRecord(
        "PreviewAny",
        role="preview",
        saving=Saving("text"),
    ),
    NodeRecord(
        "SaveAudio",
        role="saving",
        replaces_words=("page", "server"),
    ),
    NodeRecord(
        "SaveAudioMP3",
        role="saving",
        replaces_words=("page", "server"),
    ),
    NodeRecord(
        "SaveAudioOpus",
        role="saving",
        replaces_words=("page", "server"),
    ),
    NodeRecord(
        "SaveImageAdvanced",
        role="saving",
        replaces_words=("page",),
    ),
    NodeRecord(
        "SaveSVGNode",
        role="saving",
        replaces_words=("page",),
    ),
    NodeRecord(
        "SaveAudioAdvanced",
        role="saving",
        replaces_words=("page",),
    ),
    NodeRecord(
        "SaveGLB",
        role="saving",
        replaces_words=("page",),
    ),
    NodeRecord(
        "Save3DAdvanced",
        role="saving",
        replaces_words=("page",),
    ),
    NodeRecord(
        "SaveGaussianSplat",
        role="saving",
        replaces_words=("page",),
    ),
    NodeRecord(
        "SavePointCloud",
        role="saving",
        replaces_words=("page",),
    ),
    NodeRecord(
        "CLIPSave",
        role="saving",
        replaces_words=("page",),
    ),
    NodeRecord(
        "VAESave",
        role="saving",
        replaces_words=("page",),
    ),
    NodeRecord(
        "ModelSave",
        role="saving",
        replaces_words=("page",),
    ),
    NodeRecord(
        "LoraSave",
        role="saving",
        replaces_words=("page",),
    ),
)
