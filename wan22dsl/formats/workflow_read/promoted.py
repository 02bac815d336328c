"""Values that an instance of a subgraph has for widgets inside of it.

Only those that lead to a widget count: the instance has its values in their order.

Source: Comfy-Org/ComfyUI_frontend, SubgraphNode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.widget_values import named
from wan22dsl.formats.widgets import has_widget
from wan22dsl.formats.workflow_read.parts import Given, Level, Raw, Slot, Spot

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.formats.workflow_read.parts import Drawing


class Promoted:
    """Tells which inputs of subgraphs are values, and what an instance has for them."""

    def __init__(self, drawing: Drawing, catalogue: Catalogue) -> None:
        self._subgraphs = drawing.subgraphs
        self._catalogue = catalogue
        self._widgets: dict[str, list[int]] = {}

    def value(self, host: Raw, number: int) -> Given | None:
        """What comes in by an input of an instance that is not linked; None where nothing does.

        That is its own value, or else that of the first widget inside.
        """
        for _ in range(len(self._subgraphs) + 1):  # a circle of subgraphs comes to no widget
            own = self._own(host, number)
            if own is not None:
                return own
            for node, slot in _ends(self._subgraphs[host.type], number):
                inner = self._subgraphs.get(node.type)
                if inner is None and self._is_widget(node, slot):
                    return named(node, self._catalogue.get(node.type)).values.get(slot.name)
                names = [] if inner is None else [port.name for port in inner.inputs]
                if slot.name in names:
                    host, number = node, names.index(slot.name)
                    break
            else:
                return None
        return None

    def _own(self, host: Raw, number: int) -> Given | None:
        """The value that stands in the instance itself."""
        name = self._subgraphs[host.type].inputs[number].name
        if host.named is not None and name in host.named:
            return Given(host.named[name], Spot(host, "widgets_values_named", name))
        key: int | str
        if isinstance(host.values, dict):
            key, value = name, host.values.get(name)
        else:
            widgets = self._of(host.type)
            key = widgets.index(number) if number in widgets else len(host.values)
            value = host.values[key] if key < len(host.values) else None
        return None if value is None else Given(value, Spot(host, "widgets_values", key))

    def _of(self, type: str) -> list[int]:
        """The numbers of the inputs of a subgraph that lead to a widget."""
        if type not in self._widgets:
            level = self._subgraphs[type]
            count = range(len(level.inputs))
            self._widgets[type] = [at for at in count if self._leads_to_widget(level, at)]
        return self._widgets[type]

    def _leads_to_widget(self, level: Level, number: int) -> bool:
        for _ in range(len(self._subgraphs) + 1):  # a circle of subgraphs comes to no widget
            following: tuple[Level, int] | None = None
            for node, slot in _ends(level, number):
                inner = self._subgraphs.get(node.type)
                if inner is None:
                    if self._is_widget(node, slot):
                        return True
                    continue
                names = [port.name for port in inner.inputs]
                if slot.name in names and following is None:
                    following = (inner, names.index(slot.name))
            if following is None:
                return False
            level, number = following
        return False

    def _is_widget(self, node: Raw, slot: Slot) -> bool:
        node_class = self._catalogue.get(node.type)
        for input_ in () if node_class is None else node_class.inputs:
            if input_.name == slot.name:
                return has_widget(input_)
        return slot.widget


def _ends(level: Level, number: int) -> list[tuple[Raw, Slot]]:
    """The inputs of nodes that an input of a subgraph is linked to inside."""
    found = []
    for link in level.inputs[number].links:
        wire = level.wires.get(link)
        node = None if wire is None else level.nodes.get(wire.target)
        for slot in () if node is None else node.inputs:
            if node is not None and slot.link == link:
                found.append((node, slot))
                break
    return found
