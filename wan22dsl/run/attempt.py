"""One try at a prompt: whole, or in pieces with the models freed in between."""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.errors import ServerError
from wan22dsl.run import judging, staged
from wan22dsl.run.timing import PromptTimes, of_prompt
from wan22dsl.run.watch import Ending, Limits, Watch, submit

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.run.client import Client, RemoteFile
    from wan22dsl.run.events import Event
    from wan22dsl.run.ladder import Mode
    from wan22dsl.run.plan import Plan
    from wan22dsl.run.stream import Stream

#: The worker looks for what /free asked of it when it wakes; a prompt that follows at once comes first.
_FREE_S = 0.3


class Tools(NamedTuple):
    """What every try needs. `each` is called several times a second while one waits."""

    client: Client
    stream: Stream
    limits: Limits
    tell: Callable[[Event], None]
    each: Callable[[], None]


class Tried(NamedTuple):
    """How a try ended. `ending` is that of its last prompt; `partial` are node_errors with a 200."""

    ending: Ending
    prompts: tuple[PromptTimes, ...]
    prompt_ids: tuple[str, ...]
    files: tuple[tuple[str, RemoteFile], ...]
    latents: tuple[str, ...]
    between_s: float
    seconds: float
    partial: Any = None


class Running:
    """The prompt that is on the server just now, for whoever has to stop it."""

    def __init__(self) -> None:
        self.prompt_id = ""
        self.latents: list[str] = []


def attempt(
    tools: Tools,
    prompt: dict[str, Any],
    extra: dict[str, Any],
    plan: Plan,
    mode: Mode,
    run: str,
    running: Running,
) -> Tried:
    """Runs a prompt to its end. Raises ServerAnswered when it is refused, ServerSilent."""
    if mode.tiled:
        prompt = staged.tiled(prompt)
    whole = [staged.Piece("", prompt, {}, {})]
    pieces = staged.split(prompt, plan, run) if mode.staged else whole
    since_s = monotonic()
    files: dict[tuple[str, int], str] = {}
    prompts: list[PromptTimes] = []
    ids: list[str] = []
    between_s = 0.0
    ended_s = since_s
    for number, piece in enumerate(pieces):
        if number:
            free(tools.client)
        ready = staged.with_latents(piece, files)
        prompt_id, answer = submit(tools.client, ready, extra)
        running.prompt_id = prompt_id
        ids.append(prompt_id)
        watch = Watch(
            tools.client, tools.stream, prompt_id, ready, tools.limits, tools.tell, piece.name
        )
        if answer.get("node_errors"):
            stop(tools.client, prompt_id)
            ending = watch.wait(tools.each)
            return _tried(ending, prompts, ids, files, between_s, since_s, answer["node_errors"])
        ending = watch.wait(tools.each)
        running.prompt_id = ""
        times = of_prompt(ending.seen)
        prompts.append(times)
        if number:
            between_s += max(0.0, monotonic() - ended_s - times.total_s - times.queue_s)
        ended_s = monotonic()
        if ending.how != "success":
            break
        for node, file in judging.files(ending.outputs):
            if node in piece.gives:
                files[piece.gives[node]] = f"{file.subfolder}/{file.filename}".lstrip("/")
        running.latents[:] = files.values()
    return _tried(ending, prompts, ids, files, between_s, since_s)


def _tried(
    ending: Ending,
    prompts: list[PromptTimes],
    ids: list[str],
    latents: dict[tuple[str, int], str],
    between_s: float,
    since_s: float,
    partial: Any = None,
) -> Tried:
    own = set(latents.values())
    files = tuple(
        (node, file)
        for node, file in judging.files(ending.outputs)
        if f"{file.subfolder}/{file.filename}".lstrip("/") not in own
    )
    return Tried(
        ending,
        tuple(prompts),
        tuple(ids),
        files,
        tuple(sorted(own)),
        between_s,
        monotonic() - since_s,
        partial,
    )


def free(client: Client) -> None:
    """Models out of memory, results thrown away, before what is submitted next."""
    client.free()
    sleep(_FREE_S)


def stop(client: Client, prompt_id: str, patience_s: float = 10.0) -> str:
    """Stops one prompt and nobody else's; says what is left of it on the server."""
    until_s = monotonic() + patience_s
    asked = False
    try:
        while monotonic() < until_s:
            queue = client.queue()
            if prompt_id in queue.pending:
                client.delete(prompt_id)
            elif prompt_id in queue.running:
                if not asked:
                    client.interrupt(prompt_id)
                asked = True
            else:
                return "stopped; nothing of it is left in the server's queue"
            sleep(0.2)
    except ServerError as error:
        return f"could not be stopped, because {error}"
    return (
        f"asked to stop; the server is still busy with prompt {prompt_id} and will stop after the node "
        "that it is in"
    )
