"""A large file over HTTP: from any byte on, over redirects, for as long as it moves on.

A login goes to the host that was asked and to no other: what a redirect leads to has its own signature in its
address. From https a redirect to http is not followed.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from wan22dsl.errors import CommandError, ServerAnswered, ServerSilent, ServerTooLarge
from wan22dsl.network import address as addresses
from wan22dsl.network.http import Answer, fault_of
from wan22dsl.network.limits import MIB, Limit
from wan22dsl.network.sockets import Budget, connection
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPConnection, HTTPResponse

    from wan22dsl.network.address import Address

#: The largest model file that is known has 57 GB.
_MOST_BYTES = 256 * 1024 * MIB

#: What a server may take for its first byte, and for each of `CHUNK_BYTES` after it.
_FIRST_BYTE, _NEXT_BYTES_S = Limit(60.0, _MOST_BYTES), 60.0

CHUNK_BYTES = MIB

_MOST_REDIRECTS = 6

_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15}|\*)")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Stream:
    """A file that is coming, from the byte `start` on.

    `total_bytes` is how many it has in all, and `sha256` what the server says of it, where it does: the
    Hugging Face Hub gives both of files in LFS. `version` is what tells this state of the file from another
    one: its strong ETag, or else when it was changed; empty where the server says neither.
    """

    def __init__(
        self,
        answer: Answer,
        start: int,
        total_bytes: int | None,
        sha256: str | None,
        version: str = "",
    ) -> None:
        self._answer = answer
        self.start = start
        self.total_bytes = total_bytes
        self.sha256 = sha256
        self.version = version

    def read(self) -> bytes:
        """The next bytes; empty at the end. Raises ServerSilent where nothing comes."""
        self._answer.budget.renew(_NEXT_BYTES_S)
        return self._answer.read(CHUNK_BYTES)


class _Told(NamedTuple):
    """What the Hub says of a file before it redirects: its size and its sha256."""

    size_bytes: int | None = None
    sha256: str | None = None


@contextmanager
def opened(url: str, start: int = 0, token: str = "") -> Iterator[Stream]:
    """A file from a byte on; where the server cannot do that, from the first byte.

    Raises CommandError for an address that is none, ServerSilent, and ServerAnswered, with 416 where there
    are no bytes from `start` on, or other ones than these would come.
    """
    first, target = _taken_apart(url)
    told = _Told()
    at, target_now = first, target
    for _ in range(_MOST_REDIRECTS):
        login = f"Bearer {token}" if token and at.base == first.base and _is_safe(at) else ""
        with _asked(at, target_now, start, login) as (response, budget):
            told = _told(response, told)
            location = response.headers.get("Location")
            if response.status in (301, 302, 303, 307, 308) and location:
                at, target_now = _redirected(at, target_now, location)
                continue
            yield _stream(at, response, budget, start, told)
            return
    raise ServerSilent(first.shown, "redirects again and again")


def _is_safe(at: Address) -> bool:
    return at.is_tls or at.is_loopback


def _taken_apart(url: str) -> tuple[Address, str]:
    """The server of a URL, and what is asked for there."""
    parts = urlsplit(url)
    server = addresses.read(urlunsplit((parts.scheme, parts.netloc, "", "", "")))
    target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    if not target.isascii() or any(ord(sign) <= 32 for sign in target):
        raise CommandError(f"not an address of a file: {server.shown}")
    return server, target


def _redirected(at: Address, target: str, location: str) -> tuple[Address, str]:
    try:
        found, target = _taken_apart(urljoin(at.base + target, location))
    except (CommandError, ValueError):
        raise ServerSilent(at.shown, "redirects to what is not an address") from None
    if at.is_tls and not found.is_tls:
        raise ServerSilent(at.shown, "redirects to an unencrypted address")
    if found.is_loopback and not at.is_loopback:
        raise ServerSilent(at.shown, "redirects to this machine")
    return found, target


@contextmanager
def _asked(
    at: Address, target: str, start: int, login: str
) -> Iterator[tuple[HTTPResponse, Budget]]:
    budget = Budget(_FIRST_BYTE)
    # What is compressed on the way has no bytes to go on from.
    about = {"Connection": "close", "Accept-Encoding": "identity"}
    if start:
        about["Range"] = f"bytes={start}-"
    if login:
        about["Authorization"] = login
    made: HTTPConnection | None = None
    try:
        try:
            made, through = connection(at, budget)
            made.request("GET", through + target, None, about)
            response = made.getresponse()
        except (OSError, HTTPException, ValueError) as error:
            raise fault_of(at.shown, error, _FIRST_BYTE) from None
        with response:
            yield response, budget
    finally:
        if made is not None:
            made.close()


def _told(response: HTTPResponse, before: _Told) -> _Told:
    size = response.headers.get("X-Linked-Size") or ""
    etag = (response.headers.get("X-Linked-Etag") or "").strip('W/"').lower()
    return _Told(
        int(size) if size.isascii() and size.isdecimal() and len(size) < 16 else before.size_bytes,
        etag if _SHA256.fullmatch(etag) else before.sha256,
    )


def _stream(at: Address, response: HTTPResponse, budget: Budget, start: int, told: _Told) -> Stream:
    answer = Answer(at.shown, response, budget)
    asked = urlsplit(at.base).path or "the file"
    if response.status == 206:
        match = _RANGE.fullmatch(response.headers.get("Content-Range") or "")
        if match is None or int(match[1]) != start:
            if start:  # it cannot go on from there: as good as 416
                raise ServerAnswered(at.shown, asked, 416, "other bytes than it was asked for")
            raise ServerSilent(at.shown, "sends other bytes than it was asked for")
        _as_it_is(at, response)
        total = int(match[3]) if match[3] != "*" else told.size_bytes
        return Stream(answer, start, total, told.sha256, _version(response))
    if response.status != 200:
        said = ""
        with suppress(ServerSilent):
            said = answer.all(64 * 1024).decode("utf-8", "replace").strip()[:200]
        raise ServerAnswered(at.shown, asked, response.status, said, _retry_after_s(response))
    _as_it_is(at, response)
    length = answer.stated_bytes
    if length is not None and length > _MOST_BYTES:
        raise ServerTooLarge(at.shown, f"offers {length:,} bytes")
    total = length if length is not None else told.size_bytes
    return Stream(answer, 0, total, told.sha256, _version(response))


def _as_it_is(at: Address, response: HTTPResponse) -> None:
    """Raises ServerSilent where the bytes are compressed on the way, although that was not allowed."""
    coding = (response.headers.get("Content-Encoding") or "identity").strip().lower()
    if coding != "identity":
        raise ServerSilent(at.shown, "compresses the file, although it was asked not to")


def _version(response: HTTPResponse) -> str:
    etag = (response.headers.get("ETag") or "").strip()
    return etag if etag.startswith('"') else (response.headers.get("Last-Modified") or "").strip()


def _retry_after_s(response: HTTPResponse) -> float | None:
    """The seconds in `Retry-After`, which may be a date; None where there is nothing of use."""
    value = (response.headers.get("Retry-After") or "").strip()
    if value.isascii() and value.isdecimal() and len(value) < 9:
        return float(value)
    with suppress(ValueError, TypeError, OverflowError):
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    return None
