"""`wan compile`: a pipeline to ComfyUI prompt JSON."""

from __future__ import annotations

import sys

from wan22dsl import compiler
from wan22dsl.cli import files, show, streams, values
from wan22dsl.cli.declare import FILE, OUTPUT, PARAMS, PIPELINE, SET, TARGET, Command
from wan22dsl.report.text import counted, summary


def run(
    file: str,
    output: str,
    pipeline: str | None,
    settings: list[str],
    params: str | None,
    target: str,
) -> int:
    """Compile a pipeline to ComfyUI prompt JSON.

    The JSON goes to standard output or to OUT, what there is to say about the file to standard error.
    Nothing is written when there are errors.
    """
    from wan22dsl.formats.prompt import dump

    result = compiler.compile(
        files.read(file),
        pipeline=pipeline,
        values=values.gather(settings, params),
        target=target,
    )
    show.diagnostics(result.diagnostics, sys.stderr)
    if result.prompt is None:
        streams.tell(f"\n{summary(result.diagnostics, 1)}; nothing was written\n")
        return 1
    files.write(output, dump(result.prompt))
    if output != files.STANDARD:
        streams.tell(f"wrote {output}: {counted(len(result.prompt), 'node')}\n")
    return 0


COMMAND = Command(run, (FILE, OUTPUT, PIPELINE, SET, PARAMS, TARGET))
