"""What is done for one server of a batch: it is looked at, and jobs are run on it.

agent = ServerAgent(Post(server, …))
seen = agent.do(LOOK, tell, is_stopped)
outcome = agent.do(order, tell, is_stopped)

The tasks and what they give are in `batch_tasks`.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from wan22dsl.api.batch_tasks import Look, LookFor, Order, Outcome, Progress, Seen, TakeBack
from wan22dsl.errors import CommandError, ServerError, WanError
from wan22dsl.run.prompt_ids import usual_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wan22dsl.api.batch_files import BatchFile
    from wan22dsl.api.on_server import OnServer, Ready
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.fleet import models
    from wan22dsl.fleet.lease import Claim, Lease
    from wan22dsl.fleet.models import How, ServerState
    from wan22dsl.fleet.servers import Server
    from wan22dsl.run.adopting import Adoption
    from wan22dsl.run.client import Client
    from wan22dsl.run.earlier import Remains
    from wan22dsl.run.events import Event
    from wan22dsl.run.execute import Done
    from wan22dsl.run.job import Options
    from wan22dsl.run.record import Record
    from wan22dsl.server.embedded import EmbeddedServer

#: A run tells how far it is this often, in seconds.
_TELL_S = 0.5

#: The most of a reason that is kept.
_REASON = 600


#: A driver that is there shows it this often, in seconds.
_RENEW_S = 15.0


class ServerAgent:
    """What works for one server. `embedded` is the simulation behind it, if it is one of this process.

    `models` is a folder of model files to look at, if the server is on this machine.
    """

    def __init__(
        self,
        server: Server,
        *,
        nodes: Sequence[str] = (),
        embedded: EmbeddedServer | None = None,
        models: str = "",
    ) -> None:
        self._server, self._nodes, self._embedded = server, tuple(nodes), embedded
        self.models = models
        self._on: OnServer | None = None
        self._files: dict[str, BatchFile] = {}
        self._claim: Claim | None = None
        self._lease: Lease | None = None
        self._renewed_s = 0.0

    def do(self, task: Any, tell: Callable[[Any], None], is_stopped: Callable[[], bool]) -> Any:
        """Does a task, and looks several times a second whether it shall stop."""
        if isinstance(task, Look):
            return self._look(task)
        if isinstance(task, LookFor):
            return self._look_for(task)
        if isinstance(task, TakeBack):
            return self._take_back(task)
        assert isinstance(task, Order)
        return _Carrying(self, task, tell, is_stopped).outcome()

    def close(self) -> None:
        """Nothing more will come."""
        if self._lease is not None:
            self._lease.release()

    # Looking.

    def _look(self, task: Look) -> Seen:
        from wan22dsl.run.comparing import card_name
        from wan22dsl.run.stats import device_of, system_of
        from wan22dsl.run.wire import number

        try:
            client = self._client()
            stats = client.system_stats()
            queue = client.queue()
            held = self._held(client, task)
        except WanError as error:
            self.forget()
            return Seen("away", str(error))
        system, device = system_of(stats), device_of(stats)
        own = usual_ids(task.runs)
        others = [id for id in (*queue.running, *queue.pending) if id not in own]
        state: ServerState = "held" if held else "busy" if others else "ready"
        many = "a prompt" if len(others) == 1 else f"{len(others)} prompts"
        waits = f"{many} of others in its queue" if others else ""
        return Seen(
            state,
            held or waits,
            self._server.card or card_name(str(device.get("name") or ""))[:200],
            number(device.get("vram_total")),
            number(device.get("vram_free")),
            len(others),
            str(system.get("comfyui_version") or "")[:80],
            self._lease.note if self._lease is not None else "",
        )

    def _held(self, client: Client, task: Look) -> str:
        """Who else has the server; empty where it is ours, or nobody wants it. Raises ServerError."""
        from wan22dsl.fleet.lease import Claim, HeldBy

        if task.holder is None or self._embedded is not None:
            return ""
        if self._lease is not None and self.renew():
            return ""
        self._lease = None
        if self._claim is None:
            self._claim = Claim(client, task.holder, task.gone)
        found = self._claim.take()
        if isinstance(found, HeldBy):
            return found.words
        self._lease, self._renewed_s = found, monotonic()
        return ""

    def renew(self) -> bool:
        """Shows other drivers that this one is there; False where the server is not ours any more."""
        if self._lease is None:
            return self._embedded is not None
        self._renewed_s = monotonic()
        return self._lease.renew()

    def renew_in_time(self) -> None:
        """The same while a run goes on, when it is time; what is wrong is seen at the next look."""
        if self._lease is not None and monotonic() - self._renewed_s > _RENEW_S:
            with suppress(ServerError):
                self.renew()

    def _look_for(self, task: LookFor) -> tuple[Remains, ...]:
        from wan22dsl.fleet.reconcile import sweep
        from wan22dsl.run import earlier
        from wan22dsl.run.earlier import Remains

        try:
            client = self._client()
            if task.over:
                sweep(client, task.over)
            return tuple(earlier.look(client, run, record) for run, record in task.runs)
        except WanError as error:
            self.forget()
            return tuple(
                Remains(run, "unknown", (), record, str(error)) for run, record in task.runs
            )

    def _take_back(self, task: TakeBack) -> str:
        from wan22dsl.fleet.reconcile import take_back

        try:
            return take_back(self._client(), task.remains)
        except WanError as error:
            return str(error)

    def _client(self) -> Client:
        if self._on is not None:
            return self._on.client
        from wan22dsl.fleet.servers import address_of
        from wan22dsl.run.client import Client

        return Client(address_of(self._server))

    def on(self) -> OnServer:
        """The server, which is asked for its classes once. Raises CommandError where it does not answer."""
        from wan22dsl.api.on_server import OnServer

        if self._on is None:
            self._on = OnServer(self._client(), self._embedded, self._nodes)
        return self._on

    def forget(self) -> None:
        """It may come back as another: nothing that it has said counts any more."""
        self._on = None

    def file(self, source: models.Source) -> BatchFile:
        """A file of the batch, read once."""
        from wan22dsl.api import batch_files

        if source.file not in self._files:
            self._files[source.file] = batch_files.of_plan(source)
        return self._files[source.file]


class _Carrying:
    """A job that is run."""

    def __init__(
        self,
        agent: ServerAgent,
        order: Order,
        tell: Callable[[Any], None],
        is_stopped: Callable[[], bool],
    ) -> None:
        self._agent, self._order = agent, order
        self._tell, self._is_stopped = tell, is_stopped
        self._found: list[Diagnostic] = []
        self._told_s = 0.0
        self._others = False
        self._board: Any = None

    def outcome(self) -> Outcome:
        """Runs it to an end, whatever that is."""
        try:
            ready = self._ready()
        except ServerError as error:
            return self._nothing_sent(str(error))
        except WanError as error:
            # That the server does not answer is said by a CommandError of `OnServer`.
            if isinstance(error.__cause__, ServerError):
                return self._nothing_sent(str(error))
            return Outcome("not possible", _short(str(error)), found=self._errors())
        if ready is None:
            return Outcome("not possible", _why(self._found), lacks=True, found=self._errors())
        if self._is_stopped():
            return Outcome("stopped", "stopped before it was sent")
        if self._order.remains is not None:
            return self._run(ready)
        try:
            others = sum(map(len, self._agent.on().client.queue()))
        except ServerError as error:
            return self._nothing_sent(str(error))
        if others:
            return Outcome(
                "stopped", f"nothing was sent: {others} prompts of others are in the queue"
            )
        return self._run(ready)

    def _nothing_sent(self, reason: str) -> Outcome:
        self._agent.forget()
        return Outcome("stopped", _short(f"nothing was sent: {reason}"))

    def _ready(self) -> Ready | None:
        from wan22dsl.api import batch_recipes, compiler
        from wan22dsl.api.on_server import prepare

        order = self._order
        on = self._agent.on()
        file = self._agent.file(order.source)
        handed = {name: _uploaded(on.client, Path(path), order) for name, path in order.handed}
        values = batch_recipes.values_of(order.job.values, handed)
        of_folder = None
        if self._agent.models:
            from wan22dsl.model_files.lookup import of_folder as opened

            of_folder = opened(self._agent.models)
        compiled = compiler.compile(
            file.source,
            pipeline=order.job.pipeline,
            values=values,
            target=on.target,
            workspace=file.workspace,
            models=of_folder,
        )
        if of_folder is not None:
            of_folder.save()
        return prepare(
            on,
            file.source,
            found=self._found.extend,
            values=values,
            compiled=compiled,
            uses=file.uses,
        )

    def _run(self, ready: Ready) -> Outcome:
        from wan22dsl.run.progress import Board
        from wan22dsl.run.record import OfBatch

        order = self._order
        host = self._agent.on().host
        self._board = Board(ready.plan, host.speed if host.tells_time else 1.0)
        job = ready.job(order.job.seed_shift)
        of_batch = OfBatch(order.batch, order.job.id, order.attempt)
        job = job._replace(id=order.record, batch=of_batch)
        try:
            if order.remains is not None:
                return self._adopted(
                    ready.adopt(job, order.remains, self._options(), self._event, self._each)
                )
            done = ready.run(job, self._options(), self._event, each=self._each)
        except ServerError as error:
            # The record is there, and says which prompts may be on the server.
            self._agent.forget()
            return Outcome("lost", _short(str(error)), order.record)
        except CommandError as error:
            if order.remains is not None:
                return Outcome("lost", _short(str(error)), order.record)
            return Outcome("stopped", _short(str(error)), is_written=False)
        return self._came(done)

    def _options(self) -> Options:
        from wan22dsl.run.ending import Limits
        from wan22dsl.run.job import Options

        order = self._order
        return Options(
            folder=Path(order.folder),
            staged=order.staged,
            cold=order.cold,
            retry=order.retry,
            quality=order.quality,
            limits=Limits(silence_s=order.silence_s, gone_s=order.gone_s),
        )

    # While it runs.

    def _each(self) -> None:
        """Called several times a second while the prompt runs. Raises KeyboardInterrupt, as Ctrl-C does."""
        if self._is_stopped():
            raise KeyboardInterrupt
        self._agent.renew_in_time()

    def _event(self, event: Event) -> None:
        from wan22dsl.run.events import QueueChanged, Queued, Submitted

        waits = isinstance(event, Queued) and event.ahead > 0
        if waits or (isinstance(event, QueueChanged) and event.remaining > 1):
            self._others = True
        self._board.receive(event)
        now_s = monotonic()
        if now_s - self._told_s < _TELL_S and not isinstance(event, Submitted):
            return
        self._told_s = now_s
        row = self._board.current
        if row is None:
            self._tell(Progress(self._order.job.id, "", "", note=self._board.note))
        else:
            told = Progress(
                self._order.job.id, row.name, row.doing, row.step, row.steps, row.step_s
            )
            self._tell(told)

    # What it came to.

    def _came(self, done: Done) -> Outcome:
        record = done.record
        how, reason = _how(done)
        if how == "lost":
            self._agent.forget()
        times = record.times
        load_s = sum(own.load_s for own in times.passes) if times is not None else None
        cached = times is not None and any(own.cached for own in times.passes)
        return Outcome(
            how,
            reason if done.is_written else _short(f"{reason} {done.note}".strip()),
            record.id if done.file is not None else None,
            times.total_s if times is not None else None,
            load_s,
            tuple(fetched.path.as_posix() for fetched in record.outputs),
            is_written=done.is_written,
            was_cached=cached,
            others=self._others,
            found=self._errors() if how != "success" else (),
        )

    def _adopted(self, adoption: Adoption) -> Outcome:
        """What a run came to that was taken over."""
        from wan22dsl.fleet.ends import End, end_of

        record = adoption.record
        end = end_of(record) or End("lost", adoption.note)
        return Outcome(
            end.how,
            _short(end.reason),
            record.id if adoption.file is not None else None,
            end.seconds,
            end.load_s,
            tuple(output.path for output in record.outputs),
            is_written=adoption.is_written,
            was_cached=True,  # what was seen of it is not all of it: nothing is learned from its times
            adopted=True,
        )

    def _errors(self) -> tuple[str, ...]:
        return tuple(_line(finding) for finding in self._found if finding.is_error)


def _uploaded(client: Client, file: Path, order: Order) -> str:
    """The name that a server has for a file that another job has given."""
    from wan22dsl import disk

    with disk.opened(str(file), file.as_posix()) as data:
        return client.upload(f"{order.batch}-{file.name}", data)


def _how(done: Done) -> tuple[How, str]:
    """How an attempt ended by its record, and why."""
    from wan22dsl.run import retry_policy
    from wan22dsl.run.events import Fault

    record: Record = done.record
    if record.result == "success":
        return "success", ""
    if record.result == "stopped":
        return "stopped", _short(done.note or "stopped")
    last = record.attempts[-1] if record.attempts else None
    reason = _why(record.found) or (last.reason if last is not None else record.result)
    if last is None:
        return "error", reason
    if last.how in ("lost", "dead", "stuck", "gone"):
        return "lost", reason
    if last.how == "refused":
        return "refused", reason
    type_, _, message = last.reason.partition(": ")
    if last.how == "error" and retry_policy.is_out_of_memory(Fault("", "", type_, message)):
        return "out of memory", reason
    return "error", reason


def _why(found: Sequence[Diagnostic]) -> str:
    """The first error, and how many more there are."""
    errors = [finding for finding in found if finding.is_error]
    if not errors:
        return ""
    more = f" And {len(errors) - 1} more errors." if len(errors) > 1 else ""
    return _short(f"{_line(errors[0])}{more}")


def _line(finding: Diagnostic) -> str:
    return f"{finding.message.rstrip('.')}. {finding.help}".strip()


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _REASON else f"{text[: _REASON - 1]}…"
