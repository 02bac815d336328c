"""Nodes that hand on one of their inputs, whatever its type: which one, by what else they get.

ComfyUI: comfy_extras/nodes_logic.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.facts import IS_NONE, NOTHING_KNOWN, Facts, Link
from wan22dsl.comfyui.nodes.record import COMFYUI, NodeRecord, Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    #: What an output gives as it is: a link, or what is known of a value.
    HandsOn = Callable[[Reading], Link | Facts]


def switch(class_name: str, hands_on: HandsOn, pack: str = COMFYUI, **more: Any) -> NodeRecord:
    """A class of which an output is one of its inputs, as it is."""
    return NodeRecord(class_name, pack, role="switch", facts=handed_on, hands_on=hands_on, **more)


def handed_on(reading: Reading) -> Facts:
    """What is known of an output of a switch."""
    assert reading.record.hands_on is not None
    handed = reading.record.hands_on(reading)
    return reading.known(handed) if isinstance(handed, Link) else handed


def by_truth(name: str, if_true: str, if_false: str, absent: Facts = NOTHING_KNOWN) -> HandsOn:
    """One of two inputs, by a truth value."""

    def hands_on(reading: Reading) -> Link | Facts:
        chosen = reading.value(name)
        if reading.slot != 0 or not isinstance(chosen, (bool, int, float)):
            return NOTHING_KNOWN
        return reading.given(if_true if chosen else if_false, absent)

    return hands_on


def by_number(name: str, inputs: str, absent: Facts = NOTHING_KNOWN, *, slots: int = 1) -> HandsOn:
    """One of several inputs, by the number in their names. With more `slots` each has a name of its own."""

    def hands_on(reading: Reading) -> Link | Facts:
        number = reading.whole(name)
        if not 0 <= reading.slot < slots or number is None:
            return NOTHING_KNOWN
        return reading.given(inputs.format(number), absent)

    return hands_on


def only_to(name: str, first: int, source: str) -> HandsOn:
    """The one input, to the output whose number is chosen; the others give nothing that runs."""

    def hands_on(reading: Reading) -> Link | Facts:
        chosen = reading.whole(name)
        known = chosen is not None and reading.slot == chosen - first
        return reading.given(source) if known else NOTHING_KNOWN

    return hands_on


def first_of(prefix: str) -> HandsOn:
    """The first input of such a name that gives something, in the order of the inputs."""

    def hands_on(reading: Reading) -> Link | Facts:
        if reading.slot != 0:
            return NOTHING_KNOWN
        for name, value in reading.inputs.items():
            if not name.startswith(prefix) or value is None:
                continue
            if not isinstance(value, Link) or not reading.known(value).is_none:
                return reading.given(name)
        return IS_NONE

    return hands_on


def _soft(reading: Reading) -> Link | Facts:
    """ComfySoftSwitchNode: of two sides of which one has no link, the other."""
    sides = [name for name in ("on_true", "on_false") if name in reading.inputs]
    if len(sides) == 1 and reading.slot == 0:
        return reading.given(sides[0])
    return by_truth("switch", "on_true", "on_false")(reading)


RECORDS: tuple[NodeRecord, ...] = (
    switch("ComfySwitchNode", by_truth("switch", "on_true", "on_false")),
    switch("ComfySoftSwitchNode", _soft),
)
