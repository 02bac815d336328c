"""What a text says beside its statements: where computed values come from, the titles of groups, and below it
what of the file is not in it.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import default_of, inputs_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.formats.json_text import value_of
from wan22dsl.graph.model import Link
from wan22dsl.importing.spellings import json_value, of_title
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Container,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
        Set,
    )

    from wan22dsl.graph.model import Graph, Node

#: Comments are wrapped at it.
WIDTH = 96

#: So many nodes are named as the origin of a value; of more, how many more there are.
_MOST_NAMED = 3


class Origin(NamedTuple):
    """An input whose value was computed: the value, and the nodes that it came from, nearest first.

    `ways` are the ids of these and of all between them.
    """

    value: Any
    nodes: tuple[Node, ...]
    ways: frozenset[str]

    @property
    def named(self) -> tuple[Node, ...]:
        """The nodes that are named in a comment."""
        return self.nodes if len(self.nodes) <= _MOST_NAMED + 1 else self.nodes[:_MOST_NAMED]

    @property
    def labels(self) -> list[str]:
        """The nodes as they are named."""
        rest = len(self.nodes) - len(self.named)
        return [*map(label, self.named), *([f"{rest} more nodes"] if rest else [])]


#: The computed inputs, by the id of their node and their name.
Origins = dict[tuple[str, str], Origin]


def label(node: Node) -> str:
    """A node as it is named in a comment: by its class, and its title or id."""
    telling = of_title(node.title or "", node.class_name)
    shown = one_line(node.title) if telling else ""
    return one_line(f'{node.class_name} "{shown}"' if shown else f"{node.class_name} #{node.id}")


def one_line(text: str) -> str:
    """A text as it can be in a comment."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()


#: The setting of a pass or pipeline that an input decides, where it has another name.
_SETTINGS = {
    **dict.fromkeys(("width", "height"), "size"),
    **dict.fromkeys(("num_frames", "frames", "video_frames"), "length"),
    **dict.fromkeys(("start_at_step", "end_at_step", "end_step", "start_step"), "steps"),
    **dict.fromkeys(("sampler_name", "scheduler"), "sampler"),
    **dict.fromkeys(("frame_rate",), "fps"),
    **dict.fromkeys(("noise_seed",), "seed"),
    **dict.fromkeys(("batch_size",), "batch"),
    **dict.fromkeys(("lora_name", "strength_model"), "loras"),
    **dict.fromkeys(("unet_name",), "model"),
}


class Remarks:
    """Where the computed values of a text come from: each is named once, where it is."""

    def __init__(self, origins: Origins) -> None:
        self._origins = origins
        self._open = dict.fromkeys(origins)

    def of_setting(self, name: str, values: Iterable[Any], nodes: Iterable[str]) -> str:
        """The comment behind a setting with these values, which these nodes take; empty for none."""
        among, known = set(nodes), list(values)
        found = [
            key
            for key, origin in self._origins.items()
            if (key[0] in among or isinstance(origin.value, str))
            and any(type(value) is type(origin.value) and value == origin.value for value in known)
            and (_SETTINGS.get(key[1], key[1]) == name or isinstance(origin.value, str))
        ]
        self._take(found)
        shown = [part for key in found for part in self._origins[key].labels]
        return f" # from {', '.join(dict.fromkeys(shown))}" if found else ""

    def of_nodes(self, nodes: Iterable[str]) -> list[str]:
        """What to say of a statement that makes these nodes: where its values come from."""
        among = set(nodes)
        found = [key for key in self._open if key[0] in among]
        self._take(found)
        shown: dict[str, dict[str, None]] = {}
        for key in found:
            name = _SETTINGS.get(key[1], one_line(key[1]))
            shown.setdefault(name, {}).update(dict.fromkeys(self._origins[key].labels))
        names: dict[tuple[str, ...], list[str]] = {}
        for name, labels in shown.items():
            names.setdefault(tuple(labels), []).append(name)
        return [f"{', '.join(same)} from {', '.join(labels)}" for labels, same in names.items()]

    def rest(self, graph: Graph) -> list[str]:
        """A line for each computed value that was not named yet."""
        lines = [
            f"Computed: {one_line(name)} of {label(graph.nodes[id])} from "
            + ", ".join(self._origins[id, name].labels)
            for id, name in self._open
        ]
        return ["", *lines] if lines else []

    def _take(self, keys: Iterable[tuple[str, str]]) -> None:
        for key in keys:
            self._open.pop(key, None)


