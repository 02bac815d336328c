"""The values of a node's widgets by the names of its inputs: values in, named values out.

Names come from the file where it has them, or else from what is known of the class. A list of values has
them in the order of the widgets, with an extra entry behind each seed: what becomes of it after a run. A
choice that brings further inputs has their values behind it. What a list does not reach has the default of
its class, as in the editor. Values that nobody can name are kept as they are in the file.

Values that another version of the class wrote belong to other widgets than those of the catalogue. Checking
them against the catalogue would report mistakes that nobody made.

Source: Comfy-Org/ComfyUI_frontend, useIntWidget and useComboWidget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.comfyui.catalogue.schema import Input
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.editor import OF_THE_EDITOR
from wan22dsl.formats.pack_widgets import of_rows, with_numbers
from wan22dsl.formats.widget_order import (
    Ordered,
    add_default,
    agrees,
    by_order,
    controls_of,
    entries,
    fits,
    given_at,
    is_control,
    numbered,
    shortened,
    something,
    tells_what_becomes,
    without_controls,
    without_nothing,
)
from wan22dsl.formats.widgets import CONTROL, UNSAVED, UPLOADS, has_widget
from wan22dsl.formats.workflow_read.parts import Given, Spot
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.comfyui.nodes.widgets import Widgets
    from wan22dsl.formats.workflow_read.parts import Raw


#: The types whose widgets hold a number, a text or a choice.
_PLAIN = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"})


class Named(NamedTuple):
    """The values of a node by the names of its inputs, each with its place in the file.

    `unnamed` are those that nobody can name: a list are all that the node has, as they are in the file; an
    object are those that it has beyond the inputs of its class, by their own names or by their numbers.
    `control` says what becomes of values after a run.

    `other_version` says what shows that another version of the class wrote the node; None where nothing
    does. `bare_seed` is a seed of one of ComfyUI's own classes behind which the entry for after a run is
    missing: the editor takes the next value for it, and so all that follow for the wrong widgets.
    """

    values: dict[str, Given]
    unnamed: list[Any] | dict[str, Any] | None = None
    control: Mapping[str, Given] = {}
    other_version: str | None = None
    bare_seed: Spot | None = None


def named(node: Raw, node_class: NodeClass | None) -> Named:
    """The values that a node has in the file, or by default, for each input that can have one."""
    facts = record_of(node.type).widgets
    if isinstance(node.values, dict):
        found = _of_object(node, node.values, node_class)
    elif facts.rows is not None:
        found = Named(*of_rows(node, node.values, facts.rows))
    elif node_class is None:
        found = _of_unknown(node, node.values, facts)
    else:
        found = _of_list(node, node.values, node_class, facts)
    if facts.shows == "only" or (facts.shows == "more" and isinstance(found.unnamed, dict)):
        found = found._replace(unnamed=None)
    if facts.numbers:
        found = found._replace(values=with_numbers(node, facts, found.values))
    if facts.brought_up_to_date is not None:
        found = found._replace(values=_up_to_date(found.values, facts.brought_up_to_date))
    return found


def _up_to_date(
    found: dict[str, Given], changes: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> dict[str, Given]:
    """The values as the script of the pack makes them of those of an older version."""
    changed = changes({name: given.value for name, given in found.items()})
    values = dict(found)
    for name, value in changed.items():
        old = values.pop(name, None)
        if value is not None:
            values[name] = Given(value, None if old is None else old.spot)
    return values


def _fit(found: Mapping[str, Given], node_class: NodeClass) -> bool:
    """Whether each widget can have the value that it is given."""
    known = {input_.name: input_ for input_ in node_class.inputs}
    if not known.keys() >= found.keys():
        known = inputs_of(node_class, {name: given.value for name, given in found.items()})
    return all(name not in known or fits(given.value, known[name]) for name, given in found.items())


def _known(node_class: NodeClass, found: Mapping[str, Given]) -> dict[str, Input]:
    return inputs_of(node_class, {name: given.value for name, given in found.items()})


# --- by name ---


def _is_of_editor(name: str) -> bool:
    return name in OF_THE_EDITOR or name.startswith(CONTROL)


def _names_in(node: Raw) -> dict[str, Given]:
    """The values of the widgets by name, where the file has them so; without what becomes of a seed."""
    return {
        name: given_at(node, value, name, "widgets_values_named")
        for name, value in (node.named or {}).items()
        if not _is_of_editor(name)
    }


def _of_object(node: Raw, values: dict[str, Any], node_class: NodeClass | None) -> Named:
    if node_class is None:
        if node.named is not None:
            return Named(_names_in(node))
        names = [name for name in values if name not in OF_THE_EDITOR]
        return Named({name: given_at(node, values[name], name) for name in names})
    found = _by_name(node, values, node_class)
    other = _other_version(node, node_class, found, 0)
    if other is not None:
        return _of_other_version(node, values, other)
    left = {
        name: value
        for name, value in values.items()
        if name not in found and not _is_of_editor(name) and something([value])
    }
    return Named(found, left or None)


def _by_name(node: Raw, values: dict[str, Any], node_class: NodeClass) -> dict[str, Given]:
    known = inputs_of(node_class, values)
    kept = {
        name: given_at(node, value, name)
        for name, value in values.items()
        if name in known and has_widget(known[name])
    }
    for name, input_ in known.items():
        if input_.type in UNSAVED:
            kept[name] = Given(UNSAVED[input_.type], None)
        elif name not in kept and has_widget(input_) and input_.required:
            add_default(name, input_, kept)
    return kept


# --- of a class that is not known ---


def _of_unknown(node: Raw, values: list[Any], facts: Widgets) -> Named:
    """The values that can be told by name although nothing is known of the class."""
    if node.named is not None:
        return Named(_names_in(node))
    kept = entries(values, facts)
    names = [slot.name for slot in node.inputs if slot.widget]
    types = {slot.name: slot.type for slot in node.inputs}
    without = without_controls(values, kept)
    ways = (kept, without, shortened(values, kept), shortened(values, without))
    for numbers in (*ways, without_nothing(values, without)):
        if len(numbers) == len(names) and all(
            agrees(values[number], types[name]) for name, number in zip(names, numbers)
        ):
            found = {
                name: given_at(node, values[number], number) for name, number in zip(names, numbers)
            }
            return Named(found, None, controls_of(node, values, found))
    numbers = shortened(values, without)
    if numbers and facts.order:
        left = {str(number): values[number] for number in numbers[len(facts.order) :]}
        found = {
            name: given_at(node, values[number], number)
            for name, number in zip(facts.order, numbers)
        }
        return Named(_without_buttons(found), left or None, controls_of(node, values, found))
    return Named({}, list(values) if something(values[number] for number in kept) else None)


def _without_buttons(found: dict[str, Given]) -> dict[str, Given]:
    return {name: given for name, given in found.items() if not _is_of_editor(name)}


# --- of a class that is known, by order ---


def _of_list(node: Raw, values: list[Any], node_class: NodeClass, facts: Widgets) -> Named:
    kept = entries(values, facts)
    known = {input_.name: input_ for input_ in node_class.inputs}
    if facts.old_list and facts.order:
        of_list = [known.get(name) or Input(name, "*") for name in facts.order]
        fields = [(input_.name, input_._replace(branches=None)) for input_ in of_list]
        read = by_order(node, values, kept, fields, facts)
        found = _completed(_without_buttons(read.found), node_class)
        fields_known = _known(node_class, found)
        if len(values) != read.fields and not all(
            agrees(given.value, fields_known[name].type)
            for name, given in found.items()
            if name in fields_known
        ):
            count = f"it has {len(values)} values for {read.fields} fields"
            return _of_other_version(node, values, count)
        return Named(found, _left(node, values, read), read.control)
    fields = [(input_.name, input_) for input_ in node_class.inputs if _shows(node, input_)]
    hidden = record_of(node.type).hidden
    read = _without_hidden(by_order(node, values, kept, fields, facts), hidden)
    while facts.shows == "more" and kept and not _fit(read.found, node_class):
        shorter = kept[:-1]
        again = _without_hidden(by_order(node, values, shorter, fields, facts), hidden)
        if not _is_shown(values[kept[-1]], read, again, node_class):
            break
        kept, read = shorter, again
    if not _fit(read.found, node_class):
        # Old versions of the editor save nothing in the place of a field that came later.
        shorter = shortened(values, kept)
        again = _without_hidden(by_order(node, values, shorter, fields, facts), hidden)
        if len(shorter) < len(kept) and _fit(again.found, node_class):
            kept, read = shorter, again
    by_file = _by_file(node, values, kept, known, facts)
    is_fit = _fit(read.found, node_class)
    if by_file is not None and _is_better(by_file, read, values, is_fit, facts):
        names = [name for name in by_file.found if name not in _known(node_class, by_file.found)]
        if names and not is_fit:
            return Named(by_file.found, None, by_file.control, f"it has `{names[0]}`")
        result = _by_names_of_file(by_file, node_class)
        other = _other_version(node, node_class, result.values, len(values))
        if other is not None:
            return _of_other_version(node, values, other)
        return result._replace(bare_seed=_bare_seed(node, node_class, result.values))
    found = read.found
    if not is_fit:
        found = _otherwise(node, values, node_class) or found
    other = _other_version(node, node_class, found, read.fields)
    if other is None and facts.moved and values:
        other = "its versions have their fields in different orders"
    if other is not None:
        return _of_other_version(node, values, other)
    left = _left(node, values, read) if found is read.found else None
    return Named(found, left, read.control, None, _bare_seed(node, node_class, found))


def _is_shown(value: Any, read: Ordered, shorter: Ordered, node_class: NodeClass) -> bool:
    """Whether the last value is what the node shows, where its version has no field of this place yet."""
    last = [name for name in read.found if read.found[name].spot and name not in shorter.found]
    last += [
        name
        for name, given in read.found.items()
        if given.spot and name in shorter.found and shorter.found[name].spot is None
    ]
    known = _known(node_class, read.found)
    return all(
        name in known and not known[name].required and not agrees(value, known[name].type)
        for name in last
    )


def _without_hidden(read: Ordered, hidden: tuple[str, ...]) -> Ordered:
    """Without what stands for no value where an input is that the page does not show."""
    empty = {
        name for name in hidden if name in read.found and not something([read.found[name].value])
    }
    found = {name: given for name, given in read.found.items() if name not in empty}
    return read._replace(found=found)


def _shows(node: Raw, input_: Input) -> bool:
    """Whether an input has a widget: by its class, or because the file says so of a type of a pack's own."""
    if has_widget(input_):
        return True
    if input_.force_input or input_.grows is not None or not input_.is_socket:
        return False
    return any(slot.widget and slot.name == input_.name for slot in node.inputs)


