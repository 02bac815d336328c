"""`wan batch`: many jobs on a fleet of ComfyUI servers."""

from __future__ import annotations

from wan22dsl.cli import numbers, streams, values
from wan22dsl.cli.declare import (
    ALLOW,
    FAULT,
    PARAMS,
    PIPELINE,
    SET,
    SILENCE,
    Argument,
    Command,
    Option,
)
from wan22dsl.graph.cost.cards import EXAMPLE

FILES = Argument("files", "FILE", "`.wan` files whose runs are the jobs", required=False, many=True)
EACH = Option(
    "each",
    ("--each",),
    "CSV or JSON Lines with a row for each job; `-` reads standard input",
    "FILE",
)
VARY = Option(
    "vary", ("--vary",), "Values to run each job with: `cfg=1,3.5`; repeatable", "NAME=VALUES", many=True
)  # fmt: skip
REPEAT = Option(
    "repeat", ("--repeat",), "Number of runs of each job, each with a fresh seed", "N", default="1"
)
BENCH = Option("bench", ("--bench",), "Bench of the file whose cells are the jobs", "NAME")
FLEET = Option("fleet", ("--fleet",), "Configured fleet that takes the jobs", "NAME")
SERVER = Option(
    "server",
    ("--server",),
    "ComfyUI server that takes jobs; repeatable (default: the fleet, else as `wan run`)",
    "URL",
    many=True,
)
SCHEDULER = Option(
    "scheduler",
    ("--scheduler",),
    "Dask scheduler whose workers (`wan worker`) take jobs",
    "ADDRESS",
)
SIMULATE = Option("simulate", ("--simulate",), "Run on simulated servers, without ComfyUI or a GPU")
SERVERS = Option("count", ("--servers",), "Number of servers to simulate", "N")
CARD = Option(
    "card",
    ("--card",),
    f"GPU to simulate, such as {EXAMPLE}; repeatable",
    "CARD",
    many=True,
)
SPEED = Option(
    "speed", ("--speed",), "Speed of simulated time: a factor, or `max` (default: 60)", "TIMES"
)
OUT = Option("out", ("--out",), "Folder of the batch (default: a fresh one in wan_output)", "DIR")
DRY_RUN = Option(
    "dry_run",
    ("--dry-run",),
    "Show the jobs, where they would run and until when, and send nothing",
)
RESUME = Option(
    "resume", ("--resume",), "Go on with the batch in DIR, else with the newest of that name"
)
STAGED = Option(
    "staged", ("--staged",), "Run each pass as its own prompt, and free models in between"
)
NO_RETRY = Option(
    "no_retry", ("--no-retry",), "Never retry on the same server when memory runs out"
)
ATTEMPTS = Option(
    "attempts", ("--attempts",), "Failures on different servers before a job is set aside", "N",
    default="3",
)  # fmt: skip
WAIT = Option(
    "wait", ("--wait",), "Seconds to wait for servers when none answers", "SECONDS", default="600"
)
QUALITY = Option("quality", ("--quality",), "Measure the videos of each run when it is over")
METRICS = Option(
    "metrics", ("--metrics",), "Keep metrics for Prometheus in a file that ends in `.prom`", "FILE"
)
JSON = Option("json", ("--json",), "Print the plan, each event and the result as JSON lines")
QUIET = Option("quiet", ("--quiet", "-q"), "Print only errors and output files")


def run(
    files: list[str],
    each: str | None,
    settings: list[str],
    params: str | None,
    vary: list[str],
    repeat: str,
    pipeline: str | None,
    bench: str | None,
    fleet: str | None,
    server: list[str],
    scheduler: str | None,
    simulate: bool,
    count: str | None,
    card: list[str],
    speed: str | None,
    fault: list[str],
    out: str | None,
    dry_run: bool,
    resume: bool,
    staged: bool,
    no_retry: bool,
    attempts: str,
    silence: str,
    wait: str,
    quality: bool,
    allow_project: bool,
    metrics: str | None,
    json: bool,
    quiet: bool,
) -> int:
    """Run many jobs on a fleet of ComfyUI servers.

    Each row of --each is a job, with every combination of --vary. First all rows are checked, and everything
    that is wrong is listed. Then each job goes to the server that is expected to finish it first, and every
    step is written to the folder before the next. A job that fails on three servers is set aside, with those
    that need it. Ctrl-C stops the prompts of this batch, and no one else's; --resume goes on.

    Exit codes: 0, all jobs succeeded; 1, some did not, or something is wrong in the files; 2, wrong command,
    no server answers, or the disk is full; 130, stopped.
    """
    from wan22dsl.api.batch_options import BatchOptions
    from wan22dsl.api.batching import batch
    from wan22dsl.cli.batch_output import Output
    from wan22dsl.cli.serve import times
    from wan22dsl.cli.stopping import stoppable

    options = BatchOptions(
        files=files,
        each=each,
        each_data=streams.read() if each == "-" else None,
        values=values.gather(settings, params),
        vary=vary,
        repeat=numbers.whole(repeat, "--repeat"),
        pipeline=pipeline,
        bench=bench,
        out=out,
        fleet=fleet,
        servers=server,
        scheduler=scheduler,
        simulate=simulate,
        simulated_servers=numbers.whole(count, "--servers") if count is not None else None,
        cards=card,
        speed=times(speed) if speed is not None else None,
        faults=fault,
        dry_run=dry_run,
        resume=resume,
        staged=staged,
        retry=not no_retry,
        quality=quality,
        most_attempts=numbers.whole(attempts, "--attempts", 100),
        silence_s=numbers.seconds(silence, "--silence"),
        wait_s=numbers.seconds(wait, "--wait", may_be_zero=True),
        allow_project=allow_project,
        metrics=metrics,
    )
    form = "json" if json else "quiet" if quiet else "people"
    with stoppable(), Output(form, is_dry=dry_run) as output:
        result = batch(options, output)
    return result.exit_code


COMMAND = Command(
    run,
    (
        FILES, EACH, SET, PARAMS, VARY, REPEAT, PIPELINE, BENCH, FLEET, SERVER, SCHEDULER, SIMULATE,
        SERVERS, CARD, SPEED, FAULT, OUT, DRY_RUN, RESUME, STAGED, NO_RETRY, ATTEMPTS, SILENCE, WAIT,
        QUALITY, ALLOW, METRICS, JSON, QUIET,
    ),
)  # fmt: skip
