"""The documentation of a suggestion, read when somebody looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.describe import describe
from wan22dsl.comfyui.catalogue.inputs import every_input
from wan22dsl.editor.completion import typed
from wan22dsl.language.program import occurrences
from wan22dsl.language.program.module import LIBRARY, library_names
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.editor.completion.suggestion import About
    from wan22dsl.editor.view import View
    from wan22dsl.language.program.module import Module

#: So many lines of a declaration are shown.
_MOST_LINES = 14


def documentation(view: View, about: About) -> str:
    """Markdown for a suggestion; empty where there is nothing to say."""
    if view.module is None or view.catalogue is None:
        return ""
    if about.kind == "class":
        node = typed.node_class(view.catalogue, about.name)
        return f"```text\n{describe(node)}```" if node is not None else ""
    if about.kind == "input":
        return _input(view, about)
    if about.kind == "rule":
        return _rule(about.name)
    if about.kind == "module":
        return _module(about.name)
    for module in occurrences.modules_of(view.module):
        if module.source.path == about.where:
            return of_declaration(module, about.name)
    return ""


def of_declaration(module: Module, name: str) -> str:
    """The comment above a declaration, and the declaration itself."""
    declaration = module.declarations.get(name)
    declared = module.names.get(name)
    if declaration is None or declared is None:
        return ""
    text = module.source.text
    start = text.rfind("\n", 0, declaration.start) + 1
    lines = text[start : declared.end].split("\n")
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], "    …"]
    code = "```wan\n" + "\n".join(lines) + "\n```"
    doc = comment_above(text, start)
    return f"{doc}\n\n{code}" if doc else code


def comment_above(text: str, start: int) -> str:
    """The comment lines directly above a line, without their marks and without those for the linter."""
    lines: list[str] = []
    while start > 0:
        above = text.rfind("\n", 0, start - 1) + 1
        line = text[above : start - 1]
        if not line.startswith("#"):
            break
        if not line.startswith("# wan:"):
            lines.append(line.lstrip("#").strip())
        start = above
    return "\n".join(reversed(lines)).strip()


def _input(view: View, about: About) -> str:
    assert view.catalogue is not None
    node = typed.node_class(view.catalogue, about.where)
    if node is None:
        return ""
    found = every_input(node.inputs).get(about.name)
    if found is None:
        return ""
    lines = [f"Input of `{node.name}`, type `{found.type}`."]
    if found.minimum is not None and found.maximum is not None:
        lines.append(f"{found.minimum:g} to {found.maximum:g}.")
    if found.options:
        shown = ", ".join(f'"{option}"' for option in found.options[:12])
        more = ", …" if len(found.options) > 12 else ""
        lines.append(f"One of {shown}{more}.")
    if found.files is not None:
        lines.append(f"A file of the server, in `{found.files}`.")
    return " ".join(lines)


def _rule(code: str) -> str:
    from wan22dsl.api.codes import all_messages

    message = all_messages().get(code)
    if message is None:
        return ""
    return f"**{message.code}** {message.summary}.\n\n{message.name}"


def _module(name: str) -> str:
    """What a module of the library says about itself."""
    if name not in library_names():
        return ""
    text = Source.read(LIBRARY / f"{name}.wan").text
    return comment_above(text, text.find("wan 1\n"))