#: A longer comment is above a statement, and not behind it.
_LONGEST_BEHIND = 60


class Statement(NamedTuple):
    """A statement of a text, what a comment says of it, and the `id` of the node that it is of."""

    text: str
    remarks: list[str]
    id: str = ""

    @property
    def shown(self) -> str:
        """The statement with its comment: behind it where that is short, else above it."""
        behind = "; ".join(self.remarks)
        if not behind:
            return self.text
        if len(behind) <= _LONGEST_BEHIND:
            return f"{self.text} # {behind}"
        lines = [
            f"# {line}"
            for remark in self.remarks
            for line in textwrap.wrap(remark, WIDTH, break_long_words=False)
        ]
        return "\n".join([*lines, self.text])

    def behind(self, start: str) -> Statement:
        """The statement with something in front of it."""
        return self._replace(text=start + self.text)


#: What the editor calls a group that nobody has named.
_UNNAMED = ("", "Group")

#: More statements are left in their order.
_MOST = 300


class Sections(NamedTuple):
    """The titles of all groups, and that of the group of each node, by its id in the graph."""

    titles: tuple[str, ...] = ()
    of: dict[str, str] = {}  # noqa: RUF012 never changed


def sections(text: str) -> Sections:
    """The groups of a workflow JSON. Those of a text of ours are made anew, and are not read."""
    if '"groups"' not in text:
        return Sections()
    value = value_of(text)
    about = value.get("extra") if isinstance(value, dict) else None
    if not isinstance(value, dict) or (isinstance(about, dict) and "wan" in about):
        return Sections()
    definitions = value.get("definitions")
    inner = definitions.get("subgraphs") if isinstance(definitions, dict) else None
    graphs = {
        item["id"]: item
        for item in (inner if isinstance(inner, list) else ())
        if isinstance(item, dict) and isinstance(item.get("id"), str)
    }
    titles = [title for title, _ in _groups(value)]
    found: dict[str, str] = {}
    _find(value, "", "", graphs, found, 0)
    return Sections(tuple(dict.fromkeys(titles)), found)


#: Subgraphs are in each other no deeper than this.
_DEEPEST = 8


def _find(
    graph: dict[str, Any],
    prefix: str,
    outer: str,
    graphs: dict[str, dict[str, Any]],
    found: dict[str, str],
    depth: int,
) -> None:
    """Notes the group of each node; in a subgraph that of the subgraph's own node where it has none."""
    groups = _groups(graph)
    nodes = graph.get("nodes")
    for node in nodes if isinstance(nodes, list) else ():
        if not isinstance(node, dict):
            continue
        id = f"{prefix}{node.get('id')}"
        inside = [(area, title) for title, area in groups if _is_inside(node, area)]
        title = min(inside, key=lambda each: each[0][2] * each[0][3])[1] if inside else outer
        if title:
            found[id] = title
        subgraph = graphs.get(node.get("type", "")) if isinstance(node.get("type"), str) else None
        if subgraph is not None and depth < _DEEPEST:
            _find(subgraph, f"{id}:", title, graphs, found, depth + 1)


_Area = tuple[float, float, float, float]


def _groups(graph: dict[str, Any]) -> list[tuple[str, _Area]]:
    listed = graph.get("groups")
    found = []
    for item in listed if isinstance(listed, list) else ():
        title, area = (
            (item.get("title"), item.get("bounding")) if isinstance(item, dict) else ("", 0)
        )
        if isinstance(title, str) and one_line(title) not in _UNNAMED:
            found.append((one_line(title), _numbers(area, 4) or (0.0, 0.0, 0.0, 0.0)))
    return found


def _numbers(value: Any, count: int) -> Any:
    """The numbers of a list, or of an object with keys "0", "1", …; None where there are none."""
    if isinstance(value, dict):
        value = [value.get(str(place)) for place in range(count)]
    if not isinstance(value, list) or len(value) < count:
        return None
    found = tuple(value[:count])
    return found if all(type(each) in (int, float) for each in found) else None


def _is_inside(node: dict[str, Any], area: _Area) -> bool:
    place = _numbers(node.get("pos"), 2)
    if place is None:
        return False
    left, top, width, height = area
    return bool(left <= place[0] < left + width and top <= place[1] < top + height)


