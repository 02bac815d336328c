"""What is wrong with a finished graph: one file for each rule, listed here in the order of its codes.

A rule is a module with `MESSAGE`, what it forbids and why, and `check(view)`, which gives its findings. To
add one, put it into `LISTED`. Its code is the next free one of its hundred.
Rules judge the graph alone, so that the language, plain nodes and imported JSON are judged alike.

Only the rules that a graph has something for are imported: reading all of their files takes ten times as
long as judging a graph by them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from wan22dsl.lint.rules import subjects
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wan22dsl.diagnostics import Diagnostic, Message
    from wan22dsl.lint.rules.subjects import Subject
    from wan22dsl.lint.rules.view import View


class Rule(Protocol):
    """What a rule's module has.

    A rule that cannot find in JSON what it finds in the language has `UNSEEN_IN` too: the reason by the form,
    "prompt" or "workflow".
    """

    MESSAGE: Message

    def check(self, view: View) -> Iterator[Diagnostic]:
        """Its findings in a graph."""
        ...


class Listing(NamedTuple):
    """A rule by its folder and its file, and what it judges; None: it looks at every graph."""

    file: str
    subject: Subject | None = None

    @property
    def rule(self) -> Rule:
        """The rule itself."""
        return cast("Rule", import_module(f"wan22dsl.lint.rules.{self.file}"))


def rules_for(view: View, listed: Iterable[Listing]) -> Iterator[Rule]:
    """Those of the rules that have something to judge in a graph."""
    has: dict[Subject, bool] = {}
    for listing in listed:
        subject = listing.subject
        if subject is not None and subject not in has:
            has[subject] = subject(view)
        if subject is None or has[subject]:
            yield listing.rule


def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the codes."""
    return tuple(listing.rule for listing in LISTED)


def unseen_in(rule: Rule) -> Mapping[str, str]:
    """The forms of JSON in which a rule finds nothing, with the reasons."""
    found: Mapping[str, str] = getattr(rule, "UNSEEN_IN", {})
    return found


