"""What is known of how the parts of a snapshot change the speed: what to look at first, and why it matters.

The order is that of the known effects: attention, loader, torch, driver, power, LoRAs, then the rest.
"""

from __future__ import annotations

import re

from wan22dsl.tuples import NamedTuple


class Effect(NamedTuple):
    """A kind of difference. `why` says why it matters; empty where nothing is known."""

    name: str
    why: str = ""


CARD = Effect("card", "Another card, or another size of its memory, changes every time.")

#: The share is that of `graph.cost.formulas` at 832x1216x81. 1.37 times: SageAttention 1.0.6 on a 3090;
#: none: kohya-ss/musubi-tuner#217 (A6000).
ATTENTION = Effect(
    "attention",
    "Attention is 74 % of the arithmetic of a step at 832x1216x81. SageAttention has made some cards a third "
    "faster and others not at all.",
)

#: ComfyUI#13139 and #12724.
LOADER = Effect(
    "loader",
    "The loader decides how much of a model is sent to the card again in each step. DynamicVRAM has been "
    "faster for some people and slower for others.",
)
TORCH = Effect(
    "torch", "torch and what is compiled for it have the kernels of every other step of the work."
)
DRIVER = Effect(
    "driver", "The driver decides about clocks and memory: compare runs with the same one."
)
POWER = Effect("power", "Under load, a lower limit of power or clocks makes every step slower.")
PCIE = Effect("power", "Weights that do not fit on the card go through PCIe in every step.")

#: What changes with a LoRA is seen in the log of a run (WAN919).
LORAS = Effect(
    "LoRAs",
    "Another file under the same name may match the model no more: look for `lora key not loaded` (WAN919).",
)
COMFYUI = Effect("ComfyUI", "A version may load, place and compute models in another way.")
FLAGS = Effect("flags")
PACKS = Effect("node packs", "A pack may replace attention, loading or sampling.")
MODELS = Effect("models", "Another file under the same name is another model.")
MEMORY = Effect(
    "memory",
    "Models that leave the card wait in the memory of the computer, else they are read again.",
)
DISK = Effect("disk", "Models are read from it at a cold start.")
ENVIRONMENT = Effect("environment", "ComfyUI, torch or CUDA read this variable.")
PACKAGES = Effect("packages")
REST = Effect("rest")

#: What comes first when differences are listed.
ORDER = (
    *(
        CARD,
        ATTENTION,
        LOADER,
        TORCH,
        DRIVER,
        POWER,
        PCIE,
        LORAS,
        COMFYUI,
        FLAGS,
        PACKS,
        MODELS,
        MEMORY,
        DISK,
    ),
    *(ENVIRONMENT, PACKAGES, REST),
)

_PACKAGES = (
    (re.compile(r"sageattention|sageattn3?|flash-attn.*|xformers|spas-sage-attn"), ATTENTION),
    (re.compile(r"comfy-aimdo"), LOADER),
    (
        re.compile(r"(py)?torch(-.*)?|torchvision|torchaudio|triton(-.*)?|nvidia-.*|comfy-kitchen"),
        TORCH,
    ),
    (re.compile(r"comfyui(-.*)?"), COMFYUI),
)

_FLAGS = (
    (
        re.compile(r"--use-.*-attention|--(force|dont)-upcast-attention|--disable-xformers"),
        ATTENTION,
    ),
    (
        re.compile(
            r"--(.*vram.*|.*offload.*|.*pinned-memory|cache-.*|high-ram|gpu-only|cpu|.*smart-memory|.*mmap.*"
            r"|.*fast-disk|force-non-blocking|disable-nvml-pressure)"
        ),
        LOADER,
    ),
    (
        re.compile(
            r"--(fast|deterministic|.*cuda-malloc|.*cuda-graphs|.*comfy-compiler|.*triton-backend"
            r"|supports-fp8-compute|force-channels-last|.*fp(8|16|32|64).*|bf16-.*|cuda-device|default-device)"
        ),
        TORCH,
    ),
)

_STARTED = {
    "attention": ATTENTION,
    "dynamic_vram": LOADER,
    "legacy_because": LOADER,
    "vram_state": LOADER,
    "async_offload_streams": LOADER,
    "pinned_bytes": LOADER,
    "smart_memory": LOADER,
    "allocator": TORCH,
    "fp16_accumulation": TORCH,
    "deterministic": TORCH,
    "rocm": DRIVER,
    "amd_arch": CARD,
    "failed_packs": PACKS,
}

_CARD = {
    "name": CARD,
    "memory_bytes": CARD,
    "id": REST,
    "pcie_generation_max": PCIE,
    "pcie_width_max": PCIE,
}

_COMPUTER = {"memory_bytes": MEMORY, "memory_limit_bytes": MEMORY, "swap_bytes": MEMORY}


def of_package(name: str) -> Effect:
    """That of another version of a package."""
    return _first(_PACKAGES, name, PACKAGES)


def of_flag(name: str) -> Effect:
    """That of a flag of ComfyUI."""
    return _first(_FLAGS, name, FLAGS)


def of_comfyui(name: str) -> Effect:
    """That of a property of the install."""
    return DISK if name == "extra_model_paths" else COMFYUI


def of_started(name: str) -> Effect:
    """That of something that ComfyUI switched on at its start."""
    return _STARTED.get(name, REST)


def of_card(name: str) -> Effect:
    """That of a property of a card."""
    return _CARD.get(name, POWER)


def of_computer(name: str) -> Effect:
    """That of a property of the computer."""
    return _COMPUTER.get(name, REST)


def of_variable(name: str) -> Effect:
    """That of a variable of the environment."""
    return TORCH if name.startswith(("PYTORCH_", "TORCH", "CUBLAS_", "CUDNN_")) else ENVIRONMENT


def _first(
    table: tuple[tuple[re.Pattern[str], Effect], ...], name: str, otherwise: Effect
) -> Effect:
    return next((effect for pattern, effect in table if pattern.fullmatch(name)), otherwise)
