"""Numbers and switches (WASasquatch/was-node-suite-comfyui: WAS_Node_Suite.py)."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.arithmetic import (
    by_operation,
    converted,
    measured,
    power,
    result_of,
    same,
)
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts, Link
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading
from wan22dsl.comfyui.nodes.switches import by_truth, switch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.comfyui.nodes.switches import HandsOn

_PACK = "was-node-suite-comfyui"


def _constant(reading: Reading) -> Facts:
    """Constant Number: as an integer, a float, or 1 and 0."""
    kind, number = reading.value("number_type"), reading.number("number")
    if number is None or "number_as_text" in reading.inputs or not 0 <= reading.slot < 3:
        return NOTHING_KNOWN
    if kind == "bool":
        number = 1.0 if number > 0.5 else 0.0
    elif kind not in ("integer", "float"):
        return NOTHING_KNOWN
    as_number = float if kind == "float" else int
    return result_of(lambda: number, (as_number, float, int)[reading.slot])


def _number_switch(reading: Reading) -> Facts:
    chosen = reading.value("boolean")
    number = reading.value("number_a" if chosen else "number_b")
    known = isinstance(chosen, bool) and isinstance(number, (int, float))
    if not known or not 0 <= reading.slot < 3:
        return NOTHING_KNOWN
    return result_of(lambda: number, (same, float, int)[reading.slot])


def _of_two(*kinds: str) -> HandsOn:
    """Of each kind the input a at true, else b."""

    def hands_on(reading: Reading) -> Link | Facts:
        chosen = reading.value("boolean")
        if not isinstance(chosen, bool) or not 0 <= reading.slot < len(kinds):
            return NOTHING_KNOWN
        return reading.given(f"{kinds[reading.slot]}_{'a' if chosen else 'b'}")

    return hands_on


def _seed(reading: Reading) -> Facts:
    """Seed: the number behind the first output, which is an object."""
    seed = reading.whole("seed")
    if seed is None or reading.slot not in (1, 2, 3):
        return NOTHING_KNOWN
    return Facts(value=float(seed) if reading.slot == 2 else seed)


_OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "addition": operator.add,
    "subtraction": operator.sub,
    "division": operator.truediv,
    "floor division": operator.floordiv,
    "multiplication": operator.mul,
    "exponentiation": power,
    "modulus": operator.mod,
    "greater-than": operator.gt,
    "greater-than or equals": operator.ge,
    "less-than": operator.lt,
    "less-than or equals": operator.le,
    "equals": operator.eq,
    "does not equal": operator.ne,
}


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord("Constant Number", _PACK, role="value", facts=_constant),
    NodeRecord("Seed", _PACK, role="value", facts=_seed),
    by_operation(
        "Number Operation",
        _PACK,
        _OPERATIONS,
        names=("number_a", "number_b"),
        chooses="operation",
        results=(operator.pos, operator.pos, int),
    ),
    converted("Number to Int", "number", _PACK, int),
    converted("Number to Float", "number", _PACK, float),
    converted("Logic Boolean Primitive", "boolean", _PACK, same),
    measured("Image Size to Number", _PACK, "image", *("width", "height") * 3),
    NodeRecord("Number Input Switch", _PACK, role="value", facts=_number_switch),
    *(
        switch(f"{kind} Input Switch", by_truth("boolean", f"{name}_a", f"{name}_b"), _PACK)
        for kind, name in (
            ("CLIP", "clip"),
            ("Conditioning", "conditioning"),
            ("Image", "image"),
            ("Latent", "latent"),
            ("Model", "model"),
            ("Text", "text"),
            ("VAE", "vae"),
        )
    ),
    switch("Lora Input Switch", _of_two("model", "clip"), _PACK),
)
