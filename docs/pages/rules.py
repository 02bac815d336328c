"""docs/rules/: a page for each code, from its message, and the list of them all.

A page says what `wan explain` says; both are made of `report.explanation.outline`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.cli.codes import all_messages
from wan22dsl.cli.examples import answer
from wan22dsl.report.explanation import markdown, outline, with_blanks
from wan22dsl.report.text import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Message

MADE = "<!-- Made by docs/generate.py from the messages in the code. -->\n"

#: What the codes of a hundred are about.
GROUPS = {
    "0": ("The linter itself", "What is wrong with its own comments and files."),
    "1": ("Syntax", "What cannot be read as it stands."),
    "2": ("Names", "What is declared, and what is not."),
    "3": ("Values", "Types, units, and choices."),
    "4": ("Building", "How stages, passes and pipelines go together."),
    "5": ("Nodes, inputs and links", "What ComfyUI refuses, changes, or fails on in any graph."),
    "6": ("Experts, LoRAs and conditioning", "What belongs to which model of Wan 2.2."),
    "7": ("Steps, distillation and noise", "Whether the schedule of the passes is a whole one."),
    "8": ("Frames, sizes and rates", "The shape of the video, and what it costs."),
    "9": ("Running", "What happened on a server; the linter does not say these."),
}

HEAD = f"""\
# Rules

{MADE}
All codes, by their hundred. An **error** cannot run, or silently makes something other than what is
written; a **warning** runs badly; a **note** is for information. `wan explain CODE` shows the same on the
command line, and takes names as well. Codes from WAN500 on judge graphs: those written in the language, and
ComfyUI's JSON.

In the last column: `--fix` mends it in the text; `--unsafe-fixes`, too, but with a guess or with a change of
the video.
"""


def pages() -> Iterator[tuple[str, str]]:
    """The name and the text of every page."""
    answers = [(one, answer(one)) for one in all_messages().values()]
    yield "README.md", _index(answers)
    for message, example in answers:
        yield f"{_name(message)}.md", _page(message, example)


def _name(message: Message) -> str:
    return f"{message.code}-{message.name}"


def _index(answers: list[tuple[Message, Diagnostic | None]]) -> str:
    parts = [HEAD]
    for digit, (title, about) in GROUPS.items():
        rows = [_row(*one) for one in answers if one[0].code[3] == digit]
        if rows:
            parts.append(
                f"\n## {title}\n\n{about}\n\n| code | name | | mended by |\n|---|---|---|---|\n"
            )
            parts += rows
    return "".join(parts)


def _row(message: Message, example: Diagnostic | None) -> str:
    fix = example.fix if example is not None else None
    mended = "" if fix is None else "`--fix`" if fix.safe else "`--unsafe-fixes`"
    link = f"[{message.code}]({_name(message)}.md)"
    return f"| {link} | {message.name} | {message.severity.value} | {mended} |\n"


def _page(message: Message, example: Diagnostic | None) -> str:
    head = f"# {message.code}: {message.name}\n\n{MADE}\n"
    text = f"**{message.severity.value}**: {with_blanks(message.text)}"
    said = "".join(f"{line}\n" for line in wrap(text, 110))
    body = markdown(outline(message, example))
    return f"{head}{said}\n{body}" if body else f"{head}{said}"
