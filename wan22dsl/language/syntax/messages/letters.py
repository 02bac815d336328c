"""Texts, quotes and single letters."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.language.syntax.messages.examples import in_a_pipeline

_ERROR = Severity.ERROR

UNCLOSED_TEXT = Message(
    "WAN105",
    "unclosed-string",
    _ERROR,
    "unclosed string; it is read up to {where}",
    'A string in `"` ends on its line; a string in `"""` ends at the next `"""`.',
    "Write `{quotes}` where the string {edge}.",
    summary="The quotes of a string are never closed",
    bad=in_a_pipeline('prompt = "She smiles', "seed = 1"),
    good=in_a_pipeline('prompt = "She smiles"', "seed = 1"),
)

WRONG_QUOTES = Message(
    "WAN106",
    "wrong-quotes",
    _ERROR,
    "strings use double quotes, not `{quotes}`",
    'Only `"` delimits a string, so all other quotes may appear inside one.',
    'Write `"`.',
    summary="A string is not in double quotes",
    bad=in_a_pipeline("prompt = 'She smiles'"),
    good=in_a_pipeline('prompt = "She smiles"'),
)

UNCLOSED_BACKTICK = Message(
    "WAN128",
    "unclosed-backtick",
    _ERROR,
    "unclosed backtick; the name is read up to {where}",
    "A name in backticks ends with a backtick on the same line.",
    "Write a backtick after the name.",
    summary="A name in backticks has no closing backtick",
    bad=in_a_pipeline("flow = high -> `RIFE VFI(frames = _)"),
    good=in_a_pipeline("flow = high -> `RIFE VFI`(frames = _)"),
)

UNKNOWN_ESCAPE = Message(
    "WAN118",
    "unknown-escape",
    _ERROR,
    "unknown escape `{escape}` in a string",
    'The escapes are `\\\\`, `\\"`, `\\n`, `\\t`, `\\r`, `\\{{` and `\\u{{1F600}}`, and in '
    "backticks also `` \\` ``. Paths use `/` on every system.",
    "{help}",
    summary="A string has an unknown escape",
    bad=in_a_pipeline('prompt = "5\\%"'),
    good=in_a_pipeline('prompt = "5%"'),
)

WINDOWS_PATH = Message(
    "WAN134",
    "windows-path",
    _ERROR,
    "this path has backslashes between its folders",
    "In a string `\\` starts an escape: `\\n` is a newline, `\\t` a tab. `/` works on every "
    "system.",
    'Write `"{meant}"`.',
    summary="A path has backslashes between its folders",
    bad=in_a_pipeline(r'image = "C:\Users\me\new.png"'),
    good=in_a_pipeline('image = "C:/Users/me/new.png"'),
)

UNKNOWN_CHARACTER = Message(
    "WAN119",
    "unknown-character",
    _ERROR,
    "`{escape}` is not a Unicode character",
    "The braces contain the hexadecimal code point of a character, up to 10FFFF.",
    "Write a number such as `\\u{{1F600}}`, or the character itself.",
    summary="A Unicode escape names no character",
    bad=in_a_pipeline('prompt = "\\u{110000}"'),
    good=in_a_pipeline('prompt = "\\u{1F600}"'),
)

INVISIBLE = Message(
    "WAN121",
    "invisible-character",
    _ERROR,
    "invisible character U+{code:04X}",
    "It was probably pasted with the source. Only spaces and tabs may separate words outside "
    "strings and comments.",
    "Replace it with a space, or remove it.",
    summary="An invisible character is outside strings and comments",
    bad=in_a_pipeline("seed =\u00a01"),
    good=in_a_pipeline("seed = 1"),
)

LOOKALIKE = Message(
    "WAN129",
    "lookalike",
    _ERROR,
    "`{found}` only looks like `{meant}`",
    "It is a different character that some keyboards and editors insert.",
    "Write `{meant}`.",
    summary="A character looks like another one that is meant",
    bad=in_a_pipeline("flow = rife（times = 2)"),
    good=in_a_pipeline("flow = rife(times = 2)"),
)

HALF_NUMBER = Message(
    "WAN132",
    "half-number",
    _ERROR,
    "write the number `{found}` as `{meant}`",
    "A number has digits on both sides of its decimal point; a dot without them reads a "
    "member of a name.",
    "Write `{meant}`.",
    summary="A number has digits on only one side of its decimal point",
    bad=in_a_pipeline("denoise = .5"),
    good=in_a_pipeline("denoise = 0.5"),
)
