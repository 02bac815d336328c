"""The `node` declarations that an expanded graph needs, as they are written in the files of a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.program import load_program
from wan22dsl.language.syntax import parse, print_file, spelling
from wan22dsl.language.syntax.tree import NodeDeclaration
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.graph.model import CheckedGraph
    from wan22dsl.language.workspace import Workspace


def with_declarations(
    text: str, checked: CheckedGraph, source: Source, workspace: Workspace | None
) -> str:
    """The text of a graph with what a file, and those that it uses, declare of its classes.

    What the configuration declares counts for the text as well, and is not repeated.
    """
    whole = checked.whole if checked.whole is not None else checked.graph
    wanted = {node.class_name for node in whole.nodes.values()}
    program, _ = load_program(source, workspace=workspace)
    parts = []
    for module in program.main.with_used():
        for declaration in module.file.declarations:
            if isinstance(declaration, NodeDeclaration):
                name = spelling.plain(declaration.name.text)
                if name in wanted:
                    wanted.discard(name)
                    parts.append(module.source.text[declaration.start : declaration.end])
    if not parts:
        return text
    head, _, rest = text.partition("wan 1\n")
    tree, problems = parse(Source("\n\n".join([f"{head}wan 1", *parts, rest]), source.path))
    assert not problems, problems[0].message
    return print_file(tree)
