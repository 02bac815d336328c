"""The outline of a file: declarations, with settings and the stages of a flow; the nodes of a workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.escapes import one_line
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Block,
    Call,
    Chain,
    Derived,
    Group,
    Header,
    Let,
    List,
    Name,
    NodeDeclaration,
    Param,
    Stage,
    Text,
)
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.editor.view import View
    from wan22dsl.language.syntax.tree import Declaration, File
    from wan22dsl.source import Source

#: A name or a detail of an outline is cut off behind so many characters, and an outline has so many levels.
_LONGEST, _DEEPEST = 60, 40


class Symbol(NamedTuple):
    """An entry of an outline.

    `kind` is the word of the declaration (`pass`, `param`, …), or `setting`, `let`, `parameter`, `output`,
    `input`, `element` (of a flow), `branch`, `node_call` or `subgraph`. `name_start` and `name_end` are
    within `start` and `end`.
    """

    name: str
    kind: str
    detail: str
    start: int
    end: int
    name_start: int
    name_end: int
    children: tuple[Symbol, ...] = ()


def of(view: View) -> tuple[Symbol, ...]:
    """The outline of a file; empty where there is nothing to outline."""
    if view.tree is not None:
        return of_file(view.tree)
    if view.source.text.lstrip()[:1] in ("{", "["):
        return of_json(view.source)
    return ()


def of_file(file: File) -> tuple[Symbol, ...]:
    """The declarations of a `.wan` file, in order."""
    return tuple(
        _declaration(file.source.text, declaration)
        for declaration in file.declarations
        if not isinstance(declaration, Header)
    )


def heads_of(file: File) -> Iterator[Symbol]:
    """The declarations of a `.wan` file, without what is in them."""
    for declaration in file.declarations:
        if not isinstance(declaration, Header):
            yield _head(file.source.text, declaration, ())


def _declaration(text: str, declaration: Declaration) -> Symbol:
    children: Iterable[Symbol] = ()
    if isinstance(declaration, Block):
        children = _items(text, declaration.items, "setting")
    elif isinstance(declaration, Derived):
        children = _derived(text, declaration)
    elif isinstance(declaration, (Stage, NodeDeclaration)):
        children = _stage(text, declaration)
    return _head(text, declaration, tuple(children))


def _head(text: str, declaration: Any, children: tuple[Symbol, ...]) -> Symbol:
    word, name = declaration.word.text, declaration.name
    detail = word
    if isinstance(declaration, Param):
        detail = f"param: {_shown(text, declaration.type)}"
        if declaration.default is not None:
            detail += f" = {_shown(text, declaration.default)}"
    elif isinstance(declaration, Derived) and word == "let":
        detail = f"let = {_shown(text, declaration.value)}"
    return Symbol(
        _named(name.text),
        word,
        _cut(detail),
        declaration.start,
        max(declaration.end, name.end),
        name.start,
        name.end,
        children,
    )


def _derived(text: str, declaration: Derived) -> Iterator[Symbol]:
    """What a copy changes, or the elements of a flow that has a name."""
    value = declaration.value
    if (
        isinstance(value, Call)
        and isinstance(value.callee, Name)
        and declaration.word.text != "let"
    ):
        yield from _items(text, value.arguments, "setting")
    elif isinstance(value, (Chain, List)):
        yield from _elements(text, value)


def _stage(text: str, stage: Stage | NodeDeclaration) -> Iterator[Symbol]:
    taken = stage.parameters if isinstance(stage, Stage) else stage.inputs
    for parameter in taken:
        kind = "parameter" if isinstance(stage, Stage) else "input"
        yield _symbol(text, parameter.name, kind, _shown(text, parameter.type), parameter)
    for output in stage.outputs if stage.named else ():
        yield _symbol(text, output.name, "output", _shown(text, output.type), output)
    yield from _items(text, stage.items, "setting")


def _items(text: str, items: Iterable[Any], kind: str) -> Iterator[Symbol]:
    for item in items:
        if isinstance(item, Let):
            yield _symbol(text, item.name, "let", _shown(text, item.value), item)
        elif isinstance(item, Attribute):
            children = _elements(text, item.value) if item.key.text == "flow" else ()
            yield _symbol(text, item.key, kind, _shown(text, item.value), item, tuple(children))


def _elements(text: str, value: Any, depth: int = 0) -> Iterator[Symbol]:
    """The elements of a flow, in order; the branches of a list have theirs below them."""
    while isinstance(value, Group):
        value = value.inner
    if isinstance(value, Chain) and "->" in value.operators:
        for operand in value.operands:
            yield from _elements(text, operand, depth)
    elif isinstance(value, List) and depth < _DEEPEST:
        for number, item in enumerate(value.items, start=1):
            below = tuple(_elements(text, item, depth + 1))
            if len(below) == 1:
                yield from below
            else:
                name = f"branch {number}"
                start, end = item[-2:]
                yield Symbol(name, "branch", _shown(text, item), start, end, start, start, below)
    else:
        callee = value.callee if isinstance(value, Call) else value
        yield _symbol(text, callee, "element", "", value)


def _symbol(
    text: str, name: Any, kind: str, detail: str, whole: Any, children: tuple[Symbol, ...] = ()
) -> Symbol:
    start, end = name[-2:]
    return Symbol(
        _named(text[start:end]), kind, detail, min(whole[-2], start), max(whole[-1], end), start, end,
        children,
    )  # fmt: skip


def _named(text: str) -> str:
    """A name on one line. Editors refuse a symbol without one."""
    return _cut(one_line(spelling.plain(text) if text.startswith("`") else text)) or "…"


def _shown(text: str, node: Any) -> str:
    """A value as it is written, on one line."""
    start, end = node[-2:]
    if isinstance(node, Text) and node.text.startswith('"""'):
        start, end = start + 3, max(end - 3, start + 3)
    return _cut(" ".join(text[start : min(end, start + 4 * _LONGEST)].split()))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


