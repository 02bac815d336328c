"""Whether a server is ready: it answers, and it has read its node classes.

`/system_stats` alone answers also where the thread that runs prompts has died (docs/running.md); the class of
the sampler is there only when ComfyUI has imported its nodes and those of the packs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.starting import CLASS_OF_EVERY_VERSION as CLASS
from wan22dsl.errors import CommandError, ServerError
from wan22dsl.network import limits
from wan22dsl.network.address import read
from wan22dsl.network.http import Transport
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.launch.command import CommandLine
    from wan22dsl.network.limits import Limit

#: A server that is busy with its start may answer late.
_LIMIT = limits.NODE_CLASS._replace(seconds=5.0)
_STATS = limits.SYSTEM_STATS._replace(seconds=2.0)


class Answer(NamedTuple):
    """What a server answers. `stage` is `silent`, `starting` (without classes) or `ready`."""

    stage: str
    reason: str = ""


def ask(url: str) -> Answer:
    """Whether the server at an address of this machine is ready."""
    found = _get(url, f"/object_info/{CLASS}", _LIMIT)
    if isinstance(found, str):
        return Answer("silent", found)
    if isinstance(found, dict) and CLASS in found:
        return Answer("ready")
    return Answer("starting", f"it does not list the class {CLASS}")


def stats_of(url: str) -> dict[str, Any]:
    """What a server says of itself; empty where it does not answer like ComfyUI."""
    found = _get(url, "/system_stats", _STATS)
    system = found.get("system") if isinstance(found, dict) else None
    return system if isinstance(system, dict) else {}


def _get(url: str, path: str, limit: Limit) -> Any:
    """What it answers, or the reason why it does not, as text. No token is sent."""
    try:
        return Transport(read(url)).json("GET", path, limit)
    except ServerError as error:
        return error.reason
    except CommandError as error:
        return str(error)


_ARGV = re.compile(r"[^\x20-\x7e]")


def who_is_at(command: CommandLine) -> str:
    """What is known of the program that has the port."""
    stats = stats_of(command.url)
    version = stats.get("comfyui_version")
    if version is None:
        return "another program"
    argv = stats.get("argv")
    words = " ".join(map(str, argv[1:])) if isinstance(argv, list) else ""
    shown = f" ({_ARGV.sub('?', words)[:200]})" if words else ""
    return f"a ComfyUI {_ARGV.sub('?', str(version))[:40]}{shown}"
