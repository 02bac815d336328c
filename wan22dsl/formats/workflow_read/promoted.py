"""Values that an instance of a subgraph has for widgets inside of it.

An instance has them in the order of its `proxyWidgets`: those of its own inputs, and those of nodes inside
without such an input. Without that list it has one for each input that leads to a widget.

Source: Comfy-Org/ComfyUI_frontend, SubgraphNode and proxyWidget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.formats.widget_values import named
from wan22dsl.formats.widgets import has_widget
from wan22dsl.formats.workflow_read.parts import Given, Level, Raw, Slot, Spot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.formats.workflow_read.parts import Drawing, Place


#: What stands for the id of a node where a widget is that of an input of the subgraph.
_OWN = "-1"


class Promoted:
    """Tells which inputs of subgraphs are values, and what an instance has for them."""

    def __init__(self, drawing: Drawing, catalogue: Catalogue) -> None:
        self._subgraphs = drawing.subgraphs
        self._catalogue = catalogue
        self._widgets: dict[str, list[int]] = {}
        self._proxies: dict[int, Mapping[tuple[str, str], int]] = {}

    def value(self, place: Place, number: int) -> Given | None:
        """What comes in by an input of an instance that is not linked; None where nothing does.

        That is its own value, or else that of the first widget inside.
        """
        for _ in range(len(self._subgraphs) + 1):  # a circle of subgraphs comes to no widget
            own = self._own(place, number)
            if own is not None:
                return own
            for node, slot in _ends(place.level, number):
                inner = place.inner.get(node.id)
                if inner is None and self._is_widget(node, slot):
                    found = named(node, self._catalogue.get(node.type)).values.get(slot.name)
                    return self.of_instance(place, node.id, slot.name) or found
                names = [] if inner is None else [port.name for port in inner.level.inputs]
                if inner is not None and slot.name in names:
                    place, number = inner, names.index(slot.name)
                    break
            else:
                return None
        return None

    def of_instance(self, place: Place, id: str, name: str) -> Given | None:
        """The value that an instance has for a widget of a node inside, or one around it for that."""
        found = None
        host, outer = place.host, place.outer
        while host is not None and outer is not None:
            key = self._listed_in(host).get((id, name))
            if key is None:
                break
            found = _at(host, key) or found
            id = host.id
            host, outer = outer.host, outer.outer
        return found

    def _own(self, place: Place, number: int) -> Given | None:
        """The value that is in the instance itself, or in one around it for this one."""
        host, outer = place.host, place.outer
        if host is None or outer is None:
            return None
        name = place.level.inputs[number].name
        around = self.of_instance(outer, host.id, name)
        if around is not None:
            return around
        if host.named is not None and name in host.named:
            return Given(host.named[name], Spot(host, "widgets_values_named", name))
        if isinstance(host.values, dict):
            value = host.values.get(name)
            return None if value is None else Given(value, Spot(host, "widgets_values", name))
        listed = self._listed_in(host)
        if listed:
            entries = [
                (_OWN, name),
                *((node.id, slot.name) for node, slot in _ends(place.level, number)),
            ]
            key = next((listed[each] for each in entries if each in listed), None)
        else:
            key = self._number_of(host, number)
        return None if key is None else _at(host, key)

    def _listed_in(self, host: Raw) -> Mapping[tuple[str, str], int]:
        """The widgets that an instance has values for, by the node inside, or -1, and their name."""
        if id(host) not in self._proxies:
            listed = host.properties.get("proxyWidgets")
            found: dict[tuple[str, str], int] = {}
            for number, entry in enumerate(listed if isinstance(listed, list) else ()):
                if isinstance(entry, list) and len(entry) >= 2:
                    found.setdefault((str(entry[0]), str(entry[1])), number)
            self._proxies[id(host)] = found
        return self._proxies[id(host)]

    def _number_of(self, host: Raw, number: int) -> int | None:
        """Where the value of an input of an instance is: by the names of the file, or by what it leads to."""
        level = self._subgraphs[host.type]
        names = [slot.name for slot in host.inputs if slot.widget]
        if len(names) == len(host.values):
            name = level.inputs[number].name
            return names.index(name) if name in names else None
        widgets = self._of(host.type)
        return widgets.index(number) if number in widgets else None

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


def _at(host: Raw, key: int) -> Given | None:
    """The value of that number; where there is none, or null, that inside counts."""
    value = host.values[key] if isinstance(host.values, list) and key < len(host.values) else None
    return None if value is None else Given(value, Spot(host, "widgets_values", key))


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
