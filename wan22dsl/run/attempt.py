"""One try at a prompt: whole, or in pieces with the models freed in between."""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import ServerError, ServerSilent
from wan22dsl.run import benchmark, server_history, staged
from wan22dsl.run.clocks import PromptTimes, of_prompt
from wan22dsl.run.ending import UNCLEAR, Ending, Limits, broken
from wan22dsl.run.events import Fault
from wan22dsl.run.prompt_ids import prompt_id
from wan22dsl.run.submit import Left, stop, submit
from wan22dsl.run.watch import Watch
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from wan22dsl.graph.passes.plan import Plan
    from wan22dsl.run.benchmark import Benchmark
    from wan22dsl.run.client import Client, RemoteFile
    from wan22dsl.run.clocks import Timeline
    from wan22dsl.run.earlier import Earlier
    from wan22dsl.run.events import Event, Health
    from wan22dsl.run.retry_policy import Mode
    from wan22dsl.run.stream import Stream

    Cut = tuple[str, int]

#: The worker looks for what /free asked of it when it wakes; a prompt that follows at once comes first.
_FREE_S = 0.3

#: How long a server that is stuck or gone is asked to give a prompt back.
_TAKE_BACK_S = 3.0

#: How long a server that was asked to stop is listened to for how far it came.
_LAST_WORDS_S = 1.0


class Tools(NamedTuple):
    """What every try needs. `each` is called several times a second while one waits."""

    client: Client
    stream: Stream
    limits: Limits
    tell: Callable[[Event], None]
    each: Callable[[], None]
    timeline: Timeline


