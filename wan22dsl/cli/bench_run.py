"""`wan bench FILE`: plans a bench, measures it, and shows what can be said of it."""

from __future__ import annotations

from wan22dsl.cli import files, numbers, values
from wan22dsl.cli.declare import (
    ALLOW,
    DISTURB,
    FAULT,
    FILE,
    PARAMS,
    SET,
    SILENCE,
    Argument,
    Command,
    Option,
)
from wan22dsl.errors import CommandError
from wan22dsl.graph.cost.cards import EXAMPLE

NAME = Argument("name", "NAME", "Bench, if the file has several", required=False)
SERVER = Option(
    "server",
    ("--server",),
    "Running ComfyUI server, used as it was started; repeatable (default: as for `wan run`)",
    "URL",
    many=True,
)
FLEET = Option("fleet", ("--fleet",), "Configured fleet: each of its servers is a place", "NAME")
COMFYUI = Option(
    "comfyui",
    ("--comfyui",),
    "Install to start in each profile: its folder, or a configured name; repeatable",
    "NAME",
    many=True,
)
PYTHON = Option("python", ("--python",), "Python that runs ComfyUI (default: the install's)", "EXE")
SIMULATE = Option(
    "simulate", ("--simulate",), "Measure on a simulated card, without ComfyUI or a GPU"
)
CARD = Option(
    "card",
    ("--card",),
    f"GPU to simulate, such as {EXAMPLE}; repeatable (default: the configuration's)",
    "CARD",
    many=True,
)
SPEED = Option(
    "speed", ("--speed",), "Speed of simulated time: a factor, or `max`", "TIMES", default="max"
)
OUT = Option("out", ("--out",), "Folder of the bench (default: a fresh one in wan_output)", "DIR")
DRY_RUN = Option("dry_run", ("--dry-run",), "Show the plan with its minutes, and run nothing")
RESUME = Option(
    "resume", ("--resume",), "Go on with the bench in DIR, else the newest of that name"
)
BUDGET = Option(
    "budget", ("--budget",), "Stop before a run that would not end in time: 90s, 45min, 2h", "TIME"
)
REPEAT = Option(
    "repeat", ("--repeat",), "Measured runs of each cell and session (default: the file's, else 3)", "N"
)  # fmt: skip
BASELINE = Option(
    "baseline",
    ("--baseline",),
    "File of `wan bench accept`: what differs from it is measured a second time",
    "FILE",
)
TIMEOUT = Option(
    "timeout", ("--timeout",), "Seconds allowed for a start of ComfyUI", "SECONDS", default="600"
)
JSON = Option("json", ("--json",), "Print the plan, each event and the result as JSON lines")
QUIET = Option("quiet", ("--quiet", "-q"), "Print only errors and the result")


def run(
    file: str,
    name: str | None,
    settings: list[str],
    params: str | None,
    server: list[str],
    fleet: str | None,
    comfyui: list[str],
    python: str | None,
    simulate: bool,
    card: list[str],
    speed: str,
    fault: list[str],
    disturb: list[str],
    out: str | None,
    dry_run: bool,
    resume: bool,
    budget: str | None,
    repeat: str | None,
    baseline: str | None,
    silence: str,
    timeout: str,
    allow_project: bool,
    json: bool,
    quiet: bool,
) -> int:
    """Find out which configuration is fastest on a card.

    The plan comes first, with its minutes. With --comfyui ComfyUI is started for each profile. Each cell, a
    configuration at a place, gets a warm-up that does not count, then measured runs with fresh seeds. What
    seems to differ from its baseline is measured a second time, in reverse order. The folder has the plan, a
    line for each event, and the record of each run. Ctrl-C ends the run in progress; --resume goes on.

    A file that is called as one of the commands below is `./show`.

    Exit codes: 0, everything was measured; 1, a cell could not be measured, or the file has errors; 2, wrong
    command; 130, stopped.
    """
    from wan22dsl.api.bench_options import BenchOptions
    from wan22dsl.api.benching import run_bench
    from wan22dsl.cli.bench_output import Output
    from wan22dsl.cli.serve import times
    from wan22dsl.cli.stopping import stoppable

    options = BenchOptions(
        out=out,
        servers=server,
        fleet=fleet,
        installs=comfyui,
        python=python,
        simulate=simulate,
        cards=card,
        speed=times(speed) if speed != SPEED.default else None,
        faults=fault,
        disturbances=disturb,
        dry_run=dry_run,
        resume=resume,
        budget_s=_duration_s(budget) if budget is not None else None,
        repeat=numbers.whole(repeat, "--repeat", 100) if repeat is not None else None,
        baseline=baseline,
        allow_project=allow_project,
        start_s=numbers.seconds(timeout, "--timeout"),
        silence_s=numbers.seconds(silence, "--silence"),
    )
    options.check()
    source = files.read(file)
    _refuse_json(file, source.text)
    given = values.gather_for(source, settings, params, quiet=quiet)
    with stoppable(), Output("json" if json else "quiet" if quiet else "people") as output:
        result = run_bench(source, options, name=name, values=given, watcher=output)
    return result.exit_code


def _refuse_json(file: str, text: str) -> None:
    """Raises CommandError for a workflow of ComfyUI, with the way to a bench."""
    if not text.lstrip().startswith("{"):
        return
    from pathlib import PurePath

    from wan22dsl.escapes import in_command
    from wan22dsl.graph.cost.cards import DEFAULT_CARD

    made = in_command(PurePath(file).with_suffix(".wan").as_posix())
    raise CommandError(
        f"{file}: is JSON, and a bench is declared in a .wan file; make both with",
        f"wan import {in_command(file)} -o {made}",
        f'wan bench new --for "{DEFAULT_CARD}" --pipeline {made}',
    )


_UNITS = {"s": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0}


def _duration_s(text: str) -> float:
    """`90s`, `45min`, `2h`, `1.5h` in seconds. Raises CommandError."""
    number = text.strip().rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = _UNITS.get(text.strip()[len(number) :].strip())
    try:
        found = float(number) * unit if unit is not None else 0.0
    except ValueError:
        found = 0.0
    if not 0 < found < 1e7:
        raise CommandError(f"--budget {text}: give a time such as 90s, 45min or 2h")
    return found


RUN = Command(
    run,
    (
        FILE, NAME, SET, PARAMS, SERVER, FLEET, COMFYUI, PYTHON, SIMULATE, CARD, SPEED, FAULT,
        DISTURB, OUT, DRY_RUN, RESUME, BUDGET, REPEAT, BASELINE, SILENCE, TIMEOUT, ALLOW, JSON, QUIET,
    ),
)  # fmt: skip
