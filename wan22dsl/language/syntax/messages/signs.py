"""Brackets and signs, and the ends of lines."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.language.syntax.messages.examples import in_a_pipeline

_ERROR = Severity.ERROR

UNREADABLE = Message(
    "WAN101",
    "unreadable",
    _ERROR,
    "{found} cannot stand {where}",
    "What stands here has no meaning in this place, so it is left out of everything that follows.",
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
    "Everything that follows would belong to it. It is taken to end where the lines stop being indented "
    "for it, or where the next declaration begins.",
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
    "Every bracket that it could belong to is closed already.",
    "Take it out.",
    summary="A closing bracket has no opening bracket",
    bad=in_a_pipeline('flow = high -> save("x"))'),
    good=in_a_pipeline('flow = high -> save("x")'),
)

WRONG_BRACKET = Message(
    "WAN104",
    "wrong-bracket",
    _ERROR,
    "`{opening}` is closed by `{bracket}`",
    "A bracket is closed by its own counterpart.",
    "Write `{closing}`.",
    summary="A bracket is closed by one of another kind",
    bad=in_a_pipeline("loras = [grain)"),
    good=in_a_pipeline("loras = [grain]"),
)

MISSING_BRACKET = Message(
    "WAN133",
    "missing-bracket",
    _ERROR,
    "the `{opening}` is missing that `{bracket}` closes",
    "A bracket below, or further on, closes nothing else.",
    "Write `{opening}`.",
    summary="An opening bracket is missing",
    bad=in_a_pipeline('flow = high -> save"x")'),
    good=in_a_pipeline('flow = high -> save("x")'),
)

TOO_DEEP = Message(
    "WAN120",
    "too-deep",
    _ERROR,
    "this is nested more than {limit} levels deep",
    "No one could follow it, and a text that is nested so deeply is broken in most cases.",
    "Name a part of it with `let`.",
    summary="The source is nested too deeply to be read",
    bad=in_a_pipeline(f"seed = {'(' * 101}1{')' * 101}"),
    good=in_a_pipeline("seed = (1)"),
)

WRONG_EQUALS = Message(
    "WAN107",
    "wrong-equals",
    _ERROR,
    "`=` stands before a value, not `{sign}`",
    "`:` stands before a type, and there are no comparisons.",
    "Write `=`.",
    summary="Another sign is used in place of `=`",
    bad=in_a_pipeline("flow = high -> rife(times: 2)"),
    good=in_a_pipeline("flow = high -> rife(times = 2)"),
)

MISSING_EQUALS = Message(
    "WAN108",
    "missing-equals",
    _ERROR,
    "there is no `=` between `{name}` and its value",
    "Two words side by side have no meaning here; a setting is a name, `=` and a value.",
    "Write `{name} = …`.",
    summary="There is no `=` between a name and its value",
    bad=in_a_pipeline("cfg 1.0"),
    good=in_a_pipeline("cfg = 1.0"),
)

WRONG_ARROW = Message(
    "WAN109",
    "wrong-arrow",
    _ERROR,
    "the arrow is written `->`, not `{sign}`",
    "A flow hands its value on with `->`.",
    "Write `->`.",
    summary="An arrow is not written as `->`",
    bad=in_a_pipeline("flow = high => low"),
    good=in_a_pipeline("flow = high -> low"),
)

WRONG_COMMENT = Message(
    "WAN110",
    "wrong-comment",
    _ERROR,
    "a comment begins with `#`, not with `{sign}`",
    "From `#` to the end of the line nothing is read.",
    "Write `#`.",
    summary="A comment begins with another sign instead of `#`",
    bad=in_a_pipeline("length = 5s // 81 frames"),
    good=in_a_pipeline("length = 5s # 81 frames"),
)

MISSING_COMMA = Message(
    "WAN111",
    "missing-comma",
    _ERROR,
    "there is no comma before {found}",
    "Items on one line have commas between them; on lines of their own they need none.",
    "Write a comma between them.",
    summary="There is no comma between two items on one line",
    bad=in_a_pipeline("cfg = 1.0 shift = 5.0"),
    good=in_a_pipeline("cfg = 1.0, shift = 5.0"),
)

NEEDLESS_SIGN = Message(
    "WAN112",
    "needless-sign",
    _ERROR,
    "this `{sign}` separates nothing",
    "One comma or line end is enough between items, and between declarations there are only line ends.",
    "{help}",
    summary="A comma or another separator separates nothing",
    bad=in_a_pipeline("cfg = 1.0;"),
    good=in_a_pipeline("cfg = 1.0"),
)

LINE_END = Message(
    "WAN114",
    "line-end",
    _ERROR,
    "a line cannot end {where}",
    "A value begins on the line of its `=`, a body on the line of its name. Lines may end before and behind "
    "`->`, and between the items of brackets.",
    "Write `{behind}` on the line above.",
    summary="A line ends where its statement must go on",
    bad="wan 1\n\npipeline x\n{\n    seed = 1\n}\n",
    good=in_a_pipeline("seed = 1"),
)

MISSING_LINE_END = Message(
    "WAN130",
    "missing-line-end",
    _ERROR,
    "the declaration `{found}` begins on the line of another",
    "Between declarations there is only a line end.",
    "Begin a new line before it.",
    summary="Two declarations are on one line",
    bad="wan 1 use wan22\n",
    good="wan 1\nuse wan22\n",
)

NO_DIVISION = Message(
    "WAN126",
    "no-division",
    _ERROR,
    "there is no division",
    "It would have to round, and a frame more or less matters here.",
    "Write the result, or multiply by a fraction such as `0.5`.",
    summary="Division is not supported",
    bad=in_a_pipeline("cfg = 7 / 2"),
    good=in_a_pipeline("cfg = 7 * 0.5"),
)
