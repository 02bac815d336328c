"""`wan import`: any ComfyUI workflow as a `.wan` file."""

from __future__ import annotations

import sys
from pathlib import Path

from wan22dsl.api import compiler
from wan22dsl.cli import files, show, streams
from wan22dsl.cli.declare import OUTPUT, TARGET, Argument, Command, Option
from wan22dsl.cli.judged_by import judged_by
from wan22dsl.errors import CommandError
from wan22dsl.report.text import summary

FILE = Argument(
    "file",
    "FILE",
    "ComfyUI JSON, an image, video or latent by ComfyUI, or a launcher; `-` reads standard input",
)
FROM_GRAPH = Option(
    "from_graph",
    ("--from-graph",),
    "Use the graph, even if the file contains its `.wan` source",
)
EXACT = Option(
    "exact",
    ("--exact",),
    "Keep every node that runs, even if its value is known in advance",
)
SIMPLIFY = Option(
    "simplify",
    ("--simplify",),
    "The default now; accepted for older scripts",
    hidden=True,
)
MUTED = Option(
    "muted",
    ("--muted",),
    "Keep muted and bypassed groups that are linked to nothing active",
)
USE = Option(
    "uses",
    ("--use", "-u"),
    "`.wan` file whose declarations may be used; repeatable",
    "FILE=NAME",
    many=True,
)


def run(
    file: str,
    output: str,
    from_graph: bool,
    exact: bool,
    simplify: bool,
    muted: bool,
    uses: list[str],
    target: str | None,
) -> int:
    """Convert a ComfyUI workflow, or a file that ComfyUI made, to a .wan file.

    Passes, LoRAs, conditioning and post-processing become a pipeline with the library's names, everything
    else plain nodes. Values that are known without running are computed, and a comment names the nodes that
    they come from. Apart from that, the result compiles to the same graph; with --exact, every node is
    kept. A file that `wan run` made yields the source that it was made from. A launcher such as
    run_nvidia_gpu.bat becomes a profile for `wan launch`.
    """
    if simplify and exact:
        raise CommandError("--simplify and --exact contradict each other; use one of them.")
    given = tuple(_use(use) for use in uses)
    here = Path() if output == files.STANDARD else Path(output).parent
    found = compiler.import_file(
        files.read_bytes(file) if file == files.STANDARD else Path(file),
        shown="<stdin>" if file == files.STANDARD else "",
        uses=given,
        from_graph=from_graph,
        exact=exact,
        muted=muted,
        folder=here,
        target=judged_by(target, file),
    )
    show.diagnostics(found.diagnostics, sys.stderr)
    if found.text is None:
        streams.tell(f"\n{summary(found.diagnostics, 1)}; nothing was written\n")
        return 1
    for hint in found.hints:
        streams.say(f"note: {hint}")
    files.write(output, found.text)
    if output != files.STANDARD:
        streams.say(f"wrote {output}")
    return 0


def _use(word: str) -> tuple[str, str]:
    """`house/wan.wan as house`, or `house/wan.wan=house`; else the name is that of the file."""
    path, _, name = word.partition("=")
    if " as " in word:
        path, _, name = word.rpartition(" as ")
    path = path.strip().replace("\\", "/")
    name = name.strip() or Path(path).stem
    if not name.isidentifier() or not name.islower():
        raise CommandError(f"--use {word}: `{name}` is not a name; write `--use {path}=house`.")
    return path, name


COMMAND = Command(run, (FILE, OUTPUT, FROM_GRAPH, EXACT, SIMPLIFY, MUTED, USE, TARGET))
