"""`wan new`: a starter file."""

from __future__ import annotations

from pathlib import Path

from wan22dsl.cli import files, streams
from wan22dsl.cli.declare import Argument, Command, Option
from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError

_TEMPLATES = Path(__file__).parent / "templates"


def templates() -> list[str]:
    """The names of the starter files, sorted."""
    return sorted(file.stem for file in _TEMPLATES.glob("*.wan"))


FILE = Argument("file", "FILE", "File to write (default: TEMPLATE.wan)", required=False)
TEMPLATE = Option(
    "template",
    ("--template",),
    f"Template: {', '.join(templates())}",
    "TEMPLATE",
    default="portrait",
)


def run(file: str | None, template: str) -> int:
    """Create a file that compiles and lints clean.

    An existing file is not overwritten. `-` writes to standard output.
    """
    text = _text(template)
    name = file or f"{template}.wan"
    if name == files.STANDARD:
        streams.data(text)
        return 0
    if Path(name).exists():
        raise CommandError(f"{Path(name).as_posix()} already exists; give another name")
    files.write(name, text)
    streams.say(
        f"wrote {name}; check it with `wan lint {name}`, compile it with `wan compile {name}`"
    )
    return 0


def _text(template: str) -> str:
    names = templates()
    if template not in names:
        close = nearest(template, names)
        hint = f"did you mean `{close}`?" if close else f"there are {', '.join(names)}"
        raise CommandError(f"unknown template `{template}`; {hint}")
    return (_TEMPLATES / f"{template}.wan").read_text(encoding="utf-8")


COMMAND = Command(run, (FILE, TEMPLATE))
