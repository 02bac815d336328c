"""`wan schema`: the JSON Schemas."""

from __future__ import annotations

from wan22dsl import resources
from wan22dsl.cli import streams
from wan22dsl.cli.declare import Argument, Command
from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError

NAME = Argument("name", "NAME", "Which one; left out, all are listed.", required=False)


def run(name: str | None) -> int:
    """Show the JSON Schemas of what wan reads and writes."""
    names = resources.schema_names()
    if name is None:
        streams.put("".join(f"{one:<14} {_title(one)}\n" for one in names))
        return 0
    if name not in names:
        close = nearest(name, names)
        hint = f"; did you mean `{close}`?" if close else f"; there are {', '.join(names)}"
        raise CommandError(f"there is no schema `{name}`{hint}")
    streams.put(resources.schema(name))
    return 0


def _title(name: str) -> str:
    import json

    return str(json.loads(resources.schema(name))["title"])


COMMAND = Command(run, (NAME,))
