"""`--fix` and `--diff`: the mends of the findings that count, put into the files or shown as a patch."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl import fixing
from wan22dsl.cli import files
from wan22dsl.cli.linting.judging import check
from wan22dsl.cli.linting.results import Result, source_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from wan22dsl.cli.linting.outcome import Policy
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.fixing import Fixed
    from wan22dsl.source import Source


class Mended(NamedTuple):
    """A file with its mends."""

    result: Result
    fixed: Fixed


def mend(
    results: Sequence[Result],
    found: Sequence[Diagnostic],
    policy: Policy,
    given: Mapping[str, Any],
    *,
    unsafe: bool,
) -> list[Mended]:
    """The files that mends change; nothing is written. Only findings that count are mended."""
    done = []
    for one in results:
        if one.source is None or not any(
            fixing.is_fixable(each, one.source, unsafe=unsafe) for each in found
        ):
            continue

        def judge(source: Source, one: Result = one) -> Sequence[Diagnostic]:
            own = check(source, one.task, given)
            return policy.judge([Result(one.task, source, own)]).found

        text = one.task.input.data.decode("utf-8")
        path, file = one.source.path, one.source.file
        fixed = fixing.fix(text, judge, path=path, file=file, unsafe=unsafe)
        if fixed.changes:
            done.append(Mended(one, fixed))
    return done


def diff(mended: Sequence[Mended]) -> str:
    """The mends as one patch."""
    from wan22dsl.report.unified import diff

    return "".join(
        diff(one.fixed.before, one.fixed.text, one.result.task.input.path) for one in mended
    )


def write(mended: Sequence[Mended]) -> None:
    """Puts the mends into the files; that of standard input stays as it is. Raises CommandError."""
    for one in mended:
        if not one.result.task.input.is_standard:
            files.write_bytes(one.result.task.input.path, one.fixed.text.encode("utf-8"))


def judged_anew(
    results: Sequence[Result], mended: Sequence[Mended], given: Mapping[str, Any]
) -> list[Result]:
    """The results of all files, judged again: what was mended in one may be used by another."""
    texts = {one.result.task.input.path: one.fixed.text.encode("utf-8") for one in mended}
    found = []
    for one in results:
        task = one.task
        if task.input.path in texts:
            task = task._replace(input=task.input._replace(data=texts[task.input.path]))
        if one.source is None:
            found.append(one)
        else:
            source = source_of(task.input)
            found.append(Result(task, source, check(source, task, given)))
    return found
