"""Settings of a profile with which ComfyUI would load code, open files, or be reachable for others.

A profile of a file that somebody else wrote may tune a card, and needs permission for everything else
(`launch.consent`). What is harmless is listed, so that what is not known needs permission.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.comfyui.starting.flags import flags_of, in_words
from wan22dsl.launch import consent
from wan22dsl.launch.command import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.starting.profile import Flag, Profile

#: Variables that tune a card, a library or ComfyUI.
_TUNING = re.compile(
    r"(?:CUDA|CUDNN|CUBLAS|NVIDIA|NCCL|PYTORCH|TORCH|TORCHINDUCTOR|TORCHDYNAMO|XFORMERS|SAGE|TRITON|HSA|HIP|ROCR"
    r"|ROCBLAS|MIOPEN|AMD|GPU|GGML|OMP|MKL|KMP|OPENBLAS|NUMEXPR|MALLOC|MIMALLOC|COMFYUI|COMFY)_\w+"
)

#: Of these, those that name a place from which code is loaded, or that is written to.
_PLACES = re.compile(
    r".*_(?:PATH|HOME|DIR|DIRS|FILE|ROOT|CACHE|LIB|LIBRARY|CC|CXX|PTXAS|CONFIG|URL|BASE)(?:_\w+)?"
)

#: A value that can be neither a path nor an address.
_PLAIN = re.compile(r"[\w.,:;=+ -]{0,200}")

#: Flags with a text that is neither a path nor an address.
_FREE = frozenset(
    ("--cuda-device", "--oneapi-device-selector", "--date-output-format", "--feature-flag")
)

_PACKAGE = Path(__file__).parent.parent


def questionable(profile: Profile) -> Iterator[str]:
    """The settings of a profile that need permission, as a command line has them."""
    known = flags_of(profile.comfyui)
    for variable in profile.environment:
        name = variable.name
        if (
            not _TUNING.fullmatch(name)
            or _PLACES.fullmatch(name)
            or not _PLAIN.fullmatch(variable.value)
        ):
            yield f"{name}={variable.value}"
    for flag in profile.flags:
        info = known.get(flag.name)
        if flag.value is False or (flag.name == "--listen" and _is_local(flag)):
            continue
        is_text = info is None or (info.kind in ("text", "words") and not info.choices)
        if is_text and flag.name not in _FREE and (info is not None or flag.value is not True):
            yield " ".join(in_words(flag, info))


def _is_local(flag: Flag) -> bool:
    return isinstance(flag.value, str) and all(
        is_loopback(part.strip()) for part in flag.value.split(",")
    )


def project_of(profile: Profile) -> str | None:
    """The folder of the project that a profile is from; None where it is the library's, or of no file."""
    source = profile.span.source if profile.span is not None else None
    if source is None or source.file is None:
        return None
    file = source.file.resolve()
    if _PACKAGE in file.parents:
        return None
    return str(next((folder for folder in file.parents if disk.is_top(str(folder))), file.parent))


def require(profile: Profile) -> None:
    """Raises CommandError where a profile of a project has settings that the user has not allowed."""
    project = project_of(profile)
    found = list(questionable(profile)) if project is not None else []
    if project is not None and found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        consent.require(project, f"the profile `{profile.name}` has `{found[0]}`{more}", None)
