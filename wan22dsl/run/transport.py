"""One HTTP request, bounded in time and in size. Answers that are no good become ServerErrors."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from wan22dsl.errors import ServerAnswered, ServerSilent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from http.client import HTTPResponse
    from urllib.request import OpenerDirector

    from wan22dsl.run.address import Address

#: An answer in JSON may have this many bytes. `/object_info` of 2,700 classes has been seen with 100 MB;
#: nothing here asks for that.
MOST_JSON_BYTES = 64 * 1024 * 1024

#: How much of what a server says with an error is looked at.
_MOST_ERROR_BYTES = 4 * 1024 * 1024


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
            raise ServerAnswered(where, path, error.code, _said(error)) from None
        except (OSError, HTTPException) as error:
            raise ServerSilent(where, _reason(error, timeout_s)) from None
        with response:
            yield response

    def read(self, response: HTTPResponse, most: int) -> bytes:
        """The next bytes of an answer, at most so many. Raises ServerSilent when it breaks off."""
        try:
            return response.read(most)
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
            answer = self.read(response, MOST_JSON_BYTES + 1)
            stated = response.headers.get("Content-Length", "")
        if len(answer) > MOST_JSON_BYTES:
            raise ServerSilent(self.address.shown, f"sent more than {MOST_JSON_BYTES} bytes")
        if stated.isdigit() and len(answer) < int(stated):
            raise ServerSilent(self.address.shown, "broke off in the middle of an answer")
        if not answer.strip():
            return None
        try:
            return json.loads(answer)
        except (ValueError, RecursionError):
            raise ServerSilent(self.address.shown, "answers, but not as ComfyUI does") from None


def _said(error: HTTPError) -> Any:
    """What came with an error: JSON where it is JSON, else its text."""
    try:
        with error:
            data = error.read(_MOST_ERROR_BYTES)
    except (OSError, HTTPException):
        return ""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data.decode("utf-8", "replace")


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
