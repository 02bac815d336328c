"""One HTTP request, bounded in time and in size. Answers that are no good become ServerErrors."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.client import HTTPException
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from wan22dsl.errors import ServerAnswered, ServerSilent, ServerUnreachable
from wan22dsl.run.wire import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from http.client import HTTPResponse
    from urllib.request import OpenerDirector

    from wan22dsl.catalogue.address import Address

#: An answer in JSON may have this many bytes. `/object_info` of 2,700 classes has been seen with 100 MB;
#: nothing here asks for that.
MOST_JSON_BYTES = 64 * 1024 * 1024

#: How much of what a server says with an error is looked at.
_MOST_ERROR_BYTES = 4 * 1024 * 1024

#: An answer that trickles in may take so much longer than the first byte of it.
_TRICKLE_S = 60.0

_CHUNK_BYTES = 256 * 1024


class _NoRedirects(HTTPRedirectHandler):
    """A token must not be sent on to wherever a server points."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Transport:
    """Requests to one server. Certificates are verified; proxies are used, but not for this machine."""

    def __init__(self, address: Address) -> None:
        self.address = address
        handlers: list[Any] = [_NoRedirects()]
        if address.is_here:
            handlers.append(ProxyHandler({}))
        self._opener: OpenerDirector = build_opener(*handlers)

    @contextmanager
    def open(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 15.0,
    ) -> Iterator[HTTPResponse]:
        """An answer to be read. Raises ServerSilent, and ServerAnswered for a status of 300 and more."""
        request = Request(self.address.url(path), data=body, method=method)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        if self.address.authorization:
            request.add_unredirected_header("Authorization", self.address.authorization)
        where = self.address.shown
        try:
            response = self._opener.open(request, timeout=timeout_s)
        except HTTPError as error:
            raise ServerAnswered(where, path, error.code, self._said(error)) from None
        except (OSError, HTTPException) as error:
            silent = ServerUnreachable if _is_absent(error) else ServerSilent
            raise silent(where, _reason(error, timeout_s)) from None
        with response:
            yield response

    def read(self, response: HTTPResponse, most: int) -> bytes:
        """What there is of an answer, at most so many bytes. Raises ServerSilent when it breaks off."""
        try:
            return response.read1(most)
        except (OSError, HTTPException) as error:
            raise ServerSilent(self.address.shown, _reason(error, 0.0)) from None

    def json(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
        timeout_s: float = 15.0,
    ) -> Any:
        """What it answers, read as JSON; None for an empty answer. `raw` is sent as it is."""
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        about = dict(headers or {})
        if body is not None:
            about["Content-Type"] = "application/json"
        with self.open(method, path, body=data, headers=about, timeout_s=timeout_s) as response:
            stated = stated_bytes(response)
            answer = self._all(response, MOST_JSON_BYTES + 1)
        if len(answer) > MOST_JSON_BYTES:
            raise ServerSilent(self.address.shown, f"sent more than {MOST_JSON_BYTES} bytes")
        if stated is not None and len(answer) < stated:
            raise ServerSilent(self.address.shown, "broke off in the middle of an answer")
        if not answer.strip():
            return None
        try:
            return parse(answer)
        except ValueError:
            raise ServerSilent(self.address.shown, "answers, but not as ComfyUI does") from None

    def _all(self, response: Any, most: int) -> bytes:
        """All of an answer, at most so many bytes, and not for ever. Raises ServerSilent."""
        until_s = monotonic() + _TRICKLE_S
        parts, got = [], 0
        while got < most and (chunk := self.read(response, min(_CHUNK_BYTES, most - got))):
            parts.append(chunk)
            got += len(chunk)
            if monotonic() > until_s:
                raise ServerSilent(self.address.shown, "sends its answer too slowly")
        return b"".join(parts)

    def _said(self, error: HTTPError) -> Any:
        """What came with an error: JSON where it is JSON, else its text."""
        try:
            with error:
                data = self._all(error, _MOST_ERROR_BYTES)
        except ServerSilent:
            return ""
        try:
            return parse(data)
        except ValueError:
            return data.decode("utf-8", "replace")


def stated_bytes(response: HTTPResponse) -> int | None:
    """How many bytes an answer says that it has; None where it does not say it in plain digits."""
    stated = response.headers.get("Content-Length") or ""
    is_number = stated.isascii() and stated.isdecimal() and len(stated) < 20
    return int(stated) if is_number else None


def _is_absent(error: Exception) -> bool:
    """Whether nobody is there, as opposed to a connection or an answer that broke."""
    cause = getattr(error, "reason", error)
    kinds = {"ConnectionRefusedError", "gaierror", "SSLCertVerificationError"}
    return any(kind.__name__ in kinds for kind in type(cause).__mro__)


def _reason(error: Exception, timeout_s: float) -> str:
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError) and not timeout_s:
        return "stopped in the middle of an answer"
    if isinstance(cause, TimeoutError):
        return f"did not answer within {timeout_s:g} seconds"
    if isinstance(error, HTTPException):
        return "broke off in the middle of an answer"
    if type(cause).__name__ == "SSLCertVerificationError":
        return "has a certificate that cannot be verified"
    return f"cannot be reached ({getattr(cause, 'strerror', None) or cause})"
