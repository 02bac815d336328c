"""How a ComfyUI of some version writes things, where the versions differ. Measured on 0.3.64 and 0.33.0; 0.39
is as 0.33.0."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.open import BUNDLED
from wan22dsl.comfyui.catalogue.plain_lists import PLAIN_LISTS, PLAIN_LISTS_BEFORE

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import NodeClass


class Dialect:
    """The ways of one version, told by the name of a target such as `ComfyUI 0.3.64`."""

    def __init__(self, target: str) -> None:
        found = re.search(r"\d+\.\d+(\.\d+)?", target)
        self.version = found[0] if found else BUNDLED[0]
        #: 0.3.64 counts its last part; from 0.4 on the second part counts.
        self.is_old = self.version.startswith("0.3.")

    @property
    def has_dynamic_vram(self) -> bool:
        """Whether DynamicVRAM is the default on NVIDIA cards: posted logs have it from 0.16 on."""
        parts = [int(part) for part in self.version.split(".")[:2]]
        return parts >= [0, 16]

    def says_list(self, node_class: NodeClass) -> bool:
        """Whether a class declares its choices as plain lists."""
        if node_class.pack is not None or node_class.name in PLAIN_LISTS:
            return True
        return self.is_old and node_class.name in PLAIN_LISTS_BEFORE

    def judges_choice(self, node_class: NodeClass) -> bool:
        """Whether a value that is not among the choices is refused when a prompt is submitted.

        0.3.64 looks at plain lists only: `SaveVideo` with a format that there is not fails at the end.
        """
        return not self.is_old or self.says_list(node_class)

    @property
    def wants_uuid(self) -> bool:
        """Whether a prompt_id of one's own must be a UUID in lowercase."""
        return not self.is_old

    @property
    def unknown_class_type(self) -> str:
        """The type of the error for a class that the server does not have."""
        return "invalid_prompt" if self.is_old else "missing_node_type"
