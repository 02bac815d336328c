"""WAN728: settings of WanVideoWrapper's nodes that it refuses when they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.facts import reading_of
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.example import WRAPPED, changed
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.wording import named, shown
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

_PACKED = changed(WRAPPED, ("Wan2_1-T2V-14B_bf16.safetensors", "Wan2_1-T2V-14B-Q8_0.gguf"))

MESSAGE = Message(
    code="WAN728",
    name="wrapper-refuses",
    severity=Severity.ERROR,
    summary="WanVideoWrapper refuses a setting when the node runs",
    text="{node} {what}, {fails}.",
    why=(
        "The server accepts these settings, and WanVideoWrapper checks them when the node runs: "
        "after the models are read, or after some minutes of sampling. It is a warning where the file was "
        "saved with a version that may take them."
    ),
    help="{help}",
    bad=changed(_PACKED, ('"quantization": "disabled"', '"quantization": "fp8_e4m3fn"')),
    good=_PACKED,
    source="kijai/ComfyUI-WanVideoWrapper 1.4.7, nodes.py, nodes_model_loading.py and nodes_sampler.py; run",
)

#: Longer chains of LoRAs are not read.
_LONGEST = 100


class _Refusal(NamedTuple):
    """What is refused: the node and the input that it is about, what is wrong, and what to do.

    `newly` tells that the version of the file may still take it.
    """

    node: Node
    input: str
    what: str
    help: str
    newly: bool = False


def check(view: View) -> Iterator[Diagnostic]:
    """Every node of the wrapper that is needed."""
    told: set[tuple[str, str]] = set()
    for node in view.needed:
        for refusal in (*_of_loader(view, node), *_of_chain(view, node), *_of_sampler(view, node)):
            if (refusal.node.id, refusal.input) in told:
                continue
            told.add((refusal.node.id, refusal.input))
            yield MESSAGE.at(
                place(refusal.node, refusal.input),
                severity=Severity.WARNING if refusal.newly else None,
                node=named(refusal.node),
                what=refusal.what,
                fails="which versions since September 2025 refuse"
                if refusal.newly
                else "so it fails",
                help=refusal.help,
            )


def _of_loader(view: View, node: Node) -> Iterator[_Refusal]:
    """A loader of models, with the LoRAs that are linked to it."""
    if "quantization" not in node.inputs or record_of(node.class_name).role != "loader":
        return
    file, quantization = view.value(node, "model"), view.value(node, "quantization")
    packed = isinstance(file, str) and file.lower().endswith(".gguf")
    if packed and isinstance(quantization, str) and quantization != "disabled":
        what = f"loads the GGUF file {shown(file)} with quantization {shown(quantization)}"
        yield _Refusal(node, "quantization", what, 'Write `quantization = "disabled"`.')
    for lora in _chain(view, node):
        merges = view.value(lora, "merge_loras")
        if packed and merges is True:
            what = f"merges a LoRA into the GGUF file {shown(file)}"
            older = view.graph.drawn and _NEWER not in node.spans
            yield _Refusal(lora, "merge_loras", what, "Set `merge_loras` to false.", older)
        if isinstance(quantization, str) and quantization.endswith("_fast") and merges is False:
            what = f"is not merged into a model with quantization {shown(quantization)}"
            help = 'Set `merge_loras` to true, or the quantization to one without "_fast".'
            yield _Refusal(lora, "merge_loras", what, help)
    if all(isinstance(node.inputs.get(name), Link) for name in _SWAPS):
        what = "has both block swap and VRAM management"
        yield _Refusal(node, _SWAPS[1], what, "Remove one of the two links.")


#: A field of the loader since October 2025, which files that were saved before lack. Earlier versions merged
#: nothing into GGUF files, whatever `merge_loras` says.
_NEWER = "rms_norm_function"

_SWAPS = ("block_swap_args", "vram_management_args")


def _of_chain(view: View, node: Node) -> Iterator[_Refusal]:
    """A node that puts LoRAs on a model that is loaded already."""
    if record_of(node.class_name).role != "lora" or not isinstance(node.inputs.get("model"), Link):
        return
    for lora in _chain(view, node):
        if view.value(lora, "merge_loras") is True:
            what = f"is merged, and {named(node)} puts it on a model that is already loaded"
            yield _Refusal(lora, "merge_loras", what, "Set `merge_loras` to false.")


def _chain(view: View, node: Node) -> Iterator[Node]:
    """The nodes that bring LoRAs by a link of their own, from the nearest one on.

    Without those that are known to load none, or may: nothing is merged where a strength is 0.
    """
    seen = {node.id}
    for _ in range(_LONGEST):
        links = (node.inputs.get(name) for name in record_of(node.class_name).lora_links)
        before = next(
            (view.graph.nodes.get(link.node) for link in links if isinstance(link, Link)), None
        )
        if before is None or before.id in seen:
            return
        if _loads(view, before):
            yield before
        seen.add(before.id)
        node = before


def _loads(view: View, node: Node) -> bool:
    loras = record_of(node.class_name).loras
    if loras is None:
        return True
    found = loras(reading_of(node, 0, view.class_of(node), view.facts.of))
    return any(lora.strength for lora in found)


def _of_sampler(view: View, node: Node) -> Iterator[_Refusal]:
    """A sampler, with its options, a decoder with tiles, and a text that nothing encodes."""
    if not any(inputs.unscaled for inputs in record_of(node.class_name).samplers):
        yield from _of_tiles(view, node)
        yield from _of_text(view, node)
        return
    if view.value(node, "batched_cfg") is True:
        yield _Refusal(node, "batched_cfg", "has batched_cfg on", "Set `batched_cfg` to false.")
    if isinstance(node.inputs.get("freeinit_args"), Link) and "samples" not in node.inputs:
        help = "Remove the link, or give it `samples`."
        yield _Refusal(node, "freeinit_args", "has FreeInit but no `samples`", help)
    yield from _of_conditioning(view, node)
    link = node.inputs.get("experimental_args")
    options = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
    names = ("cfg_zero_star", "use_zero_init")
    if options is not None and all(view.value(options, name) is True for name in names):
        what = "has both cfg_zero_star and use_zero_init on"
        yield _Refusal(options, "use_zero_init", what, "Switch one of the two off.")


def _of_conditioning(view: View, node: Node) -> Iterator[_Refusal]:
    """FlowEdit, which was taken out, and what goes only with the loop of MultiTalk, or never with it."""
    if isinstance(node.inputs.get("flowedit_args"), Link):
        what = "has `flowedit_args`, which WanVideoWrapper no longer has a use for"
        yield _Refusal(node, "flowedit_args", what, "Remove the link, and the node of FlowEdit.")
    link = node.inputs.get("image_embeds")
    before = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
    loops = before is not None and before.class_name == "WanVideoImageToVideoMultiTalk"
    if loops and isinstance(node.inputs.get("context_options"), Link):
        what = "has `context_options` next to the windows of WanVideoImageToVideoMultiTalk"
        yield _Refusal(node, "context_options", what, "Remove the link.")


def _of_text(view: View, node: Node) -> Iterator[_Refusal]:
    """Without a text encoder a prompt can only come from the cache on disk."""
    node_class = view.class_of(node)
    if len(record_of(node.class_name).texts) != 2 or node_class is None or "t5" in node.inputs:
        return
    takes_encoder = any(input_.name == "t5" for input_ in node_class.inputs)
    if takes_encoder and view.value(node, "use_disk_cache") is False:
        what = "has no text encoder in `t5`, and `use_disk_cache` is off"
        help = "Link a text encoder; in a pipeline, write `text_encoder = wrapper.umt5`."
        yield _Refusal(node, "t5", what, help)


def _of_tiles(view: View, node: Node) -> Iterator[_Refusal]:
    if record_of(node.class_name).role != "decode":
        return
    for side in ("x", "y"):
        tile, stride = view.value(node, f"tile_{side}"), view.value(node, f"tile_stride_{side}")
        if type(tile) is int and type(stride) is int and tile <= stride:
            what = f"has tiles of {tile} pixels and a stride of {stride}"
            yield _Refusal(node, f"tile_{side}", what, "Use tiles that are larger than the stride.")
