"""Where a server is, and what it wants to see of us. Secrets are sent, and never shown or kept."""

from __future__ import annotations

import os
from base64 import b64encode
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from wan22dsl.errors import CommandError

DEFAULT = "http://127.0.0.1:8188"

#: What it holds is sent to every server as a bearer token.
TOKEN = "WAN_TOKEN"

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

#: What may stand in a path or query as it is; `%` because it may be quoted already.
_PLAIN = "/%:@!$&'()*+,;=~-._?"


class Address(NamedTuple):
    """`shown` is the address for people and for records: without name, password and query."""

    base: str
    query: str
    authorization: str
    shown: str
    host: str

    @property
    def is_here(self) -> bool:
        """Whether the server runs on this machine, as far as its name tells."""
        return self.host in _LOOPBACK or self.host.startswith("127.")

    def url(self, path: str) -> str:
        """The URL of a path, which may have a query of its own."""
        if not self.query:
            return self.base + path
        return f"{self.base}{path}{'&' if '?' in path else '?'}{self.query}"

    def socket_url(self, path: str) -> str:
        """The same for the WebSocket."""
        return "ws" + self.url(path).removeprefix("http")


def token() -> str:
    """The bearer token of whoever calls us; empty where there is none."""
    return os.environ.get(TOKEN, "").strip()


def read(url: str, token: str = "") -> Address:
    """The address that a URL names; `token` is sent as a bearer token.

    Raises CommandError, in which the URL is not repeated: it may hold a password.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
        # As DNS knows it; what cannot be a name raises UnicodeError, which is a ValueError.
        name = host.encode("idna").decode("ascii") if host else None
    except ValueError:
        name, port, parts = None, None, urlsplit("")
    scheme = parts.scheme.lower()
    if not name or scheme not in {"http", "https"} or not name.isprintable() or " " in name:
        raise CommandError("this is not the address of a server; write it as http://127.0.0.1:8188")
    shown = f"[{name}]" if ":" in name else name
    path = quote(parts.path.rstrip("/"), safe=_PLAIN)
    base = f"{scheme}://{shown}" + (f":{port}" if port is not None else "") + path
    authorization = f"Bearer {token}" if token else ""
    if parts.username is not None and not token:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + b64encode(login.encode()).decode("ascii")
    if any(ord(one) < 32 or ord(one) > 255 for one in authorization):
        raise CommandError(f"{TOKEN} has characters that cannot be sent in a header")
    return Address(base, quote(parts.query, safe=_PLAIN), authorization, base, name)
