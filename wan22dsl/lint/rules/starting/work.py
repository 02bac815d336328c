"""What a pipeline asks of its ComfyUI: the tokens of its passes, and the files of its models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.cost.formulas import Shape, tokens
from wan22dsl.lint.rules.starting.view import Work
from wan22dsl.lint.rules.view import View

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph
    from wan22dsl.graph.passes.recognition import Pass


def work_of(name: str, graph: Graph) -> Work:
    """What a graph asks for; what is not known of it is left out."""
    passes = View(graph).passes
    files = [pass_.model.file for pass_ in passes if pass_.model is not None and pass_.model.file]
    clips = [clip for pass_ in passes for clip in _clip(pass_)]
    return Work(name, tuple(dict.fromkeys(clips)), tuple(dict.fromkeys(files)))


def _clip(pass_: Pass) -> list[tuple[str, int]]:
    """The clip of a pass of a 14B model, with the tokens that its attention has at once."""
    known, model = pass_.latent, pass_.model
    if known.width is None or known.height is None or known.frames is None or model is None:
        return []
    if (model.family or "").endswith("_5b") or "5b" in model.file.lower():
        return []  # the 5B model has another VAE
    clip = f"{known.width}x{known.height} with {known.frames} frames"
    return [(clip, tokens(Shape(known.width, known.height, known.frames)))]
