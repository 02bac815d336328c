"""What can be done with a pipeline, a graph or a bench, in a line above it; and when it ran last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.editor.commands import summary
from wan22dsl.editor.configuration import Lenses
from wan22dsl.editor.records import folders_for
from wan22dsl.formats.description import words
from wan22dsl.language.syntax.tree import Block, Derived
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.project import Project
    from wan22dsl.editor.records import LastRun, Records
    from wan22dsl.editor.view import View


class Lens(NamedTuple):
    """A lens above the name from `start` to `end`. The `title` of one that costs time is asked for later."""

    start: int
    end: int
    what: str
    name: str
    title: str
    record: str = ""


ALL = Lenses()


def of(project: Project, view: View, records: Records, shown: Lenses = ALL) -> list[Lens]:
    """The lenses of a file. `shown` are the kinds that are shown."""
    module = view.module
    found: list[Lens] = []
    for item in module.file.declarations if module is not None else ():
        if isinstance(item, (Block, Derived)):
            place = item.name.start, item.name.end
            name = item.name.text
            if item.word.text in ("pipeline", "graph"):
                for what, title in _of_pipeline(project, view, records, name, shown):
                    record = title if what == "showRun" else ""
                    found.append(Lens(*place, what, name, "" if record else title, record))
            elif item.word.text == "bench" and shown.bench:
                found.append(Lens(*place, "bench", name, "Run bench"))
    return found


def _of_pipeline(
    project: Project, view: View, records: Records, name: str, shown: Lenses
) -> Iterator[tuple[str, str]]:
    if shown.run:
        yield "run", "Run"
    if shown.compile:
        yield "compile", "Compile"
    if shown.estimate:
        yield "estimate", "" if view.card is not None and name in view.graphs else "Describe"
    yield "graph", "Graph"
    if shown.last_run:
        run = last_run(project, view, records, name)
        if run is not None:
            yield "showRun", str(run.file)


def title_of(project: Project, view: View, records: Records, what: str, name: str) -> str:
    """The title of a lens that costs time."""
    if what == "estimate":
        analysis = view.analyses_of_all.get(name)
        return (summary(analysis) if analysis is not None else "") or "Describe"
    run = last_run(project, view, records, name) if what == "showRun" else None
    return told(run) if run is not None else "No run"


def last_run(project: Project, view: View, records: Records, name: str) -> LastRun | None:
    """The last run of a pipeline, where its record is where `wan run` puts it."""
    file = view.source.file
    if file is None:
        return None
    folders = folders_for(project.workspace.project_of(file), file)
    return records.last(folders, disk.real_path(file), name)


def told(run: LastRun) -> str:
    """`Last run: 164 s on RTX 5090, simulated, 2026-12-01 17:31 UTC`."""
    when = f"{run.started[:10]} {run.started[11:16]} UTC"
    if run.result != "success":
        return f"Last run: {run.result}, {when}"
    time = words.seconds(run.seconds) if run.seconds is not None else "done"
    where = f" on {run.card}" if run.card else ""
    simulated = ", simulated" if run.simulated else ""
    return f"Last run: {time}{where}{simulated}, {when}"
