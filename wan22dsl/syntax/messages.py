"""What can be wrong with the syntax of a file.

Most of these mistakes are read as what was meant, and the mend is one that changes nothing else.
"""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_ERROR = Severity.ERROR


def _block(*lines: str) -> str:
    """An example: the lines inside a pipeline."""
    inside = "\n".join(f"    {line}" for line in lines)
    return f"wan 1\n\npipeline x {{\n{inside}\n}}\n"


UNREADABLE = Message(
    "WAN101",
    "unreadable",
    _ERROR,
    "{found} cannot stand {where}",
    "What stands here has no meaning in this place, so it is left out of everything that follows.",
    "{mend}",
    bad=_block("size = 832 1216"),
    good=_block("size = 832x1216"),
)

UNCLOSED_BRACKET = Message(
    "WAN102",
    "unclosed-bracket",
    _ERROR,
    "{brackets} never closed",
    "Everything that follows would belong to it. It is taken to end where the lines stop being indented "
    "for it, or where the next declaration begins.",
    "Write `{closing}` where it ends.",
    bad=_block('flow = high -> save("x"', "seed = 1"),
    good=_block('flow = high -> save("x")', "seed = 1"),
)

SURPLUS_BRACKET = Message(
    "WAN103",
    "surplus-bracket",
    _ERROR,
    "this `{bracket}` closes nothing",
    "Every bracket that it could belong to is closed already.",
    "Take it out.",
    bad=_block('flow = high -> save("x"))'),
    good=_block('flow = high -> save("x")'),
)

WRONG_BRACKET = Message(
    "WAN104",
    "wrong-bracket",
    _ERROR,
    "`{opening}` is closed by `{bracket}`",
    "A bracket is closed by its own counterpart.",
    "Write `{closing}`.",
    bad=_block("loras = [grain)"),
    good=_block("loras = [grain]"),
)

UNCLOSED_TEXT = Message(
    "WAN105",
    "unclosed-text",
    _ERROR,
    "the quotes of this text are not closed; it is taken to end {where}",
    "A text on one line ends on that line, one in triple quotes with triple quotes.",
    "Write `{quotes}` where the text {edge}.",
    bad=_block('prompt = "She smiles', "seed = 1"),
    good=_block('prompt = "She smiles"', "seed = 1"),
)

WRONG_QUOTES = Message(
    "WAN106",
    "wrong-quotes",
    _ERROR,
    'a text stands in `"`, not in `{quotes}`',
    "There is one kind of quotes, so that any other can stand inside of a text.",
    'Write `"`.',
    bad=_block("prompt = 'She smiles'"),
    good=_block('prompt = "She smiles"'),
)

WRONG_EQUALS = Message(
    "WAN107",
    "wrong-equals",
    _ERROR,
    "`=` stands before a value, not `{sign}`",
    "`:` stands before a type, and there are no comparisons.",
    "Write `=`.",
    bad=_block("flow = high -> rife(times: 2)"),
    good=_block("flow = high -> rife(times = 2)"),
)

MISSING_EQUALS = Message(
    "WAN108",
    "missing-equals",
    _ERROR,
    "there is no `=` between `{name}` and its value",
    "Two words side by side have no meaning here; a setting is a name, `=` and a value.",
    "Write `{name} = …`.",
    bad=_block("cfg 1.0"),
    good=_block("cfg = 1.0"),
)

WRONG_ARROW = Message(
    "WAN109",
    "wrong-arrow",
    _ERROR,
    "the arrow is written `->`, not `{sign}`",
    "A flow hands its value on with `->`.",
    "Write `->`.",
    bad=_block("flow = high => low"),
    good=_block("flow = high -> low"),
)

WRONG_COMMENT = Message(
    "WAN110",
    "wrong-comment",
    _ERROR,
    "a comment begins with `#`, not with `//`",
    "From `#` to the end of the line nothing is read.",
    "Write `#`.",
    bad=_block("length = 5s // 81 frames"),
    good=_block("length = 5s # 81 frames"),
)

MISSING_COMMA = Message(
    "WAN111",
    "missing-comma",
    _ERROR,
    "there is no comma before {found}",
    "Items on one line have commas between them; on lines of their own they need none.",
    "Write a comma between them.",
    bad=_block("cfg = 1.0 shift = 5.0"),
    good=_block("cfg = 1.0, shift = 5.0"),
)

