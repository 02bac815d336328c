"""What an image for Docker is made of: versions that are pinned, and what differs between profiles.

Only NVIDIA cards: what an image for ROCm needs is another matter, and none of its parts is known here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.flags import arguments, argv, flags_of, numbers
from wan22dsl.errors import CommandError
from wan22dsl.escapes import one_line
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.launch.scripts import Recipe

#: ComfyUI's own port, inside the container, and how it is started there.
PORT = 8188
COMMAND = ("python", "main.py")

#: Everything that is fetched, with its version. ComfyUI's README of 0.38 asks for Python 3.13 and for torch
#: with CUDA 13.0; torch brings its own CUDA, so the image only needs the driver, and a compiler for triton.
#: CUDA 13.0 needs driver 580 or later. `torchaudio` has no later version than 2.11.
PYTHON, UV = "3.13.13", "0.11.31"
PYTHON_IMAGE = f"python:{PYTHON}-slim-trixie"
CUDA_IMAGE = "nvidia/cuda:13.0.2-devel-ubuntu24.04"
UV_IMAGE = f"ghcr.io/astral-sh/uv:{UV}"
TORCH_INDEX = "https://download.pytorch.org/whl/cu130"
TORCH = ("torch==2.12.0+cu130", "torchvision==0.27.0+cu130", "torchaudio==2.11.0+cu130")
LEAST_DRIVER = 580

COMFYUI_URL = "https://github.com/Comfy-Org/ComfyUI"
SAGE_URL = "https://github.com/thu-ml/SageAttention"
#: Of January 2026: version 2.2.0, and the fix for H100 that came after its tag (SageAttention#325).
SAGE_COMMIT = "d1a57a546c3d395b1ffcbeecc66d81db76f3b4b5"

#: Compute capability by words in the name of a card (NVIDIA: CUDA GPU Compute Capability).
_CAPABILITIES = {
    "12.0": r"RTX 50\d\d|RTX PRO \d000 Blackwell|RTX PRO 6000",
    "10.0": r"B200|B300|GB200",
    "9.0": r"H100|H200|H800|H20|GH200",
    "8.9": r"RTX 40\d\d|L4\b|L40S?|RTX \d000 Ada",
    "8.6": r"RTX 30\d\d|A10G?\b|A40|RTX A\d000|RTX A6000",
    "8.0": r"A100|A800|A30\b",
}

_AMD = re.compile(
    r"\b(?:AMD|Radeon|ROCm|RX \d{4}|MI\d{2,3}X?|gfx\d+|HSA|HIP|MIOPEN)\b", re.IGNORECASE
)

#: Flags of a profile that are the container's business: where it listens, and that there is no browser.
_OWN = frozenset({"--listen", "--port", "--auto-launch", "--windows-standalone-build"})

#: Packages with kernels of their own, which are built in a stage with the compiler of CUDA.
_SAGE = "sageattention"
_BUILT = {"flash-attn": "flash-attn", "flash_attn": "flash-attn"}
_CANNOT = {"sageattn3": "it is built from a folder of SageAttention's sources, for one card"}


class Variation(NamedTuple):
    """What profiles can share: a version of ComfyUI with some packages. `stage` is its name for Docker."""

    stage: str
    ref: str
    sage: bool
    built: tuple[str, ...]
    packages: tuple[str, ...]


class Service(NamedTuple):
    """A profile as a service: its name, its image, its command, its environment."""

    name: str
    profile: Profile
    variation: Variation
    words: tuple[str, ...]
    variables: tuple[tuple[str, str], ...]


class Plan(NamedTuple):
    """All of it. `models` are the files that the pipelines need, as FOLDER/FILE."""

    services: tuple[Service, ...]
    variations: tuple[Variation, ...]
    capabilities: tuple[str, ...]
    pipelines: tuple[str, ...]
    models: tuple[str, ...]


def plan(recipe: Recipe) -> Plan:
    """The plan of a recipe. Raises CommandError for what a container cannot have."""
    if not recipe.profiles:
        raise CommandError("a container needs a profile")
    pipelines = _pipelines(recipe)
    models = tuple(f"{folder}/{name}" for folder, name in recipe.models)
    found: dict[Variation, Variation] = {}
    services: list[Service] = []
    names: set[str] = set()
    for profile in recipe.profiles:
        _refuse(profile)
        plain = _variation(profile)
        variation = found.setdefault(plain, plain._replace(stage=_stage(plain, found)))
        name = _slug(profile.name, names)
        services.append(
            Service(
                name,
                profile,
                variation,
                (*pipelines, "--", *COMMAND, *_flags(profile)),
                tuple((item.name, item.value) for item in profile.environment),
            )
        )
    return Plan(
        tuple(services),
        tuple(found.values()),
        _capabilities(profile.card for profile in recipe.profiles),
        pipelines,
        models,
    )


def head(recipe: Recipe, parts: Plan) -> list[str]:
    """The lines of a comment above a file."""
    by = f" {recipe.version}" if recipe.version else ""
    lines = [f"ComfyUI in Docker, written by wan22dsl{by} (`wan launch --script`)."]
    for service in parts.services:
        card = f", {_shown(service.profile.card)}" if service.profile.card else ""
        stated = service.profile.comfyui
        version = _shown(service.variation.ref) + ("" if stated else " (the profile states none)")
        lines.append(f"Profile {_shown(service.profile.name)}{card}: ComfyUI {version}.")
    lines.append(
        f"torch with CUDA 13.0 needs an NVIDIA driver {LEAST_DRIVER} or later, and Docker the NVIDIA "
        "Container Toolkit."
    )
    for pack in recipe.packs:
        if not pack.url:
            lines.append(
                f"Not installed: the pack {_shown(pack.name)}, whose repository is not known."
            )
    for name in recipe.unknown_classes:
        lines.append(f"Not installed: a pack with the node class {_shown(name)}: none is known.")
    return lines


def _shown(text: str) -> str:
    """A text for a comment: YAML takes no sign that cannot be printed."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in one_line(text))


