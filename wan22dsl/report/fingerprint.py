"""What tells a finding from all others, and stays the same when the lines above it change."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

from wan22dsl.report.paths import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Span

#: Of a long line, as JSON without line ends has, only so many characters on each side count.
_AROUND = 80


def fingerprints(found: Iterable[Diagnostic]) -> list[str]:
    """One for each finding, in the same order, all different: 64 hexadecimal digits.

    They come from the code, the file and the characters of the line. Lines and columns do not count, nor
    does the wording, which may hold numbers from elsewhere. Findings that are alike are counted.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    made = []
    for finding in found:
        parts = (finding.code, *_place(finding.span))
        seen[parts] += 1
        key = "\0".join((*parts, str(seen[parts])))
        made.append(sha256(key.encode("utf-8", "surrogatepass")).hexdigest())
    return made


def _place(span: Span | None) -> tuple[str, ...]:
    if span is None:
        return ()
    text = span.source.text
    start = max(text.rfind("\n", 0, span.start) + 1, span.start - _AROUND)
    end = text.find("\n", span.start)
    end = min(len(text) if end < 0 else end, span.start + _AROUND)
    line, meant = (
        " ".join(item.split()) for item in (text[start:end], text[span.start : span.end])
    )
    return shown(span.source.path), line, meant[:_AROUND]
