"""Whether the Python of an install has the packages that a profile needs; nothing of it is run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.machine import packages

if TYPE_CHECKING:
    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.launch.installs import Install

#: The name in front of what a requirement says of versions.
_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")


def require(profile: Profile, install: Install) -> None:
    """Raises CommandError for packages that are missing. Where they cannot be listed, ComfyUI will tell."""
    if not profile.packages:
        return
    try:
        there = packages.read(packages.folders_of(Path(install.python)))
    except UnreadableFile:
        return
    if "torch" not in there:  # it is elsewhere, and so may others be
        return
    missing = [name for name in profile.packages if _plain(name) not in there]
    if missing:
        raise CommandError(
            f"the profile `{profile.name}` needs {', '.join(missing)}, which this Python lacks",
            f"Install a build for torch {there['torch']}: {install.python} -m pip install {missing[0]}",
        )


def _plain(requirement: str) -> str:
    match = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", match[1]).lower() if match else requirement
