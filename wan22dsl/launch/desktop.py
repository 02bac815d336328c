"""Comfy Desktop of before 2026: its code is in the application, its data in a folder of the user.

Source: Comfy-Org/desktop, README (`basePath`) and src/install/resourcePaths.ts; Comfy-Org/Comfy-Desktop,
src/main/lib/desktopDetect.ts (where the application is). Its successor keeps the code in the user's folder,
like everybody else.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def code_for(
    folder: str, environment: Mapping[str, str], *, platform: str = sys.platform
) -> str | None:
    """The folder of the code for a folder of data; None where that is none of Comfy Desktop's."""
    if not all(_has(folder, name) for name in (".venv", "models", "user")):
        return None
    found = next(filter(os.path.isdir, _applications(environment, platform)), None)
    return str(found) if found else None


def _has(folder: str, name: str) -> bool:
    return os.path.isdir(f"{folder}{os.sep}{name}")  # noqa: PTH112 - pathlib's raises for some names


def _applications(environment: Mapping[str, str], platform: str) -> list[Path]:
    if platform == "darwin":
        return [Path("/Applications/ComfyUI.app/Contents/Resources/ComfyUI")]
    local = environment.get("LOCALAPPDATA", "")
    if platform != "win32" or not local:
        return []
    names = ("ComfyUI", "@comfyorgcomfyui-electron")
    return [Path(local, "Programs", name, "resources", "ComfyUI") for name in names]
