"""A unit for systemd, for a user's own services.

`%` begins a specifier and is doubled; in quotes `\\` and `"` are escaped (systemd.syntax(7),
systemd.unit(5)). A `$` begins a variable only in a command, and not in one that begins with `:`
(systemd.service(5)).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.escapes import one_line
from wan22dsl.launch.scripts.parts import about, command_of

if TYPE_CHECKING:
    from wan22dsl.launch.scripts import Recipe

_PLAIN = re.compile(r"[\w./:=+@,-]+", re.ASCII)


def write(recipe: Recipe) -> bytes:
    """The unit: SIGINT is what ComfyUI ends well with, and everything that it started goes with it."""
    command = command_of(recipe, "systemd")
    if any(sign in command.folder for sign in "\n\r"):
        raise CommandError(f"a unit cannot hold the line end in the folder: {command.folder!r}")
    words = " ".join(map(_word, command.argv))
    verbatim = ":" if "$" in words else ""
    profile = recipe.profiles[0]
    lines = [
        *(f"# {line}" for line in about(recipe)),
        "# To use it: copy it to ~/.config/systemd/user/comfyui.service, then",
        "# systemctl --user daemon-reload && systemctl --user enable --now comfyui",
        "",
        "[Unit]",
        f"Description=ComfyUI, profile {one_line(profile.name).replace('%', '%%')}",
        "",
        "[Service]",
        "Type=exec",
        f"WorkingDirectory={_path(command.folder)}",
        *(f"Environment={_word(f'{name}={value}')}" for name, value in command.variables),
        f"ExecStart={verbatim}{words}",
        "KillSignal=SIGINT",
        "KillMode=mixed",
        "TimeoutStopSec=30",
        "Restart=on-failure",
        "RestartSec=5",
        "# Pinned memory needs pages that stay where they are.",
        "LimitMEMLOCK=infinity",
        "",
        "[Install]",
        "WantedBy=default.target",
    ]
    return "\n".join([*lines, ""]).encode()


def _word(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return '"' + "".join(_CONTROLS.get(sign, sign) for sign in escaped) + '"'


_CONTROLS = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _path(text: str) -> str:
    """A path that stands alone, without quotes: systemd takes the rest of the line."""
    return text.replace("\\", "\\\\").replace("%", "%%")
