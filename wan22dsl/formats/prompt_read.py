"""Reads prompt JSON into a graph, with the places of its nodes and inputs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Edit, Fix, Severity
from wan22dsl.formats import messages
from wan22dsl.formats.json_text import BrokenJsonError, Member, document, members
from wan22dsl.formats.labels import label
from wan22dsl.formats.placeholders import set_aside
from wan22dsl.graph.model import Graph, Link, Node, Sockets
from wan22dsl.source import Span

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue, NodeClass
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source


def read(source: Source, catalogue: Catalogue) -> tuple[Graph | None, list[Diagnostic]]:
    """The graph of a prompt JSON; None when its form is not right, which the diagnostics then say.

    A node is placed at its `class_type`, an input at its value. Numbers that JSON does not
    have (NaN) are kept, for the rules to find.
    """
    try:
        value, start, _ = document(source.text)
    except BrokenJsonError as error:
        return None, [broken(source, error)]
    return read_at(source, catalogue, value, start)


def read_at(
    source: Source, catalogue: Catalogue, value: Any, start: int
) -> tuple[Graph | None, list[Diagnostic]]:
    """The graph of the prompt JSON `value`, which is at `start` in a text that is JSON."""
    reader = _Reader(source)
    wrong = _not_a_prompt(value)
    if wrong is not None:
        reader.say(messages.NOT_A_PROMPT, start, start + 1, what=wrong[0], help=wrong[1])
        return None, reader.found
    nodes = reader.nodes(start)
    reader.forgive(nodes, catalogue)
    if reader.found:
        return None, [*reader.asides, *reader.found]
    for node in nodes.values():
        node_class = catalogue.get(node.class_name)
        set_aside(node, node_class)
        if node_class is not None and _is_of_another_pack(node, node_class):
            node.sockets = Sockets(tuple((name, "*") for name in node.inputs), ())
    name = source.path.rpartition("/")[2].rpartition(".")[0] or "prompt"
    return Graph(name, nodes, catalogue, Span(source, start, start + 1)), reader.asides


def _is_of_another_pack(node: Node, node_class: NodeClass) -> bool:
    """Whether a pack's class has none of the inputs that a node has: names are given twice."""
    if node_class.pack is None or node_class.takes_anything or not node.inputs:
        return False
    known = inputs_of(node_class, node.inputs)
    record = record_of(node.class_name)
    taken = {*known, *dict(record.undocumented), *record.former}
    required = any(input_.required for input_ in known.values())
    return required and not record.takes_anything and taken.isdisjoint(node.inputs)


def broken(source: Source, error: BrokenJsonError) -> Diagnostic:
    """What to say of a text that is not JSON."""
    at = min(error.at, len(source.text))
    empty = not source.text.strip()
    return messages.BROKEN_JSON.at(
        Span(source, at, min(at + 1, len(source.text))),
        reason="the file is empty" if empty else error.reason,
        help="In ComfyUI, export the workflow in the API format." if empty else "Fix it here.",
    )


def _not_a_prompt(value: Any) -> tuple[str, str] | None:
    """What a JSON value is instead of a prompt, and what to do."""
    if not isinstance(value, dict):
        return _kind(value), "Write an object: `{id: {class_type, inputs}}`."
    if isinstance(value.get("nodes"), list):
        return (
            "workflow JSON, as ComfyUI's editor saves it",
            "In ComfyUI, export the workflow in the API format.",
        )
    inner = value.get("prompt")
    if isinstance(inner, dict) and "class_type" not in inner:
        return (
            "a request body or a record, with the prompt under `prompt`",
            "Use only the value of `prompt`.",
        )
    items = value.values()
    if len(value) > 1 and not any(_may_be_node(item) for item in items):
        if not all(isinstance(item, dict) for item in items):
            return "an object without nodes", "Write an object: `{id: {class_type, inputs}}`."
    return None


def _may_be_node(value: Any) -> bool:
    return isinstance(value, dict) and not value.keys().isdisjoint(("class_type", "inputs"))


