"""ComfyUI and its packages: whether it answers, what it is missing, and what is switched off unawares.

Sources: Comfy-Org/ComfyUI 0.38, comfy/cli_args.py and main.py: DynamicVRAM is on by default on NVIDIA with
torch 2.8 or later, and `--highvram`, `--gpu-only`, `--novram` and `--cpu` switch it off silently; the
server ends where the package of an attention is missing. sageattention 1 of PyPI is written in triton.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.flags import flags_of
from wan22dsl.comfyui.starting.flags import numbers as version_of
from wan22dsl.machine.doctor.facts import numbers
from wan22dsl.machine.doctor.finding import error, note, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.machine.doctor.facts import Facts
    from wan22dsl.machine.doctor.finding import Finding

#: Flag → the package that it needs.
_PACKAGES = {"--use-sage-attention": "sageattention", "--use-flash-attention": "flash-attn"}

#: Flags that switch DynamicVRAM off, and say nothing of it.
_SILENT = ("--highvram", "--gpu-only", "--novram", "--cpu")

_DYNAMIC = "--disable-dynamic-vram"
_TORCH_OF_DYNAMIC = (2, 8)


def reachable(facts: Facts) -> Iterator[Finding]:
    """Whether a ComfyUI answers."""
    if facts.answers or not facts.server:
        return
    found = error if facts.is_named else note
    reason = f"{facts.silent.rstrip('.')}. " if facts.silent else ""
    yield found(
        "no-server",
        f"No ComfyUI answers at {facts.server}.",
        f"{reason}What it was started with and what it switched on is not known.",
        "Start ComfyUI, then run `wan doctor` again; `--server URL` names another one.",
    )


def attention(facts: Facts) -> Iterator[Finding]:
    """Whether the package of an attention is there, where it is asked for."""
    packages = facts.packages
    if not facts.knows_packages:
        return
    uses = facts.part("started").get("attention")
    for flag, package in _PACKAGES.items():
        # A server that says that it uses it has it, wherever from.
        works = uses is not None and f"-{uses}-" in flag
        if flag in facts.flags and package not in packages and not works:
            yield error(
                "attention-package-missing",
                f"`{flag}` needs the package {package}, which is not installed.",
                "ComfyUI ends at its start, or computes with another attention.",
                f"Install {package} into ComfyUI's Python, or leave out the flag.",
            )
    sage = numbers(packages.get("sageattention"))
    has_triton = any(name.startswith("triton") for name in packages)
    if sage is not None and sage < (2,) and not has_triton:
        yield warning(
            "triton-missing",
            f"sageattention {packages['sageattention']} needs triton, which is not installed.",
            "Each call fails and falls back to torch's own attention.",
            "Install triton (on Windows: triton-windows) into ComfyUI's Python.",
        )
    if facts.data["cards"] and not any(re.match(r"sageatt|flash-attn", name) for name in packages):
        yield note(
            "no-sage",
            "No SageAttention is installed: ComfyUI computes attention with torch's own kernels.",
            "On some cards it made Wan a third faster, on others nothing: measure it on yours.",
            "Install sageattention into ComfyUI's Python, and start ComfyUI with --use-sage-attention.",
        )


def dynamic_vram(facts: Facts) -> Iterator[Finding]:
    """Whether DynamicVRAM is off although the card, torch and ComfyUI allow it."""
    started, version = facts.part("started"), str(facts.part("comfyui").get("version") or "")
    if not started or started.get("dynamic_vram") or not started.get("whole"):
        return
    if flags_of(version).has(_DYNAMIC) is not True or facts.computes_on_cpu:
        return
    if not any("NVIDIA" in device["name"] for device in facts.data["devices"] or ()):
        return
    torch, flags = facts.torch, facts.flags
    if torch is not None and torch[:2] < _TORCH_OF_DYNAMIC:
        why = f"torch {facts.part('python')['torch']} is older than 2.8"
        help = "Update torch to 2.8 or later."
    elif silent := [flag for flag in _SILENT if flag in flags]:
        why, help = f"{silent[0]} switches it off", f"Leave out {silent[0]}."
    elif _DYNAMIC in flags:
        yield note(
            "dynamic-vram-off",
            f"DynamicVRAM is off by {_DYNAMIC}.",
            "ComfyUI loads models as earlier versions did.",
            "Measure a pipeline with and without the flag, and keep what is faster.",
        )
        return
    else:
        reason = started.get("legacy_because")
        why = f"ComfyUI says: {reason}" if reason else "the log names no reason"
        help = "Update comfy-aimdo and torch to the versions in ComfyUI's requirements.txt."
    yield warning(
        "dynamic-vram-off",
        f"DynamicVRAM is off: {why}.",
        "It is ComfyUI's default on this card: it keeps as much of a model on the card as fits.",
        help,
    )


def comfyui_version(facts: Facts) -> Iterator[Finding]:
    """Whether ComfyUI is older than the newest known, by a generation of its loader."""
    version = str(facts.part("comfyui").get("version") or "")
    if version_of(version) is None:
        return
    known = flags_of(version)
    if known.has(_DYNAMIC) is False:
        yield note(
            "old-comfyui",
            f"ComfyUI {version} is old: it has no DynamicVRAM. The newest known is {known.versions()[-1]}.",
            "Later versions load models in another way, faster for many and slower for some.",
            "Take a snapshot, update a copy of the install, and compare runs of both.",
        )


def failed_packs(facts: Facts) -> Iterator[Finding]:
    """Whether node packs could not be imported."""
    failed = facts.part("started").get("failed_packs") or ()
    if failed:
        names = ", ".join(failed[:5]) + (", …" if failed[5:] else "")
        yield warning(
            "failed-packs",
            f"ComfyUI could not import {names}.",
            "Workflows that use their nodes do not run.",
            "Read the reason in ComfyUI's log; most often a Python package is missing.",
        )


def hidden_cards(facts: Facts) -> Iterator[Finding]:
    """Whether the environment hides all cards."""
    value = facts.part("environment").get("CUDA_VISIBLE_DEVICES")
    if value is not None and value.strip() in ("", "-1"):
        yield error(
            "cards-hidden",
            f"CUDA_VISIBLE_DEVICES is `{value}`: ComfyUI sees no card.",
            "Everything is computed on the processor, or ComfyUI does not start.",
            "Remove the variable, or set it to the number of a card.",
        )


def start(facts: Facts) -> Iterator[Finding]:
    """What the rules for profiles find, without what the log of the start shows better."""
    is_in_log = any(True for _ in dynamic_vram(facts)) or facts.computes_on_cpu
    for finding in facts.start:
        if not (finding.name == "dynamic-vram-switched-off" and is_in_log):
            yield finding


CHECKS = (start, reachable, hidden_cards, attention, dynamic_vram, comfyui_version, failed_packs)
