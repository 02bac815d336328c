"""What all launchers have: the command, and the words above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.escapes import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.launch.command import CommandLine
    from wan22dsl.launch.scripts import Recipe


def command_of(recipe: Recipe, kind: str, *, line_ends: bool = True) -> CommandLine:
    """The command of a recipe, whose words such a file can hold.

    Raises CommandError for a character that it cannot; without `line_ends` also for those.
    """
    assert recipe.command is not None
    command = recipe.command
    for what, text in _texts(command):
        if "\0" in text or (not line_ends and ("\n" in text or "\r" in text)):
            raise CommandError(f"{what} has a character that a {kind} file cannot hold: {text!r}")
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise CommandError(
                f"{what} is not Unicode, which a {kind} file must be: {text!r}"
            ) from None
    return command


def _texts(command: CommandLine) -> Iterator[tuple[str, str]]:
    yield "the folder", command.folder
    for word in command.argv:
        yield "an argument", word
    for name, value in command.variables:
        yield f"the variable {name}", value


def about(recipe: Recipe) -> list[str]:
    """The lines of a comment: what the file does, for which card and version, and who wrote it."""
    profile = recipe.profiles[0]
    lines = [f"Starts ComfyUI with the profile {one_line(profile.name)}."]
    if profile.card:
        lines.append(f"Card: {one_line(profile.card)}.")
    if profile.comfyui:
        lines.append(f"Checked against ComfyUI {one_line(profile.comfyui)}.")
    if profile.packages:
        lines.append(f"Needs the Python packages {one_line(', '.join(profile.packages))}.")
    return [*lines, "Written by `wan launch --script`."]
