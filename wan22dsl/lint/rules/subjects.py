"""What a graph has for the rules to judge: a rule whose subject is not there is not imported.

A subject may be there without a mistake, but where a rule finds something its subject is there. Each of them
is cheaper to find than the files of its rules are to read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.passes.recognition import goes_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wan22dsl.comfyui.catalogue.schema import Input
    from wan22dsl.comfyui.nodes.record import NodeRecord
    from wan22dsl.lint.rules.view import View

    Subject = Callable[[View], bool]


def _records(view: View) -> Iterator[NodeRecord]:
    return map(record_of, view.classes)


# The graph as a whole


def card(view: View) -> bool:
    """A card is named, so that costs are known."""
    return view.card is not None


def models(view: View) -> bool:
    """A models folder is named, so that files can be looked at."""
    return view.models is not None


def left_out(view: View) -> bool:
    """Nodes that are muted or bypassed."""
    return view.whole is not view.graph


def circles(view: View) -> bool:
    """Nodes that wait for each other."""
    return bool(view.stuck)


def nothing_saved(view: View) -> bool:
    """No output."""
    return not view.outputs


def unused(view: View) -> bool:
    """Nodes that no output needs."""
    return len(view.used) < len(view.graph.nodes)


def loops(view: View) -> bool:
    """Nodes that begin or end a loop."""
    return any(record.loop for record in _records(view))


def steering(view: View) -> bool:
    """Nodes that steer attention away from a prompt."""
    return any(record.steers_from for record in _records(view))


# Classes, inputs and values


def unknown_classes(view: View) -> bool:
    """Nodes whose class is not known."""
    return bool(view.unknown)


def dangling_links(view: View) -> bool:
    """Links to nodes that are not there."""
    nodes = view.graph.nodes
    return any(link.node not in nodes for node in nodes.values() for _, link in node.links())


def missing_inputs(view: View) -> bool:
    """Nodes that lack a required input."""
    classes = ((node, view.class_of(node)) for node in view.needed)
    return any(known is not None and view.missing(node, known) for node, known in classes)


def unknown_inputs(view: View) -> bool:
    """Inputs that the class of their node does not have."""
    return any(slot.input is None for slot in view.slots)


def linked_numbers(view: View) -> bool:
    """Numbers that arrive by link."""
    return any(slot.input is not None and slot.input.type in _NUMBERS for slot in view.links)


_NUMBERS = frozenset({"INT", "FLOAT"})


def odd_constants(view: View) -> bool:
    """Constants that are not plainly what their input takes."""
    return not all(
        slot.input is not None and _is_plain(slot.value, slot.input) for slot in view.constants
    )


def _is_plain(value: Any, input_: Input) -> bool:
    """Whether a value is of an input's type, and one of its choices, or in its range and on its grid."""
    kind, type_ = type(value), input_.type
    if type_ == "INT":
        return kind is int and _in_range(value, input_) and _on_grid(value, input_)
    if type_ == "FLOAT":
        return (kind is float or kind is int) and _in_range(value, input_)
    if type_ == "STRING":
        return kind is str
    if type_ == "BOOLEAN":
        return kind is bool
    if type_ == "COMBO":
        return kind is str if input_.options is None else value in input_.options
    return not input_.is_socket and "," not in type_


def _in_range(value: float, input_: Input) -> bool:
    """Whether it is a number that the input takes; NaN is not."""
    least, most = input_.minimum, input_.maximum
    return (least is None or value >= least) and (most is None or value <= most)


def _on_grid(value: int, input_: Input) -> bool:
    if input_.step is None or input_.step <= 1:
        return True
    return (value - int(input_.minimum or 0)) % int(input_.step) == 0


# Strings


def absolute_paths(view: View) -> bool:
    """Strings that begin as a path of one machine does."""
    return any(
        isinstance(value, str) and (value[:1] in ("/", "\\", "~") or value[1:2] == ":")
        for node in view.needed
        for value in node.inputs.values()
    )


