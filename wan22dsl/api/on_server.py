"""A server that pipelines are run on, and a pipeline that is compiled, checked and ready to run on it.

server = OnServer(Client(address))
pipeline = prepare(server, source, values={"cfg": 1.0}, found=show)
if pipeline is not None:
    done = pipeline.run(0, options, tell)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler
from wan22dsl.api.node_files import with_node_files
from wan22dsl.diagnostics import has_errors, in_order
from wan22dsl.errors import CommandError, ServerError
from wan22dsl.language.program.modules import used_texts
from wan22dsl.run.job import Job
from wan22dsl.run.uploads import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wan22dsl.api.compiler import Compiled
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.plan import Plan
    from wan22dsl.run.adopting import Adoption
    from wan22dsl.run.client import Client
    from wan22dsl.run.earlier import Remains
    from wan22dsl.run.events import Event
    from wan22dsl.run.execute import Done
    from wan22dsl.run.job import Options
    from wan22dsl.run.machine import MachineOfRun
    from wan22dsl.run.record import Host, OfBench
    from wan22dsl.server.embedded import EmbeddedServer
    from wan22dsl.server.faults import Faults
    from wan22dsl.source import Source


class OnServer:
    """A server that answers, with what is asked of it only once.

    `embedded` is the simulation behind it, if it is one of this process; `nodes` are files with node classes.
    Raises CommandError where it does not answer.
    """

    def __init__(
        self, client: Client, embedded: EmbeddedServer | None = None, nodes: Sequence[str] = ()
    ) -> None:
        from wan22dsl import __version__
        from wan22dsl.comfyui.catalogue.open import BUNDLED
        from wan22dsl.run.execute import timeline_of
        from wan22dsl.run.live import LiveCatalogue

        self.client, self.embedded = client, embedded
        self.host = host_of(client)
        self.timeline = timeline_of(self.host)
        self.live = LiveCatalogue(client, f"ComfyUI {BUNDLED[0]}" if embedded else "")
        self.target, self.found_in_nodes = with_node_files(self.live, tuple(nodes))
        self._made_by = __version__
        self._machine: MachineOfRun | None = None

    @property
    def machine(self) -> MachineOfRun:
        """The snapshot of the machine; it begins to be taken when it is first asked for."""
        from wan22dsl.run.machine import MachineOfRun

        if self._machine is None:
            self._machine = MachineOfRun(self.client.address, self.host, self._made_by)
        return self._machine


def host_of(client: Client) -> Host:
    """What a server says of itself. Raises CommandError where it does not answer."""
    from wan22dsl.run import request_retry
    from wan22dsl.run.record import Host

    try:
        stats = request_retry.again(client.system_stats, first_contact=True)
    except ServerError as error:
        raise CommandError(
            str(error),
            "Start ComfyUI, or name the server with --server or WAN_SERVER. "
            "`--simulate` needs no server and no GPU.",
        ) from error
    system = stats.get("system")
    simulated = isinstance(system, dict) and bool(system.get("simulated"))
    return Host(client.shown, simulated, stats)


class Ready:
    """A pipeline that is compiled for a server, with its files uploaded: it runs as often as wanted."""

    def __init__(
        self,
        server: OnServer,
        source: Source,
        compiled: Compiled,
        prompt: dict[str, Any],
        given: Mapping[str, Any],
        uses: Mapping[str, str] | None = None,
    ) -> None:
        from wan22dsl.graph.cost.uncounted import not_counted
        from wan22dsl.graph.passes.plan import plan as plan_of

        assert compiled.graph is not None
        self.server, self.compiled, self.prompt = server, compiled, prompt
        self.graph = compiled.graph.graph
        self.plan: Plan = plan_of(self.graph)
        self._source, self._given = source, given
        self._uses = used_texts(source) if uses is None else uses
        self._not_counted = not_counted(self.graph) if server.host.simulated else ()

    def job(self, number: int, bench: OfBench | None = None) -> Job:
        """The run of this number: its seeds are raised by so much."""
        from wan22dsl import __version__
        from wan22dsl.run import carried, seeds
        from wan22dsl.run.record import Subject

        prompt = seeds.raised(self.prompt, self.graph, number)
        subject = Subject(
            file=self._source.path,
            text=self._source.text,
            pipeline=self.graph.name,
            parameters=self._given,
            target=self.graph.catalogue.target,
            not_counted=self._not_counted,
            prompt=prompt,
            version=__version__,
            uses=self._uses,
        )
        extra = carried.extra_pnginfo(subject, number)
        return Job(subject, prompt, self.graph, self.plan, extra, number, bench)

    def run(
        self,
        job: Job,
        options: Options,
        tell: Callable[[Event], None],
        each: Callable[[], None] = lambda: None,
    ) -> Done:
        """Runs a job of this pipeline to an end, and leaves a record. Raises CommandError, ServerError.

        `each` is called several times a second while a prompt runs; what raises KeyboardInterrupt stops it.
        """
        from wan22dsl.run.execute import Run

        server = self.server
        return Run(
            server.client,
            server.host,
            job,
            options,
            tell,
            server.timeline,
            server.machine,
            each=each,
        ).run()

    def adopt(
        self,
        job: Job,
        remains: Remains,
        options: Options,
        tell: Callable[[Event], None],
        each: Callable[[], None] = lambda: None,
    ) -> Adoption:
        """Takes a run of this pipeline over that another process began. Raises CommandError, ServerError."""
        from wan22dsl.run.adopting import Adopted

        server = self.server
        return Adopted(
            server.client,
            server.host,
            job,
            options,
            tell,
            remains,
            server.timeline,
            server.machine,
            each,
        ).run()


def prepare(
    server: OnServer,
    source: Source,
    *,
    found: Callable[[Sequence[Diagnostic]], None],
    pipeline: str | None = None,
    values: Mapping[str, Any] | None = None,
    models: str | None = None,
    compiled: Compiled | None = None,
    most_upload_bytes: int = MOST_BYTES,
    uses: Mapping[str, str] | None = None,
) -> Ready | None:
    """Compiles a pipeline for a server, looks for what it lacks, and uploads its files.

    What is wrong goes to `found`; None where an error is among it. `models` is a folder of model files to
    look at. `compiled` is the pipeline where it is compiled for the server already, `uses` the texts of the
    files that it uses where they are not those on the disk. Raises CommandError, ServerError.
    """
    given = values or {}
    if compiled is None:
        compiled = _compiled(server, source, pipeline, given, models)
    found([*server.found_in_nodes, *compiled.diagnostics])
    if has_errors(server.found_in_nodes) or compiled.prompt is None or compiled.graph is None:
        return None
    prompt = _looked_at(server, compiled, found, most_upload_bytes)
    return None if prompt is None else Ready(server, source, compiled, prompt, given, uses)


def _compiled(
    server: OnServer,
    source: Source,
    pipeline: str | None,
    given: Mapping[str, Any],
    models: str | None,
) -> Compiled:
    of_folder = None
    if models:
        from wan22dsl.model_files.lookup import of_folder as opened

        of_folder = opened(models)
    compiled = compiler.compile(
        source, pipeline=pipeline, values=given, target=server.target, models=of_folder
    )
    if of_folder is not None:
        of_folder.save()
    return compiled


def _looked_at(
    server: OnServer,
    compiled: Compiled,
    found: Callable[[Sequence[Diagnostic]], None],
    most_upload_bytes: int,
) -> dict[str, Any] | None:
    """The prompt with uploads done; None when something is missing."""
    from wan22dsl.run import preflight

    assert compiled.graph is not None and compiled.prompt is not None
    graph = compiled.graph.graph
    ready, problems = preflight.look(
        graph,
        server.live,
        server.client,
        simulated=server.host.simulated,
        own=server.embedded is not None,
        most_upload_bytes=most_upload_bytes,
    )
    found(in_order(problems))
    if has_errors(problems):
        return None
    if server.embedded is not None and ready.stand_ins.names:
        from wan22dsl.server.models import class_like

        classes = [class_like(graph, name) for name in ready.stand_ins.classes]
        server.embedded.stand_in(classes, ready.stand_ins.files)
    prompt = compiled.prompt
    if server.host.simulated:
        from wan22dsl.run.stated import with_facts

        prompt = with_facts(prompt, graph)
    return preflight.prepare(prompt, ready, server.client)


def look_at_faults(faults: Faults, prompts: Sequence[tuple[dict[str, Any], Plan]]) -> None:
    """Raises CommandError for a fault of a simulation at a node that no run of these prompts can have."""
    from wan22dsl.diagnostics import nearest
    from wan22dsl.run import staged
    from wan22dsl.server.faults import Node

    every = []
    for prompt, plan in prompts:
        every += [prompt, staged.tiled(prompt)]
        every += [piece.prompt for piece in staged.split(prompt, plan, "") if plan.passes]
    nodes = [
        Node(id, item["class_type"], str(item.get("_meta", {}).get("title", "")), 0)
        for each in every
        for id, item in each.items()
    ]
    for fault in faults.without_target(nodes):
        names = [*dict.fromkeys(node.id for node in nodes)]
        close = nearest(fault.target, [*names, *{node.class_type for node in nodes}])
        hint = f" Did you mean `{close}`?" if close else ""
        there = dict.fromkeys(id for prompt, _ in prompts for id in prompt)
        raise CommandError(
            f"the fault `{fault.text}` names no node of the pipeline.{hint}",
            f"There are: {', '.join(there)}",
        )
