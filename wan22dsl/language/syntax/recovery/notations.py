"""What other languages write in names and statements: `a::b`, `x += y`, `import`, `extends`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.language.syntax import messages
from wan22dsl.language.syntax.recovery.instead import closing_of, pass_to, say
from wan22dsl.language.syntax.recovery.other_languages import ASSIGNING
from wan22dsl.language.syntax.recovery.outline import is_kind

if TYPE_CHECKING:
    from wan22dsl.language.syntax.recovery.recovery import Recovery
    from wan22dsl.language.syntax.recovery.tokens import Token

_TYPES = frozenset(
    "int float text bool size frames seconds fps image video string number str double".split()
)
_IN_KEYS = frozenset(("NAME", "CLASS", "OP"))
_COPYING = frozenset(("extends", "is", "inherits", "copies", "from", "like", "of"))
_USE = re.compile(
    r"(?:(?:use|import|from|load|include|require|using)\b|@import\b"
    r"|(?:const|let|var)\b[^\n#=]*=[ \t]*(?:await[ \t]+)?(?:require|import|load)\b)"
    r"[^\n#]*?\bwan[ _]?2[._]?2\b[^\n#]*",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"(?:wan|version|wan_version|wan22)[ \t]*[=:]?[ \t]*[\"v]?1(?:\.0)*\"?[ \t;]*(?=\n|#|$)"
)


# --- names ---


def member_sign(reader: Recovery, token: Token) -> bool:
    """`wan22::high`, `wan22:high()`, `wan22\\high`."""
    name, at = reader.token(-1), reader.at
    if name.kind != "NAME" or reader.last_kind != "NAME" or name.end != token.start:
        return False
    while reader.tokens[at].text in (":", "\\") and reader.tokens[at].indent < 0:
        at += 1
    member = reader.tokens[at]
    if not 0 < at - reader.at <= 2 or member.kind not in ("NAME", "CLASS"):
        return False
    if member.start != reader.tokens[at - 1].end or (at - reader.at == 1 and name.text != "wan22"):
        return False
    meant = f"{name.text}.{member.text}"
    say(reader, name.start, member.end, meant, "A dot reads a member of an imported file.")
    reader.take_back()
    reader.feed("NAME", meant, name.start, member.end)
    reader.at = at + 1
    return True


def member_in_brackets(reader: Recovery, token: Token) -> bool:
    """`wan22[high]` and `wan22["high"]`."""
    bracket, name, closing = reader.token(-1), reader.token(-2), reader.token(1)
    if bracket.kind != "LSQB" or reader.last_kind != "LSQB" or name.end != bracket.start:
        return False
    if name.kind != "NAME" or closing.kind != "RSQB" or token.kind not in ("NAME", "STRING"):
        return False
    member = token.text.strip('"')
    if not re.fullmatch(r"[a-z_]\w*", member) or reader.can_instead("EQUAL"):
        return False
    meant = f"{name.text}.{member}"
    say(reader, name.start, closing.end, meant, "A dot reads a member of an imported file.")
    reader.drop_to(len(reader.values) - 2)
    reader.feed("NAME", meant, name.start, closing.end)
    reader.at += 2
    return True


def version_in_name(reader: Recovery, token: Token) -> bool:
    """`wan2.2.high()` and `Wan22.high()`."""
    name = reader.token(-1)
    text = reader.source.text
    if name.kind not in ("NAME", "CLASS") or reader.last_kind != name.kind:
        return False
    found = re.compile(r"(?:[Ww]an|WAN)_?2[._]?2(?=\.[a-z]|\b)").match(text, name.start)
    if found is None or found[0] == "wan22" or not reader.can_instead("NAME"):
        return False
    rest = re.compile(r"(?:\.[a-z_]\w*)*").match(text, found.end())
    end = rest.end() if rest is not None else found.end()
    meant = "wan22" + text[found.end() : end]
    say(
        reader,
        name.start,
        found.end(),
        "wan22",
        "This is the name of the file in the standard library.",
    )
    reader.take_back()
    reader.feed("NAME", meant, name.start, end)
    pass_to(reader, end)
    return True


def dashed_key(reader: Recovery, token: Token) -> bool:
    """`negative-prompt = "blurry"`, `negative prompt = "blurry"`."""
    last_at = reader.at - 1
    if token.kind == "NAME" and token.indent < 0 and reader.token(1).kind in ("EQUAL", "COLON"):
        last_at = reader.at
    elif token.kind not in ("EQUAL", "COLON"):
        return False
    if reader.bracket not in ("LBRACE", "LPAR"):
        return False
    first = last_at
    while reader.tokens[first].indent < 0 and reader.tokens[first - 1].kind in _IN_KEYS:
        first -= 1
    begin, last = reader.tokens[first], reader.tokens[last_at]
    found = reader.source.text[begin.start : last.end]
    if is_kind(begin.text) or begin.text in ASSIGNING:
        return False
    if first == last_at or begin.indent < 0 or not re.fullmatch(r"\w+(?:[ -]\w+)+", found):
        return False
    meant = re.sub(r"[ -]", "_", found.lower())
    for height in range(len(reader.values) - 1, -1, -1):
        if getattr(reader.values[height], "start", -1) == begin.start:
            sign = reader.tokens[last_at + 1]
            is_colon = sign.kind == "COLON"
            end = sign.end if is_colon else last.end
            why = "Names contain no spaces or dashes."
            say(reader, begin.start, end, f"{meant} =" if is_colon else meant, why)
            reader.drop_to(height)
            reader.feed("NAME", meant, begin.start, last.end)
            if is_colon:
                reader.feed("EQUAL", "=", sign.start, sign.end)
            reader.at = last_at + 1 + is_colon
            return True
    return False


def colon_before_brace(reader: Recovery, token: Token) -> bool:
    """`lora anna: { … }`."""
    colon = reader.token(-1)
    if reader.is_inside or token.kind != "LBRACE" or reader.last_kind != "COLON":
        return False
    fix = reader.fix("Remove it", (colon.start, colon.end, ""))
    reason = "The body of a declaration follows its name."
    reader.say(
        messages.NEEDLESS_MARK, colon.start, colon.end, fix, sign=":", where="before `{`", reason=reason,
    )  # fmt: skip
    reader.take_back()
    return True


def arrow_before_brace(reader: Recovery, token: Token) -> bool:
    """`pipeline x => {`, `pipeline x -> {`."""
    if reader.is_inside or token.kind != "ARROW" or reader.token(1).kind != "LBRACE":
        return False
    if reader.words_of_declaration() != 2 or not reader.can("LBRACE"):
        return False
    end = token.end if token.slip is None else token.slip.end
    fix = reader.fix("Remove it", (reader.last, reader.token(1).start, " "))
    sign = reader.source.text[token.start : end].strip()
    reason = "The body of a declaration follows its name."
    reader.say(
        messages.NEEDLESS_MARK, token.start, end, fix, sign=sign, where="before `{`", reason=reason,
    )  # fmt: skip
    reader.at += 1
    return True


def type_without_colon(reader: Recovery, token: Token) -> bool:
    """`param seed int = 42`, `param int seed = 42`."""
    if reader.is_inside or reader.words_of_declaration() != 2 or token.kind != "NAME":
        return False
    word, name = reader.token(-2), reader.token(-1)
    if word.text != "param" or token.indent >= 0 or not reader.can("COLON"):
        return False
    written, kind = (token, name) if name.text in _TYPES else (name, token)
    meant = f"{written.text}: {kind.text}"
    say(reader, name.start, token.end, meant, "`:` precedes a type.")
    reader.take_back()
    reader.feed("NAME", written.text, name.start, name.end)
    reader.feed("COLON", ":", name.end, name.end)
    reader.feed("NAME", kind.text, token.start, token.end)
    reader.at += 1
    return True


def typed_name(reader: Recovery, token: Token) -> bool:
    """`let x: int = 3`, `seed: int = 42`."""
    name, kind = reader.token(-1), reader.token(1)
    if token.kind != "COLON" or kind.text not in _TYPES or reader.token(2).kind != "EQUAL":
        return False
    if name.kind != "NAME" or not reader.is_inside or not reader.can("EQUAL"):
        return False
    say(reader, name.start, kind.end, name.text, "Only parameters have a type.")
    reader.at += 2
    return True


# --- statements ---


def augmented(reader: Recovery, token: Token) -> bool:
    """`loras += [anna]` and `seed += 1`."""
    operator = reader.token(-1)
    at_edge = reader.words_of_declaration() == 1 and not reader.is_inside and token.kind == "OP"
    if at_edge and reader.token(1).kind == "EQUAL":
        name, operator, last = reader.token(-1), token, reader.token(1)
    elif token.kind == "EQUAL" and operator.kind == "OP" and reader.last_kind == "OP":
        name, last = reader.token(-2), token
    else:
        return False
    if name.kind != "NAME" or operator.end != last.start:
        return False
    sign = reader.source.text[operator.start : last.end]
    block, _, setting = name.text.rpartition(".")
    height = next(
        (at for at, item in enumerate(reader.values) if getattr(item, "start", -1) == name.start),
        None,
    )
    if setting in ("loras", "add_loras") and sign == "+=" and not at_edge and height is not None:
        why = "`add_loras` adds to the LoRAs of a pass."
        say(reader, name.start, last.end, "add_loras =", why)
        reader.drop_to(height)
        reader.feed("NAME", "add_loras", name.start, name.end)
        reader.feed("EQUAL", "=", operator.start, last.end)
        reader.at += 1
        return True
    help = f"Write the whole value: `{setting} = …`."
    if setting in ("loras", "add_loras"):
        help = f"Write it in the pass: `pass {block or 'high'} = …(add_loras = […])`."
    reader.say(messages.FOREIGN_WORD, operator.start, last.end, word=sign, help=help)
    if height is not None and not at_edge:
        reader.drop_to(height)
    reader.leave_out()
    return True


def copied_with(reader: Recovery, token: Token) -> bool:
    """`pass high extends wan22.high`, `pass high <- wan22.high()`, `pass high = new wan22.high()`."""
    if reader.is_inside:
        return False
    if reader.words_of_declaration() == 2 and reader.can("EQUAL"):
        count = 1 if token.text in _COPYING else 2
        value = reader.token(count)
        if token.kind == "ARROW":
            count, value = 1, reader.token(1)
        sign = reader.source.text[token.start : reader.token(count - 1).end]
        if value.kind != "NAME" or value.indent >= 0 or not (count == 1 or sign == "<-"):
            return False
        say(reader, token.start, reader.token(count - 1).end, "=", "A copy is the value of a name.")
        reader.feed("EQUAL", "=", token.start, token.end)
        reader.at += count
        return True
    word = reader.token(-1)
    if word.text not in ("new", "copy", "extends") or token.kind != "NAME" or token.indent >= 0:
        return False
    if reader.last_kind != "NAME" or reader.token(-2).kind != "EQUAL":
        return False
    say(reader, word.start, reader.token(0).end, token.text, "Calling a block copies it.")
    reader.take_back()
    return True


def copied_in_braces(reader: Recovery, token: Token) -> bool:
    """`pass high = wan22.high { cfg = 1.0 }` and `wan22.high[cfg = 1.0]`."""
    opening = reader.at
    if token.kind == "NAME" and reader.last_kind == "LSQB" and reader.token(1).kind == "EQUAL":
        opening, name = reader.at - 1, reader.token(-2)
    else:
        name = reader.token(-1)
        if token.kind != "LBRACE" or reader.last_kind != "NAME" or not reader.can("LPAR"):
            return False
    closing = closing_of(reader, opening)
    if closing is None or name.kind != "NAME" or name.indent >= 0 or not reader.can_instead("NAME"):
        return False
    first, last = reader.tokens[opening], reader.tokens[closing]
    fix = reader.fix("Write `( )`", (name.end, first.end, "("), (last.start, last.end, ")"))
    meant, found = (
        f"{name.text}(…)",
        f"{name.text} {{…}}" if token.kind == "LBRACE" else f"{name.text}[…]",
    )
    why = "A copy is a call: its changes go in `( )`."
    reader.say(messages.NOTATION, first.start, first.end, fix, found=found, meant=meant, why=why)
    if opening < reader.at:
        reader.drop_to(len(reader.values) - 1)
    reader.feed("LPAR", "(", first.start, first.end)
    reader.tokens[closing] = last._replace(kind="RPAR", text=")")
    reader.at = opening + 1
    return True


# --- the first lines ---


def first_lines(reader: Recovery, token: Token) -> bool:
    """`import * from wan22`, `use wan22.*`, `const wan22 = require("wan22")`; `wan: 1`."""
    if reader.is_inside or reader.words_of_declaration() is None:
        return False
    at = reader.at
    while at and reader.tokens[at].indent < 0:
        at -= 1
    first = reader.tokens[at]
    if first.indent != 0:
        return False
    use = _USE.match(reader.source.text, first.start)
    is_first = all(this_token.kind == "_NL" for this_token in reader.tokens[:at])
    version = _VERSION.match(reader.source.text, first.start) if is_first else None
    found, meant = (use, "use wan22") if use is not None else (version, "wan 1")
    if found is None:
        return False
    end = found.start() + len(found[0].rstrip(" \t;"))
    why = "`use wan22` imports the whole file: its members are `wan22.high`, `wan22.low`, …"
    if meant == "wan 1":
        why = "The first line states the version of the language."
    say(reader, first.start, end, meant, why)
    height = next(
        (n for n, item in enumerate(reader.values) if getattr(item, "start", -1) >= first.start),
        len(reader.values),
    )
    reader.drop_to(height)
    reader.feed("NAME", meant.split()[0], first.start, first.start + 1)
    kind = "NUMBER" if meant == "wan 1" else "NAME"
    reader.feed(kind, meant.split()[1], end - 1, end)
    reader.at = max(reader.at, at)
    while reader.token().kind not in ("_NL", "$END"):
        reader.at += 1
    return True
