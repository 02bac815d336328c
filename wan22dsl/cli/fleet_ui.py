"""`wan fleet ui`: a page of a batch and its servers, on this machine."""

from __future__ import annotations

from wan22dsl.cli import numbers, streams
from wan22dsl.cli.declare import ALLOW, Argument, Command, Option

FOLDER = Argument(
    "folder",
    "DIR",
    "Folder of a batch (default: the newest in wan_output, of the fleet if one is named)",
    required=False,
)
FLEET = Option("fleet", ("--fleet",), "Configured fleet whose servers are asked", "NAME")
PORT = Option(
    "port", ("--port",), "Port on this machine; 0 takes any free one", "PORT", default="0"
)


def run(folder: str | None, fleet: str | None, port: str, allow_project: bool) -> int:
    """Show a batch and its servers as a page that updates itself, on this machine only.

    What runs where, what waits, what was set aside and why, when it will end, and each server over time. It
    shows batches that run, that have ended, and whose driver is gone. `data.json` has the same for programs
    (schema: fleet_page), `metrics` for Prometheus. It changes nothing. Ctrl-C ends it. It needs the extra
    `fleet`: pip install "wan22dsl[fleet]".
    """
    from wan22dsl.api.fleet_page import fleet_page
    from wan22dsl.cli.stopping import stoppable

    page = fleet_page(folder, fleet=fleet or "", port=numbers.port(port), is_allowed=allow_project)
    with stoppable(), page:
        streams.say(f"{page.url} shows {page.shown}; Ctrl-C ends it")
        page.wait()
    return 0


UI = Command(run, (FOLDER, FLEET, PORT, ALLOW))
