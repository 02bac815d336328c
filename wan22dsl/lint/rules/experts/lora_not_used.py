"""WAN613: a LoRA that is loaded, and whose model no sampler takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.model_chain import MODELS, Trails
from wan22dsl.graph.passes.recipes import distilled
from wan22dsl.lint.rules.distillation.training import FEW, total_steps
from wan22dsl.lint.rules.example import changed, small
from wan22dsl.lint.rules.experts.wording import called, place
from wan22dsl.lint.rules.wording import counted, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.model_chain import LoadedLora, Trail
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

_GRAPH = small(
    (
        "    let shifted = ModelSamplingSD3(model = model,",
        (
            "    let grain = LoraLoaderModelOnly(\n"
            "        model = model\n"
            '        lora_name = "grain.safetensors"\n'
            "        strength_model = 0.6\n"
            "    )\n"
            "    let shifted = ModelSamplingSD3(model = grain,"
        ),
    )
)

MESSAGE = Message(
    code="WAN613",
    name="lora-not-used",
    severity=Severity.WARNING,
    summary="A LoRA is loaded, but no sampler uses it",
    text="{node} applies {lora} to {model}, but no sampler uses its output{effect}.",
    why=(
        "ComfyUI runs only what an output needs, so the LoRA is silently never loaded: the pass "
        "uses the base model."
    ),
    help="{help}",
    bad=changed(_GRAPH, ("model = grain", "model = model")),
    good=_GRAPH,
    source="Comfy-Org/ComfyUI, execution.py: only what an output needs is run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every LoRA on a way that leads nowhere."""
    for end, trail in loose(view):
        lora = trail.loras[-1]
        meant = [pass_ for pass_ in view.passes if _same_model(pass_, trail)]
        who = f"the model of {called(meant[0])}" if meant else "a model"
        yield MESSAGE.at(
            place(lora.node, lora.input),
            node=named(lora.node if _gives_model(view, lora.node) else end),
            lora=f'"{lora.file}"',
            model=who,
            effect=_effect(meant[0], lora) if meant else "",
            help="Link its output to the sampler, or remove the node."
            if not meant
            else f"Link its output into the model chain of {called(meant[0])}, or remove the node.",
        )


def _effect(pass_: Pass, lora: LoadedLora) -> str:
    """What is the matter with a pass that runs few steps without the distilled LoRA that it was to have."""
    steps = total_steps(pass_)
    if not lora.distilled or steps is None or not 0 < steps < FEW or distilled(pass_) is not None:
        return ""
    return (
        f": {called(pass_)} runs without a distilled LoRA in a schedule of {counted(steps, 'step')}"
    )


def loose(view: View) -> list[tuple[Node, Trail]]:
    """The ends of ways with a LoRA that nothing takes up, with these ways; none where there is no output.

    What a muted or bypassed node takes up is switched off with it.
    """
    if not view.outputs or view.stuck or len(view.used) == len(view.graph.nodes):
        return []
    trails = Trails(view.graph, view.facts)
    found = []
    for node in view.graph.nodes.values():
        if node.id in view.used or view.graph.consumers[node.id] or not _gives_model(view, node):
            continue
        if view.whole.consumers.get(node.id) or node.id in view.graph.switched_off:
            continue
        trail = trails.of(Link(node.id, 0))
        if trail.loras and trail.loras[-1].node.id not in view.used:
            found.append((node, trail))
    return found


def not_used(view: View, pass_: Pass) -> bool:
    """Whether a distilled LoRA for the model of a pass is loaded and leads nowhere."""
    return any(
        _same_model(pass_, trail) and any(lora.distilled for lora in trail.loras)
        for _, trail in loose(view)
    )


def _gives_model(view: View, node: Node) -> bool:
    node_class = view.class_of(node)
    return bool(node_class and node_class.outputs and node_class.outputs[0].type in MODELS)


def _same_model(pass_: Pass, trail: Trail) -> bool:
    return (
        pass_.model is not None and trail.model is not None and pass_.model.node is trail.model.node
    )
