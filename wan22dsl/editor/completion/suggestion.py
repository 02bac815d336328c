"""What is offered: a suggestion, and how it is put into the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Edit


class About(NamedTuple):
    """What the documentation of a suggestion is read from, when somebody looks at it.

    `kind` is `declaration` (`where` is the path of a file's source), `class`, `input` (`where` is the class)
    or `rule`.
    """

    kind: str
    name: str
    where: str = ""


class Suggestion(NamedTuple):
    """One thing that can be written.

    `kind` says what it is: `setting`, `argument`, `input`, `value`, `choice`, `unit`, `file`, `word`,
    `class`, `module`, `snippet`, `fact`, `output`, `type`, `rule`, or the word of a declaration.

    `insert` takes the place of the word; with `is_snippet`, `$1`, `${1:name}` and `$0` are places to fill
    in. `detail` is a type, a unit, a default; `doc` is Markdown, where it is short, and `about` says where
    more is. `again` tells that something has to follow, which can be offered at once. `edits` are made
    elsewhere.
    """

    label: str
    kind: str
    insert: str = ""
    detail: str = ""
    doc: str = ""
    about: About | None = None
    is_snippet: bool = False
    again: bool = False
    edits: tuple[Edit, ...] = ()

    @property
    def text(self) -> str:
        """What is inserted, with the places to fill in as their defaults."""
        insert = self.insert or self.label
        return plain(insert) if self.is_snippet else insert


class Suggestions(NamedTuple):
    """What fits, the best first. From `start` to `end` is what is replaced.

    `is_complete` tells that nothing was left out: else a longer word may bring more.
    """

    items: tuple[Suggestion, ...]
    start: int
    end: int
    is_complete: bool = True


_PLACE = re.compile(r"(?<!\\)\$(?:\d+|\{\d+(?::((?:\\.|[^\\}])*))?\})")


def escaped(text: str) -> str:
    """A text as it is inside of a snippet."""
    return re.sub(r"([\\$}])", r"\\\1", text)


def plain(snippet: str) -> str:
    """A snippet for an editor that knows none: its defaults are text."""
    filled = _PLACE.sub(lambda match: match[1] or "", snippet)
    return re.sub(r"\\([\\$}])", r"\1", filled)


def matches(written: str, label: str) -> bool:
    """Whether the letters of what is written occur in this order, as editors compare them."""
    at = 0
    low = label.lower()
    for letter in written.lower():
        at = low.find(letter, at) + 1
        if not at:
            return False
    return True
