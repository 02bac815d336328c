"""What an editor can have made of a file: JSON, a description, an estimate, differences, a command line.

Each function gives an `Answer`, whatever is wrong: nothing is raised. `data` are values that JSON takes, and
places (`Span`) in it, which the protocol writes in its own way. `docs/editors.md` has the table of them.
"""

from __future__ import annotations

import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.api import compiler
from wan22dsl.api.pipelines import chosen, named, nothing_to, to_compile
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.diagnostics import has_errors
from wan22dsl.editor import graph_map
from wan22dsl.errors import CommandError, WanError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.editor.project import Project
    from wan22dsl.editor.view import View
    from wan22dsl.graph.analysis.model import Analysis


class Answer(NamedTuple):
    """What a command came to. `problem` says why there is nothing, and is empty where there is something.

    `findings` are what the linter reports of the files; errors of them may be the reason of the problem.
    """

    data: Mapping[str, Any] = MappingProxyType({})
    problem: str = ""
    findings: tuple[Diagnostic, ...] = ()


def compile(
    project: Project,
    view: View,
    pipeline: str | None,
    format: str = "prompt",
    values: Mapping[str, Any] = MappingProxyType({}),
) -> Answer:
    """The ComfyUI JSON of a pipeline, as text: `prompt` for the API, or `workflow` for the editor.

    `values` are parameters by name, as for `--set`.
    """

    def make() -> Answer:
        from wan22dsl import __version__
        from wan22dsl.formats.prompt import dump

        about: dict[str, Any] = {
            "pipeline": pipeline,
            "values": values or None,
            "target": _catalogue(view),
            "workspace": project.workspace,
        }
        if format == "workflow":
            made, found = compiler.workflow(view.source, version=__version__, **about)
        elif format == "prompt":
            made, _, found, _ = compiler.compile(view.source, **about)
        else:
            raise CommandError(f"unknown format `{format}`; formats: prompt, workflow")
        if made is None:
            return _nothing_but(found, "nothing was written")
        return Answer({"text": dump(made), "format": format}, findings=tuple(found))

    return _answered(view, make)


def expand(
    project: Project,
    view: View,
    pipeline: str | None,
    values: Mapping[str, Any] = MappingProxyType({}),
) -> Answer:
    """The plain graph that a pipeline stands for, as the text of a `.wan` file."""

    def make() -> Answer:
        text, found = compiler.expand(
            view.source,
            pipeline=pipeline,
            values=values or None,
            target=_catalogue(view),
            workspace=project.workspace,
        )
        if text is None:
            return _nothing_but(found, "nothing was written")
        return Answer({"text": text}, findings=tuple(found))

    return _answered(view, make)


def describe(view: View, pipeline: str | None) -> Answer:
    """What the pipelines of a file are, or the one that is named: as Markdown."""

    def make() -> Answer:
        from wan22dsl.formats.description import Description, Finding, markdown

        analyses = _analyses(view, pipeline)
        found = tuple(
            Finding(
                each.code,
                each.name,
                each.severity.value,
                each.message,
                None if each.span is None else each.span.first.line,
            )
            for each in view.findings
        )
        text = markdown.write(Description(view.source.path, analyses, found))
        return Answer({"markdown": text, "pipelines": [each.name for each in analyses]})

    return _answered(view, make)


def estimate(view: View, pipeline: str | None) -> Answer:
    """What the pipelines of a file cost on the configured card, or the one that is named.

    Each has its `cost` as `wan describe --format json` writes it, and a `summary` for people.
    """

    def make() -> Answer:
        from wan22dsl.formats.description.json import as_data

        rows = []
        for analysis in _analyses(view, pipeline):
            names = {own.id: own.name for clip in analysis.clips for own in clip.passes}
            rows.append(
                {
                    "pipeline": analysis.name,
                    "summary": summary(analysis),
                    "passes": names,
                    "cost": as_data(analysis.cost),
                }
            )
        return Answer({"card": view.card, "pipelines": rows})

    return _answered(view, make)


def summary(analysis: Analysis) -> str:
    """The time of a pipeline on its card, in a few words: `159 ± 37 s on RTX 5090`; empty without a card."""
    from wan22dsl.formats.description import words

    cost = analysis.cost
    if cost.card is None:
        return ""
    if any(pass_need.fit == "fails" for pass_need in cost.passes):
        return f"out of memory on {cost.card}"
    if cost.seconds is None:
        return f"no estimate for {cost.card}"
    return f"{words.seconds(cost.seconds, cost.plus_minus_s)} on {cost.card}"


def diff(project: Project, view: View, other: Path, pipeline: str | None) -> Answer:
    """What differs in meaning from another file to this one, a line each, and as data."""

    def make() -> Answer:
        from wan22dsl.comparing.files import compare

        sides = (_side(project, other), _text_of(view))
        found = compare(*sides, _catalogue(view), pipeline, project.workspace)
        if found.diagnostics:
            return _nothing_but(found.diagnostics, "the files cannot be compared")
        return Answer({"lines": found.lines(), **found.as_data()})

    return _answered(view, make)


