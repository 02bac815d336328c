"""The values of a node's widgets by the names of its inputs: values in, named values out.

A list of values has them in the order of the widgets, with an extra entry behind each seed: what becomes
of it after a run. A choice that brings further inputs has their values behind it. What a list does not
reach has the default of its class, as in the editor.

Values that another version of the class wrote belong to other widgets than those of the catalogue. Checking
them against the catalogue would report mistakes that nobody made.

Source: Comfy-Org/ComfyUI_frontend, useIntWidget and useComboWidget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import default_of, inputs_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.editor import OF_THE_EDITOR
from wan22dsl.formats.widget_order import fits, numbered
from wan22dsl.formats.widgets import CONTROL, UNSAVED, UPLOADS, has_widget
from wan22dsl.formats.workflow_read.parts import Given, Spot
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass
    from wan22dsl.formats.workflow_read.parts import Raw

#: What the extra entry behind a seed can be.
_CONTROLS = frozenset({"fixed", "increment", "decrement", "randomize", "increment-wrap"})

#: What the frontend gives such an entry, unless a class says otherwise.
_SEEDS = ("seed", "noise_seed")


class Named(NamedTuple):
    """The values of a node by the names of its inputs, each with its place in the file.

    `other_version` says what shows that another version of the class wrote the node; None where nothing
    does. `bare_seed` is a seed of one of ComfyUI's own classes behind which the entry for after a run is
    missing: the editor takes the next value for it, and so all that follow for the wrong widgets.
    """

    values: dict[str, Given]
    other_version: str | None = None
    bare_seed: Spot | None = None


def named(node: Raw, node_class: NodeClass | None) -> Named:
    """The values that a node has in the file, or by default, for each input that can have one."""
    if node_class is None:
        return Named(_of_unknown(node))
    if isinstance(node.values, dict):
        found, fields = _by_name(node, node.values, node_class), 0
    else:
        found, fields = _by_order(node, node.values, node_class)
        if not _fit(found, node_class):
            found = _otherwise(node, node.values, node_class) or found
    other = _other_version(node, node_class, found, fields)
    if other is not None:
        return Named(_kept(node, node_class, found), other)
    return Named(found, None, _bare_seed(node, node_class, found))


def _fit(found: Mapping[str, Given], node_class: NodeClass) -> bool:
    """Whether each widget can have the value that it is given."""
    known = {input_.name: input_ for input_ in node_class.inputs}
    if not known.keys() >= found.keys():
        known = inputs_of(node_class, {name: given.value for name, given in found.items()})
    return all(name not in known or fits(given.value, known[name]) for name, given in found.items())


def _given(node: Raw, value: Any, key: int | str, part: str = "widgets_values") -> Given:
    return Given(value, Spot(node, part, key))


# --- by name ---


def _names_in(node: Raw) -> dict[str, Given]:
    """The values of the widgets by name, where the file has them so; without what becomes of a seed."""
    return {
        name: _given(node, value, name, "widgets_values_named")
        for name, value in (node.named or {}).items()
        if name not in OF_THE_EDITOR and not name.startswith(CONTROL)
    }


def _by_name(node: Raw, values: dict[str, Any], node_class: NodeClass) -> dict[str, Given]:
    known = inputs_of(node_class, values)
    kept = {
        name: _given(node, value, name)
        for name, value in values.items()
        if name in known and has_widget(known[name])
    }
    for name, input_ in known.items():
        if input_.type in UNSAVED:
            kept[name] = Given(UNSAVED[input_.type], None)
        elif name not in kept and has_widget(input_) and input_.required:
            _default(name, input_, kept)
    return kept


def _default(name: str, input_: Input, found: dict[str, Given]) -> None:
    value = default_of(input_)
    if value is not None:
        found[name] = Given(value, None)


def _of_unknown(node: Raw) -> dict[str, Given]:
    """The values that can be told by name although nothing is known of the class."""
    if node.named is not None:
        return _names_in(node)
    if isinstance(node.values, dict):
        return {
            name: _given(node, value, name)
            for name, value in node.values.items()
            if name not in OF_THE_EDITOR
        }
    names = [slot.name for slot in node.inputs if slot.widget]
    everything = list(range(len(node.values)))
    for numbers in (everything, _without_controls(node.values)):
        if len(numbers) == len(names):
            found = zip(names, numbers, strict=True)
            return {name: _given(node, node.values[number], number) for name, number in found}
    return {}


def _without_controls(values: list[Any]) -> list[int]:
    """The numbers of the values that do not stand behind a number to say what becomes of it."""
    return [
        number
        for number, value in enumerate(values)
        if not (
            isinstance(value, str)
            and value in _CONTROLS
            and number
            and type(values[number - 1]) is int
        )
    ]


# --- by order ---


class _Ordered(NamedTuple):
    """Values by the order of the widgets, and how many there should be."""

    found: dict[str, Given]
    fields: int


def _by_order(node: Raw, values: list[Any], node_class: NodeClass) -> _Ordered:
    found: dict[str, Given] = {}
    waiting = [
        (input_.name, input_) for input_ in reversed(node_class.inputs) if has_widget(input_)
    ]
    buttons = record_of(node.type).widgets.buttons
    at = 0
    while waiting:
        while buttons and at < len(values) and values[at] in buttons:
            at += 1
        name, input_ = waiting.pop()
        if input_.type in UNSAVED:
            found[name] = Given(UNSAVED[input_.type], None)
            continue
        if at < len(values):
            found[name] = _given(node, values[at], at)
        else:
            _default(name, input_, found)
        at += 1
        chosen = found[name].value if name in found else None
        if input_.branches is not None and isinstance(chosen, str):
            below = "" if input_.flat else f"{name}."
            branch = [each for each in input_.branches.get(chosen, ()) if has_widget(each)]
            waiting.extend((f"{below}{each.name}", each) for each in reversed(branch))
        elif at < len(values) and _is_control(values[at], input_, waiting):
            at += 1
    if record_of(node.type).widgets.own_words:
        names = ("index", *(f"option{number}" for number in range(1, len(values))))
        for number, name in zip(range(at, len(values)), names, strict=False):
            found[name] = _given(node, values[number], number)
    return _Ordered(found, at)


def _otherwise(node: Raw, values: list[Any], node_class: NodeClass) -> dict[str, Given] | None:
    """The values in another way than by the order of the catalogue, if all fit then."""
    if node.named is not None and list(node.named.values()) == values:
        found = _names_in(node)
        known = inputs_of(node_class, {name: given.value for name, given in found.items()})
        return found if found.keys() <= known.keys() and _fit(found, node_class) else None
    if all(input_.branches is None for input_ in node_class.inputs):
        return None
    order = numbered(values, node_class, lambda value, input_: _is_control(value, input_, []))
    if order is None:
        return None
    return {name: _given(node, values[number], number) for name, number in order.items()}


def _is_control(value: Any, input_: Input, waiting: list[tuple[str, Input]]) -> bool:
    """Whether the entry behind a value tells what becomes of it, and is not the next widget's own."""
    if input_.type == "INT" and input_.name in _SEEDS:
        return _tells_what_becomes(value)
    if not isinstance(value, str) or value not in _CONTROLS or input_.type not in {"INT", "COMBO"}:
        return False
    following = waiting[-1][1] if waiting else None
    if following is None or following.type not in {"STRING", "COMBO"}:
        return True
    return following.options is not None and value not in following.options