def in_sections(
    ids: Sequence[str], needs: Callable[[str], Set[str]], of: dict[str, str]
) -> list[str]:
    """The ids, each behind those that it needs, and as far as that goes group by group."""
    if not of or len(ids) > _MOST:
        return list(ids)
    waiting, found, current = dict.fromkeys(ids), list[str](), ""
    missing = {id: set(needs(id)) & waiting.keys() - {id} for id in ids}
    while waiting:
        ready = [id for id in waiting if not missing[id] & waiting.keys()]
        ready = ready or [next(iter(waiting))]
        id = next((id for id in ready if of.get(id, "") == current), ready[0])
        del waiting[id]
        found.append(id)
        current = of.get(id, "")
    return found


def with_titles(statements: Sequence[tuple[str, str]], of: dict[str, str]) -> Iterator[str]:
    """Statements, each with the id of its node, under the titles of their groups."""
    current = ""
    for id, statement in statements:
        title = of.get(id, "")
        if title != current:
            yield f"\n# {title}\n{statement}" if title else f"\n{statement}"
        else:
            yield statement
        current = title


# --- below a text ---

_MODES = {"mute": "Muted", "bypass": "Bypassed"}


def left_out(nodes: list[Node]) -> list[str]:
    """A line for each of the nodes that is muted or bypassed: title, class and settings."""
    found = [_line(_MODES[node.mode], node) for node in nodes if node.mode in _MODES]
    return ["", *found] if found else []


def unneeded(nodes: list[Node], ran: Container[str], origins: Origins) -> list[str]:
    """A line for each node that leads to no output, and so never runs; or that did before it was computed.

    `ran` are the ids of those. A plain number or text that a comment of the text names needs no line.
    """
    made = {id for origin in origins.values() for id in origin.ways}
    named = {node.id for origin in origins.values() for node in origin.named if not node.links()}
    found = [
        _line(_how(node, made) if node.id in ran else "Leads to no output", node)
        for node in nodes
        if node.mode not in _MODES and node.id not in named
    ]
    return ["", *found] if found else []


def _how(node: Node, made: Container[str]) -> str:
    """Why a node that runs in the original is not in the text. Of those in `made` a value is in it."""
    if node.id in made:
        return "Computed"
    is_way = record_of(node.class_name).role in ("switch", "pass_on")
    return "Passed through" if is_way else "Not chosen"


def _line(how: str, node: Node) -> str:
    constants = ", ".join(
        f"{spelling.key(name)} = {json_value(value)}"
        for name, value in node.inputs.items()
        if not hasattr(value, "slot")
    )
    title = f" ({one_line(node.title)})" if node.title and node.title != node.class_name else ""
    widgets = f" {{ widgets = {json_value(node.widgets)} }}" if node.widgets is not None else ""
    return f"{how}: {spelling.class_name(node.class_name)}({constants}){widgets}{title}"


def without_effect(before: Mapping[str, Node], nodes: Iterable[Node]) -> list[str]:
    """A line for each node of which the text leaves out inputs that change nothing."""
    found = []
    for node in nodes:
        gone = [
            (name, value)
            for name, value in before[node.id].inputs.items()
            if name not in node.inputs
        ]
        said = ", ".join(
            spelling.key(name) + ("" if isinstance(value, Link) else f" = {json_value(value)}")
            for name, value in gone
        )
        if said:
            found.append(f"Without effect: {said} of {label(node)}")
    return ["", *found] if found else []


def without_input(nodes: Iterable[Node]) -> list[str]:
    """A line for each node of the text that has values beyond the inputs of its class."""
    found = [
        f"Beyond the inputs of {spelling.class_name(node.class_name)} (#{node.id}): "
        f"{json_value(node.widgets)}"
        for node in nodes
        if isinstance(node.widgets, dict)
    ]
    return ["", *found] if found else []


def added(graph: Graph) -> list[str]:
    """A line for each node that compiling gives inputs which the file lacks: its class requires them."""
    found = []
    for node in graph.nodes.values():
        node_class = graph.class_of(node)
        if node_class is None or node.widgets is not None:
            continue
        names = [
            f"{spelling.key(name)} = {json_value(default_of(input_))}"
            for name, input_ in inputs_of(node_class, node.inputs).items()
            if input_.required and name not in node.inputs and default_of(input_) is not None
        ]
        if names:
            found.append(f"Required by the class, and added: {', '.join(names)} of {label(node)}")
    return ["", *found] if found else []
