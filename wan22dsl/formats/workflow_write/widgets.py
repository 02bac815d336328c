"""The face of a node in ComfyUI's editor: its sockets, its widgets with their values, and its outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from wan22dsl.catalogue.inputs import default_of, inputs_of, output_type, spelled_as_now
from wan22dsl.formats.page.text import escaped
from wan22dsl.formats.widgets import CONTROL, UPLOADS, has_control, has_widget, is_by_name
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.catalogue.schema import Input, NodeClass
    from wan22dsl.graph.model import Node

#: What a seed's control is set to, so that a run can be repeated.
FIXED = "fixed"


_BUTTONS = frozenset(kind for kind, _ in UPLOADS.values())


class Socket(NamedTuple):
    """An input for a link only."""

    name: str
    type: str
    optional: bool = False


class Widget(NamedTuple):
    """An input with a value, which a link may stand in for. One that is no `input` has no socket at all.

    `value` is what is sent; of one that `is_prompt` the field in the editor has it with escapes.
    """

    name: str
    type: str
    value: Any
    optional: bool = False
    is_input: bool = True
    is_prompt: bool = False

    @property
    def written(self) -> Any:
        """The value as the field in the editor must have it."""
        return escaped(self.value) if self.is_prompt and isinstance(self.value, str) else self.value


#: What a node will show below its widgets: a picture, or a video, which the editor gives more room.
Preview = Literal["picture", "video", None]


class Face(NamedTuple):
    """What a node shows, in the editor's order. `outputs` are names with types."""

    sockets: tuple[Socket, ...]
    widgets: tuple[Widget, ...]
    outputs: tuple[tuple[str, str], ...]
    by_name: bool = False
    preview: Preview = None

    @property
    def values(self) -> list[Any] | dict[str, Any]:
        """What stands under `widgets_values`."""
        if self.by_name:
            return {one.name: one.written for one in self.widgets}
        return [one.written for one in self.widgets]

    @property
    def names(self) -> list[str]:
        """The names of the inputs, by the number of their slot."""
        return [*(one.name for one in self.sockets), *(one.name for one in self.inputs_with_value)]

    @property
    def buttons(self) -> list[str]:
        """The widgets that upload a file, which are not sent."""
        return [one.name for one in self.widgets if one.type in _BUTTONS]

    @property
    def inputs_with_value(self) -> list[Widget]:
        """The widgets that can take a link."""
        return [one for one in self.widgets if one.is_input]


def face_of(
    node: Node, node_class: NodeClass | None, values: Mapping[str, Any], linked: Mapping[str, str]
) -> Face:
    """The face of a node. `values` are its inputs as a prompt has them, `linked` the types of its links."""
    if node_class is None:
        return _unknown(node, values, linked)
    by_name = is_by_name(node.class_name)
    grown = {one.name for one in node_class.inputs if one.grows is not None}
    values = spelled_as_now(node_class, values)
    known = inputs_of(node_class, values)
    sockets: list[Socket] = []
    widgets: list[Widget] = []
    for name, one in known.items():
        if name.partition(".")[0] in grown or not has_widget(one):
            sockets.append(Socket(name, one.type, not one.required))
        elif not by_name or name in values or not _is_hidden(one):
            widgets.extend(_widgets(node, name, one, values))
    sockets.extend(Socket(name, linked[name], True) for name in linked if name not in known)
    if node.class_name in UPLOADS:
        widgets.append(Widget("upload", *UPLOADS[node.class_name]))
    types = [output_type(node_class, slot, linked) for slot in range(len(node_class.outputs))]
    outputs = zip((one.name for one in node_class.outputs), types)
    return Face(tuple(sockets), tuple(widgets), tuple(outputs), by_name, _preview(node_class))


def _is_hidden(one: Input) -> bool:
    """Whether an input is one of older versions, which the server takes and the editor does not show."""
    return not one.required and default_of(one) is None


def _preview(node_class: NodeClass) -> Preview:
    if any(one.files in {"input", "output"} for one in node_class.inputs):
        return "video" if "Video" in node_class.name else "picture"
    return "picture" if node_class.is_output else None


def _widgets(node: Node, name: str, one: Input, values: Mapping[str, Any]) -> Iterator[Widget]:
    kind = one.type if one.branches is None or one.flat else "COMFY_DYNAMICCOMBO_V3"
    value = _value(node, name, one, values)
    yield Widget(name, kind, value, not one.required, is_prompt=one.dynamic_prompts)
    if has_control(node.class_name, name, one):
        yield Widget(CONTROL, "COMBO", FIXED, is_input=False)


def _value(node: Node, name: str, one: Input, values: Mapping[str, Any]) -> Any:
    """The value that the widget shows; where a link stands in for it, the one that waits behind."""
    if name in values and not isinstance(node.inputs.get(name), Link):
        value = values[name]
        return value["__value__"] if isinstance(value, dict) and "__value__" in value else value
    if node.behind is not None and name in node.behind:
        return node.behind[name]
    value = default_of(one)
    if value is None:
        value = {"INT": 0, "FLOAT": 0.0, "STRING": "", "BOOLEAN": False}.get(one.type)
    return value


def _unknown(node: Node, values: Mapping[str, Any], linked: Mapping[str, str]) -> Face:
    """A class that is not known: what is linked or given, in the order in which it stands."""
    types = dict(node.sockets.inputs) if node.sockets is not None else {}
    sockets = [Socket(name, types.get(name, kind)) for name, kind in linked.items()]
    widgets = [
        Widget(name, types.get(name, _type_of(value)), value)
        for name, value in values.items()
        if name not in linked
    ]
    found = node.sockets.outputs if node.sockets is not None else ()
    return Face(tuple(sockets), tuple(widgets), tuple((kind, kind) for kind in found))


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "BOOLEAN"
    names = ((int, "INT"), (float, "FLOAT"), (str, "STRING"))
    return next((name for kind, name in names if isinstance(value, kind)), "*")
