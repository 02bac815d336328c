"""`wan doctor`: what slows down or breaks ComfyUI on a machine, and how to fix it."""

from __future__ import annotations

from wan22dsl.cli import streams
from wan22dsl.cli.declare import COMFYUI, MAYBE_SERVER, PYTHON, Command, Option

FORMAT = Option(
    "format", ("--format", "-f"), "Output", "FORMAT", default="text", choices=("text", "json")
)

FINE, HURTS = 0, 1


def run(server: str | None, comfyui: str | None, python: str | None, format: str) -> int:
    """Find what slows down or breaks ComfyUI on a machine, and how to fix it.

    Checks whether card, driver and torch fit each other, and looks at heat, limits of power and clocks, PCIe,
    other programs on the card, memory, swap, disk, packages and model files. What cannot be read is listed,
    not judged. Nothing is changed. Exit codes: 0, no problems; 1, problems; 2, wrong command.
    """
    from wan22dsl.api.machine import examine_machine
    from wan22dsl.cli import show

    found = examine_machine(server, comfyui, python)
    if format == "json":
        import json

        streams.json(json.dumps(found.as_data(), indent=2, ensure_ascii=False) + "\n")
    else:
        show.account(found.lines())
    return HURTS if found.hurts else FINE


COMMAND = Command(run, (MAYBE_SERVER, COMFYUI, PYTHON, FORMAT))
