"""Model files: what a name and the list of published files say of them, and what a declaration says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import read_name
from wan22dsl.editor.hovers.markdown import code, items
from wan22dsl.formats.description import words
from wan22dsl.graph.build.values import Declared
from wan22dsl.graph.cost.weights import known_bytes
from wan22dsl.language.program.values import Constant, spell
from wan22dsl.model_files import published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.resolved import Resolver

#: Settings of assets that are shown as they are, in this order.
_SHOWN = ("noise", "distilled", "strength", "dtype", "type", "device", "scale", "on")


def told(resolver: Resolver, block: Declared) -> str:
    """An asset: its files, its settings, and what is known of the files."""
    return items(_lines(resolver, block))


def _lines(resolver: Resolver, block: Declared) -> Iterator[str]:
    values = {name: resolver.setting(block, name) for name in block.settings}
    files = [
        (name, value.data)
        for name, value in values.items()
        if name in ("file", "high", "low") and isinstance(value, Constant) and value.type == "text"
    ]
    for name, file in files:
        yield f"{name} {code(file)}"
    stated = {name: value for name, value in values.items() if isinstance(value, Constant)}
    family = values.get("family")
    shown = [f"family {code(family.name)}"] if isinstance(family, Declared) else []
    shown += [f"{name} {code(spell(stated[name]))}" for name in _SHOWN if name in stated]
    if shown:
        yield ", ".join(shown)
    for name, file in files:
        where = f"{name}: " if len(files) > 1 else ""
        for line in of_file(file, stated=bool(shown)):
            yield where + line
    if not files and "load" in values:
        yield "loaded by a node"


def of_file(file: str, *, stated: bool = False) -> Iterator[str]:
    """What is known of a model file by its name. Where the text has `stated` its family, that is left out."""
    known = published.by_name(file)
    if not stated:
        said = read_name(file)
        facts = []
        family = (known.family if known is not None else None) or said.family
        noise = (known.noise if known is not None else None) or said.noise
        if family is not None:
            facts.append(f"family {code(family)}")
        if noise is not None:
            facts.append(f"{noise} noise")
        if said.distilled:
            steps = f" to {words.counted(said.steps, 'step')}" if said.steps else ""
            facts.append(f"distilled{steps}")
        if facts:
            by = "" if known is not None and known.family else ", by its name"
            yield ", ".join(facts) + by
    if known is not None:
        parts = [] if known.size_bytes is None else [size_of(known.size_bytes)]
        parts.append(f"published in {code(known.repository)}")
        if known.licence:
            parts.append(f"licence {known.licence}")
        yield ", ".join(parts)
        return
    size = known_bytes(file)
    if size is not None:
        yield f"about {words.gib(size)}, by its name"


def size_of(count: int) -> str:
    """The size of a file: `13.3 GiB (14,294,742,832 bytes)`."""
    if count >= 2**30:
        short = f"{count / 2**30:.1f} GiB"
    elif count >= 2**20:
        short = f"{count / 2**20:.1f} MiB"
    elif count >= 2**10:
        short = f"{count / 2**10:.1f} KiB"
    else:
        return words.counted(count, "byte")
    return f"{short} ({count:,} bytes)"
