"""Looks at declarations that no pipeline came by: stages, passes, assets, parameters and named values.

They are built with values that are not known, only to find what is wrong whatever the values may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import (
    assets,
    declared,
    evaluate,
    expert_files,
    fitting,
    flows,
    sampling,
    stages,
    unread,
)
from wan22dsl.graph.build.builder import Builder
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, Env, Flow, StageName, type_of
from wan22dsl.program import kinds
from wan22dsl.program.values import Unknown
from wan22dsl.syntax.tree import Stage

if TYPE_CHECKING:
    from collections.abc import Collection

    from wan22dsl.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.program.modules import Module
    from wan22dsl.program.names import Named
    from wan22dsl.program.program import Program


_JUDGED_ELSEWHERE = frozenset((*kinds.RESERVED, "graph", "target"))


def check(
    program: Program, catalogue: Catalogue, sound: Collection[str], *, endless: bool
) -> list[Diagnostic]:
    """Every declaration of the main file by itself, but for those that are known to be `sound`.

    Of what is `endless` already, no more is told.
    """
    b = Builder(program, catalogue, lenient=True, abstract=True)
    b.endless = endless
    main, settings = program.main, Settings(b, ())
    for name, one in main.names.items():
        if name in main.circular or name in sound or one.word.text in _JUDGED_ELSEWHERE:
            continue
        b.work.begin()
        try:
            _declaration(b, main, one, settings)
        except RecursionError as error:
            if not b.endless:
                b.say_endless(error, main.span(one.name.start, one.name.end), name)
    return b.diagnostics


def _declaration(b: Builder, main: Module, one: Named, settings: Settings) -> None:
    if isinstance(one, Stage):
        _stage(b, StageName(one, main), settings)
        return
    found = declared.value(b, main, one, settings)
    if isinstance(found, Flow):
        flows.rehearse(b, found, settings)
    if isinstance(found, Declared) and found.module is main:
        _block(b, found, one, settings)


def _block(b: Builder, block: Declared, one: Named, settings: Settings) -> None:
    if block.kind in kinds.FIXED_SETTINGS:
        for name in block.settings:
            assets.setting(b, block, name, settings)
        if block.kind in kinds.ASSETS and not {"file", "load", *kinds.EXPERTS} & set(
            block.settings
        ):
            assets.say_no_file(b, block)
        if block.kind == "lora":
            expert_files.contradicts(b, block)
        return
    if block.kind == "pipeline":
        return  # those are built
    unread.say_misspelt(b, block)
    sampling.run_pass(b, block, None, settings, one.name, Env(block.module))


def _stage(b: Builder, target: StageName, settings: Settings) -> None:
    """Builds the body of a stage with parameters of which only the types are known."""
    stage = target.stage
    inner = Env(target.module)
    path = stage.name.text
    with b.within(path + ".", path):
        for parameter in stage.parameters:
            want = type_of(parameter.type)
            if parameter.default is not None:
                with b.about(f"`{parameter.name.text}` of `{path}`"):
                    found = evaluate.value(b, parameter.default, inner, settings, want=want)
                    fitting.fit(b, found, want, parameter.default, inner, settings)
            inner.local[parameter.name.text] = Unknown(want)
        stages.build_body(b, stage, inner, settings, path)
