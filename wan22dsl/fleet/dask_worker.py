"""A Dask worker beside a server: what it runs is given by drivers (`dask_engine`), one task at a time.

Dask has the life and the reach of the process, and nothing else. The functions here that a driver calls are
found by their names, so both sides must be the same version; a driver asks that first (`hello`).
"""

from __future__ import annotations

import platform
import threading
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

#: What the name of a worker begins with, so that others on the same scheduler are left alone.
PREFIX = "wan:"

#: How long the scheduler is waited for at the start, and how often it is looked for later, in seconds.
_JOIN_S, _AGAIN_S = 15, 3.0

#: For so long a name may still be that of the same worker before it was killed, in seconds.
_NAME_S = 40.0

_MISSING = 'Dask is not installed; it is needed for this: pip install "wan22dsl[fleet]"'


class Facts(NamedTuple):
    """What a worker says of itself. `url` is that of its server as the worker reaches it, without a login.

    `token` is that of this process: an address may be that of an earlier one.
    """

    token: str
    name: str
    url: str
    is_loopback: bool
    host: str
    versions: tuple[tuple[str, str], ...]


class Post(Protocol):
    """What works for the server. Tasks of several drivers may come at the same time."""

    def do(
        self,
        driver: str,
        task: Any,
        tell: Callable[[Any], None],
        is_stopped: Callable[[], bool],
    ) -> Any:
        """Does a task, and looks several times a second whether it shall stop."""

    def tidy(self, driver: str, what: str) -> None:
        """The driver has what a task gave."""

    def leave(self, driver: str) -> None:
        """Nothing more will come from a driver."""


def look_for_library() -> None:
    """Raises CommandError where Dask is not installed."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise CommandError(_MISSING) from error


def quiet() -> None:
    """Keeps Dask from logging: what matters is said here. Its parts have levels of their own."""
    import logging

    import distributed  # noqa: F401

    for name in ("distributed", "tornado", *logging.Logger.manager.loggerDict):
        if name.partition(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def versions(wan22dsl: str) -> tuple[tuple[str, str], ...]:
    """What must be the same for a driver and its workers, with the version of this program."""
    from importlib.metadata import version

    python = ".".join(platform.python_version_tuple()[:2])
    return (("wan22dsl", wan22dsl), ("Python", python), ("distributed", version("distributed")))


class _Process:
    """What this process is as a worker."""

    def __init__(self, facts: Facts, post: Post) -> None:
        self.facts, self.post = facts, post
        self.stopped: dict[tuple[str, int], threading.Event] = {}


_process: _Process | None = None


# --- what drivers call ---


def hello() -> Facts | None:
    """What this worker is; None for one of others."""
    return _process.facts if _process is not None else None


def perform(token: str, driver: str, number: int, task: Any) -> Any:
    """Does a task. It leaves the worker's one thread to others: a look must not wait for the end of a run."""
    import distributed

    process = _mine(token)
    dask: Any = distributed
    worker = dask.get_worker()
    dask.secede()
    stopped = process.stopped.setdefault((driver, number), threading.Event())

    def tell(value: Any) -> None:
        with suppress(Exception):  # the scheduler is gone: nobody listens, and the run goes on
            worker.log_event(topic_of(driver), [process.facts.name, number, *value])

    try:
        return process.post.do(driver, task, tell, stopped.is_set)
    finally:
        process.stopped.pop((driver, number), None)


def stop(token: str, driver: str, number: int) -> None:
    """Asks a task to end."""
    _mine(token).stopped.setdefault((driver, number), threading.Event()).set()


def tidy(token: str, driver: str, what: str) -> None:
    """The driver has what a task gave."""
    _aside(_mine(token).post.tidy, driver, what)


def leave(token: str, driver: str) -> None:
    """A driver has ended."""
    _aside(_mine(token).post.leave, driver)


def topic_of(driver: str) -> str:
    """Where a driver is told how far its tasks are."""
    return f"wan22dsl-{driver}"


