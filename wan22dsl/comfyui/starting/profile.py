"""A profile: how ComfyUI is to be started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.source import Span

#: What stands behind a flag: `True` for a switch that is there, a number, a text, or words in their order.
FlagValue = bool | int | float | str | tuple[str | int | float, ...]


class Flag(NamedTuple):
    """A switch of ComfyUI's command line, as a profile has it.

    `name` is as ComfyUI writes it (`--reserve-vram`). `span` is where the value is, `name_span` the key.
    """

    name: str
    value: FlagValue
    span: Span | None = None
    name_span: Span | None = None


class Variable(NamedTuple):
    """A variable of the environment; its value is text, as every program sees it."""

    name: str
    value: str
    span: Span | None = None
    name_span: Span | None = None


class Profile(NamedTuple):
    """How ComfyUI is to be started, as a `profile` declares it; all of it is what is wanted, not what is.

    `card` is the name that it has in the file, `comfyui` a version (empty: not stated), `packages` the names
    of Python packages that must be there. `span` is where the profile is named. `doc` is the comment above.
    `flags_span` and `packages_span` are where these settings are, with their names. `is_launcher` tells that
    it was read from a launcher such as `run_nvidia_gpu.bat`: what is not in it may be stated elsewhere.
    """

    name: str
    card: str = ""
    comfyui: str = ""
    flags: tuple[Flag, ...] = ()
    environment: tuple[Variable, ...] = ()
    packages: tuple[str, ...] = ()
    span: Span | None = None
    card_span: Span | None = None
    comfyui_span: Span | None = None
    doc: str = ""
    flags_span: Span | None = None
    packages_span: Span | None = None
    is_launcher: bool = False

    def flag(self, name: str) -> Flag | None:
        """A flag by ComfyUI's name for it; None where the profile leaves it out, or says `false`."""
        return next(
            (flag for flag in self.flags if flag.name == name and flag.value is not False), None
        )

    def variable(self, name: str) -> Variable | None:
        """A variable by its name."""
        return next((variable for variable in self.environment if variable.name == name), None)
