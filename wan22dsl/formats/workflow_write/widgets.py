"""A node in ComfyUI's editor: its sockets, its widgets with their values, and how large it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from wan22dsl.comfyui.catalogue.inputs import (
    default_of,
    inputs_of,
    output_type,
    rows_of,
    spelled_as_now,
)
from wan22dsl.comfyui.catalogue.schema import ROWS, Input
from wan22dsl.comfyui.nodes import record_of, written
from wan22dsl.formats.page.text import escaped
from wan22dsl.formats.widgets import CONTROL, UPLOADS, controls, has_widget, is_by_name
from wan22dsl.graph.model import Link, Node
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.comfyui.nodes.widgets import Rows
    from wan22dsl.graph.model import Graph


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
    """What a node shows, in the editor's order. `outputs` are names with types.

    `unnamed` are the values of widgets that are no inputs: a list are all that the node has.
    """

    sockets: tuple[Socket, ...]
    widgets: tuple[Widget, ...]
    outputs: tuple[tuple[str, str], ...]
    by_name: bool = False
    preview: Preview = None
    unnamed: list[Any] | dict[str, Any] | None = None

    @property
    def values(self) -> list[Any] | dict[str, Any]:
        """What is under `widgets_values`."""
        if isinstance(self.unnamed, list):
            return self.unnamed
        more = self.unnamed or {}
        if self.by_name:
            return {**{widget.name: widget.written for widget in self.widgets}, **more}
        return [*(widget.written for widget in self.widgets), *more.values()]

    @property
    def names(self) -> list[str]:
        """The names of the inputs, by the number of their slot."""
        return [
            *(socket.name for socket in self.sockets),
            *(widget.name for widget in self.inputs_with_value),
        ]

    @property
    def buttons(self) -> list[str]:
        """The widgets that upload a file, which are not sent."""
        return [widget.name for widget in self.widgets if widget.type in _BUTTONS]

    @property
    def inputs_with_value(self) -> list[Widget]:
        """The widgets that can take a link."""
        return [widget for widget in self.widgets if widget.is_input]


def face_of(
    node: Node, node_class: NodeClass | None, values: Mapping[str, Any], linked: Mapping[str, str]
) -> Face:
    """The face of a node. `values` are its inputs as a prompt has them, `linked` the types of its links."""
    if node_class is None:
        return _unknown(node, values, linked)
    by_name = is_by_name(node.class_name)
    growing = {each.name: each.grows for each in node_class.inputs if each.grows is not None}
    grown = {name for name, grows in growing.items() if not grows.row}
    values = spelled_as_now(node_class, values)
    known = inputs_of(node_class, values)
    rows = {name: rows_of(name, grows, values) for name, grows in growing.items() if grows.row}
    sockets: list[Socket] = []
    widgets: list[Widget] = []
    for name, input_ in known.items():
        if (list_ := name.partition(".")[0]) in rows:
            widgets.append(Widget(list_, ROWS, rows.pop(list_), is_input=False))
        if list_ in grown or not has_widget(input_):
            sockets.append(Socket(name, input_.type, not input_.required))
        elif not by_name or name in values or not _is_hidden(input_):
            widgets.extend(_widgets(node, name, input_, values))
    widgets.extend(Widget(name, ROWS, number, is_input=False) for name, number in rows.items())
    sockets.extend(Socket(name, linked[name], True) for name in linked if name not in known)
    facts = record_of(node.class_name).widgets
    if facts.rows is not None:
        widgets = _rows(values, facts.rows)
    elif facts.own_words:
        more = [name for name in values if name not in known and name not in linked]
        widgets.extend(Widget(name, "*", values[name], is_input=False) for name in more)
    if node.class_name in UPLOADS:
        widgets.append(Widget("upload", *UPLOADS[node.class_name]))
    if node.widgets is None and not by_name:
        widgets.extend(Widget("", "button", value, is_input=False) for value in facts.behind)
    types = [output_type(node_class, slot, linked) for slot in range(len(node_class.outputs))]
    outputs = zip((output.name for output in node_class.outputs), types)
    shown = _preview(node_class)
    return Face(tuple(sockets), tuple(widgets), tuple(outputs), by_name, shown, node.widgets)


def _rows(values: Mapping[str, Any], rows: Rows) -> list[Widget]:
    """The widgets that the user has added, and what the script of the pack saves around them."""
    found = [Widget("", "button", value, is_input=False) for value in rows.before]
    for name, value in values.items():
        if isinstance(value, dict) and rows.key in value and name not in rows.beside:
            saved = {**value, **{key: None for key in rows.not_null if key not in value}}
            found.append(Widget(name, "*", saved, is_input=False))
    found += [Widget("", "button", value, is_input=False) for value in rows.behind]
    if rows.text and isinstance(values.get(rows.text), str):
        found.append(Widget(rows.text, "STRING", values[rows.text], is_input=False))
    return found


def _is_hidden(input_: Input) -> bool:
    """Whether an input is one of older versions, which the server takes and the editor does not show."""
    return not input_.required and default_of(input_) is None


def _preview(node_class: NodeClass) -> Preview:
    if any(input_.files in {"input", "output"} for input_ in node_class.inputs):
        return "video" if "Video" in node_class.name else "picture"
    return "picture" if node_class.is_output else None


def _widgets(node: Node, name: str, input_: Input, values: Mapping[str, Any]) -> Iterator[Widget]:
    kind = input_.type if input_.branches is None or input_.flat else "COMFY_DYNAMICCOMBO_V3"
    value = _value(node, name, input_, values)
    yield Widget(name, kind, value, not input_.required, is_prompt=input_.dynamic_prompts)
    yield from _behind(node, name, input_)


def _behind(node: Node, name: str, input_: Input) -> Iterator[Widget]:
    """The widgets that say what becomes of a value after a run."""
    facts = record_of(node.class_name).widgets
    for behind in controls(node.class_name, name, input_):
        shown = None if facts.seed_button else FIXED if behind == CONTROL else ""
        yield Widget(behind, "COMBO", shown, is_input=False)


def _value(node: Node, name: str, input_: Input, values: Mapping[str, Any]) -> Any:
    """The value that the widget shows; where a link stands in for it, the one that waits behind."""
    if name in values and not isinstance(node.inputs.get(name), Link):
        return _data(values[name])
    if node.behind is not None and name in node.behind:
        return node.behind[name]
    value = default_of(input_)
    if value is None:
        value = {"INT": 0, "FLOAT": 0.0, "STRING": "", "BOOLEAN": False}.get(input_.type)
    return value


def _unknown(node: Node, values: Mapping[str, Any], linked: Mapping[str, str]) -> Face:
    """A class that is not known: what is linked or given, in that order."""
    types = dict(node.sockets.inputs) if node.sockets is not None else {}
    sockets = [Socket(name, types.get(name, kind)) for name, kind in linked.items()]
    found = node.sockets.outputs if node.sockets is not None else ()
    facts = record_of(node.class_name).widgets
    widgets: list[Widget] = []
    if facts.rows is not None:
        widgets = _rows(values, facts.rows)
    elif node.widgets is None:
        names = [name for name in facts.order if name in values]
        for name in [*names, *(name for name in values if name not in names)]:
            if name not in linked:
                input_ = Input(name, types.get(name, _type_of(values[name])))
                widgets.append(Widget(name, input_.type, _data(values[name])))
                if not is_by_name(node.class_name):
                    widgets.extend(_behind(node, name, input_))
        widgets.extend(Widget("", "button", value, is_input=False) for value in facts.behind)
    outputs = tuple((kind, kind) for kind in found)
    return Face(tuple(sockets), tuple(widgets), outputs, unnamed=node.widgets)


def _data(value: Any) -> Any:
    """A value as a widget has it: a list as it is, and not wrapped as in a prompt."""
    return value["__value__"] if isinstance(value, dict) and "__value__" in value else value


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "BOOLEAN"
    names = ((int, "INT"), (float, "FLOAT"), (str, "STRING"))
    return next((name for kind, name in names if isinstance(value, kind)), "*")


#: The bar with the title, above what is called the height of a node.
TITLE_PX = 30

_SLOT_PX, _WIDGET_PX, _BESIDE_PX = 20, 24, 8
_LEAST_WIDTH_PX, _MOST_WIDTH_PX, _TEXT_WIDTH_PX = 270, 440, 400
_LETTER_PX, _LINE_PX = 7.5, 16
_LEAST_TEXT_PX, _MOST_TEXT_PX = 100, 400


class Size(NamedTuple):
    """Width and height in pixels of the canvas; the title is above."""

    width: int
    height: int


#: Room for the picture or video that a node shows once there is one, and the least width for it.
_PREVIEWS = {"picture": Size(270, 220), "video": Size(380, 510)}

#: Texts for which the editor has a field of several lines, by name; others by their length.
_LONG_TEXTS = frozenset(
    "text text_g text_l clip_g clip_l t5xxl prompt negative_prompt user_prompt instruction_prompt "
    "string string_a string_b tags lyrics expression points_string sigmas_string tracks".split()
)
_LONGEST_SHORT_TEXT = 60


def size_of(title: str, face: Face) -> Size:
    """The size of a node with that title."""
    texts = [widget for widget in face.widgets if is_long_text(widget)]
    short = [widget for widget in face.widgets if not is_long_text(widget)]
    rows = max(len(face.sockets), len(face.outputs))
    height = rows * _SLOT_PX + 6 if rows else 0
    if face.widgets:
        height += len(short) * _WIDGET_PX + _BESIDE_PX
    width = max(_LEAST_WIDTH_PX, *_widths(title, face, short))
    if texts:
        width = max(width, _TEXT_WIDTH_PX)
        height += sum(text_height(str(widget.value), width) for widget in texts)
    if face.preview is not None:
        width = max(width, _PREVIEWS[face.preview].width)
        height += _PREVIEWS[face.preview].height
    return Size(_tens(min(width, _MOST_WIDTH_PX)), _tens(height))


def is_long_text(widget: Widget) -> bool:
    """Whether a widget is a field of several lines."""
    if widget.type != "STRING" or not isinstance(widget.value, str):
        return False
    by_length = len(widget.value) > _LONGEST_SHORT_TEXT or "\n" in widget.value
    return by_length or widget.name in _LONG_TEXTS


def text_height(text: str, width: float) -> int:
    """The height of a field that shows a text, within limits; beyond them it can be scrolled."""
    letters = max(1, int(width / _LETTER_PX))
    lines = sum(1 + len(line) // letters for line in text.split("\n"))
    return min(_MOST_TEXT_PX, max(_LEAST_TEXT_PX, lines * _LINE_PX + 20))


def _widths(title: str, face: Face, short: list[Widget]) -> list[float]:
    """What the title, the widgets, and an input beside an output need."""
    found = [len(title) * _LETTER_PX + 50]
    found += [(len(widget.name) + len(str(widget.value))) * _LETTER_PX + 60 for widget in short]
    if face.sockets and face.outputs:
        inner = max(len(socket.name) for socket in face.sockets)
        outer = max(len(name) for name, _ in face.outputs)
        found.append((inner + outer) * _LETTER_PX + 50)
    return found


def _tens(length: float) -> int:
    return -int(-length // 10) * 10


_CLASSES = {
    bool: written.BOOLEAN,
    int: written.INTEGER,
    float: written.NUMBER,
    str: written.STRING,
}


def with_nodes_for_constants(graph: Graph) -> Graph:
    """The graph, with a node for each such constant right before the one that takes it."""
    nodes: dict[str, Node] = {}
    for node in graph.nodes.values():
        inputs = dict(node.inputs)
        for name in _without_field(graph, node):
            id = f"{node.id}.{name}"
            class_name = _CLASSES[type(inputs[name])]
            nodes[id] = Node(id, class_name, {"value": inputs[name]}, stage=node.stage)
            inputs[name] = Link(id, 0)
        nodes[node.id] = node if inputs == node.inputs else node.changed(inputs=inputs)
    return graph if len(nodes) == len(graph.nodes) else graph.with_nodes(nodes)


def _without_field(graph: Graph, node: Node) -> list[str]:
    node_class = graph.class_of(node)
    if node_class is None:
        return []
    values: dict[str, Any] = {
        name: value for name, value in node.inputs.items() if not isinstance(value, Link)
    }
    face = face_of(
        node, node_class, node.inputs, dict.fromkeys((name for name, _ in node.links()), "*")
    )
    sockets = {socket.name for socket in face.sockets}
    return [name for name, value in values.items() if name in sockets and type(value) in _CLASSES]
