"""What ComfyUI's page has stored on the simulated server, in memory and up to a limit."""

from __future__ import annotations

import json
from time import time
from typing import Any

from aiohttp import web

from wan22dsl.tuples import NamedTuple

MOST_SETTINGS_BYTES = 1024 * 1024
MOST_FILES = 1000
MOST_FILE_BYTES = 16 * 1024 * 1024
MOST_TOTAL_BYTES = 64 * 1024 * 1024

#: What a new user has clicked away: the tour through templates, of which there are none here, and the news
#: of releases, which would be fetched from comfy.org.
_SETTINGS = {"Comfy.TutorialCompleted": True, "Comfy.Notification.ShowVersionUpdates": False}


class Stored(NamedTuple):
    """A file of the user; the times are milliseconds since 1970."""

    data: bytes
    created_ms: int
    modified_ms: int


class UserData:
    """What the page has stored: settings by name, and files by path, such as `workflows/a.json`."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = dict(_SETTINGS)
        self.files: dict[str, Stored] = {}

    def change_settings(self, changed: dict[str, Any]) -> None:
        """Takes settings over. Raises HTTPRequestEntityTooLarge."""
        settings = {**self.settings, **changed}
        size_bytes = len(json.dumps(settings).encode())
        check_size(size_bytes, MOST_SETTINGS_BYTES, "settings")
        self.settings = settings

    def store(self, path: str, data: bytes) -> None:
        """Stores a file. Raises HTTPRequestEntityTooLarge."""
        others = [stored for name, stored in self.files.items() if name != path]
        check_size(len(others) + 1, MOST_FILES, "files")
        check_size(
            sum(len(stored.data) for stored in others) + len(data), MOST_TOTAL_BYTES, "user data"
        )
        now_ms = int(time() * 1000)
        old = self.files.get(path)
        self.files[path] = Stored(data, old.created_ms if old else now_ms, now_ms)

    def below(self, folder: str) -> dict[str, Stored]:
        """The files in a folder and in those below it, by their path from there."""
        start = f"{folder}/" if folder else ""
        return {
            name[len(start) :]: stored
            for name, stored in sorted(self.files.items())
            if name.startswith(start)
        }


def check_size(size: int, most: int, what: str) -> None:
    """Raises HTTPRequestEntityTooLarge above a limit."""
    if size > most:
        text = f"The simulated server stores no {what} above {most}"
        raise web.HTTPRequestEntityTooLarge(most, size, text=text)
