"""`--fix` and `--diff`: the fixes of the findings that count, put into the files or shown as a patch."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.cli import files
from wan22dsl.cli.linting.judging import check
from wan22dsl.cli.linting.results import Result, source_of
from wan22dsl.lint import fixing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from wan22dsl.cli.linting.outcome import Policy
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.fixing import Fixed
    from wan22dsl.source import Source


class FixedFile(NamedTuple):
    """A file with its fixes."""

    result: Result
    fixed: Fixed


def help(
    results: Sequence[Result],
    found: Sequence[Diagnostic],
    policy: Policy,
    given: Mapping[str, Any],
    *,
    unsafe: bool,
) -> list[FixedFile]:
    """The files that fixes change; nothing is written. Only findings that count are fixed."""
    done = []
    for result in results:
        if result.source is None or not any(
            fixing.is_fixable(each, result.source, unsafe=unsafe) for each in found
        ):
            continue

        def judge(source: Source, result: Result = result) -> Sequence[Diagnostic]:
            own = check(source, result.task, given)
            return policy.judge([Result(result.task, source, own)]).found

        text = result.task.input.data.decode("utf-8")
        path, file = result.source.path, result.source.file
        fixed = fixing.fix(text, judge, path=path, file=file, unsafe=unsafe)
        if fixed.changes:
            done.append(FixedFile(result, fixed))
    return done


def diff(fixed: Sequence[FixedFile]) -> str:
    """The fixes as one patch."""
    from wan22dsl.report.patch import diff

    return "".join(
        diff(fixed_file.fixed.before, fixed_file.fixed.text, fixed_file.result.task.input.path)
        for fixed_file in fixed
    )


def write(fixed: Sequence[FixedFile]) -> None:
    """Puts the fixes into the files; that of standard input stays as it is. Raises CommandError."""
    for fixed_file in fixed:
        if not fixed_file.result.task.input.is_standard:
            files.write_bytes(
                fixed_file.result.task.input.path, fixed_file.fixed.text.encode("utf-8")
            )


def judged_anew(
    results: Sequence[Result], fixed: Sequence[FixedFile], given: Mapping[str, Any]
) -> list[Result]:
    """The results of all files, judged again: what was fixed in one may be used by another."""
    texts = {
        fixed_file.result.task.input.path: fixed_file.fixed.text.encode("utf-8")
        for fixed_file in fixed
    }
    found = []
    for result in results:
        task = result.task
        if task.input.path in texts:
            task = task._replace(input=task.input._replace(data=texts[task.input.path]))
        if result.source is None:
            found.append(result)
        else:
            source = source_of(task.input)
            found.append(Result(task, source, check(source, task, given)))
    return found
