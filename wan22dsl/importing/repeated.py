"""What a text has several times is written once: long strings as a `let`, calls of one node as a stage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.importing.alike import declared_in, start_of
from wan22dsl.importing.copies import lines_of
from wan22dsl.importing.spellings import Namings, name_of
from wan22dsl.importing.unified import elements
from wan22dsl.language.syntax import parse, print_file, spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Block,
    Call,
    ClassName,
    Derived,
    Index,
    Let,
    Member,
    Name,
    Text,
    children,
    walk,
)
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from wan22dsl.comfyui.catalogue.schema import Catalogue, NodeClass
    from wan22dsl.importing.copies import Tried
    from wan22dsl.language.syntax.tree import File

#: A stage has to make a text so many lines shorter.
_LEAST_SAVED = 5

#: More parameters say little less than the node itself.
_MOST_PARAMETERS = 4

#: A longer string that a text has several times is named.
_LONG = 60

#: The types of what a parameter takes that is no socket, by the type of the input.
_CONSTANTS = ("INT", "FLOAT", "STRING", "BOOLEAN")


def with_stages(
    text: str, catalogue: Catalogue, taken: Iterable[str], tried: Callable[[str], Tried]
) -> str:
    """The text with a stage for each node that it calls again and again, where that is shorter.

    `taken` are names that a stage must not have.
    """
    tree, problems = parse(Source(text, "imported"))
    if problems:
        return text
    groups = _groups(tree)
    for key in [*groups]:
        calls = groups.get(key, [])
        if not _is_worth_it(text, calls):
            continue
        names = Namings({*taken, *declared_in(tree)})
        shorter = _with_stage(tree, calls, catalogue, names)
        if shorter is not None and lines_of(shorter) <= lines_of(text) - _LEAST_SAVED:
            if tried(shorter).holds:
                text = shorter
                tree, _ = parse(Source(text, "imported"))
                groups = _groups(tree)
    return text


def _is_worth_it(text: str, calls: list[_Called]) -> bool:
    """Whether calls may be shorter with a stage: as many lines as they have."""
    lines = sum(text.count("\n", called.whole.start, called.whole.end) for called in calls)
    return len(calls) > 1 and lines - len(calls[0].call.arguments) >= _LEAST_SAVED


def with_named_texts(text: str, tried: Callable[[str], Tried]) -> str:
    """The text with a name for each long string that it has several times, where that is no longer."""
    tree, problems = parse(Source(text, "imported"))
    if problems:
        return text
    found: dict[str, list[Text]] = {}
    keys: dict[str, str] = {}
    for declared in _bodies(tree):
        given = _given(declared)
        for node, key in _texts(declared, "", given):
            found.setdefault(node.text, []).append(node)
            if keys.get(node.text) in (None, "", "text"):
                keys[node.text] = key
    names = Namings(declared_in(tree))
    changes, lets = [], []
    for raw, nodes in found.items():
        if len(nodes) < 2 or len(raw) <= _LONG or raw.startswith('"""') or _is_file(raw):
            continue
        name = names.new(_PROMPTS.get(keys[raw], keys[raw]) or "text", "text")
        lets.append(f"let {name} = {raw}")
        changes += [(node.start, node.end, name) for node in nodes]
    if not lets:
        return text
    shorter = _changed(tree, changes, lets)
    is_right = lines_of(shorter) <= lines_of(text) and tried(shorter).holds
    return shorter if is_right else text


_PROMPTS = {"positive": "prompt", "encoded_negative": "negative", "encoded_positive": "prompt"}


def _is_file(raw: str) -> bool:
    """Whether a string is the name of a file."""
    return re.search(r"\.[A-Za-z0-9]{2,11}\"\Z", raw) is not None and "\n" not in raw


def _given(declared: Any) -> dict[str, str]:
    """For what the `let`s of a declaration are: the names of the inputs that get them."""
    return {
        node.value.text: spelling.plain(node.key.text)
        for node in walk(declared)
        if isinstance(node, Attribute) and isinstance(node.value, Name)
    }


