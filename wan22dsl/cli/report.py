"""`wan report`: runs and benches as a page to look at, or as Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.cli import files, streams
from wan22dsl.cli.declare import Argument, Command, Option
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from wan22dsl.report.results.contents import Report

PATHS = Argument("paths", "PATHS", "Bench folders, folders of runs, or record files", many=True)
OUTPUT = Option(
    "output",
    ("--output", "-o"),
    "File to write: `.html` for a page, `.md` for Markdown; `-` is Markdown on standard output",
    "OUT",
    default="report.html",
)
MARKDOWN = Option("markdown", ("--markdown",), "Write Markdown also, next to the page")

_PAGES, _MARKDOWN = (".html", ".htm"), (".md", ".markdown")


def run(paths: list[str], output: str, markdown: bool) -> int:
    """Write a report of benches and runs, as a page or as Markdown.

    A page is one HTML file that loads nothing from anywhere. It needs the extra `report`:
    pip install 'wan22dsl[report]'.
    """
    kind = Path(output).suffix.lower()
    if output != files.STANDARD and kind not in (*_PAGES, *_MARKDOWN):
        raise CommandError(f"{output}: a report is a `.html` or a `.md` file; name it so")
    from wan22dsl.report.results import gathering, reports

    found = gathering.gather(paths)
    for problem in found.problems:
        streams.say(f"left out: {problem}")
    report = reports.report(found)
    if output == files.STANDARD:
        files.write(output, _markdown(report))
        return 0
    written = []
    if kind in _PAGES:
        from wan22dsl.report.results import page

        written.append((output, page.write(report)))
    if kind in _MARKDOWN or markdown:
        written.append(
            (str(Path(output).with_suffix(".md")) if kind in _PAGES else output, _markdown(report))
        )
    for name, text in written:
        files.write(name, text)
        streams.say(f"wrote {name}")
    return 0


def _markdown(report: Report) -> str:
    from wan22dsl.report.results import markdown

    return markdown.write(report)


COMMAND = Command(run, (PATHS, OUTPUT, MARKDOWN))
