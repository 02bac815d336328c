"""A process with everything that it starts: begun together, signalled together, ended together.

On POSIX the process leads a session and a group of its own, so that Ctrl-C in a terminal reaches it only
through us, and everything that it starts is in the group. What leaves the group, as daemons do, still has the
mark in its environment, by which Linux finds it (/proc). On Windows a job holds them all, and ends with us,
however we end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import IO

#: The variable by which a process of ours is known.
MARK = "WAN_LAUNCH"

_POLL_S = 0.05


class Group:
    """A process and its descendants."""

    def __init__(self, mark: str, *, dies_with_us: bool = False) -> None:
        """`mark` is what MARK is in their environment; no other group has it.

        With `dies_with_us` the process is killed when this one is, where the system can do that: on Linux the
        process without what it has started, on Windows always all of it, on others nothing.
        """
        self._mark, self._dies_with_us = mark, dies_with_us
        self._process: subprocess.Popen[bytes] | None = None
        self._job: object = None

    def start(self, argv: Sequence[str], folder: str, environment: Mapping[str, str]) -> IO[bytes]:
        """Starts it; what it writes comes from what is returned. Raises OSError."""
        marked = {**environment, MARK: self._mark}
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP
        prepare = None
        if self._dies_with_us:
            from wan22dsl.launch.parent_death import with_parent

            prepare = with_parent()
        self._process = subprocess.Popen(
            list(argv),
            cwd=folder,
            env=marked,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=sys.platform != "win32",
            preexec_fn=prepare,
            creationflags=flags,
            bufsize=0,
        )
        if sys.platform == "win32":
            from wan22dsl.launch.windows_job import Job

            self._job = Job(int(self._process._handle))  # type: ignore[attr-defined]
        assert self._process.stdout is not None
        return self._process.stdout

    @property
    def pid(self) -> int:
        """The number of the process; 0 before it is started."""
        return self._process.pid if self._process is not None else 0

    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.poll() if self._process is not None else None

    def wait(self, seconds: float) -> int | None:
        """Waits for the process at most so long."""
        if self._process is None:
            return None
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, seconds))
        return self.exit_code()

    def send(self, number: int) -> None:
        """Signals the process and its group. On Windows every signal is Ctrl-Break."""
        if self._process is None:
            return
        if sys.platform == "win32":
            if self._process.poll() is None:
                with suppress(OSError):
                    self._process.send_signal(signal.CTRL_BREAK_EVENT)
            return
        # The group is signalled while its leader has not been waited for, so its number means no other group.
        if self._process.poll() is None:
            with suppress(OSError):
                os.killpg(self._process.pid, number)
        else:
            for pid in self.others():
                with suppress(OSError):
                    os.kill(pid, number)

    def others(self) -> list[int]:
        """What is left of the group besides the process, by number."""
        if self._process is None or sys.platform == "win32":
            return []
        own = self._process.pid
        listed = _of_proc(own, self._mark) if Path("/proc/self/environ").exists() else _of_ps(own)
        return [pid for pid in listed if pid not in (own, os.getpid())]

    def end(self, grace_s: float, first: int = signal.SIGINT) -> bool:
        """Ends everything: asks, waits so long, and then kills. Returns whether something had to be killed.

        A second Ctrl-C kills at once.
        """
        killed = False
        try:
            if self.exit_code() is None:
                self.send(first)
                if self.wait(grace_s) is None:
                    self.send(signal.SIGTERM)
                    self.wait(_LAST_WORDS_S)
        except KeyboardInterrupt:
            pass
        finally:
            if self._process is not None:
                killed = self._kill_surely()
        return killed

    def _kill_surely(self) -> bool:
        """Kills, also where Ctrl-C is pressed again and again."""
        for _ in range(_MOST_INTERRUPTIONS):
            with suppress(KeyboardInterrupt):
                return self._kill()
        return self._kill()

    def _kill(self) -> bool:
        """Kills the process and all the rest; first asks what the process has left behind."""
        killed = False
        if self.exit_code() is None:
            killed = True
            self.send(getattr(signal, "SIGKILL", signal.SIGTERM))
        if sys.platform == "win32":
            from wan22dsl.launch.windows_job import Job

            assert isinstance(self._job, Job)
            self._job.end()
            self.wait(_LAST_WORDS_S)
            return killed
        self.wait(_LAST_WORDS_S)
        for number, seconds in ((signal.SIGTERM, _LAST_WORDS_S), (signal.SIGKILL, _LAST_WORDS_S)):
            if not self.others():
                break
            self.send(number)
            killed = killed or number == signal.SIGKILL
            until = time.monotonic() + seconds
            while self.others() and time.monotonic() < until:
                time.sleep(_POLL_S)
        return killed


_MOST_INTERRUPTIONS = 5

#: What a process gets that was asked to end and did not, before it is killed.
_LAST_WORDS_S = 1.0


def _of_proc(group: int, mark: str) -> list[int]:
    """The processes that are in a group or have a mark, as Linux lists them. Dead ones do not count."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The name, in parentheses, may hold anything: state, parent and group are behind the last one.
            about = disk.read(f"{folder}/stat").rpartition(b")")[2]
            state, _, its_group = about.split()[:3]
            if state in (b"Z", b"X"):
                continue
            if int(its_group) == group or wanted in disk.read(f"{folder}/environ").split(b"\0"):
                found.append(int(folder.name))
        except (UnreadableFile, ValueError):  # it has ended, or is somebody else's
            continue
    return found


def _of_ps(group: int) -> list[int]:
    """The processes of a group, by the program that every POSIX system has."""
    try:
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=", "-o", "pgid=", "-o", "stat="],
            capture_output=True,
            timeout=10,
            check=False,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    rows = [line.split() for line in listed.decode("ascii", "replace").splitlines()]
    return [
        int(row[0])
        for row in rows
        if len(row) == 3 and row[1] == str(group) and not row[2].startswith("Z")
    ]