# --- JSON ---


def of_json(source: Source) -> tuple[Symbol, ...]:
    """The nodes of prompt JSON or workflow JSON by title, and those of its subgraphs below these."""
    from wan22dsl.formats.envelopes import all_opened
    from wan22dsl.formats.json_text import BrokenJsonError, document

    text = source.text
    try:
        value, start, _ = document(text)
        found = all_opened(text, value, start, 1)
    except BrokenJsonError:
        return ()
    if not found or not isinstance(found[0].value, dict):
        return ()
    return tuple(_json_nodes(text, found[0].value, found[0].start))


def _json_nodes(text: str, graph: dict[str, Any], start: int) -> Iterator[Symbol]:
    from wan22dsl.formats.json_text import elements, members

    for member in members(text, start):
        key, value = member.key, member.value
        if key == "nodes" and isinstance(value, list):
            for element in elements(text, member.start):
                yield from _json_node(element.value, None, element.start, element.end)
        elif key == "definitions" and isinstance(value, dict):
            for inner in members(text, member.start):
                if inner.key == "subgraphs" and isinstance(inner.value, list):
                    for element in elements(text, inner.start):
                        yield from _subgraph(text, element)
        else:
            yield from _json_node(value, key, member.start, member.end)


def _subgraph(text: str, element: Any) -> Iterator[Symbol]:
    if isinstance(element.value, dict):
        name = element.value.get("name")
        shown = _named(name) if isinstance(name, str) else "subgraph"
        place = (element.start, element.end, element.start, element.start + 1)
        below = tuple(
            each
            for each in _json_nodes(text, element.value, element.start)
            if each.kind == "node_call"
        )
        yield Symbol(shown, "subgraph", "subgraph", *place, below)


def _json_node(value: Any, key: str | None, start: int, end: int) -> Iterator[Symbol]:
    """A node: of prompt JSON with a key, of workflow JSON without one."""
    from wan22dsl.formats.labels import label

    if not isinstance(value, dict):
        return
    class_name = value.get("class_type" if key is not None else "type")
    if not isinstance(class_name, str):
        return
    meta = value.get("_meta")
    title = meta.get("title") if isinstance(meta, dict) else value.get("title")
    id = key if key is not None else str(value.get("id"))
    name = label(id, title if isinstance(title, str) else "", class_name)
    yield Symbol(
        _cut(one_line(name)), "node_call", _cut(one_line(class_name)), start, end, start, start + 1
    )
