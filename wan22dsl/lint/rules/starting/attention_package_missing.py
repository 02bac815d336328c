"""WAN983: an attention whose package the profile does not name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import with_package
from wan22dsl.lint.rules.starting.view import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN983",
    name="attention-package-missing",
    severity=Severity.ERROR,
    summary="An attention backend is enabled without its Python package",
    text="`{flag}` needs the package `{package}`, which `packages` does not name.",
    why="Without the package ComfyUI exits when it starts.",
    help='Write `packages = ["{package}"]`, and install it where ComfyUI is.',
    bad=profile("use_sage_attention = true"),
    good=profile("use_sage_attention = true", packages='"sageattention"'),
    source="Comfy-Org/ComfyUI 0.38, comfy/ldm/modules/attention.py",
)

#: By the flag: the package as it is installed.
_PACKAGES = {"--use-sage-attention": "sageattention", "--use-flash-attention": "flash-attn"}


def check(start: Start) -> Iterator[Diagnostic]:
    """Each such flag. A launcher states no packages, so nothing is reported of one."""
    if start.profile.is_launcher:
        return
    named = {_plain(package) for package in start.profile.packages}
    for name, package in _PACKAGES.items():
        flag = start.on(name)
        if flag is not None and _plain(package) not in named:
            yield MESSAGE.at(
                where(start, flag),
                fix=with_package(start.profile, package),
                flag=name,
                package=package,
            )


def _plain(package: str) -> str:
    """A package without its version: `sageattention==2.2.0`."""
    name = package.strip().lower().replace("_", "-")
    for sign in "=<>!~[; @":
        name = name.partition(sign)[0]
    return name
