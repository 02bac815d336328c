"""The gate as workflow commands of GitHub Actions, on the file of the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.report.benches import words
from wan22dsl.report.github import command

if TYPE_CHECKING:
    from wan22dsl.bench.gate import Gate

_KINDS = {"REGRESSION": "error", "NOT_COMPARABLE": "error", "NO_BASELINE": "warning"}

#: GitHub shows ten of a kind for each step.
_MOST = 10


def render(gate: Gate) -> str:
    """One command for each cell that does not pass, or whose picture changed, and for each problem."""
    place = {"file": gate.bench.file} if gate.bench.file else {}
    found = [
        command("error", problem, {**place, "title": f"wan bench {gate.bench.name}"})
        for problem in gate.problems[:_MOST]
    ]
    for state, kind in _KINDS.items():
        cells = [cell for cell in gate.cells if cell.state == state]
        for cell in cells[:_MOST]:
            text = "\n".join([*words.lines(cell), *cell.help])
            found.append(command(kind, text, {**place, "title": f"{state} {cell.id}"}))
        if len(cells) > _MOST:
            more = f"and {len(cells) - _MOST} more cells"
            found.append(command("notice", more, {**place, "title": state}))
    changed = [cell for cell in words.changed_pictures(gate) if cell.state == "PASS"]
    for cell in changed[:_MOST]:
        text = "\n".join([*words.lines(cell), *cell.help])
        title = f"picture changed: {cell.id}"
        found.append(command("warning", text, {**place, "title": title}))
    return "".join(found)
