"""docs/rules/: a page for each code, from its message, and the list of them all.

A page says what `wan explain` says; both are made of `report.explanation.outline`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.about import rule_file
from wan22dsl.api.codes import all_messages, answer
from wan22dsl.report.explanation import markdown, outline, summary
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

The last column names the option of `wan lint` that fixes the example: `--fix`, or `--unsafe-fixes` where the
fix may change the video.
"""


def pages() -> Iterator[tuple[str, str]]:
    """The name and the text of every page."""
    answers = [(one, answer(one)) for one in all_messages().values()]
    yield "README.md", _index(answers)
    for message, example in answers:
        yield rule_file(message.code, message.name), _page(message, example)


def _index(answers: list[tuple[Message, Diagnostic | None]]) -> str:
    parts = [HEAD]
    for digit, (title, about) in GROUPS.items():
        rows = [_row(*one) for one in answers if one[0].code[3] == digit]
        if rows:
            parts.append(
                f"\n## {title}\n\n{about}\n\n"
                "| code | name | what is wrong | | fixed by |\n|---|---|---|---|---|\n"
            )
            parts += rows
    return "".join(parts)


def _row(message: Message, example: Diagnostic | None) -> str:
    fix = example.fix if example is not None else None
    fixed_by = "" if fix is None else "`--fix`" if fix.safe else "`--unsafe-fixes`"
    link = f"[{message.code}]({rule_file(message.code, message.name)})"
    cells = (link, message.name, summary(message), message.severity.value, fixed_by)
    return f"| {' | '.join(cells)} |\n"


def _page(message: Message, example: Diagnostic | None) -> str:
    head = f"# {message.code}: {message.name}\n\n{MADE}\n"
    text = f"**{message.severity.value}**: {summary(message)}"
    lines = "".join(f"{line}\n" for line in wrap(text, 110))
    body = markdown(outline(message, example))
    return f"{head}{lines}\n{body}" if body else f"{head}{lines}"
