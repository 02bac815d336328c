"""Values: their types, units and facts, and those that come from outside."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_ERROR = Severity.ERROR

BAD_NUMBER = Message(
    "WAN301",
    "unknown-unit",
    _ERROR,
    "`{text}` is not a valid number",
    "The units are `5s` (seconds), `81f` (frames), `16fps`, `24GiB` and `512MiB`; a size is "
    "`832x1216`.",
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
    "Every setting and parameter has one type.",
    "{help}",
    summary="A value has the wrong type",
    bad="wan 1\n\nlora grain { file = 4 }",
    good='wan 1\n\nlora grain { file = "grain.safetensors" }',
)

NO_RATE = Message(
    "WAN314",
    "rate-not-known",
    _ERROR,
    "unknown frame rate for {what}, so {seconds} cannot be converted to frames",
    "Seconds are converted to frames with the `fps` of the pipeline, or that of the family "
    "of its first pass.",
    "Write the length in frames, such as `81f`, or set `fps = 16fps` in the pipeline.",
    summary="A length is in seconds, and the frame rate is unknown",
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
    "{problem}",
    "Units must agree: seconds with seconds, frames with frames. A value with a unit can be "
    "multiplied by a plain number. The value of a link is unknown before the run.",
    "{help}",
    summary="An operator cannot combine its two values",
    bad="wan 1\n\nparam n: frames = 5s + 1f",
    good="wan 1\n\nparam n: frames = 80f + 1f",
)

TOO_LARGE = Message(
    "WAN313",
    "value-too-large",
    _ERROR,
    "this {what} is too large",
    "A value that doubles on each of forty lines exceeds any memory.",
    "Use it only once, or start from a smaller value.",
    summary="A computed value is too large",
    bad="wan 1\n\nparam n: float = 1e200 * 1e200",
    good="wan 1\n\nparam n: float = 1e20 * 1e20",
)

NOT_A_CHOICE = Message(
    "WAN304",
    "unknown-choice",
    _ERROR,
    "{what} cannot be {found}",
    "The choices are {choices}.",
    "{help}",
    summary="A value is not one of its choices",
    bad='wan 1\n\nmodel m { file = "m.safetensors", noise = "hihg" }',
    good='wan 1\n\nmodel m { file = "m.safetensors", noise = "high" }',
)

NOT_ACCEPTED = Message(
    "WAN305",
    "value-not-accepted",
    _ERROR,
    "the parameter `{name}` accepts {accepted}, not {found}",
    "The declaration of a parameter limits its values.",
    "Use an accepted value, or extend the values after `in`.",
    summary="A parameter has a value that it does not accept",
    bad="wan 1\n\nparam cfg: float = 9.0 in [1.0, 3.5]",
    good="wan 1\n\nparam cfg: float = 1.0 in [1.0, 3.5]",
)

NOT_GIVEN = Message(
    "WAN306",
    "parameter-not-given",
    _ERROR,
    "the parameter `{name}` has no value",
    "It has no default, so it must be set from outside.",
    "Set it with `--set {name}={example}`, or add a default: `param {name}: {type} = {example}`.",
    summary="A parameter has neither a value nor a default",
)

NOT_GIVEN_NOTE = Message(
    "WAN307",
    "parameter-to-be-given",
    Severity.NOTE,
    "the parameter `{name}` must be set to compile this file",
    "It has no default, so values that depend on it are not checked.",
    "Lint with `--set {name}={example}` to check them too.",
    summary="A parameter must be set to compile the file",
    bad="wan 1\n\nparam face: image",
    good='wan 1\n\nparam face: image = "face.png"',
)

GIVEN_FOR_NOTHING = Message(
    "WAN315",
    "value-changes-nothing",
    Severity.NOTE,
    "the value of the parameter `{name}` has no effect: {who} does not read it",
    "A run with another value gives the same video.",
    "{help}",
    summary="A value is set for a parameter that nothing reads",
)

_BENCH = (
    'wan 1\nuse wan22\n\npipeline clip {{\n    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n'
    '    length = 81f\n    flow   = wan22.high -> wan22.low -> save("x")\n}}\n\n'
    "bench b {{\n    of   = clip\n    vary = {{ {key} = [1.0, 1.5] }}\n}}"
)

CHANGES_NOTHING = Message(
    "WAN318",
    "setting-changes-nothing",
    _ERROR,
    "`{name}` changes nothing: {problem}",
    "It is for a setting that nothing in the pipeline reads, so the video is the same without it.",
    "{help}",
    summary="A value from outside is for a setting that nothing reads",
    bad=_BENCH.format(key="hihg.cfg"),
    good=_BENCH.format(key="high.cfg"),
)

NODE_DIFFERS = Message(
    "WAN316",
    "node-differs",
    Severity.WARNING,
    "{target} has {problem}",
    "The declaration counts. Where the target is right, the server refuses such a call or ignores the "
    "input.",
    "{help}",
    summary="A `node` declaration and the target disagree about a class",
    bad="wan 1\n\nnode ImageScaleBy(image: LATENT) -> IMAGE {}",
    good="wan 1\n\nnode ImageScaleBy(image: IMAGE) -> IMAGE {}",
)

NODE_TWICE = Message(
    "WAN317",
    "node-declared-twice",
    Severity.WARNING,
    "`{name}` is declared differently in `{other}`",
    "The nearest declaration counts: that of the file itself, then those of the files it uses, then those "
    "of the configuration.",
    "Keep one of them, and `use` its file in the other.",
    summary="Two files declare a node class differently",
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
    "a seed is a non-negative whole number, not {found}",
    "A random seed in the file would make another video in each run, and none could be reproduced.",
    "Use a parameter (`param seed: int = 0`, `seed = seed`), and `--set seed=random`.",
    summary="A seed is negative or random",
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
    "the `{name}` of {what} is unknown before the run",
    "Unknown facts are never replaced by defaults: the result would be silently wrong.",
    "{help}",
    summary="A fact is read that is unknown before the run",
    bad='wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE -> save("x") }',
    good="wan 1\n\n"
    'pipeline p { flow = LoadImage(image = "a.png").IMAGE -> save("x", fps = 16fps) }',
)
