"""Texts, quotes and single letters."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.language.syntax.messages.examples import in_a_pipeline

_ERROR = Severity.ERROR

UNCLOSED_TEXT = Message(
    "WAN105",
    "unclosed-text",
    _ERROR,
    "the quotes of this text are not closed; it is taken to end {where}",
    "A text on one line ends on that line, one in triple quotes with triple quotes.",
    "Write `{quotes}` where the text {edge}.",
    summary="The quotes of a string are never closed",
    bad=in_a_pipeline('prompt = "She smiles', "seed = 1"),
    good=in_a_pipeline('prompt = "She smiles"', "seed = 1"),
)

WRONG_QUOTES = Message(
    "WAN106",
    "wrong-quotes",
    _ERROR,
    'a text stands in `"`, not in `{quotes}`',
    "There is one kind of quotes, so that any other can stand inside of a text.",
    'Write `"`.',
    summary="A string is not in double quotes",
    bad=in_a_pipeline("prompt = 'She smiles'"),
    good=in_a_pipeline('prompt = "She smiles"'),
)

UNCLOSED_BACKTICK = Message(
    "WAN128",
    "unclosed-backtick",
    _ERROR,
    "the backticks of this name are not closed; it is taken to end before {where}",
    "A name in backticks ends with a backtick, on the same line.",
    "Write a backtick behind the name.",
    summary="A name in backticks has no closing backtick",
    bad=in_a_pipeline("flow = high -> `RIFE VFI(frames = _)"),
    good=in_a_pipeline("flow = high -> `RIFE VFI`(frames = _)"),
)

UNKNOWN_ESCAPE = Message(
    "WAN118",
    "unknown-escape",
    _ERROR,
    "`{escape}` has no meaning in a text",
    'The escapes are `\\\\`, `\\"`, `\\n`, `\\t`, `\\r`, `\\{{` and `\\u{{1F600}}`, and in backticks also '
    "`` \\` ``. Folders are divided by `/`, on every system.",
    "Write `\\{escape}` for a backslash that is one.",
    summary="A string has an unknown escape",
    bad=in_a_pipeline('prompt = "5\\%"'),
    good=in_a_pipeline('prompt = "5%"'),
)

WINDOWS_PATH = Message(
    "WAN134",
    "windows-path",
    _ERROR,
    "this path has `\\` between its folders",
    "In a string `\\` begins an escape: `\\n` is a line end, `\\t` a tab. `/` works on every system.",
    'Write `"{meant}"`.',
    summary="A path has backslashes between its folders",
    bad=in_a_pipeline(r'image = "C:\Users\me\new.png"'),
    good=in_a_pipeline('image = "C:/Users/me/new.png"'),
)

UNKNOWN_CHARACTER = Message(
    "WAN119",
    "unknown-character",
    _ERROR,
    "`{escape}` names no character",
    "In the braces stands the number of a character in Unicode, with hexadecimal digits, up to 10FFFF.",
    "Write a number such as `\\u{{1F600}}`, or the character itself.",
    summary="A Unicode escape names no character",
    bad=in_a_pipeline('prompt = "\\u{110000}"'),
    good=in_a_pipeline('prompt = "\\u{1F600}"'),
)

INVISIBLE = Message(
    "WAN121",
    "invisible-character",
    _ERROR,
    "here stands the invisible character U+{code:04X}",
    "It was probably copied along with the text. Outside of texts and comments only blanks and tabs may "
    "stand between words.",
    "Put a blank in its place, or nothing.",
    summary="An invisible character is outside of strings and comments",
    bad=in_a_pipeline("seed =\u00a01"),
    good=in_a_pipeline("seed = 1"),
)

LOOKALIKE = Message(
    "WAN129",
    "lookalike",
    _ERROR,
    "`{found}` only looks like `{meant}`",
    "It is another character, as some keyboards and programs write it.",
    "Write `{meant}`.",
    summary="A character only looks like the one that is meant",
    bad=in_a_pipeline("flow = rife（times = 2)"),
    good=in_a_pipeline("flow = rife(times = 2)"),
)

HALF_NUMBER = Message(
    "WAN132",
    "half-number",
    _ERROR,
    "the number `{found}` is written `{meant}`",
    "A number has digits on both sides of its point, so that the point is not taken for that of a name.",
    "Write `{meant}`.",
    summary="A number has digits on only one side of its point",
    bad=in_a_pipeline("denoise = .5"),
    good=in_a_pipeline("denoise = 0.5"),
)