def _left(node: Raw, values: list[Any], read: Ordered) -> dict[str, Any] | None:
    """The values behind those of the widgets, by their numbers; buttons are none."""
    upload = UPLOADS.get(node.type)
    numbers = read.left
    if upload is not None and numbers and values[numbers[0]] == upload[1]:
        numbers = numbers[1:]
    left = {str(number): values[number] for number in numbers}
    return left if something(left.values()) else None


def _completed(found: dict[str, Given], node_class: NodeClass) -> dict[str, Given]:
    """The values with the defaults of the widgets that have none."""
    found = dict(found)
    for name, input_ in _known(node_class, found).items():
        if name not in found and has_widget(input_):
            add_default(name, input_, found)
    return found


# --- by the names that the file has for a list ---


def _by_file(
    node: Raw, values: list[Any], kept: list[int], known: Mapping[str, Input], facts: Widgets
) -> Ordered | None:
    """The values by the names of the file; None where it does not have one for each of them."""
    if node.named is not None:
        found = _names_in(node)
        rest = iter(
            values
        )  # names that there are twice, such as what becomes of two seeds, are there once
        if not all(given.value in rest for given in found.values()):
            return None
        return Ordered(found, {}, len(values), [])
    slots = [slot for slot in node.inputs if slot.widget and slot.name]
    if not slots or facts.own_words:
        return None
    fields = [(slot.name, known.get(slot.name) or Input(slot.name, slot.type)) for slot in slots]
    plain = [(name, input_._replace(branches=None)) for name, input_ in fields]
    types = {slot.name: slot.type for slot in slots}
    for numbers in (kept, without_nothing(values, kept)):
        read = by_order(node, values, numbers, plain, facts, completed=False)
        if len(read.found) == len(slots):
            read = _with_own_types(node, values, known, read)
        if len(read.found) < len(slots) or something(values[number] for number in read.left):
            continue
        if all(
            fits(given.value, known[name])
            if name in known
            else agrees(given.value, types.get(name, "*"))
            for name, given in read.found.items()
        ):
            return read
    return None


