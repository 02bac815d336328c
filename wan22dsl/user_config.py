"""The user's own `config.toml`, outside of every repository: what this person allows, and has.

Each table is read by whom it concerns: `servers` by `network.trust`, `comfyui` by `launch`, `fleet` by
`fleet`.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.user_folders import config_folder

_FILE = "config.toml"

TABLES = ("comfyui", "fleet", "projects", "servers")

#: The largest configuration that is read, as for that of a project.
_MOST_BYTES = 256 * 1024


def file() -> str | None:
    """Where it is, or would be. None when the home folder is unknown."""
    folder = config_folder()
    return str(Path(folder, _FILE)) if folder else None


def shown() -> str:
    """How a message names it."""
    return file() or f"your own {_FILE}"


def table(name: str) -> dict[str, Any]:
    """One of its tables; empty where there is none. Raises CommandError for a file that is wrong."""
    assert name in TABLES
    data, path = text(), shown()
    if not data:
        return {}
    values = _toml(data, path)
    for key in values:
        if key not in TABLES:
            known = ", ".join(f"`{table}`" for table in TABLES)
            raise CommandError(f"{path}: unknown setting `{key}`; settings: {known}")
    found = values.get(name, {})
    if not isinstance(found, dict):
        raise CommandError(f"{path}: write {_EXAMPLES[name]}")
    return found


def text() -> bytes:
    """What is in the file; empty where there is none. Raises CommandError."""
    path = file()
    if path is None or not os.path.lexists(path):
        return b""
    try:
        return disk.read(path, path, _MOST_BYTES)
    except UnreadableFile as error:
        raise CommandError(str(error)) from None


#: What the user can allow the files of a project: to name programs, and to name servers.
LAUNCH, SERVERS = "launch", "servers"


def allows(project: str, key: str) -> bool:
    """Whether the user allows something to the files in the folder of a project. Raises CommandError."""
    here = os.path.realpath(project)
    for folder, entry in table("projects").items():
        if not isinstance(entry, dict):
            raise CommandError(f'{shown()}: write a project as [projects."{folder}"]')
        for name, value in entry.items():
            if name not in (LAUNCH, SERVERS):
                raise CommandError(
                    f'{shown()}: [projects."{folder}"]: unknown setting `{name}`; '
                    f"settings: `{LAUNCH}`, `{SERVERS}`"
                )
            if not isinstance(value, bool):
                raise CommandError(
                    f'{shown()}: [projects."{folder}"]: `{name}` must be true or false'
                )
        path = _expanded(folder)
        # A relative path would mean another project in each folder.
        if entry.get(key) and path.is_absolute() and _same(os.path.realpath(path), here):
            return True
    return False


def allowing(project: str, key: str) -> tuple[str, str]:
    """The lines with which the user allows it."""
    folder = os.path.realpath(project)
    quoted = "'" + folder + "'" if "\\" in folder else '"' + folder + '"'
    return f"[projects.{quoted}]", f"{key} = true"


def _expanded(folder: str) -> Path:
    try:
        return Path(folder).expanduser()
    except RuntimeError:  # `~somebody` who does not exist
        return Path(folder)


def _same(path: str, other: str) -> bool:
    return os.path.normcase(path) == os.path.normcase(other)


_EXAMPLES = {
    "comfyui": "an install as [comfyui.main]",
    "fleet": "a fleet as [fleet.main]",
    "projects": 'a project as [projects."/home/me/clips"]',
    "servers": 'a server as [servers."https://gpu.example.net"]',
}


def _toml(data: bytes, path: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CommandError(f"{path}:{line}: is not UTF-8 text") from None
    try:
        found: dict[str, Any] = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        help = [BACKSLASHES] if _ESCAPED_PATH.search(text) else []
        raise CommandError(f"{path}: is not TOML: {error}", *help) from None
    return found


#: What to do with a path of Windows in double quotes, where `\\U` and `\\n` have a meaning of their own.
BACKSLASHES = "Write Windows paths in single quotes: folder = 'C:\\ComfyUI'."

_ESCAPED_PATH = re.compile(r'"(?:[A-Za-z]:|\\\\|~)\\[^"\n]*"')
