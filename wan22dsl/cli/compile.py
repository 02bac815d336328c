"""`wan compile`: a pipeline to ComfyUI JSON, for its server or for its editor."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler
from wan22dsl.cli import files, show, streams, values
from wan22dsl.cli.declare import FILE, OUTPUT, PARAMS, PIPELINE, SET, TARGET, Command, Option
from wan22dsl.cli.judged_by import judged_by
from wan22dsl.report.text import counted, summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source

FORMAT = Option(
    "format",
    ("--format", "-f"),
    "`prompt` for ComfyUI's server, `workflow` for its editor",
    "FORMAT",
    default="prompt",
    choices=("prompt", "workflow"),
)


def run(
    file: str,
    output: str,
    format: str,
    pipeline: str | None,
    settings: list[str],
    params: str | None,
    target: str | None,
) -> int:
    """Compile a pipeline to ComfyUI JSON.

    The JSON goes to standard output or to OUT, findings to standard error. If there are errors, nothing is
    written. A workflow is laid out, with groups and a note.
    """
    from wan22dsl.formats.prompt import dump

    source = files.read(file)
    given = values.gather_for(source, settings, params)
    catalogue = judged_by(target, file)
    if format == "workflow":
        command = _command(source, pipeline, settings, params, target, given)
        made, found = _workflow(source, pipeline, given, catalogue, command)
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


def _workflow(
    source: Source,
    pipeline: str | None,
    given: dict[str, Any],
    target: Catalogue | str,
    command: str,
) -> tuple[dict[str, Any] | None, list[Diagnostic]]:
    from wan22dsl import __version__

    return compiler.workflow(
        source,
        pipeline=pipeline,
        values=given,
        target=target,
        command=command,
        version=__version__,
    )


def _command(
    source: Source,
    pipeline: str | None,
    settings: list[str],
    params: str | None,
    target: str | None,
    given: Mapping[str, Any],
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
    if target is not None:
        words += ["--target", target if "://" in target else _bare(target)]
    return shlex.join(words)


def _bare(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


COMMAND = Command(run, (FILE, OUTPUT, FORMAT, PIPELINE, SET, PARAMS, TARGET))