def _with_own_types(
    node: Raw, values: list[Any], known: Mapping[str, Input], read: Ordered
) -> Ordered:
    """With the lists and objects behind the values that the file names: of widgets that have no socket.

    They belong to the inputs of a pack's own types that a class needs and a file has no socket for.
    """
    left = [number for number in read.left if something([values[number]])]
    sockets = {slot.name for slot in node.inputs}
    names = [
        name
        for name, input_ in known.items()
        if input_.required and name not in sockets and name not in read.found
        if input_.type not in _PLAIN
    ]
    if len(names) != len(left) or not all(isinstance(values[each], (list, dict)) for each in left):
        return read
    own = {name: given_at(node, values[number], number) for name, number in zip(names, left)}
    return read._replace(found={**read.found, **own}, left=[])


def _is_better(
    by_file: Ordered, read: Ordered, values: list[Any], is_fit: bool, facts: Widgets
) -> bool:
    """Whether the names of the file are to be taken, and not those of the catalogue in their order."""
    if facts.moved or not is_fit:
        return True
    places = {given.spot.key: name for name, given in read.found.items() if given.spot is not None}
    at = {
        name: places.get(given.spot.key, "") for name, given in by_file.found.items() if given.spot
    }
    if all(name == other or other.endswith(f".{name}") for name, other in at.items()):
        return False  # `format.codec` was `codec` once
    names, others = list(by_file.found), list(read.found)
    if any(name not in read.found for name in names):
        return True
    if all(by_file.found[name].value == read.found[name].value for name in names):
        return False
    # Old versions of the editor list inputs in the order in which people made them of widgets.
    return read.fields != len(values) and names == [
        name for name in others if name in by_file.found
    ]


