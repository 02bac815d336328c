"""Shapes and text as SVG, and how wide text is."""

from __future__ import annotations

from html import escape
from unicodedata import east_asian_width

from wan22dsl.formats.labels import one_line
from wan22dsl.tuples import NamedTuple

#: Widths in ems: of narrow letters, of wide ones and capitals, of any other, and of those of double width.
_NARROW_EM, _WIDE_EM, _LETTER_EM, _DOUBLE_EM = 0.4, 0.8, 0.63, 1.05
_NARROW, _WIDE = frozenset("iljI.,:;'|!() "), frozenset("mwMWOQ@%…—")
_BOLD = 1.1


def width_px(text: str, size_px: int, *, bold: bool = False) -> float:
    """The room that a line of text may need."""
    return sum(map(_em, text)) * size_px * (_BOLD if bold else 1.0)


def _em(sign: str) -> float:
    if east_asian_width(sign) in ("W", "F"):
        return _DOUBLE_EM
    if sign in _NARROW:
        return _NARROW_EM
    return _WIDE_EM if sign in _WIDE or not sign.isascii() or sign.isupper() else _LETTER_EM


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
    shown = "".join(
        f' {key}="{escape(one_line(_plain(item)))}"' for key, item in attributes.items()
    )
    if not inner:
        return f"<{name}{shown}/>"
    joint = "\n" if name in ("svg", "g") else ""
    content = (
        escape(one_line(item), quote=False) if name in ("text", "title") else item for item in inner
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
    about = {words.get(name, name): item for name, item in more.items()}
    return element("text", {"x": x, "y": y, "font-size": size, "fill": fill, **about}, content)


def path(d: str, **more: object) -> str:
    """A line without a filling."""
    return element("path", {"d": d, "fill": "none", **_named(more)})


def colour_of(noise: str | None) -> str:
    """The colour of a pass."""
    return {"high": HIGH, "low": LOW}.get(noise or "", OTHER)


def _named(more: dict[str, object]) -> dict[str, object]:
    return {name.replace("_", "-"): item for name, item in more.items()}


def _plain(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
