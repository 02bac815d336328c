"""What other languages write differently: arrows, calls, strings, names, words of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.language.syntax import messages
from wan22dsl.language.syntax.recovery.instead import pass_to, say
from wan22dsl.language.syntax.recovery.outline import is_kind
from wan22dsl.language.syntax.recovery.signs import ENDS
from wan22dsl.language.syntax.spelling import FILE_ENDINGS

if TYPE_CHECKING:
    from wan22dsl.language.syntax.recovery.recovery import Recovery
    from wan22dsl.language.syntax.recovery.tokens import Token

_IN_A_FLOW = frozenset("NAME CLASS QUOTED LSQB".split())
_PREFIXES = frozenset("f r b u F R B U fr rf Rf".split())
_WORDS = frozenset(
    "NAME CLASS NUMBER SAMPLER MEMBER OTHER IN _LET _AS OP _COMMA COLON LPAR RPAR".split()
)
ASSIGNING = frozenset(
    "set var const def local my export auto int float string bool str double".split()
)
_STATEMENTS = {
    **dict.fromkeys(
        ("if", "else", "elif", "switch", "when"), "Write two pipelines, or a parameter."
    ),
    **dict.fromkeys(
        ("for", "while", "loop", "repeat", "foreach"),
        "Use `wan run --repeat 4` to run it several times, or write the pipelines one by one.",
    ),
    **dict.fromkeys(("print", "echo", "return", "yield"), "Remove the line."),
    **dict.fromkeys(
        ("save", "output", "render"), 'Write it at the end of the flow: `flow = … -> save("name")`.'
    ),
    **dict.fromkeys(
        ("import", "from", "include", "require"), "Write `use wan22` at the top of the file."
    ),
}
#: A prompt of other programs: words, with weights in parentheses.
_WEIGHTED = re.compile(r"(?=[^\n]*\([^\n():]+:\d*\.?\d+\))[^\"#=`{}\[\]<>|\n]+(?=\n|\Z|[ \t]#)")
_PLACEHOLDER = re.compile(
    r"\$\{(?:env[.:])?([A-Za-z_]\w*)[^}\n]*\}|%([A-Za-z_]\w*)%|<([A-Za-z_]\w*)>(?!\S)"
)
_FILE = re.compile(rf"[^\s,()\[\]{{}}\"'`#]+\.(?:{'|'.join(sorted(FILE_ENDINGS))})(?![\w.])", re.I)


def wrong_arrow(reader: Recovery, token: Token) -> bool:
    """`high | low`, `high > low`, `high then low`."""
    if not reader.can("ARROW") or not (token.text in ("|", ">", "then") and token.indent < 0):
        return False
    last, count = token, 1
    while reader.token(count).text == token.text != "then":
        last, count = reader.token(count), count + 1
    if reader.token(count).kind not in _IN_A_FLOW or reader.token(count).indent >= 0:
        return False
    sign = reader.source.text[token.start : last.end]
    fix = reader.fix("Write `->`", (token.start, last.end, "->"))
    reader.say(messages.WRONG_ARROW, token.start, last.end, fix, sign=sign)
    reader.feed("ARROW", "->", token.start, last.end)
    reader.at += count
    return True


def missing_call(reader: Recovery, token: Token) -> bool:
    """`-> save "x"`, `-> rife 2`, `-> upscale ultrasharp`."""
    name, value = reader.token(-1), token
    if token.kind == "COLON":
        value = reader.token(1)  # `rife:2`
    if value.kind not in ("STRING", "NUMBER", "NAME") or value.indent >= 0:
        return False
    if (
        (name.end == token.start and value is token)
        or name.kind != "NAME"
        or reader.last_kind != "NAME"
        or reader.token(-2).kind != "ARROW"
    ):
        return False
    count = 1 if value is token else 2
    is_whole = reader.token(count).kind in ENDS | {"ARROW", "OP"}
    if (value.kind == "NAME" or value is not token) and not is_whole:
        return False
    kind, said = value.kind, reader.source.text[value.start : value.end]
    if re.fullmatch(r"x\d+", said):
        kind, said = "NUMBER", said[1:]  # `rife x2`
    meant = f"{name.text}({said})"
    fix = reader.fix(f"Write `{meant}`", (name.end, value.end, f"({said})")) if is_whole else None
    reader.say(messages.MISSING_CALL, name.start, value.end, fix, name=name.text, meant=meant)
    reader.feed("LPAR", "(", name.end, name.end)
    reader.feed(kind, value.text if kind == value.kind else said, value.start, value.end)
    reader.feed("RPAR", ")", value.end, value.end)
    reader.at += count
    return True


def lora_strength(reader: Recovery, token: Token) -> bool:
    """`[anna:0.8]`, `[anna 0.8]`, `[anna@0.8]`."""
    name = reader.token(-1)
    if reader.bracket != "LSQB" or name.kind != "NAME" or reader.last_kind != "NAME":
        return False
    count = 0 if token.kind == "NUMBER" else 1
    number = reader.token(count)
    if number.kind != "NUMBER" or number.indent >= 0:
        return False
    if count and token.kind != "COLON" and token.text not in ("@", "="):
        return False
    meant = f"{name.text}(strength = {number.text})"
    fix = reader.fix(
        f"Write `{meant}`", (name.end, number.start, "(strength = "), (number.end, number.end, ")")
    )
    reader.say(messages.LORA_STRENGTH, name.start, number.end, fix, meant=meant)
    reader.feed("LPAR", "(", name.end, name.end)
    reader.feed("NAME", "strength", name.end, name.end)
    reader.feed("EQUAL", "=", name.end, name.end)
    reader.feed("NUMBER", number.text, number.start, number.end)
    reader.feed("RPAR", ")", number.end, number.end)
    reader.at += count + 1
    return True


def needless_mark(reader: Recovery, token: Token) -> bool:
    """`$seed`, `${seed}`, `f"…"`, and a `\\` at the end of a line."""
    follows = reader.token(1)
    if token.text == "\\" and (follows.kind in ("_NL", "$END") or follows.indent >= 0):
        start = len(reader.source.text[: token.start].rstrip(" \t"))
        _needless(
            reader,
            (start, token.end),
            "at the end of a line",
            "Lines may break before and after `->`.",
        )
        reader.at += 1
        if follows.kind == "_NL" and not reader.can("_NL"):
            reader.at += 1
        return True
    if token.text == "$" and follows.start == token.end:
        edits = [(token.start, token.end)]
        inside = [reader.token(at).kind for at in range(1, 4)]
        is_own = not reader.token(2).text.startswith("env.")
        if inside == ["LBRACE", "NAME", "RBRACE"] and is_own:
            edits = [(token.start, follows.end), (reader.token(3).start, reader.token(3).end)]
        elif follows.kind != "NAME":
            return False
        fix = reader.fix("Remove it", *((start, end, "") for start, end in edits))
        reason = "A bare word is already a name."
        reader.say(
            messages.NEEDLESS_MARK, token.start, token.end, fix,
            sign="$", where="before a name", reason=reason,
        )  # fmt: skip
        reader.at += 1
        if len(edits) == 2:
            name = reader.token(1)
            reader.feed("NAME", name.text, name.start, name.end)
            reader.at += 3
        return True
    prefix = reader.token(-1)
    is_prefix = prefix.end == token.start and prefix.text in _PREFIXES
    if token.kind != "STRING" or not is_prefix or reader.last_kind not in ("NAME", "CLASS"):
        return False
    reason = "Every string replaces `{name}` with its value; `\\\\` is a backslash."
    _needless(reader, (prefix.start, prefix.end), "before a string", reason)
    reader.take_back()
    return True


def _needless(reader: Recovery, stretch: tuple[int, int], where: str, reason: str) -> None:
    sign = reader.source.text[slice(*stretch)].strip()
    fix = reader.fix("Remove it", (*stretch, ""))
    reader.say(messages.NEEDLESS_MARK, *stretch, fix, sign=sign, where=where, reason=reason)


def placeholder(reader: Recovery, token: Token) -> bool:
    """`${SEED}`, `%seed%`, `<seed>`: a value that something outside puts in."""
    found = _PLACEHOLDER.match(reader.source.text, token.start)
    if found is None or reader.last_kind != "EQUAL" or not reader.can("NUMBER"):
        return False
    meant = found[found.lastindex or 0].lower()
    why = f"A value from outside is a parameter: `param {meant}: int = 0`, `--set {meant}=42`."
    say(reader, token.start, found.end(), meant, why, safe=False)
    reader.feed_bad(token.start, found.end())
    pass_to(reader, found.end())
    return True


def _choice(reader: Recovery, token: Token) -> bool:
    """`seed = 42 if fast else 7`, `seed = fast ? 42 : 7`."""
    if not reader.is_inside or token.indent >= 0 or not (token.text == "if" or token.text == "?"):
        return False
    if not reader.can("ARROW") or reader.token(1).kind not in _WORDS | {"STRING"}:
        return False
    line = reader.source.text[token.end :].split("\n", 1)[0]
    if not re.search(r"\belse\b" if token.text == "if" else ":", line):
        return False
    help = _STATEMENTS["if"]
    reader.say(messages.FOREIGN_WORD, token.start, token.end, word=token.text, help=help)
    reader.leave_out()
    return True


def foreign_word(reader: Recovery, token: Token) -> bool:
    """`set seed = 1`, `if seed > 4`."""
    word = reader.token(-1)
    if _choice(reader, token):
        return True
    if not reader.is_inside or word.kind != "NAME" or token.indent >= 0 or token.kind == "EQUAL":
        return False
    if word.indent < 0 or reader.last_kind != "NAME" or reader.bracket != "LBRACE":
        return False
    if word.text in ASSIGNING and token.kind == "NAME" and reader.token(1).kind == "EQUAL":
        fix = reader.fix(f"Remove `{word.text}`", (word.start, token.start, ""))
        help = f"Write `{token.text} = …`."
        reader.say(messages.FOREIGN_WORD, word.start, word.end, fix, word=word.text, help=help)
        reader.take_back()
        return True
    if word.text == "return" and token.kind == "NAME" and reader.token(1).kind == "ARROW":
        fix = reader.fix("Write `flow =`", (word.start, word.end, "flow ="))
        help = "Write `flow = …`: it is what a pipeline gives."
        reader.say(messages.FOREIGN_WORD, word.start, word.end, fix, word=word.text, help=help)
        reader.take_back()
        reader.feed("NAME", "flow", word.start, word.end)
        reader.feed("EQUAL", "=", word.end, word.end)
        return True
    if word.text not in _STATEMENTS:
        return False
    help = _STATEMENTS[word.text]
    reader.say(messages.FOREIGN_WORD, word.start, word.end, word=word.text, help=help)
    reader.leave_out()
    return True


def missing_quotes(reader: Recovery, token: Token) -> bool:
    """`prompt = She turns to the camera`, `image = ./portrait.png`."""
    first = reader.at
    while first and reader.tokens[first - 1].kind in _WORDS and reader.tokens[first].indent < 0:
        if reader.tokens[first - 1].kind == "COLON" and reader.tokens[first - 2].indent >= 0:
            break  # `prompt: She turns`
        first -= 1
    sign, key = reader.tokens[first - 1], reader.tokens[first - 2]
    if first < 2 or sign.kind not in ("EQUAL", "COLON") or key.kind != "NAME":
        return False
    begin = reader.tokens[first]
    if begin.kind in ("_COMMA", "RPAR") or sign.start not in reader.values:
        return False
    found = _words(reader, begin)
    if found is None:
        return False
    end, is_file = found
    said = reader.source.text[begin.start : end]
    meant = '"' + said.replace("\\", "/" if is_file else "\\\\") + '"'
    shown = meant if len(meant) <= 40 else "quotes around it"
    fix = reader.fix(f"Write {shown}", (begin.start, end, meant))._replace(safe=is_file)
    height = len(reader.values) - reader.values[::-1].index(sign.start)
    is_weighted = _WEIGHTED.match(reader.source.text, begin.start) is not None
    if reader.open and height < reader.open[-1][1] - 1 and not is_weighted:
        return False
    reader.say(messages.MISSING_QUOTES, begin.start, end, fix, meant=shown)
    reader.drop_to(height)
    reader.feed("STRING", meant, begin.start, end)
    while reader.token().start < end and reader.token().kind != "$END":
        reader.at += 1
    return True


#: `steps/2..steps of steps`, a division without spaces.
_DIVIDED = re.compile(r"[a-z_][\w.]*/\d+(?:\s*\.\.|\s*$|[\s,)])")


def _words(reader: Recovery, begin: Token) -> tuple[int, bool] | None:
    """Where a string without quotes ends, and whether it is the name of a file; None where it is none."""
    text = reader.source.text
    file = _FILE.match(text, begin.start)
    if file is not None:
        return file.end(), True
    line_end = text.find("\n", begin.start)
    line = text[begin.start : len(text) if line_end < 0 else line_end]
    weighted = _WEIGHTED.match(line)
    if weighted is not None and reader.is_inside:
        return begin.start + len(weighted[0].rstrip(" \t,;")), False
    if _DIVIDED.match(line):
        return None
    line = re.split(r",\s*[a-z_]+\s*[=:]|\s#|->|[\])}]\s*$", line)[0].rstrip(" \t,;")
    if (
        not reader.is_inside
        or not re.search(r"\S\s+\S", line)
        or line.count("(") != line.count(")")
    ):
        return None
    if len(re.findall(r"[^\W\d_]{2,}", line)) < 2 or re.search(r"[\"`{}\[\]=|<>]", line):
        return None
    if begin.kind == "NUMBER" or not re.match(r"[^\W\d]", line):
        return None
    return begin.start + len(line), False


def not_a_name(reader: Recovery, token: Token) -> bool:
    """`pipeline my-video {`, `pipeline 2nd {`, `pipeline "clip" {`."""
    count = reader.words_of_declaration()
    if reader.is_inside or count not in (1, 2):
        return False
    word = reader.token(-count)
    if word.indent != 0 or not is_kind(word.text) or word.text in ("wan", "use", "let", "param"):
        return False
    at = reader.at - (count - 1)
    end = at
    while reader.tokens[end].indent < 0 and reader.tokens[end].kind in _WORDS | {"STRING"}:
        if reader.tokens[end].kind in ("COLON", "LPAR"):
            break
        end += 1
    if end == at or reader.tokens[end].kind not in ("LBRACE", "EQUAL"):
        return False
    start, stop = reader.tokens[at].start, reader.tokens[end - 1].end
    found = reader.source.text[start:stop]
    meant = re.sub(r"[^a-z0-9_]+", "_", found.lower()).strip("_")
    meant = meant if re.match("[a-z]", meant) else f"{word.text}_{meant}".rstrip("_")
    if meant == found:
        return False
    is_once = found.startswith('"') or reader.source.text.count(found) == 1
    fix = reader.fix(f"Write `{meant}`", (start, stop, meant))._replace(safe=is_once)
    said = reader.diagnostics[-1] if reader.diagnostics else None
    if count == 2 and said is not None and said.span is not None and said.span.start == start:
        reader.diagnostics.pop()  # its quotes are gone too
    reader.say(messages.NOT_A_NAME, start, stop, fix, found=found, meant=meant)
    if count == 2:
        reader.take_back()
    reader.feed("NAME", meant, start, stop)
    reader.at = end
    return True


def quotes_inside(reader: Recovery, token: Token) -> bool:
    """`"She said "hello" to me"`, `"one" "two"`."""
    first = reader.token(-1)
    if first.kind != "STRING" or reader.last_kind != "STRING" or first.slip is not None:
        return False
    if not reader.is_inside and reader.token(-2).kind == "NAME":
        return False  # `resource "a" "b"`
    if token.indent >= 0 or first.text.startswith('"""') or token.kind not in _WORDS | {"STRING"}:
        return False
    if token.kind == "COLON" and reader.token(-2).kind != "EQUAL":
        return False  # `"file": "x"`
    text = reader.source.text
    line_end = text.find("\n", token.start)
    line = text[first.start : len(text) if line_end < 0 else line_end]
    if token.kind == "STRING":
        end, meant = (
            token.end,
            text[first.start : first.end - 1] + " " + text[token.start + 1 : token.end],
        )
    else:
        end = first.start + line.rfind('"') + 1
        inside = text[first.start + 1 : end - 1]
        if end <= first.end or re.search(r"[=(\[{]|->", text[first.end : end]):
            return False
        meant = '"' + re.sub(r'(?<!\\)"', r'\\"', inside) + '"'
    fix = reader.fix(
        f"Write `{meant}`" if len(meant) < 40 else "Join the strings", (first.start, end, meant)
    )
    reader.say(messages.QUOTES_INSIDE, first.start, end, fix._replace(safe=False))
    reader.take_back()
    reader.feed("STRING", meant, first.start, end)
    while reader.token().start < end and reader.token().kind != "$END":
        reader.at += 1
    return True
