"""Faults that are not the user's text. What is wrong in a text is a Diagnostic, never an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.escapes import one_line

if TYPE_CHECKING:
    from typing import Any


class WanError(Exception):
    """The root of all exceptions that wan22dsl raises on purpose. Its text is written for people.

    Each argument is one line of it: a line end in a file's name, or in what a server said, is escaped.
    """

    def __str__(self) -> str:
        return "\n".join(one_line(str(line)) for line in self.args)


class UnreadableFile(WanError):
    """A file that was named cannot be read: missing, no permission, a folder, not UTF-8."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class CommandError(WanError):
    """The command line asks for something that cannot be: an unknown pipeline, a bad `--set`, …"""


class CatalogueError(WanError):
    """A catalogue cannot be had: an unknown target, a file of another shape, a server that is silent."""


class ServerError(WanError):
    """A server could not do what was asked of it."""

    def __init__(self, server: str, reason: str) -> None:
        super().__init__(f"{server} {reason}")
        self.server = server
        self.reason = reason


class ServerSilent(ServerError):
    """No answer, or none that can be understood: not reachable, too slow, broken off, no ComfyUI."""


class ServerUnreachable(ServerSilent):
    """Nothing listens at the address, its name is unknown, or its certificate cannot be verified."""


class ServerTooLarge(ServerSilent):
    """An answer with more bytes than it may have. Another attempt would end alike."""


class ServerAnswered(ServerError):
    """An answer with an HTTP status of 300 and more. `said` is what came with it, JSON or text.

    `retry_after_s` is how long the server wants to be left alone, where it says so and the caller asked.
    """

    def __init__(
        self,
        server: str,
        path: str,
        status: int,
        said: Any = "",
        retry_after_s: float | None = None,
    ) -> None:
        asked = path.partition("?")[0]
        super().__init__(server, f"answered {asked} with HTTP {status}{_HINTS.get(status, '')}")
        self.path = path
        self.status = status
        self.said = said
        self.retry_after_s = retry_after_s


_HINTS = {
    401: (
        ": it needs a login; set WAN_TOKEN, or write the address as https://name:password@host:port"
    ),
    403: ": access denied; set WAN_TOKEN, or ask the administrator",
    **dict.fromkeys(
        (301, 302, 303, 307, 308),
        ": redirects are not followed; use the address that it points to",
    ),
    413: ": the request is larger than it accepts",
}
