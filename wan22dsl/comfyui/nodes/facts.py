"""What is known of an output without running, and how the record of a class asks for what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.comfyui.nodes.record import NodeRecord


class Link(NamedTuple):
    """An output of a node: its id and the slot, counted from 0. Records hand it on and never look into it."""

    node: str
    slot: int


class Facts(NamedTuple):
    """What is known of a link without running. None: not known.

    `frames` is the number of frames that a clip has or that a latent decodes to; `fps` how many of them
    are shown a second; `width` and `height` are pixels (of the decoded frames, for a latent); `vae` is
    the VAE that a latent belongs to. `model_fps` is, for a model, the rate of the videos that it was
    trained on; `empty` tells that a latent holds no video yet, so that the model that samples it decides
    its rate. `value` is the number, text or truth value itself that an output
    such as that of PrimitiveInt gives. `clips` is how many clips of `frames` frames a latent holds, which
    decode to one row of frames. `is_none` tells that an output is known to give nothing at all. `fields` are
    what a bundle of links holds, by name; None: nothing, and a name that is missing: not known. `numbers` are
    those of an output that gives several.
    """

    frames: int | None = None
    fps: float | None = None
    width: int | None = None
    height: int | None = None
    vae: Link | None = None
    value: int | float | str | bool | None = None
    clips: int | None = 1
    model_fps: float | None = None
    empty: bool = False
    is_none: bool = False
    fields: tuple[tuple[str, Link | None], ...] = ()
    numbers: tuple[float, ...] = ()


NOTHING_KNOWN = Facts()

#: Of an output that gives nothing, as Python's None.
IS_NONE = Facts(is_none=True)


class OwnFile(NamedTuple):
    """A file beside the `.wan` file: as it is written there, its bare name, and where it is.

    `facts` are those of what is in it, where they are known without reading it.
    """

    written: str
    name: str
    file: Path
    facts: Facts | None = None


class Reading:
    """One output of one node, as its record sees it: the values of its inputs, and the facts of its links.

    `slot` is the output that is asked about. `inputs` are constants and links. `own_files` are the inputs
    whose file is the user's own; `family` is the family that a declaration names for the file. `known`
    gives the facts of a link.
    """

    __slots__ = ("family", "inputs", "known", "node_class", "own_files", "record", "slot")

    def __init__(
        self,
        record: NodeRecord,
        slot: int,
        inputs: Mapping[str, Any],
        node_class: NodeClass | None,
        known: Callable[[Link], Facts],
        own_files: Mapping[str, OwnFile],
        family: str | None,
    ) -> None:
        self.record = record
        self.slot = slot
        self.inputs = inputs
        self.node_class = node_class
        self.known = known
        self.own_files = own_files
        self.family = family

    def value(self, name: str) -> Any:
        """The constant an input has: written, by a link to a known constant, or its default.

        What ComfyUI's own classes require has no default: without it the server refuses the node. A pack may
        have begun to require it later.
        """
        if name in self.inputs:
            value = self.inputs[name]
            return self.known(value).value if isinstance(value, Link) else held(value)
        if self.node_class is not None:
            for input_ in self.node_class.inputs:
                if input_.name == name and input_.has_default:
                    return (
                        None if input_.required and self.node_class.pack is None else input_.default
                    )
        return None

    def whole(self, name: str) -> int | None:
        """The value of an input as a whole number, as ComfyUI reads it; None when it is not known.

        What is written is cut to one. What comes by a link reaches the node as it is, and no node counts
        with a float.
        """
        value = self.value(name)
        if isinstance(value, int):
            return int(value)
        written = isinstance(value, float) and not self.linked(name)
        return int(value) if written and -1e18 < value < 1e18 else None

    def number(self, name: str) -> float | None:
        """The value of an input as a number; None when it is not known."""
        value = self.value(name)
        return float(value) if isinstance(value, (int, float)) and abs(value) < 1e18 else None

    def requires(self, name: str) -> bool:
        """Whether the class refuses to run without an input."""
        inputs = () if self.node_class is None else self.node_class.inputs
        return any(each.required for each in inputs if each.name == name)

    def linked(self, name: str) -> bool:
        """Whether the input has a link."""
        return isinstance(self.inputs.get(name), Link)

    def links(self) -> list[tuple[str, Link]]:
        """The linked inputs, in the order in which they are written."""
        return [(name, item) for name, item in self.inputs.items() if item.__class__ is Link]

    def facts(self, name: str) -> Facts:
        """What is known of the link of an input; nothing when it has none."""
        value = self.inputs.get(name)
        return self.known(value) if isinstance(value, Link) else NOTHING_KNOWN

    def link(self, name: str) -> Link | None:
        """The link of an input."""
        value = self.inputs.get(name)
        return value if isinstance(value, Link) else None

    def given(self, name: str, absent: Facts = NOTHING_KNOWN) -> Link | Facts:
        """What an input gets: its link, or the value that is written; `absent` where it has neither."""
        if name not in self.inputs:
            return absent
        value = self.inputs[name]
        if isinstance(value, Link):
            return value
        known = isinstance(value, (int, float, str, bool)) and held(value) is not None
        return Facts(value=value) if known else NOTHING_KNOWN

    def type(self) -> str | None:
        """The type of the output in question; None when the class is not known."""
        if self.node_class is None or not 0 <= self.slot < len(self.node_class.outputs):
            return None
        return self.node_class.outputs[self.slot].type


#: No setting of any node comes near it, and floats hold what is made of smaller ones.
_LARGEST = 10**30


def held(value: Any) -> Any:
    """The value of an input; None for a number too large to compute with, which the server refuses."""
    return None if isinstance(value, int) and abs(value) > _LARGEST else value


def within_bounds(facts: Facts) -> Facts:
    """The facts, without numbers too large to compute with: what doubles may be there a thousand times.

    Nor has a value other things than numbers, texts and truth values.
    """
    frames, fps, width, height, _, value, clips, *_ = facts
    largest = max(frames or 0, fps or 0, width or 0, height or 0, clips or 0)
    known = isinstance(value, (int, float, str)) and held(value) is not None
    if largest <= _LARGEST and (known or value is None):
        return facts
    return facts._replace(
        frames=_bounded(frames),
        fps=_bounded(fps),
        width=_bounded(width),
        height=_bounded(height),
        value=value if known else None,
        clips=_bounded(clips),
    )


Number = TypeVar("Number", int, float)


def _bounded(number: Number | None) -> Number | None:
    return None if number is None or number > _LARGEST else number


def agreed(values: list[Any]) -> Any:
    """The value that all of them have; None when they differ, or when there is none."""
    first = values[0] if values else None
    return first if all(value == first for value in values) else None


def times(number: int | None, other: int | None) -> int | None:
    """The product of two numbers of which both must be known."""
    return None if number is None or other is None else number * other


def added(number: int | None, other: int | None) -> int | None:
    """The sum of two numbers of which both must be known."""
    return None if number is None or other is None else number + other
