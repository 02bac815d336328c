"""The flags that a ComfyUI was started with, with their values, as far as these may be kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.flags import flags_of, parse
from wan22dsl.machine import private
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comfyui.starting.flags import FlagInfo

#: Flags that say where something is or who may ask for it: they change no speed, and most values are private.
PLACES = {
    *(
        "--listen",
        "--port",
        "--tls-keyfile",
        "--tls-certfile",
        "--enable-cors-header",
        "--database-url",
    ),
    *("--base-directory", "--input-directory", "--output-directory", "--temp-directory"),
    *("--models-directory", "--user-directory", "--extra-model-paths-config", "--front-end-root"),
    *(
        "--auto-launch",
        "--disable-auto-launch",
        "--dont-print-server",
        "--log-stdout",
        "--comfy-api-base",
    ),
    *(
        "--date-based-output",
        "--date-output-format",
        "--disabled-nodes-config",
        "--max-upload-size",
    ),
    *("--windows-standalone-build", "--multi-user", "--enable-compress-response-body"),
}

#: Flags with any text whose text is a device, a version, a level or a pack, and what it looks like.
_TEXTS = {
    "--cuda-device": re.compile(r"[\w,-]{1,40}", re.ASCII),
    "--oneapi-device-selector": re.compile(r"[\w.,:;!*-]{1,60}", re.ASCII),
    "--front-end-version": re.compile(r"[\w./@-]{1,80}", re.ASCII),
    "--verbose": re.compile(r"[A-Z]{3,10}"),
    "--whitelist-custom-nodes": re.compile(r"[\w.-]{1,80}", re.ASCII),
}
_NAME = re.compile(r"--?[A-Za-z][\w-]{0,60}", re.ASCII)

Value = bool | int | float | str | tuple[bool | int | float | str, ...]


class KeptFlag(NamedTuple):
    """A flag. `value` is `True` for a switch that is on, and `private.HIDDEN` for a text that is not kept."""

    name: str
    value: Value

    @property
    def in_words(self) -> str:
        """The flag as a command line has it."""
        return in_words(self.name, self.value)


def in_words(name: str, value: Value) -> str:
    """A flag with its values as a command line has them: `--reserve-vram 2`."""
    if value is True:
        return name
    values = value if isinstance(value, tuple) else (value,)
    return " ".join(
        [name, *(f"{item:g}" if isinstance(item, float) else str(item) for item in values)]
    )


def kept(argv: Iterable[object], version: str = "") -> tuple[KeptFlag, ...]:
    """All flags of a command line, sorted by name. None is left out; a word that is no flag is not kept."""
    words = [word if isinstance(word, str) else str(word) for word in argv]
    known = flags_of(version)
    newest = flags_of("")
    found: dict[str, Value] = {}
    for flag in parse(words, version):
        info = known.get(flag.name) or newest.get(flag.name)
        is_name = _NAME.fullmatch(flag.name) and private.clean(flag.name) == flag.name
        name = flag.name if is_name else private.HIDDEN
        found[name] = _value(name, flag.value, info)
    return tuple(KeptFlag(name, found[name]) for name in sorted(found))


def _value(name: str, value: object, info: FlagInfo | None) -> Value:
    if isinstance(value, tuple):
        values = tuple(_single(name, item, info) for item in value)
        return private.HIDDEN if set(values) == {private.HIDDEN} else values
    return _single(name, value, info)


def _single(name: str, value: object, info: FlagInfo | None) -> bool | int | float | str:
    if isinstance(value, bool):
        return value
    if private.is_secret_name(name) or name == private.HIDDEN:
        return private.HIDDEN
    if isinstance(value, int | float):
        return value
    text = str(value)
    if (
        info is None
    ):  # of a pack, or of a version that is not known: numbers and words without a shape
        is_kept = re.fullmatch(r"-?[0-9.]{1,12}", text) is not None
    elif info.choices:
        is_kept = text in info.choices
    else:
        is_kept = name in _TEXTS and _TEXTS[name].fullmatch(text) is not None
    return text if is_kept and private.clean(text) == text else private.HIDDEN
