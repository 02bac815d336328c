"""What only a server knows: which node classes and model files it has. All that is missing is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler
from wan22dsl.cli.linting.results import Result, source_of
from wan22dsl.cli.values import without_random
from wan22dsl.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wan22dsl.cli.linting.tasks import Task
    from wan22dsl.diagnostics import Diagnostic


def results(tasks: Sequence[Task], given: Mapping[str, Any], url: str) -> Iterator[Result]:
    """The result of each task, judged by a server's classes. Raises CommandError, ServerError.

    Nothing is sent to the server but questions, one file after the other.
    """
    from wan22dsl.network import trust
    from wan22dsl.run import preflight
    from wan22dsl.run.client import Client
    from wan22dsl.run.live import LiveCatalogue

    client = Client(trust.with_login(url))
    client.system_stats()  # a server that is silent is told before anything else
    live = LiveCatalogue(client)
    for task in tasks:
        try:
            source = source_of(task.input)
        except UnreadableFile as error:
            yield Result(task, None, [], str(error))
            continue
        set_to = without_random(source, given)
        checked = compiler.check(source, values=set_to, target=live, card=task.card)
        found: list[Diagnostic] = list(checked.diagnostics)
        for graph in checked.graphs.values():
            found += preflight.look(graph.graph, live, client)[1]
        yield Result(task, source, found)
