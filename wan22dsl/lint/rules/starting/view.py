"""What the rules for profiles look at: a profile, the flags of its ComfyUI, its card, and its work."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.flags import flags_of, in_words
from wan22dsl.comfyui.starting.profile import Flag
from wan22dsl.errors import CommandError
from wan22dsl.graph.cost.cards import card_named
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.comfyui.starting.flags import FlagCatalogue
    from wan22dsl.comfyui.starting.profile import FlagValue, Profile
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.source import Span

#: The flags that switch DynamicVRAM off unless `--enable-dynamic-vram` is there too.
#: (Comfy-Org/ComfyUI 0.38, main.py and comfy/model_management.py.)
SWITCH_DYNAMIC_OFF = ("--highvram", "--gpu-only", "--novram", "--cpu")

#: What is set or given only where no NVIDIA card computes: AMD, Apple, Intel, DirectML, the CPU.
#: (Comfy-Org/ComfyUI 0.38, comfy/cli_args.py and README; the documentation of ROCm, PyTorch MPS and oneAPI.)
_OTHER_VARIABLES = (
    *("HSA_", "HIP_", "MIOPEN_", "ROCM_", "ROCR_", "TORCH_ROCM_", "PYTORCH_ROCM_", "PYTORCH_HIP_"),
    *("ZLUDA_", "FLASH_ATTENTION_TRITON_AMD_", "COMFYUI_ENABLE_MIOPEN"),
    *("PYTORCH_MPS_", "ONEAPI_", "IPEX_", "SYCL_"),
)
#: Of Apple, but many launchers for NVIDIA cards set it needlessly: beside one of the others it means nothing.
_OF_APPLE = "PYTORCH_ENABLE_MPS_"
_OF_NVIDIA = ("CUDA_", "PYTORCH_CUDA_", "NVIDIA_")
_OTHER_FLAGS = ("--directml", "--oneapi-device-selector", "--cpu")

#: Words for such machines in the name of a launcher: `run_amd_gpu.bat`.
_OTHER_NAMES = frozenset("amd rocm zluda radeon intel xpu directml mac macos osx cpu".split())

#: The variables of torch's allocator; the first is the older name.
CUDA_ALLOC, ALLOC = "PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_ALLOC_CONF"


class Work(NamedTuple):
    """What a pipeline of the same file does: its clips by their tokens, and the files of its models."""

    name: str
    clips: tuple[tuple[str, int], ...] = ()
    files: tuple[str, ...] = ()


class Start:
    """A profile for the rules.

    `work` are the pipelines of its file, `cores` the processor cores of the machine that it is for; None:
    not known.
    """

    def __init__(
        self, profile: Profile, work: Sequence[Work] = (), cores: int | None = None
    ) -> None:
        self.profile = profile
        self.work = tuple(work)
        self.cores = cores

    @cached_property
    def known(self) -> FlagCatalogue:
        """The flags of the ComfyUI that the profile is for; of the newest where it names none."""
        return flags_of(self.profile.comfyui)

    @property
    def version(self) -> str:
        """The version that messages name."""
        return self.profile.comfyui or self.known.version

    @cached_property
    def card(self) -> Card | None:
        """The card; None where none is named, or one that is not in the table of cards."""
        try:
            return card_named(self.profile.card) if self.profile.card else None
        except CommandError:
            return None

    @property
    def is_nvidia(self) -> bool | None:
        """Whether the card is NVIDIA's; None where it is not known."""
        if self.card is not None:
            return self.card.compute_capability is not None
        name = self.profile.card.lower()
        if any(word in name for word in ("amd", "radeon", "rx ", "instinct", "rocm")):
            return False
        if any(word in name for word in ("rtx", "nvidia", "geforce")):
            return True
        return False if not name and self._is_for_another else None

    @property
    def _is_for_another(self) -> bool:
        """Whether a profile that names no card shows that it is not for NVIDIA."""
        profile = self.profile
        names = [each.name for each in profile.environment]
        if any(name.startswith(_OTHER_VARIABLES) for name in names):
            return True
        is_nvidia = any(name.startswith(_OF_NVIDIA) for name in names)
        if not is_nvidia and any(name.startswith(_OF_APPLE) for name in names):
            return True
        if self.on(*_OTHER_FLAGS) is not None:
            return True
        if not profile.is_launcher or profile.span is None:
            return False
        name = re.split(r"[/\\]", profile.span.source.path)[-1].lower()
        words = set(re.findall("[a-z]+", name))
        return "nvidia" not in words and bool({*_OTHER_NAMES, "command"} & words)

    def on(self, *names: str) -> Flag | None:
        """The first of these flags that is switched on."""
        found = (self.profile.flag(name) for name in names)
        return next((flag for flag in found if flag is not None), None)

    def spell(self, name: str, value: FlagValue = True) -> str:
        """A flag as the profile or the launcher would have it: `reserve_vram = 2.0` or `--reserve-vram 2`."""
        if self.profile.is_launcher:
            return " ".join(in_words(Flag(name, value), self.known.get(name)))
        shown = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else str(value)
        if isinstance(value, tuple):
            shown = f"[{', '.join(map(repr, value))}]".replace("'", '"')
        return f"{name.lstrip('-').replace('-', '_')} = {shown}"

    @property
    def has_dynamic_vram(self) -> bool | None:
        """Whether this ComfyUI has DynamicVRAM, which is on by default on NVIDIA; None: not known.

        With an AMD card it depends on ROCm, which a profile does not state.
        """
        return None if self.is_nvidia is False else self.known.has("--disable-dynamic-vram")

    @property
    def dynamic_vram(self) -> bool | None:
        """Whether DynamicVRAM will be on with the profile's flags, on NVIDIA with torch 2.8 or newer."""
        if self.has_dynamic_vram is not True or self.on("--enable-dynamic-vram"):
            return self.has_dynamic_vram
        return self.on("--disable-dynamic-vram", *SWITCH_DYNAMIC_OFF) is None

    @property
    def fast(self) -> tuple[str, ...]:
        """The optimisations of `--fast`; without words it is all of them."""
        flag = self.on("--fast")
        if flag is None:
            return ()
        info = self.known.get("--fast")
        if flag.value is True:
            return info.choices if info is not None else ()
        return tuple(map(str, flag.value)) if isinstance(flag.value, tuple) else (str(flag.value),)

    @property
    def strips_segments(self) -> bool:
        """Whether this ComfyUI removes `expandable_segments:True`: known of the newer ones."""
        return self.known.version != self.known.versions()[0]

    @property
    def uses_cuda_malloc(self) -> bool | None:
        """Whether ComfyUI chooses cudaMallocAsync; None where it depends on what is not known."""
        if self.on("--disable-cuda-malloc"):
            return False
        if self.on("--cuda-malloc"):
            return True
        if self.is_nvidia is False:
            return False
        return None if "autotune" in self.fast else True


def place(*spans: Span | None) -> Span | None:
    """The first place that is known."""
    return next((span for span in spans if span is not None), None)


def where(start: Start, entry: Flag) -> Span | None:
    """Where a flag is written: its name, else its value, else its profile."""
    return place(entry.name_span, entry.span, start.profile.span)
