"""`wan schema`: the JSON Schemas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wan22dsl import disk, resources
from wan22dsl.cli import streams
from wan22dsl.cli.declare import Argument, Command, Option
from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError, UnreadableFile

NAME = Argument("name", "NAME", "Name of a schema; without it, all are listed", required=False)
CHECK = Option("check", ("--check",), "JSON file to validate", "FILE")

#: Most places that are shown.
_MOST_SHOWN = 20


def run(name: str | None, check: str | None) -> int:
    """Show the JSON Schemas of what wan reads and writes.

    With `--check` a file is validated: exit code 0 if it fits the schema, else 1.
    """
    names = resources.schema_names()
    if name is None:
        if check is not None:
            raise CommandError("name the schema to validate the file with")
        streams.put("".join(f"{this_name:<14} {_title(this_name)}\n" for this_name in names))
        return 0
    if name not in names:
        close = nearest(name, names)
        hint = f"; did you mean `{close}`?" if close else f"; there are {', '.join(names)}"
        raise CommandError(f"unknown schema `{name}`{hint}")
    if check is not None:
        return _check(resources.schema(name), Path(check))
    streams.json(resources.schema(name))
    return 0


def _check(schema: str, file: Path) -> int:
    """Shows where the file does not fit the schema."""
    import json

    from jsonschema import Draft202012Validator

    shown = file.as_posix()
    try:
        value = json.loads(disk.read(str(file), shown).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(shown, f"is not JSON: {error}") from error
    found = sorted(Draft202012Validator(json.loads(schema)).iter_errors(value), key=_place)
    for item in found[:_MOST_SHOWN]:
        streams.put_lines([f"{shown}: {_place(item)}: {item.message[:300]}"])
    if len(found) > _MOST_SHOWN:
        streams.put_lines([f"{shown}: and {len(found) - _MOST_SHOWN} more"])
    return 1 if found else 0


def _place(error: Any) -> str:
    """Where in the file it is, as a JSON pointer."""
    parts = (str(item).replace("~", "~0").replace("/", "~1") for item in error.absolute_path)
    return "/" + "/".join(parts)


def _title(name: str) -> str:
    import json

    return str(json.loads(resources.schema(name))["title"])


COMMAND = Command(run, (NAME, CHECK))
