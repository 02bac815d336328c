"""Which ComfyUI a command judges by: the one that is asked for, else that of the configuration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wan22dsl.cli.declare import DEFAULT_TARGET

if TYPE_CHECKING:
    from wan22dsl.policy.config import Config


def target_for(asked: str | None, file: str = "") -> str:
    """The target for a file, by its path; without one, for the folder that the command runs in.

    Raises CommandError for a configuration that is wrong.
    """
    if asked is not None:
        return asked
    from wan22dsl.policy.config import Configs

    return target_of(Configs().of_file("" if file in {"", "-"} else file))


def target_of(config: Config) -> str:
    """The target that a configuration names; a file lies beside it. Without one, the default."""
    beside = config.path("target")
    if beside is not None and os.path.isfile(beside):
        return beside
    return config.text("target") or DEFAULT_TARGET
