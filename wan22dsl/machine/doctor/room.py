"""Memory, swap, disk and model files: whether there is room, and whether the files are whole.

Source: Comfy-Org/ComfyUI 0.38, comfy/model_management.py: pinned memory may be at most 40 % of the memory on
Windows; on Linux the largest of that and the least of 90 %, the memory without 4 GiB, and memory and swap
without 16 GiB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.machine.doctor.facts import GIB, gib
from wan22dsl.machine.doctor.finding import error, note, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.machine.doctor.facts import Facts
    from wan22dsl.machine.doctor.finding import Finding

#: What the system and ComfyUI need besides models.
_BESIDES_BYTES = 4 * GIB

_LITTLE_DISK_BYTES = 10 * GIB

_SLOW = {
    "hard disk": "Copy the models to an SSD.",
    "network": "Copy the models to a disk of this computer.",
    "Windows drive": "Copy the models into the file system of Linux, such as below your home folder in WSL.",
}


def memory(facts: Facts) -> Iterator[Finding]:
    """Whether the models of a pipeline fit into memory, and if not, into memory and swap."""
    computer = facts.part("computer")
    total = computer.get("memory_limit_bytes") or computer.get("memory_bytes")
    if not total or not facts.need_bytes:
        return
    needed = facts.need_bytes + _BESIDES_BYTES
    if total >= needed:
        return
    limit = " (the limit of its container)" if computer.get("memory_limit_bytes") else ""
    swap = computer.get("swap_bytes")
    if swap is not None and total + swap < needed:
        with_swap = f"{gib(swap)} of swap" if swap else "no swap"
        yield warning(
            "little-memory-and-swap",
            f"{gib(total)} of memory{limit} and {with_swap} are little for two experts.",
            f"Two experts in fp8, the text encoder and the VAE are {gib(facts.need_bytes)}. What does "
            "not fit is read from disk in every run, and the system may end ComfyUI.",
            f"Add memory, or {gib(needed - total - swap)} of swap; or use GGUF files of 4 or 5 bits.",
        )
        return
    yield note(
        "little-memory",
        f"{gib(total)} of memory{limit} do not hold two experts in fp8 and their text encoder.",
        f"These are {gib(facts.need_bytes)}: part of them is read from disk again in every run.",
        "Keep the models on a fast SSD; GGUF files of 4 or 5 bits need about half.",
    )


def disk_free(facts: Facts) -> Iterator[Finding]:
    """Whether the disk of the models is nearly full."""
    free = facts.part("idle").get("models_free_bytes")
    if free is not None and free < _LITTLE_DISK_BYTES:
        found = error if free < GIB else warning
        yield found(
            "disk-nearly-full",
            f"The disk of the models has {gib(free)} left.",
            "Videos, temporary files and downloads end when it is full.",
            "Remove what you do not need, such as old outputs.",
        )


def disk_kind(facts: Facts) -> Iterator[Finding]:
    """Whether models are on a slow disk."""
    for kind in facts.data["model_disks"] or ():
        if kind in _SLOW:
            where = "a Windows drive, seen from WSL" if kind == "Windows drive" else f"a {kind}"
            where = "the network" if kind == "network" else where
            yield warning(
                "slow-disk",
                f"Models are on {where}.",
                f"A cold start of two experts reads {gib(facts.need_bytes)}.",
                _SLOW[kind],
            )


def models(facts: Facts) -> Iterator[Finding]:
    """Whether there are models of Wan, and whether all files are whole."""
    if facts.models is None:
        return
    broken = facts.models.broken
    if broken:
        shown = "; ".join(f"{file.name} {file.reason}" for file in broken[:3])
        more = f"; and {len(broken) - 3} more" if broken[3:] else ""
        yield error(
            "broken-models",
            f"Model files are not whole: {shown}{more}.",
            "A workflow that loads such a file ends with an error.",
            "Download them again: wan models fetch FILE, for a pipeline that needs them",
        )
    if not facts.models.experts:
        yield note(
            "no-wan-models",
            "The install has no diffusion model of Wan.",
            "A pipeline cannot run without its models.",
            "List and fetch what a pipeline needs: wan models list FILE, wan models fetch FILE",
        )


CHECKS = (models, memory, disk_free, disk_kind)
