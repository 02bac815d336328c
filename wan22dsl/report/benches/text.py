"""The gate and comparisons of benches as text for terminals and logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.bench.gate import ORDER
from wan22dsl.report.benches import words
from wan22dsl.report.lines import Piece, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.bench.between_benches import CellComparison
    from wan22dsl.bench.gate import Gate, GatedCell
    from wan22dsl.bench.measured import Measured
    from wan22dsl.report.lines import Line

#: State → the role of its word, for colours.
_ROLES = {"REGRESSION": "error", "NOT_COMPARABLE": "warning", "NO_BASELINE": "note", "PASS": "good"}
_WORDS = {
    "slower": "error",
    "faster": "good",
    "same": "",
    "unclear": "warning",
    "not comparable": "warning",
    "no baseline": "note",
}

#: So many cells of one kind are shown; of more, the number.
_MOST_CELLS = 40


def gate(found: Gate) -> Iterator[Line]:
    """The verdict, what is wrong with the whole, then the cells, the worst first."""
    yield line(Piece(words.title(found), _ROLES[found.state]))
    yield line(words.source(found))
    for problem in found.problems:
        yield line(Piece("problem: ", "warning"), problem)
    yield ()
    for state in ORDER:
        yield from _cells([cell for cell in found.cells if cell.state == state])
    unknown = words.unknown(found)
    if unknown:
        yield line("not compared, because unknown:")
        yield from (line(f"  {text}") for text in unknown)
        yield ()
    pictures = words.pictures((cell.id, cell.picture) for cell in found.cells)
    if pictures:
        yield from (line(text) for text in pictures)
        yield ()
    yield line(words.tally(found))
    if words.next_step(found):
        yield line(Piece("help: ", "help"), words.next_step(found))


def _cells(cells: Sequence[GatedCell]) -> Iterator[Line]:
    for cell in cells[:_MOST_CELLS]:
        figure = f"  {words.measured(cell)}" if cell.state == "PASS" and cell.changes else ""
        yield line(Piece(f"{cell.state:<14}", _ROLES[cell.state]), f"  {cell.id}{figure}")
        yield from (line(f"    {text}") for text in words.lines(cell))
        yield from (line("    ", Piece("help: ", "help"), text) for text in cell.help)
    if len(cells) > _MOST_CELLS:
        yield line(f"{cells[0].state:<14}  and {len(cells) - _MOST_CELLS} more")
    if cells:
        yield ()


def comparison(
    before: Measured, now: Measured, cells: Sequence[CellComparison], machines: Sequence[str]
) -> Iterator[Line]:
    """Two benches beside each other: their cells, then what differs in their machines.

    Without snapshots, as of a baseline, what differs is what the cohorts of the cells have.
    """
    for name, bench in (("A", before), ("B", now)):
        simulated = ", simulated" if bench.simulated else ""
        yield line(
            f"{name}  {bench.name} of {bench.pipeline}, {bench.made[:16]}{simulated}  {bench.shown}"
        )
    yield ()
    yield from _comparisons(cells)
    facts = {fact.line: fact for cell in cells for fact in (*cell.forbidden, *cell.differences)}
    if machines:
        yield ()
        yield line("what differs in the machines, by its known effect on speed:")
        yield from (line(f"  {text}") for text in machines)
        kinds = ("bench", "workload", "design", "recipe")
        facts = {text: fact for text, fact in facts.items() if fact.kind in kinds}
    if facts:
        yield ()
        yield line("what differs:" if not machines else "what else differs:")
        for fact in facts.values():
            why = f" ({fact.effect.why})" if fact.effect.why else ""
            yield line(f"  {fact.line}{why}")
    unknown = words.unknown_lines(fact for cell in cells for fact in cell.unknown)
    if unknown:
        yield ()
        yield line("not compared, because unknown:")
        yield from (line(f"  {text}") for text in unknown)
    pictures = words.pictures((cell.id, cell.picture) for cell in cells)
    if pictures:
        yield ()
        yield from (line(text) for text in pictures)


def _comparisons(found: Sequence[CellComparison]) -> Iterator[Line]:
    for cell in found[:_MOST_CELLS]:
        figure = f"  {cell.change.line}" if cell.change else ""
        yield line(Piece(f"{cell.word:<14}", _WORDS[cell.word]), f"  {cell.id}{figure}")
        texts = [cell.note] if cell.note else []
        texts += [f"{why.cause}: {why.text}" for why in cell.why]
        texts += [fact.line + (f" ({fact.how})" if fact.how else "") for fact in cell.forbidden]
        if cell.word == "unclear":
            texts.append("the sessions of both overlap: measure more of them")
        if cell.word != "same":
            texts += [part.line for part in cell.parts]
        if cell.picture is not None and cell.picture.is_news:
            texts.append(cell.picture.line)
        yield from (line(f"    {text}") for text in texts)
    if len(found) > _MOST_CELLS:
        yield line(f"and {len(found) - _MOST_CELLS} more cells")
