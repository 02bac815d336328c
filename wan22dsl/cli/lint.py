"""`wan lint`: mistakes in pipelines and ComfyUI workflows."""

from __future__ import annotations

import sys
from typing import Any

from wan22dsl.api import lint
from wan22dsl.api.files import STANDARD
from wan22dsl.api.options import Options
from wan22dsl.cli import parts, streams
from wan22dsl.cli.declare import INPUTS, PARAMS, SET, TARGET, Command, Option
from wan22dsl.errors import CommandError
from wan22dsl.report import terminal

STDIN_FILENAME = Option(
    "stdin_filename", ("--stdin-filename",), "File name for standard input", "FILE"
)
OUTPUT_FORMAT = Option(
    "output_format",
    ("--output-format",),
    "`text`, `full` and `concise` are for people, the others for programs",
    "FORMAT",
    default="text",
    choices=("text", "full", "concise", "json", "sarif", "github", "gitlab", "junit"),
)
OUTPUT_FILE = Option(
    "output_file",
    ("--output-file",),
    "File for the report; only its last lines are printed",
    "FILE",
)
SELECT = Option(
    "select", ("--select",), "Only these rules: codes, names or prefixes, with commas",
    "RULES", many=True,
)  # fmt: skip
IGNORE = Option("ignore", ("--ignore",), "All rules but these", "RULES", many=True)
SEVERITY = Option(
    "severity", ("--severity",), "Severity of a rule's findings: error, warning or note",
    "RULE=LEVEL", many=True,
)  # fmt: skip
STRICT = Option("strict", ("--strict",), "Exit with 1 also for warnings")
EXIT_ZERO = Option("exit_zero", ("--exit-zero",), "Exit with 0 even if there are errors")
STATISTICS = Option(
    "statistics",
    ("--statistics",),
    "Only the number of findings per rule, as text or JSON",
)
FIX = Option("fix", ("--fix",), "Apply safe fixes, and report the rest")
UNSAFE_FIXES = Option(
    "unsafe_fixes",
    ("--unsafe-fixes",),
    "With --fix or --diff: also fixes that may change the video",
)
DIFF = Option("diff", ("--diff",), "Show what --fix would change, and write nothing")
BASELINE = Option("baseline", ("--baseline",), "File of findings that do not count", "FILE")
WRITE_BASELINE = Option(
    "write_baseline", ("--write-baseline",), "Write all findings to the baseline, and exit with 0"
)
PROFILE = Option("profile", ("--profile",), "Profile of the configuration", "NAME")
CARD = Option(
    "card", ("--card",), "Also check whether it fits on this card, such as `RTX 4090`", "CARD"
)
SERVER = Option(
    "server", ("--server",), "Server whose node classes and model files to check against", "URL"
)
MODELS = Option(
    "models",
    ("--models",),
    "Models folder, or ComfyUI's: also check the model files",
    "DIR",
)
JOBS = Option(
    "jobs", ("--jobs", "-j"), "Number of processes (default: by the number of cores)", "N"
)
CACHE_DIR = Option(
    "cache_dir", ("--cache-dir",), "Folder for results (default: your cache folder)",
    "DIR",
)  # fmt: skip
NO_CACHE = Option("no_cache", ("--no-cache",), "Neither use nor keep results")


def run(**options: Any) -> int:
    """Find mistakes in pipelines and ComfyUI workflows.

    The report goes to standard output. `text` is shortened to fit the screen, `full` shows everything,
    `concise` one line for each finding. Exit codes: 0, no errors; 1, errors (with --strict, also warnings);
    2, wrong command or configuration, or an unreadable file.
    """
    paths = options.pop("paths")
    exit_zero = options.pop("exit_zero")
    form = tuple(options.pop(name) for name in ("output_format", "output_file", "statistics"))
    chosen = _options(**options)
    chosen.check()
    _check_form(*form)
    stdin = streams.read() if STANDARD in paths else None
    run = lint.prepare(paths, chosen, stdin=stdin, answer_key=_answer_key(form))
    answer = run.kept_answer()
    if not _is_answer(answer):
        from wan22dsl.cli import lint_output

        report = run.report()
        shown = lint_output.parts(report, chosen, lint_output.Form(*form))
        answer = [shown, report.exit_code]
        run.keep_answer(answer)
    shown, code = answer
    parts.show(shown, form[1])
    return 0 if exit_zero and code == 1 else code


def _check_form(output_format: str, output_file: str | None, statistics: bool) -> None:
    """Raises CommandError where the number of findings has no place in the format."""
    if statistics and output_format in ("sarif", "github", "gitlab", "junit"):
        raise CommandError(
            f"--statistics replaces the findings, and `{output_format}` has no place for numbers: "
            "give `--output-format json` or `text`, in a run of its own"
        )


def _options(
    severity: list[str], settings: list[str], jobs: str | None, no_cache: bool, **others: Any
) -> Options:
    """The options of the linter. Raises CommandError."""
    if jobs is not None and not jobs.isdecimal():
        raise CommandError(f"--jobs {jobs}: give a whole number from 1")
    many = {name: tuple(value) for name, value in others.items() if isinstance(value, list)}
    return Options(
        **{**others, **many},
        severity=_levels(severity),
        values=_values(settings),
        jobs=None if jobs is None else int(jobs),
        cache=not no_cache,
    )


def _values(settings: list[str]) -> dict[str, str]:
    """The parameters of `--set`. Raises CommandError."""
    if not settings:
        return {}
    from wan22dsl.api.values import by_name

    return by_name(settings)


def _levels(words: list[str]) -> dict[str, str]:
    """The rules of `--severity RULE=LEVEL`, each with its severity. Raises CommandError."""
    levels = {}
    for word in (part for item in words for part in item.split(",")):
        rule, equals, level = word.partition("=")
        if not equals:
            raise CommandError(f"--severity {word}: write it as CODE=error, =warning or =note")
        levels[rule.strip()] = level.strip()
    return levels


def _answer_key(form: tuple[Any, ...]) -> str | None:
    """What is shown depends on this too. None for a terminal, since its size may be another one next time."""
    on_terminal = sys.stdout.isatty() or terminal.wants_colour(sys.stdout)
    return None if on_terminal else repr(form)


def _is_answer(answer: Any) -> bool:
    """Whether what was kept has the shape of what is kept here."""
    return (
        isinstance(answer, list)
        and len(answer) == 2
        and parts.are_parts(answer[0])
        and type(answer[1]) is int
        and answer[1] in (0, 1)
    )


COMMAND = Command(
    run,
    (
        INPUTS, STDIN_FILENAME, OUTPUT_FORMAT, OUTPUT_FILE, SELECT, IGNORE, SEVERITY, STRICT,
        EXIT_ZERO, STATISTICS, FIX, UNSAFE_FIXES, DIFF, BASELINE, WRITE_BASELINE, PROFILE,
        TARGET, CARD, SERVER, MODELS, SET, PARAMS, JOBS, CACHE_DIR, NO_CACHE,
    ),
)  # fmt: skip
