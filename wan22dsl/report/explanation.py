"""What a code means, for people: the wording, why it matters, what to do, and an example of each kind."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

from wan22dsl.report.lines import Line, Piece, line
from wan22dsl.report.text import WIDTH, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Message


def explanation(message: Message, width: int = WIDTH) -> list[Line]:
    """The lines of an explanation; sections with nothing to say are left out."""
    level = message.severity.value
    return [
        line(
            Piece(f"{level}[{message.code} {message.name}]", level),
            f": {with_blanks(message.text)}",
        ),
        *_prose("Why it matters", _said_beforehand(message.why), width),
        *_prose("What to do", _said_beforehand(message.mend), width),
        *_example("Wrong", message.bad, "removed"),
        *_example("Right", message.good, "added"),
        *_prose("Source", message.source, width),
    ]


def with_blanks(wording: str) -> str:
    """A wording with its fields shown as blanks to be filled in: `{name}` becomes `<name>`."""
    parts = Formatter().parse(wording)
    return "".join(text + (f"<{field}>" if field else "") for text, field, _, _ in parts)


def _said_beforehand(wording: str) -> str:
    """The wording, unless it is a field and nothing else."""
    words = "".join(text for text, _, _, _ in Formatter().parse(wording))
    return with_blanks(wording) if words.strip(" .") else ""


def _prose(title: str, text: str, width: int) -> Iterator[Line]:
    if not text:
        return
    yield line()
    yield line(Piece(title, "message"))
    for paragraph in text.strip("\n").split("\n"):
        yield from (line(f"    {one}") for one in wrap(paragraph, width - 4))


def _example(title: str, text: str, role: str) -> Iterator[Line]:
    if not text:
        return
    yield line()
    yield line(Piece(title, "message"))
    yield from (line(Piece(f"    {one}", role)) for one in text.strip("\n").split("\n"))
