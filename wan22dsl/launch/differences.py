"""How a ComfyUI that has started differs from its profile. What its log does not say is not reported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.flags import in_words, numbers
from wan22dsl.launch import messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.comfyui.log.start import Started
    from wan22dsl.comfyui.starting.profile import Flag, FlagValue, Profile
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.launch.command import CommandLine
    from wan22dsl.source import Span

#: The attention that a flag chooses, as `Started.attention` names it (comfy/ldm/modules/attention.py).
_ATTENTION = {
    "--use-sage-attention": "sage",
    "--use-flash-attention": "flash",
    "--use-ck-attention": "comfy-kitchen",
    "--use-pytorch-cross-attention": "pytorch",
    "--use-split-cross-attention": "split",
    "--use-quad-cross-attention": "sub-quadratic",
}

#: The state of the memory that a flag chooses (comfy/model_management.py, `VRAMState`).
_STATE = {
    "--gpu-only": "HIGH_VRAM",
    "--highvram": "HIGH_VRAM",
    "--normalvram": "NORMAL_VRAM",
    "--lowvram": "LOW_VRAM",
    "--novram": "NO_VRAM",
    "--cpu": "DISABLED",
}

#: Variables that change speed, memory or results.
_TUNING = re.compile(
    r"(?:CUDA_(?!PATH|HOME|VERSION|CACHE)|CUBLAS_|PYTORCH_(?!VERSION)|TORCH_(?!HOME|CUDA_ARCH)|TORCHINDUCTOR_"
    r"|NVIDIA_TF32|HSA_|HIP_|ROCR_|MIOPEN_|OMP_|MKL_(?!SERVICE)|KMP_|COMFYUI_)\w+"
)


def differences(profile: Profile, started: Started) -> list[Diagnostic]:
    """Each difference between what a profile asks for and what the log of the start says."""
    return [
        *_versions(profile, started),
        *_card(profile, started),
        *_attention(profile, started),
        *_loader(profile, started),
        *_allocator(profile, started),
        *_switches(profile, started),
    ]


def about_the_command(
    profile: Profile, command: CommandLine, environment: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """What is to be known of a start beforehand: who can reach it, and what it inherits."""
    if command.is_open:
        flag = profile.flag("--listen")
        yield messages.REACHABLE.at(
            flag.span if flag is not None else profile.span, addresses=", ".join(command.addresses)
        )
    own = {name for name, _ in command.variables}
    inherited = sorted(name for name in environment if _TUNING.fullmatch(name) and name not in own)
    if inherited:
        shown = ", ".join(f"{name}={environment[name][:80]}" for name in inherited[:5])
        more = f" and {len(inherited) - 5} more" if len(inherited) > 5 else ""
        yield messages.INHERITED.at(profile.span, variables=shown + more)


def of_packs(profile: Profile, started: Started, python: str) -> Iterator[Diagnostic]:
    """The packs of custom nodes that could not be imported."""
    if started.failed_packs:
        packs = ", ".join(f"`{pack}`" for pack in started.failed_packs)
        yield messages.PACK_FAILED.at(profile.span, packs=packs, python=python)


def _versions(profile: Profile, started: Started) -> Iterator[Diagnostic]:
    pairs = [("ComfyUI", profile.comfyui, started.comfyui_version, profile.comfyui_span)]
    for package in profile.packages:
        name, _, version = package.partition("==")
        actual = {"torch": started.torch, "xformers": started.xformers}.get(name.strip())
        pairs.append((name.strip(), version.strip(), actual, None))
    for what, wanted, actual, span in pairs:
        if wanted and actual and not _is_of(actual, wanted):
            yield messages.OTHER_VERSION.at(
                span or profile.span, what=what, wanted=wanted, actual=actual
            )


def _is_of(actual: str, wanted: str) -> bool:
    """Whether a version is the wanted one, or of its line: `0.39.2` of `0.39`, `2.9.1+cu130` of `2.9.1`."""
    have, want = numbers(actual), numbers(wanted)
    if have is None or want is None:
        return actual == wanted or have is None
    count = wanted.split("+")[0].count(".") + 1
    return (*have, 0, 0, 0)[:count] == (*want, 0, 0, 0)[:count]


def _card(profile: Profile, started: Started) -> Iterator[Diagnostic]:
    if not profile.card or not started.device:
        return
    wanted = {word for word in _words(profile.card) if any(sign.isdigit() for sign in word)}
    have = _words(started.device)
    is_cpu = started.device.partition(" ")[0] == "cpu"
    is_variant = bool(wanted) and (_words(profile.card) ^ have) & _VARIANTS
    # A family such as "AMD, ROCm" names no card: only a CPU is known to be something else.
    if is_cpu or is_variant or not wanted <= have:
        yield messages.OTHER_CARD.at(
            profile.card_span or profile.span,
            wanted=profile.card,
            actual="the CPU" if is_cpu else started.device,
        )


#: Words that make another card of the same number.
_VARIANTS = frozenset(("super", "ti", "laptop", "mobile", "d", "xt", "xtx", "gre", "ada"))


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z]*\d+[a-z]*|[a-z]+", name.lower()))


def _attention(profile: Profile, started: Started) -> Iterator[Diagnostic]:
    for name, wanted in _ATTENTION.items():
        flag = profile.flag(name)
        if flag is not None and started.attention not in (None, wanted):
            yield messages.OTHER_ATTENTION.at(
                _span(profile, flag), wanted=wanted, actual=started.attention, flag=name
            )


def _loader(profile: Profile, started: Started) -> Iterator[Diagnostic]:
    off = ("--disable-dynamic-vram", "--highvram", "--gpu-only", "--novram", "--cpu")
    enabled = profile.flag("--enable-dynamic-vram")
    if started.dynamic_vram is not False or started.legacy_because is None:
        return
    if enabled is not None or not any(profile.flag(name) for name in off):
        yield messages.LEGACY_LOADER.at(
            _span(profile, enabled), why=started.legacy_because.rstrip(". ")
        )


def _allocator(profile: Profile, started: Started) -> Iterator[Diagnostic]:
    wanted, flag = "", None
    for name, allocator in (
        ("--cuda-malloc", "cudaMallocAsync"),
        ("--disable-cuda-malloc", "native"),
    ):
        if profile.flag(name) is not None:
            wanted, flag = allocator, profile.flag(name)
    if wanted and started.allocator not in (None, wanted):
        yield messages.OTHER_ALLOCATOR.at(
            _span(profile, flag), wanted=wanted, actual=started.allocator
        )


def _switches(profile: Profile, started: Started) -> Iterator[Diagnostic]:
    for flag in profile.flags:
        actual = _contradiction(flag, started) if flag.value is not False else ""
        if actual:
            words = " ".join(in_words(flag, None))
            yield messages.NOT_IN_EFFECT.at(_span(profile, flag), flag=words, actual=actual)


#: Flags of which ComfyUI says that they are on, with the field of `Started`.
_SAID = {"--deterministic": "deterministic", "--disable-smart-memory": "smart_memory"}


def _contradiction(flag: Flag, started: Started) -> str:
    """What the log says against a flag; empty where it says nothing against it."""
    name, streams = flag.name, started.async_offload_streams
    if name == "--fast" and _has_word(flag.value, "fp16_accumulation"):
        if started.fp16_accumulation is None and started.whole:
            return "the log of the start does not say `Enabled fp16 accumulation`"
    elif name == "--async-offload":
        if streams is None and started.whole:
            return "the log of the start names no streams for offloading"
        if _is_number(flag.value) and streams not in (None, flag.value):
            return f"ComfyUI offloads with {streams} streams"
    elif name == "--disable-async-offload" and streams:
        return f"ComfyUI offloads with {streams} streams"
    elif name == "--disable-pinned-memory" and started.pinned_bytes:
        return "ComfyUI pins memory"
    elif name in _STATE and started.vram_state not in (None, _STATE[name]):
        return f"the state of the memory is {started.vram_state}"
    elif name in _SAID and started.whole and getattr(started, _SAID[name]) is None:
        return "the log of the start does not say it"
    return ""


def _has_word(value: FlagValue, word: str) -> bool:
    """Whether a list of words has one; without words, a flag means all of them."""
    return value is True or value == word or (isinstance(value, tuple) and word in value)


def _is_number(value: FlagValue) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _span(profile: Profile, flag: Flag | None) -> Span | None:
    return (flag.name_span or flag.span if flag is not None else None) or profile.span
