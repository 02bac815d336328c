"""Which ComfyUI a file is judged by: the one that is named, else that of the configuration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.lint.policy.config import Config

#: The ComfyUI that a file is judged by where nobody names one: the first of `BUNDLED` in
#: comfyui/catalogue/open.py, which takes too long to import for that alone.
DEFAULT_TARGET = "0.39"


def target_for(named: str | None, file: str = "") -> str:
    """The target for a file, by its path; without one, for the current folder.

    Raises CommandError for a configuration that is wrong.
    """
    if named is not None:
        return named
    from wan22dsl.lint.policy.config import Configs

    return target_of(Configs().of_file("" if file in {"", "-"} else file))


def target_of(config: Config) -> str:
    """The target that a configuration names; a file is relative to it. Without one, the default.

    Raises CommandError for a server that the user has not allowed.
    """
    named = config.text("target")
    if named is None:
        return DEFAULT_TARGET
    if "://" in named:
        from wan22dsl.network.trust import named_by_file

        return named_by_file(named, f"{config.shown}: `target`", "--target")
    beside = config.path("target")
    return beside if beside is not None and os.path.isfile(beside) else named


def server_of(config: Config) -> str | None:
    """The server that a configuration names for `wan run`. Raises CommandError as `target_of` does.

    The address that `wan run` takes without any needs no permission.
    """
    from wan22dsl.network.address import DEFAULT
    from wan22dsl.network.trust import named_by_file

    named = config.text("server")
    if named is None or named == DEFAULT:
        return named

    return named_by_file(named, f"{config.shown}: `server`", "--server")
