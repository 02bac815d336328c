"""`wan graph`: the picture of a pipeline."""

from __future__ import annotations

import sys

from wan22dsl.api.picture import FORMATS, draw
from wan22dsl.cli import files, show, streams, values
from wan22dsl.cli.declare import FILE, OUTPUT, PARAMS, PIPELINE, SET, TARGET, Command, Option
from wan22dsl.cli.judged_by import judged_by
from wan22dsl.report.text import summary

FORMAT = Option(
    "format",
    ("--format", "-f"),
    "`svg` to look at, `mermaid` and `dot` for documents",
    "FORMAT",
    default="svg",
    choices=FORMATS,
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
    """Draw a pipeline or a ComfyUI workflow.

    Each pass and stage has a frame, each clip its rows. The noise before each step is below.
    """
    drawn = draw(
        files.read(file),
        format,
        pipeline=pipeline,
        values=values.gather(settings, params),
        target=judged_by(target, file),
    )
    show.diagnostics(drawn.errors, sys.stderr)
    if drawn.text is None:
        streams.tell(f"\n{summary(drawn.errors, 1)}; nothing was drawn\n")
        return 1
    files.write(output, drawn.text)
    if output != files.STANDARD:
        streams.say(f"wrote {output}")
    return 0


COMMAND = Command(run, (FILE, OUTPUT, FORMAT, PIPELINE, SET, PARAMS, TARGET))
