"""Values: their types, units and facts, and those that come from outside."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_ERROR = Severity.ERROR

BAD_NUMBER = Message(
    "WAN301",
    "unknown-unit",
    _ERROR,
    "`{text}` is not a number that the language knows",
    "A unit is part of the number, and there are few: `5s` seconds, `81f` frames, `16fps`, `24GiB`, "
    "`512MiB`, and `832x1216` for a size.",
    "{help}",
    summary="A number has an unknown unit or form",
    bad="wan 1\n\nparam t: seconds = 5sec",
    good="wan 1\n\nparam t: seconds = 5s",
)

WRONG_TYPE = Message(
    "WAN302",
    "wrong-type",
    _ERROR,
    "{what} must be {wanted}, not {found}",
    "Each setting and each parameter takes values of one type, so that a slip does not become another "
    "video.",
    "{help}",
    summary="A value has the wrong type",
    bad="wan 1\n\nlora grain { file = 4 }",
    good='wan 1\n\nlora grain { file = "grain.safetensors" }',
)

NO_RATE = Message(
    "WAN314",
    "rate-not-known",
    _ERROR,
    "the frame rate that turns {seconds} into frames is not known for {what}",
    "Seconds become frames at the `fps` of the pipeline, or at that of the family of its first pass.",
    "Write the length in frames, such as `81f`, or `fps = 16fps` into the pipeline.",
    summary="A length is in seconds, and no frame rate is known",
    bad="wan 1\n\npipeline p {\n    length = 5s\n"
    '    flow   = LoadImage(image = "a.png").IMAGE -> take(pipeline.length) '
    '-> save("x", fps = 16fps)\n}',
    good="wan 1\n\npipeline p {\n    length = 81f\n"
    '    flow   = LoadImage(image = "a.png").IMAGE -> take(pipeline.length) '
    '-> save("x", fps = 16fps)\n}',
)

BAD_ARITHMETIC = Message(
    "WAN303",
    "units-disagree",
    _ERROR,
    "`{operator}` does not go with {left} and {right}",
    "Units must agree: seconds are added to seconds, frames to frames; a unit is multiplied by a plain "
    "number. A link is not known before the run, so nothing can be computed from it.",
    "{help}",
    summary="An operator cannot combine its two values",
    bad="wan 1\n\nparam n: frames = 5s + 1f",
    good="wan 1\n\nparam n: frames = 80f + 1f",
)

TOO_LARGE = Message(
    "WAN313",
    "value-too-large",
    _ERROR,
    "this {what} is too large to be of any use",
    "What names a value twice is twice as large: after forty such lines no memory would hold it.",
    "Name it once only, or begin with something smaller.",
    summary="A computed value is too large to be of use",
    bad="wan 1\n\nparam n: float = 1e200 * 1e200",
    good="wan 1\n\nparam n: float = 1e20 * 1e20",
)

NOT_A_CHOICE = Message(
    "WAN304",
    "unknown-choice",
    _ERROR,
    "{what} cannot be {found}",
    "Only its choices have a meaning; any other word would do nothing. Here they are {choices}.",
    "{help}",
    summary="A value of the language is not one of its choices",
    bad='wan 1\n\nmodel m { file = "m.safetensors", noise = "hihg" }',
    good='wan 1\n\nmodel m { file = "m.safetensors", noise = "high" }',
)

NOT_ACCEPTED = Message(
    "WAN305",
    "value-not-accepted",
    _ERROR,
    "the parameter `{name}` accepts {accepted}, and this is {found}",
    "The file says which values were meant to be tried.",
    "Use one of them, or widen what stands behind `in`.",
    summary="A parameter has a value that it does not accept",
    bad="wan 1\n\nparam cfg: float = 9.0 in [1.0, 3.5]",
    good="wan 1\n\nparam cfg: float = 1.0 in [1.0, 3.5]",
)

NOT_GIVEN = Message(
    "WAN306",
    "parameter-not-given",
    _ERROR,
    "the parameter `{name}` has no value",
    "It is declared without a default, so it has to be given from outside.",
    "Give it with `--set`, or write a default in the file. "
    "For example: `--set {name}={example}`, or `param {name}: {type} = {example}`.",
    summary="A parameter has neither a value nor a default",
)

NOT_GIVEN_NOTE = Message(
    "WAN307",
    "parameter-to-be-given",
    Severity.NOTE,
    "the parameter `{name}` has to be given when this file is compiled",
    "It has no default. What depends on its value could not be checked here.",
    "Lint with `--set {name}={example}` to check that as well.",
    summary="A parameter must be given when the file is compiled",
    bad="wan 1\n\nparam face: image",
    good='wan 1\n\nparam face: image = "face.png"',
)

GIVEN_FOR_NOTHING = Message(
    "WAN315",
    "value-changes-nothing",
    Severity.NOTE,
    "the value for the parameter `{name}` changes nothing: {who} does not read it",
    "A run with another value gives the same video.",
    "{help}",
    summary="A value from outside is for a parameter that nothing reads",
)

NO_MEMBER = Message(
    "WAN308",
    "unknown-member",
    _ERROR,
    "{what} has no `{name}`",
    "A dot reads a setting of a block, an output of a call, or a fact of a link.",
    "{help}",
    summary="A value or declaration has no such member",
    bad="wan 1\n\nlet a = 832x1216\nparam n: int = a.hight",
    good="wan 1\n\nlet a = 832x1216\nparam n: int = a.height",
)

RANDOM_SEED = Message(
    "WAN430",
    "random-seed",
    _ERROR,
    "a seed is a whole number from 0, and this is {found}",
    "A file that draws a seed makes another video each time, and nobody can make the same again.",
    "Use a parameter (`param seed: int = 0`, `seed = seed`), and `--set seed=random`.",
    summary="A seed is negative, or asks for a random number",
    bad='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n'
    "    size   = 832x480\n    length = 81f\n    seed   = -1\n"
    '    flow   = wan22.high -> wan22.low -> save("x")\n}',
    good='wan 1\nuse wan22\n\nparam seed: int = 0\n\npipeline p {\n    image  = "a.png"\n'
    '    prompt = "x"\n    size   = 832x480\n    length = 81f\n    seed   = seed\n'
    '    flow   = wan22.high -> wan22.low -> save("x")\n}',
)

UNKNOWN_FACT = Message(
    "WAN309",
    "unknown-fact",
    _ERROR,
    "the `{name}` of {what} is not known before the run",
    "A fact that is not known is never replaced by a default: the result would be wrong without a word.",
    "{help}",
    summary="A fact is read that is not known before the run",
    bad='wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE -> save("x") }',
    good="wan 1\n\n"
    'pipeline p { flow = LoadImage(image = "a.png").IMAGE -> save("x", fps = 16fps) }',
)
