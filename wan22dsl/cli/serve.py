"""`wan serve`: a simulated server, which speaks ComfyUI's protocol and computes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.api.targets import DEFAULT_TARGET, target_for
from wan22dsl.cli import numbers, streams
from wan22dsl.cli.declare import DISTURB, Command, Option
from wan22dsl.cli.judged_by import judged_by
from wan22dsl.errors import CommandError
from wan22dsl.graph.cost.cards import DEFAULT_CARD, EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.graph.model import Graph
    from wan22dsl.server.embedded import EmbeddedServer

#: Command lines from before `wan serve` did without it have it.
SIMULATE = Option(
    "simulate", ("--simulate",), "Has no effect: `wan serve` always simulates", hidden=True
)
PORT = Option(
    "port",
    ("--port",),
    "Port on this machine; 0 takes any free one",
    "PORT",
    default="8188",
)
CARD = Option(
    "card",
    ("--card",),
    f"GPU to simulate, such as {EXAMPLE}",
    "CARD",
    default=DEFAULT_CARD,
)
SPEED = Option(
    "speed",
    ("--speed",),
    "Speed of simulated time: a factor, or `max`",
    "TIMES",
    default="60",
)
FAULT = Option(
    "faults",
    ("--fault",),
    "Fault to inject, such as `oom at low.sampler`; repeatable",
    "FAULT",
    many=True,
)
TARGET = Option(
    "target",
    ("--target", "-t"),
    f"ComfyUI version or object_info file to imitate (default: the configuration's, else {DEFAULT_TARGET})",
    "TARGET",
)
FRONT_END_ROOT = Option(
    "front_end_root",
    ("--front-end-root",),
    "Folder with ComfyUI's page (default: the installed comfyui-frontend-package)",
    "FOLDER",
)
STAND_IN = Option(
    "stand_in",
    ("--stand-in",),
    "File whose models and custom nodes the server has; repeatable",
    "FILE",
    many=True,
)
PREVIEWS = Option("previews", ("--previews",), "Send a preview for every step")


def run(
    simulate: bool,
    port: str,
    card: str,
    target: str | None,
    speed: str,
    faults: list[str],
    disturb: list[str],
    front_end_root: str | None,
    stand_in: list[str],
    previews: bool,
) -> int:
    """Simulate a ComfyUI server, without ComfyUI or a GPU.

    Any client can connect: `wan run`, a script, a browser. ComfyUI's page is served if the package
    comfyui-frontend-package is installed. Time passes as on the card, but faster; every output says
    SIMULATED. Ctrl-C ends the server.

    The server has the official files of Wan 2.2 and the node classes of the target. Like a real server, it
    refuses other LoRAs, GGUF files, upscalers and custom nodes, unless --stand-in names a `.wan` file or
    ComfyUI JSON that uses them. `wan run --simulate` has what its file uses.
    """
    from wan22dsl.cli.stopping import stoppable
    from wan22dsl.server import disturbances
    from wan22dsl.server.embedded import EmbeddedServer

    graphs = _graphs(stand_in, target)
    server = EmbeddedServer(
        card=card,
        target=target_for(target),
        speed=times(speed),
        faults=faults,
        port=numbers.port(port),
        previews=previews,
        front_end=_front_end(front_end_root),
        disturbances=disturbances.parse(disturb),
    )
    with stoppable(), server:
        _stand_in(server, graphs)
        streams.say(f"simulating {card} at {server.url}; Ctrl-C stops it")
        try:
            server.wait()
        finally:
            for fault in server.never_happened:
                streams.say(f"the fault `{fault}` did not happen")
    return 0


def _graphs(files: list[str], target: str | None) -> list[Graph]:
    """The graphs of the files to stand in for. Raises CommandError where one of them has errors."""
    from wan22dsl.api import compiler
    from wan22dsl.cli import files as reading

    found: list[Graph] = []
    for file in files:
        checked = compiler.check(reading.read(file), target=judged_by(target, file))
        errors = [finding for finding in checked.diagnostics if finding.is_error]
        if errors or not checked.graphs:
            what = (
                "has errors" if errors else "has no pipeline that can be built without parameters"
            )
            raise CommandError(
                f"--stand-in {file}: it {what}, so what it uses is not known", f"wan lint {file}"
            )
        found += [
            checked_graph.whole or checked_graph.graph for checked_graph in checked.graphs.values()
        ]
    return found


def _stand_in(server: EmbeddedServer, graphs: list[Graph]) -> None:
    names = list(dict.fromkeys(name for graph in graphs for name in server.stand_in_for(graph)))
    if names:
        shown = ", ".join(f"`{name}`" for name in names[:_MOST_NAMES])
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        streams.say(f"placeholders for {shown}{more}")


#: So many names of what is stood in for are listed.
_MOST_NAMES = 6


def times(text: str) -> float:
    """How much faster time passes, from the command line. Raises CommandError."""
    if text == "max":
        return float("inf")
    try:
        return float(text.removesuffix("x"))
    except ValueError:
        raise CommandError(f"--speed takes a number such as 60, or `max`, not `{text}`") from None


def _front_end(folder: str | None) -> Path | None:
    """The folder of ComfyUI's page: the one that is named, or the installed one, if any."""
    from pathlib import Path

    from wan22dsl.server import front_end

    if folder is None:
        return front_end.installed()
    if not front_end.is_page(Path(folder)):
        raise CommandError(
            f"`{folder}` has no index.html: --front-end-root takes the folder `static` of "
            "comfyui-frontend-package"
        )
    return Path(folder)


COMMAND = Command(
    run,
    (SIMULATE, PORT, CARD, TARGET, SPEED, FAULT, DISTURB, FRONT_END_ROOT, STAND_IN, PREVIEWS),
)
