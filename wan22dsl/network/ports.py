"""Ports of this machine: whether one is free, and which is."""

from __future__ import annotations

import socket
import sys


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen at a port of this machine.

    It is asked as servers do: on Windows with a claim to the port alone, elsewhere with leave to take over
    one whose connections are only waiting to be forgotten.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as made:
        option = socket.SO_REUSEADDR
        if sys.platform == "win32":
            option = socket.SO_EXCLUSIVEADDRUSE
        made.setsockopt(socket.SOL_SOCKET, option, 1)
        try:
            made.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str = "127.0.0.1") -> int:
    """A port that is free now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as made:
        made.bind((host, 0))
        found: int = made.getsockname()[1]
    return found
