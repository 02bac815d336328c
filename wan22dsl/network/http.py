"""One HTTP request and its answer, within limits. A bad answer becomes an error with a reason."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager, suppress
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import ServerAnswered, ServerSilent, ServerTooLarge, ServerUnreachable
from wan22dsl.network import limits
from wan22dsl.network.sockets import Budget, TooMuch, connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from http.client import HTTPConnection, HTTPResponse

    from wan22dsl.network.address import Address
    from wan22dsl.network.limits import Limit


#: A list of so many empty lists takes about 600 MB of memory. The largest answer that was seen, of all
#: classes of a server with 2,700, has 3 million values.
MOST_VALUES = 8_000_000

_HALF = re.compile("[\ud800-\udfff]")
_NAMES_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def parse(data: bytes | str) -> Any:
    """The value of JSON. Raises ValueError where it is not JSON, or has too many values."""
    count = data.count
    comma, bracket, brace = (",", "[", "{") if isinstance(data, str) else (b",", b"[", b"{")
    if count(comma) + count(bracket) + count(brace) > MOST_VALUES:  # type: ignore[arg-type]
        raise ValueError("too many values")
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        found = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return _whole(found) if _NAMES_HALF.search(text) else found


def _whole(value: Any) -> Any:
    """The same with whole characters only."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(inner) for key, inner in value.items()}
    return value


#: Why an answer is no good that is no fault of the connection.
NOT_COMFYUI = "answers, but not like ComfyUI"

_CHUNK_BYTES = 256 * 1024


class Answer:
    """An answer whose body is still to be read."""

    def __init__(self, shown: str, response: HTTPResponse, budget: Budget) -> None:
        self._shown, self._response, self.budget = shown, response, budget

    def read(self, most: int) -> bytes:
        """The next bytes, at most so many; empty at the end. Raises ServerSilent."""
        try:
            return self._response.read1(most)
        except TimeoutError:
            raise ServerSilent(self._shown, "sends its answer too slowly") from None
        except (OSError, HTTPException, ValueError) as error:
            raise _silent(error)(self._shown, _reason(error, self.budget.limit)) from None

    def all(self, most: int) -> bytes:
        """The whole body. Raises ServerSilent when it has more bytes than that, or breaks off."""
        parts, got = [], 0
        while chunk := self.read(_CHUNK_BYTES):
            parts.append(chunk)
            got += len(chunk)
            if got > most:
                raise ServerTooLarge(self._shown, f"sent more than {most} bytes")
        stated = self.stated_bytes
        if stated is not None and got < stated:
            raise ServerSilent(self._shown, "closed the connection in the middle of an answer")
        return b"".join(parts)

    @property
    def stated_bytes(self) -> int | None:
        """How many bytes it says that it has; None where it does not say it in plain digits."""
        stated = self._response.headers.get("Content-Length") or ""
        is_number = stated.isascii() and stated.isdecimal() and len(stated) < 20
        return int(stated) if is_number else None


class Transport:
    """Requests to one server. Certificates are verified."""

    def __init__(self, address: Address) -> None:
        self.address = address

    @contextmanager
    def open(
        self,
        method: str,
        path: str,
        limit: Limit,
        *,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[Answer]:
        """An answer to be read. Raises ServerSilent, and ServerAnswered for a status of 300 and more."""
        budget = Budget(limit)
        shown = self.address.shown
        about = {"Connection": "close", **(headers or {})}
        if self.address.authorization:
            about["Authorization"] = self.address.authorization
        made: HTTPConnection | None = None
        try:
            try:
                made, through = connection(self.address, budget)
                with suppress(BrokenPipeError):  # an answer may come before all was sent
                    made.request(method, through + self.address.target(path), body, about)
                response = made.getresponse()
            except (OSError, HTTPException, ValueError) as error:
                raise _silent(error)(shown, _reason(error, limit)) from None
            with response:
                answer = Answer(shown, response, budget)
                if response.status >= 300:
                    raise ServerAnswered(shown, path, response.status, _said(answer))
                yield answer
        finally:
            if made is not None:
                made.close()

    def json(
        self,
        method: str,
        path: str,
        limit: Limit,
        body: Any = None,
        *,
        raw: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """What it answers, read as JSON; None for an empty answer. `raw` is sent as it is."""
        about = {"Accept": "application/json", **(headers or {})}
        if body is not None:
            raw = json.dumps(body).encode()
            about["Content-Type"] = "application/json"
        with self.open(method, path, limit, body=raw, headers=about) as answer:
            data = answer.all(limit.most_bytes)
        if not data.strip():
            return None
        try:
            return parse(data)
        except ValueError:
            raise ServerSilent(self.address.shown, NOT_COMFYUI) from None


def _said(answer: Answer) -> Any:
    """What came with an error: JSON where it is JSON, else its text."""
    try:
        data = answer.all(limits.ERROR_BYTES)
    except ServerSilent:
        return ""
    try:
        return parse(data)
    except ValueError:
        return data.decode("utf-8", "replace")


#: Nobody is there, as opposed to a connection or an answer that broke.
_ABSENT = frozenset({"ConnectionRefusedError", "gaierror", "SSLCertVerificationError"})


def fault_of(shown: str, error: Exception, limit: Limit) -> ServerSilent:
    """What went wrong on a connection, with its reason."""
    return _silent(error)(shown, _reason(error, limit))


def _silent(error: Exception) -> type[ServerSilent]:
    if isinstance(error, TooMuch):
        return ServerTooLarge
    is_absent = any(kind.__name__ in _ABSENT for kind in type(error).__mro__)
    return ServerUnreachable if is_absent else ServerSilent


def _reason(error: Exception, limit: Limit) -> str:
    if isinstance(error, TooMuch):
        return f"sent more than {limit.most_bytes} bytes"
    if isinstance(error, TimeoutError):
        return f"did not answer within {limit.seconds:g} seconds"
    if isinstance(error, (IncompleteRead, RemoteDisconnected, ConnectionResetError)):
        return "closed the connection in the middle of an answer"
    if type(error).__name__ == "SSLCertVerificationError":  # a ValueError too
        return "has a certificate that cannot be verified"
    if isinstance(error, (HTTPException, ValueError)):
        return NOT_COMFYUI
    return f"cannot be reached ({error.strerror or error})"  # type: ignore[attr-defined]
