"""Benches: those that a file declares, judged, and the prompt of each of their cases.

found = find_bench("attention.wan")
for profile, case in found.bench.cells:
    compiled = compile_case(found, case)
    print(cell_name(profile, case), compiled.prompt is not None)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.api.compiler import Compiled, catalogue_of, source_of, with_nodes, written
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.diagnostics import has_errors, in_order, nearest
from wan22dsl.errors import CommandError
from wan22dsl.graph.build.benches import Case, DeclaredBench, cell_name
from wan22dsl.language.syntax.tree import Header
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.program.program import Program
    from wan22dsl.language.workspace import Workspace
    from wan22dsl.model_files.lookup import ModelFiles
    from wan22dsl.source import Source

__all__ = [
    "Case",
    "DeclaredBench",
    "FoundBench",
    "benches_of",
    "cell_name",
    "compile_case",
    "declared_benches",
    "find_bench",
]


class FoundBench(NamedTuple):
    """A bench that was asked for, with the program that its cases are compiled from.

    `findings` are what is wrong with it, also with its cells and profiles; with an error it cannot be run.
    """

    bench: DeclaredBench
    program: Program
    findings: tuple[Diagnostic, ...] = ()


def benches_of(
    file: Source | Path | str,
    values: Mapping[str, Any] | None = None,
    workspace: Workspace | None = None,
    *,
    target: Catalogue | str = DEFAULT_TARGET,
) -> tuple[tuple[FoundBench, ...], list[Diagnostic]]:
    """The benches that a file declares, in order, and what is wrong with the file as `check` finds it.

    `values` are as for `check`. Raises what `check` raises.
    """
    from wan22dsl.api.bench_checks import judged
    from wan22dsl.graph.build.benches import of_file
    from wan22dsl.language.program import load_program

    source = source_of(file, workspace)
    program, diagnostics = load_program(source, values, workspace)
    catalogue, of_nodes = with_nodes(catalogue_of(target), program)
    benches, of_benches = of_file(program, catalogue)
    diagnostics = [*diagnostics, *of_nodes, *of_benches]
    found = []
    for bench in benches:
        of_bench = judged(program, bench, catalogue, diagnostics)
        diagnostics += of_bench
        own = [each for each in diagnostics if each in of_bench or _is_about(each, bench, program)]
        found.append(FoundBench(bench, program, tuple(in_order(own))))
    return tuple(found), in_order(diagnostics)


def declared_benches(
    file: Source | Path | str,
    values: Mapping[str, Any] | None = None,
    workspace: Workspace | None = None,
) -> tuple[DeclaredBench, ...]:
    """The benches that a file declares, without a look at their cells. Raises what `check` raises."""
    from wan22dsl.graph.build.benches import of_file
    from wan22dsl.language.program import load_program

    program, _ = load_program(source_of(file, workspace), values, workspace)
    return of_file(program, catalogue_of(DEFAULT_TARGET))[0]


def find_bench(
    file: Source | Path | str,
    name: str | None = None,
    values: Mapping[str, Any] | None = None,
    workspace: Workspace | None = None,
    *,
    target: Catalogue | str = DEFAULT_TARGET,
) -> FoundBench:
    """The bench of that name, or the only one of a file.

    Raises CommandError where none or several are meant, and what `benches_of` raises.
    """
    found, diagnostics = benches_of(file, values, workspace, target=target)
    by_name = {each.bench.name: each for each in found}
    if name is not None and name in by_name:
        return by_name[name]
    if name is None and len(found) == 1:
        return found[0]
    path = source_of(file, workspace).path
    listed = ", ".join(by_name)
    if name is not None:
        close = nearest(name, by_name)
        help = f"Did you mean `{close}`?" if close else f"Benches: {listed}." if listed else ""
        raise CommandError(f"{path} has no bench `{name}`. {help}".rstrip(), *_why(diagnostics))
    if found:
        raise CommandError(f"{path} has several benches: name one. Benches: {listed}.")
    raise CommandError(f"{path} declares no bench.", *_why(diagnostics))


def compile_case(
    found: FoundBench,
    case: Case,
    *,
    target: Catalogue | str = DEFAULT_TARGET,
    models: ModelFiles | None = None,
) -> Compiled:
    """Prompt JSON of a case, as `compile` gives it for a pipeline with these values."""
    from wan22dsl.api.judging import judge
    from wan22dsl.graph.build import build_case

    catalogue, _ = with_nodes(catalogue_of(target), found.program)
    graph, of_build, _ = build_case(found.program, found.bench, case, catalogue)
    if graph is None:
        return Compiled(None, None, in_order(of_build), {})
    checked, of_rules = judge(graph, models=models)
    diagnostics = in_order(of_build + of_rules)
    if checked is None or has_errors(diagnostics):
        return Compiled(None, None, diagnostics, {})
    return written(checked, diagnostics, {})


def _why(diagnostics: list[Diagnostic]) -> tuple[str, ...]:
    """The first error of a file: it may be why a bench is not there."""
    for each in diagnostics:
        if each.is_error and each.span is not None:
            line = each.span.first[0]
            return (f"{each.span.source.path}:{line}: {each.message}", *filter(None, (each.help,)))
    return ()


def _is_about(finding: Diagnostic, bench: DeclaredBench, program: Program) -> bool:
    """Whether a finding concerns a bench: it is in it, or in what is no other declaration's own."""
    if finding.span is None or finding.span.source is not program.main.source:
        return finding.is_error
    for item in program.main.file.declarations:
        if isinstance(item, Header):
            continue
        if item.start <= finding.span.start <= item.end:
            return item.word.text != "bench" or item.name.text == bench.name
    return True