def _by_names_of_file(by_file: Ordered, node_class: NodeClass) -> Named:
    """The values of the inputs that the class has, and the others apart."""
    known = _known(node_class, by_file.found)
    found = {name: given for name, given in by_file.found.items() if name in known}
    left = {
        name: given.value
        for name, given in by_file.found.items()
        if name not in known and not _is_of_editor(name) and something([given.value])
    }
    return Named(_completed(found, node_class), left or None, by_file.control)


# --- in other ways ---


def _otherwise(node: Raw, values: list[Any], node_class: NodeClass) -> dict[str, Given] | None:
    """The values in another way than by the order of the catalogue, if all fit then."""
    if all(input_.branches is None for input_ in node_class.inputs):
        return None
    order = numbered(values, node_class, lambda value, input_: is_control(node, value, input_, []))
    if order is None:
        return None
    return {name: given_at(node, values[number], number) for name, number in order.items()}


def _bare_seed(node: Raw, node_class: NodeClass, found: dict[str, Given]) -> Spot | None:
    """A seed of one of ComfyUI's own classes behind which the entry for after a run is missing."""
    if node_class.pack is not None or not isinstance(node.values, list):
        return None
    for name in ("seed", "noise_seed"):
        spot = found[name].spot if name in found else None
        if spot is None or spot.node is not node or not isinstance(spot.key, int):
            continue
        following = node.values[spot.key + 1 : spot.key + 2]
        if following and not tells_what_becomes(following[0]):
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
    if record.takes_anything or node_class.takes_anything:
        return None
    outputs = len(node_class.outputs)
    for number, output in enumerate(node.outputs[outputs:], outputs):
        if output.links and output.type not in {"", "*"}:
            return f"its output {number} is used"
    moved = _moved_output(node, node_class)
    if moved is not None:
        return f"its output {moved} is of type {node.outputs[moved].type}"
    known = _known(node_class, found)
    linked = [slot for slot in node.inputs if slot.link is not None and slot.name not in known]
    taken = {*dict(record.undocumented), *record.former}
    lost = [
        slot
        for slot in linked
        if (slot.name not in taken or slot.widget) and not _is_of_editor(slot.name)
    ]
    misfit = not _fit(found, node_class) or (node_class.pack is not None and _cut(found, known))
    if not lost and not misfit:
        return None
    for name in [*_names_in(node), *(slot.name for slot in lost if slot.widget)]:
        if name not in known:
            return f"it has `{name}`"
    if misfit and isinstance(node.values, list):
        count = len(shortened(node.values, list(range(len(node.values)))))
        if not fields <= len(node.values) or count > fields + (node_class.name in UPLOADS):
            return f"it has {len(node.values)} values for {fields} fields"
        newer = _newer_field(node, node_class) if node_class.pack is not None else None
        if newer is not None:
            return f"all its values fit without `{newer}`"
    return None


