"""A baseline: a bench that somebody looked at and accepted, in one small file to commit.

It has figures and cohorts, and neither prompts nor paths nor addresses. Nothing but `accept` changes it. Next
to it is a folder with a video of each cell (`kept_videos`).
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.bench import kept_videos, units
from wan22dsl.bench.cohort import KINDS, Cohort, compare, lacking
from wan22dsl.bench.measured import Measured, MeasuredCell, Video
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wan22dsl.bench.cohort import Fact
    from wan22dsl.bench.kept_videos import Kept
    from wan22dsl.bench.models_gate import AcceptedCell, AcceptedVideo, Baseline

#: 10,000 cells have 20 MB.
_MOST_BYTES = 64 * 1024**2

#: So many acceptances are kept.
_HISTORY = 50

#: What one machine is: these tables are in `Machine`, the others are by cell or for all.
_OF_MACHINE = tuple(
    table for kind in ("card", "power", "software", "flags") for table in KINDS[kind]
)

#: A list of numbers on lines of its own.
_NUMBERS = re.compile(r"\[\s+((?:-?[\d.e+-]+,?\s+)+)\]")


class Accepted(NamedTuple):
    """A new baseline. `kept` are cells with their old figures, `dropped` those that are no longer there,
    `changed` what differs in the machine, with the first cell that has it. `videos` are to be kept with it.
    """

    baseline: Baseline
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    changed: tuple[tuple[str, Fact], ...]
    videos: Kept


# --- reading ---


def load(path: str) -> Baseline:
    """A baseline. Raises CommandError, which names the file, where it is none that can be read."""
    from pydantic import ValidationError

    from wan22dsl.bench.models_gate import VERSION, Baseline

    try:
        data = disk.read(path, None, _MOST_BYTES)
    except UnreadableFile as error:
        raise CommandError(str(error)) from error
    shown = path.replace(os.sep, "/")
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise CommandError(f"{shown}: is not JSON, or only half of it is there") from None
    version = found.get("baseline") if isinstance(found, dict) else None
    if type(version) is not int:
        raise CommandError(
            f"{shown}: is not the baseline of a bench; `wan bench accept DIR -o FILE` writes one"
        )
    if version != VERSION:
        raise CommandError(
            f"{shown}: has version {version} of the schema, and this wan22dsl reads version {VERSION}; "
            "update wan22dsl, or accept a bench again"
        )
    try:
        baseline = Baseline.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(item) for item in first["loc"]) or "the whole"
        raise CommandError(f"{shown}: is damaged: `{where[:200]}`: {first['msg'][:200]}") from None
    for problem in _problems(baseline):
        raise CommandError(f"{shown}: is damaged: {problem}")
    return baseline


def _problems(baseline: Baseline) -> Iterator[str]:
    """What the shape allows and makes no sense."""
    for name, cell in baseline.cells.items():
        if cell.machine not in baseline.machines:
            yield f"cell `{name[:80]}` is of machine `{cell.machine[:80]}`, which is not in the file"
        for figure, medians in cell.figures.items():
            if not medians:
                yield f"cell `{name[:80]}` has no value of `{figure[:80]}`"
            if units.unit_of(figure) and min(medians, default=0.0) < 0:
                yield f"cell `{name[:80]}` has a negative `{figure[:80]}`"


def measured(baseline: Baseline, path: str) -> Measured:
    """A baseline as what is compared."""
    head: dict[str, Mapping[str, Any]] = {
        "simulated": {"simulated": baseline.simulated},
        "bench": {"bench": baseline.name, "pipeline": baseline.pipeline},
        "design": dict(baseline.design),
    }
    newest = baseline.history[0] if baseline.history else None
    cells = tuple(
        _cell(name, cell, baseline, head)._replace(videos=kept_videos.of_baseline(cell.video, path))
        for name, cell in baseline.cells.items()
    )
    return Measured(
        path.replace(os.sep, "/"),
        ", ".join(newest.benches) if newest else "",
        baseline.name,
        baseline.pipeline,
        newest.at if newest else "",
        baseline.simulated,
        cells,
    )


def _cell(
    name: str, cell: AcceptedCell, baseline: Baseline, head: Mapping[str, Mapping[str, Any]]
) -> MeasuredCell:
    machine = baseline.machines[cell.machine]
    tables: dict[str, Any] = {table: _plain(getattr(machine, table)) for table in _OF_MACHINE}
    tables |= {
        **head,
        "workload": {"workload": cell.workload or None},
        "recipe": {"recipe": cell.recipe},
    }
    partial = frozenset() if machine.packages_are_all else frozenset({"packages"})
    cohort = Cohort(tables, machine.missing, partial)
    values = tuple(cell.values.items())
    return MeasuredCell(name, cell.place, cell.profile, values, cohort, cell.figures)


def _plain(table: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if table is None:
        return None
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }


# --- writing ---


def accept(
    benches: Sequence[Measured],
    old: Baseline | None,
    *,
    at: str,
    note: str = "",
    made_by: str = "",
    allow_partial: bool = False,
    with_videos: bool = True,
) -> Accepted:
    """A baseline of one bench, or of several of the same cohort: a cell then has the sessions of all.

    `with_videos`: a video of each cell is to be kept with it. Cells that keep their old figures keep their
    old one.

    Raises CommandError where a bench is not whole, unless `allow_partial`; where simulated and real figures,
    or different benches, would be mixed; and where so little is known that nothing could be compared.
    """
    first = benches[0]
    for bench in benches:
        _refuse_mixed(bench, first.simulated, (first.name, first.pipeline), first.shown)
        if old is not None:
            _refuse_mixed(bench, old.simulated, (old.name, old.pipeline), "the baseline")
        if not allow_partial:
            _refuse_partial(bench)
    cells = _together(benches)
    _refuse_unknown(cells, first.shown)
    before = {} if old is None else {cell.id: cell for cell in measured(old, "").cells}
    kept = [cell.id for cell in cells if not cell.figures and cell.id in before]
    cells = [before[cell.id] if cell.id in kept else cell for cell in cells]
    cells = [cell for cell in cells if cell.figures]
    if not cells:
        raise CommandError(
            f"{first.shown}: has no cell that was measured; there is nothing to accept"
        )
    names = {cell.id for cell in cells}
    videos = kept_videos.choose(benches if with_videos else (), names - {*kept})
    listed: dict[str, AcceptedVideo | None] = {
        name: _video(name, video) for name, video in videos.videos.items()
    }
    if old is not None:
        listed |= {name: old.cells[name].video for name in kept}
    return Accepted(
        _written(cells, benches, old, at, note, made_by, listed),
        tuple(kept),
        tuple(name for name in before if name not in names),
        tuple(_changes(before, cells)),
        videos,
    )


def _video(cell: str, video: Video) -> AcceptedVideo:
    from wan22dsl.bench.models_gate import AcceptedVideo

    return AcceptedVideo(
        file=kept_videos.name_of(cell, video),
        size_bytes=video.size_bytes,
        sha256=video.sha256,
        prompt_sha256=video.prompt_sha256,
        seed_shift=video.seed_shift,
    )


def _refuse_mixed(bench: Measured, simulated: bool, name: tuple[str, str], other: str) -> None:
    if bench.simulated != simulated:
        kinds = ("simulated", "real") if bench.simulated else ("real", "simulated")
        raise CommandError(
            f"{bench.shown}: is {kinds[0]}, and {other} is {kinds[1]}: their times are not comparable; "
            "use another file"
        )
    if (bench.name, bench.pipeline) != name:
        raise CommandError(
            f"{bench.shown}: is bench `{bench.name}` of `{bench.pipeline}`, and {other} is of bench "
            f"`{name[0]}` of `{name[1]}`; use another file"
        )


def _refuse_partial(bench: Measured) -> None:
    if bench.unfinished:
        raise CommandError(
            f"{bench.shown}: {bench.unfinished}; --allow-partial accepts what was measured"
        )
    failed = [cell for cell in bench.cells if not cell.figures or cell.why]
    if failed:
        why = failed[0].why[0].text if failed[0].why else "not measured"
        more = f", and {len(failed) - 1} more cells were not measured" if len(failed) > 1 else ""
        raise CommandError(
            f"{bench.shown}: cell `{failed[0].id}`: {why}{more}; --allow-partial accepts the others"
        )


def _refuse_unknown(cells: Sequence[MeasuredCell], shown: str) -> None:
    for cell in cells:
        fact = lacking(cell.cohort) if cell.figures else None
        if fact is not None:
            raise CommandError(
                f"{shown}: nothing could be compared with cell `{cell.id}`: {fact.line}; {fact.how}"
            )


def _together(benches: Sequence[Measured]) -> list[MeasuredCell]:
    """The cells of all benches; the sessions of the same cell are put together. Raises CommandError."""
    found: dict[str, MeasuredCell] = {}
    for bench in benches:
        for cell in bench.cells:
            before = found.get(cell.id)
            if before is None or not before.figures:
                found[cell.id] = cell
                continue
            if not cell.figures:
                continue
            different = compare(before.cohort, cell.cohort).differences
            if different:
                raise CommandError(
                    f"{bench.shown}: cell `{cell.id}` cannot be put together with that of the other bench: "
                    f"{different[0].line}"
                )
            figures = {
                name: (*before.figures[name], *cell.figures[name])
                for name in before.figures
                if name in cell.figures
            }
            found[cell.id] = before._replace(figures=figures)
    return list(found.values())


def _changes(
    before: Mapping[str, MeasuredCell], cells: Sequence[MeasuredCell]
) -> Iterator[tuple[str, Fact]]:
    """What differs from the old baseline, each difference once."""
    seen = set()
    for cell in cells:
        if cell.id not in before:
            continue
        for fact in compare(before[cell.id].cohort, cell.cohort).differences:
            if fact.line not in seen:
                seen.add(fact.line)
                yield cell.id, fact


def _written(
    cells: Sequence[MeasuredCell],
    benches: Sequence[Measured],
    old: Baseline | None,
    at: str,
    note: str,
    made_by: str,
    videos: Mapping[str, AcceptedVideo | None],
) -> Baseline:
    from wan22dsl.bench.models_gate import Acceptance, AcceptedCell, Baseline, Machine

    has_places = len({cell.place for cell in cells}) > 1
    machines: dict[str, Machine] = {}
    listed: dict[str, AcceptedCell] = {}
    for cell in cells:
        tables = cell.cohort.tables
        of_machine: dict[str, Any] = {table: tables.get(table) for table in _OF_MACHINE}
        machine = Machine(
            **of_machine,
            packages_are_all="packages" not in cell.cohort.partial,
            missing={
                key: reason
                for key, reason in sorted(cell.cohort.missing.items())
                if key.partition(".")[0] in _OF_MACHINE
            },
        )
        listed[cell.id] = AcceptedCell(
            place=cell.place if has_places else "",
            profile=cell.profile,
            values=dict(cell.values),
            machine=_name_of(machine, machines, cell.profile),
            workload=_text(tables, "workload"),
            recipe=_text(tables, "recipe") or None,
            figures={
                name: tuple(round(value, 4) for value in medians)
                for name, medians in cell.figures.items()
            },
            video=videos.get(cell.id),
        )
    totals = {cell.id: cell.value("total_s") for cell in cells}
    now = Acceptance(
        at=at,
        note=note,
        benches=tuple(bench.id for bench in benches),
        wan22dsl=made_by,
        total_s={name: round(value, 4) for name, value in totals.items() if value is not None},
    )
    first = benches[0]
    return Baseline(
        baseline=1,
        name=first.name,
        pipeline=first.pipeline,
        simulated=first.simulated,
        design=dict(cells[0].cohort.tables["design"] or {}),
        machines=machines,
        cells=listed,
        history=(now, *(old.history if old is not None else ()))[:_HISTORY],
    )


def _text(tables: Mapping[str, Any], table: str) -> str:
    """The only fact of a table."""
    return str((tables[table] or {}).get(table) or "")


def _name_of(machine: Any, machines: dict[str, Any], profile: str) -> str:
    """The key of a machine: its profile, with a number where several differ in spite of it."""
    plain = profile or "as started"
    name, number = plain, 2
    while machines.setdefault(name, machine) != machine:
        name, number = f"{plain} {number}", number + 1
    return name


def dump(baseline: Baseline) -> str:
    """A baseline as a file has it: what changes is on lines of its own."""
    text = json.dumps(baseline.as_json(), indent=2, ensure_ascii=False)
    return _NUMBERS.sub(lambda found: "[" + " ".join(found[1].split()) + "]", text) + "\n"
