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
    "Without backticks the name ends at the first character that is not a letter, a digit or `_`.",
    "Write `` `{name}`(…) ``.",
    summary="The name of a node class needs backticks",
    bad=in_a_pipeline("flow = high -> RIFE VFI(frames = _)"),
    good=in_a_pipeline("flow = high -> `RIFE VFI`(frames = _)"),
)

MISSING_VALUE = Message(
    "WAN115",
    "missing-value",
    _ERROR,
    "missing value {where}",
    "The line is incomplete without a value.",
    "{help}",
    summary="A value is missing",
    bad=in_a_pipeline("cfg =", "shift = 5.0"),
    good=in_a_pipeline("cfg = 1.0", "shift = 5.0"),
)

BARE_CLASS = Message(
    "WAN116",
    "bare-class",
    _ERROR,
    "`{name}` is a node class, but it is not called",
    "The inputs of a node have no order, so a call names each of them; `_` is the value from "
    "the arrow.",
    'Write {call}, or `"{name}"` if it is a string.',
    summary="A node class is named but not called",
    bad=in_a_pipeline("flow = high -> VAEDecode"),
    good=in_a_pipeline("flow = high -> VAEDecode(samples = _)"),
)

CAPITAL_WORD = Message(
    "WAN117",
    "capital-word",
    _ERROR,
    "write `{found}` as `{meant}`",
    "Capitalized words are names of ComfyUI.",
    "Write `{meant}`.",
    summary="A word such as `true` is capitalized",
    bad=in_a_pipeline("add_noise = True"),
    good=in_a_pipeline("add_noise = true"),
)

NOT_A_DECLARATION = Message(
    "WAN122",
    "not-a-declaration",
    _ERROR,
    "expected a declaration, found {found}",
    "An unindented line starts a declaration: its kind, its name and its body.",
    "{help}",
    summary="Expected a declaration",
    bad="wan 1\n\nstrong = 1.0\n",
    good="wan 1\n\nlet strong = 1.0\n",
)

DECLARATION_INSIDE = Message(
    "WAN123",
    "declaration-inside",
    _ERROR,
    "the declaration `{found}` is inside brackets",
    "Declarations are at the top level of a file. Inside a block, `let` names a value.",
    "Move it to the top level, outside all brackets.",
    summary="A declaration is inside brackets",
    bad=in_a_pipeline("pass high = low(cfg = 1.0)"),
    good=in_a_pipeline("let high = low(cfg = 1.0)"),
)

CAPITAL_NAME = Message(
    "WAN124",
    "capital-name",
    _ERROR,
    "the name `{name}` starts with a capital letter",
    "Capitalized names belong to ComfyUI; names that a file declares start with a lowercase "
    "letter.",
    "Write `{meant}`, here and wherever it is used.",
    summary="A declared name starts with a capital letter",
    bad="wan 1\n\nlet Strength = 0.6\n",
    good="wan 1\n\nlet strength = 0.6\n",
)

MISSING_NAME = Message(
    "WAN125",
    "missing-name",
    _ERROR,
    "this `{word}` has no name",
    "Every declaration needs a name to refer to it.",
    "Write a name before `{{`.",
    summary="A declaration has no name",
    bad="wan 1\n\npipeline {\n    seed = 1\n}\n",
    good=in_a_pipeline("seed = 1"),
)

TEXT_AS_KEY = Message(
    "WAN127",
    "quoted-key",
    _ERROR,
    "the name of a setting has quotes",
    "A bare word is a name; a string in quotes is a value.",
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
    "The type states which values are allowed.",
    "Write `{name}: type`, such as `{name}: int` or `{name}: IMAGE`.",
    summary="A parameter has no type",
    bad="wan 1\n\nstage x(in frames: IMAGE, times = 2) -> IMAGE {\n    out = frames\n}\n",
    good="wan 1\n\nstage x(in frames: IMAGE, times: int = 2) -> IMAGE {\n    out = frames\n}\n",
)
