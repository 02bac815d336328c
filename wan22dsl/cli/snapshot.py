"""`wan snapshot`: what determines how fast a ComfyUI is, and the differences between two snapshots."""

from __future__ import annotations

from wan22dsl.cli import streams
from wan22dsl.cli.declare import COMFYUI, MAYBE_SERVER, PYTHON, Argument, Command, Option
from wan22dsl.errors import CommandError

WORDS = Argument(
    "words", "diff A B", "Compare two snapshots instead of taking one", required=False, many=True
)
OUTPUT = Option("output", ("--output", "-o"), "File to write the snapshot to, as JSON", "OUT")
FORMAT = Option(
    "format", ("--format", "-f"), "Output on the screen", "FORMAT", default="text",
    choices=("text", "json"),
)  # fmt: skip

SAME, DIFFERENT = 0, 1


def run(
    words: list[str] | None,
    output: str | None,
    server: str | None,
    comfyui: str | None,
    python: str | None,
    format: str,
) -> int:
    """Record what determines how fast a ComfyUI is, or compare two snapshots.

    A snapshot contains flags, packages, node packs, driver, cards, computer and model files; where something
    cannot be read, it contains the reason. It contains no token, user name, host name or home folder.

    `wan snapshot diff A B` lists differences, those with the largest effect on speed first. Exit codes: 0, no
    difference; 1, differences; 2, a file cannot be read.
    """
    if words:
        return _diff(words, format, [output, server, comfyui, python])
    from wan22dsl.api.machine import take_snapshot
    from wan22dsl.cli import files
    from wan22dsl.machine import summary

    found = take_snapshot(server, comfyui, python)
    text = found.dump().decode("utf-8")
    if output is not None:
        files.write(output, text)
        streams.say(f"wrote {output}")
    if output == files.STANDARD:
        return 0
    if format == "json":
        streams.json(text)
    else:
        _put(summary.lines(found))
    return 0


def _diff(words: list[str], format: str, others: list[str | None]) -> int:
    if words[0] != "diff" or len(words) != 3:
        raise CommandError("give nothing, or `diff` and two files: wan snapshot diff A B")
    if any(others):
        raise CommandError("wan snapshot diff takes only two files and --format")
    from wan22dsl.api.machine import compare_snapshots

    found = compare_snapshots(words[1], words[2])
    if format == "json":
        import json

        streams.json(json.dumps(found.as_data(), indent=2, ensure_ascii=False) + "\n")
    else:
        same = "no difference in what both have" if found.unknown else "the same"
        _put(found.lines() if found.differences else [same, *found.unknown_lines()])
    return DIFFERENT if found.differences else SAME


def _put(lines: list[str]) -> None:
    """Lines on standard output; what a server named may drive no terminal."""
    from wan22dsl.cli import show

    show.account(lines)


COMMAND = Command(run, (WORDS, OUTPUT, MAYBE_SERVER, COMFYUI, PYTHON, FORMAT))
