"""The variables of the environment that decide how fast ComfyUI is, and no others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.machine import private

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Variables that are kept, by how their names begin. Each belongs to a library that ComfyUI computes with.
PREFIXES = (
    *(
        "CUDA_",
        "CUBLAS_",
        "CUDNN_",
        "NVIDIA_",
        "NCCL_",
        "PYTORCH_",
        "TORCH",
        "TRITON_",
        "XFORMERS_",
    ),
    *("HSA_", "HIP_", "ROCR_", "MIOPEN_", "AMD_", "OMP_", "MKL_", "KMP_", "COMFYUI_"),
)

#: A value as such a variable has it: numbers, words and lists of them.
_PLAIN = re.compile(r"[\w.,:;=+%@\[\]() -]{0,200}", re.ASCII)


def kept(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that are kept, sorted. What may be a secret or a path is there with its name alone."""
    found = {}
    for name in sorted(environment):
        if not name.upper().startswith(PREFIXES) or not re.fullmatch(r"\w{1,80}", name, re.ASCII):
            continue
        value = environment[name]
        is_plain = _PLAIN.fullmatch(value) is not None and private.clean(value) == value
        found[name] = value if is_plain and not private.is_secret_name(name) else private.HIDDEN
    return found
