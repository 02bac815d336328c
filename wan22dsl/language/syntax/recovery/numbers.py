"""Numbers as people say them: `832 x 480`, `81 frames`, `80%`, `0:05`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.language.syntax import messages

if TYPE_CHECKING:
    from wan22dsl.language.syntax.recovery.recovery import Recovery
    from wan22dsl.language.syntax.recovery.tokens import Token

_BETWEEN = frozenset("x X × * by ✕ ✖".split())
_WHOLE = re.compile(r"(\d+)(?:px|PX)?")

#: Units as people write them: ours, or how many of ours one is.
_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys("s sec secs second seconds 秒".split(), ("s", 1)),
    **dict.fromkeys("ms msec milliseconds".split(), ("s", 0.001)),
    **dict.fromkeys("min mins minute minutes".split(), ("s", 60)),
    **dict.fromkeys("f frame frames 帧".split(), ("f", 1)),
    "fps": ("fps", 1),
    **dict.fromkeys("GB GiB gb".split(), ("GiB", 1)),
    **dict.fromkeys("MB MiB mb".split(), ("MiB", 1)),
}


def in_unit(digits: str, word: str) -> str | None:
    """A number with a unit as the language has it: `5` and `seconds` are `5s`; None for an unknown unit."""
    known = _UNITS.get(word) or _UNITS.get(word.lower())
    if known is None:
        return None
    unit, factor = known
    if factor == 1:
        return None if unit == "f" and not digits.isdigit() else f"{digits}{unit}"
    return f"{float(digits) * factor:.6g}{unit}"


def spelled_number(reader: Recovery, token: Token) -> bool:
    """A number that goes on behind a blank."""
    number = reader.token(-1)
    if number.kind != "NUMBER" or reader.last_kind != "NUMBER" or token.indent >= 0:
        return False
    follows = reader.token(1)
    meant, count, safe = None, 1, True
    if token.text == "%" and re.fullmatch(r"-?\d+(?:\.\d+)?", number.text):
        meant = f"{float(number.text) / 100:g}"
        meant += "" if "." in meant else ".0"
    elif token.text in _BETWEEN and follows.kind == "NUMBER":
        wide, high = _WHOLE.fullmatch(number.text), _WHOLE.fullmatch(follows.text)
        if wide is not None and high is not None:
            meant, count = f"{wide[1]}x{high[1]}", 2
    elif token.kind in ("NAME", "CLASS", "OTHER"):
        if re.fullmatch(r"-?\d+(?:\.\d+)?", number.text):
            meant = in_unit(number.text, token.text)
    elif token.kind == "NUMBER" and _key(reader) == "size":
        wide, high = _WHOLE.fullmatch(number.text), _WHOLE.fullmatch(token.text)
        if wide is not None and high is not None:
            meant, safe = f"{wide[1]}x{high[1]}", False
    if meant is None:
        return False
    _read_as(reader, meant, count, safe=safe)
    return True


def with_colon(reader: Recovery, token: Token) -> bool:
    """`steps = 0:2 of 4`, `length = 0:05`."""
    number, follows = reader.token(-1), reader.token(1)
    if token.kind != "COLON" and token.text != "to":
        return False
    if number.kind != "NUMBER" or reader.last_kind != "NUMBER" or follows.kind != "NUMBER":
        return False
    key = _key(reader)
    if not (number.text.isdigit() and follows.text.isdigit()):
        return False
    if key == "steps" and reader.can("OP"):
        fix = reader.fix("Write `..`", (number.end, follows.start, ".."))
        found = reader.source.text[number.start : follows.end]
        reader.say(
            messages.SPELLED_NUMBER, number.start, follows.end, fix,
            found=found, meant=f"{number.text}..{follows.text}",
        )  # fmt: skip
        reader.feed("OP", "..", token.start, token.end)
        reader.at += 1
        return True
    if token.kind == "COLON" and key in ("length", "duration") and len(follows.text) == 2:
        meant = f"{int(number.text) * 60 + int(follows.text)}s"
        _read_as(reader, meant, 2, safe=False)
        return True
    return False


def at_rate(reader: Recovery, token: Token) -> bool:
    """`length = 5s @ 16fps`."""
    number, follows = reader.token(-1), reader.token(1)
    if token.text not in ("@", "at") or reader.last_kind != "NUMBER" or follows.indent >= 0:
        return False
    rate = re.fullmatch(r"(\d+(?:\.\d+)?)(?:fps|FPS)", follows.text)
    if rate is None or not reader.is_inside or not reader.can("_COMMA"):
        return False
    meant = f"{number.text}, fps = {rate[1]}fps"
    fix = reader.fix(f"Write `{meant}`", (number.end, follows.end, meant[len(number.text) :]))
    found = reader.source.text[number.start : follows.end]
    reader.say(messages.SPELLED_NUMBER, number.start, follows.end, fix, found=found, meant=meant)
    for kind, text in (("_COMMA", ","), ("NAME", "fps"), ("EQUAL", "=")):
        reader.feed(kind, text, token.start, token.end)
    reader.feed("NUMBER", f"{rate[1]}fps", follows.start, follows.end)
    reader.at += 2
    return True


def total_behind_slash(reader: Recovery, token: Token) -> bool:
    """`steps = 0..2/4`."""
    last, follows = reader.token(-1), reader.token(1)
    if token.text != "/" or last.kind != "NUMBER" or follows.kind != "NUMBER":
        return False
    if reader.token(-2).text != ".." or reader.token(-5).text != "steps" or not reader.can("OP"):
        return False
    first = reader.token(-3)
    found = reader.source.text[first.start : follows.end]
    fix = reader.fix("Write ` of `", (last.end, follows.start, " of "))
    meant = f"{first.text}..{last.text} of {follows.text}"
    reader.say(messages.SPELLED_NUMBER, first.start, follows.end, fix, found=found, meant=meant)
    reader.feed("OP", "of", token.start, token.end)
    reader.at += 1
    return True


def _read_as(reader: Recovery, meant: str, count: int, *, safe: bool) -> None:
    """Reads the number before, and so many tokens from here, as one number."""
    number, last = reader.token(-1), reader.token(count - 1)
    found = reader.source.text[number.start : last.end]
    fix = reader.fix(f"Write `{meant}`", (number.start, last.end, meant))._replace(safe=safe)
    reader.say(messages.SPELLED_NUMBER, number.start, last.end, fix, found=found, meant=meant)
    reader.take_back()
    reader.feed("NUMBER", meant, number.start, last.end)
    reader.at += count


def _key(reader: Recovery) -> str:
    """The setting whose value begins with the last token."""
    before, key = reader.token(-2), reader.token(-3)
    return key.text if before.kind in ("EQUAL", "COLON") and key.kind == "NAME" else ""