def special_names(view: View) -> bool:
    """Names of outputs with more than letters, and titles with digits."""
    for node in view.needed:
        name = view.value(node, "filename_prefix")
        if isinstance(name, str) and not name.replace("_", "").replace("-", "").isalpha():
            return True
        if node.title != node.id and any(map(str.isdigit, node.title)):
            return True
    return False


def weight_dtypes(view: View) -> bool:
    """Models whose weights are to be of another type than in their file."""
    found = (view.value(node, "weight_dtype") for node in view.needed)
    return any(dtype not in (None, "default") for dtype in found)


def tags_in_prompts(view: View) -> bool:
    """Prompts with the beginning of a tag such as `<lora:`."""
    prompts = (
        view.value(node, "text")
        for node in view.needed
        if record_of(node.class_name).role == "text"
    )
    return any(isinstance(prompt, str) and "<" in prompt for prompt in prompts)


# Pictures, frames and sound


def latent_shapes(view: View) -> bool:
    """Nodes that make the latent of a video from a size and a length."""
    latents = (record.latent for record in _records(view))
    return any(latent is not None and not latent.one_picture for latent in latents)


def picture_latents(view: View) -> bool:
    """Latents of single pictures."""
    latents = (record.latent for record in _records(view))
    return any(latent is not None and latent.one_picture for latent in latents)


def conditionings(view: View) -> bool:
    """Nodes that tell a model more than a prompt."""
    return any(record.conditioning is not None for record in _records(view))


def separate_conditionings(view: View) -> bool:
    """Passes of one schedule with a conditioning each."""
    return any(
        len({id(pass_.conditioning) for pass_ in schedule}) > 1 for schedule in view.schedules
    )


def clip_vision(view: View) -> bool:
    """Pictures that are encoded by CLIP Vision."""
    return any(name.startswith("clip_vision") for node in view.needed for name in node.inputs)


def trimmed_references(view: View) -> bool:
    """Conditionings that put a picture before the video, to be cut off again."""
    found = (record.conditioning for record in _records(view))
    return any(each is not None and each.trim_output is not None for each in found)


def videos_loaded(view: View) -> bool:
    """Files of videos."""
    files = (record.file for record in _records(view))
    return any(file is not None and file.kind == "video" for file in files)


def videos_saved(view: View) -> bool:
    """Nodes that save a video."""
    found = (record.saving for record in _records(view))
    return any(saving is not None and saving.what == "video" for saving in found)


def animations(view: View) -> bool:
    """Nodes that may save an animated picture."""
    found = (record.saving for record in _records(view))
    return any(saving is not None and saving.what in _ANIMATED for saving in found)


_ANIMATED = frozenset({"webp", "apng", "combined"})


def players(view: View) -> bool:
    """Nodes that set the rate of frames."""
    return any(record.player is not None for record in _records(view))


def stretches(view: View) -> bool:
    """Nodes that take some of the frames by their numbers."""
    return any(record.stretch is not None for record in _records(view))


def scaling(view: View) -> bool:
    """Nodes that scale frames to other proportions."""
    return any(record.may_stretch for record in _records(view))


def cameras(view: View) -> bool:
    """Camera moves."""
    return any(record.role == "camera" for record in _records(view))


# Passes


def passes(view: View) -> bool:
    """Passes that will run."""
    return bool(view.passes)


def splits(view: View) -> bool:
    """Passes that share a schedule."""
    return any(len(schedule) > 1 for schedule in view.schedules)


def inexact_handoffs(view: View) -> bool:
    """Hand-offs within a schedule that are not exact."""
    return bool(view.handoffs)


def new_starts(view: View) -> bool:
    """Passes behind another one that do not only go on with its schedule."""
    return any(
        pass_.before is not None and (pass_.settings.add_noise is True or not goes_on(pass_))
        for pass_ in view.passes
    )


def handoffs_or_new_starts(view: View) -> bool:
    """Either of the two."""
    return inexact_handoffs(view) or new_starts(view)