def graph(view: View, pipeline: str | None, offset: int | None = None) -> Answer:
    """The picture of a pipeline as SVG, and its boxes with their nodes and places.

    Where no pipeline is named, that at the offset, else the only one. It is drawn as far as it was built.
    """

    def make() -> Answer:
        here = graph_map.pipeline_at(view, offset) if offset is not None else None
        name = name_of(view, pipeline or here, "draw")
        if not view.graphs[name].nodes:
            return _nothing_but(view.findings, "nothing was drawn")
        drawn = graph_map.picture(view, name)
        boxes = [
            {
                "id": box.id,
                "node": box.node,
                "title": box.title,
                "class": box.class_name,
                "places": list(box.places),
            }
            for box in drawn.boxes
        ]
        return Answer(
            {
                "pipeline": name,
                "svg": drawn.svg,
                "boxes": boxes,
                "is_whole": view.checked is not None and name in view.checked.graphs,
            }
        )

    return _answered(view, make)


def graph_at(view: View, pipeline: str | None, offset: int) -> Answer:
    """The pipeline and its nodes that the text at an offset is about."""

    def make() -> Answer:
        name = pipeline or graph_map.pipeline_at(view, offset)
        if name is None or name not in view.graphs:
            return Answer({"pipeline": None, "nodes": []})
        return Answer({"pipeline": name, "nodes": list(graph_map.at(view, name, offset))})

    return _answered(view, make)


def import_file(project: Project, file: Path, folder: Path | None = None) -> Answer:
    """The `.wan` text of a workflow, of a picture or video with one, or of a launcher.

    `folder` is where the text will be, by default beside the file.
    """

    def make() -> Answer:
        target = project.settings.target or DEFAULT_TARGET
        found = compiler.import_file(file, folder=folder or file.parent, target=target)
        if found.text is None:
            return _nothing_but(found.diagnostics, "nothing was imported")
        return Answer(
            {"text": found.text, "notes": list(found.hints)}, findings=tuple(found.diagnostics)
        )

    return _made(make)


def run_command(
    project: Project,
    view: View,
    name: str | None,
    *,
    simulate: bool = False,
    json: bool = False,
    more: Sequence[str] = (),
) -> Answer:
    """The command line that runs a pipeline, or a bench, from the folder of the project.

    It reads the file from disk, so what is not saved is to be saved first. `more` goes behind it.
    """

    def make() -> Answer:
        file = view.source.file
        if view.program is None or file is None:
            raise CommandError(f"{view.source.path}: only a .wan file can be run.")
        declared = view.program.main.names.get(name) if name is not None else None
        is_bench = declared is not None and declared.word.text == "bench"
        if not is_bench and name is not None:
            named({each.name.text: each for each in view.program.pipelines()}, name)
        words = [sys.executable, "-m", "wan22dsl", "bench" if is_bench else "run", str(file)]
        if name is not None:
            words += [name] if is_bench else ["--pipeline", name]
        if not simulate and project.settings.server is not None:
            words += ["--server", project.settings.server]
        if simulate:
            words.append("--simulate")
            if view.card is not None:
                words += ["--card", view.card]
        words += ["--json"] * json
        folder = project.workspace.project_of(file)
        saved = _saved(file) == view.source.text
        return Answer(
            {"argv": [*words, *more], "cwd": str(folder), "is_saved": saved, "card": view.card}
        )

    return _answered(view, make)


def _saved(file: Path) -> str | None:
    from wan22dsl.source import Source

    try:
        return Source.read(file).text
    except WanError:
        return None


# --- what they have in common ---


def _answered(view: View, make: Callable[[], Answer]) -> Answer:
    if view.checked is None:
        nothing = f"{view.source.path}: no pipeline and no ComfyUI workflow."
        return Answer(problem=view.problem or view.not_judged or nothing)
    return _made(make)


def _made(make: Callable[[], Answer]) -> Answer:
    try:
        return make()
    except WanError as error:
        return Answer(problem=str(error))


def _nothing_but(found: Sequence[Diagnostic], what: str) -> Answer:
    """Why there is nothing: how many errors there are."""
    from wan22dsl.formats.description.words import counted

    errors = sum(finding.is_error for finding in found)
    reason = f"{counted(errors, 'error')}; {what}" if has_errors([*found]) else what
    return Answer(problem=reason, findings=tuple(found))


def _catalogue(view: View) -> Any:
    assert view.catalogue is not None, view.problem
    return view.catalogue


def _analyses(view: View, pipeline: str | None) -> tuple[Analysis, ...]:
    """The analyses of one pipeline, or of all that are not parts of others."""
    if pipeline is not None:
        return (named(view.analyses_of_all, pipeline),)
    found = {name: view.analyses_of_all[name] for name in view.analyses} or view.analyses_of_all
    if not found:
        raise nothing_to("describe")
    return tuple(found.values())


def name_of(view: View, pipeline: str | None, purpose: str) -> str:
    """The pipeline that is meant where none is named: the only one. Raises CommandError."""
    names = {name: name for name in view.graphs}
    if pipeline is None and view.program is not None:
        whole = to_compile(view.program)
        names = {name: name for name in names if name in whole} or names
    return chosen(names, pipeline, purpose)


def _side(project: Project, file: Path) -> tuple[bytes, str, Path]:
    """The bytes of a file; what is open has its unsaved text."""
    from wan22dsl.formats.embedded import document

    if disk.real_path(file) in project.open_files:
        return project.workspace.read(file).text.encode(), file.as_posix(), file
    return document(file), file.as_posix(), file


def _text_of(view: View) -> tuple[bytes, str, Path | None]:
    source = view.source
    return source.text.encode("utf-8", "surrogatepass"), source.path, source.file
