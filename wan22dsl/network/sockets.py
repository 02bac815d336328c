"""Connections on which one deadline covers everything, from the first packet to the last byte.

A timeout of a socket begins anew with each byte. Here each operation gets only what is left of the whole.
"""

from __future__ import annotations

import socket
import ssl
from functools import cache
from http.client import HTTPConnection, HTTPSConnection
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wan22dsl.network.address import Address
    from wan22dsl.network.limits import Limit

#: Status line, headers and the framing of chunks do not count towards an answer's bytes; they may have these.
_FRAMING_BYTES = 256 * 1024


class TooMuch(OSError):
    """More bytes came than an answer may have."""


class Budget:
    """What is left of an exchange's limits."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._left_bytes = limit.most_bytes + _FRAMING_BYTES
        self.renew(limit.seconds)

    def renew(self, seconds: float) -> None:
        """Gives so many seconds from now."""
        self._until_s = monotonic() + seconds

    def left_s(self) -> float:
        """Raises TimeoutError when nothing is left."""
        left_s = self._until_s - monotonic()
        if left_s <= 0:
            raise TimeoutError
        return left_s

    def take(self, count: int) -> int:
        """Counts bytes that came. Raises TooMuch."""
        self._left_bytes -= count
        if self._left_bytes < 0:
            raise TooMuch
        return count


class _Budgeted:
    """Mixed into a socket: no operation outlasts the budget. Without one it is an ordinary socket."""

    budget: Budget | None = None

    def _begin(self: Any) -> None:
        if self.budget is not None:
            self.settimeout(self.budget.left_s())

    def recv(self, *args: Any) -> bytes:
        self._begin()
        data: bytes = super().recv(*args)  # type: ignore[misc]
        if self.budget is not None:
            self.budget.take(len(data))
        return data

    def recv_into(self, *args: Any) -> int:
        self._begin()
        count: int = super().recv_into(*args)  # type: ignore[misc]
        return self.budget.take(count) if self.budget is not None else count

    def send(self, *args: Any) -> int:
        self._begin()
        count: int = super().send(*args)  # type: ignore[misc]
        return count

    def sendall(self, *args: Any) -> None:
        self._begin()
        super().sendall(*args)  # type: ignore[misc]


class _Plain(_Budgeted, socket.socket):
    pass


class _Tls(_Budgeted, ssl.SSLSocket):
    pass


def _tcp(place: tuple[str, int], budget: Budget) -> _Plain:
    """A TCP connection to the first address of a host that answers. Raises OSError."""
    found = socket.getaddrinfo(*place, type=socket.SOCK_STREAM)
    failure: OSError = OSError("its name cannot be resolved")
    for number, (family, kind, protocol, _, at) in enumerate(found, 1):
        made = _Plain(family, kind, protocol)
        try:
            # One address that swallows everything leaves half of the time to the others.
            made.settimeout(budget.left_s() / (2 if number < len(found) else 1))
            made.connect(at)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.settimeout(budget.left_s())
        except OSError as error:
            made.close()
            failure = error
        except BaseException:
            made.close()
            raise
        else:
            made.budget = budget
            return made
    raise failure


class _Http(HTTPConnection):
    def __init__(self, host: str, port: int, budget: Budget) -> None:
        super().__init__(host, port)
        self._create_connection = lambda place, *_: _tcp(place, budget)


class _Https(HTTPSConnection):
    def __init__(self, host: str, port: int, budget: Budget) -> None:
        super().__init__(host, port, context=_context())
        self._budget = budget
        self._create_connection = lambda place, *_: _tcp(place, budget)

    def connect(self) -> None:
        super().connect()
        assert isinstance(self.sock, _Tls)
        self.sock.budget = self._budget


@cache
def _context() -> ssl.SSLContext:
    made = ssl.create_default_context()
    made.sslsocket_class = _Tls
    return made


def connection(address: Address, budget: Budget) -> tuple[HTTPConnection, str]:
    """A connection to a server, not yet made, and what its request lines begin with.

    Proxies of the environment are used, but never for this machine; what is encrypted goes through them
    unseen.
    """
    kind = _Https if address.is_tls else _Http
    proxy = None if address.is_loopback else _proxy(address)
    if proxy is None:
        return kind(address.host, address.port, budget), ""
    made = kind(proxy.host, proxy.port, budget)
    login = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
    if address.is_tls:
        made.set_tunnel(address.host, address.port, login)
        return made, ""
    return made, address.base.removesuffix(address.path)


def tunnel(address: Address, budget: Budget) -> _Plain | _Tls:
    """A connected socket to a server, for another protocol than HTTP. Raises OSError, HTTPException."""
    made, through = connection(address, budget)
    if through:
        proxy = _proxy(address)
        assert proxy is not None
        login = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
        made.set_tunnel(address.host, address.port, login)
    try:
        made.connect()
    except BaseException:
        made.close()
        raise
    found: Any = made.sock
    return found  # type: ignore[no-any-return]


def _proxy(address: Address) -> Address | None:
    """The proxy that the environment names for a server. Raises OSError for one that is no HTTP proxy."""
    from urllib.request import getproxies, proxy_bypass

    from wan22dsl.errors import CommandError
    from wan22dsl.network.address import read

    url = getproxies().get("https" if address.is_tls else "http", "")
    if not url or proxy_bypass(f"{address.host}:{address.port}"):
        return None
    try:
        found = read(url if "://" in url else f"http://{url}")
    except CommandError:
        found = None
    if found is None or found.is_tls:
        raise OSError("the proxy in the environment is not an http:// address")
    return found
