"""The fixes of findings: made in the text of files, and written to disk where that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.api.report import FixedFile
from wan22dsl.api.results import Result
from wan22dsl.api.workers import check
from wan22dsl.lint import fixing
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from wan22dsl.api.policy import Outcome, Policy
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.fixing import Fixed
    from wan22dsl.source import Source

#: Fixes in one file may make others possible in those that use it; more rounds than this are not made.
_MOST_ROUNDS = 10


class AfterFixes(NamedTuple):
    """The results and the outcome after fixes, and the files that have changed."""

    results: list[Result]
    outcome: Outcome
    fixed: list[FixedFile]


def preview(
    results: Sequence[Result],
    outcome: Outcome,
    policy: Policy,
    given: Mapping[str, Any],
    *,
    unsafe: bool,
) -> list[FixedFile]:
    """The files that fixes would change. Nothing is written."""
    return [
        _fixed_file(result, fixed)
        for result, fixed in _fixes(results, outcome.found, policy, given, unsafe=unsafe)
    ]


def apply(
    results: list[Result],
    outcome: Outcome,
    policy: Policy,
    given: Mapping[str, Any],
    *,
    unsafe: bool,
) -> AfterFixes:
    """Writes fixes into the files until none is left to make; standard input is only fixed in its result.

    Raises CommandError where a file cannot be written.
    """
    changed: dict[str, FixedFile] = {}
    for _ in range(_MOST_ROUNDS):
        fixes = _fixes(results, outcome.found, policy, given, unsafe=unsafe)
        if not fixes:
            break
        for result, fixed in fixes:
            path = result.task.input.path
            if not result.task.input.is_stdin:
                disk.write(path, fixed.text.encode("utf-8"))
            changed[path] = _joined(changed.get(path), _fixed_file(result, fixed))
        results = _judged_again(results, fixes, given)
        outcome = policy.judge(results)
    left = fixing.at_rest(outcome.found, unsafe=unsafe)
    return AfterFixes(results, outcome._replace(found=left), list(changed.values()))


def _fixes(
    results: Sequence[Result],
    findings: Sequence[Diagnostic],
    policy: Policy,
    given: Mapping[str, Any],
    *,
    unsafe: bool,
) -> list[tuple[Result, Fixed]]:
    """The files that fixes change, each with its fixes. Only findings that count are fixed."""
    found = []
    fixable = fixing.fixable_files(findings, unsafe=unsafe)
    for result in results:
        source = result.source
        if source is None or source.path not in fixable:
            continue

        def judge(source: Source, result: Result = result) -> Sequence[Diagnostic]:
            own = check(source, result.task, given)
            return policy.judge([Result(result.task, source, own)]).found

        text = result.task.input.data.decode("utf-8")
        fixed = fixing.fix(text, judge, path=source.path, file=source.file, unsafe=unsafe)
        if fixed.changes:
            found.append((result, fixed))
    return found


def _fixed_file(result: Result, fixed: Fixed) -> FixedFile:
    return FixedFile(result.task.input.path, fixed.before, fixed.text, fixed.applied)


def _joined(earlier: FixedFile | None, later: FixedFile) -> FixedFile:
    """The fixes of two rounds in one file."""
    if earlier is None:
        return later
    return later._replace(before=earlier.before, findings=earlier.findings + later.findings)


def _judged_again(
    results: Sequence[Result], fixes: Sequence[tuple[Result, Fixed]], given: Mapping[str, Any]
) -> list[Result]:
    """The results of all files, judged again: what was fixed in one may be used by another."""
    texts = {result.task.input.path: fixed.text.encode("utf-8") for result, fixed in fixes}
    found = []
    for result in results:
        task = result.task
        if task.input.path in texts:
            task = task._replace(input=task.input._replace(data=texts[task.input.path]))
        if result.source is None:
            found.append(result)
        else:
            source = task.input.source()
            found.append(Result(task, source, check(source, task, given)))
    return found
