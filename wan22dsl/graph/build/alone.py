"""Checks each declaration by itself, for what no pipeline has come by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import assets, calls, declared, flows, models, sampling, unused_settings
from wan22dsl.graph.build.making import new_builder
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import (
    Declared,
    Env,
    Flow,
    StageName,
    type_of,
)
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import Unknown
from wan22dsl.language.syntax.tree import (
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.program.names import Named
    from wan22dsl.language.program.program import Program


_JUDGED_ELSEWHERE = frozenset((*kinds.RESERVED, "graph", "target"))


def check(
    program: Program, catalogue: Catalogue, sound: Collection[str], *, endless: bool
) -> list[Diagnostic]:
    """Every declaration of the main file by itself, but for those that are known to be `sound`.

    Of what is `endless` already, no more is told.
    """
    b = new_builder(program, catalogue, lenient=True, abstract=True)
    b.endless = endless
    main, settings = program.main, Settings(b, ())
    for name, expression in main.names.items():
        if name in main.circular or name in sound or expression.word.text in _JUDGED_ELSEWHERE:
            continue
        b.work.begin()
        try:
            _declaration(b, main, expression, settings)
        except RecursionError as error:
            if not b.endless:
                b.say_endless(error, main.span(expression.name.start, expression.name.end), name)
    return b.diagnostics


def _declaration(b: Builder, main: Module, expression: Named, settings: Settings) -> None:
    if isinstance(expression, Stage):
        _stage(b, StageName(expression, main), settings)
        return
    found = declared.value(b, main, expression, settings)
    if isinstance(found, Flow):
        flows.rehearse(b, found, settings)
    if isinstance(found, Declared) and found.module is main:
        _block_alone(b, found, expression, settings)


def _block_alone(b: Builder, block: Declared, expression: Named, settings: Settings) -> None:
    if block.kind in kinds.FIXED_SETTINGS:
        for name in block.settings:
            assets.setting(b, block, name, settings)
        if block.kind in kinds.ASSETS and not {"file", "load", *kinds.EXPERTS} & set(
            block.settings
        ):
            assets.say_no_file(b, block)
        if block.kind == "lora":
            models.contradicts(b, block)
        return
    if block.kind == "pipeline":
        return  # those are built
    unused_settings.say_misspelt(b, block)
    sampling.run_pass(b, block, None, settings, expression.name, Env(block.module))


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
                    found = b.evaluate(parameter.default, inner, settings, want=want)
                    b.fit(found, want, parameter.default, inner, settings)
            inner.local[parameter.name.text] = Unknown(want)
        calls.build_body(b, stage, inner, settings, path)
