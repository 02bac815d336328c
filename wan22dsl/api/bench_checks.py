"""What is wrong with the cells of a bench: some do not compile, are the same, or compare badly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.api.judging import judge
from wan22dsl.diagnostics import Label
from wan22dsl.graph.build import build_case, messages
from wan22dsl.graph.build.benches import MOST_CASES, cell_name
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from typing import Any

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.build.benches import Case, DeclaredBench
    from wan22dsl.graph.model import CheckedGraph
    from wan22dsl.language.program.program import Program
    from wan22dsl.source import Span

#: So many cases are compiled to be judged. Of more, those that differ from the first in one value.
_MOST = 64

#: More cells than this are reported with their time.
_MANY_CELLS = 24

_SEEDS = ("seed", "noise_seed")


class _Made(NamedTuple):
    """A case with what its compilation gave; `prompt` is without seeds, as text."""

    case: Case
    findings: list[Diagnostic]
    idle: Mapping[str, Diagnostic] | None
    checked: CheckedGraph | None
    prompt: str


def judge_benches(
    program: Program, catalogue: Catalogue, known: Sequence[Diagnostic]
) -> list[Diagnostic]:
    """What is wrong with the benches of a file, in their declarations and in their cells."""
    from wan22dsl.graph.build.benches import of_file

    benches, found = of_file(program, catalogue)
    told = {(each.code, each.span) for each in known}
    found = [each for each in found if (each.code, each.span) not in told]
    for bench in benches:
        found += judged(program, bench, catalogue, [*known, *found])
    return found


def judged(
    program: Program, bench: DeclaredBench, catalogue: Catalogue, known: Sequence[Diagnostic]
) -> list[Diagnostic]:
    """The findings on a bench that its declaration alone does not show; what is `known` is not repeated."""
    if program.main.is_library:
        return []
    made = [_made(program, bench, case, catalogue) for case in _to_judge(bench)]
    told = {(each.code, each.span) for each in known}
    wrong = any(each.is_error and _is_in_bench(program, bench, each.span) for each in known)
    idle = list(_idle(bench, made))
    found = [
        each
        for each in (
            *_errors(program, bench, made, told),
            *idle,
            *(() if wrong else _too_few(bench)),
            *(() if idle else _alike(bench, made)),
            *_cards(bench),
            *_measuring(bench),
        )
        if (each.code, each.span) not in told
    ]
    return list({(each.code, each.span): each for each in found}.values())


def _to_judge(bench: DeclaredBench) -> tuple[Case, ...]:
    if len(bench.cases) <= _MOST:
        return bench.cases
    first = dict(bench.cases[0].values)
    near = [
        case
        for case in bench.cases
        if sum(first.get(name) != text for name, text in case.values) <= 1
    ]
    return tuple(near[:_MOST])


def _made(program: Program, bench: DeclaredBench, case: Case, catalogue: Catalogue) -> _Made:
    graph, of_build, idle = build_case(program, bench, case, catalogue, lenient=True)
    if graph is None:
        return _Made(case, of_build, idle, None, "")
    checked, of_rules = judge(graph)
    prompt = ""
    if checked is not None:
        from wan22dsl.formats.prompt import write

        prompt = repr(_without_seeds(write(checked)))
    return _Made(case, of_build + of_rules, idle, checked, prompt)


def _without_seeds(prompt: Mapping[str, Any]) -> dict[str, Any]:
    """A prompt as every run of it is: a run draws seeds of its own."""
    return {
        id: {
            **node,
            "inputs": {
                name: 0 if name in _SEEDS and isinstance(value, int) else value
                for name, value in node["inputs"].items()
            },
        }
        for id, node in prompt.items()
    }


# --- cells that cannot be measured ---


def _errors(
    program: Program,
    bench: DeclaredBench,
    made: Sequence[_Made],
    told: Collection[tuple[str, Span | None]],
) -> Iterator[Diagnostic]:
    """Errors of cells. In the bench each is shown where it is; elsewhere, at the value that leads to it."""
    by_place: dict[tuple[str, Span | None], list[tuple[Case, Diagnostic]]] = {}
    for each in made:
        for finding in each.findings:
            place = (finding.code, finding.span)
            if finding.is_error and place not in told:
                by_place.setdefault(place, []).append((each.case, finding))
    for found in by_place.values():
        case, finding = found[0]
        if _is_in_bench(program, bench, finding.span):
            yield finding._replace(fix=None)
            continue
        common = set.intersection(*(set(case.values) for case, _ in found))
        value = next((value for value in case.values if value in common), None)
        name = " ".join(value) if value is not None else cell_name("", case)
        yield messages.CELL_WITH_ERRORS.at(
            _place(bench, case, value or next(iter(case.values), None)),
            related=() if finding.span is None else (Label(finding.span, "found here"),),
            cell=f"the cell `{name}`" if name else f"`{bench.name}`",
            problem=finding.message.rstrip("."),
            code=finding.code,
            help=finding.help or "Remove the value, or change the pipeline.",
        )


def _is_in_bench(program: Program, bench: DeclaredBench, span: Span | None) -> bool:
    """Whether a place is in the declaration of a bench, or in a `let` that it takes its values from."""
    if span is None or span.source is not program.main.source:
        return False
    for case in bench.cases:
        for given in case.changes.values():
            home = given.module
            if home.source is span.source:
                if given.expression.start <= span.start and span.end <= given.expression.end:
                    return True
    declared = program.main.names.get(bench.name, None)
    return declared is not None and declared.start <= span.start and span.end <= declared.end


def _place(bench: DeclaredBench, case: Case, value: tuple[str, str] | None) -> Span | None:
    """Where a value of a case is written; in a library, where the bench is."""
    given = case.changes.get(value[0]) if value is not None else None
    if given is None or given.module.is_library:
        return bench.span
    return given.module.span(given.expression.start, given.expression.end)


def _idle(bench: DeclaredBench, made: Sequence[_Made]) -> Iterator[Diagnostic]:
    """What does nothing in any cell."""
    known = [each.idle for each in made]
    names = dict.fromkeys(name for each in made for name in each.case.changes)
    for name in names:
        idle = [each[name] for each in known if each is not None and name in each]
        with_it = [each for each in made if name in each.case.changes]
        if idle and len(idle) == len(with_it):
            finding = idle[0]
            given = with_it[0].case.changes[name]
            if given.module.is_library:
                finding = finding._replace(span=bench.span)
            yield finding


# --- cells that compare badly ---


def _too_few(bench: DeclaredBench) -> Iterator[Diagnostic]:
    if len(bench.cells) < 2:
        yield messages.ONE_CELL.at(bench.span, name=bench.name)


def _alike(bench: DeclaredBench, made: Sequence[_Made]) -> Iterator[Diagnostic]:
    """Cases that make the same prompt."""
    groups: dict[str, list[_Made]] = {}
    for each in made:
        if each.prompt:
            groups.setdefault(each.prompt, []).append(each)
    for group in groups.values():
        if len(group) < 2:
            continue
        first, second = group[0].case, group[1].case
        differs = next((pair for pair in second.values if pair not in first.values), None)
        given = second.changes.get(differs[0]) if differs else None
        span = bench.span
        if given is not None and not given.module.is_library:
            span = given.module.span(given.expression.start, given.expression.end)
        seeds = differs is not None and differs[0].rpartition(".")[2] == "seed"
        yield messages.SAME_CELLS.at(
            span,
            first=first.name,
            second=second.name,
            others=f", and {len(group) - 2} more" if len(group) > 2 else "",
            help=(
                "Remove it: each run draws seeds of its own."
                if seeds
                else "Use the parameter in the pipeline, or remove the value."
            ),
        )


def _cards(bench: DeclaredBench) -> Iterator[Diagnostic]:
    cards = dict.fromkeys(profile.card for profile in bench.profiles if profile.card)
    if len(cards) < 2:
        return
    other = list(cards)[1]
    profile = next(each for each in bench.profiles if each.card == other)
    yield messages.OTHER_CARDS.at(
        bench.spans.get("profiles"),
        cards=" and ".join(f"the {card}" for card in cards),
        profile=profile.name,
    )


def _measuring(bench: DeclaredBench) -> Iterator[Diagnostic]:
    """What the numbers of a bench, and its flags, mean for what it can tell."""
    if bench.repeat is not None and bench.repeat < 3:
        yield messages.FEW_REPEATS.at(bench.spans.get("repeat"), repeat=bench.repeat)
    for profile in bench.profiles:
        if profile.flag("--deterministic") is not None:
            yield messages.DETERMINISTIC_BENCH.at(bench.spans.get("profiles"), profile=profile.name)
    if len(bench.cells) > _MANY_CELLS and len(bench.cases) < MOST_CASES:
        repeat = bench.repeat or 3
        runs = len(bench.cells) * (repeat + 1)
        yield messages.MANY_CELLS.at(bench.span, cells=len(bench.cells), runs=runs)
    if bench.quality:
        seeds = [
            name
            for name in dict.fromkeys(name for case in bench.cases for name, _ in case.values)
            if name.rpartition(".")[2] == "seed"
        ]
        if seeds:
            yield messages.QUALITY_WITH_SEEDS.at(bench.spans.get("quality"), name=seeds[0])
