"""A process that has everything imported and forks itself for each driver that is to be killed.

It reads orders as lines of JSON from its standard input, and answers each with a line. It has one thread, so
that a fork is whole.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Longer than any driver here takes.
_PATIENCE_S = 60


class Driven(NamedTuple):
    """What became of a driver: jobs that are left (None: it was killed), and the places it came to."""

    left: int | None
    points: dict[str, int]


class Zygote:
    """The process, as the tests see it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def drive(
        self,
        folder: Path,
        servers: Mapping[str, str],
        jobs: int,
        kill: tuple[str, int] | None = None,
        *,
        staged: bool = False,
        disk_is_full: bool = False,
    ) -> Driven:
        """Drives a batch in a process of its own, killed at a point; no output fits on a full disk."""
        order = [folder.as_posix(), dict(servers), jobs, kill, staged, disk_is_full]
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that forks drivers is gone"
        found = json.loads(answer)
        assert "failed" not in found, found["failed"]
        return Driven(found["left"], found["points"])


@contextmanager
def zygote() -> Iterator[Zygote]:
    """The process, which is gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fleet.zygote"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Zygote(process)
        finally:
            process.stdin.close()
            process.wait(_PATIENCE_S)


def _child(order: list[Any], answer: int) -> None:
    from tests.fleet.driving import Driver, Points, fill, watch

    folder, servers, jobs, kill, staged, disk_is_full = order
    point = Points(tuple(kill) if kill else None)
    watch(point)
    if disk_is_full:
        fill()
    signal.alarm(_PATIENCE_S)
    try:
        left = Driver(Path(folder), servers, point, staged=staged).drive(jobs)
        said: dict[str, Any] = {"left": left, "points": dict(point.seen)}
    except BaseException:
        said = {"failed": traceback.format_exc()}
    os.write(answer, json.dumps(said).encode())
    os._exit(0)


def main() -> None:
    from tests.fleet.driving import ready

    ready()
    for line in sys.stdin:
        receive, send = os.pipe()
        child = os.fork()
        if not child:
            _child(json.loads(line), send)
        os.close(send)
        with os.fdopen(receive, "rb") as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        if not said:
            killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            said = json.dumps(
                {"left": None, "points": {}} if killed else {"failed": f"status {status}"}
            ).encode()
        print(said.decode(), flush=True)


if __name__ == "__main__":
    main()
