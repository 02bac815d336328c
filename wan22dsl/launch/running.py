"""A ComfyUI that a profile has started: from the process to the server that answers, and to its end.

with start(profile, install) as running:
    print(running.url, running.started.attention, [finding.message for finding in running.findings])
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from secrets import token_hex
from typing import TYPE_CHECKING

from wan22dsl.comfyui.log import start as start_lines
from wan22dsl.errors import CommandError
from wan22dsl.launch import (
    differences,
    failures,
    port_owner,
    profile_consent,
    readiness,
    requirements,
)
from wan22dsl.launch.command import command_line
from wan22dsl.launch.output import Output
from wan22dsl.launch.process import Group
from wan22dsl.machine.process import pid_listening_at
from wan22dsl.network import ports, trust
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import IO

    from wan22dsl.comfyui.log.start import Started
    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.launch.command import CommandLine
    from wan22dsl.launch.installs import Install
    from wan22dsl.launch.output import Line

#: So long a start may take: node packs may install packages in their first one.
TIMEOUT_S = 600.0

#: So long ComfyUI may take to end when it is asked to: a step of a large model takes a minute, and waits for
#: nothing else, but who stops a server wants it to stop.
GRACE_S = 10.0

_POLL_S = 0.1

#: The line with the address comes soon after the server answers, unless a flag keeps it back.
_ADDRESS_S = 3.0


#: Values of `--verbose` with which ComfyUI does not write its address.
_QUIET = frozenset(("WARNING", "ERROR", "CRITICAL"))


class Ended(NamedTuple):
    """How it ended: the exit code, negative for a signal, and whether something had to be killed."""

    exit_code: int | None
    was_killed: bool


class Running:
    """A ComfyUI that runs. Leaving the context ends it, with everything that it has started.

    `url` is where it answers, `command` how it was started, `started` what its log says of the start,
    `findings` are the differences from the profile, `ready_s` is how long it took.
    """

    def __init__(
        self, profile: Profile, install: Install, command: CommandLine, group: Group
    ) -> None:
        self.profile, self.install, self.command = profile, install, command
        self._group = group
        self._output: Output | None = None
        self._ended: Ended | None = None
        self.started: Started = start_lines.Started()
        self.findings: tuple[Diagnostic, ...] = ()
        self.ready_s = 0.0

    @property
    def url(self) -> str:
        """The address of the server."""
        return self.command.url

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._group.pid

    @property
    def lines(self) -> list[str]:
        """What it has written: the first and the last lines."""
        return self._output.lines() if self._output is not None else []

    def is_alive(self) -> bool:
        """Whether its process runs. Raises what showing a line has raised."""
        if self._output is not None:
            self._output.check()
        return self._group.exit_code() is None

    def wait(self, seconds: float | None = None) -> int | None:
        """Waits until it ends, at most so long; the exit code, or None while it runs."""
        until = None if seconds is None else time.monotonic() + seconds
        while self.is_alive():
            left_s = _POLL_S * 5 if until is None else min(_POLL_S * 5, until - time.monotonic())
            if left_s <= 0:
                return None
            self._group.wait(left_s)
        return self._group.exit_code()

    def stop(self, first: int = signal.SIGINT, grace_s: float = GRACE_S) -> Ended:
        """Ends it: with a signal, then, after so long, by force. Once it has ended, nothing happens."""
        if self._ended is None:
            killed = self._group.end(grace_s, first)
            self._ended = Ended(self._group.exit_code(), killed)
            if self._output is not None:
                self._output.finish(2.0)
        return self._ended

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop(signal_of(error))


def signal_of(error: BaseException | None) -> int:
    """The signal to pass on: the one that a KeyboardInterrupt names (`cli.stopping`), else SIGINT.

    SIGQUIT is not: it would write the memory of ComfyUI to the disk.
    """
    name = str(error) if isinstance(error, KeyboardInterrupt) else ""
    if name == "SIGQUIT":
        return signal.SIGINT
    return next((int(item) for item in signal.Signals if item.name == name), signal.SIGINT)


def environment_of(command: CommandLine, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of the process: that of the user, with the variables of the profile.

    It gets no token of wan22dsl's. Python writes UTF-8 at once, and says where it is when it crashes.
    """
    found = {
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        "PYTHONFAULTHANDLER": "1",
        **environment,
        **dict(command.variables),
    }
    for name in (trust.TOKEN, "__PYVENV_LAUNCHER__"):
        found.pop(name, None)
    return found


