"""Which ComfyUI of this machine a command means: by an option, or by the configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.launch.installs import Entry, Install


def install_of(
    named: str | None = None,
    python: str | None = None,
    file: str = "",
    *,
    is_allowed: bool = False,
) -> Install:
    """The install that `--comfyui` and `--python` mean; without them, that of WAN_COMFYUI or of the user.

    `file` is the one whose configuration may have names for installs; without it, that of the current folder.
    `is_allowed` is the user's permission, for this once, to start what the project's files name.
    Raises CommandError.
    """
    from wan22dsl.launch import installs

    return installs.find(named, python, project_installs(file), is_allowed=is_allowed)


def project_installs(file: str = "") -> tuple[Entry, ...]:
    """The installs that the configuration of a file names. Raises CommandError."""
    from wan22dsl.launch.installs import entries_of
    from wan22dsl.lint.policy.config import Configs

    config = Configs().of_file("" if file in {"", "-"} else file)
    return entries_of(
        config.values.get("comfyui", {}), config.shown, config.folder, project=config.folder
    )
