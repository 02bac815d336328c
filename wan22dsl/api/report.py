"""What a run of the linter found, as data."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic


class Verdict(Enum):
    """How a run ended. INCOMPLETE: a file could not be read, so nobody knows what is wrong with it."""

    PASSED = "passed"
    FAILED = "failed"
    INCOMPLETE = "incomplete"


class FixedFile(NamedTuple):
    """A file with its fixes: its text before and after, and the findings that were fixed."""

    path: str
    before: str
    after: str
    findings: tuple[Diagnostic, ...]


class Report(NamedTuple):
    """What a run of the linter found.

    A finding counts unless a suppression, the configuration, the options or a baseline say otherwise. What
    the configuration and the options deselect is in no count here.
    """

    #: The files that were judged, by the paths that findings show.
    files: tuple[str, ...]
    #: The findings that count, in the order of files and lines. After fixes: those that are left.
    findings: tuple[Diagnostic, ...]
    #: Where the input files of pipelines are: beside the `.wan` file, or on the server. Not findings.
    inputs: tuple[Diagnostic, ...] = ()
    #: Number of findings that suppressions (`# wan: allow(…)`) silence.
    suppressed: int = 0
    #: Number of errors among these. They still stop `compile` and `run`.
    suppressed_errors: int = 0
    #: Number of findings that baselines have.
    in_baseline: int = 0
    #: Whether a finding makes the run fail: an error or, if strict, a warning.
    fails: bool = False
    #: Files that were left out, each with the reason.
    left_out: tuple[str, ...] = ()
    #: Files that could not be read, each with the reason.
    unreadable: tuple[str, ...] = ()
    #: The files that fixes change, and with `Options.fix` have changed.
    fixed: tuple[FixedFile, ...] = ()
    #: With `Options.fix`: the text of standard input after the fixes.
    stdin_text: str | None = None
    #: The baselines that were written, as paths.
    baselines: tuple[str, ...] = ()

    @property
    def by_file(self) -> dict[str, list[Diagnostic]]:
        """The findings of each judged file, also of those without any.

        A finding without a place is under the empty path; one in a file that a judged file uses, under that.
        """
        found: dict[str, list[Diagnostic]] = {path: [] for path in self.files}
        for finding in self.findings:
            path = finding.span.source.path if finding.span is not None else ""
            found.setdefault(path, []).append(finding)
        return found

    @property
    def verdict(self) -> Verdict:
        """Whether the run passed. Writing a baseline passes whatever is in it."""
        if self.unreadable:
            return Verdict.INCOMPLETE
        return Verdict.FAILED if self.fails else Verdict.PASSED

    @property
    def exit_code(self) -> int:
        """The exit code of `wan lint`: 0, 1 or 2, by the verdict."""
        return list(Verdict).index(self.verdict)
