"""`wan describe`: what a pipeline or a ComfyUI workflow is, and what is unusual about it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wan22dsl.api.description import describe
from wan22dsl.cli import files, show, streams, values
from wan22dsl.cli.declare import OUTPUT, PARAMS, PIPELINE, SET, TARGET, Argument, Command, Option
from wan22dsl.cli.judged_by import judged_by
from wan22dsl.graph.cost.cards import EXAMPLE
from wan22dsl.report.lines import clean
from wan22dsl.report.terminal import wants_colour, width_of
from wan22dsl.report.text import summary

if TYPE_CHECKING:
    from wan22dsl.formats.description import Description

FILE = Argument("file", "FILE", "`.wan` file or ComfyUI JSON; `-` reads standard input")
FORMAT = Option(
    "format",
    ("--format", "-f"),
    "`text` for a terminal, `markdown` for documents, `json` for programs",
    "FORMAT",
    default="text",
    choices=("text", "markdown", "json"),
)
CARD = Option(
    "cards",
    ("--card",),
    f"Add time and memory on this card, such as {EXAMPLE}; repeatable",
    "CARD",
    many=True,
)

#: The columns where there is no terminal.
_WIDTH = 100


def run(
    file: str,
    output: str,
    format: str,
    cards: list[str],
    pipeline: str | None,
    settings: list[str],
    params: str | None,
    target: str | None,
) -> int:
    """Describe a pipeline or a ComfyUI workflow.

    Its passes and their settings, the noise schedule, the frames, the cost, and what is unusual. Without
    --pipeline, all pipelines of the file.
    """
    found = describe(
        files.read(file),
        pipeline=pipeline,
        values=values.gather(settings, params),
        target=judged_by(target, file),
        cards=cards,
    )
    if found.description is None:
        show.diagnostics(found.errors, sys.stderr)
        streams.tell(f"\n{summary(found.errors, 1)}; nothing was described\n")
        return 1
    if found.is_partial:
        streams.tell(f"\n{summary(found.errors, 1)}; the description may be incomplete\n\n")
    _put(found.description, output, format)
    return 1 if found.errors else 0


def _put(description: Description, output: str, format: str) -> None:
    if output == files.STANDARD and format == "text" and wants_colour(sys.stdout):
        _show(description)
    else:
        text = _written(description, format, width_of(sys.stdout, _WIDTH))
        files.write(output, text, json=format == "json")
    if output != files.STANDARD:
        streams.say(f"wrote {output}")


def _show(description: Description) -> None:
    """On a terminal titles stand out."""
    from wan22dsl.formats.description import text
    from wan22dsl.report.lines import Piece

    shown = text.lines(description, width_of(sys.stdout, _WIDTH))
    roles = (("message" if line.is_title else "", clean(line.text)) for line in shown)
    show.lines([(Piece(line, role),) for role, line in roles], sys.stdout)


def _written(description: Description, format: str, width: int) -> str:
    if format == "json":
        from wan22dsl.formats.description import json

        return json.write(description)
    if format == "markdown":
        from wan22dsl.formats.description import markdown

        return clean(markdown.write(description))
    from wan22dsl.formats.description import text

    return clean(text.write(description, width))


COMMAND = Command(run, (FILE, OUTPUT, FORMAT, CARD, PIPELINE, SET, PARAMS, TARGET))
