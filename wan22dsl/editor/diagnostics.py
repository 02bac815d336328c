"""Findings as an editor shows them, each at the file that it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl import __version__, disk
from wan22dsl.about import rule_url
from wan22dsl.api.policy import INPUT_FILE
from wan22dsl.diagnostics import Severity
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic, Label
    from wan22dsl.editor.view import View
    from wan22dsl.source import Source

#: What is shown faded, since nothing uses it: names, nodes, suppressions, variables of a launcher.
_UNNECESSARY = frozenset(
    {"never-used", "unused-node", "unused-suppression", "dead-variable", "clip-vision-unused"}
)

#: What is shown struck out: ComfyUI has it no more, or calls it by another name.
_DEPRECATED = frozenset({"removed-flag", "flag-does-nothing", "renamed-flag"})


class Shown(NamedTuple):
    """A finding at a place of `source`, in code points.

    `is_hint`: it only informs, and belongs in no list of problems. `url` is the page of the rule. `data` is
    plain data with which a finding that comes back is known again.
    """

    source: Source
    start: int
    end: int
    severity: Severity
    message: str
    code: str = ""
    url: str = ""
    is_hint: bool = False
    is_unnecessary: bool = False
    is_deprecated: bool = False
    related: tuple[Label, ...] = ()
    data: Any = None


def by_file(view: View) -> dict[Path, list[Shown]]:
    """What is found in a file and, by it, in others, by their paths. Its own are always there."""
    own = view.source.file
    assert own is not None
    found: dict[Path, list[Shown]] = {own: []}
    if view.not_judged:
        found[own].append(Shown(view.source, 0, 0, Severity.NOTE, view.not_judged))
    for start, end, text in view.mistakes:
        found[own].append(Shown(view.source, start, end, Severity.ERROR, text))
    for finding in view.findings:
        shown = _shown(finding, view.source)
        file = shown.source.file
        if shown.source.path == view.source.path:
            file = own
        elif file is not None:
            file = disk.real_path(file)
        if file is not None:
            found.setdefault(file, []).append(shown)
    return found


def all_shown(findings: Iterable[Diagnostic], source: Source) -> list[Shown]:
    """Those of the findings that are in one file."""
    shown = (_shown(finding, source) for finding in findings)
    return [each for each in shown if each.source.path == source.path]


def merged(own: list[Shown], others: Iterable[Shown]) -> list[Shown]:
    """The findings of a file, with those that others have in it and it has not itself."""
    known = {_key(each) for each in own}
    return [*own, *(each for each in others if _key(each) not in known)]


def _key(shown: Shown) -> tuple[int, int, str, str]:
    return shown.start, shown.end, shown.code, shown.message


def _shown(finding: Diagnostic, source: Source) -> Shown:
    """A finding; one without a place is at the start of the file that was judged."""
    span, name = finding.span, finding.name
    text, help_ = finding.message, finding.help
    fix = finding.fix
    return Shown(
        source if span is None else span.source,
        0 if span is None else span.start,
        0 if span is None else span.end,
        finding.severity,
        f"{text}\n{help_}" if help_ else text,
        finding.code,
        rule_url(finding.code, name, __version__),
        finding.code == INPUT_FILE,
        name in _UNNECESSARY,
        name in _DEPRECATED,
        finding.related,
        {
            "name": name,
            "fix": None if fix is None else {"title": fix.title, "safe": fix.safe},
        },
    )
