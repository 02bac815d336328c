"""What is wrong with a finished graph: one file for each rule, listed here in the order of its codes.

A rule is a module with `MESSAGE`, what it forbids and why, and `check(view)`, which gives its findings.
Rules judge the graph alone, so that the language, plain nodes and imported JSON are judged alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from wan22dsl.rules.experts import (
    lora_of_other_expert,
    lora_of_other_family,
    low_before_high,
    noise_against_name,
    one_expert_alone,
    split_off_boundary,
    text_encoder_type,
    wrong_conditioning,
)
from wan22dsl.rules.generic import (
    circle,
    constant_on_socket,
    link_to_nothing,
    linked_value_out_of_range,
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
    wrong_link_type,
    wrong_value_type,
)
from wan22dsl.rules.schedule import (
    distilled_cfg,
    distilled_steps,
    noise_mismatch,
    nothing_to_sample,
    starts_again,
)
from wan22dsl.rules.shape import (
    frames_off_formula,
    size_off_grid,
    too_many_frames,
    wrong_rate,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Message
    from wan22dsl.rules.view import View


class Rule(Protocol):
    """What a rule's module has."""

    MESSAGE: Message

    def check(self, view: View) -> Iterator[Diagnostic]:
        """Its findings in a graph."""
        ...


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
    noise_against_name,
    lora_of_other_expert,
    low_before_high,
    one_expert_alone,
    split_off_boundary,
    lora_of_other_family,
    wrong_conditioning,
    text_encoder_type,
    distilled_steps,
    distilled_cfg,
    starts_again,
    nothing_to_sample,
    noise_mismatch,
    frames_off_formula,
    size_off_grid,
    too_many_frames,
    wrong_rate,
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
