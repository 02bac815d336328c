"""WAN806: a latent of another shape than the conditioning that goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import SPLIT, changed
from wan22dsl.lint.rules.experts.wording import called, setting
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Facts, Node
    from wan22dsl.lint.rules.view import View

_SMALL = "EmptyHunyuanLatentVideo(width = 640, height = 640, length = 81, batch_size = 1)"

MESSAGE = Message(
    code="WAN806",
    name="latent-of-other-shape",
    severity=Severity.WARNING,
    summary="The latent and the conditioning have different sizes or lengths",
    text=(
        "{who} samples a latent of {latent}, with the conditioning of {node}, which is made for "
        "{made}."
    ),
    why=(
        "The picture and its mask are part of the conditioning, frame by frame. ComfyUI silently "
        "stretches them to the latent, so they are smeared and apply to the wrong frames."
    ),
    help="Use the latent of the same node as the conditioning, or give both one size and length.",
    bad=changed(
        SPLIT,
        ("    let high = KSampler", f"    let small = {_SMALL}\n    let high = KSampler"),
        ("latent_image = start.latent", "latent_image = small"),
    ),
    good=SPLIT,
    source="Comfy-Org/ComfyUI, comfy/model_base.py, WAN21.concat_cond: resized to the noise; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every pass where the two differ; a pass that takes over such a latent is not told again."""
    wrong: set[tuple[str | None, str]] = set()
    for pass_ in view.passes:
        node = pass_.conditioning
        record = None if node is None else record_of(node.class_name)
        if node is None or record is None or record.latent is None or record.role == "latent":
            continue  # a latent by itself has no conditioning that would have to fit it
        link = pass_.settings.latent
        if not isinstance(link, Link) or view.type_of(link) not in ("LATENT", None):
            wrong.add((pass_.id, node.id))  # what is no latent at all is told by WAN503
            continue
        if _lacks_size(view, node):
            continue  # WAN502 tells that; nothing says what the size is to be
        own = view.facts.of(Link(node.id, record.latent.slot))
        if not _differ(own, pass_.latent):
            continue
        wrong.add((pass_.id, node.id))
        if (pass_.before, node.id) in wrong:
            continue
        yield MESSAGE.at(
            setting(pass_, "latent"),
            related=[Label(node.span, "this is the conditioning")] if node.span else [],
            who=called(pass_),
            latent=_shown(pass_.latent),
            node=named(node),
            made=_shown(own),
        )


def _lacks_size(view: View, node: Node) -> bool:
    node_class = view.class_of(node)
    missing = () if node_class is None else view.missing(node, node_class)
    return any(input_.name in ("width", "height", "length") for input_ in missing)


def _differ(facts: Facts, other: Facts) -> bool:
    pairs = (
        (facts.width, other.width),
        (facts.height, other.height),
        (facts.frames, other.frames),
    )
    return any(a is not None and b is not None and a != b for a, b in pairs)


def _shown(facts: Facts) -> str:
    size = f"{facts.width}x{facts.height}" if facts.width and facts.height else ""
    length = f"{facts.frames} frames" if facts.frames else ""
    return " with ".join(part for part in (size, length) if part)
