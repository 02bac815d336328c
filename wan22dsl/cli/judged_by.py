"""What a command judges a file by: its target, and the node classes that the project declares."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wan22dsl.api.node_files import node_files_of
from wan22dsl.api.targets import target_of
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.lint.policy.config import Config


def judged_by(target: str | None, file: str = "") -> Catalogue | str:
    """The target of `--target`, or of the configuration, with the classes that the configuration declares.

    Shows what is wrong in the files of declarations. Raises CommandError where that is an error, and for a
    configuration that is wrong.
    """
    from wan22dsl.lint.policy.config import Configs

    config = Configs().of_file("" if file in {"", "-"} else file)
    return with_declared(target if target is not None else target_of(config), config)


def with_declared(target: Catalogue | str, config: Config) -> Catalogue | str:
    """A target with the classes that a configuration declares."""
    files = node_files_of(config)
    if not files:
        return target
    from wan22dsl.api.node_files import with_node_files
    from wan22dsl.cli import show
    from wan22dsl.diagnostics import has_errors

    catalogue, found = with_node_files(target, files)
    show.diagnostics(found, sys.stderr)
    if has_errors(found):
        raise CommandError(f"{config.shown}: a file that `nodes` names has errors")
    return catalogue
