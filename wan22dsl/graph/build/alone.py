"""Looks at declarations that no pipeline came by: stages, passes, assets, parameters and named values.

They are built with values that are not known, only to find what is wrong whatever the values may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import assets, calls, declared, evaluate, fitting
from wan22dsl.graph.build.builder import Builder
from wan22dsl.graph.build.declared import type_of
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, Env, StageName
from wan22dsl.program import kinds
from wan22dsl.program.values import FILE_SOCKETS, Type, Unknown
from wan22dsl.syntax.tree import Stage

if TYPE_CHECKING:
    from wan22dsl.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.build.values import Value
    from wan22dsl.program.program import Program


def check(program: Program, catalogue: Catalogue) -> list[Diagnostic]:
    """Every declaration of the main file, by itself."""
    b = Builder(program, catalogue, abstract=True)
    settings = Settings(b, ())
    main = program.main
    for name, one in main.names.items():
        kind = one.word.text
        if name in main.circular or kind in (*kinds.RESERVED, "pipeline", "graph"):
            continue
        if isinstance(one, Stage):
            _stage(b, StageName(one, main), settings)
            continue
        found = declared.value(b, main, one, settings)
        if isinstance(found, Declared) and found.module is main:
            _settings(b, found, settings)
    return b.diagnostics


def _settings(b: Builder, block: Declared, settings: Settings) -> None:
    if block.kind in kinds.FIXED_SETTINGS:
        for name in block.settings:
            assets.setting(b, block, name, settings)
        return
    for name, written in block.settings.items():
        kind = kinds.PASS_SETTINGS.get(name)
        if kind is None or kind.is_socket:
            continue
        with b.about(f"the setting `{name}`"):
            found = evaluate.value(b, written.value, written.env, settings, want=kind)
            found = fitting.fit(b, found, kind, written.value, written.env, settings)


def _stage(b: Builder, target: StageName, settings: Settings) -> None:
    """Builds the body of a stage with parameters of which only the types are known."""
    stage = target.stage
    inner = Env(target.module)
    for parameter in stage.parameters:
        want = type_of(parameter.type)
        name = parameter.name.text
        value: Value = Unknown(Type(FILE_SOCKETS.get(want.name, want.name), want.item))
        if parameter.default is not None:
            with b.about(f"`{name}` of `{stage.name.text}`"):
                found = evaluate.value(b, parameter.default, inner, settings, want=want)
                fitting.fit(b, found, want, parameter.default, inner, settings)
        inner.local[name] = value
    path = stage.name.text
    with b.within(path + ".", path):
        calls.build_body(b, stage, inner, settings, path)
