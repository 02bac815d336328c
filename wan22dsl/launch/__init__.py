"""From a profile to a running ComfyUI, and to launchers and Docker files that start it elsewhere.

from wan22dsl import launch
from wan22dsl.api.installs import install_of
from wan22dsl.api.profiles import find

with launch.start(find("RTX 4090").profile, install_of()) as running:
    print(running.url, running.started.attention)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wan22dsl.launch.failures import StartFailed
    from wan22dsl.launch.installs import Install
    from wan22dsl.launch.running import Running, start

#: What is offered here is imported when it is used.
_HOMES = {"running": "Running start", "installs": "Install", "failures": "StartFailed"}

__all__ = ["Install", "Running", "StartFailed", "start"]


def __getattr__(name: str) -> Any:
    from wan22dsl.lazy import offered

    return offered(__name__, _HOMES, name)
