"""Which value belongs to which widget, where the order of those is not what the catalogue says.

What a choice brings along is listed by some catalogues in the order of the letters, not in the editor's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.formats.widgets import has_widget
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass

#: No more ways than this are tried; people meet a dozen.
_MOST_TRIES = 2_000


class _Group(NamedTuple):
    """Widgets that stand together; only those of a class itself are known to be in their order."""

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
        return isinstance(value, bool)
    if input_.type == "STRING":
        return isinstance(value, str)
    if input_.type == "COMBO":
        if input_.options is None or input_.files is not None:
            return isinstance(value, (str, list))
        return value in input_.options or isinstance(value, list)
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