def _is_remark(member: Member) -> bool:
    """Whether an object is no node, but what a program noted for itself: `_meta`, `_REQUIRED_NODES`."""
    return member.key.startswith("_") and not _may_be_node(member.value)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    kinds = ((str, "text"), (list, "a list"), (dict, "an object"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "a number")


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self.found: list[Diagnostic] = []
        #: Notes between the nodes, without which the nodes can be read.
        self.asides: list[Diagnostic] = []
        #: Lists that are no links: what is said of each, by the node, the input and the value.
        self._lists: list[tuple[str, str, list[Any], Diagnostic]] = []

    def say(
        self, message: Any, start: int, end: int, fix: Fix | None = None, **fields: Any
    ) -> None:
        self.found.append(message.at(Span(self._source, start, end), fix=fix, **fields))

    def forgive(self, nodes: dict[str, Node], catalogue: Catalogue) -> None:
        """Keep the lists at inputs that a class does not have: what a script of a page exports there.

        ComfyUI looks only at the inputs of the class, and takes none but `[text, number]` for a link.
        """
        for id, name, value, finding in self._lists:
            node = nodes[id]
            node_class = catalogue.get(node.class_name)
            if node_class is None or node_class.takes_anything:
                continue
            if name not in inputs_of(node_class, node.inputs):
                self.found = [each for each in self.found if each is not finding]
                node.inputs[name] = value

    def nodes(self, start: int) -> dict[str, Node]:
        nodes = {}
        for member in self._members(start, "the prompt"):
            if not isinstance(member.value, dict) or not member.key or _is_remark(member):
                stripped = member.key.startswith("_")
                is_aside = stripped or (isinstance(member.value, (str, dict)) and member.key)
                (self.asides if is_aside else self.found).append(
                    messages.NOT_A_NODE.at(
                        Span(self._source, member.start, member.end),
                        severity=Severity.NOTE if stripped else None,
                        key=f'"{member.key}"',
                        what=_kind(member.value) if member.key else "no id",
                    )
                )
                continue
            nodes[member.key] = self._node(member)
        return nodes

    def _members(self, start: int, where: str) -> list[Member]:
        """The members of an object; those with the same key are reported, and the last one counts."""
        found: dict[str, Member] = {}
        for member in members(self._source.text, start):
            if member.key in found:
                first = found[member.key]
                key = f'"{first.key}"'
                self.say(messages.WRITTEN_TWICE, member.start, member.end, key=key, where=where)
            found[member.key] = member
        return list(found.values())

    def _node(self, node: Member) -> Node:
        key = f'"{node.key}"'
        parts = {member.key: member for member in self._members(node.start, f"node {key}")}
        class_type, inputs = parts.get("class_type"), parts.get("inputs")
        if class_type is None or not isinstance(class_type.value, str) or not class_type.value:
            self.say(messages.NO_CLASS, node.start, node.start + 1, key=key)
        if inputs is None or not isinstance(inputs.value, dict):
            self.say(messages.NO_INPUTS, node.start, node.start + 1, key=key)
        made = Node(node.key, str(class_type.value) if class_type else "", {})
        if class_type is not None:
            made.span = Span(self._source, class_type.start, class_type.end)
        meta = node.value.get("_meta")
        title = meta.get("title") if isinstance(meta, dict) else None
        made.title = title if isinstance(title, str) else ""
        made.label = label(made.id, made.title, made.class_name)
        if inputs is not None and isinstance(inputs.value, dict):
            for member in self._members(inputs.start, f"the inputs of {key}"):
                made.inputs[member.key] = self._value(node.key, member)
                made.spans[member.key] = Span(self._source, member.start, member.end)
        return made

    def _value(self, node: str, member: Member) -> Any:
        """A constant, a link, or a list from its `__value__`."""
        value = member.value
        if isinstance(value, dict) and "__value__" in value:
            return value["__value__"]
        if not isinstance(value, list):
            return value
        wrong = _wrong_link(value)
        if wrong is None:
            return Link(value[0], value[1])
        what, help, fixed = wrong
        text = json.dumps(value, ensure_ascii=False)
        fix = None
        if fixed is not None:
            edit = Edit(Span(self._source, member.start, member.end), fixed)
            fix = Fix(f"Write {fixed}", (edit,))
        self.say(
            messages.NOT_A_LINK,
            member.start,
            member.end,
            fix,
            input=member.key,
            key=f'"{node}"',
            value=text if len(text) <= 60 else text[:59] + "…",
            what=what,
            help=help,
        )
        self._lists.append((node, member.key, value, self.found[-1]))
        return None


def _wrong_link(value: list[Any]) -> tuple[str, str, str | None] | None:
    """What is wrong with a list as a link, what to do, and the text of the link that was meant."""
    as_list = 'A list that is not a link is written `{"__value__": [...]}`.'
    if len(value) != 2:
        return "a list that is not a link", as_list, None
    node, slot = value
    if isinstance(node, str) and type(slot) is int:
        return None
    if type(node) is int and type(slot) is int:
        fixed = f'["{node}", {slot}]'
        return "a link with its node id as a number", f"Write `{fixed}`.", fixed
    if isinstance(node, str) and isinstance(slot, float) and slot.is_integer():
        fixed = f'["{node}", {int(slot)}]'
        return "a link with a fraction as its output", f"Write `{fixed}`.", None
    return "a list that is not a link", as_list, None
