"""The report of `wan lint`, in the form that was asked for."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from wan22dsl.report import terminal
from wan22dsl.report.lines import plain
from wan22dsl.report.text import WIDTH, counted, fixable, summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.cli.linting.outcome import Outcome
    from wan22dsl.cli.linting.wishes import Wishes
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.report.lines import Line

#: So many input files are named one by one.
_NAMED = 4

FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit")


def report(outcome: Outcome, paths: Sequence[str], wishes: Wishes) -> str:
    """The report as a text; `paths` are the files that were looked at."""
    found, form = outcome.found, wishes.output_format
    if wishes.statistics:
        return _statistics(outcome, len(paths), wishes)
    if form == "json":
        from wan22dsl.report import json

        return json.render(found, len(paths), outcome.inputs)
    if form == "sarif":
        from wan22dsl import __version__
        from wan22dsl.report import sarif

        return sarif.render(found, __version__)
    if form == "junit":
        from wan22dsl.report import junit

        return junit.render(found, paths)
    if form == "gitlab":
        from wan22dsl.report import gitlab

        return gitlab.render(found)
    if form == "github":
        from wan22dsl.report import github

        return github.render(found)
    from wan22dsl.report import overview, text

    width = WIDTH if wishes.output_file else terminal.width_of(sys.stdout, WIDTH)
    lines = list(text.report(found, width=width))
    files = list(overview.report(found, width=width))
    mends = "" if wishes.changes_files else fixable(found)
    shown = [*lines, *([()] if lines else []), *files, *([()] if files else [])]
    return _shown(shown, wishes) + closing(outcome, len(paths), mends)


def closing(outcome: Outcome, files: int, mends: str = "") -> str:
    """The last lines: how many findings count, how many do not, and what there is to say of `mends`."""
    parts = []
    if outcome.allowed:
        parts.append(f"{outcome.allowed} allowed")
    if outcome.in_baseline:
        parts.append(f"{outcome.in_baseline} in the baseline")
    said = summary(outcome.found, files) + (f" ({', '.join(parts)})" if parts else "") + "\n"
    said += f"{mends}\n" if mends else ""
    said += _inputs(outcome.inputs)
    if outcome.allowed_errors:
        errors = counted(outcome.allowed_errors, "allowed error")
        verb = "stops" if outcome.allowed_errors == 1 else "stop"
        said += f"{errors} still {verb} `wan compile` and `wan run`\n"
    return said


def _inputs(inputs: Sequence[Diagnostic]) -> str:
    """Where the input files are: by name while they are few, else how many are where."""
    names: dict[str, dict[str, None]] = {}
    for one in inputs:
        names.setdefault(str(one.fields["where"]), {})[str(one.fields["file"])] = None
    few = sum(map(len, names.values())) <= _NAMED
    parts = [
        f"{', '.join(files) if few else len(files)} {where}"
        for where, files in sorted(names.items())
    ]
    return f"input files: {'; '.join(parts)}\n" if parts else ""


def _statistics(outcome: Outcome, files: int, wishes: Wishes) -> str:
    from wan22dsl.report import statistics

    if wishes.output_format == "json":
        return statistics.render(outcome.found)
    lines = list(statistics.report(outcome.found))
    return _shown(lines, wishes) + ("\n" if lines else "") + closing(outcome, files)


def _shown(lines: Sequence[Line], wishes: Wishes) -> str:
    """The lines as a text, in colours where standard output has them."""
    if wishes.output_file or not terminal.wants_colour(sys.stdout):
        return plain(lines)
    coloured = io.StringIO()
    terminal.write(lines, coloured)
    return coloured.getvalue()
