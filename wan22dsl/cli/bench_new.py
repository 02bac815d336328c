"""`wan bench new`: a bench file that fits a card."""

from __future__ import annotations

from pathlib import Path

from wan22dsl.cli import files, streams
from wan22dsl.cli.declare import Command, Option
from wan22dsl.errors import CommandError

FOR = Option("card", ("--for",), "Card, such as `RTX 4090`", "CARD")
PIPELINE = Option("pipeline", ("--pipeline",), "`.wan` file with the pipeline to measure", "FILE")
OUTPUT = Option(
    "output", ("--output", "-o"), "File to write; `-` is standard output", "OUT", default="-"
)


def run(card: str | None, pipeline: str | None, output: str) -> int:
    """Write a bench file for a card.

    It compares the library's profiles for the card, with a pipeline in sizes that fit it, and says how long
    that takes. An existing file is not overwritten.
    """
    from wan22dsl.api.new_bench import text_for
    from wan22dsl.graph.cost.cards import card_named

    if not card:
        raise CommandError('name the card: `wan bench new --for "RTX 4090"`')
    if output != files.STANDARD and Path(output).exists():
        raise CommandError(f"{Path(output).as_posix()} already exists; give another name")
    found = card_named(card)
    subject = None
    if pipeline is not None:
        subject = files.read(pipeline), _path_from(output, pipeline)
    text = text_for(found, subject)
    if output == files.STANDARD:
        streams.data(text)
        return 0
    files.write(output, text)
    streams.say(f"wrote {output}; see its plan with `wan bench {output} --dry-run`")
    return 0


def _path_from(output: str, pipeline: str) -> str:
    """The path of a file as the bench file names it."""
    from os.path import relpath

    folder = Path(output).parent if output != files.STANDARD else Path()
    return Path(relpath(pipeline, folder)).as_posix()


COMMAND = Command(run, (FOR, PIPELINE, OUTPUT))
