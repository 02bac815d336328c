"""`wan expand`: the plain graph that a pipeline stands for."""

from __future__ import annotations

import sys

from wan22dsl.api import compiler
from wan22dsl.cli import files, show, streams, values
from wan22dsl.cli.declare import FILE, OUTPUT, PARAMS, PIPELINE, SET, TARGET, Command
from wan22dsl.cli.judged_by import judged_by
from wan22dsl.report.text import summary


def run(
    file: str,
    output: str,
    pipeline: str | None,
    settings: list[str],
    params: str | None,
    target: str | None,
) -> int:
    """Show the plain graph of a pipeline.

    The graph is a `.wan` file with only ComfyUI nodes; it compiles to the same JSON.
    """
    source = files.read(file)
    text, found = compiler.expand(
        source,
        pipeline=pipeline,
        values=values.gather_for(source, settings, params),
        target=judged_by(target, file),
    )
    show.diagnostics(found, sys.stderr)
    if text is None:
        streams.tell(f"\n{summary(found, 1)}; nothing was written\n")
        return 1
    files.write(output, text)
    if output != files.STANDARD:
        streams.say(f"wrote {output}")
    return 0


COMMAND = Command(run, (FILE, OUTPUT, PIPELINE, SET, PARAMS, TARGET))