NEEDLESS_SIGN = Message(
    "WAN112",
    "needless-sign",
    _ERROR,
    "this `{sign}` separates nothing",
    "One comma or line end is enough between items, and between declarations there are only line ends.",
    "{mend}",
    bad=_block("cfg = 1.0;"),
    good=_block("cfg = 1.0"),
)

NAME_WITH_SPACE = Message(
    "WAN113",
    "name-with-space",
    _ERROR,
    "the class name `{name}` needs backticks",
    "Without them it ends at the first character that is no letter, digit or `_`.",
    "Write `` `{name}`(…) ``.",
    bad=_block("flow = high -> RIFE VFI(frames = _)"),
    good=_block("flow = high -> `RIFE VFI`(frames = _)"),
)

LINE_END = Message(
    "WAN114",
    "line-end",
    _ERROR,
    "a line cannot end {where}",
    "A value begins on the line of its `=`, a body on the line of its name. Lines may end before and behind "
    "`->`, and between the items of brackets.",
    "Write `{behind}` on the line above.",
    bad="wan 1\n\npipeline x\n{\n    seed = 1\n}\n",
    good=_block("seed = 1"),
)

MISSING_VALUE = Message(
    "WAN115",
    "missing-value",
    _ERROR,
    "there is no value {where}",
    "Something has to stand here for the line to say anything.",
    "{mend}",
    bad=_block("cfg =", "shift = 5.0"),
    good=_block("cfg = 1.0", "shift = 5.0"),
)

BARE_CLASS = Message(
    "WAN116",
    "bare-class",
    _ERROR,
    "`{name}` is a node of ComfyUI's by its capital letter, but it is not called",
    "The inputs of a node have no order, so its call says where each value goes; `_` is what the arrow "
    "brings.",
    'Write `{name}(input = …)`, or `"{name}"` if it is a text.',
    bad=_block("flow = high -> VAEDecode"),
    good=_block("flow = high -> VAEDecode(samples = _)"),
)

CAPITAL_WORD = Message(
    "WAN117",
    "capital-word",
    _ERROR,
    "`{found}` is written `{meant}`",
    "Words with a capital letter are names of ComfyUI's.",
    "Write `{meant}`.",
    bad=_block("add_noise = True"),
    good=_block("add_noise = true"),
)

UNKNOWN_ESCAPE = Message(
    "WAN118",
    "unknown-escape",
    _ERROR,
    "`{escape}` has no meaning in a text",
    'The escapes are `\\\\`, `\\"`, `\\n`, `\\t`, `\\r`, `\\{{` and `\\u{{1F600}}`, and in backticks also '
    "`` \\` ``. Folders are divided by `/`, on every system.",
    "Write `\\{escape}` for a backslash that is one.",
    bad=_block('prompt = "5\\%"'),
    good=_block('prompt = "5%"'),
)

UNKNOWN_CHARACTER = Message(
    "WAN119",
    "unknown-character",
    _ERROR,
    "`{escape}` names no character",
    "In the braces stands the number of a character in Unicode, with hexadecimal digits, up to 10FFFF.",
    "Write a number such as `\\u{{1F600}}`, or the character itself.",
    bad=_block('prompt = "\\u{110000}"'),
    good=_block('prompt = "\\u{1F600}"'),
)

TOO_DEEP = Message(
    "WAN120",
    "too-deep",
    _ERROR,
    "this is nested more than {limit} levels deep",
    "No one could follow it, and a text that is nested so deeply is broken in most cases.",
    "Name a part of it with `let`.",
    bad=_block(f"seed = {'(' * 101}1{')' * 101}"),
    good=_block("seed = (1)"),
)

INVISIBLE = Message(
    "WAN121",
    "invisible-character",
    _ERROR,
    "here stands the invisible character U+{code:04X}",
    "It was probably copied along with the text. Outside of texts and comments only blanks and tabs may "
    "stand between words.",
    "Put a blank in its place, or nothing.",
    bad=_block("seed =\u00a01"),
    good=_block("seed = 1"),
)

NOT_A_DECLARATION = Message(
    "WAN122",
    "not-a-declaration",
    _ERROR,
    "{found} begins no declaration",
    "A line that is not indented begins a declaration: its kind, its name, and what belongs to it.",
    "{mend}",
    bad="wan 1\n\ncfg = 1.0\n",
    good="wan 1\n\nlet cfg = 1.0\n",
)

