"""The LoRAs that a node names: one, several by numbers, or a list of them.

Sources: Comfy-Org/ComfyUI, nodes.py; rgthree/rgthree-comfy; yolain/ComfyUI-Easy-Use;
jags111/efficiency-nodes-comfyui; Suzie1/ComfyUI_Comfyroll_CustomNodes; willmiao/ComfyUI-Lora-Manager;
kijai/ComfyUI-WanVideoWrapper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.record import LoraOn, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Loras = Callable[[Reading], tuple[LoraOn, ...]]

#: What stands for no LoRA among the files.
_NONE = frozenset({"", "none", "no"})

#: More than this of one node are not read.
_MOST = 100


def named(file: str = "lora_name", strength: str = "strength_model") -> Loras:
    """One LoRA, with its file and its strength in these inputs."""

    def loras(reading: Reading) -> tuple[LoraOn, ...]:
        return _known(reading, [(file, strength)])

    return loras


def numbered(
    file: str, strength: str, numbers: range, *, count: str = "", on: tuple[str, Any] = ("", None)
) -> Loras:
    """Several LoRAs; `{}` is the place of the number in the names of the inputs.

    `count` is an input with how many of them count, `on` an input and the value at which one counts.
    """

    def loras(reading: Reading) -> tuple[LoraOn, ...]:
        most = reading.whole(count) if count else None
        found = []
        for number in numbers:
            if most is not None and number - numbers.start >= most:
                break
            if on[0] and reading.value(on[0].format(number)) != on[1]:
                continue
            found.append((file.format(number), strength.format(number)))
        return _known(reading, found)

    return loras


def _known(reading: Reading, inputs: list[tuple[str, str]]) -> tuple[LoraOn, ...]:
    found = []
    for file, strength in inputs:
        value = reading.value(file)
        if isinstance(value, str) and value.lower() not in _NONE:
            found.append(LoraOn(file, value, reading.number(strength)))
    return tuple(found)


def in_rows(reading: Reading) -> tuple[LoraOn, ...]:
    """Power Lora Loader and its copies: each row is an object; those that are off stay in it."""
    found = []
    for name, row in list(reading.inputs.items())[:_MOST]:
        file = row.get("lora") if isinstance(row, dict) else None
        if isinstance(file, str) and file.lower() not in _NONE and row.get("on", True):
            found.append(LoraOn(name, file, _number(row.get("strength"))))
    return tuple(found)


def listed(reading: Reading) -> tuple[LoraOn, ...]:
    """Lora-Manager: `loras` is a list, or an object that holds one, of names without folder and suffix."""
    value = reading.inputs.get("loras")
    rows = value.get("__value__") if isinstance(value, dict) else value
    found = []
    for row in rows[:_MOST] if isinstance(rows, list) else ():
        name = row.get("name") if isinstance(row, dict) else None
        if isinstance(name, str) and row.get("active", True):
            found.append(LoraOn("loras", name, _number(row.get("strength"))))
    return tuple(found)


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    return float(value) if type(value) in {int, float} and abs(value) < 1e18 else None


_one = named()


def by_names(reading: Reading) -> tuple[LoraOn, ...]:
    """Those of a class without a record: by the names of ComfyUI's own loader, in rows, or by numbers."""
    return _one(reading) or in_rows(reading) or _by_numbers(reading)


def _by_numbers(reading: Reading) -> tuple[LoraOn, ...]:
    """Those in inputs such as `lora1` and `lora_2_name`, files of the folder `loras` by its schema."""
    if reading.node_class is None:
        return ()
    names = {input_.name for input_ in reading.node_class.inputs}
    found = []
    for input_ in reading.node_class.inputs:
        number = input_.name.removeprefix("lora").replace("name", "").strip("_")
        if input_.files != "loras" or not input_.name.startswith("lora") or not number.isdecimal():
            continue
        forms = (
            "strength{}",
            "strength_{}",
            "lora{}_strength",
            "lora_{}_strength",
            "lora{}_model_strength",
        )
        strengths = [name for form in forms if (name := form.format(number)) in names]
        found.append((input_.name, strengths[0] if strengths else ""))
    return _known(reading, found)


def switched_on(loras: Loras, switch: str) -> Loras:
    """The same, where a switch of the node is on."""

    def found(reading: Reading) -> tuple[LoraOn, ...]:
        return () if reading.value(switch) is False else loras(reading)

    return found


def either(input: str, loras: Mapping[str, Loras]) -> Loras:
    """By the value of an input; without LoRAs at a value that is not known."""

    def found(reading: Reading) -> tuple[LoraOn, ...]:
        value = reading.value(input)
        chosen = loras.get(value) if isinstance(value, str) else None
        return () if chosen is None else chosen(reading)

    return found
