"""Which value of a list belongs to which widget: by their order, or by what fits.

Behind a seed is what becomes of it after a run. What a choice brings along is listed by some catalogues
in the order of the letters, not in the editor's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import default_of
from wan22dsl.comfyui.catalogue.schema import SEEDS
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.formats.widgets import FILTER, UNSAVED, controls, has_widget
from wan22dsl.formats.workflow_read.parts import Given, Spot
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from wan22dsl.comfyui.catalogue.schema import Growing, Input, NodeClass
    from wan22dsl.comfyui.nodes.widgets import Widgets
    from wan22dsl.formats.workflow_read.parts import Raw

#: What the extra entry behind a seed can be.
_CONTROLS = frozenset({"fixed", "increment", "decrement", "randomize", "increment-wrap"})


#: What stands for a value where there is none: a button, a line between others.
_NOTHING: tuple[Any, ...] = (None, "", {}, [])


def something(values: Iterable[Any]) -> list[Any]:
    """The values that are not nothing."""
    return [value for value in values if value not in _NOTHING]


def given_at(node: Raw, value: Any, key: int | str, part: str = "widgets_values") -> Given:
    return Given(value, Spot(node, part, key))


def add_default(name: str, input_: Input, found: dict[str, Given]) -> None:
    value = default_of(input_)
    if value is not None:
        found[name] = Given(value, None)


def entries(values: list[Any], facts: Widgets) -> list[int]:
    """The numbers of the values, without what a script noted for itself."""
    if not facts.marks:
        return list(range(len(values)))
    marks = set(facts.marks)
    return [
        number
        for number, value in enumerate(values)
        if not (isinstance(value, dict) and marks & value.keys())
    ]


def shortened(values: list[Any], numbers: list[int]) -> list[int]:
    """The numbers without those of the buttons behind the last value."""
    end = len(numbers)
    while end and not something([values[numbers[end - 1]]]):
        end -= 1
    return numbers[:end]


def without_controls(values: list[Any], numbers: list[int]) -> list[int]:
    """The numbers of the values that are not behind a number to say what becomes of it."""
    return [
        number
        for number in numbers
        if not (
            isinstance(values[number], str)
            and values[number] in _CONTROLS
            and number
            and type(values[number - 1]) is int
        )
    ]


def without_nothing(values: list[Any], numbers: list[int]) -> list[int]:
    """The numbers without those of buttons, wherever a script of the class put them between the fields."""
    return [number for number in numbers if values[number] is not None]


class Ordered(NamedTuple):
    """Values by the order of widgets, with the entries that say what becomes of them.

    `fields` is how many values there should be, `left` the numbers of those that are more.
    """

    found: dict[str, Given]
    control: dict[str, Given]
    fields: int
    left: list[int]


def by_order(
    node: Raw,
    values: list[Any],
    kept: list[int],
    fields: list[tuple[str, Input]],
    facts: Widgets,
    *,
    completed: bool = True,
) -> Ordered:
    """The values in the order of `fields`; `completed` with the defaults of those that have none."""
    found: dict[str, Given] = {}
    control: dict[str, Given] = {}
    waiting = fields[::-1]
    at = 0
    while waiting:
        while facts.buttons and at < len(kept) and values[kept[at]] in facts.buttons:
            at += 1
        name, input_ = waiting.pop()
        if input_.type in UNSAVED:
            found[name] = Given(UNSAVED[input_.type], None)
            continue
        if input_.grows is not None:
            at += 1
            number = values[kept[at - 1]] if at <= len(kept) else None
            waiting.extend(reversed(_of_rows(name, input_.grows, number)))
            continue
        if at < len(kept):
            found[name] = given_at(node, values[kept[at]], kept[at])
        elif completed:
            add_default(name, input_, found)
        at += 1
        chosen = found[name].value if name in found else None
        if input_.branches is not None and isinstance(chosen, str):
            below = "" if input_.flat else f"{name}."
            branch = [each for each in input_.branches.get(chosen, ()) if has_widget(each)]
            waiting.extend((f"{below}{each.name}", each) for each in reversed(branch))
        elif at < len(kept) and is_control(node, values[kept[at]], input_, waiting):
            control[name] = given_at(node, values[kept[at]], kept[at])
            at += 1
            if FILTER in controls(node.type, name, input_) and len(kept) - at > len(waiting):
                at += isinstance(values[kept[at]], str)
    if facts.own_words:
        names = ("index", *(f"option{number}" for number in range(1, len(values))))
        for number, name in zip(range(at, len(values)), names, strict=False):
            found[name] = given_at(node, values[number], number)
        return Ordered(found, control, at, [])
    for name, number in zip(facts.beyond, kept[at:]):
        found[name] = given_at(node, values[number], number)
    return Ordered(found, control, at, kept[at + len(facts.beyond) :])


def _of_rows(name: str, grows: Growing, number: Any) -> list[tuple[str, Input]]:
    """The fields of a list of rows, of which the editor saves the number first."""
    is_number = type(number) is int and 0 <= number <= grows.maximum
    return [
        (f"{name}.{row}.{each.name}", each)
        for row in range(number if is_number else grows.minimum)
        for each in grows.row
        if has_widget(each)
    ]


def is_control(node: Raw, value: Any, input_: Input, waiting: list[tuple[str, Input]]) -> bool:
    """Whether the entry behind a value tells what becomes of it, and is not the next widget's own."""
    facts = record_of(node.type).widgets
    if input_.control is False or facts.no_control:
        return False
    if input_.type == "INT" and (input_.name in SEEDS or input_.control):
        return tells_what_becomes(value) or (facts.seed_button and value is None)
    if not isinstance(value, str) or value not in _CONTROLS or input_.type not in {"INT", "COMBO"}:
        return False
    following = waiting[-1][1] if waiting else None
    if following is None or following.type not in {"STRING", "COMBO"}:
        return True
    return following.options is not None and value not in following.options


