"""What is wrong with a finished graph: one file for each rule, listed here in the order of its codes.

A rule is a module with `MESSAGE`, what it forbids and why, and `check(view)`, which gives its findings. To
add one, import it below and put it into `RULES`. Its code is the next free one of its hundred.
Rules judge the graph alone, so that the language, plain nodes and imported JSON are judged alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from wan22dsl.lint.rules.cost import decode_in_tiles, does_not_fit, slow_pass, weights_without_room
from wan22dsl.lint.rules.distillation import (
    cfg_off_recipe,
    distilled_cfg,
    distilled_sampler,
    distilled_schedule,
    distilled_steps,
    few_steps,
    negative_without_effect,
    node_without_effect,
)
from wan22dsl.lint.rules.experts import (
    distilled_twice,
    expert_doubled,
    experts_of_two_families,
    experts_swapped,
    lora_not_used,
    lora_of_other_expert,
    lora_of_other_family,
    lora_on_one_pass,
    lora_strength_off,
    lora_twice,
    lora_without_strength,
    low_before_high,
    noise_against_name,
    one_expert_alone,
    split_off_boundary,
    text_encoder_type,
    wrong_conditioning,
    wrong_text_encoder,
)
from wan22dsl.lint.rules.generic import (
    circle,
    constant_on_socket,
    ending_in_prefix,
    file_of_other_kind,
    implausible_value,
    left_out,
    link_to_nothing,
    linked_value_out_of_range,
    loop_not_closed,
    missing_input,
    no_output,
    no_such_output,
    not_a_number,
    off_grid,
    save_outside,
    stops_the_server,
    unknown_class,
    unknown_input,
    unknown_link,
    unused_node,
    value_changed_silently,
    value_not_offered,
    value_out_of_range,
    word_not_replaced,
    wrong_link_type,
    wrong_value_type,
)
from wan22dsl.lint.rules.schedule import (
    end_beyond_steps,
    ends_early,
    gap_in_steps,
    latent_covered,
    noise_lost,
    noise_mismatch,
    noise_twice,
    nothing_to_sample,
    overlapping_steps,
    schedules_differ,
    seed_without_effect,
    shift_without_effect,
    shifts_differ,
    sigmas_out_of_range,
    starts_again,
    starts_late,
    starts_without_noise,
    totals_differ,
    wrapper_steps,
    wrong_model_sampling,
)
from wan22dsl.lint.rules.shape import (
    aspect_claim,
    clip_of_other_length,
    clip_repeated,
    clips_in_one_file,
    frame_beyond_clip,
    frames_off_formula,
    latent_of_other_shape,
    more_frames_than_there_are,
    odd_size,
    picture_cropped,
    picture_latent,
    picture_stretched,
    rate_not_kept,
    rate_of_video_unknown,
    reference_not_trimmed,
    size_off_area,
    size_off_grid,
    sound_out_of_step,
    too_many_frames,
    video_as_start_image,
    wrong_rate,
)
from wan22dsl.lint.rules.style import machine_path
from wan22dsl.lint.rules.wiring import (
    camera_of_other_shape,
    clip_vision_unused,
    conditioning_passed_by,
    denoise_of_nothing,
    dtype_of_scaled_file,
    half_denoised_saved,
    latent_of_other_scale,
    lora_in_prompt,
    missing_picture,
    one_prompt_for_both,
    prompts_swapped,
    two_conditionings,
    wrapper_refuses,
    wrong_vae,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.diagnostics import Diagnostic, Message
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


def unseen_in(rule: Rule) -> Mapping[str, str]:
    """The forms of JSON in which a rule finds nothing, with the reasons."""
    found: Mapping[str, str] = getattr(rule, "UNSEEN_IN", {})
    return found


RULES: tuple[Rule, ...] = (
    unknown_class,
    missing_input,
    wrong_link_type,
    value_out_of_range,
    value_not_offered,
    wrong_value_type,
    value_changed_silently,
    not_a_number,
    link_to_nothing,
    no_such_output,
    circle,
    no_output,
    unused_node,
    unknown_input,
    unknown_link,
    stops_the_server,
    constant_on_socket,
    linked_value_out_of_range,
    off_grid,
    save_outside,
    file_of_other_kind,
    implausible_value,
    ending_in_prefix,
    word_not_replaced,
    left_out,
    loop_not_closed,
    machine_path,
    noise_against_name,
    lora_of_other_expert,
    low_before_high,
    one_expert_alone,
    split_off_boundary,
    lora_of_other_family,
    wrong_conditioning,
    text_encoder_type,
    experts_swapped,
    expert_doubled,
    experts_of_two_families,
    lora_on_one_pass,
    lora_not_used,
    lora_without_strength,
    lora_twice,
    wrong_text_encoder,
    lora_strength_off,
    distilled_twice,
    wrong_vae,
    missing_picture,
    two_conditionings,
    clip_vision_unused,
    dtype_of_scaled_file,
    denoise_of_nothing,
    prompts_swapped,
    one_prompt_for_both,
    conditioning_passed_by,
    camera_of_other_shape,
    lora_in_prompt,
    half_denoised_saved,
    latent_of_other_scale,
    distilled_steps,
    distilled_cfg,
    starts_again,
    nothing_to_sample,
    noise_mismatch,
    gap_in_steps,
    overlapping_steps,
    totals_differ,
    schedules_differ,
    noise_lost,
    noise_twice,
    ends_early,
    starts_late,
    starts_without_noise,
    end_beyond_steps,
    seed_without_effect,
    shifts_differ,
    distilled_schedule,
    distilled_sampler,
    few_steps,
    negative_without_effect,
    cfg_off_recipe,
    shift_without_effect,
    wrong_model_sampling,
    sigmas_out_of_range,
    wrapper_steps,
    node_without_effect,
    wrapper_refuses,
    latent_covered,
    frames_off_formula,
    size_off_grid,
    too_many_frames,
    wrong_rate,
    size_off_area,
    latent_of_other_shape,
    clip_of_other_length,
    picture_cropped,
    aspect_claim,
    odd_size,
    more_frames_than_there_are,
    clips_in_one_file,
    reference_not_trimmed,
    picture_stretched,
    picture_latent,
    clip_repeated,
    rate_not_kept,
    sound_out_of_step,
    rate_of_video_unknown,
    video_as_start_image,
    frame_beyond_clip,
    weights_without_room,
    does_not_fit,
    decode_in_tiles,
    slow_pass,
)

#: The rules that look at one value by itself, whatever else the node or the graph lacks.
OF_ONE_VALUE: tuple[Rule, ...] = (
    unknown_class,
    value_out_of_range,
    value_not_offered,
    wrong_value_type,
    value_changed_silently,
    not_a_number,
    unknown_input,
    constant_on_socket,
    off_grid,
)

#: The rules that speak of links to nothing, and of what is not in the graph at all.
OF_LINKS_AND_LACKS: tuple[Rule, ...] = (
    link_to_nothing,
    no_output,
    unused_node,
    stops_the_server,
)
