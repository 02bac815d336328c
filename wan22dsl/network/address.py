"""The URL of a server, taken apart. Logins are sent, and never shown or recorded."""

from __future__ import annotations

from base64 import b64encode
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import quote, unquote, urlsplit

from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

DEFAULT = "http://127.0.0.1:8188"

_PORTS = {"http": 80, "https": 443}

#: What a path or a query may hold unquoted; `%` because it may be quoted already.
_PLAIN = "/%:@!$&'()*+,;=~-._?"


class Address(NamedTuple):
    """A server. Two URLs of the same server and path have the same `base`.

    `base` has no name, password or query, and is what people and records see. `authorization` is the value
    of that header; `has_login` says whether the URL itself holds something that may be a secret.
    """

    base: str
    query: str
    authorization: str
    host: str
    port: int
    has_login: bool

    @property
    def shown(self) -> str:
        """The address for people and for records."""
        return self.base

    @property
    def is_tls(self) -> bool:
        """Whether what is sent is encrypted."""
        return self.base.startswith("https:")

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine, by its name alone: nothing is looked up."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def path(self) -> str:
        """The path of the base: empty, or `/comfy`."""
        return urlsplit(self.base).path

    def with_token(self, token: str) -> Address:
        """The same server with a bearer token. Raises CommandError for one that no header can hold."""
        return self._replace(authorization=_sendable(f"Bearer {token}"))

    def target(self, path: str) -> str:
        """What a request line asks for: `path`, which may have a query of its own, below the base."""
        if not self.query:
            return self.path + path
        return f"{self.path}{path}{'&' if '?' in path else '?'}{self.query}"

    def url(self, path: str) -> str:
        """The URL of a path."""
        return self.base.removesuffix(self.path) + self.target(path)

    def socket_url(self, path: str) -> str:
        """The same for the WebSocket."""
        return "ws" + self.url(path).removeprefix("http")


def read(url: str, token: str = "") -> Address:
    """The address that a URL names; `token` is sent as a bearer token, before a name and a password.

    Raises CommandError, in which the URL is not repeated: it may hold a password.
    """
    try:
        parts = urlsplit(url.strip())
        scheme, port = parts.scheme.lower(), parts.port
        host = _host(parts.hostname or "")
    except ValueError:  # UnicodeError is one
        host = ""
    if not host or scheme not in _PORTS or port == 0:
        raise CommandError("not a server address; write it as http://127.0.0.1:8188")
    shown = f"[{host}]" if ":" in host else host
    path = quote(parts.path.rstrip("/"), safe=_PLAIN)
    at = f":{port}" if port not in (None, _PORTS[scheme]) else ""
    login = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        login = _sendable("Basic " + b64encode(pair.encode()).decode("ascii"))
    found = Address(
        base=f"{scheme}://{shown}{at}{path}",
        query=quote(parts.query, safe=_PLAIN),
        authorization=login,
        host=host,
        port=port or _PORTS[scheme],
        has_login=bool(login or parts.query),
    )
    return found.with_token(token) if token else found


def _host(name: str) -> str:
    """A host as DNS knows it, in one spelling. Raises ValueError for what cannot be one."""
    if ":" in name:
        return str(IPv6Address(name)) if "%" not in name else ""
    # Names that only a URL parser could take apart in two ways are refused.
    found = name.encode("idna").decode("ascii").lower().removesuffix(".")
    if not all(sign.isalnum() or sign in "-._" for sign in found):
        return ""
    # `0177.1` and `2130706433` are numbers for some and names for others.
    return str(IPv4Address(found)) if found.rpartition(".")[2].isdecimal() else found


def _sendable(header: str) -> str:
    if any(ord(sign) < 32 or ord(sign) > 255 for sign in header):
        raise CommandError(
            "the login has characters that are not allowed in a header: see WAN_TOKEN, or "
            "the password in the address"
        )
    return header
