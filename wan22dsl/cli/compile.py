"""`wan compile`: a pipeline to ComfyUI JSON, for its server or for its editor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler
from wan22dsl.cli import files, show, streams, values
from wan22dsl.cli.declare import FILE, OUTPUT, PARAMS, PIPELINE, SET, TARGET, Command, Option
from wan22dsl.cli.judged_by import judged_by
from wan22dsl.errors import CommandError, WanError
from wan22dsl.report.text import counted, summary
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.keeping.workflow import Kept
    from wan22dsl.source import Source

#: What `--like` takes for no original.
NONE = "none"

FORMAT = Option(
    "format",
    ("--format", "-f"),
    "`prompt` for ComfyUI's server, `workflow` for its editor",
    "FORMAT",
    default="prompt",
    choices=("prompt", "workflow"),
)
LIKE = Option(
    "like",
    ("--like",),
    "Workflow JSON whose layout is kept (default: what FILE was imported from); `none`: a new layout",
    "ORIGINAL",
)


def run(
    file: str,
    output: str,
    format: str,
    like: str | None,
    pipeline: str | None,
    settings: list[str],
    params: str | None,
    target: str | None,
) -> int:
    """Compile a pipeline to ComfyUI JSON.

    The JSON goes to standard output or to OUT, findings to standard error. If there are errors, nothing is
    written. A workflow is laid out, with groups and a note; or it keeps the layout of its ORIGINAL, with
    new nodes next to what they are linked to.
    """
    from wan22dsl.formats.prompt import dump

    if like is not None and format != "workflow":
        raise CommandError("--like keeps the layout of a workflow; add --format workflow.")

    source = files.read(file)
    given = values.gather_for(source, settings, params)
    catalogue = judged_by(target, file)
    if format == "workflow":
        asked = _Asked(
            pipeline,
            given,
            catalogue,
            _command(source, pipeline, settings, params, target, given, like),
        )
        made, found = _workflow(source, asked, like)
    else:
        result = compiler.compile(source, pipeline=pipeline, values=given, target=catalogue)
        made, found = result.prompt, result.diagnostics
    show.diagnostics(found, sys.stderr)
    if made is None:
        streams.tell(f"\n{summary(found, 1)}; nothing was written\n")
        return 1
    files.write(output, dump(made), json=True)
    if output != files.STANDARD:
        nodes = made if format == "prompt" else made["nodes"]
        streams.say(f"wrote {output}: {counted(len(nodes), 'node')}")
    return 0


class _Asked(NamedTuple):
    """What a workflow is made with."""

    pipeline: str | None
    values: dict[str, Any]
    target: Catalogue | str
    command: str


def _workflow(
    source: Source, asked: _Asked, like: str | None
) -> tuple[dict[str, Any] | None, list[Diagnostic]]:
    """The workflow, as its original where there is one; what was taken from that is told."""
    from wan22dsl import __version__

    given = {**asked._asdict(), "version": __version__}
    if like is not None and like != NONE:
        kept, found = compiler.workflow_like(
            source, (files.document(like), like, Path(like)), **given
        )
        return _told(kept, found)
    beside = None if like == NONE else compiler.original_of(source)
    if beside is not None:
        try:
            kept, found = compiler.workflow_like(source, beside, **given)
        except WanError as error:
            streams.say(f"note: the layout is new, not that of {beside.name}: {error}")
        else:
            return _told(kept, found, "; --like none makes a new layout")
    if like == NONE:
        _say_fixed(source, asked.target)
    return compiler.workflow(source, **given)


def _say_fixed(source: Source, target: Catalogue | str) -> None:
    """What a new layout does not take over from the original: values that change after each run."""
    from wan22dsl.keeping.original import changed_after_a_run

    beside = compiler.original_of(source)
    try:
        original = None if beside is None else compiler.opened_original(beside, target)
    except WanError:
        return
    found = [] if original is None else changed_after_a_run(original)
    if beside is not None and found:
        more = f" and {counted(len(found) - 1, 'other')}" if len(found) > 1 else ""
        verbs = ("change", "are") if more else ("changes", "is")
        streams.say(
            f"note: {found[0]}{more} of {beside.name} {verbs[0]} after each run and {verbs[1]} fixed here; "
            "set `control_after_generate` in the editor, or compile without --like none"
        )


def _told(
    kept: Kept | None, found: list[Diagnostic], more: str = ""
) -> tuple[dict[str, Any] | None, list[Diagnostic]]:
    if kept is None:
        return None, found
    streams.say(f"note: {kept.note}{more}")
    return kept.workflow, found


def _command(
    source: Source,
    pipeline: str | None,
    settings: list[str],
    params: str | None,
    target: str | None,
    given: Mapping[str, Any],
    like: str | None,
) -> str:
    """The command line as it could be typed again, with file names alone: folders are the user's own.

    A number that was drawn takes the place of `random`.
    """
    import shlex

    name = "-" if source.path == "<stdin>" else _bare(source.path)
    words = ["wan", "compile", name, "--format", "workflow"]
    if pipeline is not None:
        words += ["--pipeline", pipeline]
    asked = values.gather(settings, params)
    drawn = [f"{name}={given[name]}" for name in asked if asked[name] != given[name]]
    for item in [*settings, *drawn]:
        words += ["--set", item]
    if params is not None:
        words += ["--params", _bare(params)]
    if like is not None:
        words += ["--like", _bare(like)]
    if target is not None:
        words += ["--target", target if "://" in target else _bare(target)]
    return shlex.join(words)


def _bare(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


COMMAND = Command(run, (FILE, OUTPUT, FORMAT, LIKE, PIPELINE, SET, PARAMS, TARGET))
