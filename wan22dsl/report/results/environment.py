"""What a run was made on, and what differs between the machines of several runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.machine import difference, summary
from wan22dsl.report.results import shown
from wan22dsl.report.results.contents import Column, Item, Items, Prose, Table, Value
from wan22dsl.run import snapshots
from wan22dsl.run.comparing import card_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from wan22dsl.machine.difference import Difference
    from wan22dsl.machine.snapshot import Snapshot
    from wan22dsl.report.results.contents import Block
    from wan22dsl.run.models.record import RunRecord

#: What a program names differently at each start, and what nothing depends on.
_SAME_ENOUGH = {"simulated"}


def find(folder: Path, digest: str | None) -> Snapshot | None:
    """The snapshot with a digest; None where the folder has none that can be read."""
    return snapshots.find(folder, digest) if digest else None


def card_of(record: RunRecord) -> str:
    """The card of a run as people call it; empty where the server names none."""
    devices = record.server.devices
    return shown.name(card_name(devices[0].name)) if devices else ""


def blocks(id: str, record: RunRecord, folder: Path) -> tuple[Block, ...]:
    """The machine of a run, from its snapshot, or from what the server said."""
    snapshot = find(folder, record.snapshot)
    caption = "What it ran on"
    if snapshot is None:
        found: list[Block] = [_table(f"{id}-machine", caption, _of_server(record))]
        if record.snapshot is None:
            reason = "The record has no snapshot of the machine: this is what the server said."
        else:
            file = shown.name(snapshots.file_of(folder, record.snapshot).name)
            reason = f"{file} is missing or damaged: this is what the server said."
        return (*found, Prose(reason, "muted"))
    return of_snapshot(id, caption, snapshot)


def of_snapshot(id: str, caption: str, snapshot: Snapshot) -> tuple[Block, ...]:
    """A machine, and what could not be seen of it."""
    missing = [Item(shown.sentence(line)) for line in summary.not_seen(snapshot)]
    found: list[Block] = [_table(f"{id}-machine", caption, summary.rows(snapshot))]
    if missing:
        found += [Prose("Not seen, and so not compared:", "muted"), Items(tuple(missing))]
    return tuple(found)


def _of_server(record: RunRecord) -> list[tuple[str, str]]:
    server = record.server
    flags = [
        flag.name if flag.value is True else f"{flag.name} {flag.value}"
        for flag in server.flags or ()
    ]
    rows = [
        ("ComfyUI", server.comfyui),
        ("flags", " ".join(flags or server.arguments)),
        ("torch", server.pytorch),
        ("Python", server.python),
        ("system", server.os),
        *(("device", device.name) for device in server.devices),
    ]
    return [row for row in rows if row[1]]


def _table(id: str, caption: str, rows: Iterable[tuple[str, str]]) -> Table:
    cells = tuple((Value(name), Value(shown.sentence(text))) for name, text in rows)
    return Table(id, caption, (Column("part"), Column("value")), cells)


def differences(id: str, named: Sequence[tuple[str, Snapshot]]) -> tuple[Block, ...]:
    """How machines differ from the first of them, what changes the speed most coming first.

    `named` are snapshots, each with the name of what ran on it; those that are equal may come several times.
    """
    if not named:
        return ()
    (first_name, first), *others = named
    found: list[Block] = []
    seen = {first.digest}
    for name, other in others:
        if other.digest in seen:
            continue
        seen.add(other.digest)
        compared = difference.compare(first, other)
        items = [item for item in compared.differences if item.name not in _SAME_ENOUGH]
        if items:
            caption = f"{shown.name(other_name(name))} against {shown.name(first_name)}"
            found.append(
                _of_pair(f"{id}-differences-{len(found) + 1}", caption, first_name, name, items)
            )
        if compared.unknown:
            lines = [Item(shown.sentence(f"{part}: {reason}")) for part, reason in compared.unknown]
            found += [Prose(f"Not compared, {shown.name(name)}:", "muted"), Items(tuple(lines))]
    if not found:
        return (Prose("No difference between the machines in what their snapshots have."),)
    return tuple(found)


def other_name(name: str) -> str:
    """The name as a caption begins with it."""
    return shown.capital(name)


def _of_pair(id: str, caption: str, first: str, second: str, items: list[Difference]) -> Table:
    columns = (
        Column("what"),
        Column(shown.name(first)),
        Column(shown.name(second)),
        Column("kind"),
        Column("why it matters"),
    )
    rows = []
    for item in items:
        before, after = item.shown
        rows.append(
            (
                Value(shown.name(item.name)),
                Value(shown.name(before)),
                Value(shown.name(after)),
                Value(item.effect.name),
                Value(item.effect.why or shown.NOTHING, tone="muted"),
            )
        )
    return Table(id, caption, columns, tuple(rows))
