"""Values with signs that no value has here: `(832, 480)`, `anna @ 0.8`, `euler / simple`, lists of YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.language.syntax import messages
from wan22dsl.language.syntax.recovery.instead import closing_of, pass_to, say

if TYPE_CHECKING:
    from wan22dsl.language.syntax.recovery.recovery import Recovery
    from wan22dsl.language.syntax.recovery.tokens import Token

_LORAS = ("loras", "add_loras", "lora")


def _key(reader: Recovery, at: int) -> str:
    """The setting whose value begins at a token, or holds it in a list."""
    before = at - 1
    if before < 1:
        return ""
    while before > 1 and reader.tokens[before].kind == "LSQB":
        before -= 1
    sign, key = reader.tokens[before], reader.tokens[before - 1]
    return key.text if sign.kind in ("EQUAL", "COLON") and key.kind == "NAME" else ""


def tuple_(reader: Recovery, token: Token) -> bool:
    """`size = (832, 480)`, `loras = [(anna, 0.8)]`, `sampler = (euler, simple)`."""
    if token.kind != "_COMMA" or reader.bracket != "LPAR" or not reader.can("RPAR"):
        return False
    height = reader.open[-1][1] - 2
    opening = reader.at
    while opening and reader.tokens[opening].start > reader.values[height]:
        opening -= 1
    closing = closing_of(reader, opening)
    if closing is None or height < 0:
        return False
    inside = reader.tokens[opening + 1 : closing]
    start, end = reader.tokens[opening].start, reader.tokens[closing].end
    items = reader.source.text[start + 1 : end - 1]
    meant, why, safe = _of_tuple(
        _key(reader, opening),
        [this_token for this_token in inside if this_token.kind != "_NL"],
        items,
    )
    if meant and meant[0] != "[" and _key(reader, opening) in _LORAS:
        in_list = reader.tokens[opening - 1].kind in ("LSQB", "_COMMA", "_NL")
        meant = meant if in_list else f"[{meant}]"
    say(reader, start, end, meant, why, safe=safe)
    reader.drop_to(height)
    reader.feed_bad(start, end)
    reader.at = closing + 1
    return True


def _of_tuple(key: str, inside: list[Token], items: str) -> tuple[str, str, bool]:
    kinds = [token.kind for token in inside]
    words = [token.text for token in inside if token.kind != "_COMMA"]
    pair = len(kinds) == 3 and kinds[1] == "_COMMA"
    if pair and kinds[0] == kinds[2] == "NUMBER" and all(word.isdigit() for word in words):
        if key == "steps":
            return "..".join(words), "Steps are a range that excludes its end.", True
        if key in ("size", "resolution") or int(words[0]) >= 64:
            return "x".join(words), "A size is one value, width first.", True
    if pair and kinds[0] == "NAME" and kinds[2] == "NUMBER":
        meant = f"{words[0]}(strength = {words[1]})"
        return meant, "A list of LoRAs contains names, or calls that change their strength.", True
    if pair and key == "sampler" and kinds[0] in ("NAME", "STRING"):
        meant = "/".join(word.strip('"') for word in words)
        return meant, "A sampler and its scheduler are one value.", True
    if key == "flow":
        return (
            " -> ".join(part.strip() for part in items.split(",") if part.strip()),
            "A flow passes its value on with `->`.",
            False,
        )
    return f"[{' '.join(items.split()).rstrip(',')}]", "Lists use `[ ]`.", key in _LORAS


def one_lora(reader: Recovery, token: Token) -> bool:
    """`loras = anna:0.8`, `loras = anna @ 0.8`."""
    name, number = reader.token(-1), reader.token(1)
    if name.kind != "NAME" or reader.last_kind != "NAME" or token.text not in (":", "@", "^"):
        return False
    if number.kind != "NUMBER" or number.indent >= 0 or _key(reader, reader.at - 1) not in _LORAS:
        return False
    if reader.token(-2).kind not in ("EQUAL", "COLON"):
        return False
    meant = f"[{name.text}(strength = {number.text})]"
    fix = reader.fix(f"Write `{meant}`", (name.start, number.end, meant))
    reader.say(messages.LORA_STRENGTH, name.start, number.end, fix, meant=meant[1:-1])
    reader.take_back()
    reader.feed_bad(name.start, number.end)
    reader.at += 2
    return True


def ratio(reader: Recovery, token: Token) -> bool:
    """`size = 832:480`, and `size = 16:9`, which is none."""
    wide, high = reader.token(-1), reader.token(1)
    if token.kind != "COLON" or reader.last_kind != "NUMBER" or high.kind != "NUMBER":
        return False
    if _key(reader, reader.at - 1) not in ("size", "resolution"):
        return False
    if not (wide.text.isdigit() and high.text.isdigit()):
        return False
    found, why = reader.source.text[wide.start : high.end], "A size is in pixels, width first."
    if int(wide.text) >= 64:
        say(reader, wide.start, high.end, f"{wide.text}x{high.text}", why)
    else:
        meant = "832x480" if int(wide.text) >= int(high.text) else "480x832"
        reader.say(messages.NOTATION, wide.start, high.end, found=found, meant=meant, why=why)
    reader.take_back()
    reader.feed_bad(wide.start, high.end)
    reader.at += 2
    return True


def spaced_sampler(reader: Recovery, token: Token) -> bool:
    """`sampler = euler / simple`, `sampler = euler/Simple`."""
    if _key(reader, reader.at - 1) != "sampler" or reader.last_kind not in (
        "NAME",
        "CLASS",
        "STRING",
    ):
        return False
    text = reader.source.text
    first = reader.token(-1)
    pattern = re.compile(r'"?([A-Za-z][\w+]*)"?\s*/\s*"?([A-Za-z]\w*)"?')
    found = pattern.match(text, first.start)
    if found is None or first.start > token.start:
        return False
    meant = f"{found[1].lower().replace('dpm++', 'dpmpp')}/{found[2].lower()}"
    say(reader, *found.span(), meant, "A sampler and its scheduler are one word.")
    reader.take_back()
    reader.feed("SAMPLER", meant, *found.span())
    pass_to(reader, found.end())
    return True


def yaml_list(reader: Recovery, token: Token) -> bool:
    """`loras:` with `- anna` below it."""
    if token.kind != "COLON" or not reader.is_inside or not reader.can("EQUAL"):
        return False
    found = re.compile(r":[ \t]*\n(?:[ \t]+-[ \t]+[^\n]+(?:\n|$))+").match(
        reader.source.text, token.start
    )
    if found is None:
        return False
    items = []
    for item in re.findall(r"(?m)^[ \t]+-[ \t]+(.+?)[ \t]*$", found[0]):
        strong = re.fullmatch(r"([\w.]+):[ \t]*(-?[\d.]+)", item)
        items.append(f"{strong[1]}(strength = {strong[2]})" if strong else item)
    end = token.start + len(found[0].rstrip())
    say(reader, token.start, end, f" = [{', '.join(items)}]", "Lists use `[ ]`.")
    reader.feed("EQUAL", "=", token.start, token.end)
    reader.feed_bad(token.end, end)
    pass_to(reader, end)
    return True
