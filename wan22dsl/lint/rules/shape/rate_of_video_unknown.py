"""WAN819: a rate that is written for the frames of a video whose own rate is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import RATES_FPS
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.record import COMFYUI
from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.graph.tracing import loader_behind
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.wording import named, number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN819",
    name="rate-of-video-unknown",
    severity=Severity.NOTE,
    summary="The frame rate of a loaded video is unknown",
    text="{nodes} {plays} the frames of {file} at {fps} fps; the rate of the video is unknown.",
    why="At another rate a video plays in slow motion or too fast, and its sound is out of sync.",
    help="{help}",
    bad="""\
wan 1

pipeline demo {
    let source = VHS_LoadVideo(video = "dance.mp4", force_rate = 0)
    flow = source.IMAGE -> scale(by = 2.0) -> combine("demo", fps = 16fps)
}
""",
    good="""\
wan 1

pipeline demo {
    let source = VHS_LoadVideo(video = "dance.mp4", force_rate = 16)
    flow = source.IMAGE -> scale(by = 2.0) -> combine("demo", fps = 16fps)
}
""",
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_video.py; ComfyUI-VideoHelperSuite, nodes.py",
)


_CORE = "Link the rate to `fps` of GetVideoComponents, or put the video next to the .wan file."
_PACK = "Set `force_rate` of the loader to that rate, or link the rate to `loaded_fps` of VHS_VideoInfo."


def check(view: View) -> Iterator[Diagnostic]:
    """Nodes that play frames of a loaded video at a constant rate, where the video's is not known.

    Those that play one video at one rate are one finding.
    """
    found: dict[tuple[str, float], list[tuple[Node, str]]] = {}
    for node in view.needed:
        player = record_of(node.class_name).player
        if player is None:
            continue
        images, rate = player.frames, player.rate
        frames, fps = node.inputs.get(images), node.inputs.get(rate)
        facts = view.facts_of(node, images)
        if not isinstance(frames, Link) or type(fps) not in {int, float} or facts.fps:
            continue
        loader = loader_behind(view.graph.nodes, view.type_of, frames)
        if loader is None or facts.frames == 1 or {fps, None} & _model_rates(view):
            continue
        found.setdefault((loader.id, float(fps)), []).append((node, rate))  # type: ignore[arg-type]
    for (id, fps), nodes in found.items():
        loader = view.graph.nodes[id]
        record = record_of(loader.class_name)
        file = None if record.file is None else view.value(loader, record.file.input)
        first, *more = (place(node, rate) for node, rate in nodes)
        yield MESSAGE.at(
            first,
            related=[Label(span, "this plays it too") for span in more if span is not None],
            nodes=several(named(node) for node, _ in nodes),
            plays="plays" if not more else "play",
            file=f"`{file}`" if isinstance(file, str) else "a video",
            fps=number(fps),
            help=_CORE if record.pack == COMFYUI else _PACK,
        )


def _model_rates(view: View) -> set[float | None]:
    """The rates of models that make a clip of their own, which at most follows a video; None: not known."""
    found: set[float | None] = set()
    for pass_ in view.passes:
        link = pass_.settings.latent
        maker = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
        latent = None if maker is None else record_of(maker.class_name).latent
        if latent is not None and not latent.one_picture and pass_.model is not None:
            found.add(RATES_FPS.get(pass_.model.family or ""))
    return found
