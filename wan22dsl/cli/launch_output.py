"""What `wan launch` shows: for people, only what is wrong (`--quiet`), or events as JSON lines.

The output of ComfyUI comes from another thread than everything else.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from wan22dsl.cli import show, streams
from wan22dsl.comfyui.log.lines import plain
from wan22dsl.escapes import one_line

if TYPE_CHECKING:
    from wan22dsl.comfyui.log.start import Started
    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.launch.failures import StartFailed
    from wan22dsl.launch.installs import Install
    from wan22dsl.launch.output import Line
    from wan22dsl.launch.running import Ended, Running


class Shown:
    """Shows one start and what follows. `form` is "people", "quiet" or "json"."""

    def __init__(self, form: str, profile: Profile, install: Install) -> None:
        self._form, self._profile, self._install = form, profile, install
        self._lock = threading.Lock()
        self._zero_s = time.monotonic()
        self._bar = 0

    def began(self, running: Running) -> None:
        """The process runs."""
        if self._form == "json":
            self._put(
                "starting",
                profile=self._profile.name,
                install=self._install.name,
                version=self._install.version,
                argv=list(running.command.argv),
                folder=running.command.folder,
                variables=dict(running.command.variables),
                url=running.url,
                pid=running.pid,
            )
            return
        version = f" {self._install.version}" if self._install.version else ""
        if self._form == "people":
            self._say(
                f"starting ComfyUI{version} in {self._install.folder} with the profile {self._profile.name}"
            )
        if running.command.is_open:
            self._say(
                f"it listens on {', '.join(running.command.addresses)}: other machines can reach it"
            )

    def line(self, line: Line) -> None:
        """A line of ComfyUI, or a state of a progress bar."""
        if self._form == "json":
            if line.is_whole:
                self._put("line", text=line.text)
        elif self._form == "people":
            text = plain(line.text) if "\x1b" in line.text else line.text
            with self._lock:
                if not line.is_whole:
                    self._show_bar(text)
                    return
                # A line that is shorter than the bar before it would leave the end of that.
                streams.put(f"{one_line(text):<{self._bar}}\n")
                self._bar = 0

    def _show_bar(self, text: str) -> None:
        """A state of a progress bar takes the place of the one before; only on a terminal."""
        if sys.stdout.isatty():
            shown = one_line(text)[:_BAR_WIDTH]
            streams.styled(sys.stdout).write(f"\r{shown:<{self._bar}}\r")
            self._bar = len(shown)

    def ready(self, running: Running) -> None:
        """It answers, and its start has been read."""
        if self._form == "json":
            started = {
                key: value for key, value in running.started._asdict().items() if value is not None
            }
            self._put("ready", url=running.url, ready_s=round(running.ready_s, 2), started=started)
            for finding in running.findings:
                self._put("finding", **_as_json(finding))
            return
        if self._form == "people":
            self._say(f"\nready at {running.url} after {running.ready_s:.1f} s; Ctrl-C stops it")
            on = ", ".join(_on(running.started))
            if on:
                self._say(f"  {on}")
        if running.findings:
            with self._lock:
                streams.tell("\n")
                show.diagnostics(list(running.findings), sys.stderr)

    def failed(self, error: StartFailed) -> None:
        """It has not started."""
        if self._form == "json":
            self._put("failed", reason=error.reason, help=error.help, lines=list(error.lines))
        with self._lock:
            streams.tell(f"error: {error}\n")

    def stopped(self, by: str, ended: Ended | None) -> None:
        """It was stopped from outside."""
        if self._form == "json":
            self._put(
                "stopped",
                by=by or "SIGINT",
                exit_code=ended.exit_code if ended is not None else None,
                was_killed=ended.was_killed if ended is not None else None,
            )
        elif self._form == "people":
            killed = ended is not None and ended.was_killed
            self._say(_KILLED if killed else "stopped")

    def ended(self, ended: Ended) -> None:
        """It ended by itself."""
        if self._form == "json":
            self._put("ended", exit_code=ended.exit_code, was_killed=ended.was_killed)
        elif ended.exit_code:
            from wan22dsl.launch.failures import how

            self._say(f"error: ComfyUI {how(ended.exit_code)}")

    def _say(self, line: str) -> None:
        with self._lock:
            streams.tell("".join(f"{one_line(part)}\n" for part in line.split("\n")))

    def _put(self, event: str, **fields: Any) -> None:
        at_s = round(time.monotonic() - self._zero_s, 3)
        with self._lock:
            streams.json(
                json.dumps({"event": event, "at_s": at_s, **fields}, ensure_ascii=False) + "\n"
            )


_KILLED = "ComfyUI or a program that it started did not end, and was killed"

#: A terminal breaks what is wider, and could not overwrite it.
_BAR_WIDTH = 78


def _on(started: Started) -> list[str]:
    """What a start has switched on, for people."""
    found = [
        started.device,
        f"torch {started.torch}" if started.torch else None,
        f"{started.attention} attention" if started.attention else None,
        f"allocator {started.allocator}" if started.allocator else None,
        "DynamicVRAM" if started.dynamic_vram else None,
        "fp16 accumulation" if started.fp16_accumulation else None,
        f"{started.async_offload_streams} streams for offloading"
        if started.async_offload_streams
        else None,
    ]
    return [text for text in found if text]


def _as_json(finding: Diagnostic) -> dict[str, Any]:
    found: dict[str, Any] = {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "why": finding.why,
        "help": finding.help,
    }
    if finding.span is not None:
        found["path"] = finding.span.source.path
        found["line"] = finding.span.source.position(finding.span.start).line
    return found
