"""Settings, or a flow, at the left edge of a file: what belongs into a pipeline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.language.syntax import messages
from wan22dsl.language.syntax.recovery.outline import is_kind, looks_like_declaration

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Fix
    from wan22dsl.language.syntax.recovery.recovery import Recovery
    from wan22dsl.language.syntax.recovery.tokens import Token

#: What people call the settings of a video.
_SETTINGS = frozenset(
    "prompt negative negative_prompt image start_image size resolution width height length duration seconds "
    "frames num_frames fps frame_rate seed noise_seed steps cfg cfg_scale guidance_scale shift sampler "
    "scheduler sampler_name denoise loras add_loras flow text_encoder conditioning".split()
)


def outside(reader: Recovery, token: Token) -> bool:
    """`prompt = "a cat"` and `high -> low` in the first column: one finding for all lines in a row."""
    first = reader.token(-1)
    if reader.is_inside or reader.words_of_declaration() != 1 or first.indent != 0:
        return False
    begin = reader.at - 1
    if not _belongs_inside(reader.tokens, begin):
        return False
    starts, end = _lines(reader.tokens, begin)
    names = [reader.tokens[at].text for at in starts if reader.tokens[at + 1].kind != "ARROW"]
    shown = " and ".join(f"`{name}`" for name in names[:2]) or "the flow"
    if len(names) > 2:
        shown = f"`{names[0]}` and {len(names) - 1} more settings"
    into = _only_pipeline(reader)
    if into:
        help, fix = f"Move it between the braces of `pipeline {into}`.", None
    else:
        fix = _wrapped(reader, starts, end)
        help = "Put braces around it: `pipeline main { … }`."
    what = f"{shown} {'is' if len(names) < 2 else 'are'}"
    reader.say(messages.OUTSIDE, first.start, reader.token(-1).end, fix, what=what, help=help)
    reader.at = end
    reader.leave_out()
    return True


def _belongs_inside(tokens: list[Token], at: int) -> bool:
    first, sign = tokens[at], tokens[at + 1]
    if first.kind != "NAME" or (sign.indent >= 0 and sign.kind != "ARROW"):
        return False
    if sign.kind in ("EQUAL", "COLON"):
        return first.text in _SETTINGS
    return sign.kind == "ARROW" and not is_kind(first.text)


def _lines(tokens: list[Token], begin: int) -> tuple[list[int], int]:
    """Where the settings in a row begin, and the last token of the last one."""
    starts, end, at = [begin], begin, begin
    while tokens[at].kind != "$END":
        token = tokens[at]
        if (
            token.indent == 0
            and at > begin
            and token.kind not in ("ARROW", "RBRACE", "RSQB", "RPAR")
        ):
            if not _belongs_inside(tokens, at) or looks_like_declaration(tokens, at):
                break
            starts.append(at)
        if token.kind != "_NL":
            end = at
        at += 1
    return starts, end


def _only_pipeline(reader: Recovery) -> str:
    """The name of the pipeline of the file; empty where it has none, or several."""
    names = [
        second.text
        for first, second in zip(reader.tokens, reader.tokens[1:])
        if first.text == "pipeline" and first.indent == 0 and second.kind == "NAME"
    ]
    return names[0] if len(names) == 1 else ""


def _wrapped(reader: Recovery, starts: list[int], end: int) -> Fix | None:
    tokens = reader.tokens
    taken = {this_token.text for this_token in tokens}
    name = next(
        item for item in ("main", *(f"main_{n}" for n in range(2, 9999))) if item not in taken
    )
    is_whole = starts[0] == 0 or all(this_token.kind == "_NL" for this_token in tokens[: starts[0]])
    head = "wan 1\nuse wan22\n\n" if is_whole else ""
    edits = []
    for at in range(starts[0], end + 1):
        token = tokens[at]
        before = "    " if token.indent >= 0 else ""
        if at == starts[0]:
            before = f"{head}pipeline {name} {{\n    "
        if at in starts and tokens[at + 1].kind == "ARROW":
            before += "flow = "
        elif at in starts:
            edits += _as_setting(reader, at)
        if before:
            edits.append((token.start, token.start, before))
    edits = [edit for edit in edits if edit[1] <= tokens[end].end]
    edits.append((tokens[end].end, tokens[end].end, "\n}"))
    return reader.fix(f"write `pipeline {name} {{ … }}` around", *edits)._replace(safe=False)


def _as_setting(reader: Recovery, at: int) -> list[tuple[int, int, str]]:
    """`:` as `=`, and words in quotes."""
    name, sign, value = reader.tokens[at : at + 3]
    text = reader.source.text
    edits = [(name.end, sign.end, " =")] if sign.kind == "COLON" and sign.text == ":" else []
    line_end = text.find("\n", sign.end)
    said = text[value.start : len(text) if line_end < 0 else line_end].rstrip()
    words = name.text.startswith(("prompt", "negative")) and value.kind in ("NAME", "CLASS")
    if words and value.indent < 0 and re.fullmatch(r"[^\"{}=\\#]+", said):
        edits.append((value.start, value.start + len(said), f'"{said}"'))
    return edits
