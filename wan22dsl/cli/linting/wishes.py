"""What the command line of `wan lint` asks for."""

from __future__ import annotations

from typing import NamedTuple

from wan22dsl.errors import CommandError


class Wishes(NamedTuple):
    """The options by their names; what is None or empty was not given."""

    paths: list[str]
    stdin_filename: str | None
    output_format: str
    output_file: str | None
    select: list[str]
    ignore: list[str]
    severity: list[str]
    strict: bool
    exit_zero: bool
    statistics: bool
    fix: bool
    unsafe_fixes: bool
    diff: bool
    baseline: str | None
    write_baseline: bool
    profile: str | None
    target: str | None
    card: str | None
    server: str | None
    settings: list[str]
    params: str | None
    jobs: str | None
    cache_dir: str | None
    no_cache: bool

    def refuse(self) -> None:
        """Raises CommandError where options do not go together."""
        if self.unsafe_fixes and not (self.fix or self.diff):
            raise CommandError("--unsafe-fixes goes with --fix or --diff")
        if self.fix and self.diff:
            raise CommandError("--fix writes files and --diff does not: give one of them")
        if self.server and self.target:
            raise CommandError("--server says what to judge by: leave --target out")
        if self.write_baseline and (self.fix or self.diff):
            raise CommandError("--write-baseline goes without --fix and --diff")
        if self.jobs is not None and not (self.jobs.isdecimal() and 0 < int(self.jobs) <= 256):
            raise CommandError(f"--jobs {self.jobs}: give a whole number from 1")

    @property
    def changes_files(self) -> bool:
        """Whether the run does more than to tell what is there."""
        return self.fix or self.diff or self.write_baseline

    def levels(self) -> dict[str, str]:
        """The severities that `--severity CODE=LEVEL` gives. Raises CommandError."""
        from wan22dsl.lint.policy.settings import LEVELS

        found = {}
        for word in (part for item in self.severity for part in item.split(",")):
            code, equals, level = word.partition("=")
            if not equals or level.strip() not in LEVELS:
                raise CommandError(f"--severity {word}: write it as CODE=error, =warning or =note")
            found[code.strip()] = level.strip()
        return found