def _texts(node: Any, key: str, given: dict[str, str]) -> Iterator[tuple[Text, str]]:
    """The strings of an expression, each with the name of what it is for."""
    if isinstance(node, Text):
        yield node, key
    if isinstance(node, Attribute):
        own = spelling.plain(node.key.text)
        yield from _texts(node.value, key if own == "text" and key else own, given)
    elif isinstance(node, Let):
        yield from _texts(node.value, given.get(node.name.text, ""), given)
    elif isinstance(node, tuple):
        for child in children(node):
            yield from _texts(child, key, given)


class _Called(NamedTuple):
    """A call of a node, and the whole expression that it is in: with the output that is taken of it.

    `names` are the `let`s around it; `uses` the references to the `let` that it is the value of, where that
    stands for all its outputs.
    """

    call: Call
    whole: Any
    names: frozenset[str]
    uses: tuple[Name, ...] = ()


def _groups(tree: File) -> dict[tuple[Any, ...], list[_Called]]:
    """The calls of nodes with the same inputs, of which the same output is taken."""
    found: dict[tuple[Any, ...], list[_Called]] = {}
    text = tree.source.text
    for declared in _bodies(tree):
        local = frozenset(
            item.name.text
            for item in (declared.items if isinstance(declared, Block) else ())
            if isinstance(item, Let)
        )
        lets = _single_lets(declared)
        for call, whole in _calls(declared, None):
            keys = [item.key.text for item in call.arguments if isinstance(item, Attribute)]
            blank = [
                item.key.text
                for item in call.arguments
                if isinstance(item, Attribute) and _is_blank(item.value)
            ]
            if call.about or len(keys) != len(call.arguments) or len(blank) > 1:
                continue
            chosen = text[call.end : whole.end]
            uses: tuple[Name, ...] = ()
            if not chosen:
                chosen, uses = lets.get(call.start, ("", ()))
            key = (call.callee.text, chosen, tuple(sorted(keys)), *blank)
            found.setdefault(key, []).append(_Called(call, whole, local, uses))
    return found


def _single_lets(declared: Any) -> dict[int, tuple[str, tuple[Name, ...]]]:
    """The `let`s of which one output is taken by name, by where their calls begin."""
    uses: dict[str, list[Name]] = {}
    for node in walk(declared):
        if isinstance(node, Name):
            uses.setdefault(spelling.name_parts(node.text)[0], []).append(node)
    found = {}
    for item in declared.items if isinstance(declared, Block) else ():
        if isinstance(item, Let):
            name = item.name.text
            own = [node for node in uses.get(name, []) if node is not item.name]
            members = {node.text[len(name) :] for node in own}
            if len(members) == 1 and (member := members.pop()).count(".") == 1:
                found[elements(item.value)[-1].start] = (member, tuple(own))
    return found


def _calls(node: Any, above: Any) -> Iterator[tuple[Call, Any]]:
    """The calls of nodes below a node of the tree, but not those that only stand for a class."""
    if isinstance(node, Call) and isinstance(node.callee, ClassName):
        is_chosen = isinstance(above, (Member, Index))
        yield node, above if is_chosen else node
    for child in children(node):
        if isinstance(node, Attribute) and node.key.text in ("node", "load"):
            continue
        yield from _calls(child, node)


def _is_blank(node: Any) -> bool:
    return isinstance(node, Name) and node.text == "_"


