"""What the servers of a fleet are and do, and which of them could run a file.

status = fleet_status(fleet, "portrait.wan")
print(status.ready, [server.name for server in status.servers if server.reachable])
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Literal

from wan22dsl.api import compiler
from wan22dsl.diagnostics import has_errors, in_order
from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.fleet.asking import Answer
    from wan22dsl.fleet.models_status import FleetStatus, ForFile, ServerStatus, Slow
    from wan22dsl.fleet.servers import Fleet
    from wan22dsl.graph.model import Graph
    from wan22dsl.run.client import Client
    from wan22dsl.source import Source

#: The finding that says that work does not fit on a card.
_DOES_NOT_FIT = "does-not-fit"


class Wanted(NamedTuple):
    """A file that is to be run somewhere: its pipelines, compiled for no server in particular."""

    source: Source
    values: Mapping[str, Any]
    graphs: tuple[Graph, ...]
    files: frozenset[str]


def wanted(
    file: Source | Path | str,
    *,
    values: Mapping[str, Any] | None = None,
    pipeline: str | None = None,
) -> tuple[Wanted | None, list[Diagnostic]]:
    """The pipelines of a file, and what is wrong in it; None with an error.

    Raises CommandError where there is no pipeline of that name, UnreadableFile.
    """
    source = compiler.source_of(file)
    given = values or {}
    checked = compiler.check(source, values=given)
    found = in_order(checked.diagnostics)
    if has_errors(found):
        return None, found
    graphs = {name: each.graph for name, each in checked.graphs.items()}
    if pipeline is not None:
        from wan22dsl.diagnostics import nearest

        if pipeline not in graphs:
            close = nearest(pipeline, graphs)
            hint = f"did you mean `{close}`?" if close else f"there are: {', '.join(graphs)}"
            raise CommandError(f"{source.path}: there is no pipeline `{pipeline}`; {hint}")
        graphs = {pipeline: graphs[pipeline]}
    return Wanted(source, given, tuple(graphs.values()), _files(graphs.values())), found


def _files(graphs: Any) -> frozenset[str]:
    """The model files that graphs name."""
    from wan22dsl.comfyui.filenames import is_model_file

    return frozenset(
        value.replace("\\", "/")
        for graph in graphs
        for node in graph.nodes.values()
        for value in node.inputs.values()
        if isinstance(value, str) and is_model_file(value)
    )


def fleet_status(
    fleet: Fleet,
    file: Wanted | None = None,
    *,
    timeout_s: float | None = None,
    slow: Mapping[str, Slow] | None = None,
) -> FleetStatus:
    """Asks all servers of a fleet at once. Nothing is sent to them but questions. Raises CommandError.

    `slow` is what is known of slow servers, by their names (`slow_servers`).
    """
    from wan22dsl.fleet.asking import TIMEOUT_S, ask
    from wan22dsl.fleet.models_status import FleetStatus

    more = None if file is None else lambda client: _lacks(client, file.graphs)
    answers = ask(fleet.servers, TIMEOUT_S if timeout_s is None else timeout_s, more)
    fits = _fits(file, answers) if file is not None else {}
    found = slow or {}
    servers = tuple(
        _status(answer, file, fits, found.get(answer.server.name)) for answer in answers
    )
    ready = sum(
        server.reachable
        and not server.drained
        and (server.for_file is None or server.for_file.takes == "takes")
        for server in servers
    )
    return FleetStatus(
        fleet_status=1,
        fleet=fleet.name,
        asked=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        file=file.source.path if file is not None else None,
        scheduler=fleet.scheduler,
        ready=ready,
        servers=servers,
    )


def slow_servers(fleet: Fleet, folder: Path) -> dict[str, Slow]:
    """The servers of a fleet that are slower than their equals, by name, from the records below a folder.

    Raises CommandError where there is no such folder.
    """
    from wan22dsl.fleet import index
    from wan22dsl.fleet.models_status import Slow
    from wan22dsl.fleet.slow import in_words, runs_of, slow
    from wan22dsl.fleet.slow_because import because

    names = {server.shown: server.name for server in fleet.servers}
    now = datetime.now(timezone.utc)
    with index.opened(folder) as opened:
        findings = slow(runs_of(opened, names))
    found = {}
    for finding in findings:
        reasons = because(finding)
        found[finding.server] = Slow(
            percent=round(finding.percent, 1),
            equals=finding.equals,
            since=finding.since or None,
            because=reasons,
            text=in_words(finding, reasons, now),
        )
    return found


def _lacks(client: Client, graphs: Sequence[Graph]) -> list[Diagnostic]:
    """What a server lacks for these graphs, as a look before a run finds it."""
    from wan22dsl.run import preflight
    from wan22dsl.run.live import LiveCatalogue

    live = LiveCatalogue(client)
    found = [problem for graph in graphs for problem in preflight.look(graph, live, client)[1]]
    return [problem for problem in found if problem.is_error]


def _fits(file: Wanted, answers: Sequence[Answer]) -> dict[str, bool]:
    """For each card that is known whether the file fits on it, as the linter says it."""
    names = dict.fromkeys(_card(answer) for answer in answers)
    found = {}
    for name in filter(None, names):
        checked = compiler.check(file.source, values=file.values, card=name)
        found[name] = not any(
            each.name == _DOES_NOT_FIT and each.is_error for each in checked.diagnostics
        )
    return found


def _card(answer: Answer) -> str:
    """The card that counts: what the server says, else what is configured; empty: not in our table."""
    if answer.is_known_card:
        return answer.card
    return answer.server.card if not answer.card else ""


def _status(
    answer: Answer, file: Wanted | None, fits: Mapping[str, bool], slow: Slow | None
) -> ServerStatus:
    from wan22dsl.fleet.models_status import Queue, ServerStatus

    server, queued = answer.server, answer.queued
    return ServerStatus(
        name=server.name,
        address=server.shown,
        reachable=not answer.reason,
        reason=answer.reason or answer.not_asked,
        tags=server.tags,
        drained=server.drained,
        drain_reason=server.reason,
        comfyui=answer.version or None,
        card=answer.card or None,
        configured_card=server.card,
        simulated=answer.is_simulated,
        vram_bytes=answer.vram_bytes,
        vram_free_bytes=answer.vram_free_bytes,
        queue=Queue(ours=queued.ours, others=queued.others) if queued is not None else None,
        last_models=answer.last_models,
        held_by=(answer.holder.batch or "?") if answer.holder is not None else None,
        for_file=_for_file(answer, file, fits.get(_card(answer))) if file is not None else None,
        slow=slow,
    )


def _for_file(answer: Answer, file: Wanted, fits: bool | None) -> ForFile:
    from wan22dsl.fleet.models_status import ForFile
    from wan22dsl.run import messages

    problems: Sequence[Diagnostic] = answer.more or ()
    classes: dict[str, None] = {}
    files: dict[str, None] = {}
    other: dict[str, None] = {}
    for problem in problems:
        if problem.kind is messages.MISSING_CLASS:
            classes[str(problem.fields["class_name"])] = None
        elif problem.kind is messages.MISSING_MODEL_FILE:
            files[f"{problem.fields['input']} = {problem.fields['file']}"] = None
        else:
            other[problem.message] = None
    is_known = answer.more is not None
    takes: Literal["takes", "cannot", "unknown"] = "unknown"
    if problems or fits is False:
        takes = "cannot"
    elif is_known and not answer.reason:
        takes = "takes"
    last = answer.last_models
    return ForFile(
        takes=takes,
        classes=tuple(classes),
        files=tuple(files),
        other=tuple(other),
        fits=fits,
        warm=file.files <= set(last) if last is not None and file.files else None,
    )
