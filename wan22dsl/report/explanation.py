"""What a code means, for people: a summary, why it matters, what to do, and an example of each kind.

`outline` makes the sections; `explanation` shows them on a terminal, `markdown` as a page.
"""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

from wan22dsl.report.lines import Line, Piece, line, plain
from wan22dsl.report.text import WIDTH, report, wrap
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.diagnostics import Diagnostic, Message

#: How wide a finding is shown in an explanation, and how wide the lines of a page are.
_SHOWN_WIDTH = 80
_PAGE_WIDTH = 110

_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+")


class Section(NamedTuple):
    """A part of an explanation: prose (`role` is empty), or lines that keep their layout.

    `language` is what those lines are written in: `wan` (a file without errors), `json` or `text`.
    """

    title: str
    text: str
    role: str = ""
    language: str = ""


def outline(message: Message, example: Diagnostic | None = None) -> list[Section]:
    """The sections that are not empty. `example` is the finding in the wrong example."""
    why = help = ""
    if example is not None:
        why, help = example.why, example.help
    parts = [
        Section("Why it matters", _with_example(message.why, why)),
        Section("What to do", _with_example(message.help, help)),
        Section("Wrong", message.bad, "removed", _language(message.bad, "text")),
        Section("What the linter reports", _shown(example), "gutter", "text"),
        Section("Right", message.good, "added", _language(message.good, _right(message))),
        Section("Fix", _fix(example)),
        Section("Source", message.source),
        Section("To suppress it", _allowing(message)),
    ]
    return [section for section in parts if section.text]


def explanation(
    message: Message, example: Diagnostic | None = None, width: int = WIDTH
) -> list[Line]:
    """The lines of an explanation."""
    level = message.severity.value
    head = f"{level}[{message.code} {message.name}]"
    lines = [line(Piece(head, level), f": {summary(message)}")]
    for section in outline(message, example):
        lines += [line(), line(Piece(section.title, "message"))]
        if section.role:
            texts = section.text.strip("\n").split("\n")
            lines += [line(Piece(f"    {text}", section.role)) for text in texts]
        else:
            lines += [line(f"    {text}") for text in _wrapped(section.text, width - 4)]
    return lines


def markdown(sections: Iterable[Section]) -> str:
    """The sections as Markdown, each under a heading."""
    return "\n".join(f"## {section.title}\n\n{_body(section)}" for section in sections)


def summary(message: Message) -> str:
    """What is wrong in every finding of a code, without a period."""
    return message.summary or in_general(message.text) or message.name


def in_general(wording: str) -> str:
    """The sentences of a wording that have no fields, and so are true of every finding."""
    if not _fields(wording):
        return wording.format()
    return " ".join(
        sentence.format() for sentence in _BETWEEN_SENTENCES.split(wording) if not _fields(sentence)
    )


def _with_example(wording: str, in_example: str) -> str:
    """What a wording says of every finding, then what else it says of the example."""
    general = in_general(wording)
    if not in_example or not _fields(wording):
        return general
    known = _BETWEEN_SENTENCES.split(general)
    more = " ".join(
        sentence for sentence in _BETWEEN_SENTENCES.split(in_example) if sentence not in known
    )
    return f"{general} In the example: {more}".strip() if more else general


def _fields(wording: str) -> list[str]:
    return [field for _, field, _, _ in Formatter().parse(wording) if field is not None]


def _language(text: str, otherwise: str) -> str:
    """What an example is written in: JSON, a launcher, or what is usual for its message."""
    if text.startswith("@echo"):
        return "text"
    return "json" if text.lstrip().startswith("{") else otherwise


def _right(message: Message) -> str:
    """Right examples of syntax are parts of a file; those of comments hold what the comment allows."""
    return "text" if message.code[3] in "01" else "wan"


def _shown(example: Diagnostic | None) -> str:
    return (
        "" if example is None else plain(report([example], width=_SHOWN_WIDTH, known=[example.why]))
    )


def _fix(example: Diagnostic | None) -> str:
    if example is None or example.fix is None:
        return ""
    if example.fix.safe:
        return "`wan lint --fix` fixes it."
    return "`wan lint --fix --unsafe-fixes` fixes it. It may change the video: look with `--diff` first."


def _allowing(message: Message) -> str:
    if message.code[3] in "19":
        return ""
    everywhere = (
        f'In all files: `ignore = ["{message.code}"]` in `wan.toml` or under `[tool.wan]` in '
        f"`pyproject.toml`. Once: `wan lint --ignore {message.code}`."
    )
    if message.code[3] == "0":
        return everywhere
    here = f"`# wan: allow({message.name}) and the reason`, at the end of the line or above it"
    return f"In one place: {here}; in a workflow, the same words in a note. {everywhere}"


def _wrapped(text: str, width: int) -> Iterator[str]:
    for paragraph in text.strip("\n").split("\n"):
        yield from wrap(paragraph, width)


def _body(section: Section) -> str:
    if section.role:
        return "```{}\n{}\n```\n".format(section.language, section.text.strip("\n"))
    return "".join(f"{text}\n" for text in _wrapped(section.text, _PAGE_WIDTH))
