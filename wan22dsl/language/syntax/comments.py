"""The comments of a file, and which of them are documentation."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.language.syntax.tree import Declaration, File

LINTER = "# wan:"


def doc_of(file: File, declaration: Declaration) -> str:
    """The comment lines directly above a declaration, without `# `; empty where there are none.

    Comments that speak to the linter are left out.
    """
    text = file.source.text
    lines: list[str] = []
    below = declaration.start
    for at in range(bisect_right(file.comments, (below, below)) - 1, -1, -1):
        start, end = file.comments[at]
        line = text.rfind("\n", 0, start) + 1
        if text[line:start].strip(" \t") or text[end:below].strip(" \t") != "\n":
            break
        below = line
        if not text.startswith(LINTER, start):
            lines.append(_without_mark(text[start:end]))
    return "\n".join(reversed(lines)).strip("\n")


def file_doc(file: File) -> str:
    """What a file says about itself: the comment lines directly above `wan 1`."""
    for declaration in file.declarations:
        if declaration.word.text == "wan":
            return doc_of(file, declaration)
    return ""


def _without_mark(comment: str) -> str:
    return re.sub(r"#+ ?", "", comment, count=1).rstrip()
