"""How ComfyUI is started: the rules for profiles, one file each, in the order of their codes.

They judge a profile and not a graph: `check(start)` of a rule gives its findings in a `Start`. To add one,
put its file into `LISTED`. They are imported only where there is a profile.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Message
    from wan22dsl.lint.rules.starting.view import Start


class StartRule(Protocol):
    """What the module of a rule has."""

    MESSAGE: Message

    def check(self, start: Start) -> Iterator[Diagnostic]:
        """Its findings in a profile."""
        ...


LISTED = (
    "unknown_flag",
    "removed_flag",
    "newer_flag",
    "wrong_flag_value",
    "exclusive_flags",
    "flag_does_nothing",
    "renamed_flag",
    "unlisted_card",
    "comfyui_version",
    "dead_variable",
    "allocator_setting_ignored",
    "allocator_list_broken",
    "allocator_variable_loses",
    "threads_beyond_cores",
    "amd_variable",
    "lowvram_without_effect",
    "dynamic_vram_switched_off",
    "headroom_without_effect",
    "default_repeated",
    "fast_drops_allocator",
    "fp8_math_without_effect",
    "channels_last",
    "deterministic",
    "attention_package_missing",
    "sage3_by_flag",
    "sage_on_long_clips",
    "sage_on_this_card",
    "flash_seldom_gains",
    "card_without_fp8",
    "card_without_sage3",
    "reserved_beyond_card",
)


def all_rules() -> tuple[StartRule, ...]:
    """Every rule, in the order of the codes."""
    return tuple(
        cast("StartRule", import_module(f"wan22dsl.lint.rules.starting.{name}")) for name in LISTED
    )
