"""Flags of ComfyUI in a profile: what they take, what they exclude, which versions have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.flags import flags_of, numbers
from wan22dsl.editor.hovers.markdown import code, items, paragraphs
from wan22dsl.formats.description import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.starting.flags import FlagCatalogue, FlagInfo


def told(key: str, version: str) -> str:
    """A flag by its key in a profile; `version` is that of ComfyUI, where it is one."""
    catalogue = flags_of(version if numbers(version) else "")
    name = catalogue.by_key(key)
    info = catalogue.get(name)
    head = f"**{code(key)}**: flag {code(name)} of ComfyUI"
    if info is None:
        return f"{head}; {catalogue.version} does not have it"
    return paragraphs(head, items(_lines(catalogue, info)))


def _lines(catalogue: FlagCatalogue, info: FlagInfo) -> Iterator[str]:
    if not info.takes:
        yield "a switch: `true`"
    else:
        many = {"optional": ", or `true`", "any": ", any number", "some": ", one or more"}
        yield f"takes a {info.kind}{many.get(info.takes, '')}"
    if info.choices:
        yield f"one of {', '.join(map(code, info.choices))}"
    if info.default is not None and info.takes:
        yield f"default {code(str(info.default))}"
    if info.same_as:
        yield f"the same as {code(info.same_as)}"
    if info.idle:
        yield "accepted, but has no effect"
    others = [name for name in info.group if name != info.name]
    if others:
        yield f"excludes {', '.join(map(code, others))}"
    if info.folder:
        yield "the folder has to be there"
    if info.versions and set(info.versions) != set(catalogue.versions()):
        yield f"in ComfyUI {words.several(info.versions)}"
