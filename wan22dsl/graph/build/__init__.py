"""From a program to a graph: every pipeline and graph of a file, and a look at all that they leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import alone, declared, evaluate, flows, pipelines
from wan22dsl.graph.build.builder import Builder
from wan22dsl.graph.build.finish import finished
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, Env, Wire
from wan22dsl.program.values import Broken
from wan22dsl.syntax.tree import Attribute, Block, Let

if TYPE_CHECKING:
    from wan22dsl.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph
    from wan22dsl.program.program import Program


def build(
    program: Program, name: str, catalogue: Catalogue, *, lenient: bool = False
) -> tuple[Graph | None, list[Diagnostic]]:
    """The graph of a pipeline or a graph of the main file; None when something is wrong or not given.

    With `lenient` a parameter without a value is a note, and what does not depend on it is checked.
    """
    main = program.main
    target = main.names[name]
    if name in main.circular:
        return None, []
    merge = target.word.text == "pipeline"
    b = Builder(program, catalogue, merge=merge, abstract=lenient)
    results: list[Wire] = []
    if isinstance(target, Block) and target.word.text == "graph":
        _plain_graph(b, target, program)
    else:
        block = declared.value(b, main, target, Settings(b, ()))
        if isinstance(block, Declared) and block.kind == "pipeline":
            given = pipelines.build(b, block)
            results = [given] if isinstance(given, Wire) else []
            b.incomplete = b.incomplete or isinstance(given, Broken)
            if not b.incomplete:
                for one, read in b.passes.values():
                    pipelines.unread(b, one, read)
        else:
            b.incomplete = True
    if b.incomplete:
        return None, b.diagnostics
    span = main.span(target.name.start, target.name.end)
    return finished(b, name, span, results), b.diagnostics


def _plain_graph(b: Builder, block: Block, program: Program) -> None:
    env = Env(program.main, in_graph=True)
    settings = Settings(b, ())
    for item in block.items:
        if isinstance(item, Let):
            env.local[item.name.text] = evaluate.value(
                b, item.value, env, settings, at=item.name.text
            )
        elif not isinstance(item, Attribute):
            found = evaluate.value(b, item, env, settings)
            flows.give(b, found, item, env, settings)


def check_rest(program: Program, catalogue: Catalogue) -> list[Diagnostic]:
    """What is wrong in declarations that no pipeline has come by: each is looked at alone."""
    return alone.check(program, catalogue)
