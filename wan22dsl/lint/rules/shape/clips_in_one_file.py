"""WAN812: several clips, one behind the other in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.graph.tracing import step_back
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.wiring.decoding import decoders
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN812",
    name="clips-in-one-file",
    severity=Severity.WARNING,
    summary="Several clips are decoded into one sequence of frames",
    text="{node} makes {count} clips at once, and they are decoded into one sequence of frames.",
    why=(
        "ComfyUI does not keep the clips of a batch apart: they are saved in one file, one after "
        "the other. A batch also needs that many times the memory."
    ),
    help=(
        "Make one clip at a time, each with its own seed, or cut the sequence: `-> take(…)`, `-> "
        "skip(…)`."
    ),
    bad=portrait('wan22.high -> wan22.low -> save("demo")', more="batch  = 2"),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, nodes.py, VAEDecode: 5 dimensions are made 4; run",
)


#: Longer ways than this are given up.
_LONGEST = 500


def check(view: View) -> Iterator[Diagnostic]:
    """Every latent of several clips that is decoded, and not cut up again."""
    seen = set()
    passes = {pass_.id: pass_ for pass_ in view.passes}
    for decoder, last in decoders(view):
        if any(_parts(view, user) for user, _, _ in view.graph.consumers[decoder.id]):
            continue
        pass_ = last
        while pass_.before in passes and pass_.handoff == "latent":
            pass_ = passes[pass_.before]
        node = pass_.conditioning
        latent = None if node is None else record_of(node.class_name).latent
        if node is None or latent is None or latent.one_picture or node.id in seen:
            continue
        count = view.value(node, "batch_size")
        if type(count) is int and count > 1:
            seen.add(node.id)
            span = place(node, "batch_size")
            yield MESSAGE.at(
                span, fix=in_place(span, str(count), "1"), node=named(node), count=count
            )
            continue
        clips = view.facts_of(decoder, "samples").clips
        joiner = _joiner(view, decoder) if clips is not None and clips > 1 else None
        if joiner is not None and joiner.id not in seen:
            seen.add(joiner.id)
            yield MESSAGE.at(joiner.span, node=named(joiner), count=clips)


def _joiner(view: View, decoder: Node) -> Node | None:
    """The last node on the way of a latent that puts clips into one batch."""
    link = decoder.inputs.get("samples")
    for _ in range(_LONGEST):
        node = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
        if node is None or record_of(node.class_name).joins_clips:
            return node
        link = step_back(view.graph, link, "LATENT", view.facts)
    return None


def _parts(view: View, user: str) -> bool:
    """Whether a node takes clips out of the row again."""
    record = record_of(view.graph.nodes[user].class_name)
    return record.splits or record.stretch is not None