def start(
    profile: Profile,
    install: Install,
    *,
    port: int | None = None,
    timeout_s: float = TIMEOUT_S,
    grace_s: float = GRACE_S,
    tell: Callable[[Line], None] | None = None,
    began: Callable[[Running], None] | None = None,
    log: IO[bytes] | None = None,
    is_allowed: bool = False,
    dies_with_us: bool = False,
) -> Running:
    """Starts a ComfyUI, and waits until it answers and lists its node classes.

    `port` takes precedence over the profile's; 0 is any free one. `tell` gets each line, from another thread;
    `log` gets all bytes. `began` is called when the process runs. `is_allowed` is the user's permission for
    what a profile of a file may not have (`launch.profile_consent`). With `dies_with_us` it is killed where
    this process is, as far as the system can do that (`launch.process`).
    Raises CommandError where nothing can be started, and StartFailed; then nothing of it runs any more.
    """
    if not is_allowed:
        profile_consent.require(profile)
    requirements.require(profile, install)
    command = command_line(profile, install, ports.free_port() if port == 0 else port)
    if not ports.is_free(command.port, _listens_at(command)):
        raise CommandError(*_taken(command))
    group = Group(token_hex(8), dies_with_us=dies_with_us)
    running = Running(profile, install, command, group)
    running.findings = tuple(differences.about_the_command(profile, command, os.environ))
    began_s = time.monotonic()
    try:
        try:
            stream = group.start(command.argv, command.folder, environment_of(command, os.environ))
        except OSError as error:
            raise failures.cannot_start(error, install) from None
        running._output = Output(stream, tell, log)
        if began is not None:
            began(running)
        _until_ready(running, began_s + timeout_s, timeout_s)
        running.ready_s = time.monotonic() - began_s
        _read_start(running)
    except BaseException as error:
        running.stop(signal_of(error), grace_s)
        raise
    return running


def _listens_at(command: CommandLine) -> str:
    host = command.addresses[0].strip("[]")
    return "127.0.0.1" if host == "localhost" else host


def _taken(command: CommandLine) -> list[str]:
    owner = port_owner.owner_of(command.port)
    what = f"{readiness.who_is_at(command)}{f', {owner}' if owner else ''}"
    find = "" if owner else f" `{port_owner.how_to_find(command.port)}` shows it."
    return [
        f"port {command.port} is taken by {what}",
        f"Stop that program, or choose another port, such as --port {command.port + 1}.{find}",
    ]


def _until_ready(running: Running, until_s: float, timeout_s: float) -> None:
    """Waits for the server. Raises StartFailed when it ends, or takes too long."""
    reason = "it did not answer"
    answered_s: float | None = None
    while True:
        if not running.is_alive():
            assert running._output is not None
            running._output.finish(2.0)
            code = running._group.exit_code()
            raise failures.ended(code or 0, running.lines, running.install, running.command)
        answer = readiness.ask(running.url)
        is_encrypted = "certificate" in answer.reason  # one of its own: its log has to do
        if answer.stage == "ready" or is_encrypted:
            # Another server that starts at the same time may have got the port.
            answered_s = answered_s or time.monotonic()
            late = not is_encrypted and time.monotonic() - answered_s > _ADDRESS_S
            if _says_address(running) or (late and _has_port(running)):
                return
            reason = "another server answers at its port"
        else:
            reason = f"it {answer.reason}" if answer.stage == "silent" else answer.reason
        if time.monotonic() >= until_s:
            raise failures.too_slow(timeout_s, reason, running.lines, _stacks(running))
        running._group.wait(min(_POLL_S * 3, max(0.01, until_s - time.monotonic())))


def _says_address(running: Running) -> bool:
    return bool(start_lines.read(running.lines).addresses)


def _has_port(running: Running) -> bool:
    """Whether the port is its own: by what the system says of it, if it does.

    Otherwise its log has to say so, unless a flag keeps that line back.
    """
    owner = pid_listening_at(running.command.port)
    words = running.command.argv
    is_silent = "--dont-print-server" in words or not _QUIET.isdisjoint(words)
    is_own = owner in (running.pid, *running._group.others()) if owner else is_silent
    return is_own and running.is_alive()


def _read_start(running: Running) -> None:
    """Reads the log of the start, and what differs from the profile in it."""
    running.started = start_lines.read(running.lines)
    running.findings = (
        *running.findings,
        *differences.differences(running.profile, running.started),
        *differences.of_packs(running.profile, running.started, running.install.python),
    )


def _stacks(running: Running) -> list[str]:
    """Where the threads of a process are that does not go on: Python's own report, before it ends.

    Python writes it on SIGABRT (PYTHONFAULTHANDLER). Windows has no such signal.
    """
    abort = getattr(signal, "SIGABRT", None)
    if os.name == "nt" or abort is None or running._output is None:
        return []
    with suppress(ImportError, OSError, ValueError):
        import resource

        if hasattr(resource, "prlimit"):  # no image of its memory on the disk
            resource.prlimit(running.pid, resource.RLIMIT_CORE, (0, 0))
    before = len(running.lines)
    with suppress(OSError):
        os.kill(running.pid, abort)
    running._group.wait(5.0)
    running._output.finish(1.0)
    return running.lines[before:]
