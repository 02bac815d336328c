"""docs/rules/: a page for each rule, from its message, and the list of them all."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

from wan22dsl.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Message

MADE = "<!-- Made by docs/generate.py from wan22dsl/rules/. -->\n"

#: The rooms of rules, by the first digit of their codes.
GROUPS = {
    "5": "Nodes, inputs and links",
    "6": "Experts, LoRAs and conditioning",
    "7": "Steps, distillation and noise",
    "8": "Frames, sizes and rates",
}

HEAD = f"""\
# Rules

{MADE}
What the linter says about a finished graph, whether it was written in the language, as plain nodes, or
imported. An **error** cannot run, or silently makes something other than what is written; a **warning** runs
badly; a **note** is for information. `wan explain CODE` shows the same on the command line.
"""


def pages() -> Iterator[tuple[str, str]]:
    """The name and the text of every page."""
    messages = [rule.MESSAGE for rule in RULES]
    yield "README.md", _index(messages)
    for message in messages:
        yield f"{_name(message)}.md", _page(message)


def _name(message: Message) -> str:
    return f"{message.code}-{message.name}"


def _index(messages: list[Message]) -> str:
    parts = [HEAD]
    for digit, title in GROUPS.items():
        parts.append(f"\n## {title}\n\n| code | name | |\n|---|---|---|\n")
        parts += [
            f"| [{one.code}]({_name(one)}.md) | {one.name} | {one.severity.value} |\n"
            for one in messages
            if one.code[3] == digit
        ]
    return "".join(parts)


def _page(message: Message) -> str:
    parts = [
        f"# {message.code}: {message.name}\n\n{MADE}\n",
        f"**{message.severity.value}**: {_with_blanks(message.text)}\n",
        f"\n{message.why}\n",
    ]
    mend = _with_blanks(message.mend)
    if mend.strip("… "):
        parts.append(f"\n**What to do:** {mend}\n")
    parts.append(f"\n## Wrong\n\n{_block(message.bad, 'text')}")
    parts.append(f"\n## Right\n\n{_block(message.good, 'wan')}")
    if message.source:
        parts.append(f"\nSource: {message.source}.\n")
    return "".join(parts)


def _block(text: str, language: str) -> str:
    """An example; the wrong ones are plain text, since the examples of all pages are linted."""
    if text.startswith("{"):
        language = "json"
    return f"```{language}\n{text}```\n"


def _with_blanks(wording: str) -> str:
    """A wording with its fields left open."""
    parts = Formatter().parse(wording)
    return "".join(text + ("…" if field else "") for text, field, _, _ in parts)
