"""The report of `wan lint`, in the form that was asked for."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from wan22dsl.cli.linting.replay import COMMANDS, DATA, ERR, FILE, JSON, OUT, STYLED
from wan22dsl.escapes import in_log, one_line
from wan22dsl.report import terminal
from wan22dsl.report.lines import plain
from wan22dsl.report.text import WIDTH, counted, fixable, summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.cli.linting.outcome import Outcome
    from wan22dsl.cli.linting.replay import Told
    from wan22dsl.cli.linting.wishes import Wishes
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.report.lines import Line

#: What is said where the findings are shown in short.
_MORE = "shown in short: `wan explain NAME` and `--output-format full` say more\n"

#: The formats for people; all others are read by programs, which expect a report whatever happens.
FOR_PEOPLE = ("text", "full", "concise")

#: So many input files are named one by one.
_NAMED = 4

#: The lines of a screen where the report goes to none, as in a log. There it may be longer than a screen,
#: but keeps what to do.
_SCREEN = 48

#: Lines that are left for what stands below the findings.
_BELOW = 5


#: How each format goes to a stream; the others are for people.
_KINDS = {"json": JSON, "sarif": JSON, "gitlab": JSON, "junit": DATA, "github": COMMANDS}


def told(outcome: Outcome, paths: Sequence[str], wishes: Wishes, *, to_error: bool) -> Told:
    """The report with where it goes; `paths` are the files that were looked at."""
    text = report(outcome, paths, wishes, coloured=_is_coloured(wishes, to_error=to_error))
    stream = ERR if to_error else OUT
    if wishes.output_file is not None:
        return [(FILE, text), (stream, closing(outcome, len(paths)))]
    if to_error:
        return [(ERR, text)]
    plain_kind = STYLED if _is_coloured(wishes, to_error=to_error) else OUT
    return [(_KINDS.get(wishes.output_format, plain_kind), text)]


def _is_coloured(wishes: Wishes, *, to_error: bool) -> bool:
    return not (wishes.output_file or to_error) and terminal.wants_colour(sys.stdout)


def report(
    outcome: Outcome, paths: Sequence[str], wishes: Wishes, *, coloured: bool = False
) -> str:
    """The report as a text; with colours only lines of pieces are coloured, and all is safe to show."""
    found, form = outcome.found, wishes.output_format
    if wishes.statistics:
        return _statistics(outcome, len(paths), wishes, coloured)
    if form == "json":
        from wan22dsl import __version__
        from wan22dsl.report import json

        return json.render(found, len(paths), __version__, outcome.inputs)
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
    return _for_people(outcome, paths, wishes, coloured)


def _for_people(outcome: Outcome, paths: Sequence[str], wishes: Wishes, coloured: bool) -> str:
    """The findings in the form that fits, which files have them, and how many there are."""
    from wan22dsl.report import compact, overview

    found = outcome.found
    width = WIDTH if wishes.output_file else terminal.width_of(sys.stdout, WIDTH)
    height, detail = None, compact.Detail.FULL
    if wishes.output_format == "concise":
        detail = compact.Detail.LINE
        lines = list(compact.shown(found, detail, width=None))
    elif wishes.output_format == "full" or wishes.output_file:
        lines = list(compact.shown(found, detail, width=width))
    else:
        screen = terminal.height_of(sys.stdout)
        height = _SCREEN if screen is None else max(screen - _BELOW, 1)
        least = compact.Detail.HELP if screen is None else compact.Detail.LINE
        detail, lines = compact.fitting(found, width=width, height=height, least=least)
    crowded = detail is compact.Detail.FULL or len(lines) > (height or _SCREEN)
    listed = crowded and wishes.output_format != "concise"  # there every line is a finding
    files = list(overview.report(found, width=width)) if listed else []
    fixes = "" if wishes.changes_files else fixable(found)
    shown = [*lines, *([()] if lines else []), *files, *([()] if files else [])]
    more = _MORE if lines and height and detail is not compact.Detail.FULL else ""
    return _shown(shown, coloured) + in_log(closing(outcome, len(paths), fixes)) + more


def closing(outcome: Outcome, files: int, fixes: str = "") -> str:
    """The last lines: how many findings count, how many do not, and what there is to say of `fixes`."""
    parts = []
    if outcome.allowed:
        parts.append(f"{outcome.allowed} allowed")
    if outcome.in_baseline:
        parts.append(f"{outcome.in_baseline} in the baseline")
    said = summary(outcome.found, files) + (f" ({', '.join(parts)})" if parts else "") + "\n"
    said += f"{fixes}\n" if fixes else ""
    said += _inputs(outcome.inputs)
    if outcome.allowed_errors:
        errors = counted(outcome.allowed_errors, "allowed error")
        verb = "stops" if outcome.allowed_errors == 1 else "stop"
        said += f"{errors} still {verb} `wan compile` and `wan run`\n"
    return said


def _inputs(inputs: Sequence[Diagnostic]) -> str:
    """Where the input files are: by name while they are few, else how many are where."""
    names: dict[str, dict[str, None]] = {}
    for finding in inputs:
        names.setdefault(str(finding.fields["where"]), {})[
            one_line(str(finding.fields["file"]))
        ] = None
    few = sum(map(len, names.values())) <= _NAMED
    parts = [
        f"{', '.join(files) if few else len(files)} {where}"
        for where, files in sorted(names.items())
    ]
    return f"input files: {'; '.join(parts)}\n" if parts else ""


def _statistics(outcome: Outcome, files: int, wishes: Wishes, coloured: bool) -> str:
    from wan22dsl.report import statistics

    if wishes.output_format == "json":
        return statistics.render(outcome.found)
    lines = list(statistics.report(outcome.found))
    return _shown(lines, coloured) + ("\n" if lines else "") + in_log(closing(outcome, files))


def _shown(lines: Sequence[Line], coloured: bool) -> str:
    """The lines as a text, in colours where that is wanted."""
    if not coloured:
        return plain(lines)
    text = io.StringIO()
    terminal.write(lines, text)
    return text.getvalue()
