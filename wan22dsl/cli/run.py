"""`wan run`: a pipeline on a ComfyUI server, from text to a finished video and a record."""

from __future__ import annotations

from wan22dsl.cli import files, numbers, streams, values
from wan22dsl.cli.declare import FAULT, FILE, PARAMS, PIPELINE, SET, SILENCE, Command, Option
from wan22dsl.errors import CommandError
from wan22dsl.graph.cost.cards import EXAMPLE

SERVER = Option(
    "server",
    ("--server",),
    "ComfyUI server (default: WAN_SERVER, the configuration's, else http://127.0.0.1:8188)",
    "URL",
)
MODELS = Option(
    "models",
    ("--models",),
    "Models folder of the server, or ComfyUI's: check the files first",
    "DIR",
)
OUT = Option("out", ("--out",), "Folder for outputs and records", "DIR", default="wan_output")
REPEAT = Option("repeat", ("--repeat",), "Number of runs, each with a fresh seed", "N", default="1")
STAGED = Option(
    "staged", ("--staged",), "Run each pass as its own prompt, and free models in between"
)
COLD = Option("cold", ("--cold",), "Free models and cached results before each run")
SIMULATE = Option(
    "simulate", ("--simulate",), "Run on a simulated server, without ComfyUI or a GPU"
)
CARD = Option(
    "card",
    ("--card",),
    f"GPU to simulate, such as {EXAMPLE} (default: the configuration's)",
    "CARD",
)
SPEED = Option(
    "speed",
    ("--speed",),
    "Speed of simulated time: a factor, or `max` (default: 60)",
    "TIMES",
)
NO_RETRY = Option("no_retry", ("--no-retry",), "Never retry when memory runs out")
TARGET_SECONDS = Option(
    "target_seconds", ("--target-seconds",), "Rate the whole run against this time", "SECONDS"
)
MAX_UPLOAD = Option(
    "max_upload", ("--max-upload",), "Largest file to upload", "SIZE", default="2GB"
)
MAX_DOWNLOAD = Option(
    "max_download",
    ("--max-download",),
    "Maximum total size of outputs to download",
    "SIZE",
    default="16GB",
)
MAX_OUTPUTS = Option(
    "max_outputs",
    ("--max-outputs",),
    "Maximum number of output files to download",
    "N",
    default="10000",
)
QUALITY = Option("quality", ("--quality",), "Measure the videos of each run when it is over")
JSON = Option("json", ("--json",), "Print events as JSON lines, the record last")
QUIET = Option("quiet", ("--quiet", "-q"), "Print only errors and output files")


def run(
    file: str,
    pipeline: str | None,
    settings: list[str],
    params: str | None,
    server: str | None,
    models: str | None,
    out: str,
    repeat: str,
    staged: bool,
    cold: bool,
    simulate: bool,
    card: str | None,
    speed: str | None,
    fault: list[str],
    no_retry: bool,
    target_seconds: str | None,
    silence: str,
    max_upload: str,
    max_download: str,
    max_outputs: str,
    quality: bool,
    json: bool,
    quiet: bool,
) -> int:
    """Run a pipeline on a ComfyUI server, and time each pass.

    First the file is linted, and everything that the server lacks is listed. Images next to the file are
    uploaded. Outputs and the record go to DIR. Ctrl-C stops only this run. WAN_TOKEN is sent
    as a bearer token to the server that it belongs to.
    """
    from wan22dsl.api.running import RunOptions, run_file
    from wan22dsl.cli.run_output import Output
    from wan22dsl.cli.serve import times
    from wan22dsl.cli.stopping import stoppable

    options = RunOptions(
        folder=out,
        server=server,
        models=models,
        simulate=simulate,
        card=card,
        speed=times(speed) if speed else None,
        faults=fault,
        repeat=numbers.whole(repeat, "--repeat"),
        staged=staged,
        cold=cold,
        retry=not no_retry,
        target_s=numbers.seconds(target_seconds, "--target-seconds") if target_seconds else None,
        silence_s=numbers.seconds(silence, "--silence"),
        most_upload_bytes=_bytes(max_upload, "--max-upload"),
        most_output_bytes=_bytes(max_download, "--max-download"),
        most_outputs=numbers.whole(max_outputs, "--max-outputs", 1_000_000),
        quality=quality,
    )
    source = files.read(file)
    given = values.gather_for(source, settings, params, quiet=quiet)
    output = Output("json" if json else "quiet" if quiet else "people", options.repeat)
    with stoppable():
        result = run_file(source, options, pipeline=pipeline, values=given, watcher=output)
    if not result.runs:
        streams.tell("\nnothing was run\n")
    return result.exit_code


def _bytes(text: str, option: str) -> int:
    number = text.upper().removesuffix("B")
    unit = _UNITS.get(number[-1:], 1)
    digits = number.rstrip("KMGT").strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10 and int(digits)):
        raise CommandError(f"{option} {text}: give a size such as 500MB or 2GB")
    return int(digits) * unit


#: ComfyUI and most file managers count in powers of 1024 under these names.
_UNITS = {"K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}


COMMAND = Command(
    run,
    (
        FILE, PIPELINE, SET, PARAMS, SERVER, MODELS, OUT, REPEAT, STAGED, COLD, SIMULATE, CARD,
        SPEED, FAULT, NO_RETRY,
        TARGET_SECONDS, SILENCE, MAX_UPLOAD, MAX_DOWNLOAD, MAX_OUTPUTS, QUALITY, JSON, QUIET,
    ),
)  # fmt: skip