def quiet_starts(view: View) -> bool:
    """First passes that add no noise."""
    return any(pass_.before is None and pass_.settings.add_noise is False for pass_ in view.passes)


def late_starts(view: View) -> bool:
    """First passes that begin after the first step."""
    return any(pass_.before is None and bool(pass_.settings.start) for pass_ in view.passes)


def open_ends(view: View) -> bool:
    """Passes that may end before their schedule does, and whose latent no pass continues."""
    followed = {pass_.before for pass_ in view.passes if pass_.handoff == "latent"}
    last = (pass_.settings for pass_ in view.passes if pass_.id not in followed)
    return any(each.end != each.steps or each.sigmas is not None for each in last)


def unused_seeds(view: View) -> bool:
    """Seeds of passes that go on without new noise."""
    return any(
        pass_.settings.add_noise is False and bool(pass_.settings.seed) for pass_ in view.passes
    )


def several_shifts(view: View) -> bool:
    """Passes with more nodes that set a shift than the one that counts."""
    return any(
        record_of(node.class_name).sets_shift and node is not pass_.shift_node
        for pass_ in view.passes
        for node in pass_.patches
    )


def declared_noise(view: View) -> bool:
    """Models and LoRAs with a declared noise level."""
    return any(
        loaded is not None and loaded.told == "declared"
        for pass_ in view.passes
        for loaded in (pass_.model, *pass_.loras)
    )


def guided_passes(view: View) -> bool:
    """Passes with guidance, in some of their steps at least."""
    settings = (pass_.settings for pass_ in view.passes)
    return any(each.cfg not in (None, 1.0) or bool(each.cfgs) for each in settings)


def partial_passes(view: View) -> bool:
    """Passes with a denoise below 1."""
    return any(pass_.settings.denoise not in (None, 1.0) for pass_ in view.passes)


def linked_sigmas(view: View) -> bool:
    """Passes that get their noise levels by link."""
    return any("sigmas" in pass_.node.inputs for pass_ in view.passes)


def loras(view: View) -> bool:
    """Passes with LoRAs."""
    return any(pass_.loras for pass_ in view.passes)


def several_loras(view: View) -> bool:
    """Passes with more than one LoRA."""
    return any(len(pass_.loras) > 1 for pass_ in view.passes)


def idle_loras(view: View) -> bool:
    """LoRAs at strength 0."""
    return any(lora.strength == 0 for pass_ in view.passes for lora in pass_.loras)


def experts_swapped(view: View) -> bool:
    """Splits that begin with the low-noise expert."""
    from wan22dsl.lint.rules.experts.roles import swapped

    return bool(swapped(view))


def experts_doubled(view: View) -> bool:
    """Splits that run one expert twice."""
    from wan22dsl.lint.rules.experts.roles import doubled

    return bool(doubled(view))


def families_mixed(view: View) -> bool:
    """Splits between models of different families."""
    from wan22dsl.lint.rules.experts.roles import mixed

    return bool(mixed(view))


def lone_passes(view: View) -> bool:
    """Passes that share their schedule with no other."""
    return any(len(schedule) == 1 for schedule in view.schedules)


def distilled_models(view: View) -> bool:
    """Passes whose model is distilled."""
    return any(pass_.model is not None and pass_.model.distilled for pass_ in view.passes)


def wrapper_passes(view: View) -> bool:
    """Passes of WanVideoWrapper's samplers."""
    return any(pass_.settings.wrapper for pass_ in view.passes)


def wrapper_nodes(view: View) -> bool:
    """Nodes of WanVideoWrapper, and those that turn its latents into others."""
    return any(
        record.latents_of_wrapper
        or bool(record.rescales or record.lora_links)
        or len(record.texts) == 2
        or any(sampler.unscaled for sampler in record.samplers)
        for record in _records(view)
    ) or any(
        name in node.inputs for node in view.needed for name in ("quantization", "tile_x", "tile_y")
    )