LISTED: tuple[Listing, ...] = (
    Listing("generic.unknown_class", subjects.unknown_classes),
    Listing("generic.missing_input", subjects.missing_inputs),
    Listing("generic.wrong_link_type"),
    Listing("generic.value_out_of_range", subjects.odd_constants),
    Listing("generic.value_not_offered", subjects.odd_constants),
    Listing("generic.wrong_value_type", subjects.odd_constants),
    Listing("generic.value_changed_silently", subjects.odd_constants),
    Listing("generic.not_a_number"),
    Listing("generic.link_to_nothing", subjects.dangling_links),
    Listing("generic.no_such_output"),
    Listing("generic.circle", subjects.circles),
    Listing("generic.no_output", subjects.nothing_saved),
    Listing("generic.unused_node", subjects.unused),
    Listing("generic.unknown_input", subjects.unknown_inputs),
    Listing("generic.unknown_link", subjects.unknown_inputs),
    Listing("generic.stops_the_server", subjects.dangling_links),
    Listing("generic.constant_on_socket", subjects.odd_constants),
    Listing("generic.linked_value_out_of_range", subjects.linked_numbers),
    Listing("generic.off_grid", subjects.odd_constants),
    Listing("generic.save_outside", subjects.special_names),
    Listing("generic.file_of_other_kind"),
    Listing("generic.implausible_value"),
    Listing("generic.ending_in_prefix", subjects.special_names),
    Listing("generic.word_not_replaced", subjects.special_names),
    Listing("generic.left_out", subjects.left_out),
    Listing("generic.loop_not_closed", subjects.loops),
    Listing("style.machine_path", subjects.absolute_paths),
    Listing("experts.noise_against_name", subjects.declared_noise),
    Listing("experts.lora_of_other_expert", subjects.passes),
    Listing("experts.low_before_high", subjects.new_starts),
    Listing("experts.one_expert_alone", subjects.lone_passes),
    Listing("experts.split_off_boundary", subjects.splits),
    Listing("experts.lora_of_other_family", subjects.loras),
    Listing("experts.wrong_conditioning", subjects.passes),
    Listing("experts.text_encoder_type"),
    Listing("experts.experts_swapped", subjects.experts_swapped),
    Listing("experts.expert_doubled", subjects.experts_doubled),
    Listing("experts.experts_of_two_families", subjects.families_mixed),
    Listing("experts.lora_on_one_pass", subjects.splits),
    Listing("experts.lora_not_used", subjects.unused),
    Listing("experts.lora_without_strength", subjects.idle_loras),
    Listing("experts.lora_twice", subjects.several_loras),
    Listing("experts.wrong_text_encoder"),
    Listing("experts.lora_strength_off", subjects.loras),
    Listing("experts.distilled_twice", subjects.distilled_models),
    Listing("wiring.wrong_vae", subjects.passes),
    Listing("wiring.missing_picture", subjects.passes),
    Listing("wiring.two_conditionings", subjects.separate_conditionings),
    Listing("wiring.clip_vision_unused", subjects.clip_vision),
    Listing("wiring.dtype_of_scaled_file", subjects.weight_dtypes),
    Listing("wiring.denoise_of_nothing", subjects.partial_passes),
    Listing("wiring.prompts_swapped"),
    Listing("wiring.one_prompt_for_both", subjects.guided_passes),
    Listing("wiring.conditioning_passed_by", subjects.passes),
    Listing("wiring.camera_of_other_shape", subjects.cameras),
    Listing("wiring.lora_in_prompt", subjects.tags_in_prompts),
    Listing("wiring.half_denoised_saved", subjects.splits),
    Listing("wiring.latent_of_other_scale", subjects.wrapper_nodes),
    Listing("wiring.steered_from_prompt", subjects.steering),
    Listing("files.model_file_missing", subjects.models),
    Listing("files.model_file_broken", subjects.models),
    Listing("files.model_file_of_other_kind", subjects.models),
    Listing("files.model_file_of_other_family", subjects.models),
    Listing("files.lora_file_of_other_model", subjects.models),
    Listing("files.vae_file_of_other_model", subjects.models),
    Listing("files.text_encoder_file_of_other_model", subjects.models),
    Listing("distillation.distilled_steps", subjects.passes),
    Listing("distillation.distilled_cfg", subjects.guided_passes),
    Listing("schedule.starts_again", subjects.new_starts),
    Listing("schedule.nothing_to_sample", subjects.passes),
    Listing("schedule.noise_mismatch", subjects.inexact_handoffs),
    Listing("schedule.gap_in_steps", subjects.inexact_handoffs),
    Listing("schedule.overlapping_steps", subjects.inexact_handoffs),
    Listing("schedule.totals_differ", subjects.inexact_handoffs),
    Listing("schedule.schedules_differ", subjects.inexact_handoffs),
    Listing("schedule.noise_lost", subjects.inexact_handoffs),
    Listing("schedule.noise_twice", subjects.handoffs_or_new_starts),
    Listing("schedule.ends_early", subjects.open_ends),
    Listing("schedule.starts_late", subjects.late_starts),
    Listing("schedule.starts_without_noise", subjects.quiet_starts),
    Listing("schedule.end_beyond_steps", subjects.passes),
    Listing("schedule.seed_without_effect", subjects.unused_seeds),
    Listing("schedule.shifts_differ", subjects.inexact_handoffs),
    Listing("distillation.distilled_schedule", subjects.passes),
    Listing("distillation.distilled_sampler", subjects.passes),
    Listing("distillation.few_steps", subjects.passes),
    Listing("distillation.negative_without_effect", subjects.passes),
    Listing("distillation.cfg_off_recipe", subjects.passes),
    Listing("schedule.shift_without_effect", subjects.several_shifts),
    Listing("schedule.wrong_model_sampling", subjects.passes),
    Listing("schedule.sigmas_out_of_range", subjects.linked_sigmas),
    Listing("schedule.wrapper_steps", subjects.wrapper_passes),
    Listing("distillation.node_without_effect"),
    Listing("wiring.wrapper_refuses", subjects.wrapper_nodes),
    Listing("schedule.latent_covered", subjects.videos_loaded),
    Listing("shape.frames_off_formula", subjects.latent_shapes),
    Listing("shape.size_off_grid", subjects.latent_shapes),
    Listing("shape.too_many_frames", subjects.passes),
    Listing("shape.wrong_rate", subjects.players),
    Listing("shape.size_off_area", subjects.passes),
    Listing("shape.latent_of_other_shape", subjects.passes),
    Listing("shape.clip_of_other_length", subjects.conditionings),
    Listing("shape.picture_cropped", subjects.conditionings),
    Listing("shape.aspect_claim", subjects.special_names),
    Listing("shape.odd_size", subjects.videos_saved),
    Listing("shape.more_frames_than_there_are", subjects.stretches),
    Listing("shape.clips_in_one_file", subjects.passes),
    Listing("shape.reference_not_trimmed", subjects.trimmed_references),
    Listing("shape.picture_stretched", subjects.scaling),
    Listing("shape.picture_latent", subjects.picture_latents),
    Listing("shape.clip_repeated", subjects.new_starts),
    Listing("shape.rate_not_kept", subjects.animations),
    Listing("shape.sound_out_of_step", subjects.videos_loaded),
    Listing("shape.rate_of_video_unknown", subjects.videos_loaded),
    Listing("shape.video_as_start_image", subjects.videos_loaded),
    Listing("shape.frame_beyond_clip", subjects.stretches),
    Listing("cost.weights_without_room", subjects.card),
    Listing("cost.does_not_fit", subjects.card),
    Listing("cost.decode_in_tiles", subjects.card),
    Listing("cost.slow_pass", subjects.card),
)

#: The rules that look at one value by itself, whatever else the node or the graph lacks.
OF_ONE_VALUE = frozenset(
    {
        "generic.unknown_class",
        "generic.value_out_of_range",
        "generic.value_not_offered",
        "generic.wrong_value_type",
        "generic.value_changed_silently",
        "generic.not_a_number",
        "generic.unknown_input",
        "generic.constant_on_socket",
        "generic.off_grid",
    }
)

#: The rules that speak of links to nothing, and of what is not in the graph at all.
OF_LINKS_AND_LACKS = frozenset(
    {
        "generic.link_to_nothing",
        "generic.no_output",
        "generic.unused_node",
        "generic.stops_the_server",
    }
)
