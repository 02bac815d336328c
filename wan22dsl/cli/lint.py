"""`wan lint`: what is wrong with files, where and why."""

from __future__ import annotations

from typing import Any

from wan22dsl.cli.declare import INPUTS, PARAMS, SET, TARGET, Command, Option
from wan22dsl.cli.linting import inputs, replay, tasks
from wan22dsl.cli.linting.wishes import Wishes
from wan22dsl.lint.policy.config import Configs

STDIN_FILENAME = Option(
    "stdin_filename", ("--stdin-filename",), "The name of what `-` reads.", "FILE"
)
OUTPUT_FORMAT = Option(
    "output_format",
    ("--output-format",),
    "`text` for people, as much of each finding as fits on a screen (`full`: all; `concise`: a sentence); "
    "`json`, `sarif`, `github`, `gitlab`, `junit` for programs.",
    "FORMAT",
    default="text",
    choices=("text", "full", "concise", "json", "sarif", "github", "gitlab", "junit"),
)
OUTPUT_FILE = Option(
    "output_file",
    ("--output-file",),
    "Write the report there, and only its last line here.",
    "FILE",
)
SELECT = Option(
    "select", ("--select",), "Only these rules: codes, names, prefixes such as WAN7; with commas.",
    "RULES", many=True,
)  # fmt: skip
IGNORE = Option("ignore", ("--ignore",), "Not these rules.", "RULES", many=True)
SEVERITY = Option(
    "severity", ("--severity",), "What a rule's findings are: error, warning or note.",
    "RULE=LEVEL", many=True,
)  # fmt: skip
STRICT = Option("strict", ("--strict",), "Exit with 1 for warnings too.")
EXIT_ZERO = Option("exit_zero", ("--exit-zero",), "Exit with 0 whatever is found.")
STATISTICS = Option("statistics", ("--statistics",), "Count the findings of each rule.")
FIX = Option("fix", ("--fix",), "Fix what can be fixed, and report the rest.")
UNSAFE_FIXES = Option(
    "unsafe_fixes",
    ("--unsafe-fixes",),
    "With --fix or --diff: also fixes that are a guess or change the video.",
)
DIFF = Option("diff", ("--diff",), "Write nothing; show what --fix would change.")
BASELINE = Option("baseline", ("--baseline",), "Findings that this file has do not count.", "FILE")
WRITE_BASELINE = Option(
    "write_baseline", ("--write-baseline",), "Write all findings to the baseline, and exit with 0."
)
PROFILE = Option("profile", ("--profile",), "A profile of the configuration.", "NAME")
CARD = Option("card", ("--card",), "Judge too whether it fits on this card: `RTX 4090`.", "CARD")
SERVER = Option(
    "server", ("--server",), "Also ask this server which nodes and model files it has.", "URL"
)
JOBS = Option("jobs", ("--jobs", "-j"), "How many processes; without it, by the cores.", "N")
CACHE_DIR = Option(
    "cache_dir", ("--cache-dir",), "Where results are kept; without it, in your cache folder.",
    "DIR",
)  # fmt: skip
NO_CACHE = Option("no_cache", ("--no-cache",), "Keep no results, and use none.")


def run(**options: Any) -> int:
    """Say what is wrong with files, where and why.

    Every declaration, pipeline and graph is judged. The report goes to standard output. Exit codes: 0,
    nothing fails; 1, there are errors (with --strict: or warnings); 2, the command or the configuration
    was wrong, or a file cannot be read.
    """
    wishes = Wishes(**options)
    wishes.refuse()
    cache = replay.cache_of(wishes)
    before = replay.Replay(cache, wishes)
    configs = Configs(wishes.profile, before.configs)
    configs.of("")
    found = inputs.gather(wishes.paths, configs, wishes.stdin_filename)
    jobs = tasks.make(found.files, wishes, configs, keeps=cache.folder is not None)
    whole = replay.whole(found, jobs, configs, tasks.also_read(wishes, configs))
    done = before.told(whole)
    if done is None:
        from wan22dsl.cli.linting.work import work

        told, status, is_whole = work(wishes, cache, configs, found, jobs)
        if is_whole:
            before.keep(whole, configs, told, status)
    else:
        told, status = done
    replay.tell(told, wishes.output_file)
    return status


COMMAND = Command(
    run,
    (
        INPUTS, STDIN_FILENAME, OUTPUT_FORMAT, OUTPUT_FILE, SELECT, IGNORE, SEVERITY, STRICT,
        EXIT_ZERO, STATISTICS, FIX, UNSAFE_FIXES, DIFF, BASELINE, WRITE_BASELINE, PROFILE,
        TARGET, CARD, SERVER, SET, PARAMS, JOBS, CACHE_DIR, NO_CACHE,
    ),
)  # fmt: skip
