"""Brackets and signs, and the ends of lines."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.language.syntax.messages.examples import in_a_pipeline

_ERROR = Severity.ERROR

UNREADABLE = Message(
    "WAN101",
    "unreadable",
    _ERROR,
    "{found} {where}",
    "It has no meaning here, so it is ignored.",
    "{help}",
    summary="Unexpected token or value, or a file with too many errors",
    bad=in_a_pipeline("seed = 1 2"),
    good=in_a_pipeline("seed = 12"),
)

UNCLOSED_BRACKET = Message(
    "WAN102",
    "unclosed-bracket",
    _ERROR,
    "{brackets} never closed",
    "The bracket is assumed to end where the indentation ends, or where the next declaration "
    "starts.",
    "Write `{closing}` where it ends.",
    summary="A bracket is never closed",
    bad=in_a_pipeline('flow = high -> save("x"', "seed = 1"),
    good=in_a_pipeline('flow = high -> save("x")', "seed = 1"),
)

SURPLUS_BRACKET = Message(
    "WAN103",
    "surplus-bracket",
    _ERROR,
    "this `{bracket}` closes nothing",
    "All brackets before it are already closed.",
    "Remove it.",
    summary="A closing bracket has no opening bracket",
    bad=in_a_pipeline('flow = high -> save("x"))'),
    good=in_a_pipeline('flow = high -> save("x")'),
)

WRONG_BRACKET = Message(
    "WAN104",
    "wrong-bracket",
    _ERROR,
    "`{opening}` is closed by `{bracket}`",
    "Brackets must be closed by the matching kind.",
    "Write `{closing}`.",
    summary="A bracket is closed by one of another kind",
    bad=in_a_pipeline("loras = [grain)"),
    good=in_a_pipeline("loras = [grain]"),
)

MISSING_BRACKET = Message(
    "WAN133",
    "missing-bracket",
    _ERROR,
    "missing `{opening}` for this `{bracket}`",
    "No other open bracket matches it.",
    "Write `{opening}`.",
    summary="An opening bracket is missing",
    bad=in_a_pipeline('flow = high -> save"x")'),
    good=in_a_pipeline('flow = high -> save("x")'),
)

TOO_DEEP = Message(
    "WAN120",
    "too-deep",
    _ERROR,
    "nested more than {limit} levels deep",
    "Such deep nesting usually means that the file is damaged.",
    "Name a part of it with `let`.",
    summary="The source is nested too deeply to be read",
    bad=in_a_pipeline(f"seed = {'(' * 101}1{')' * 101}"),
    good=in_a_pipeline("seed = (1)"),
)

WRONG_EQUALS = Message(
    "WAN107",
    "wrong-equals",
    _ERROR,
    "use `=` before a value, not `{sign}`",
    "`:` precedes a type, and comparisons are not supported.",
    "Write `=`.",
    summary="Another sign is used in place of `=`",
    bad=in_a_pipeline("flow = high -> rife(times: 2)"),
    good=in_a_pipeline("flow = high -> rife(times = 2)"),
)

MISSING_EQUALS = Message(
    "WAN108",
    "missing-equals",
    _ERROR,
    "missing `=` between `{name}` and its value",
    "A setting is a name, `=` and a value.",
    "Write `{name} = …`.",
    summary="There is no `=` between a name and its value",
    bad=in_a_pipeline("cfg 1.0"),
    good=in_a_pipeline("cfg = 1.0"),
)

WRONG_ARROW = Message(
    "WAN109",
    "wrong-arrow",
    _ERROR,
    "write an arrow as `->`, not `{sign}`",
    "A flow passes its value on with `->`.",
    "Write `->`.",
    summary="An arrow is not written as `->`",
    bad=in_a_pipeline("flow = high => low"),
    good=in_a_pipeline("flow = high -> low"),
)

WRONG_COMMENT = Message(
    "WAN110",
    "wrong-comment",
    _ERROR,
    "comments start with `#`, not with `{sign}`",
    "A comment runs from `#` to the end of the line.",
    "Write `#`.",
    summary="A comment starts with another sign instead of `#`",
    bad=in_a_pipeline("length = 5s // 81 frames"),
    good=in_a_pipeline("length = 5s # 81 frames"),
)

MISSING_COMMA = Message(
    "WAN111",
    "missing-comma",
    _ERROR,
    "missing comma before {found}",
    "Items on the same line are separated by commas; items on separate lines need none.",
    "Write a comma between them.",
    summary="A comma is missing between two items on one line",
    bad=in_a_pipeline("cfg = 1.0 shift = 5.0"),
    good=in_a_pipeline("cfg = 1.0, shift = 5.0"),
)

NEEDLESS_SIGN = Message(
    "WAN112",
    "needless-sign",
    _ERROR,
    "this `{sign}` separates nothing",
    "One comma or line break is enough between items; declarations are separated by line "
    "breaks only.",
    "{help}",
    summary="A comma or another separator separates nothing",
    bad=in_a_pipeline("cfg = 1.0;"),
    good=in_a_pipeline("cfg = 1.0"),
)

LINE_END = Message(
    "WAN114",
    "line-end",
    _ERROR,
    "unexpected end of line {where}",
    "A value starts on the line of its `=`, a body on the line of its name. Lines may break "
    "around `->`, and between the items of brackets.",
    "Write `{behind}` on the line above.",
    summary="A line ends before its statement is complete",
    bad="wan 1\n\npipeline x\n{\n    seed = 1\n}\n",
    good=in_a_pipeline("seed = 1"),
)

MISSING_LINE_END = Message(
    "WAN130",
    "missing-line-end",
    _ERROR,
    "the declaration `{found}` is on the line of another",
    "Declarations are separated by line breaks.",
    "Start the declaration on a new line.",
    summary="Two declarations are on one line",
    bad="wan 1 use wan22\n",
    good="wan 1\nuse wan22\n",
)

SLASH_WITHOUT_SPACES = Message(
    "WAN126",
    "slash-without-spaces",
    _ERROR,
    "a division needs spaces around `/`",
    "Without spaces, `/` joins a sampler and a scheduler: `euler/simple`.",
    "Write `{meant}`.",
    summary="A division has no spaces around its `/`",
    bad=in_a_pipeline("cfg = 7/2"),
    good=in_a_pipeline("cfg = 7 / 2"),
)
