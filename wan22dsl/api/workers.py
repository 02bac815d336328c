"""Judges files: in this process or, where there are many, in several; or by what a server has."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler
from wan22dsl.api.node_files import Catalogues
from wan22dsl.api.values import without_random
from wan22dsl.errors import CommandError, UnreadableFile, WanError
from wan22dsl.language.workspace import Workspace
from wan22dsl.lint.policy import stored
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from wan22dsl.api.compiler import Checked
    from wan22dsl.api.files import Task
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.asked import Asked
    from wan22dsl.model_files.lookup import ModelFiles
    from wan22dsl.source import Source


class Made(NamedTuple):
    """What is made of a file: its findings as plain data, or why it cannot be read.

    `asked` is what was asked of the disk for it, with the answers.
    """

    found: list[Any]
    asked: Asked
    unreadable: str = ""


#: So many files take about as long as starting another process: one that is split off knows the compiler
#: already, one that is started anew (on Windows and macOS) has to import it.
_WORTH_SPLITTING, _WORTH_STARTING = 24, 120

#: Files are handed out in lots of at most so many, so that no process waits long for the last one.
_LARGEST_LOT = 10


def judge_all(
    tasks: Sequence[Task], given: Mapping[str, Any], kinds: dict[str, Any], jobs: int | None
) -> list[Made]:
    """What is made of each task, in order, whichever is ready first. Raises CommandError, CatalogueError."""
    splits = _splits()
    worth = _WORTH_SPLITTING if splits else _WORTH_STARTING
    count = min(jobs or _cores(), -(-len(tasks) // (1 if jobs else worth // 2)))
    if count < 2 or (jobs is None and len(tasks) < worth):
        catalogues = Catalogues()
        return [_judge(task, given, kinds, catalogues) for task in tasks]
    return _in_processes(tasks, given, kinds, count, "fork" if splits else "spawn")


def _splits() -> bool:
    """Whether a process can be split off: on macOS that is possible, but not safe."""
    return sys.platform != "darwin" and hasattr(os, "fork")


def check(
    source: Source,
    task: Task,
    given: Mapping[str, Any],
    catalogues: Catalogues | None = None,
    workspace: Workspace | None = None,
    models: ModelFiles | None = None,
) -> list[Diagnostic]:
    """The findings of a file and of the node declarations for it, and where its input files are.

    `catalogues` are what was made for other files. The `workspace` is where the file gets its own from.
    With `models` the model files are looked at too.
    """
    given = without_random(source, given)
    made = catalogues if catalogues is not None else Catalogues()
    target, of_nodes, asked = made.of(task.target, task.nodes)
    if workspace is not None and workspace.asked is not None:
        workspace.asked.update(asked)
    checked = compiler.check(
        source, values=given, target=target, card=task.card, workspace=workspace, models=models
    )
    return findings_of(source, of_nodes, checked)


def findings_of(
    source: Source, of_nodes: Sequence[Diagnostic], checked: Checked
) -> list[Diagnostic]:
    """What was found in a file, and `of_nodes` in the node declarations for it."""
    # A file of declarations that is judged itself may have another text than on disk, by then.
    of_others = [found for found in of_nodes if _path(found) != source.path]
    return [*of_others, *checked.diagnostics, *checked.inputs]


def _path(finding: Diagnostic) -> str:
    return finding.span.source.path if finding.span is not None else ""


def check_by_models(
    tasks: Sequence[Task], given: Mapping[str, Any], models: ModelFiles | None
) -> Iterator[tuple[Source | None, list[Diagnostic], str]]:
    """For each task its source, its findings with the model files, or why it is unreadable.

    Raises CommandError, CatalogueError.
    """
    catalogues = Catalogues()
    for task in tasks:
        try:
            source = task.input.source()
            yield source, check(source, task, given, catalogues, models=models), ""
        except UnreadableFile as error:
            yield None, [], str(error)


def check_by_server(
    tasks: Sequence[Task], given: Mapping[str, Any], url: str, models: ModelFiles | None = None
) -> Iterator[tuple[Source | None, list[Diagnostic], str]]:
    """For each task its source, its findings by a server's classes and model files, or why it is unreadable.

    Nothing is sent to the server but questions, one file after the other. Raises CommandError, ServerError.
    """
    from wan22dsl.network import trust
    from wan22dsl.run import preflight
    from wan22dsl.run.client import Client
    from wan22dsl.run.live import LiveCatalogue

    client = Client(trust.with_login(url))
    client.system_stats()  # a server that does not answer is reported before anything else
    live, catalogues = LiveCatalogue(client), Catalogues()
    for task in tasks:
        try:
            source = task.input.source()
        except UnreadableFile as error:
            yield None, [], str(error)
            continue
        values = without_random(source, given)
        target, of_nodes, _ = catalogues.of(live, task.nodes)
        checked = compiler.check(
            source, values=values, target=target, card=task.card, models=models
        )
        of_others = [finding for finding in of_nodes if _path(finding) != source.path]
        found = [*of_others, *checked.diagnostics]
        for graph in checked.graphs.values():
            found += preflight.look(graph.graph, live, client)[1]
        yield source, found, ""


def _judge(
    task: Task, given: Mapping[str, Any], kinds: dict[str, Any], catalogues: Catalogues
) -> Made:
    workspace = Workspace(keeps_asked=True)
    try:
        found = check(task.input.source(), task, given, catalogues, workspace)
    except UnreadableFile as error:
        return Made([], {}, str(error))
    return Made(stored.as_data(found, kinds), workspace.asked or {})


def _in_processes(
    tasks: Sequence[Task], given: Mapping[str, Any], kinds: dict[str, Any], count: int, start: str
) -> list[Made]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Whatever is read once, such as the library, is read before processes are split off with it.
    first = [_judge(task, given, kinds, Catalogues()) for task in tasks[:1]]
    size = max(1, min(_LARGEST_LOT, len(tasks) // (count * 4)))
    lots = [tasks[at : at + size] for at in range(1, len(tasks), size)]
    pool = ProcessPoolExecutor(count, get_context(start), _be_quiet)
    try:
        with _uninterrupted():
            waiting = [pool.submit(_lot, lot, given) for lot in lots]
        return first + [item for future in waiting for item in _taken(future, kinds)]
    finally:
        # After Ctrl-C, too, each process ends with the lot that it is at. Python waits for them at its end
        # anyway, but there it may write to a pipe that the pool has just closed, and shows a traceback.
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Puts Ctrl-C off while processes are split off: in the midst of that, Python would lose it."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):  # Windows, where none is split off
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _be_quiet() -> None:
    """Ctrl-C reaches every process of a terminal; only the first one answers."""
    import signal
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    """Ends this process when the first one was killed: nobody would ever send it another lot."""
    from multiprocessing import parent_process

    first = parent_process()
    if first is not None:
        first.join()
        os._exit(1)


def _lot(lot: Sequence[Task], given: Mapping[str, Any]) -> tuple[list[Made], dict[str, Any], str]:
    """What is made of some tasks, with the messages in it; or what is wrong with the command."""
    kinds: dict[str, Any] = {}
    try:
        catalogues = Catalogues()
        return [_judge(task, given, kinds, catalogues) for task in lot], kinds, ""
    except WanError as error:
        return [], {}, str(error)


def _taken(
    future: Future[tuple[list[Made], dict[str, Any], str]], kinds: dict[str, Any]
) -> list[Made]:
    made, own, wrong = future.result()
    if wrong:
        raise CommandError(wrong)
    for key, item in own.items():
        kinds.setdefault(key, item)
    return made


def _cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
