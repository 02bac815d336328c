"""What the checks know: a snapshot, and what is not part of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.machine.doctor.finding import Finding
    from wan22dsl.machine.snapshot import Snapshot

GIB = 1024**3


class BrokenModel(NamedTuple):
    """A model file that is not whole, with the reason."""

    name: str
    reason: str


class Models(NamedTuple):
    """The model files of an install: how many can be diffusion models of Wan, and which are not whole."""

    experts: int = 0
    broken: tuple[BrokenModel, ...] = ()


class Facts(NamedTuple):
    """All that the checks know.

    `server` is the address that was asked, `is_named` whether the user named it, `answers` whether a ComfyUI
    answered there, `silent` why none did. `need_bytes` is what a pipeline of two experts loads. `start` is
    what the rules for profiles find in the flags and the environment of the server.
    """

    snapshot: Snapshot
    server: str = ""
    is_named: bool = False
    answers: bool = False
    silent: str = ""
    need_bytes: int = 0
    models: Models | None = None
    start: tuple[Finding, ...] = ()

    @property
    def data(self) -> Mapping[str, Any]:
        """The snapshot's data."""
        return self.snapshot.data

    def part(self, name: str) -> Mapping[str, Any]:
        """A part of the snapshot; empty where it is not known."""
        return self.data[name] or {}

    def cards(self) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """The cards that ComfyUI can compute on, each with what it is at the moment."""
        names = [device["name"] for device in self.data["devices"] or ()]
        cards = list(
            zip(self.data["cards"] or (), self.part("idle").get("cards", ()), strict=False)
        )
        used = [pair for pair in cards if any(_is_of(pair[0]["name"], name) for name in names)]
        yield from used or cards

    @property
    def card_name(self) -> str:
        """The name of the only card that ComfyUI computes on; empty where there are several, or none."""
        names = [card["name"] for card, _ in self.cards()]
        names = names or [
            re.sub(r"^cuda:\d+ | : \w+$", "", device["name"])
            for device in self.data["devices"] or ()
            if device["type"] != "cpu"
        ]
        return names[0] if len(names) == 1 else ""

    @property
    def computes_on_cpu(self) -> bool:
        """Whether the server says that it computes on the processor."""
        devices = self.data["devices"] or ()
        return bool(devices) and all(device["type"] == "cpu" for device in devices)

    @property
    def torch(self) -> tuple[int, ...] | None:
        """The version of torch, as numbers."""
        return numbers(self.part("python").get("torch"))

    @property
    def torch_build(self) -> str:
        """What torch is built for: `cu130`, `cpu`, `rocm6.4`; empty where its version does not say it."""
        return str(self.part("python").get("torch") or "").partition("+")[2].partition(" ")[0]

    @property
    def torch_cuda(self) -> tuple[int, ...] | None:
        """The CUDA that torch is built for; by its version, else by the CUDA packages that it brings."""
        found = re.fullmatch(r"cu(\d+)(\d)", self.torch_build)
        if found:
            return (int(found[1]), int(found[2]))
        packages = self.packages
        for name in ("nvidia-cuda-runtime", "nvidia-cuda-runtime-cu13", "nvidia-cuda-runtime-cu12"):
            version = numbers(packages.get(name))
            if version is not None and not self.torch_build:
                return version[:2]
        return None

    @property
    def packages(self) -> Mapping[str, str]:
        """All packages with their versions; empty where they are not known."""
        return self.part("python").get("packages") or {}

    @property
    def knows_packages(self) -> bool:
        """Whether all packages are known, so that one that is not listed is not there."""
        return self.part("python").get("freeze_sha256") is not None

    @property
    def flags(self) -> Mapping[str, Any]:
        """The flags of the server; empty where they are not known."""
        return {flag["name"]: flag["value"] for flag in self.data["flags"] or ()}

    @property
    def driver(self) -> tuple[int, ...] | None:
        """The version of NVIDIA's driver."""
        return numbers(self.part("driver").get("version"))

    @property
    def driver_cuda(self) -> tuple[int, ...] | None:
        """The newest CUDA that the driver runs."""
        return numbers(self.part("driver").get("cuda"))


def numbers(version: object) -> tuple[int, ...] | None:
    """A version as numbers; None where it has none."""
    found = re.match(r"\d+(?:\.\d+)*", str(version or ""))
    return tuple(int(part) for part in found[0].split(".")) if found else None


def dotted(version: tuple[int, ...]) -> str:
    """A version as it is written."""
    return ".".join(map(str, version))


def gib(size_bytes: float) -> str:
    """A size, in GiB."""
    return (
        f"{size_bytes / GIB:.0f} GiB" if size_bytes >= 10 * GIB else f"{size_bytes / GIB:.1f} GiB"
    )


def _is_of(card: str, device: str) -> bool:
    """Whether a device of the server is this card: `cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync`."""
    return re.search(rf"{re.escape(card)}(?! (?:D|Ti|SUPER|Laptop)\b)", device) is not None
