"""The plan of a bench: what its file declares, at the places that were named."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wan22dsl.api.bench_places import Place
    from wan22dsl.api.benches import Case, FoundBench
    from wan22dsl.api.compiler import Compiled
    from wan22dsl.bench.models import Cell, Design, Plan, Reason
    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.graph.model import Graph
    from wan22dsl.source import Source


class Subject(NamedTuple):
    """What a cell is made of."""

    cell: Cell
    place: Place
    profile: Profile | None
    case: Case
    compiled: Compiled


class Planned(NamedTuple):
    """A plan, with what its cells are made of, by their ids."""

    plan: Plan
    subjects: Mapping[str, Subject]


def planned(
    found: FoundBench,
    source: Source,
    places: Sequence[Place],
    folders: Sequence[Path],
    options: Mapping[str, Any],
) -> Planned:
    """The plan. `folders` are those with earlier records; `options` go before what the file says."""
    from wan22dsl import __version__
    from wan22dsl.bench import plan as order
    from wan22dsl.bench.models import Plan
    from wan22dsl.language.program.modules import used_texts
    from wan22dsl.run import store as records

    bench = found.bench
    subjects = _subjects(found, places, folders)
    cells = tuple(subject.cell for subject in subjects)
    now = datetime.now(timezone.utc)
    plan = Plan(
        bench=1,
        id=records.new_id(records.now(), bench.name),
        name=bench.name,
        file=source.path,
        pipeline=bench.pipeline,
        source=source.text,
        uses=dict(sorted(used_texts(source).items())),
        wan22dsl=__version__,
        made=now.isoformat(timespec="seconds"),
        simulated=any(place.simulated_card for place in places),
        design=_design(found, options),
        cells=cells,
        sessions=order.sessions(cells),
    )
    return Planned(plan, {subject.cell.id: subject for subject in subjects})


def _design(found: FoundBench, options: Mapping[str, Any]) -> Design:
    """How is measured: by the options, else by the file, else as usual."""
    from wan22dsl.bench import plan as order

    bench = found.bench

    def number(name: str, otherwise: int) -> int:
        given = options.get(name)
        given = getattr(bench, name) if given is None else given
        return otherwise if given is None else int(given)

    usual = order.design()
    design = order.design(
        repeat=number("repeat", usual.repeat),
        cold=number("cold", usual.cold),
        quality=bench.quality,
    )
    if bench.warmups is None:
        return design
    return design.model_copy(update={"warmups": bench.warmups, "compile_warmups": bench.warmups})


def _subjects(found: FoundBench, places: Sequence[Place], folders: Sequence[Path]) -> list[Subject]:
    from wan22dsl.api.benches import cell_name, compile_case
    from wan22dsl.bench.models import Cell, Value

    bench = found.bench
    profiles = {profile.name: profile for profile in bench.profiles}
    compiled = {case.values: compile_case(found, case) for case in bench.cases}
    earlier = _earlier(folders)
    subjects = []
    for place in places:
        for name, case in bench.cells:
            made = compiled[case.values]
            graph = made.graph.graph if made.graph is not None else None
            own = cell_name(name, case)
            id = ", ".join(part for part in (place.name if len(places) > 1 else "", own) if part)
            recipe = recipe_of(made.prompt) if made.prompt is not None else None
            warm_s, cold_s = _estimate(graph, place, profiles.get(name))
            key = (recipe, place.name, name)
            cell = Cell(
                id=id or bench.pipeline,
                place=place.name,
                profile=name,
                values=tuple(Value(name=each, value=text) for each, text in case.values),
                is_baseline=bench.baseline_of(name, case) == (name, case),
                recipe=recipe,
                workload=_workload(graph),
                problem=_problem(made),
                not_simulated=place.not_simulated(profiles.get(name)),
                estimate_s=earlier.get(key, warm_s) if not place.simulated_card else warm_s,
                cold_estimate_s=cold_s,
                compiles=graph is not None and _compiles(graph, profiles.get(name)),
            )
            subjects.append(Subject(cell, place, profiles.get(name), case, made))
    return subjects


def recipe_of(prompt: Mapping[str, Any]) -> str:
    """The digest of a prompt without seeds, titles, and the names of the files that it reads or writes.

    Two prompts with the same one cost the same.
    """
    kept = {
        id: {
            "class_type": node["class_type"],
            "inputs": {
                name: value
                for name, value in sorted(node["inputs"].items())
                if name not in _NO_COST or isinstance(value, list)
            },
        }
        for id, node in sorted(prompt.items())
    }
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


#: Inputs that change no time: seeds, and names of files.
_NO_COST = frozenset(("seed", "noise_seed", "image", "filename_prefix"))


def _workload(graph: Graph | None) -> str:
    """`832x1216, 81 frames` of the first pass, as far as it is known."""
    if graph is None:
        return ""
    from wan22dsl.graph.passes.plan import plan as plan_of

    first = next(iter(plan_of(graph).passes), None)
    if first is None:
        return ""
    size = f"{first.width}x{first.height}" if first.width and first.height else ""
    frames = f"{first.frames} frames" if first.frames else ""
    return ", ".join(filter(None, (size, frames)))


def _problem(made: Compiled) -> Reason | None:
    """Why a cell cannot be measured: it does not compile."""
    if made.prompt is not None:
        return None
    from wan22dsl.bench.models import Reason

    errors = [finding for finding in made.diagnostics if finding.is_error]
    said = f"{errors[0].message} {errors[0].help}".strip() if errors else "It has errors."
    more = f" And {len(errors) - 1} more errors." if len(errors) > 1 else ""
    return Reason(cause="does not compile", text=f"{said}{more}")


#: Classes that compile a model, by a part of their names (core's TorchCompileModel, KJNodes' variants).
_COMPILERS = ("TorchCompile", "torch_compile", "CompileSettings")


def _compiles(graph: Graph, profile: Profile | None) -> bool:
    """Whether something compiles in the first runs, by a node or by the flags."""
    if any(word in node.class_name for node in graph.nodes.values() for word in _COMPILERS):
        return True
    fast = profile.flag("--fast") if profile is not None else None
    if fast is None:
        return False
    return fast.value is True or "autotune" in (
        fast.value if isinstance(fast.value, tuple) else (fast.value,)
    )


def _estimate(
    graph: Graph | None, place: Place, profile: Profile | None
) -> tuple[float | None, float | None]:
    """Seconds of a warm and of a cold run by the cost model, where the card is known."""
    card = place.simulated_card or (profile.card if profile is not None else "")
    if graph is None or not card:
        return None, None
    from wan22dsl.graph.cost.cards import card_named
    from wan22dsl.graph.cost.estimate import estimate

    try:
        cost = estimate(graph, card_named(card))
    except CommandError:
        return None, None  # a card that nothing is known of
    if cost.seconds is None:
        return None, None
    cold_s = cost.seconds + cost.cold_s if cost.cold_s is not None else None
    return cost.seconds, cold_s


def _earlier(folders: Sequence[Path]) -> dict[tuple[str | None, str, str], float]:
    """Median seconds of earlier benches, by recipe, place and profile."""
    from statistics import median

    from wan22dsl.bench import store

    found: dict[tuple[str | None, str, str], list[float]] = {}
    for folder in folders:
        for place in sorted(folder.glob("bench-*/bench.json")):
            try:
                bench = store.load(place.parent, with_records=False)
            except CommandError:
                continue  # of another version, or damaged: the command that shows it says so
            cells = {cell.id: cell for cell in bench.plan.cells}
            for run in bench.runs:
                cell = cells[run.cell]
                if run.figures is not None and not run.reasons and run.role == "measured":
                    key = (cell.recipe, cell.place, cell.profile)
                    found.setdefault(key, []).append(run.figures.total_s)
    return {key: median(values) for key, values in found.items() if key[0] is not None}


def require_same(plan: Plan, wanted: Plan, folder: Path) -> None:
    """Raises CommandError where a bench that is to be resumed is not the one that the file declares."""
    for what, left, right in (
        ("the file", plan.source, wanted.source),
        ("a file that it uses", plan.uses, wanted.uses),
        ("its name", plan.name, wanted.name),
        ("how is measured", plan.design, wanted.design),
        ("the cells", _keys(plan), _keys(wanted)),
    ):
        if left != right:
            raise CommandError(
                f"{folder.as_posix()}: cannot be resumed: {what} is not as it was when the bench began",
                "Undo the change, or begin a new bench: leave out --resume.",
            )


def _keys(plan: Plan) -> list[tuple[Any, ...]]:
    return [(cell.id, cell.place, cell.profile, cell.values, cell.recipe) for cell in plan.cells]
