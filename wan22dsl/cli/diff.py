"""`wan diff`: what differs in meaning between two files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.api import compiler
from wan22dsl.cli import files, show, streams
from wan22dsl.cli.declare import PIPELINE, TARGET, Argument, Command, Option
from wan22dsl.cli.judged_by import judged_by
from wan22dsl.errors import CommandError, WanError

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.comparing.files import Compared

FILES = Argument(
    "paths",
    "A B",
    "Two `.wan` files, ComfyUI JSON, or files by ComfyUI; `-` is standard input",
    many=True,
)
JSON = Option("as_json", ("--json",), "Print the differences as JSON")
GIT = Option(
    "git",
    ("--git",),
    "Take git's seven arguments for external diffs, and always exit 0",
)

SAME, DIFFERENT, TROUBLE = 0, 1, 2
_OF_GIT = 7
_NOTHING = ("/dev/null", "nul", "NUL")


def run(
    paths: list[str], as_json: bool, git: bool, pipeline: str | None, target: str | None
) -> int:
    """Show how two files of any kind differ in meaning.

    Nodes are matched by what they are and what they are linked to; ids, positions and order do not count.
    Passes come first, then stages and single nodes. Exit codes: 0, no difference; 1, differences; 2, a file
    cannot be read.
    """
    if git:
        return _for_git(paths, pipeline, judged_by(target))
    if len(paths) != 2:
        raise CommandError(f"wan diff takes two files, not {len(paths)}.")
    found = _compared(paths[0], paths[1], pipeline, judged_by(target, paths[0]))
    if found.diagnostics:
        show.diagnostics(found.diagnostics, sys.stderr)
        return TROUBLE
    if as_json:
        import json

        streams.json(json.dumps(found.as_data(), indent=2, ensure_ascii=False) + "\n")
    else:
        streams.put_lines(found.lines() or ["the same"])
    return DIFFERENT if found.differences else SAME


def _for_git(paths: list[str], pipeline: str | None, target: Catalogue | str) -> int:
    """`path old-file old-hex old-mode new-file new-hex new-mode`, as git has it."""
    if len(paths) != _OF_GIT:
        raise CommandError("--git is for git, which gives seven arguments; see `wan diff --help`.")
    name, old, new = paths[0], paths[1], paths[4]
    streams.put_lines([f"diff of {name}"])
    try:
        found = _compared(old, new, pipeline, target)
    except WanError as error:
        streams.put_lines([f"  {error}"])
        return SAME
    for finding in found.diagnostics:
        streams.put_lines([f"  {finding.code} {finding.message}"])
    if not found.diagnostics:
        lines = found.lines() or ["nothing in its meaning"]
        streams.put_lines(f"  {line}" for line in lines)
    return SAME


def _compared(text: str, other: str, pipeline: str | None, target: Catalogue | str) -> Compared:
    sides = [_bytes(name) for name in (text, other)]
    return compiler.diff(*sides, pipeline=pipeline, target=target)


def _bytes(name: str) -> tuple[bytes, str, Path | None]:
    if name in _NOTHING:
        return b"", name, None
    if name == files.STANDARD:
        return files.read_bytes(name), "<stdin>", None
    return files.document(name), Path(name).as_posix(), Path(name)


COMMAND = Command(run, (FILES, JSON, GIT, PIPELINE, TARGET))
