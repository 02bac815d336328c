"""What a run of the linter should do."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_PROCESSES = 256

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Options(NamedTuple):
    """The options of `lint_files`, named as those of `wan lint`. Each has a default.

    The configuration that holds for a file (`wan.toml`, or `[tool.wan]` in `pyproject.toml`) comes first;
    what is given here overrides it.
    """

    #: Only these rules count: codes, names, or prefixes such as `WAN7`.
    select: tuple[str, ...] = ()
    #: These rules do not count.
    ignore: tuple[str, ...] = ()
    #: Rules, as in `select`, each with the severity of its findings: `error`, `warning` or `note`.
    severity: Mapping[str, str] = _NOTHING
    #: Warnings fail, as errors do.
    strict: bool = False
    #: Write safe fixes into the files, and report the rest.
    fix: bool = False
    #: With `fix` or `diff`: unsafe fixes too. They may change the video.
    unsafe_fixes: bool = False
    #: Make the fixes, but write none: `Report.fixed` has them.
    diff: bool = False
    #: A file of findings that do not count; else that of the configuration.
    baseline: str | None = None
    #: Write all findings to the baseline.
    write_baseline: bool = False
    #: A profile of the configuration.
    profile: str | None = None
    #: The ComfyUI to judge by: a version, an object_info file, or a server's URL.
    target: str | None = None
    #: Also judge whether a pipeline fits on this card, such as `RTX 4090`.
    card: str | None = None
    #: The URL of a server: judge by the node classes and model files that it has.
    server: str | None = None
    #: A ComfyUI folder, or its models folder: also look at the model files that are in it.
    models: str | None = None
    #: Parameters by name (`seed`, `house.cfg`): Python values, or strings as after `--set`.
    values: Mapping[str, Any] = _NOTHING
    #: A TOML or JSON file of parameters; `values` override it.
    params: str | None = None
    #: Number of processes; None: by the number of cores. A script that asks for more than one needs
    #: `if __name__ == "__main__":` on Windows and macOS.
    jobs: int | None = 1
    #: Keep results for the next run, and use those of earlier runs.
    cache: bool = True
    #: The folder of results; else the user's cache folder.
    cache_dir: str | None = None
    #: The name to show for what `-` stands for.
    stdin_filename: str | None = None

    def check(self) -> None:
        """Raises CommandError where options contradict each other or have no meaning."""
        if self.unsafe_fixes and not (self.fix or self.diff):
            raise CommandError("--unsafe-fixes requires --fix or --diff")
        if self.fix and self.diff:
            raise CommandError("--fix writes files and --diff does not: use one of them")
        if self.server and self.target:
            raise CommandError("--server selects the ComfyUI to check against: omit --target")
        if self.write_baseline and (self.fix or self.diff):
            raise CommandError("--write-baseline cannot be combined with --fix or --diff")
        if self.jobs is not None and not 0 < self.jobs <= _MOST_PROCESSES:
            raise CommandError(f"--jobs {self.jobs}: use a whole number from 1")
        if self.severity:
            self._check_severity()

    def _check_severity(self) -> None:
        from wan22dsl.lint.policy.settings import LEVELS

        for rule, level in self.severity.items():
            if level not in LEVELS:
                raise CommandError(
                    f"--severity {rule}={level}: write it as CODE=error, =warning or =note"
                )

    @property
    def changes_files(self) -> bool:
        """Whether the run does more than report what it finds."""
        return self.fix or self.diff or self.write_baseline