class Tried(NamedTuple):
    """How a try ended. `ending` is that of its last prompt; `partial` are node_errors with a 200.

    `left` is what is left of that prompt on the server, where it did not come to an end there. `benchmarks`
    are what the server measured of its prompts by itself, and `samples` the card in them.
    """

    ending: Ending
    prompts: tuple[PromptTimes, ...]
    prompt_ids: tuple[str, ...]
    files: tuple[tuple[str, RemoteFile], ...]
    latents: tuple[str, ...]
    between_s: float
    seconds: float
    partial: Any = None
    left: Left | None = None
    samples: tuple[Health, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()


def _nothing() -> None:
    return None


class Running:
    """The prompt of a run that may be on the server just now, for whoever has to stop it.

    `begun` is called before each prompt is submitted; `so_far` gives what was seen of the attempt. `number`
    is that of the first prompt; `known` are ids of prompts that the server has from an earlier process.
    """

    def __init__(self, run: str, number: int = 0, known: Collection[str] = ()) -> None:
        self._run, self._count = run, number
        self._known = known
        self.prompt_id = ""
        self.prompt_ids: list[str] = []
        self.latents: list[str] = []
        self.so_far: Callable[[], Tried | None] = _nothing
        self.begun: Callable[[], None] = _nothing

    def begin(self) -> str:
        """The id of a prompt that is about to be submitted: from now on it may be there."""
        self.prompt_id = prompt_id(self._run, self._count)
        self._count += 1
        self.prompt_ids.append(self.prompt_id)
        self.begun()
        return self.prompt_id

    def skip(self) -> None:
        """Leaves out a prompt that an earlier process has seen to its end."""
        self.prompt_ids.append(prompt_id(self._run, self._count))
        self._count += 1

    @property
    def is_gap(self) -> bool:
        """Whether the server has a later prompt of the run, and not the next one."""
        later = (
            prompt_id(self._run, number) for number in range(self._count + 1, self._count + 20)
        )
        return bool(self._known) and not self.is_known and any(id in self._known for id in later)

    @property
    def is_known(self) -> bool:
        """Whether the server has the next prompt already."""
        return prompt_id(self._run, self._count) in self._known


def attempt(
    tools: Tools,
    prompt: dict[str, Any],
    extra: dict[str, Any],
    plan: Plan,
    mode: Mode,
    run: str,
    running: Running,
    earlier: Earlier | None = None,
) -> Tried:
    """Runs a prompt to its end, or what an `earlier` process has left to do. Raises ServerAnswered when it
    is refused.
    """
    if mode.tiled:
        prompt = staged.tiled(prompt)
    whole = [staged.Piece("", prompt, {}, {})]
    pieces = staged.split(prompt, plan, run) if mode.staged else whole
    samplers = frozenset(own.node for own in plan.passes)
    done = {}
    if earlier is not None:
        done = {piece.name: found for piece in pieces if (found := earlier.has(piece, run))}
    return _Try(tools, extra, running, samplers).run(pieces, done)


class _Came(NamedTuple):
    """The result of one prompt."""

    ending: Ending
    partial: Any = None
    left: Left | None = None


class _Try:
    """A try while it goes on."""

    def __init__(
        self, tools: Tools, extra: dict[str, Any], running: Running, samplers: frozenset[str]
    ) -> None:
        self._tools, self._extra, self._running = tools, extra, running
        self._samplers = samplers
        self._samples: list[Health] = []
        self._benchmarks: list[Benchmark] = []
        running.prompt_ids.clear()
        running.latents.clear()
        self._since_s = tools.timeline.now()
        self._prompts: list[PromptTimes] = []
        self._latents: dict[Cut, str] = {}
        self._gives: set[str] = set()
        self._between_s = 0.0
        self._watch: Watch | None = None
        running.so_far = self._so_far

    def _so_far(self) -> Tried | None:
        """What was seen of it, for somebody who stops it; None where nothing has begun."""
        watch, self._watch = self._watch, None
        ending = Ending("interrupted", {}, ())
        prompts = list(self._prompts)
        if watch is not None:
            ending = watch.so_far(_LAST_WORDS_S)
            prompts.append(of_prompt(ending.seen))
        return self._tried(_Came(ending), prompts) if prompts else None

    def run(self, pieces: Sequence[staged.Piece], done: Mapping[str, Mapping[Cut, str]]) -> Tried:
        """All prompts, one after another, until one does not come through.

        `done` are the latents of pieces that an earlier process has seen to their end.
        """
        assert pieces
        self._gives.update(node for piece in pieces for node in piece.gives)
        for number, piece in enumerate(pieces):
            ended_s = monotonic()
            if piece.name in done and not self._running.is_known:
                self._take_over(done[piece.name])
                continue
            if number and not self._running.is_known:
                free(self._tools.client)
            came = self._piece(piece)
            if number and len(self._prompts) > number and not self._prompts[-1].by_card:
                own = self._prompts[-1]
                spent_s = monotonic() - ended_s
                self._between_s += max(0.0, spent_s - own.total_s - own.queue_s)
            if came.ending.how == "success" and not came.partial:
                came = came._replace(ending=self._keep(piece, came.ending))
            if came.ending.how != "success" or came.partial:
                break
        return self._tried(came, self._prompts)

    def _take_over(self, latents: Mapping[Cut, str]) -> None:
        self._latents.update(latents)
        self._running.latents[:] = self._latents.values()
        if self._running.is_gap:
            self._running.skip()

    def _tried(self, came: _Came, prompts: Sequence[PromptTimes]) -> Tried:
        files = list(server_history.files(came.ending.outputs))
        own_files = {
            *self._latents.values(),
            *(file.path for node, file in files if node in self._gives),
        }
        return Tried(
            came.ending,
            tuple(prompts),
            tuple(self._running.prompt_ids),
            tuple(file for file in files if file[1].path not in own_files),
            tuple(sorted(own_files)),
            self._between_s,
            self._tools.timeline.now() - self._since_s,
            came.partial,
            came.left,
            tuple(self._samples),
            tuple(self._benchmarks),
        )

    def _piece(self, piece: staged.Piece) -> _Came:
        tools, client = self._tools, self._tools.client
        ready = staged.with_latents(piece, self._latents)
        is_known = self._running.is_known
        prompt_id = self._running.begin()
        since_s = monotonic()
        try:
            answer = {} if is_known else submit(client, ready, prompt_id, self._extra)
        except ServerSilent as error:
            gone = broken("gone", (), {}, monotonic() - since_s, reason=error.reason)
            return _Came(gone, left=stop(client, prompt_id, _TAKE_BACK_S))
        watch = Watch(
            client,
            tools.stream,
            prompt_id,
            ready,
            tools.limits,
            tools.tell,
            piece.name,
            tools.timeline,
            is_joined=is_known,
        )
        self._watch = watch
        if answer.get("node_errors"):
            left = stop(client, prompt_id)
            return _Came(watch.wait(tools.each), answer["node_errors"], left)
        ending = watch.wait(tools.each)
        self._watch = None
        self._prompts.append(self._times(ending))
        if ending.how in UNCLEAR:
            return _Came(ending, left=stop(client, prompt_id, _TAKE_BACK_S))
        self._running.prompt_id = ""
        return _Came(ending)

    def _times(self, ending: Ending) -> PromptTimes:
        """The times of a prompt, by the server's own figures where it has some."""
        times, measured = of_prompt(ending.seen), ending.benchmark
        if measured is not None:
            self._benchmarks.append(measured)
            self._samples += benchmark.samples_from(measured, benchmark.start_of(times))
        return benchmark.applied(times, measured, self._samplers)

    def _keep(self, piece: staged.Piece, ending: Ending) -> Ending:
        """Keeps the names of the latents that a prompt has saved; without one, it is an error."""
        for node, file in server_history.files(ending.outputs):
            if node in piece.gives:
                self._latents[piece.gives[node]] = file.path
        self._running.latents[:] = self._latents.values()
        for node, cut in piece.gives.items():
            if cut not in self._latents:
                said = "the server does not report where it saved the latent"
                return ending._replace(how="error", fault=Fault(node, staged.SAVE, "", said))
        return ending


def free(client: Client) -> None:
    """Models out of memory, results thrown away, before what is submitted next.

    A server that does not take that still runs prompts, so it is no reason to give up.
    """
    for again_s in (0.5, 1.0, 0.0):
        try:
            client.free()
            break
        except ServerError:
            sleep(again_s)
    sleep(_FREE_S)
