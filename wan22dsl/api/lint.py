"""A run of the linter: which files, judged by what, which findings count, and what was fixed.

`lint_files` does it all. `prepare` finds the files and judges none: where an earlier run with the same
options has read the same, `Run.kept_answer` gives what was made of it, and hardly anything is imported.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from wan22dsl.api.cached_run import CachedRun, cache_of, digest_of
from wan22dsl.api.files import STANDARD, also_read, gather, tasks_of
from wan22dsl.api.options import Options
from wan22dsl.lint.policy.config import Configs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from wan22dsl.api.files import Task
    from wan22dsl.api.policy import Outcome, Policy
    from wan22dsl.api.report import FixedFile, Report
    from wan22dsl.api.results import CachedFindings, Result
    from wan22dsl.language.asked import Asked


_DEFAULT = Options()


def lint_files(
    paths: str | Path | Iterable[str | Path],
    options: Options = _DEFAULT,
    *,
    stdin: bytes | None = None,
) -> Report:
    """What is wrong with files, as `wan lint` reports it: with configuration, suppressions, baseline, cache.

    `paths` are `.wan` files, ComfyUI JSON, folders, and patterns such as `clips/*.wan`; for `-` the text in
    `stdin` is judged. Nothing is written but results for the next run, and what the options ask for: fixes
    and baselines.

        report = lint_files("pipelines", Options(strict=True))
        for finding in report.findings:
            print(finding.code, finding.message)

    Raises CommandError for options, a configuration or a pattern that is wrong, CatalogueError for a target
    that is not known, ServerError for a server that cannot be asked. A file that cannot be read raises
    nothing: `Report.unreadable` has it.
    """
    return prepare(paths, options, stdin=stdin).report()


def prepare(
    paths: str | Path | Iterable[str | Path],
    options: Options = _DEFAULT,
    *,
    stdin: bytes | None = None,
    answer_key: str | None = None,
) -> Run:
    """A run that has found its files, and judged none of them. Raises CommandError, UnreadableFile.

    With an `answer_key`, which names what else the answer depends on, the run can keep an answer.
    """
    return Run(_names(paths), options, stdin, answer_key)


class Run:
    """A run of the linter, from its files to its report."""

    def __init__(
        self, paths: Sequence[str], options: Options, stdin: bytes | None, answer_key: str | None
    ) -> None:
        options.check()
        self._options = options
        self._cache = cache_of(options)
        key = None
        if not (
            answer_key is None
            or options.changes_files
            or options.server
            or options.models
            or STANDARD in paths
        ):
            key = repr((answer_key, list(paths), tuple(options)))
        self._cached = CachedRun(self._cache, key)
        self._configs = Configs(options.profile, self._cached.configs)
        self._configs.of("")
        self._inputs = gather(paths, self._configs, stdin, options.stdin_filename)
        keeps = self._cache.folder is not None
        self._tasks = tasks_of(self._inputs.files, options, self._configs, keeps=keeps)
        others = also_read(options, self._configs)
        self._digest = digest_of(self._inputs, self._tasks, self._configs, others)
        self._can_be_kept = False
        self._asked: Asked = {}

    def kept_answer(self) -> Any:
        """What `keep_answer` was given by an earlier run that read the same; else None.

        It is plain data, whose shape has to be checked.
        """
        return self._cached.answer(self._digest)

    def keep_answer(self, answer: Any) -> None:
        """Keeps what was made of the report, as data that JSON takes, where the next run may use it."""
        if self._can_be_kept:
            self._cached.keep(self._digest, self._configs, self._asked, answer)

    def report(self) -> Report:
        """Judges the files, fixes them where the options say so, and reports. Raises WanError."""
        from wan22dsl.api.policy import Policy
        from wan22dsl.api.report import Report
        from wan22dsl.api.results import CachedFindings
        from wan22dsl.api.values import gather as gather_values

        options = self._options
        given = gather_values(options.values, options.params)
        findings = CachedFindings(self._cache, given)
        policy = Policy(options, self._configs, lambda: findings.known(_all_names))
        results = _results(self._tasks, given, findings, options)
        outcome = policy.judge(results)
        findings.write()
        results, outcome, fixed = _fixed(results, outcome, policy, given, options)
        files = tuple(result.source.path for result in results if result.source is not None)
        unreadable = [result.unreadable for result in results if result.source is None]
        baselines = policy.write_baselines(outcome.found, files) if options.write_baseline else ()
        self._asked = findings.asked
        self._can_be_kept = findings.all_kept and not (self._inputs.unreadable or unreadable)
        return Report(
            files=files,
            findings=tuple(outcome.found),
            inputs=outcome.inputs,
            suppressed=outcome.suppressed,
            suppressed_errors=outcome.suppressed_errors,
            in_baseline=outcome.in_baseline,
            fails=outcome.fails and not options.write_baseline,
            left_out=tuple(self._inputs.left_out),
            unreadable=(*self._inputs.unreadable, *unreadable),
            fixed=tuple(fixed),
            stdin_text=_stdin_text(results) if options.fix else None,
            baselines=tuple(baselines),
        )


def _names(paths: str | Path | Iterable[str | Path]) -> list[str]:
    if isinstance(paths, (str, os.PathLike)):
        return [os.fspath(paths)]
    return [os.fspath(path) for path in paths]


def _results(
    tasks: Sequence[Task], given: Mapping[str, Any], findings: CachedFindings, options: Options
) -> list[Result]:
    """The result of each task, in order. Raises CommandError, CatalogueError, ServerError."""
    from wan22dsl.api import results

    if options.server or options.models:
        return results.looked_up(tasks, given, options.server, options.models)
    return list(results.results(tasks, given, findings, options.jobs))


def _fixed(
    results: list[Result],
    outcome: Outcome,
    policy: Policy,
    given: Mapping[str, Any],
    options: Options,
) -> tuple[list[Result], Outcome, Sequence[FixedFile]]:
    """The results, the outcome and the fixes, after these were made or only previewed."""
    if not (options.fix or options.diff):
        return results, outcome, ()
    from wan22dsl.api import fixes

    unsafe = options.unsafe_fixes
    if options.diff:
        return results, outcome, fixes.preview(results, outcome, policy, given, unsafe=unsafe)
    return fixes.apply(results, outcome, policy, given, unsafe=unsafe)


def _stdin_text(results: Sequence[Result]) -> str | None:
    for result in results:
        if result.task.input.is_stdin and result.source is not None:
            return result.task.input.data.decode("utf-8")
    return None


def _all_names() -> dict[str, str]:
    from wan22dsl.api.codes import names

    return names()
