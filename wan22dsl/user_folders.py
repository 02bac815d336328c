"""The folders of the person who runs `wan`: configuration and cache, outside of every repository.

The places are those of each platform: the XDG base directory specification on Linux and elsewhere,
`~/Library` on macOS, `%APPDATA%` and `%LOCALAPPDATA%` on Windows. Own code, because a cached `wan lint`
is little more than a start of the interpreter, and the usual library costs as much again to import.
"""

from __future__ import annotations

import os
import sys

_NAME = "wan22dsl"


def config_folder() -> str | None:
    """Where the user's own `config.toml` is looked for. None when the home folder is unknown."""
    return _folder("APPDATA", "Library/Application Support", "XDG_CONFIG_HOME", ".config")


def cache_folder() -> str | None:
    """Where lint results are kept by default. None when the home folder is unknown."""
    return _folder("LOCALAPPDATA", "Library/Caches", "XDG_CACHE_HOME", ".cache")


def _folder(windows: str, macos: str, variable: str, otherwise: str) -> str | None:
    home = os.path.expanduser("~")
    at_home = None if home == "~" else home
    if sys.platform == "win32":
        base = os.environ.get(windows) or at_home
    elif sys.platform == "darwin":
        base = at_home and os.path.join(at_home, macos)
    else:
        named = os.environ.get(variable, "")
        # The specification ignores a path that is not absolute.
        base = named if os.path.isabs(named) else at_home and os.path.join(at_home, otherwise)
    return os.path.join(base, _NAME) if base else None
