"""What the files of a project may make this machine run: nothing, until the user allows it.

A cloned repository is somebody else's. Its `wan.toml` may name an install, which is a program, and a
profile of its `.wan` files may have settings with which ComfyUI loads code from a folder. Both need
permission: in the user's own `config.toml`, for the whole project, or with an option, for one command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl import user_config
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from typing import NoReturn

OPTION = "--allow-project"


def is_allowed(project: str) -> bool:
    """Whether the user's configuration allows what the files of a project name. Raises CommandError."""
    return user_config.allows(project, user_config.LAUNCH)


def require(project: str, what: str, instead: str | None) -> None:
    """Raises CommandError unless the user allows what the files of a project name.

    `what` says what that is, `instead` how to name it on the command line, where that is possible.
    """
    if not is_allowed(project):
        _refuse(project, what, instead)


def _refuse(project: str, what: str, instead: str | None) -> NoReturn:
    use = f"`{instead}`, or {OPTION}" if instead else OPTION
    raise CommandError(
        f"{what}, which you have not allowed",
        "Nothing was started. A file can name any program or folder, so you must allow each project.",
        f"Use {use} for this once, or add this to {user_config.shown()}:",
        *user_config.allowing(project, user_config.LAUNCH),
    )
