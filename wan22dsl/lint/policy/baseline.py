"""A baseline: the findings that were there when an old repository began to be linted, and do not count.

A finding is known by its code, its file, and the text of its line and of the lines around it, so that it is
still the same when lines above it come or go. How often it is there is counted.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from wan22dsl.digest import of
from wan22dsl.errors import CommandError
from wan22dsl.lint.policy import messages
from wan22dsl.source import Source, Span
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from wan22dsl.diagnostics import Diagnostic

VERSION = 1

#: Of a long line, as JSON without line ends has, only so many characters on each side count.
_AROUND = 80

#: So many fixed findings are named.
_MOST_NAMED = 3


class Key(NamedTuple):
    """What a finding is known by; `path` is seen from the folder of the baseline."""

    path: str
    code: str
    name: str
    fingerprint: str


class Baseline:
    """The findings of a baseline, and how many of each have been met again."""

    def __init__(self, file: str, source: Source, counts: Counter[Key]) -> None:
        self.file, self._source = file, source
        self._counts = counts
        self._left = Counter(counts)

    @classmethod
    def read(cls, file: str, shown: str, data: bytes) -> Baseline:
        """A baseline from the bytes of its file. Raises CommandError, UnreadableFile."""
        source = Source.decode(data, shown)
        try:
            values = json.loads(source.text)
            entries = [(Key(*(str(value[k]) for k in Key._fields)), int(value["count"]))
                       for value in values["findings"]]  # fmt: skip
            if values["version"] != VERSION:
                raise ValueError
            "".join(part for key, _ in entries for part in key).encode("utf-8")  # no halves
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise CommandError(
                f"{shown}: not a baseline; write one with `--write-baseline`"
            ) from error
        return cls(file, source, Counter(dict(entries)))

    def takes(self, finding: Diagnostic, path: str) -> bool:
        """Whether a finding is one of them that has not been met yet."""
        key = key_of(finding, path)
        if self._left[key] <= 0:
            return False
        self._left[key] -= 1
        return True

    def fixed(self, looked_for: Callable[[Key], bool]) -> list[Diagnostic]:
        """A note about what is no longer there, of those findings that were looked for."""
        left = ((key, count) for key, count in sorted(self._left.items()) if count > 0)
        gone = [(key, count) for key, count in left if looked_for(key)]
        if not gone:
            return []
        number = sum(count for _, count in gone)
        named = [f"{key.name} in {key.path}" for key, _ in gone[:_MOST_NAMED]]
        some = ", ".join(dict.fromkeys(named)) + (", …" if len(gone) > _MOST_NAMED else "")
        at = max(self._source.text.find(gone[0][0].fingerprint), 0)
        span = Span(self._source, at, min(at + 12, len(self._source.text)))
        what, verb = "1 baseline entry", "occurs"
        if number != 1:
            what, verb = f"{number} baseline entries", "occur"
        return [messages.OUTDATED_BASELINE.at(span, what=what, verb=verb, some=some)]

    def outside(self, paths: Collection[str]) -> Counter[Key]:
        """What it has of files that were not looked at."""
        return Counter({key: n for key, n in self._counts.items() if key.path not in paths})


def key_of(finding: Diagnostic, path: str) -> Key:
    """What a finding is known by."""
    parts = (
        [finding.code, finding.message]
        if finding.span is None
        else [finding.code, *_lines(finding.span)]
    )
    return Key(path, finding.code, finding.name, of(*parts))


def _lines(span: Span) -> list[str]:
    """The line of a place with the ones above and below that have text, without indentation."""
    text = span.source.text
    start = max(text.rfind("\n", 0, span.start) + 1, span.start - _AROUND)
    end = text.find("\n", span.start)
    end = min(len(text) if end < 0 else end, span.start + _AROUND)
    above = text[max(start - _AROUND * 4, 0) : start].rstrip().rpartition("\n")[2]
    below = text[end : end + _AROUND * 4].lstrip().partition("\n")[0]
    meant = text[span.start : min(span.end, end)]
    return [
        " ".join(item.split())
        for item in (above[-_AROUND:], text[start:end], below[:_AROUND], meant)
    ]


def dump(found: Counter[Key]) -> str:
    """The text of a baseline: sorted, so that it changes only where findings do."""
    findings: list[dict[str, Any]] = [
        {**key._asdict(), "count": count} for key, count in sorted(found.items()) if count > 0
    ]
    return (
        json.dumps({"version": VERSION, "findings": findings}, indent=2, ensure_ascii=False) + "\n"
    )


def relative(file: str, baseline: str) -> str:
    """The path of a file, seen from the folder of a baseline."""
    folder = os.path.dirname(os.path.abspath(baseline))
    try:
        return os.path.relpath(file, folder).replace(os.sep, "/")
    except ValueError:  # another drive of Windows
        return file.replace(os.sep, "/")
