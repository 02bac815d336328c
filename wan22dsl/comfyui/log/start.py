"""What ComfyUI writes while it starts: what it found, and what it switched on.

The texts are those of ComfyUI 0.3.33 to 0.39 (main.py, comfy/model_management.py, comfy/dynamic_vram.py,
comfy/ldm/modules/attention.py). A line is written only where something is on: a start that was read to its
end and does not mention a thing has it off (`whole`), else nothing is known of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.log.lines import lines_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MIB = 1024**2


class Started(NamedTuple):
    """The start of a ComfyUI, as far as its log says it; None is "not said".

    `device` is the first device that ComfyUI computes on (`cuda:0 NVIDIA GeForce RTX 4090`), `allocator` that
    of torch (`cudaMallocAsync`, `native`). `attention` is one of sage, flash, xformers, pytorch, split,
    sub-quadratic, comfy-kitchen: what models use for which nothing else is set. `legacy_because` says why
    DynamicVRAM is off, in ComfyUI's words. `failed_packs` are folders of custom nodes that could not be
    imported. `failure` is what ended the start. `whole` tells that nothing is missing between the line with
    the memory and the one with the address: what is not said then is off.
    """

    comfyui_version: str | None = None
    python_version: str | None = None
    torch: str | None = None
    frontend: str | None = None
    xformers: str | None = None
    aimdo: str | None = None
    kitchen: str | None = None
    vram_bytes: int | None = None
    ram_bytes: int | None = None
    device: str | None = None
    allocator: str | None = None
    other_devices: tuple[str, ...] = ()
    vram_state: str | None = None
    attention: str | None = None
    dynamic_vram: bool | None = None
    legacy_because: str | None = None
    async_offload_streams: int | None = None
    pinned_bytes: int | None = None
    fp16_accumulation: bool | None = None
    deterministic: bool | None = None
    smart_memory: bool | None = None
    amd_arch: str | None = None
    rocm: str | None = None
    cuda_device: str | None = None
    addresses: tuple[str, ...] = ()
    failed_packs: tuple[str, ...] = ()
    failure: str | None = None
    whole: bool = False


#: The line that says how much memory there is: the first of every start that has imported torch.
_MEMORY = re.compile(r"Total VRAM (\d{1,12}) MB, total RAM (\d{1,12}) MB")
_ADDRESS = re.compile(r"To see the GUI go to: (\S+)")
_DEVICE = re.compile(r"Device: (.+?)(?: : (\w*))?")
_PINNED = re.compile(r"Enabled pinned memory (\d{1,12}(?:\.\d{1,6})?)")
_STREAMS = re.compile(r"Using async weight offloading with (\d{1,6}) streams")

#: Field → the line that has its value.
_VALUES = {
    "comfyui_version": re.compile(r"ComfyUI version: (\S+)"),
    "python_version": re.compile(r"Python version: (\d\S*).*"),
    "torch": re.compile(r"pytorch version: (\S+)"),
    "frontend": re.compile(r"(?:ComfyUI frontend|comfyui-frontend-package) version: (\S+)"),
    "xformers": re.compile(r"xformers version: (\S+)"),
    "aimdo": re.compile(r"comfy-aimdo version: (\S+)"),
    "kitchen": re.compile(r"comfy-kitchen version: (\S+)"),
    "vram_state": re.compile(r"Set vram state to: (\S.*)"),
    "amd_arch": re.compile(r"AMD arch: (\S+)"),
    "cuda_device": re.compile(r"Set cuda devices? to:? (\S+)"),
}
_ROCM = re.compile(r"ROCm version: \((\d+), (-?\d+)\)")

#: The line that says which attention is used. Before 0.3.20 it said "cross attention".
_ATTENTION = re.compile(
    r"Using (?:(sage|Flash|xformers|pytorch|Comfy Kitchen) (?:cross )?[Aa]ttention"
    r"|(split|sub quadratic) optimization for (?:cross )?attention.*)"
)
_ATTENTIONS = {
    "Flash": "flash",
    "Comfy Kitchen": "comfy-kitchen",
    "sub quadratic": "sub-quadratic",
}

_DYNAMIC = "DynamicVRAM support detected and enabled"
_LEGACY = re.compile(
    r"(Unsupported Pytorch detected|DynamicVRAM requires Pytorch|No working comfy-aimdo install detected"
    r"|Dynamic vram disabled with argument).*"
)
_SWITCHES: dict[str, tuple[str, bool]] = {
    "Enabled fp16 accumulation.": ("fp16_accumulation", True),
    "Using deterministic algorithms for pytorch": ("deterministic", True),
    "Disabling smart memory management": ("smart_memory", False),
}
_FAILED_PACK = re.compile(r"\s*[\d.]+ seconds \((?:IMPORT|PRESTARTUP) FAILED\): (.+)")
_FAILURES = re.compile(
    r"(To use the `--use-\S+` feature, .+? must be installed first\."
    r"|\S+: error: .+"
    r"|ASSETS_STARTUP_FAILED: .+"
    r"|Comfy Kitchen attention is unavailable\..*"
    r"|(?:\w+\.)*(?:OSError|PermissionError): \[(?:Errno|WinError) \d+\] .+"
    r"|RuntimeError: (?:Found no NVIDIA driver|No CUDA GPUs are available|CUDA error).*"
    r"|AssertionError: Torch not compiled with CUDA enabled)"
)


def read(lines: Iterable[str]) -> Started:
    """What a log says of the last start that it has.

    `lines` may have colours, times and levels in front, progress bars, and lines of custom nodes in between.
    """
    found: dict[str, Any] = {}
    begun = False
    for line in _last_start(list(lines_of(lines))):
        if begun and line == "got prompt":
            break  # it has started, and from here on others have their say
        begun = begun or _MEMORY.fullmatch(line) is not None
        _take(line, found)
    whole = begun and bool(found.get("addresses"))
    return Started(**found, whole=whole)


def _last_start(lines: Sequence[str]) -> Sequence[str]:
    """The lines from behind the start before the last one."""
    memory = [index for index, line in enumerate(lines) if _MEMORY.fullmatch(line)]
    if len(memory) < 2:
        return lines
    ends = [index for index in range(memory[-1]) if _ADDRESS.match(lines[index])]
    return lines[max(ends, default=memory[-2]) + 1 :]


def _take(line: str, found: dict[str, Any]) -> None:
    """What one line says. The first word on a thing counts; packs may say similar things later."""
    for field, pattern in _VALUES.items():
        value = pattern.fullmatch(line)
        if value:
            found.setdefault(field, value[1])
            return
    if line in _SWITCHES:
        field, is_on = _SWITCHES[line]
        found[field] = is_on
    elif line == _DYNAMIC:
        found["dynamic_vram"] = True
    elif _LEGACY.match(line):
        found.setdefault("dynamic_vram", False)
        found.setdefault("legacy_because", line)
    elif (attention := _ATTENTION.fullmatch(line)) is not None:
        name = attention[1] or attention[2]
        name = _ATTENTIONS.get(name, name)
        if name == "comfy-kitchen":  # said after another, which it replaces
            found["attention"] = name
        else:
            found.setdefault("attention", name)
    else:
        _take_numbers(line, found)


def _take_numbers(line: str, found: dict[str, Any]) -> None:
    """What a line says with more than a word."""
    if (memory := _MEMORY.fullmatch(line)) is not None:
        found["vram_bytes"], found["ram_bytes"] = (int(memory[1]) * MIB, int(memory[2]) * MIB)
    elif (device := _DEVICE.fullmatch(line)) is not None:
        if "device" in found:
            found["other_devices"] = (*found.get("other_devices", ()), device[1])
        else:
            found["device"], found["allocator"] = device[1], device[2] or None
    elif (pinned := _PINNED.fullmatch(line)) is not None:
        found["pinned_bytes"] = round(float(pinned[1]) * MIB)
    elif (streams := _STREAMS.fullmatch(line)) is not None:
        found["async_offload_streams"] = int(streams[1])
    elif (rocm := _ROCM.fullmatch(line)) is not None:
        found["rocm"] = f"{rocm[1]}.{rocm[2]}"
    elif (address := _ADDRESS.match(line)) is not None:
        found["addresses"] = (*found.get("addresses", ()), address[1])
    elif (pack := _FAILED_PACK.fullmatch(line)) is not None:
        name = re.split(r"[\\/]", pack[1].rstrip("\\/"))[-1]
        found["failed_packs"] = tuple(dict.fromkeys((*found.get("failed_packs", ()), name)))
    elif (failure := _FAILURES.fullmatch(line)) is not None:
        found.setdefault("failure", failure[1])
