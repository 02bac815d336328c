"""Links that nobody sees: nodes send what they get to inputs of its type (chrisgoringe/cg-use-everywhere)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.editor import only_in_editor
from wan22dsl.comfyui.nodes.values import constant

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.record import NodeRecord

_PACK = "cg-use-everywhere"

#: Nodes that send. The server has them too, and they do nothing there.
ANYTHING = "Anything Everywhere"
MATCHING = "Anything Everywhere?"
THREE = "Anything Everywhere3"
PROMPTS = "Prompts Everywhere"

#: Sends its own seed.
SEED = "Seed Everywhere"

#: Gives a choice of the input that it is linked to: its own list of choices says nothing.
CHOICE = "Combo Clone"

RECORDS: tuple[NodeRecord, ...] = (
    only_in_editor(ANYTHING, _PACK),
    only_in_editor(MATCHING, _PACK),
    only_in_editor(THREE, _PACK),
    only_in_editor(PROMPTS, _PACK),
    constant(SEED, "seed", _PACK),
    constant(CHOICE, "combo", _PACK)._replace(unbounded=("combo",)),
)
