"""What is known of an output without running."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


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
