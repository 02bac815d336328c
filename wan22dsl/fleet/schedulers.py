"""The address of a Dask scheduler."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from wan22dsl.errors import CommandError


def checked(text: str) -> str:
    """The address, if it is one. Raises CommandError."""
    try:
        parts = urlsplit(text)
        is_one = parts.scheme in ("tcp", "tls") and bool(parts.hostname and parts.port)
        is_one = is_one and not (parts.path or parts.query or parts.fragment or parts.username)
    except ValueError:
        is_one = False
    if not is_one or not text.isascii() or not text.isprintable():
        raise CommandError(
            f"`{text}` is not the address of a Dask scheduler", "It is such as tcp://10.0.0.1:8786."
        )
    return text


def is_loopback(scheduler: str) -> bool:
    """Whether it is on this machine alone."""
    host = urlsplit(scheduler).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
