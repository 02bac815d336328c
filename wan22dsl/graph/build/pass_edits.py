"""Edits that write a setting into a pass: in a flow, in its declaration, in a flow that was taken over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared
from wan22dsl.language.program import names as lookup
from wan22dsl.language.program.module import Module
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Block,
    Call,
    Derived,
    Group,
    Name,
    Param,
    Text,
    walk,
)
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Site
    from wan22dsl.graph.build.values import Env, Setting
    from wan22dsl.language.syntax.tree import Expression, Nested


class Insertion(NamedTuple):
    """Text that comes in at an offset of a file."""

    module: Module
    offset: int
    text: str

    @property
    def edit(self) -> Edit:
        """As a change of the file."""
        return Edit(self.module.span(self.offset, self.offset), self.text)


class Element(NamedTuple):
    """A pass in a flow, and what it is to have: None where nobody can know.

    `sure` where that is what the pipeline says, as it is written; `even` where it comes out without rest.
    """

    site: Site
    value: str | None
    sure: bool = True
    even: bool = True


def bare(node: Nested) -> Nested:
    while isinstance(node, Group):
        node = node.inner
    return node


def is_parameter(site: Site, name: Name) -> bool:
    """Whether a name stands for what may be given from outside, and so may be no pass the next time."""
    return isinstance(site.env.module.names.get(name.text), Param)


def removal(setting: Setting) -> Edit:
    """Takes a setting out of its block or call, with its line where it is alone on it."""
    module, key = setting.env.module, setting.key
    text, start, end = module.source.text, key.start, key.end
    line = text.rfind("\n", 0, start) + 1
    comma = re.compile(r"[ \t]*,[ \t]*").match(text, end)
    rest = comma.end() if comma else end
    after = re.compile(r"[ \t]*(\n?)").match(text, rest)
    if after and after[1] and not text[line:start].strip():
        return Edit(module.span(line, after.end()), "")
    if after and text.startswith("#", after.end()):
        rest = end = after.end()
    if comma:
        return Edit(module.span(start, rest), "")
    before = re.search(r",[ \t]*$", text[line:start])
    return Edit(module.span(line + before.start() if before else start, end), "")


def argument_in_flow(b: Builder, site: Site, text: str) -> Insertion | None:
    """The setting as an argument of the pass in the flow."""
    node, env = bare(site.node), site.env
    name = node.callee if isinstance(node, Call) else node
    if not isinstance(name, Name) or is_parameter(site, name):
        return None
    found = b.named(name, env, Settings(b, ()))
    if not isinstance(found, Declared) or found.kind != "pass":
        return None
    return _argument(node, env.module, text)


def _argument(node: Nested, module: Module, text: str) -> Insertion | None:
    if isinstance(node, Name):
        return Insertion(module, node.end, f"({text})")
    if not isinstance(node, Call) or node.about is not None:
        return None
    if node.arguments:
        return Insertion(module, node.arguments[-1].end, f", {text}")
    return Insertion(module, node.end - 1, text)


def in_declaration(
    block: Declared, declared: Block | Derived, module: Module, name: str, value: str
) -> Edit | None:
    """The setting in the declaration of the pass."""
    own = block.settings.get(name)
    if own is not None and own.env.module is module:
        return Edit(own.env.span(own.value), value)
    if isinstance(declared, Block) or value == "none":
        return None
    inserted = _argument(declared.value, module, f"{name} = {value}")
    return None if inserted is None else inserted.edit


# --- a flow that was taken over ---


def flow_with(
    b: Builder, block: Declared, name: str, setting: Setting, elements: list[Element]
) -> str | None:
    """The flow of the pipeline that this one is a copy of, as it would be written in the copy."""
    flow = block.settings["flow"]
    home, here = flow.env.module, setting.env.module
    span = flow.env.span(flow.value)
    inserted: list[Insertion] = []
    for each in elements:
        insertion = argument_in_flow(b, each.site, f"{name} = {each.value}")
        if (
            insertion is None
            or insertion.module is not home
            or not span.start <= insertion.offset <= span.end
        ):
            return None
        inserted.append(insertion)
    if any(_is_local(item, flow.env) for item in walk(flow.value)):
        return None
    if home is not here:
        prefixed = _prefixes(flow.value, home, here)
        if prefixed is None:
            return None
        inserted += prefixed
    text = span.text
    for insertion in sorted(inserted, key=lambda insertion: insertion.offset, reverse=True):
        at = insertion.offset - span.start
        text = text[:at] + insertion.text + text[at:]
    return text


def _is_local(node: object, env: Env) -> bool:
    """Whether a name is a `let` of the block that the flow was written in."""
    if isinstance(node, Text):
        parts = spelling.text_parts(node.text)
        heads = [spelling.name_parts(part.name)[0] for part in parts if not isinstance(part, str)]
        return any(env.find(head) is not None for head in heads)
    return isinstance(node, Name) and env.find(spelling.name_parts(node.text)[0]) is not None


def _prefixes(expression: Expression, home: Module, here: Module) -> list[Insertion] | None:
    """What goes in front of the names of another file; None where one cannot be named from here."""
    alias = next((name for name, used in here.uses.items() if used is home), None)
    if alias is None:
        return None
    found: list[Insertion] = []
    keys = {item.key for item in walk(expression) if isinstance(item, Attribute)}
    for node in walk(expression):
        if isinstance(node, Text):
            parts = spelling.text_parts(node.text)
            if any(not isinstance(part, str) and part.name[:9] != "pipeline." for part in parts):
                return None
        if not isinstance(node, Name) or node in keys:
            continue
        head = spelling.name_parts(node.text)[0]
        if head in ("pipeline", "_", "true", "false", "none", "null"):
            continue
        meant = lookup.find(home, head)
        if meant is None or head.startswith("_"):
            return None
        if not isinstance(meant, Module) and meant[0] is home:
            found.append(Insertion(home, node.start, f"{alias}."))
        elif lookup.find(here, head) != meant:
            return None
    return found