def _tells_what_becomes(value: Any) -> bool:
    """Whether a value is the entry behind a seed: a word, or in old files true or false."""
    return isinstance(value, bool) or (isinstance(value, str) and value in _CONTROLS)


def _bare_seed(node: Raw, node_class: NodeClass, found: dict[str, Given]) -> Spot | None:
    """A seed of one of ComfyUI's own classes behind which the entry for after a run is missing."""
    if node_class.pack is not None or not isinstance(node.values, list):
        return None
    for name in _SEEDS:
        spot = found[name].spot if name in found else None
        if spot is None or spot.node is not node or not isinstance(spot.key, int):
            continue
        following = node.values[spot.key + 1 : spot.key + 2]
        if following and not _tells_what_becomes(following[0]):
            return spot
    return None


# --- other versions of a class ---


def _other_version(
    node: Raw, node_class: NodeClass, found: Mapping[str, Given], fields: int
) -> str | None:
    """What shows that another version of the class wrote the node; None where nothing does.

    A value that does not fit is no such sign by itself, nor is a link to an input that is not there: people
    write both. The names of widgets, the number of values and the outputs come from the editor alone.
    """
    record = record_of(node_class.name)
    if record.takes_anything:
        return None
    outputs = len(node_class.outputs)
    for number, output in enumerate(node.outputs[outputs:], outputs):
        if output.links and output.type not in {"", "*"}:
            return f"its output {number} is used"
    known = inputs_of(node_class, {name: given.value for name, given in found.items()})
    linked = [slot for slot in node.inputs if slot.link is not None and slot.name not in known]
    lost = [slot for slot in linked if slot.name not in dict(record.undocumented)]
    misfit = not _fit(found, node_class)
    if not lost and not misfit:
        return None
    for name in [*_names_in(node), *(slot.name for slot in lost if slot.widget)]:
        if name not in known:
            return f"it has `{name}`"
    if misfit and isinstance(node.values, list):
        if not fields <= len(node.values) <= fields + (node_class.name in UPLOADS):
            return f"it has {len(node.values)} values for {fields} fields"
    return None


def _kept(node: Raw, node_class: NodeClass, found: Mapping[str, Given]) -> dict[str, Given]:
    """The values of such a node: by their names, or else as far as they fit."""
    if node.named is not None:
        return _names_in(node)
    known = inputs_of(node_class, {name: given.value for name, given in found.items()})
    values: dict[str, Given] = {}
    for name, given in found.items():
        if name in known and not fits(given.value, known[name]):
            break
        values[name] = given
    return values
