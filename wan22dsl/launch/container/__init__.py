"""What runs in a container: the programs that a Dockerfile takes along, as files of their own."""

from __future__ import annotations

from importlib.resources import files

#: The programs, in the order in which a Dockerfile has them.
NAMES = ("git-at", "add-pack", "start-comfyui", "comfyui-ready")


def program(name: str) -> str:
    """The text of a program."""
    text = files("wan22dsl.launch.container").joinpath(name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")
