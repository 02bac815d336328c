"""Names, types and declarations."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.language.syntax.messages.examples import in_a_pipeline

_ERROR = Severity.ERROR

NAME_WITH_SPACE = Message(
    "WAN113",
    "name-with-space",
    _ERROR,
    "the class name `{name}` needs backticks",
    "Without them it ends at the first character that is no letter, digit or `_`.",
    "Write `` `{name}`(…) ``.",
    summary="The name of a node class needs backticks",
    bad=in_a_pipeline("flow = high -> RIFE VFI(frames = _)"),
    good=in_a_pipeline("flow = high -> `RIFE VFI`(frames = _)"),
)

MISSING_VALUE = Message(
    "WAN115",
    "missing-value",
    _ERROR,
    "there is no value {where}",
    "Something has to stand here for the line to say anything.",
    "{help}",
    summary="A value is missing",
    bad=in_a_pipeline("cfg =", "shift = 5.0"),
    good=in_a_pipeline("cfg = 1.0", "shift = 5.0"),
)

BARE_CLASS = Message(
    "WAN116",
    "bare-class",
    _ERROR,
    "`{name}` is a node of ComfyUI's by its capital letter, but it is not called",
    "The inputs of a node have no order, so its call says where each value goes; `_` is what the arrow "
    "brings.",
    'Write `{name}(input = …)`, or `"{name}"` if it is a text.',
    summary="A node class is named but not called",
    bad=in_a_pipeline("flow = high -> VAEDecode"),
    good=in_a_pipeline("flow = high -> VAEDecode(samples = _)"),
)

CAPITAL_WORD = Message(
    "WAN117",
    "capital-word",
    _ERROR,
    "`{found}` is written `{meant}`",
    "Words with a capital letter are names of ComfyUI's.",
    "Write `{meant}`.",
    summary="A word such as `true` is written with a capital letter",
    bad=in_a_pipeline("add_noise = True"),
    good=in_a_pipeline("add_noise = true"),
)

NOT_A_DECLARATION = Message(
    "WAN122",
    "not-a-declaration",
    _ERROR,
    "{found} begins no declaration",
    "A line that is not indented begins a declaration: its kind, its name, and what belongs to it.",
    "{help}",
    summary="Something other than a declaration is where one is expected",
    bad="wan 1\n\nstrong = 1.0\n",
    good="wan 1\n\nlet strong = 1.0\n",
)

DECLARATION_INSIDE = Message(
    "WAN123",
    "declaration-inside",
    _ERROR,
    "the declaration `{found}` stands inside of brackets",
    "Declarations stand side by side, so that each can be found by its name. Inside of a block only `let` "
    "gives a name to something.",
    "Move it to the left edge, outside of all brackets.",
    summary="A declaration is inside of brackets",
    bad=in_a_pipeline("pass high = low(cfg = 1.0)"),
    good=in_a_pipeline("let high = low(cfg = 1.0)"),
)

CAPITAL_NAME = Message(
    "WAN124",
    "capital-name",
    _ERROR,
    "the name `{name}` begins with a capital letter",
    "Names with a capital letter belong to ComfyUI; those that a file declares begin with a small one.",
    "Write `{meant}`, here and wherever it is used.",
    summary="A declared name begins with a capital letter",
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
    summary="A declaration has no name",
    bad="wan 1\n\npipeline {\n    seed = 1\n}\n",
    good=in_a_pipeline("seed = 1"),
)

TEXT_AS_KEY = Message(
    "WAN127",
    "text-as-key",
    _ERROR,
    "the name of a setting stands without quotes",
    "A bare word is a name, a text in quotes is a value.",
    "Write `{meant} = …`.",
    summary="The name of a setting is in quotes",
    bad=in_a_pipeline('extra = { "strength" = 0.6 }'),
    good=in_a_pipeline("extra = { strength = 0.6 }"),
)

MISSING_TYPE = Message(
    "WAN131",
    "missing-type",
    _ERROR,
    "`{name}` has no type",
    "The type says what may be given, so that a mistake is found where it is made.",
    "Write `{name}: type`, such as `{name}: int` or `{name}: IMAGE`.",
    summary="A parameter has no type",
    bad="wan 1\n\nstage x(in frames: IMAGE, times = 2) -> IMAGE {\n    out = frames\n}\n",
    good="wan 1\n\nstage x(in frames: IMAGE, times: int = 2) -> IMAGE {\n    out = frames\n}\n",
)
