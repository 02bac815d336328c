"""Settings under a name of another program: `width` and `height`, `duration`, `num_frames`, `cfg_scale`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph.build.moved_settings import is_readable
from wan22dsl.language.program.synonyms import SETTINGS
from wan22dsl.source import Span

if TYPE_CHECKING:
    from wan22dsl.graph.build.values import Declared, Setting


def meant(block: Declared, name: str) -> tuple[str, Fix | None, list[Span]] | None:
    """What was meant to be a setting that a block lacks: the help, the fix, and the keys that it fixes."""
    if name == "size" and {"width", "height"} <= block.own:
        return _size(block)
    for own in sorted(block.own):
        if SETTINGS.get(own) == name:
            setting = block.settings[own]
            fix = renamed(setting, name)
            written = fix.edits[1].text if fix is not None and len(fix.edits) > 1 else ""
            help = f"Write `{name} = {written}`" if written else f"Write `{name}` for `{own}`"
            return f"{help}.", fix, [_key(setting)]
    return None


def renamed(setting: Setting, name: str) -> Fix | None:
    """A fix that writes our name, and the value as it is written there; None where we have no such value."""
    key, value = _key(setting), setting.env.span(setting.value)
    edits = [Edit(key, name)]
    written, safe = _value(name, key.text, value.text), True
    if name == "size":
        written, safe = _as_size(written)
    if name == "sampler" and re.fullmatch(r"\"?[a-z]\w*\"?", written):
        written, safe = written.strip('"') + "/simple", False
    if name in ("text_encoder", "vae", "model", "conditioning") and written.startswith('"'):
        return None
    if not written or not is_readable(setting):
        return None
    if written != value.text:
        edits.append(Edit(value, written))
    return Fix(f"write `{name}`", tuple(edits), safe=safe)


def _as_size(written: str) -> tuple[str, bool]:
    """A size as the language has it; empty for what is none, such as `"large"`."""
    from wan22dsl.graph.build.type_errors import BY_HEIGHT

    said = written.strip('"').strip().lower()
    if said in BY_HEIGHT:
        return BY_HEIGHT[said], False
    both = re.fullmatch(r"[\[(]?\s*(\d+)\s*(?:px)?\s*[x×*,]\s*(\d+)\s*(?:px)?\s*[\])]?", said)
    if both is not None:
        return f"{both[1]}x{both[2]}", True
    return ("", False) if re.match(r"[\"\d]", written) else (written, True)


def _value(name: str, before: str, written: str) -> str:
    if name == "length" and re.fullmatch(r"\d+(\.\d+)?", written):
        return f"{written}f" if "frame" in before else f"{written}s"
    if name == "fps" and re.fullmatch(r"\d+(\.\d+)?", written):
        return f"{written}fps"
    if name in ("loras", "add_loras") and not written.startswith("["):
        strong = re.fullmatch(r"([\w.]+)\s*\(\s*([\d.]+)\s*\)", written)
        return f"[{strong[1]}(strength = {strong[2]})]" if strong else f"[{written}]"
    return written


def _size(block: Declared) -> tuple[str, Fix | None, list[Span]]:
    wide, high = block.settings["width"], block.settings["height"]
    keys = [_key(wide), _key(high)]
    values = [setting.env.span(setting.value) for setting in (wide, high)]
    numbers = [re.fullmatch(r"(\d+)(?:px)?", span.text) for span in values]
    if numbers[0] is None or numbers[1] is None or values[0].source is not values[1].source:
        return "Write one `size`, such as `size = 832x480`, for `width` and `height`.", None, keys
    size = f"{numbers[0][1]}x{numbers[1][1]}"
    first, second = sorted(zip(keys, values), key=lambda value: value[0].start)
    gone = whole_item(first, second)
    edits = (Edit(first[0], "size"), Edit(first[1], size), Edit(gone, ""))
    return (
        f"Write `size = {size}` for `width` and `height`.",
        Fix(f"write `size = {size}`", edits),
        keys,
    )


def whole_item(before: tuple[Span, Span], item: tuple[Span, Span]) -> Span:
    """A setting with what separates it from the one before, or with its line."""
    key, value = item
    text = key.source.text
    line = text.rfind("\n", 0, key.start) + 1
    if not text[line : key.start].strip() and text[value.end :].split("\n", 1)[0].strip() in (
        "",
        ",",
    ):
        return Span(key.source, line, min(text.find("\n", value.end) + 1 or len(text), len(text)))
    start = len(text[: key.start].rstrip(" \t").rstrip(",").rstrip(" \t"))
    return Span(key.source, max(start, before[1].end), value.end)


def _key(setting: Setting) -> Span:
    return setting.env.span(setting.key.key)
