"""Snapshots of a machine: of a server, of an install of ComfyUI, of this computer; and what differs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError, ServerError
from wan22dsl.network import address, trust

if TYPE_CHECKING:
    from wan22dsl.machine.difference import Compared
    from wan22dsl.machine.server import Server
    from wan22dsl.machine.snapshot import Place, Snapshot


def take_snapshot(
    server: str | None = None, comfyui: str | None = None, python: str | None = None
) -> Snapshot:
    """A snapshot of this computer, and of the server and the install that are named.

    Without `server` it is that of WAN_SERVER or of http://127.0.0.1:8188, if it answers. `comfyui` is a
    folder, or the name of an install in a configuration. Raises CommandError, and ServerError where the
    server that is named does not answer.
    """
    from wan22dsl import __version__
    from wan22dsl.machine import snapshot

    found = server_of(server)
    return snapshot.take(found, place_of(comfyui, python, found), made_by=__version__)


def compare_snapshots(first: str, second: str) -> Compared:
    """What differs between two snapshots in files. Raises CommandError for what is none."""
    from wan22dsl.machine import difference, snapshot

    return difference.compare(snapshot.load(first), snapshot.load(second))


def server_of(named: str | None) -> Server | None:
    """The server that is named, else the usual one if it answers. Raises CommandError, ServerError."""
    from wan22dsl.machine.server import Server

    url = named or os.environ.get("WAN_SERVER", "").strip() or address.DEFAULT
    found = Server(trust.with_login(url))
    try:
        found.stats()
    except ServerError:
        if named:
            raise
        return None
    return found


def place_of(comfyui: str | None, python: str | None, server: Server | None) -> Place:
    """Where the install is. Without a name, and without a server that shows its own, the configured one."""
    from wan22dsl.api.installs import install_of
    from wan22dsl.machine.comfyui_folder import is_comfyui
    from wan22dsl.machine.snapshot import Place

    exe = Path(python).expanduser() if python else None
    if comfyui is None and server is not None:
        return Place(None, exe)
    try:
        install = install_of(comfyui, python)
    except CommandError:
        if comfyui is None:
            return Place(None, exe)
        folder = Path(comfyui).expanduser()
        if not is_comfyui(folder):
            raise
        return Place(folder, exe)  # a ComfyUI whose Python is elsewhere
    return Place(Path(install.folder), Path(install.python))