def tells_what_becomes(value: Any) -> bool:
    """Whether a value is the entry behind a seed: a word, or in old files true or false."""
    return isinstance(value, bool) or (isinstance(value, str) and value in _CONTROLS)


def controls_of(node: Raw, values: list[Any], found: Mapping[str, Given]) -> dict[str, Given]:
    """What is behind the values that have a name, and has none itself."""
    spots = {given.spot.key: name for name, given in found.items() if given.spot is not None}
    return {
        name: given_at(node, values[number + 1], number + 1)
        for number, name in spots.items()
        if isinstance(number, int)
        and number + 1 < len(values)
        and number + 1 not in spots
        and tells_what_becomes(values[number + 1])
    }


# --- by what fits ---

#: No more ways than this are tried; people meet a dozen.
_MOST_TRIES = 2_000


class _Group(NamedTuple):
    """Widgets that are together; only those of a class itself are known to be in their order."""

    is_sorted: bool
    widgets: tuple[tuple[str, Input], ...]


def fits(value: Any, input_: Input) -> bool:
    """Whether a widget of the editor can have that value."""
    if value is None:
        return True
    if input_.type in {"INT", "FLOAT"}:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        low, high = input_.minimum, input_.maximum
        return (low is None or value >= low) and (high is None or value <= high)
    if input_.type == "BOOLEAN":
        return isinstance(value, bool) or value == ""  # old editors: not set
    if input_.type == "STRING":
        return isinstance(value, str)
    if input_.type == "COMBO":
        if input_.options is None or input_.files is not None:
            return isinstance(value, (str, list))
        return value in input_.options or isinstance(value, list)
    return True


def agrees(value: Any, kind: str) -> bool:
    """Whether a value can be of the type that a file has for a widget, where no more is known of it."""
    if value is None or value == "":
        return True  # not set
    if kind in {"INT", "FLOAT"}:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "BOOLEAN":
        words = {"true", "false", "enable", "disable", "enabled", "disabled"}
        return isinstance(value, (bool, int)) or str(value).lower() in words
    return True


def numbered(
    values: list[Any], node_class: NodeClass, is_control: Callable[[Any, Input], bool]
) -> Mapping[str, int] | None:
    """The number of the value of each widget, so that all of them fit; None where there is no such way."""
    own = tuple((input_.name, input_) for input_ in node_class.inputs if has_widget(input_))
    return _Search(values, is_control).run([_Group(True, own)], 0, {})


class _Search:
    """Looks for a way to give every value to a widget that can have it."""

    def __init__(self, values: list[Any], is_control: Callable[[Any, Input], bool]) -> None:
        self._values = values
        self._is_control = is_control
        self._tries = 0

    def run(self, groups: list[_Group], at: int, found: dict[str, int]) -> dict[str, int] | None:
        """What is found with the groups that are still open, the innermost last."""
        while groups and not groups[-1].widgets:
            groups = groups[:-1]
        if not groups or at >= len(self._values):
            return None if groups or at < len(self._values) else found
        group, value = groups[-1], self._values[at]
        for name, input_ in group.widgets[:1] if group.is_sorted else _plain_first(group.widgets):
            self._tries += 1
            if self._tries > _MOST_TRIES or not fits(value, input_):
                continue
            others = tuple(each for each in group.widgets if each[0] != name)
            following = [*groups[:-1], group._replace(widgets=others)]
            if input_.branches is not None and isinstance(value, str):
                following.append(_branch(name, input_, value))
            after = at + 1
            if after < len(self._values) and self._is_control(self._values[after], input_):
                after += 1
            result = self.run(following, after, {**found, name: at})
            if result is not None:
                return result
        return None


def _plain_first(widgets: tuple[tuple[str, Input], ...]) -> list[tuple[str, Input]]:
    """Of two that can have a value the shorter name comes first: `prompt`, then `negative_prompt`."""
    return sorted(widgets, key=lambda value: len(value[0]))


def _branch(name: str, input_: Input, chosen: str) -> _Group:
    below = "" if input_.flat else f"{name}."
    inside = (input_.branches or {}).get(chosen, ())
    return _Group(False, tuple((below + each.name, each) for each in inside if has_widget(each)))
