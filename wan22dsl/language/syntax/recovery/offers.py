"""Which fixes of mistakes are offered: those that help.

What was meant is a guess in a text with several mistakes: a quote that ends a string here opens another one
there. So each fix is tried. It is offered where the text that it gives lacks its mistake and has no new one.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wan22dsl.diagnostics import Diagnostic

    Mistakes = Callable[[Source], Sequence[Diagnostic]]

#: So many characters are read at most to try fixes: some half a second.
MOST_READ = 300_000


def with_helpful_fixes(
    source: Source, found: Sequence[Diagnostic], mistakes: Mistakes
) -> list[Diagnostic]:
    """The mistakes of a text, without the fixes that do not help; `mistakes` reads another text.

    Where a file is too long, or has too many mistakes, to try each fix alone, those that help together
    are offered, and those that nobody has tried are not.
    """
    before = Counter(map(_what, found))
    helpful: set[int] = set()
    fixable = [number for number, finding in enumerate(found) if finding.fix is not None]
    tries = max(2, MOST_READ // max(len(source.text), 1))
    alone = len(fixable) <= tries
    groups = [[number] for number in fixable] if alone else [fixable]
    while groups and tries:
        group = groups.pop(0)
        fixed = _fixed(source.text, [found[number] for number in group])
        if fixed is not None:
            tries -= 1
            now = Counter(map(_what, mistakes(Source(fixed, source.path, source.file))))
            allowed = before - Counter(_what(found[number]) for number in group)
            if not now - allowed:
                helpful.update(group)
                continue
        middle = len(group) // 2
        groups += [group[:middle], group[middle:]] if middle else []
    return [
        finding if number in helpful else finding._replace(fix=None)
        for number, finding in enumerate(found)
    ]


def _fixed(text: str, found: Sequence[Diagnostic]) -> str | None:
    """The text with the fixes of findings; None where they overlap."""
    edits = [edit for finding in found if finding.fix is not None for edit in finding.fix.edits]
    edits.sort(key=lambda edit: (edit.span.start, edit.span.end))
    pieces: list[str] = []
    at = 0
    for edit in edits:
        if edit.span.start < at:
            return None
        pieces += (text[at : edit.span.start], edit.text)
        at = edit.span.end
    return "".join((*pieces, text[at:]))


def _what(finding: Diagnostic) -> tuple[str, str]:
    return finding.code, finding.message