def _aside(work: Callable[..., None], *given: str) -> None:
    """Does what may take a while: this is the thread that has the connections."""
    threading.Thread(target=work, args=given, daemon=True).start()


def _mine(token: str) -> _Process:
    if _process is None or _process.facts.token != token:
        raise RuntimeError("this is another worker than the one that was asked")
    return _process


# --- being a worker ---


def facts(name: str, url: str, version: str, *, is_loopback: bool) -> Facts:
    """Those of this process. Raises CommandError where Dask is not installed."""
    look_for_library()
    return Facts(uuid4().hex, name, url, is_loopback, platform.node(), versions(version))


def serve(scheduler: str, facts: Facts, post: Post, say: Callable[[str], None]) -> None:
    """Is a worker of a scheduler until KeyboardInterrupt. Where the scheduler goes, it is waited for.

    It listens where the scheduler is reached: on loopback for a scheduler there. Raises CommandError where
    the scheduler does not answer at the start.
    """
    import asyncio

    global _process
    look_for_library()
    quiet()
    _process = _Process(facts, post)
    is_first = True
    try:
        while True:
            joined_s = asyncio.run(_serve_once(scheduler, facts, say, is_first=is_first))
            is_first = False
            if joined_s is not None:
                say(
                    f"the scheduler {scheduler} is gone; a run goes on, and the scheduler is waited for"
                )
            asyncio.run(asyncio.sleep(_AGAIN_S))
    finally:
        _process = None


async def _serve_once(
    scheduler: str, facts: Facts, say: Callable[[str], None], *, is_first: bool
) -> float | None:
    """One stay at the scheduler; None where it did not answer."""
    import asyncio
    import tempfile

    from distributed import Worker

    until_s = monotonic() + _NAME_S
    while True:
        with tempfile.TemporaryDirectory(prefix="wan-worker-", ignore_cleanup_errors=True) as local:
            worker: Any = None
            try:
                worker = Worker(
                    scheduler,
                    name=f"{PREFIX}{facts.name}",
                    nthreads=1,
                    memory_limit=0,
                    local_directory=local,
                    host=_host(scheduler),
                    death_timeout=_JOIN_S,
                    dashboard=False,
                )
                await worker
            except Exception as error:  # whatever Dask raises for what it could not reach
                if worker is not None:
                    with suppress(Exception):
                        await worker.close(timeout=2, executor_wait=False)
                if "name taken" in _words(error) and monotonic() < until_s:
                    await asyncio.sleep(1.0)
                    continue
                if not is_first:
                    return None
                raise _not_joined(scheduler, facts.name, error) from error
            joined_s = monotonic()
            say(f"worker {facts.name} of {facts.url} is there for {scheduler}; Ctrl-C ends it")
            try:
                await worker.finished()
            finally:
                with suppress(Exception):
                    await asyncio.shield(worker.close(timeout=2, executor_wait=False))
            return monotonic() - joined_s


def _words(error: BaseException) -> str:
    """What an exception says, with those behind it."""
    found: list[str] = []
    at: BaseException | None = error
    while at is not None and len(found) < 8:
        found.append(str(at))
        at = at.__cause__ or at.__context__
    return " ".join(" ".join(found).split())


def _not_joined(scheduler: str, name: str, error: BaseException) -> CommandError:
    words = _words(error)
    if "name taken" in words:
        return CommandError(
            f"{scheduler}: has a worker called {name} already",
            "Each server has one worker: end the other one, or give this one another --name.",
        )
    return CommandError(
        f"the Dask scheduler {scheduler} does not answer: {words[:300] or type(error).__name__}",
        "Start it: dask scheduler --host 127.0.0.1",
    )


def _host(scheduler: str) -> str | None:
    """Where the worker listens: on loopback for a scheduler there, else where Dask reaches it from."""
    from wan22dsl.fleet.schedulers import is_loopback

    return "127.0.0.1" if is_loopback(scheduler) else None
