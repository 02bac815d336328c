"""How wide texts are, generously: no font is known, so letters count as in a wide one (DejaVu Sans)."""

from __future__ import annotations

from unicodedata import east_asian_width

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
