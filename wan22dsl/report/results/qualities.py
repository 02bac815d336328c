"""What was measured of videos: what is broken or suspicious, and figures to compare. There is no score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.report.results import shown
from wan22dsl.report.results.contents import Column, Item, Items, Prose, Table, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.quality.models import Quality
    from wan22dsl.report.results.bench import Bench
    from wan22dsl.report.results.contents import Block
    from wan22dsl.run.models.record import RunRecord

#: The figures of a table, as `Figures` names them: title, digits.
_FIGURES = {
    "brightness": ("brightness", 1),
    "contrast": ("contrast", 1),
    "saturation": ("saturation", 1),
    "sharpness": ("sharpness", 0),
    "noise": ("noise", 2),
    "flicker": ("flicker", 2),
    "motion_px": ("motion, px", 2),
    "warp_error": ("warp error", 2),
    "smoothness": ("smoothness", 2),
}

_NOTE = (
    "Figures say something only next to those of the same seed: a difference means that the video differs, "
    "not which one is better. `wan quality` explains each."
)


def of_run(id: str, record: RunRecord) -> tuple[Block, ...]:
    """What was measured of the videos of a run."""
    return tuple(_blocks(id, [(shown.name(record.source.pipeline), record)]))


def of_bench(bench: Bench) -> tuple[Block, ...]:
    """What was measured of the first measured run of each cell."""
    named = ((bench.label(cell.cell), bench.first_run(cell)) for cell in bench.outcome.cells)
    return tuple(_blocks(bench.id, [(label, run) for label, run in named if run is not None]))


def _blocks(id: str, named: Sequence[tuple[str, RunRecord]]) -> Iterator[Block]:
    found: list[tuple[str, Quality]] = []
    missing = []
    for label, record in named:
        for each in record.quality or ():
            if each.quality is not None:
                found.append((label, each.quality))
            else:
                reason = shown.sentence(each.not_measured) or "no reason is stated"
                missing.append(Item(reason, f"{label}, not measured", "warn"))
    real = [(label, quality) for label, quality in found if not quality.simulated]
    items = [item for label, quality in real for item in _findings(label, quality)]
    if items or missing:
        yield Items((*items, *missing))
    elif real:
        yield Prose("Nothing broken or suspicious was found in the videos that were measured.")
    if real:
        yield _table(id, real)
    elif found:
        yield Prose("The videos are drawings of the simulation: they are not judged.", "muted")


def _findings(label: str, quality: Quality) -> Iterator[Item]:
    for finding in quality.broken:
        yield Item(shown.sentence(f"{finding.message} {finding.help}"), f"{label}, broken", "bad")
    for finding in quality.suspicious:
        yield Item(
            shown.sentence(f"{finding.message} {finding.help}"), f"{label}, suspicious", "warn"
        )


def _table(id: str, measured: Sequence[tuple[str, Quality]]) -> Table:
    figures = [quality.figures.model_dump() for _, quality in measured]
    used = [name for name in _FIGURES if any(each.get(name) is not None for each in figures)]
    columns = (
        Column("video of"),
        Column("broken", is_number=True),
        Column("suspicious", is_number=True),
        *(Column(_FIGURES[name][0], is_number=True) for name in used),
        Column("to the image, dB", is_number=True, about="PSNR of the first frame."),
    )
    rows = []
    for (label, quality), values in zip(measured, figures):
        image = quality.against_image
        rows.append(
            (
                Value(label),
                _count(len(quality.broken)),
                _count(len(quality.suspicious)),
                *(shown.seconds(values.get(name), _FIGURES[name][1]) for name in used),
                shown.seconds(image.psnr_db if image is not None else None),
            )
        )
    return Table(f"{id}-quality", "Figures of the videos", columns, tuple(rows), (_NOTE,))


def _count(number: int) -> Value:
    return Value(str(number), float(number))
