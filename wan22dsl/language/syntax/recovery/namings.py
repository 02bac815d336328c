"""Fixes of names: those of classes, of keys, and of declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.syntax import messages, spelling
from wan22dsl.language.syntax.recovery.describe import found
from wan22dsl.language.syntax.recovery.instead import say
from wan22dsl.language.syntax.recovery.outline import is_kind, looks_like_declaration
from wan22dsl.language.syntax.tree import ClassName, Text

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Fix
    from wan22dsl.language.syntax.recovery.recovery import Recovery
    from wan22dsl.language.syntax.recovery.tokens import Token

_CAPITAL_WORDS = frozenset("True False None Null TRUE FALSE NONE NULL".split())
_MOST_RENAMED = 200  # places of a name that one fix changes
_IN_CLASS_NAMES = frozenset("NAME CLASS NUMBER OP OTHER SAMPLER MEMBER IN _LET _AS".split())


def _last_class(reader: Recovery) -> ClassName | None:
    """The class name that was read last, if it was not called yet."""
    last = reader.values[-1] if reader.values else None
    return last if isinstance(last, ClassName) and last.end == reader.last else None


def capital_word(reader: Recovery, token: Token) -> bool:
    """`True` for `true`."""
    name = _last_class(reader)
    if name is None or name.text not in _CAPITAL_WORDS or not reader.can_instead("NAME"):
        return False
    meant = name.text.lower()
    fix = reader.fix(f"Write `{meant}`", (name.start, name.end, meant))
    reader.say(messages.CAPITAL_WORD, name.start, name.end, fix, found=name.text, meant=meant)
    reader.take_back()
    reader.feed("NAME", meant, name.start, name.end)
    return True


def name_with_space(reader: Recovery, token: Token) -> bool:
    """`RIFE VFI(frames = _)`."""
    name = _last_class(reader)
    if name is None or name.text.startswith("`"):
        return False
    at = _call_bracket(reader)
    if at is None:
        return False
    end = reader.tokens[at - 1].end
    meant = reader.source.text[name.start : end]
    fix = reader.fix("Add backticks", (name.start, name.start, "`"), (end, end, "`"))
    reader.say(messages.NAME_WITH_SPACE, name.start, end, fix, name=meant)
    reader.take_back()
    reader.feed("QUOTED", f"`{meant}`", name.start, end)
    reader.at = at
    return True


def _call_bracket(reader: Recovery) -> int | None:
    """The bracket of the call whose name goes on here; a part of the name may stand in brackets."""
    at = _behind_words(reader, reader.at)
    if at is None or at == reader.at:
        return None
    inside = _behind_words(reader, at + 1)
    if inside is not None:
        return at
    closing = at + 1
    while reader.tokens[closing].kind in _IN_CLASS_NAMES:
        closing += 1
    both = [token.kind for token in reader.tokens[closing : closing + 2]]
    return closing + 1 if closing > at + 1 and both == ["RPAR", "LPAR"] else at


def _behind_words(reader: Recovery, at: int) -> int | None:
    """The opening bracket behind words on one line."""
    while reader.tokens[at].kind in _IN_CLASS_NAMES and reader.tokens[at].indent < 0:
        at += 1
    return at if reader.tokens[at].kind == "LPAR" else None


def text_as_key(reader: Recovery, token: Token) -> bool:
    """`{ "strength": 0.6 }`."""
    text = reader.values[-1] if reader.values else None
    if token.kind not in ("COLON", "EQUAL") or not isinstance(text, Text):
        return False
    key = spelling.key(
        "".join(part for part in spelling.text_parts(text.text) if isinstance(part, str))
    )
    if key == "``" or not reader.can_instead("NAME", "EQUAL"):
        return False
    follows = reader.token(1)
    fix = reader.fix(
        "Remove the quotes", (text.start, text.end, key), (text.end, follows.start, " = ")
    )
    said = reader.diagnostics[-1] if reader.diagnostics else None
    if said is not None and said.span is not None and said.span.start == text.start:
        reader.diagnostics.pop()  # its quotes are of the wrong kind, and go too
    reader.say(messages.TEXT_AS_KEY, text.start, text.end, fix, meant=key)
    reader.take_back()
    reader.feed("QUOTED" if key.startswith("`") else "NAME", key, text.start, text.end)
    reader.feed("EQUAL", "=", token.start, token.end)
    reader.at += 1
    return True


def bare_class(reader: Recovery, token: Token) -> bool:
    """`high -> VAEDecode`."""
    name = _last_class(reader)
    if name is None or not reader.can_instead("NUMBER", token.kind):
        return False
    reader.take_back()
    if name.text in reader.capital_names:
        reader.feed("NAME", name.text, name.start, name.end)
        return True
    plain = spelling.plain(name.text)
    is_value = name.text.startswith("`") and reader.token(-2).kind == "EQUAL"
    if is_value and reader.token(-3).text != "node":  # there a call is meant, and no string
        meant = spelling.quote(plain)
        say(reader, name.start, name.end, meant, "Strings use double quotes.")
        reader.feed("STRING", meant, name.start, name.end)
        return True
    call = f"`{name.text}(input = …)`" if "`" not in name.text else f"`` {name.text}(input = …) ``"
    reader.say(messages.BARE_CLASS, name.start, name.end, name=plain, call=call)
    reader.feed_bad(name.start, name.end)
    return True


def capital_name(reader: Recovery, token: Token) -> bool:
    """`pass High {`."""
    if token.kind != "CLASS" or not reader.can("NAME"):
        return False
    if reader.words_of_declaration() == 0 and not is_kind(token.text.lower()):
        return False
    meant = token.text[0].lower() + token.text[1:]
    if is_kind(token.text.lower()) and token.indent == 0 and not reader.is_inside:
        meant = token.text.lower()
        fix = reader.fix(f"Write `{meant}`", (token.start, token.end, meant))
        reader.say(
            messages.CAPITAL_WORD, token.start, token.end, fix, found=token.text, meant=meant
        )
        names_class = meant == "node" and reader.token(1).kind in ("CLASS", "QUOTED")
        kind = "NODE" if names_class else "NAME"
        reader.feed(kind, meant, token.start, token.end)
        reader.put(token._replace(kind=kind, text=meant))
        reader.at += 1
        return True
    renamed = _renamed(reader, token.text, meant)
    reader.say(messages.CAPITAL_NAME, token.start, token.end, renamed, name=token.text, meant=meant)
    reader.feed("NAME", token.text, token.start, token.end)
    reader.at += 1
    return True


def _renamed(reader: Recovery, name: str, meant: str) -> Fix | None:
    """A fix that writes another name wherever the file has this one.

    None where that name is taken, or where there are too many places.
    """
    if not spelling.is_own_name(meant) or meant in reader.words:
        return None
    places = reader.classes.get(name, [])
    if len(places) > _MOST_RENAMED:
        return None
    fix = reader.fix(f"Write `{meant}`", *((token.start, token.end, meant) for token in places))
    return fix._replace(safe=False)  # other files may use the name


def missing_type(reader: Recovery, token: Token) -> bool:
    """`stage x(times = 2)`, `param x: = 2`."""
    if token.kind not in ("EQUAL", "_COMMA", "_NL", "RPAR"):
        return False
    name = reader.token(-1)
    if name.kind == "COLON" and reader.can("NAME", token.kind) and reader.can("CLASS"):
        name = reader.token(-2)
    elif not reader.is_inside or not reader.can("COLON", "NAME", token.kind):
        return False
    else:
        reader.feed("COLON", ":", name.end, name.end)
    reader.say(messages.MISSING_TYPE, name.start, name.end, name=name.text)
    reader.feed("NAME", "", name.end, name.end)
    reader.lose(name.start)
    if token.kind == "EQUAL" and reader.token(1).kind == "CLASS":
        reader.at += 2  # `frames = IMAGE`: the type, behind the wrong sign
    return True


def declaration_inside(reader: Recovery, token: Token) -> bool:
    """A declaration in the body of another one."""
    word = reader.token(-1)
    if not reader.is_inside or token.kind not in ("NAME", "CLASS") or token.indent >= 0:
        return False
    if word.kind not in ("NAME", "NODE") or not looks_like_declaration(
        reader.tokens, reader.at - 1
    ):
        return False
    if reader.token(1).kind == "LPAR" and word.text not in ("stage", "node"):
        return False
    if reader.token(-2).kind == "EQUAL" and reader.token(1).kind == "EQUAL":
        return False  # `model = my_high steps = 4`: a comma is missing
    reader.say(
        messages.DECLARATION_INSIDE, word.start, token.end, found=f"{word.text} {token.text}"
    )
    reader.leave_out()
    return True


def missing_name(reader: Recovery, token: Token) -> bool:
    """`pipeline {`."""
    word = reader.token(-1)
    if reader.is_inside or token.kind != "LBRACE" or word.kind != "NAME" or not reader.can("NAME"):
        return False
    if not is_kind(word.text) and reader.last_kind == "NAME" and reader.can_instead("NAME", "NAME"):
        fix = reader.fix("Write `pipeline`", (word.start, word.start, "pipeline "))
        help = f"Write its kind too, such as `pipeline {word.text} {{ … }}`."
        reader.say(
            messages.NOT_A_DECLARATION, word.start, word.end, fix._replace(safe=False),
            found=found(word), help=help,
        )  # fmt: skip
        reader.take_back()
        reader.feed("NAME", "pipeline", word.start, word.start)
        reader.feed("NAME", word.text, word.start, word.end)
        return True
    reader.say(messages.MISSING_NAME, word.start, word.end, word=word.text)
    reader.feed("NAME", "", word.end, word.end)
    return True


def kind_behind_name(reader: Recovery, token: Token) -> bool:
    """`portrait = pipeline {` and `pipeline: portrait {`."""
    name, second, third = reader.token(-1), reader.token(1), reader.token(2)
    if reader.is_inside or name.indent != 0 or name.kind != "NAME":
        return False
    is_before_body = second.kind == "NAME" and third.kind == "LBRACE"
    if token.kind == "COLON" and is_kind(name.text) and is_before_body:
        fix = reader.fix("Remove it", (token.start, token.end, ""))
        reason = "The name of a declaration follows its kind."
        reader.say(
            messages.NEEDLESS_MARK, token.start, token.end, fix,
            sign=":", where="after a kind", reason=reason,
        )  # fmt: skip
        reader.at += 1
        return True
    if token.kind == "EQUAL" and is_kind(name.text) and second.kind == "LBRACE":
        reader.say(messages.MISSING_NAME, name.start, name.end, word=name.text)
        reader.feed("NAME", "", name.end, name.end)
        reader.at += 1
        return True
    if token.kind != "EQUAL" or not is_kind(second.text) or not is_before_body:
        return False
    meant = f"{second.text} {name.text}"
    say(reader, name.start, second.end, meant, "A declaration is its kind, its name and its body.")
    reader.take_back()
    reader.feed("NAME", second.text, name.start, name.start)
    reader.feed("NAME", name.text, name.start, name.end)
    reader.at += 2
    return True


def not_a_declaration(reader: Recovery, token: Token) -> bool:
    """Something at the left edge that declares nothing."""
    count = reader.words_of_declaration()
    if reader.is_inside or count is None or count > 1:
        return False
    first = reader.token(-count)
    help = "Write its kind and name first, such as `pass high { … }` or `let x = …`."
    if count and token.kind == "EQUAL":
        help = f"Write `let {first.text} = …` to name a value, or indent it inside a block."
    is_named = (
        count == 1
        and first.indent == 0
        and token.kind == "EQUAL"
        and spelling.is_own_name(first.text)
    )
    if not is_named or is_kind(first.text) or not reader.can_instead("NAME", "NAME", "EQUAL"):
        reader.say(
            messages.NOT_A_DECLARATION, first.start, first.end, found=found(first), help=help
        )
        reader.leave_out()
        return True
    fix = reader.fix("Write `let`", (first.start, first.start, "let "))._replace(safe=False)
    reader.say(
        messages.NOT_A_DECLARATION, first.start, first.end, fix, found=found(first), help=help
    )
    reader.take_back()
    reader.feed("NAME", "let", first.start, first.start)
    reader.feed("NAME", first.text, first.start, first.end)
    return True
