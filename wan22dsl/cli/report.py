"""`wan report`: runs, benches and batches as a page to look at, or as Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.cli import files, streams
from wan22dsl.cli.declare import Argument, Command, Option
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from wan22dsl.report.results.contents import Report

PATHS = Argument(
    "paths", "PATHS", "Folders of benches, batches or runs, or record files", many=True
)
OUTPUT = Option(
    "output",
    ("--output", "-o"),
    "File: `.html`, or `.md` for Markdown; `-` is Markdown on standard output (default: report.html)",
    "OUT",
)
MARKDOWN = Option("markdown", ("--markdown",), "Write Markdown also, next to the page")
GUIDE = Option(
    "guide",
    ("--guide",),
    "Write the guide instead: what was measured on each card, in Markdown (default: optimizing.md)",
)

_PAGES, _MARKDOWN = (".html", ".htm"), (".md", ".markdown")


def run(paths: list[str], output: str | None, markdown: bool, guide: bool) -> int:
    """Write a report of benches, batches and runs, as a page or as Markdown.

    A page is one HTML file that loads nothing from anywhere. It needs the extra `report`:
    pip install "wan22dsl[report]".
    """
    name = output or ("optimizing.md" if guide else "report.html")
    kind = Path(name).suffix.lower()
    if guide and name != files.STANDARD and kind not in _MARKDOWN:
        raise CommandError(f"{name}: the guide is Markdown; give it a name that ends in `.md`")
    if name != files.STANDARD and kind not in (*_PAGES, *_MARKDOWN):
        raise CommandError(f"{name}: a report is a `.html` or a `.md` file; give it such a name")
    from wan22dsl.report.results import gathering, reports

    found = gathering.gather(paths)
    for problem in found.problems:
        streams.say(f"left out: {problem}")
    if guide:
        _write(name, reports.guide_page(found))
        return 0
    report = reports.report(found)
    if kind in _PAGES:
        from wan22dsl.report.results import page

        _write(name, page.write(report))
    if kind not in _PAGES or markdown:
        _write(str(Path(name).with_suffix(".md")) if kind in _PAGES else name, _markdown(report))
    return 0


def _write(name: str, text: str) -> None:
    files.write(name, text)
    if name != files.STANDARD:
        streams.say(f"wrote {name}")


def _markdown(report: Report) -> str:
    from wan22dsl.report.results import markdown

    return markdown.write(report)


COMMAND = Command(run, (PATHS, OUTPUT, MARKDOWN, GUIDE))
