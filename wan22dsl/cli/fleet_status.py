"""`wan fleet status`: what each server of a fleet is and does, and which could run a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wan22dsl.cli import numbers, streams
from wan22dsl.cli.declare import ALLOW, PARAMS, PIPELINE, SET, Argument, Command, Option
from wan22dsl.cli.fleet_edit import FLEET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.fleet.models_status import FleetStatus, ServerStatus, Slow
    from wan22dsl.fleet.servers import Fleet

FILE = Argument("file", "FILE", "`.wan` file or ComfyUI JSON that is to be run", required=False)
SERVER = Option(
    "server", ("--server",), "Server to ask, in the place of a fleet; repeatable", "URL", many=True
)
RECORDS = Option(
    "records",
    ("--records",),
    "Folder of records, by which slow servers are found (default: wan_output, if it is there)",
    "DIR",
)
TIMEOUT = Option("timeout", ("--timeout",), "Seconds allowed for an answer", "SECONDS", default="5")
JSON = Option("json", ("--json",), "Print JSON (schema: fleet_status)")

FINE, NONE_READY = 0, 1

_GIB = 1024**3

#: Columns of a terminal below which each server gets lines instead of a row.
_NARROW = 90

#: So many names of what a server lacks are shown.
_MOST_NAMES = 3


def run(
    file: str | None,
    fleet: str | None,
    server: list[str],
    pipeline: str | None,
    settings: list[str],
    params: str | None,
    records: str | None,
    timeout: str,
    allow_project: bool,
    json: bool,
) -> int:
    """Show what each server of a fleet is and does, and which could run a file.

    All servers are asked at once: version, card, free memory, queue, and the models of the last prompt, which
    may be loaded still. With a file: node classes and model files that they lack, and whether it fits on the
    card. Exit codes: 0, at least one server can be given jobs (for the file); 1, none can, or the file has
    errors; 2, wrong command.
    """
    from wan22dsl.api.fleet_status import fleet_status, wanted
    from wan22dsl.cli import files, show, values

    timeout_s = numbers.seconds(timeout, "--timeout")
    chosen = _fleet(fleet, server, allow_project)
    subject = None
    if file is not None:
        source = files.read(file)
        given = values.gather_for(source, settings, params, quiet=json)
        subject, found = wanted(source, values=given, pipeline=pipeline)
        if subject is None:
            show.diagnostics([each for each in found if each.is_error], sys.stderr)
            return NONE_READY
    slow = _slow(chosen, records)
    status = fleet_status(chosen, subject, timeout_s=timeout_s, slow=slow)
    if json:
        import json as json_

        streams.json(json_.dumps(status.as_json(), indent=2, ensure_ascii=False) + "\n")
    else:
        streams.put_lines(lines(status, _width()))
    return FINE if status.ready else NONE_READY


def _fleet(name: str | None, urls: Sequence[str], is_allowed: bool) -> Fleet:
    from wan22dsl.errors import CommandError
    from wan22dsl.fleet import servers
    from wan22dsl.lint.policy.config import Configs

    if urls:
        if name is not None:
            raise CommandError("--fleet and --server exclude each other")
        return servers.named(urls)
    return servers.fleet_of(Configs().of(""), name or "", is_allowed=is_allowed)


def _slow(fleet: Fleet, records: str | None) -> dict[str, Slow]:
    """What records say of slow servers; those of the usual folder only where it is there."""
    from pathlib import Path

    from wan22dsl.api.fleet_status import slow_servers
    from wan22dsl.run.store import FOLDER

    folder = Path(records if records is not None else FOLDER)
    return slow_servers(fleet, folder) if records is not None or folder.is_dir() else {}


def _width() -> int:
    from wan22dsl.report import terminal

    return terminal.width_of(sys.stdout, 120)


def lines(status: FleetStatus, width: int) -> Iterator[str]:
    """For people: a row for each server, or on a narrow terminal some lines; then what is wrong."""
    from wan22dsl.run.table import aligned

    if not status.servers:
        yield f"fleet {status.fleet}: its servers are behind the scheduler {status.scheduler}"
        return
    rows = [_row(server) for server in status.servers]
    if width >= _NARROW:
        head = ["server", "state", "ComfyUI", "card", "free", "queue", "last models"]
        yield from (_cut(line, width) for line in aligned([head, *rows], texts={1, 2, 3, 5}))
    else:
        for name, state, *rest in rows:
            yield _cut(f"{name}: {state}", width)
            shown = [part for part in rest if part != "-"]
            yield from (_cut(f"  {part}", width) for part in shown)
    notes = [note for server in status.servers for note in _notes(server)]
    if notes:
        yield ""
        yield from notes
    yield ""
    what = f"run {status.file}" if status.file is not None else "be given jobs"
    yield f"{status.ready} of {len(status.servers)} servers can {what}"


def _row(server: ServerStatus) -> list[str]:
    queue = "-"
    if server.queue is not None:
        parts = [
            f"{count} {whose}"
            for count, whose in ((server.queue.ours, "ours"), (server.queue.others, "others"))
            if count
        ]
        queue = ", ".join(parts) or "empty"
    free = "-"
    if server.vram_free_bytes is not None:
        free = f"{server.vram_free_bytes / _GIB:.1f}"
        if server.vram_bytes is not None:
            free += f" of {server.vram_bytes / _GIB:.0f} GiB"
    card = server.card or server.configured_card or "-"
    return [
        server.name,
        _state(server),
        server.comfyui or "-",
        f"{card} (simulated)" if server.simulated else card,
        free,
        queue,
        ", ".join(name.rpartition("/")[2] for name in server.last_models or ()) or "-",
    ]


def _state(server: ServerStatus) -> str:
    if server.drained:
        return "drained"
    if not server.reachable:
        return "away"
    if server.for_file is None:
        return "ready" if server.queue is None or not server.queue.others else "busy"
    words = {"takes": "takes it", "cannot": "cannot", "unknown": "unknown"}
    word = words[server.for_file.takes]
    return f"{word}, warm" if server.for_file.warm and word == "takes it" else word


def _notes(server: ServerStatus) -> Iterator[str]:
    if server.drained and server.drain_reason:
        yield f"{server.name}: drained: {server.drain_reason}"
    if server.reason:
        yield f"{server.name}: {server.reason}"
    if server.configured_card and server.card and server.configured_card != server.card:
        yield f"{server.name}: has {server.card}, and the configuration says {server.configured_card}"
    if server.held_by:
        yield f"{server.name}: batch {server.held_by} has it, or had it when its driver was killed"
    needs = server.for_file
    if needs is not None:
        if needs.classes:
            yield f"{server.name}: lacks node classes: {_some(needs.classes)}"
        if needs.files:
            yield f"{server.name}: lacks model files: {_some(needs.files)}"
        yield from (f"{server.name}: {text}" for text in needs.other)
        if needs.fits is False:
            yield f"{server.name}: it does not fit on the {server.card} (WAN852)"
    if server.slow is not None:
        yield server.slow.text


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"


STATUS = Command(
    run, (FILE, FLEET, SERVER, PIPELINE, SET, PARAMS, RECORDS, TIMEOUT, ALLOW, JSON)
)  # fmt: skip
