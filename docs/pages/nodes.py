"""`nodes.md`: what is known of each node class, by its record."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import records
from wan22dsl.comfyui.nodes.record import COMFYUI
from wan22dsl.graph.cost.work import ESTIMATED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.nodes.record import NodeRecord

_HEAD = """\
# Node classes

The properties of node classes that wan22dsl knows beyond their inputs and outputs. Everything else comes from
the catalogue (`wan nodes show`); for a class that is not listed, wan22dsl uses only the catalogue.

*Outputs*: whether frames, rate, size or value of its outputs are computed without running. *Time*: whether
`wan describe --card` estimates it; *not known* marks slow classes without a formula: a pipeline with one has
no total. *Simulated*: the work of the simulated server, which otherwise returns the input.

"""


def page() -> str:
    """The page as Markdown."""
    packs: dict[str, list[NodeRecord]] = defaultdict(list)
    for record in records():
        packs[record.pack].append(record)
    names = sorted(packs, key=lambda name: (name != COMFYUI, name.lower()))
    return _HEAD + "\n".join("".join(_pack(name, packs[name])) for name in names)


def _pack(name: str, found: list[NodeRecord]) -> Iterator[str]:
    yield f"## {name}\n\n"
    yield "| class | role | outputs | time | simulated | more |\n|---|---|---|---|---|---|\n"
    for record in sorted(found, key=lambda record: (record.role, record.class_name.lower())):
        cells = (
            f"`{record.class_name}`",
            _words(record.role),
            "known" if record.facts is not None else "",
            "not known" if record.no_formula else "estimated" if _takes_time(record) else "",
            _simulated(record),
            "; ".join(_more(record)),
        )
        yield f"| {' | '.join(cells)} |\n".replace("|  |", "| |").replace("|  |", "| |")


def _takes_time(record: NodeRecord) -> bool:
    """A sampler is a pass, whose steps are estimated."""
    return record.work in ESTIMATED or record.work == "sample"


def _simulated(record: NodeRecord) -> str:
    if record.saving is not None:
        return f"writes {_words(record.saving.what)}"
    return _words(record.work)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _more(record: NodeRecord) -> Iterator[str]:
    if record.constant is not None:
        yield f"gives `{record.constant}`"
    if record.passes_on is not None:
        yield f"returns `{record.passes_on}`" if record.passes_on else "returns its link"
    if record.hands_on is not None:
        yield "returns one of its inputs"
    if record.same_shape is not None:
        yield f"keeps number, rate and size of `{record.same_shape}`"
    if record.same_length is not None:
        yield f"keeps number and rate of `{record.same_length}`"
    if record.file is not None:
        yield f"loads the {record.file.kind} in `{record.file.input}`".replace(
            "the other", "a file"
        )
    if record.latent is not None and record.latent.fps is not None:
        yield f"{record.latent.fps:g} fps"
    if record.latent is not None and record.latent.one_picture:
        yield "for pictures, not for video"
    if record.conditioning is not None:
        names = record.conditioning.encodes
        if names:
            yield "encodes " + ", ".join(f"`{name}`" for name in names)
        if record.conditioning.families:
            yield "for " + ", ".join(record.conditioning.families)
    if record.interpolation is not None:
        factor = record.interpolation.factor
        yield "doubles the frames" if factor else "multiplies the frames by `multiplier`"
    if record.player is not None:
        yield f"sets the rate, `{record.player.rate}`"
    if record.sets_shift:
        yield "sets the shift"
    if record.replaces_sampling:
        yield "replaces the sampling, so the schedule is not known"
    if record.sage_input is not None:
        yield f"SageAttention, by `{record.sage_input}`"
    if record.context_windows:
        yield "context windows"
    if record.takes_anything:
        yield "takes inputs of any name"
    if record.undocumented:
        yield "also takes " + ", ".join(f"`{name}`" for name, _ in record.undocumented)
