"""WAN721: a negative prompt that no pass looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.graph.tracing import switched
from wan22dsl.lint.rules.distillation.cfg_off_recipe import is_unguided
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, place
from wan22dsl.lint.rules.wording import several, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN721",
    name="negative-without-effect",
    severity=Severity.NOTE,
    summary="A negative prompt has no effect at cfg 1",
    text="The negative prompt {text} has no effect: {who} {run} at cfg 1.",
    why="At a cfg of exactly 1 ComfyUI skips the negative prompt, which halves the time.",
    help=(
        "Remove it, or express it in the prompt; a node such as `WanVideoNAG` makes it work at "
        "cfg 1."
    ),
    bad=portrait('wan22.high -> wan22.low -> save("demo")', more='negative = "rain, umbrellas"'),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, comfy/samplers.py, sampling_function; run",
)


#: Longer ways than this are given up.
_LONGEST = 50

#: How the negative prompt begins that Wan's makers and all templates give: nobody wrote it, nobody misses it.
STANDARD = "\u8272\u8c03\u8273\u4e3d"


def check(view: View) -> Iterator[Diagnostic]:
    """Every negative prompt with a text of its own that only passes at cfg 1 get."""
    unguided = {
        pass_.id for each in view.schedules for pass_ in each if is_unguided(view, pass_, each)
    }
    takers: dict[str, list[Pass]] = {}
    for pass_ in view.passes:
        node = _text_behind(view, pass_.settings.negative)
        if node is not None:
            takers.setdefault(node.id, []).append(pass_)
    for id, passes in takers.items():
        node = view.graph.nodes[id]
        text = view.value(node, "text")
        if not isinstance(text, str) or not text.strip() or text.lstrip().startswith(STANDARD):
            continue
        if any(
            _looks_at_it(pass_) or pass_.id in unguided for pass_ in passes
        ) or not _only_negative(view, node):
            continue
        yield MESSAGE.at(
            place(node, "text"),
            text=shown(text),
            who=several(called(pass_) for pass_ in passes),
            run="runs" if len(passes) == 1 else "run",
        )


def _looks_at_it(pass_: Pass) -> bool:
    guided = any("nag" in node.class_name.lower() for node in pass_.patches)
    return guided or pass_.settings.cfg != 1.0


def _only_negative(view: View, node: Node) -> bool:
    """Whether everything that takes the text takes it as the negative one."""
    return all(name == "negative" for _, name, _ in view.graph.consumers[node.id])


def _text_behind(view: View, link: Link | None) -> Node | None:
    """The node with the text, through conditionings, by the outputs of the same name."""
    for _ in range(_LONGEST):
        node = view.graph.nodes.get(link.node) if link is not None else None
        if node is None or link is None:
            return None
        if "text" in node.inputs:
            return node
        node_class = view.class_of(node)
        handed = switched(view.graph, link, view.facts)
        if handed is None and node_class is not None and 0 <= link.slot < len(node_class.outputs):
            through = node.inputs.get(node_class.outputs[link.slot].name)
            handed = through if isinstance(through, Link) else None
        link = handed
    return None
