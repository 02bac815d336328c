"""What inputs a node really has, once its values are known, and which links fit them.

A class with a dynamic choice or a growing input has other inputs for other values; everything that
judges or fills a node asks here for the inputs by the names that are in a prompt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wan22dsl.comfyui.catalogue.schema import Growing, Input, NodeClass


def inputs_of(node_class: NodeClass, values: Mapping[str, Any]) -> dict[str, Input]:
    """All inputs of a node with these values, by the name that is in a prompt.

    A dynamic choice brings the inputs of the value chosen (`format.codec`), or of its default
    where it is required and not given; one that arrives by link could be any, so it brings all,
    none required. A growing input is there as its items (`values.a`), or as the inputs of its rows
    (`loras.0.strength`): those that must be and those that are given.
    """
    found: dict[str, Input] = {}
    _collect(node_class.inputs, "", values, found)
    return found


def every_input(inputs: Iterable[Input], prefix: str = "") -> dict[str, Input]:
    """All inputs of a class by their full names, those of every choice among them."""
    found: dict[str, Input] = {}
    for input_ in inputs:
        name = prefix + input_.name
        found.setdefault(name, input_._replace(name=name) if prefix else input_)
        below = prefix if input_.flat else f"{name}."
        for branch in (input_.branches or {}).values():
            for full, each in every_input(branch, below).items():
                found.setdefault(full, each)
    return found


def has_input(node_class: NodeClass, name: str) -> bool:
    """Whether a class has an input of that name, whatever its other values are."""
    return any(
        name == full or (input_.grows is not None and name.startswith(f"{full}."))
        for full, input_ in every_input(node_class.inputs).items()
    )


def _collect(
    inputs: Iterable[Input], prefix: str, values: Mapping[str, Any], found: dict[str, Input]
) -> None:
    for input_ in inputs:
        name = prefix + input_.name
        if input_.grows is not None:
            items = _row_items if input_.grows.row else _items
            found.update(items(name, input_.grows, values))
            continue
        if input_.branches is None:
            found[name] = input_._replace(name=name) if prefix else input_
            continue
        # 0.33's SaveVideo keeps the old spelling: a `codec` beside `format` does for
        # `format.codec`, and the new one, where it is sent too, wins. So what is given so is not
        # missing.
        spelt_old = bool(prefix) and input_.name in values
        found[name] = input_._replace(name=name, required=input_.required and not spelt_old)
        below = prefix if input_.flat else f"{name}."
        if not spelt_old or name in values:
            for branch in _branches(found[name], values):
                _collect(branch, below, values, found)


def _branches(input_: Input, values: Mapping[str, Any]) -> Iterator[Iterable[Input]]:
    """The inputs that a dynamic choice adds: those of the value that it has."""
    assert input_.branches is not None
    if input_.name in values:
        chosen = values[input_.name]
    else:
        chosen = default_of(input_) if input_.required else None
    if chosen is None or isinstance(chosen, str):
        yield input_.branches.get(chosen or "", ())
    else:
        for inputs in input_.branches.values():
            yield [each._replace(required=False) for each in inputs]


def _items(name: str, grows: Growing, values: Mapping[str, Any]) -> dict[str, Input]:
    """The items of a growing input that must be or are given."""
    if grows.names:
        names = grows.names[: grows.maximum]
    else:
        names = tuple(f"{grows.prefix}{number}" for number in range(grows.maximum))
    found: dict[str, Input] = {}
    for number, each in enumerate(names):
        full = f"{name}.{each}"
        if number < grows.minimum or full in values:
            required = grows.item.required and number < grows.minimum
            found[full] = grows.item._replace(name=full, required=required)
    return found


def rows_of(name: str, grows: Growing, values: Mapping[str, Any]) -> int:
    """How many rows of inputs a node with these values has."""
    start = f"{name}."
    given = (
        each.removeprefix(start).partition(".")[0] for each in values if each.startswith(start)
    )
    numbers = [int(each) for each in given if each.isascii() and each.isdigit() and len(each) < 4]
    return max(grows.minimum, *(number + 1 for number in numbers)) if numbers else grows.minimum


def _row_items(name: str, grows: Growing, values: Mapping[str, Any]) -> dict[str, Input]:
    """The inputs of all rows, up to the most that there can be."""
    found: dict[str, Input] = {}
    for number in range(min(rows_of(name, grows, values), grows.maximum)):
        _collect(grows.row, f"{name}.{number}.", values, found)
    return found


def spelled_as_now(node_class: NodeClass, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values with `format.codec` where only `codec` is given, and the class has both.

    0.33's server takes both spellings, and of the two the new one; the old one is not shown in the page, and
    clients that check a prompt against the class miss the new one.
    """
    if all(input_.branches is None for input_ in node_class.inputs):
        return values
    own = {
        input_.name
        for input_ in node_class.inputs
        if input_.branches is not None and not input_.required
    }
    for name, input_ in inputs_of(node_class, values).items():
        old = name.rpartition(".")[2]
        if name in values or input_.branches is None or old == name or old not in own:
            continue
        if isinstance(values.get(old), str) and values[old] in (input_.options or ()):
            return spelled_as_now(node_class, _renamed(values, old, name))
    return values


def _renamed(values: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """The values with one, and what it brings along, under another name in the same place."""
    return {
        new + name.removeprefix(old) if name == old or name.startswith(f"{old}.") else name: value
        for name, value in values.items()
    }


def default_of(input_: Input) -> Any:
    """The value that an input has when nothing is written; None where there is none to have.

    That is its default, or else the first of a fixed choice. A default that is not among the
    choices (some packs have such) is none, and a file is never chosen for the user.
    """
    if input_.is_socket or input_.grows is not None:
        return None
    if input_.files is not None:
        return input_.default if input_.default in input_.fixed else None
    if input_.options and input_.default not in input_.options:
        return input_.options[0]
    return input_.default


def defaults_of(node_class: NodeClass, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the required inputs that are not given, for those that have one."""
    found: dict[str, Any] = {}
    for name, input_ in inputs_of(node_class, values).items():
        if (input_.required or input_.sent) and name not in values:
            value = default_of(input_)
            if value is not None:
                found[name] = _own_copy(value)
    return found


def _own_copy(value: Any) -> Any:
    """A value that may be changed without changing the catalogue."""
    if isinstance(value, dict):
        return {key: _own_copy(item) for key, item in value.items()}
    return [_own_copy(item) for item in value] if isinstance(value, list) else value


def fits(output_type: str, input_type: str) -> bool:
    """Whether ComfyUI takes a link between the two: as unions they have a type in common.

    `*` fits everything. The case of letters counts, as it does for the server.
    """
    if output_type == input_type:
        return True
    given = {part.strip() for part in output_type.split(",")}
    taken = {part.strip() for part in input_type.split(",")}
    return "*" in given or "*" in taken or not given.isdisjoint(taken)


def output_type(node_class: NodeClass, slot: int, linked: Mapping[str, str]) -> str:
    """The type of an output, where `linked` are the types that arrive at the inputs, by name.

    Differs from what the class says only where the output takes its type from inputs:
    ResizeImageMaskNode gives an IMAGE for an IMAGE. Raises IndexError when there is no such slot.
    """
    output = node_class.outputs[slot]
    if not output.template:
        return output.type
    for input_ in node_class.inputs:
        item = input_.grows.item if input_.grows is not None else input_
        if item.template != output.template:
            continue
        for name, kind in linked.items():
            if name == input_.name or (
                input_.grows is not None and name.startswith(f"{input_.name}.")
            ):
                return kind
    return output.type