def _cut(found: Mapping[str, Given], known: Mapping[str, Input]) -> bool:
    """Whether a widget for whole numbers is given a fraction: rather the value of another field."""
    return any(
        name in known
        and known[name].type == "INT"
        and isinstance(given.value, float)
        and not given.value.is_integer()
        for name, given in found.items()
    )


def _moved_output(node: Raw, node_class: NodeClass) -> int | None:
    """A used output of another type than the class has there, and would fit with one output more or less."""
    theirs = [output.type for output in node.outputs]
    ours = [output.type for output in node_class.outputs]
    for number, output in enumerate(node.outputs[: len(ours)]):
        if number < 2 or not output.links or theirs[number] in {ours[number], "", "*"}:
            continue
        until, places = number + 1, range(number + 1)
        if any(theirs[:at] + theirs[at + 1 : until] == ours[:number] for at in places):
            return number
        if any(ours[:at] + ours[at + 1 : until + 1] == theirs[:until] for at in places):
            return number
    return None


#: So many values must fit without a field, before that field is taken for one that came later.
_FEWEST = 3


def _newer_field(node: Raw, node_class: NodeClass) -> str | None:
    """The field without which all values of a list fit in their order: added in a later version."""
    assert isinstance(node.values, list)
    facts = record_of(node_class.name).widgets
    if facts.old_list or facts.own_words or len(something(node.values)) < _FEWEST:
        return None
    kept = entries(node.values, facts)
    fields = [(input_.name, input_) for input_ in node_class.inputs if _shows(node, input_)]
    known = dict(fields)
    whole = by_order(node, node.values, kept, fields, facts, completed=False).found
    numbers = [number for number, (name, _) in enumerate(fields) if name in whole]
    misfits = [
        number for number in numbers if not fits(whole[fields[number][0]].value, fields[number][1])
    ]
    for number in range(misfits[0], -1, -1) if misfits else ():
        others = [*fields[:number], *fields[number + 1 :]]
        read = by_order(node, node.values, kept, others, facts, completed=False)
        if all(
            name in known and fits(given.value, known[name]) for name, given in read.found.items()
        ):
            return fields[number][0]
    return None


def _of_other_version(node: Raw, values: list[Any] | dict[str, Any], other: str) -> Named:
    """The values of a node that another version of its class wrote: as of a class that is not known."""
    if isinstance(values, dict):
        return _of_object(node, values, None)._replace(other_version=other)
    found = _of_unknown(node, values, record_of(node.type).widgets._replace(order=()))
    return found._replace(other_version=other)