def _with_stage(
    tree: File, calls: list[_Called], catalogue: Catalogue, names: Namings
) -> str | None:
    """The text with a stage for these calls; None where it would say no less, or its types are not known."""
    text, first = tree.source.text, calls[0].call
    spans = [(called.whole.start, called.whole.end) for called in calls]
    if any(a[0] < b[1] and b[0] < a[1] for a in spans for b in spans if a is not b):
        return None
    class_name = spelling.plain(first.callee.text)
    node_class = catalogue.get(class_name)
    given = [
        {item.key.text: text[item.value.start : item.value.end] for item in called.call.arguments}
        for called in calls
    ]
    local = {name for called in calls for name in called.names}
    free = [
        item.key.text
        for item in first.arguments
        if len({each[item.key.text] for each in given}) > 1
        or _is_blank(item.value)
        or any(
            isinstance(node, Name)
            and spelling.name_parts(node.text)[0] in {*local, "pipeline", "_"}
            for node in walk(item.value)
        )
    ]
    chosen = text[first.end : calls[0].whole.end]
    if not chosen and calls[0].uses:
        chosen = "." + calls[0].uses[0].text.partition(".")[2]
    output = None if node_class is None else _output(node_class, chosen)
    if node_class is None or output is None or len(free) > _MOST_PARAMETERS:
        return None
    known = inputs_of(node_class, {})
    blank = [key for key in free if given[0][key] == "_"]
    spelled, parameters = {}, []
    own = Namings()
    for key in sorted(free, key=lambda key: key not in blank):
        input_ = known.get(spelling.plain(key))
        kind = None if input_ is None else _type(input_.type, [each[key] for each in given])
        if kind is None:
            return None
        spelled[key] = own.new(name_of(key) or "value")
        parameters.append(f"{'in ' if key in blank else ''}{spelled[key]}: {kind}")
    if len(given[0]) - len(free) < 1 or not parameters:
        return None
    inside = ", ".join(f"{key} = {spelled.get(key, value)}" for key, value in given[0].items())
    name = names.new(class_name, f"{class_name}_node")
    stage = (
        f"stage {name}({', '.join(parameters)}) -> {output} {{\n"
        f"out = {first.callee.text}({inside}){chosen}\n}}"
    )
    changes = []
    for called, values in zip(calls, given):
        arguments = [f"{spelled[key]} = {values[key]}" for key in free if key not in blank]
        made = f"{name}({', '.join(arguments)})" if arguments or not blank else name
        changes.append((called.whole.start, called.whole.end, made))
        changes += [(use.start, use.end, use.text.partition(".")[0]) for use in called.uses]
    return _changed(tree, changes, [stage])


def _output(node_class: NodeClass, chosen: str) -> str | None:
    """The type of the output that is taken; None where it is not known."""
    outputs = node_class.outputs
    if not chosen:
        found = [outputs[0].type] if len(outputs) == 1 else []
    elif chosen.startswith("["):
        place = int(chosen.strip("[]"))
        found = [outputs[place].type] if place < len(outputs) else []
    else:
        name = spelling.plain(chosen.lstrip("."))
        found = [output.type for output in outputs if output.name == name]
    return found[0] if len(found) == 1 and _is_type(found[0]) else None


def _type(kind: str, values: list[str]) -> str | None:
    """The type of a parameter for an input with these values; None where there is none."""
    if kind == "COMBO":
        return "text" if all(value.startswith('"') for value in values) else None
    return kind if kind in _CONSTANTS or _is_type(kind) else None


def _is_type(kind: str) -> bool:
    return kind.isidentifier() and kind[0].isupper() and kind != "COMBO"


# --- the file ---


def _bodies(tree: File) -> list[Any]:
    """The pipelines and values of a file."""
    return [
        declared
        for declared in tree.declarations
        if isinstance(declared, (Block, Derived)) and declared.word.text in ("pipeline", "let")
    ]


def _changed(tree: File, changes: list[tuple[int, int, str]], above: list[str]) -> str:
    """The text with these changes, and with declarations before its first pipeline or value."""
    text = tree.source.text
    start = min(start_of(tree, declared) for declared in _bodies(tree))
    for begin, end, new in sorted(changes, reverse=True):
        text = text[:begin] + new + text[end:]
    text = text[:start] + "".join(f"{declared}\n\n" for declared in above) + text[start:]
    found, problems = parse(Source(text, "imported"))
    return tree.source.text if problems else print_file(found)
