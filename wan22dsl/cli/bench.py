"""`wan bench`: which configuration is fastest, by runs in an order that lets differences be seen."""

from __future__ import annotations

from wan22dsl.cli import bench_gate, bench_new, bench_show, files
from wan22dsl.cli.declare import FILE, Argument, Command, Group
from wan22dsl.errors import CommandError

NAME = Argument("name", "NAME", "Bench, if the file has several", required=False)


def run(file: str, name: str | None) -> int:
    """Find out which configuration is fastest on a card.

    `wan bench FILE` runs a bench of the file. A file that is called as one of the commands below is `./show`.
    """
    source = files.read(file)
    raise CommandError(f"`{source.path}` declares no bench")


COMMAND = Group(
    "Find out which configuration is fastest on a card.",
    {
        "show": bench_show.SHOW,
        "compare": bench_show.COMPARE,
        "gate": bench_gate.GATE,
        "accept": bench_gate.ACCEPT,
        "new": bench_new.COMMAND,
    },
    Command(run, (FILE, NAME)),
)
