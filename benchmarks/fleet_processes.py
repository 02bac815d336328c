"""Simulated servers and drivers of batches, each in a process of its own that can be killed or stopped.

They are forked from one process that has everything imported, which costs hundredths of a second each.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from functools import cache
from itertools import count
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

#: Longer than a process here takes to start, however busy the machine is.
PATIENCE_S = 120.0

#: Below what systems give to outgoing connections, so that nobody takes the port of a server that is down.
_PORTS = range(20_000, 32_000)

#: Each process takes its ports from so many of its own, in turn.
_WINDOW = 200
_turn = count()


class Place(NamedTuple):
    """A server: `skew_s` is how much its clock is wrong, `faults` what goes wrong on it."""

    name: str
    port: int
    card: str
    faults: tuple[str, ...] = ()
    skew_s: float = 0.0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


@cache
def _forks() -> ForkServerContext:
    found = get_context("forkserver")
    found.set_forkserver_preload(
        [
            "wan22dsl.server.app",
            "wan22dsl.server.embedded",
            "wan22dsl.api.batching",
            "wan22dsl.api.batch_driver",
            "wan22dsl.cli.batch",
            "wan22dsl.cli.batch_output",
            "wan22dsl.cli.report",
            "wan22dsl.report.results.reports",
            "wan22dsl.fleet.reconcile",
            "wan22dsl.run.adopting",
            "av",
            "PIL.Image",
        ]
    )
    return found


def free_ports(many: int) -> list[int]:
    """So many ports that nobody has. Processes and threads that ask at the same time get different ones."""
    found: list[int] = []
    while len(found) < many:
        port = _PORTS[os.getpid() * _WINDOW % len(_PORTS) + next(_turn) % _WINDOW]
        with socket.socket() as tried, suppress(OSError):
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(("127.0.0.1", port))
            found.append(port)
    return found


class Host:
    """A process with servers. After a kill it begins again at the same ports, and knows nothing of before."""

    def __init__(self, places: list[Place], speed: float) -> None:
        self.places = places
        self.starts = 0
        self.is_frozen = False
        self._speed = speed
        self._process: Any = None

    @property
    def is_up(self) -> bool:
        """Whether its servers are there; they may be frozen."""
        return self._process is not None

    def begin(self) -> None:
        """Starts it; back at once. `ready` waits for it."""
        # What has gone wrong once does not go wrong again after every start.
        places = [
            place._replace(faults=place.faults if not self.starts else ()) for place in self.places
        ]
        self.starts += 1
        self._process = _forks().Process(target=_serve, args=(places, self._speed), daemon=True)
        self._process.start()

    def ready(self) -> None:
        """Waits until its servers answer."""
        until_s = time.monotonic() + PATIENCE_S
        for place in self.places:
            while True:
                with suppress(OSError), socket.create_connection(("127.0.0.1", place.port), 1.0):
                    break
                assert self._process.is_alive(), f"the servers {self.places} did not start"
                assert time.monotonic() < until_s, f"{place} does not answer"
                time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL: history, queue and files are gone."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
            self.is_frozen = False

    def freeze(self) -> None:
        """SIGSTOP: it accepts connections, and says nothing, like a server behind a broken network."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGSTOP)
            self.is_frozen = True

    def thaw(self) -> None:
        """Lets it go on where it was."""
        if self._process is not None and self.is_frozen:
            os.kill(self._process.pid, signal.SIGCONT)
            self.is_frozen = False


def _serve(places: list[Place], speed: float) -> None:
    """The process of a host."""
    from wan22dsl.server import clock, user_store
    from wan22dsl.server.embedded import EmbeddedServer

    os.setsid()
    skew_s = places[0].skew_s
    if skew_s:
        wrong: Any = lambda: time.time() + skew_s  # noqa: E731
        clock.time = user_store.time = wrong  # type: ignore[attr-defined]
    servers = [
        EmbeddedServer(card=place.card, speed=speed, port=place.port, faults=place.faults)
        for place in places
    ]
    for server in servers:
        server.start()
    threading.Event().wait()


class DriverPlan(NamedTuple):
    """`wan` with words; `folder` is where it works, `skew_s` how much its clock is wrong.

    `gone_s` is how long a server may be out of reach before its run is given up: minutes for people.
    """

    words: tuple[str, ...]
    folder: Path
    skew_s: float = 0.0
    gone_s: float = 180.0


class Driver:
    """A process of a command, such as `wan batch`, and what it says."""

    def __init__(self, plan: DriverPlan) -> None:
        receive, send = _forks().Pipe(duplex=False)
        self._process: Any = _forks().Process(target=_drive, args=(plan, send), daemon=True)
        self._process.start()
        send.close()
        self.is_frozen = False
        self._said: list[bytes] = []
        self._reader = threading.Thread(target=self._read, args=(receive,), daemon=True)
        self._reader.start()

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative the number of the signal that killed it."""
        code: int | None = self._process.exitcode
        return code

    @property
    def said(self) -> str:
        """All that it has written to the terminal."""
        self._reader.join(PATIENCE_S)
        return b"".join(self._said).decode("utf-8", "replace")

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        self._process.join(PATIENCE_S)
        code = self.exit_code
        assert code is not None, "it does not end"
        return code

    def signal(self, number: int) -> None:
        """Sends it a signal."""
        if self.exit_code is None:
            os.kill(self._process.pid, number)
            self.is_frozen = number == signal.SIGSTOP

    def fill_disk(self, most_bytes: int) -> None:
        """No file may become larger than this: what a disk is for it that is full. -1: there is space."""
        import resource

        if self.exit_code is None:
            with suppress(ProcessLookupError):
                hard = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)[1]
                soft = resource.RLIM_INFINITY if most_bytes < 0 else most_bytes
                resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (soft, hard))

    def left(self) -> bool:
        """Whether a process that it has started is still there, now that it is gone."""
        self._process.join()
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _read(self, receive: Connection) -> None:
        with receive, suppress(OSError):
            while data := os.read(receive.fileno(), 65536):
                self._said.append(data)


def _drive(plan: DriverPlan, send: Connection) -> None:
    """The process of a driver: the command as people have it."""
    from wan22dsl.api import batch_driver, batching
    from wan22dsl.cli import main

    os.setsid()
    os.chdir(plan.folder)
    # Whoever is started in the background of a script has Ctrl-C ignored, and so have all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for stream in (1, 2):
        os.dup2(send.fileno(), stream)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
    real = batching.batch
    batching.batch = lambda options, watcher=None: real(
        options._replace(gone_s=plan.gone_s), watcher
    )
    if plan.skew_s:
        from datetime import datetime, timedelta, timezone

        def wrong() -> str:
            moment = datetime.now(timezone.utc) + timedelta(seconds=plan.skew_s)
            return moment.isoformat(timespec="milliseconds")

        batch_driver.now = wrong  # type: ignore[attr-defined]
    sys.exit(main(list(plan.words)))