def _refuse(profile: Profile) -> None:
    names = [profile.card, profile.name, *(item.name for item in profile.environment)]
    if any(_AMD.search(name.replace("_", " ")) for name in names):
        raise CommandError(
            f"the profile `{profile.name}` is for {profile.card or 'AMD cards'}: Docker files are written "
            "for NVIDIA cards",
            "Start it with `wan launch` on the machine itself, or write a launcher with --script sh.",
        )
    for package in profile.packages:
        name = re.split(r"[=<>~!\[ ]", package.strip(), maxsplit=1)[0].lower()
        if name in _CANNOT:
            raise CommandError(
                f"the profile `{profile.name}` needs `{name}`, which is not built for an image: "
                f"{_CANNOT[name]}",
                "Remove it from `packages`, and add it to the Dockerfile yourself.",
            )


def _variation(profile: Profile) -> Variation:
    sage, built, packages = False, [], []
    for package in profile.packages:
        name = re.split(r"[=<>~!\[ ]", package.strip(), maxsplit=1)[0].lower()
        if name == _SAGE:
            sage = True
        elif name in _BUILT:
            built.append(_BUILT[name])
        else:
            packages.append(package.strip())
    return Variation("", ref_of(profile.comfyui), sage, tuple(sorted(set(built))), tuple(packages))


def ref_of(version: str) -> str:
    """The tag of a version of ComfyUI; what is no version, such as a commit, is a name for git by itself."""
    wanted = version.strip() or flags_of().version
    parts = numbers(wanted)
    if parts is None:
        if not re.fullmatch(r"\w[\w./-]*", wanted, re.ASCII):
            raise CommandError(f"`{wanted}` is neither a version of ComfyUI nor a name for git")
        return wanted
    given = [int(part) for part in re.findall(r"\d+", wanted)][: max(3, len(parts))]
    return "v" + ".".join(str(part) for part in (*given, 0, 0)[:3])


def _stage(variation: Variation, found: Iterable[Variation]) -> str:
    name = "comfyui-" + re.sub(r"[^a-z0-9]+", "-", variation.ref.lower()).strip("-")
    if variation.sage:
        name += "-sage"
    taken = {each.stage for each in found}
    names = (name, *(f"{name}-{number}" for number in range(2, 100)))
    return next(each for each in names if each not in taken)


def _slug(name: str, taken: set[str]) -> str:
    """A name as services and stages may have it."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "profile"
    if not slug[0].isalpha() or slug in ("base", "build", "scratch") or slug.startswith("comfyui-"):
        slug = f"profile-{slug}"
    names = (slug, *(f"{slug}-{number}" for number in range(2, 1000)))
    found = next(each for each in names if each not in taken)
    taken.add(found)
    return found


def _flags(profile: Profile) -> list[str]:
    """The flags for ComfyUI: those of the profile, and that it listens where the container can be reached."""
    words = argv(profile)
    for item in reversed(list(arguments(words, profile.comfyui))):
        if item.name in _OWN:
            del words[item.at : max((item.at, *item.words)) + 1]
    return [*words, "--listen", "0.0.0.0", "--port", str(PORT)]


def _pipelines(recipe: Recipe) -> tuple[str, ...]:
    """The pipelines by their paths below the folder that has them all."""
    if not recipe.pipelines:
        return ()
    top = pipelines_folder(recipe)
    return tuple(path.absolute().relative_to(top).as_posix() for path in recipe.pipelines)


def pipelines_folder(recipe: Recipe) -> Path:
    """The folder that has all pipelines."""
    import os.path

    try:
        return Path(os.path.commonpath([path.absolute().parent for path in recipe.pipelines]))
    except ValueError:
        raise CommandError(
            "the pipelines are on different drives, and a container mounts one folder"
        ) from None


def _capabilities(cards: Iterable[str]) -> tuple[str, ...]:
    """The compute capabilities of cards; all that are known where one of them is not."""
    found = set()
    for card in cards:
        known = [
            value for value, words in _CAPABILITIES.items() if re.search(words, card, re.IGNORECASE)
        ]
        if not known:
            return tuple(sorted(_CAPABILITIES, key=float))
        found.add(known[0])
    return tuple(sorted(found, key=float))
