"""Where files of the Hugging Face Hub are, with which token, and the commands that download them.

The variables are those of huggingface_hub: HF_ENDPOINT, HF_HUB_OFFLINE, HF_TOKEN, HF_TOKEN_PATH, HF_HOME.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENDPOINT = "https://huggingface.co"

#: What a repository may be called (huggingface_hub, utils/_validators.py).
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


def is_repository(name: str) -> bool:
    """Whether a repository can be called so."""
    return _REPOSITORY.fullmatch(name) is not None and ".." not in name and "--" not in name


def is_path(path: str) -> bool:
    """Whether a file in a repository can be called so."""
    parts = path.split("/")
    return (
        all(part not in ("", ".", "..") for part in parts) and "\\" not in path and len(path) < 500
    )


def url_of(
    repository: str, path: str, revision: str = "main", environment: Mapping[str, str] = os.environ
) -> str:
    """The address of a file. Raises CommandError for a name that none can have."""
    if not is_repository(repository) or not is_path(path):
        raise CommandError(f"{repository}/{path} is not a file of the Hugging Face Hub")
    endpoint = environment.get("HF_ENDPOINT", "").strip().rstrip("/") or _ENDPOINT
    return f"{endpoint}/{repository}/resolve/{quote(revision, safe='')}/{quote(path)}"


def is_offline(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the user has said that nothing may be asked of the Hub."""
    return environment.get("HF_HUB_OFFLINE", "").strip().upper() in ("1", "ON", "YES", "TRUE")


def token(environment: Mapping[str, str] = os.environ) -> str:
    """The user's token, from the environment or from where `hf auth login` keeps it; empty where none is."""
    found = environment.get("HF_TOKEN", "") or environment.get("HUGGING_FACE_HUB_TOKEN", "")
    if not found:
        file = environment.get("HF_TOKEN_PATH", "")
        if not file:
            cache = environment.get("XDG_CACHE_HOME", "") or os.path.expanduser("~/.cache")
            home = environment.get("HF_HOME", "") or os.path.join(cache, "huggingface")
            file = os.path.join(os.path.expanduser(home), "token")
        try:
            found = disk.read(file, most_bytes=4096).decode("ascii")
        except (UnreadableFile, UnicodeDecodeError):
            return ""
    found = found.strip()
    return found if found.isascii() and not re.search(r"\s", found) else ""


def commands(repository: str, path: str, target: str) -> list[str]:
    """The commands that download a file with `hf` and move it to where it belongs."""
    folder = os.path.dirname(target)
    downloaded = os.path.join(folder, *path.split("/"))
    lines = [f"hf download {repository} {_quoted(path)} --local-dir {_quoted(folder)}"]
    if os.path.normpath(downloaded) != os.path.normpath(target):
        move = "move" if os.name == "nt" else "mv"
        lines.append(f"{move} {_quoted(downloaded)} {_quoted(target)}")
    return lines


def _quoted(word: str) -> str:
    if os.name == "nt":
        return f'"{word}"' if re.search(r"[\s&()^]", word) else word
    import shlex

    return shlex.quote(word)
