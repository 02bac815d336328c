"""The command line and the environment with which a profile starts an install."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.flags import (
    arguments,
    argv,
    flags_of,
    in_words,
    numbers,
    versions_with,
)
from wan22dsl.errors import CommandError
from wan22dsl.launch import interpreters
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.comfyui.starting.flags import Argument, FlagCatalogue
    from wan22dsl.comfyui.starting.profile import FlagValue, Profile
    from wan22dsl.launch.installs import Install

#: ComfyUI's own port, and the address that it listens on (comfy/cli_args.py).
DEFAULT_PORT, DEFAULT_HOST = 8188, "127.0.0.1"

#: What ComfyUI makes of `--listen` without an address.
_EVERYWHERE = "0.0.0.0,::"

_LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|::1|localhost")


class CommandLine(NamedTuple):
    """How a ComfyUI is started.

    `argv` begins with the Python; it is for the folder `folder`. `variables` are those of the profile, in
    its order. `addresses` are what it listens on.
    """

    argv: tuple[str, ...]
    folder: str
    variables: tuple[tuple[str, str], ...]
    port: int
    addresses: tuple[str, ...] = (DEFAULT_HOST,)
    is_tls: bool = False

    @property
    def host(self) -> str:
        """The address at which this machine reaches it."""
        first = self.addresses[0]
        return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(
            first, f"[{first}]" if ":" in first else first
        )

    @property
    def url(self) -> str:
        """The address of the server for this machine."""
        return f"{'https' if self.is_tls else 'http'}://{self.host}:{self.port}"

    @property
    def is_open(self) -> bool:
        """Whether other machines can reach it."""
        return not all(map(is_loopback, self.addresses))


def is_loopback(address: str) -> bool:
    """Whether an address that is listened on is only for this machine."""
    return _LOOPBACK.fullmatch(address.strip("[]")) is not None


def command_line(profile: Profile, install: Install, port: int | None = None) -> CommandLine:
    """The command line of a profile for an install. `port` takes precedence over that of a flag.

    A flag of the profile replaces the same one of the install's arguments. Raises CommandError where an
    argument of the install and a flag of the profile exclude each other, which ComfyUI would refuse.
    """
    version = install.version or profile.comfyui
    known = flags_of(version)
    _check(profile, install.version)
    wanted = argv(profile)
    extra = _without(install, list(arguments(wanted, version)), known, version)
    words = _with_port([*extra, *wanted], port, version)
    flags = {item.name: item for item in arguments(words, version)}
    return CommandLine(
        argv=(install.python, *interpreters.options(install.python), "main.py", *words),
        folder=install.folder,
        variables=tuple((variable.name, variable.value) for variable in profile.environment),
        port=_port(flags.get("--port")),
        addresses=_addresses(flags.get("--listen")),
        is_tls="--tls-keyfile" in flags and "--tls-certfile" in flags,
    )


def _check(profile: Profile, version: str) -> None:
    """Raises CommandError for flags that the version of the install does not take as the profile has them.

    The rules check a profile against the version that it names, which may be another one.
    """
    known = flags_of(version)
    if not version or numbers(version) is None:
        return
    for flag in profile.flags:
        info = known.get(flag.name)
        words = " ".join(in_words(flag, info))
        if flag.value is False:
            continue
        if known.has(flag.name) is False:
            problem = f"does not know `{flag.name}`"
            there = versions_with(flag.name)
            help = f"{flag.name} is known in ComfyUI {', '.join(there)}." if there else ""
        elif info is not None and not info.takes and flag.value is not True:
            problem = f"takes `{flag.name}` without a value, not `{words}`"
            help = f"Write `{flag.name.lstrip('-').replace('-', '_')} = true`."
        elif info is not None and info.choices and _others(flag.value, info.choices):
            problem = f"does not know `{_others(flag.value, info.choices)[0]}` of `{flag.name}`"
            help = f"It takes {', '.join(info.choices)}."
        else:
            continue
        raise CommandError(
            f"ComfyUI {version} of this install {problem}",
            f"{help} Correct the profile `{profile.name}`, or choose another install.".strip(),
        )


def _others(value: FlagValue, choices: Sequence[str]) -> list[str]:
    """The words of a value that are no choices."""
    words = () if isinstance(value, bool) else value if isinstance(value, tuple) else (value,)
    return [str(word) for word in words if str(word) not in choices]


def _without(
    install: Install, wanted: Sequence[Argument], known: FlagCatalogue, version: str
) -> list[str]:
    """The arguments of an install without those that the profile has too."""
    names = {item.name for item in wanted}
    found: list[str] = []
    for item in arguments(install.arguments, version):
        rivals = names.intersection(item.info.group if item.info else ()) - {item.name}
        if rivals:
            what = f"the install `{install.name}`" if install.name else "the install"
            raise CommandError(
                f"{what} always gets {item.name}, and the profile has {min(rivals)}: ComfyUI takes only one",
                f"Remove {item.name} from `arguments` of the install, or {min(rivals)} from the profile.",
            )
        if item.name not in names or item.info is None or item.info.repeats:
            end = max((item.at, *item.words)) + 1
            found += install.arguments[item.at : end]
    return found


def _with_port(words: Sequence[str], port: int | None, version: str) -> list[str]:
    """The words with exactly one port, at the end."""
    found, flags = list(words), list(arguments(words, version))
    stated = [item for item in flags if item.name == "--port"]
    for item in reversed(stated):
        del found[item.at : max((item.at, *item.words)) + 1]
    number = port if port is not None else _port(stated[-1] if stated else None)
    return [*found, "--port", str(number)]


def _port(item: Argument | None) -> int:
    if item is None:
        return DEFAULT_PORT
    if (
        isinstance(item.value, int)
        and not isinstance(item.value, bool)
        and 0 < item.value <= 65_535
    ):
        return item.value
    raise CommandError(
        f"--port must be a number from 1 to 65535, not {item.values[0] if item.values else 'nothing'}"
    )


def _addresses(item: Argument | None) -> tuple[str, ...]:
    if item is None:
        return (DEFAULT_HOST,)
    text = item.values[0] if item.values else _EVERYWHERE
    return tuple(part.strip() for part in text.split(",") if part.strip()) or (DEFAULT_HOST,)