DECLARATION_INSIDE = Message(
    "WAN123",
    "declaration-inside",
    _ERROR,
    "the declaration `{found}` stands inside of brackets",
    "Declarations stand side by side, so that each can be found by its name. Inside of a block only `let` "
    "gives a name to something.",
    "Move it to the left edge, outside of all brackets.",
    bad=_block("pass high = low(cfg = 1.0)"),
    good=_block("let high = low(cfg = 1.0)"),
)

CAPITAL_NAME = Message(
    "WAN124",
    "capital-name",
    _ERROR,
    "the name `{name}` begins with a capital letter",
    "Names with a capital letter belong to ComfyUI; those that a file declares begin with a small one.",
    "Write `{meant}`, here and wherever it is used.",
    bad="wan 1\n\nlet Strength = 0.6\n",
    good="wan 1\n\nlet strength = 0.6\n",
)

MISSING_NAME = Message(
    "WAN125",
    "missing-name",
    _ERROR,
    "this `{word}` has no name",
    "A declaration is found by its name.",
    "Write a name before `{{`.",
    bad="wan 1\n\npipeline {\n    seed = 1\n}\n",
    good=_block("seed = 1"),
)

NO_DIVISION = Message(
    "WAN126",
    "no-division",
    _ERROR,
    "there is no division",
    "It would have to round, and a frame more or less matters here.",
    "Write the result, or multiply by a fraction such as `0.5`.",
    bad=_block("cfg = 7 / 2"),
    good=_block("cfg = 7 * 0.5"),
)

TEXT_AS_KEY = Message(
    "WAN127",
    "text-as-key",
    _ERROR,
    "the name of a setting stands without quotes",
    "A bare word is a name, a text in quotes is a value.",
    "Write `{meant} = …`.",
    bad=_block('extra = { "strength" = 0.6 }'),
    good=_block("extra = { strength = 0.6 }"),
)

UNCLOSED_BACKTICK = Message(
    "WAN128",
    "unclosed-backtick",
    _ERROR,
    "the backticks of this name are not closed; it is taken to end before {where}",
    "A name in backticks ends with a backtick, on the same line.",
    "Write a backtick behind the name.",
    bad=_block("flow = high -> `RIFE VFI(frames = _)"),
    good=_block("flow = high -> `RIFE VFI`(frames = _)"),
)

LOOKALIKE = Message(
    "WAN129",
    "lookalike",
    _ERROR,
    "`{found}` only looks like `{meant}`",
    "It is another character, as some keyboards and programs write it.",
    "Write `{meant}`.",
    bad=_block("flow = rife（times = 2)"),
    good=_block("flow = rife(times = 2)"),
)

MISSING_LINE_END = Message(
    "WAN130",
    "missing-line-end",
    _ERROR,
    "the declaration `{found}` begins on the line of another",
    "Between declarations there is only a line end.",
    "Begin a new line before it.",
    bad="wan 1 use wan22\n",
    good="wan 1\nuse wan22\n",
)

MISSING_TYPE = Message(
    "WAN131",
    "missing-type",
    _ERROR,
    "`{name}` has no type",
    "The type says what may be given, so that a mistake is found where it is made.",
    "Write `{name}: type`, such as `{name}: int` or `{name}: IMAGE`.",
    bad="wan 1\n\nstage x(in frames: IMAGE, times = 2) -> IMAGE {\n    out = frames\n}\n",
    good="wan 1\n\nstage x(in frames: IMAGE, times: int = 2) -> IMAGE {\n    out = frames\n}\n",
)

HALF_NUMBER = Message(
    "WAN132",
    "half-number",
    _ERROR,
    "the number `{found}` is written `{meant}`",
    "A number has digits on both sides of its point, so that the point is not taken for that of a name.",
    "Write `{meant}`.",
    bad=_block("denoise = .5"),
    good=_block("denoise = 0.5"),
)

MISSING_BRACKET = Message(
    "WAN133",
    "missing-bracket",
    _ERROR,
    "the `{opening}` is missing that `{bracket}` closes",
    "A bracket below, or further on, closes nothing else.",
    "Write `{opening}`.",
    bad=_block('flow = high -> save"x")'),
    good=_block('flow = high -> save("x")'),
)
