"""WAN727: a node that changes nothing where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.graph.tracing import step_back
from wan22dsl.lint.rules.example import small
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN727",
    name="node-without-effect",
    severity=Severity.NOTE,
    summary="A node changes nothing",
    text="{node} changes nothing: {reason}.",
    why="It costs next to nothing, but readers of the workflow assume that it has an effect.",
    help="Remove it, or give it what it needs: {needs}.",
    bad=small(
        ("positive = prompt", "positive = FluxGuidance(conditioning = prompt, guidance = 3.5)")
    ),
    good=small(),
    source="Comfy-Org/ComfyUI, comfy_extras/nodes_cfg.py, nodes_flux.py and comfy/model_base.py; "
    "kijai/ComfyUI-KJNodes, nodes/model_optimization_nodes.py, WanVideoNAG",
)

#: Longer ways than this are given up.
_LONGEST = 100

Reason = tuple["Node", str, str, str]


def check(view: View) -> Iterator[Diagnostic]:
    """Every such node that will run, once."""
    told = set()
    found = [*_patches(view), *_of_the_wrapper(view), *_guidance(view), *_others(view)]
    for node, name, reason, needs in found:
        if node.id not in told:
            told.add(node.id)
            yield MESSAGE.at(place(node, name), node=named(node), reason=reason, needs=needs)


def _patches(view: View) -> Iterator[Reason]:
    """Patches of a model, where every pass with them makes nothing of them."""
    takers: dict[str, tuple[Node, list[Pass]]] = {}
    for pass_ in view.passes:
        for node in pass_.patches:
            takers.setdefault(node.id, (node, []))[1].append(pass_)
    for node, passes in takers.values():
        cfgs = {pass_.settings.cfg for pass_ in passes}
        record = record_of(node.class_name)
        if record.corrects_guidance and cfgs == {1.0}:
            yield node, "", "it corrects the guidance, and at cfg 1 there is none", "a cfg above 1"
        if record.idle_at is not None and view.value(node, record.idle_at[0]) == record.idle_at[1]:
            yield (
                node,
                record.idle_at[0],
                "at a scale of 0 it passes the model on unchanged",
                "a scale such as 11",
            )


#: Inputs of a sampler of the wrapper for options of the guidance.
_OF_GUIDANCE = ("slg_args",)


def _of_the_wrapper(view: View) -> Iterator[Reason]:
    """Options for the forward with the negative prompt, which there is none of at cfg 1."""
    takers: dict[str, list[Pass]] = {}
    for pass_ in view.passes:
        for name in _OF_GUIDANCE:
            link = pass_.node.inputs.get(name)
            if pass_.settings.wrapper and isinstance(link, Link):
                takers.setdefault(link.node, []).append(pass_)
    for id, passes in takers.items():
        node = view.graph.nodes.get(id)
        if node is not None and {pass_.settings.cfg for pass_ in passes} == {1.0}:
            reason = "it works in the forward with the negative prompt, and at cfg 1 there is none"
            yield node, "", reason, "a cfg above 1"


def _guidance(view: View) -> Iterator[Reason]:
    """The guidance of Flux on a prompt for Wan."""
    for pass_ in view.passes:
        link = pass_.settings.positive
        for _ in range(_LONGEST):
            node = view.graph.nodes.get(link.node) if link is not None else None
            if node is None or pass_.model is None or pass_.model.family is None:
                break
            if record_of(node.class_name).not_for_wan:
                yield (
                    node,
                    "guidance",
                    "Wan's models do not use this value",
                    "the cfg of the sampler",
                )
            link = step_back(view.graph, link, "CONDITIONING", view.facts)


def _others(view: View) -> Iterator[Reason]:
    for node in view.needed:
        record = record_of(node.class_name)
        idle = record.idle_at if record.role == "conditioning" else None
        if idle is not None and view.value(node, idle[0]) == idle[1]:
            given = [name for name in ("control_video", "reference_image") if _linked(node, name)]
            if given:
                reason = f"at a strength of 0 the model does not see `{given[0]}`"
                yield node, idle[0], reason, "a strength of 1"
        how = record.interpolation
        if how is not None and view.value(node, how.times) == 1:
            yield node, how.times, "a multiplier of 1 adds no frames", "a multiplier of 2"


def _linked(node: Node, name: str) -> bool:
    return isinstance(node.inputs.get(name), Link)
