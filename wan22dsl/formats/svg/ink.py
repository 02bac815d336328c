"""Elements and colours."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from wan22dsl.formats.one_line import one_line

PAPER = "#fbfaf7"
INK = "#22252b"
FAINT = "#8a8f98"
LINE = "#d9d6cd"

#: The colours of links, near to those that ComfyUI's page gives them.
WIRES = {
    "MODEL": "#8b7fd6",
    "LATENT": "#d6609a",
    "IMAGE": "#4b94d8",
    "CONDITIONING": "#e09a3e",
    "CLIP": "#d9b93b",
    "VAE": "#d65f5f",
    "VIDEO": "#3f9e8f",
    "AUDIO": "#7a9e3f",
}

HIGH, LOW, OTHER, STAGE, SHARED = "#c8553d", "#2f7f9f", "#6b6f76", "#7c6f4f", "#8a8f98"


class Picture(NamedTuple):
    """A part of a picture and the room that it takes."""

    parts: tuple[str, ...]
    width: int
    height: int


def element(name: str, attributes: dict[str, object], *inner: str) -> str:
    """An element; `inner` are elements, or an escaped text."""
    shown = "".join(f' {key}="{escape(one_line(_plain(one)))}"' for key, one in attributes.items())
    if not inner:
        return f"<{name}{shown}/>"
    joint = "\n" if name in ("svg", "g") else ""
    content = (
        escape(one_line(one), quote=False) if name in ("text", "title") else one for one in inner
    )
    return f"<{name}{shown}>{joint}{joint.join(content)}{joint}</{name}>"


def rectangle(x: float, y: float, width: float, height: float, **more: object) -> str:
    """A rectangle; `more` are its attributes with `_` for `-`."""
    about = {"x": x, "y": y, "width": width, "height": height}
    return element("rect", {**about, **_named(more)})


def text(
    x: float, y: float, content: str, *, size: int = 12, fill: str = INK, **more: object
) -> str:
    """A line of text; `weight` and `anchor` are as SVG has them."""
    words = {"weight": "font-weight", "anchor": "text-anchor"}
    about = {words.get(name, name): one for name, one in more.items()}
    return element("text", {"x": x, "y": y, "font-size": size, "fill": fill, **about}, content)


def path(d: str, **more: object) -> str:
    """A line without a filling."""
    return element("path", {"d": d, "fill": "none", **_named(more)})


def colour_of(noise: str | None) -> str:
    """The colour of a pass."""
    return {"high": HIGH, "low": LOW}.get(noise or "", OTHER)


def _named(more: dict[str, object]) -> dict[str, object]:
    return {name.replace("_", "-"): one for name, one in more.items()}


def _plain(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
