"""From a program to a graph: every pipeline and graph of a file, and a look at all that they leave out."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from wan22dsl.graph.build import (
    assets,
    calls,
    changes,
    declared,
    flows,
    messages,
    sampling,
    unused_settings,
)
from wan22dsl.graph.build.flows import finished
from wan22dsl.graph.build.making import new_builder
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, Env, Flow, StageName, Wire, type_of
from wan22dsl.graph.model import Graph
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import Unknown
from wan22dsl.language.syntax.tree import Attribute, Block, Let, Stage
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.build.benches import Case, DeclaredBench
    from wan22dsl.graph.build.builder import AskedFile, Builder
    from wan22dsl.graph.build.values import Thunk, Value
    from wan22dsl.graph.model import Draft
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.program.names import Named
    from wan22dsl.language.program.program import Program


class Built(NamedTuple):
    """A pipeline or graph of the main file. `graph` is None where it is in a circle.

    `sound` are the passes of the main file that were run for it, and the assets that were loaded,
    without any mistake. `read` are the parameters that were asked for, by the file and the name; None where
    that cannot be told. `idle_changes` are the changes from outside that it would be the same without, each
    with a finding; None where that cannot be told. `parts` are the other pipelines of the file that it holds.
    `endless` tells that it is too deep or too much. `files_asked` are the file names that were looked up.
    """

    name: str
    graph: Graph | Draft | None
    diagnostics: list[Diagnostic]
    sound: frozenset[str]
    read: frozenset[tuple[str, str]] | None
    idle_changes: Mapping[str, Diagnostic] | None
    parts: frozenset[str]
    endless: bool
    files_asked: frozenset[AskedFile]


def build(
    program: Program, name: str, catalogue: Catalogue, *, lenient: bool = False
) -> tuple[Graph | Draft | None, list[Diagnostic]]:
    """The graph of a pipeline or a graph of the main file; a draft when something is wrong or not given.

    With `lenient` a parameter without a value is a note, and what does not depend on it is checked.
    """
    from wan22dsl.graph.build import targets

    b = _builder(program, name, catalogue, lenient=lenient)
    graph = _built(b, program, name)
    found, diagnostics = targets.of_pipeline(program, name, catalogue)
    if isinstance(graph, Graph):
        graph.targets = found
    if program.given and _is_whole(b, graph):
        told = declared.given_for_nothing(program, frozenset(b.parameters_read), f"`{name}`")
        diagnostics = diagnostics + told
    diagnostics = diagnostics + changes.judged(program, [_changes_nothing(b, graph)])
    return graph, b.diagnostics + diagnostics


def build_case(
    program: Program,
    bench: DeclaredBench,
    case: Case,
    catalogue: Catalogue,
    *,
    lenient: bool = False,
) -> tuple[Graph | Draft | None, list[Diagnostic], Mapping[str, Diagnostic] | None]:
    """The graph of a case of a bench, as `build` gives it, with the changes that do nothing in it.

    Those are for the bench to judge: they may do something in another case.
    """
    from wan22dsl.graph.build import benches, targets

    program = benches.program_of(program, case)
    declared_as = program.main.names.get(bench.pipeline)
    is_graph = declared_as is not None and declared_as.word.text == "graph"
    b = new_builder(program, catalogue, merge=not is_graph, lenient=lenient)
    b.site = span = bench.span
    try:
        if is_graph and isinstance(declared_as, Block):
            _plain_graph(b, declared_as, program)
            results: list[Wire] | None = []
        else:
            results = _of_block(b, b.evaluate(bench.of.node, bench.of.env, Settings(b, ())))
    except RecursionError as error:
        b.say_endless(error, span, bench.pipeline)
        results = None
    if results is None:
        return None, b.diagnostics, None
    graph = finished(b, bench.pipeline, span, results)
    if isinstance(graph, Graph) and program.is_pipeline_named(bench.pipeline):
        graph.targets = targets.of_pipeline(program, bench.pipeline, catalogue)[0]
    return graph, b.diagnostics, _changes_nothing(b, graph)


def _is_whole(b: Builder, graph: Graph | Draft | None) -> bool:
    """Whether a build has seen all that a pipeline asks for."""
    return graph is not None and not (b.wrong or b.lost or b.gap or b.endless)


def _changes_nothing(b: Builder, graph: Graph | Draft | None) -> Mapping[str, Diagnostic] | None:
    """The changes that do nothing here; None where a mistake may hide what they would do."""
    if not b.program.changes:
        return MappingProxyType({})
    return changes.without_effect(b) if _is_whole(b, graph) else None


def build_all(
    program: Program, catalogue: Catalogue, known: Mapping[str, Built] = MappingProxyType({})
) -> Iterator[Built]:
    """All pipelines and graphs of the main file, leniently, in order; those that are `known` are taken over.

    A pipeline that another one has been built with is not built again by itself. Nor are those that
    others name, once one is too deep or too much: they may be why.
    """
    names = [expression.name.text for expression in program.pipelines()]
    found: dict[str, Built] = {}
    within: set[str] = set()
    mentioned = program.main.mentioned
    for name in sorted(names, key=mentioned.__contains__):
        if name not in within:
            built = found[name] = known.get(name) or _built_alone(program, name, catalogue)
            within |= built.parts
            if built.endless:
                within.update(mentioned)
    yield from (found[name] for name in names if name in found)


def _built_alone(program: Program, name: str, catalogue: Catalogue) -> Built:
    b = _builder(program, name, catalogue, lenient=True)
    graph = _built(b, program, name)
    return Built(
        name,
        graph,
        b.diagnostics,
        _sound(b, program),
        frozenset(b.parameters_read) if _is_whole(b, graph) else None,
        _changes_nothing(b, graph),
        _pipelines_in(b, program),
        b.endless,
        frozenset(b.files_asked),
    )


def check_rest(
    program: Program, catalogue: Catalogue, told: list[Diagnostic], sound: Collection[str] = ()
) -> list[Diagnostic]:
    """What is wrong in declarations that no pipeline has come by: each is looked at alone.

    `sound` are those in which the builds found nothing. What has been `told` of a place is not told again
    in the words for a value that is not known. Where a pipeline is too deep or too much, that is not told
    of what it is made of too.
    """
    places = {(finding.code, finding.span) for finding in told}
    endless = any(
        finding.code in (messages.TOO_DEEP.code, messages.TOO_MUCH.code) for finding in told
    )
    found = _check_alone(program, catalogue, sound, endless=endless)
    found = [finding for finding in found if (finding.code, finding.span) not in places]
    if any(named.word.text == "target" for named in program.main.names.values()):
        from wan22dsl.graph.build import targets

        found += targets.check(program, catalogue)
    return found


def given_for_nothing(program: Program, builds: Iterable[Built]) -> list[Diagnostic]:
    """The values from outside that no pipeline or graph of the file reads, where all could be built."""
    builds = list(builds)
    told = changes.judged(program, [built.idle_changes for built in builds])
    read = [built.read for built in builds]
    known = [item for item in read if item is not None]
    if not program.given or not read or len(known) < len(read):
        return told
    return told + declared.given_for_nothing(program, frozenset().union(*known), "the file")


def _builder(program: Program, name: str, catalogue: Catalogue, *, lenient: bool) -> Builder:
    merge = program.main.names[name].word.text == "pipeline"
    return new_builder(program, catalogue, merge=merge, lenient=lenient)


def _built(b: Builder, program: Program, name: str) -> Graph | Draft | None:
    target = program.main.names[name]
    span = program.main.span(target.name.start, target.name.end)
    if name in program.main.circular:
        return None
    try:
        results = _run(b, program, name)
    except RecursionError as error:
        b.say_endless(error, span, name)
        return None
    return None if results is None else finished(b, name, span, results)


def _run(b: Builder, program: Program, name: str) -> list[Wire] | None:
    """Builds the nodes; gives the links that the pipeline gives to another, None where it is none."""
    main = program.main
    target = main.names[name]
    if isinstance(target, Block) and target.word.text == "graph":
        _plain_graph(b, target, program)
        return []
    return _of_block(b, declared.value(b, main, target, Settings(b, ())))


def _of_block(b: Builder, block: Value) -> list[Wire] | None:
    if not isinstance(block, Declared) or block.kind != "pipeline":
        return None
    given = flows.build_pipeline(b, block)
    unused_settings.say_unread(b)
    if not (b.lost or b.gap):
        unused_settings.say_hidden(b)
    return [given] if isinstance(given, Wire) else []


def _plain_graph(b: Builder, block: Block, program: Program) -> None:
    env = Env(program.main, in_graph=True)
    settings = Settings(b, ())
    for item in block.items:
        if isinstance(item, Let):
            name = item.name.text
            found = b.evaluate(item.value, env, settings, at=name)
            env.local.setdefault(name, found)
        elif not isinstance(item, Attribute):
            found = b.evaluate(item, env, settings)
            b.give(found, item, env, settings)


def _sound(b: Builder, program: Program) -> frozenset[str]:
    """The passes and assets of the main file that a build without mistakes has run and loaded."""
    if b.incomplete:
        return frozenset()
    made = b.passes.keys() | b.loaded.keys() | b.loras.keys()
    return frozenset(
        declaration.name.text for declaration, found in _of_main(b, program) if id(found) in made
    )


def _pipelines_in(b: Builder, program: Program) -> frozenset[str]:
    """The pipelines of the main file that a build holds."""
    return frozenset(
        declaration.name.text
        for declaration, found in _of_main(b, program)
        if id(found) in b.results and program.is_pipeline(declaration)
    )


def _of_main(b: Builder, program: Program) -> Iterator[tuple[Named, Value | Thunk]]:
    """The declarations of the main file that a build has come by, and what they stand for."""
    names = program.main.names
    for declaration, found in b.declared.values():
        if names.get(declaration.name.text) is declaration:
            yield declaration, found


# --- each declaration alone ---


_JUDGED_ELSEWHERE = frozenset((*kinds.RESERVED, "graph", "target", "profile", "bench"))


def _check_alone(
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
            assets.contradicts(b, block)
        return
    if block.kind == "pipeline":
        return  # those are built
    unused_settings.say_misspelt(b, block)
    sampling.run_pass(b, block, None, settings, expression.name, Env(block.module))


def _stage(b: Builder, target: StageName, settings: Settings) -> None:
    """Builds the body of a stage with parameters of which only the types are known."""
    stage = target.stage
    inner = Env(target.module)
    settings = Settings(b, ())  # of a pass of which nothing is known
    settings.part, settings.noisy = "whole", True
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
