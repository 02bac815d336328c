"""What can be wrong when a graph is built from a program: values, types, units, passes and flows."""

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
    "{mend}",
    bad="wan 1\n\nparam t: seconds = 5sec",
    good="wan 1\n\nparam t: seconds = 5s",
)

WRONG_TYPE = Message(
    "WAN302",
    "wrong-type",
    _ERROR,
    "{what} has to be {wanted}, and this is {found}",
    "Each setting and each parameter takes values of one type, so that a slip does not become another "
    "video.",
    "{mend}",
    bad="wan 1\n\nlora grain { file = 4 }",
    good='wan 1\n\nlora grain { file = "grain.safetensors" }',
)

BAD_ARITHMETIC = Message(
    "WAN303",
    "units-disagree",
    _ERROR,
    "`{operator}` does not go with {left} and {right}",
    "Units must agree: seconds are added to seconds, frames to frames; a unit is multiplied by a plain "
    "number. A link is not known before the run, so nothing can be computed from it.",
    "{mend}",
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
    bad="wan 1\n\nparam n: float = 1e200 * 1e200",
    good="wan 1\n\nparam n: float = 1e20 * 1e20",
)

NOT_A_CHOICE = Message(
    "WAN304",
    "unknown-choice",
    _ERROR,
    "{what} cannot be {found}",
    "Only {choices} have a meaning here.",
    "{mend}",
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
    bad="wan 1\n\nparam cfg: float = 9.0 in [1.0, 3.5]",
    good="wan 1\n\nparam cfg: float = 1.0 in [1.0, 3.5]",
)

NOT_GIVEN = Message(
    "WAN306",
    "parameter-not-given",
    _ERROR,
    "the parameter `{name}` has no value",
    "It is declared without a default, so it has to be given from outside.",
    "Give it with `--set {name}={example}`, or write a default: `param {name}: {type} = {example}`.",
)

NOT_GIVEN_NOTE = Message(
    "WAN307",
    "parameter-to-be-given",
    Severity.NOTE,
    "the parameter `{name}` has to be given when this file is compiled",
    "It has no default. What depends on its value could not be checked here.",
    "Lint with `--set {name}={example}` to check that as well.",
    bad="wan 1\n\nparam face: image",
    good='wan 1\n\nparam face: image = "face.png"',
)

NO_MEMBER = Message(
    "WAN308",
    "unknown-member",
    _ERROR,
    "{what} has no `{name}`",
    "A dot reads a setting of a block, an output of a call, or a fact of a link.",
    "{mend}",
    bad="wan 1\n\nlet a = 832x1216\nparam n: int = a.hight",
    good="wan 1\n\nlet a = 832x1216\nparam n: int = a.height",
)

UNKNOWN_FACT = Message(
    "WAN309",
    "unknown-fact",
    _ERROR,
    "the `{name}` of {what} is not known before the run",
    "A fact that is not known is never replaced by a default: the result would be wrong without a word.",
    "{mend}",
    bad='wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE -> save("x") }',
    good="wan 1\n\n"
    'pipeline p { flow = LoadImage(image = "a.png").IMAGE -> save("x", fps = 16fps) }',
)

CHOOSE_OUTPUT = Message(
    "WAN310",
    "output-not-chosen",
    _ERROR,
    "{what} has several outputs, and none is chosen",
    "Only you know which of them is meant.",
    "{mend}",
    bad='wan 1\n\ngraph g { PreviewImage(images = LoadImage(image = "a.png")) }',
    good='wan 1\n\ngraph g { PreviewImage(images = LoadImage(image = "a.png").IMAGE) }',
)

UNKNOWN_OUTPUTS = Message(
    "WAN311",
    "unknown-outputs",
    _ERROR,
    "{target} has no node class `{name}`, so its outputs are not known",
    "Of a class that is not in the catalogue an output can only be chosen by its number.",
    "{mend}",
    bad='wan 1\n\nstage s(in frames: IMAGE) { frames -> ImageInverted(image = _) -> save("x") }',
    good='wan 1\n\nstage s(in frames: IMAGE) { frames -> ImageInvert(image = _) -> save("x") }',
)

UNKNOWN_ARGUMENT = Message(
    "WAN401",
    "unknown-argument",
    _ERROR,
    "{what} has no {word} `{name}`",
    "An argument that nobody reads would be dropped without a word.",
    "{mend}",
    bad='wan 1\n\nstage s(in frames: IMAGE) { frames -> rife(tims = 2) -> save("x") }',
    good='wan 1\n\nstage s(in frames: IMAGE) { frames -> rife(times = 2) -> save("x") }',
)

MISSING_ARGUMENT = Message(
    "WAN402",
    "missing-argument",
    _ERROR,
    "`{stage}` needs its parameter `{name}`",
    "It has no default, and without it the stage cannot be built.",
    "{mend}",
    bad="wan 1\n\nstage s(in frames: IMAGE) { frames -> save() }",
    good='wan 1\n\nstage s(in frames: IMAGE) { frames -> save("x") }',
)

NOT_CALLABLE = Message(
    "WAN403",
    "not-callable",
    _ERROR,
    "{what} cannot be called",
    "Stages, ComfyUI's nodes and declared blocks (to copy them) can be called; nothing else.",
    "{mend}",
    bad="wan 1\n\nlet a = 1\nlet b = a(c = 2)",
    good="wan 1\n\nlet a = 1\nlet b = a",
)

CANNOT_TAKE = Message(
    "WAN404",
    "cannot-take-a-value",
    _ERROR,
    "{what} cannot take what the arrow brings",
    "Behind an arrow stands what takes a value: a stage with an `in` parameter, a pass, an open flow, or "
    "a node with `_` where the value goes.",
    "{mend}",
    bad='wan 1\n\nstage s(in frames: IMAGE) { frames -> "x" }',
    good='wan 1\n\nstage s(in frames: IMAGE) { frames -> save("x") }',
)

NO_PLACE = Message(
    "WAN405",
    "no-place-for-the-value",
    _ERROR,
    "`{name}` does not say which input takes what the arrow brings",
    "The inputs of a node have no order, so the place of the value is marked with `_`.",
    "{mend}",
    bad='wan 1\n\nstage s(in frames: IMAGE) { frames -> ImageInvert() -> save("x") }',
    good='wan 1\n\nstage s(in frames: IMAGE) { frames -> ImageInvert(image = _) -> save("x") }',
)

WAITS = Message(
    "WAN406",
    "flow-waits-for-a-value",
    _ERROR,
    "{what} still waits for a value where {wanted} is wanted",
    "Its first stage takes what an arrow brings, and nothing stands in front of it.",
    "Put a value in front: `frames -> {name}`.",
    bad="wan 1\n\npipeline p { flow = preview() }",
    good='wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE -> preview }',
)

GIVES_NOTHING = Message(
    "WAN407",
    "gives-nothing",
    _ERROR,
    "{what} gives nothing that could be used here",
    "A flow that ends in a list, and a node without outputs, hand nothing on.",
    "Name the value in front of it with `let`, and use that.",
    bad='wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE -> [preview] -> preview }',
    good='wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE -> preview -> preview }',
)

MISSING_SETTING = Message(
    "WAN408",
    "missing-setting",
    _ERROR,
    "the {kind} `{name}` has no `{setting}`{needed}",
    "{why}",
    "{mend}",
    bad='wan 1\nuse wan22\n\npipeline p { flow = wan22.high -> save("x") }',
    good='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n'
    '    length = 81f\n    flow   = wan22.high -> wan22.low -> save("x")\n}',
)

UNREAD_SETTING = Message(
    "WAN409",
    "setting-without-effect",
    _ERROR,
    "nothing in `{block}` reads the setting `{name}`",
    "It would be dropped without a word, and the video would not be what is written.",
    "{mend}",
    bad='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    promt  = "x"\n    prompt = "x"\n'
    '    size   = 832x480\n    length = 81f\n    flow   = wan22.high -> wan22.low -> save("x")\n}',
    good='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n'
    '    length = 81f\n    flow   = wan22.high -> wan22.low -> save("x")\n}',
)

CIRCULAR_SETTING = Message(
    "WAN410",
    "setting-reads-itself",
    _ERROR,
    "the setting `{name}` is made from itself",
    "To know it, it would have to be known already.",
    "Write what it should be, or read another setting.",
    bad='wan 1\n\npipeline p {\n    name = "{pipeline.name}_2"\n'
    '    flow = LoadImage(image = "a.png").IMAGE -> save_frames(pipeline.name)\n}',
    good='wan 1\n\npipeline p {\n    name = "clip_2"\n'
    '    flow = LoadImage(image = "a.png").IMAGE -> save_frames(pipeline.name)\n}',
)

BAD_STEPS = Message(
    "WAN411",
    "steps-without-total",
    _ERROR,
    "the steps of `{name}` do not say of how many",
    "A part of a schedule means nothing without the length of the whole.",
    "Write `{steps} of 4`, or give the pipeline `steps = 4`.",
    bad="wan 1\nuse wan22\n\npass high = wan22.high(steps = 0..2)\n\npipeline p {\n"
    '    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n    length = 81f\n'
    '    flow   = high -> wan22.low -> save("x")\n}',
    good="wan 1\nuse wan22\n\npass high = wan22.high(steps = 0..2)\n\npipeline p {\n"
    '    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n    length = 81f\n'
    '    steps  = 4\n    flow   = high -> wan22.low -> save("x")\n}',
)

NO_FLOW_TARGET = Message(
    "WAN412",
    "not-a-pipeline-here",
    _ERROR,
    "{what} cannot stand in a flow here",
    "{why}",
    "{mend}",
    bad="wan 1\n\npipeline p { flow = [4] }",
    good='wan 1\n\npipeline p { flow = [LoadImage(image = "a.png").IMAGE -> preview] }',
)

BAD_CONDITIONING = Message(
    "WAN413",
    "not-a-conditioning",
    _ERROR,
    "this conditioning does not give `{output}`",
    "A pass takes `positive`, `negative` and `latent` from its conditioning.",
    "Use a stage with the outputs positive, negative and latent, such as `wan22.image_to_video`.",
    bad='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n'
    '    size   = 832x480\n    length = 81f\n    conditioning = wan22.encode("x")\n'
    '    flow   = wan22.high -> wan22.low -> save("x")\n}',
    good='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n'
    "    size   = 832x480\n    length = 81f\n    conditioning = wan22.image_to_video\n"
    '    flow   = wan22.high -> wan22.low -> save("x")\n}',
)

BAD_REMARK = Message(
    "WAN414",
    "unknown-remark",
    _ERROR,
    "nothing is said about a node by `{name}`",
    "The braces after a node hold its `title`, its `mode` and facts: `fps`, `length`, `size`, `width`, "
    "`height`, `vae`.",
    "{mend}",
    bad='wan 1\n\ngraph g {\n    let a = LoadImage(image = "a.png") { titel = "First" }\n'
    "    PreviewImage(images = a.IMAGE)\n}",
    good='wan 1\n\ngraph g {\n    let a = LoadImage(image = "a.png") { title = "First" }\n'
    "    PreviewImage(images = a.IMAGE)\n}",
)

TOO_DEEP = Message(
    "WAN415",
    "too-deep-to-build",
    _ERROR,
    "what `{name}` stands for nests too deeply to be built",
    "Each stage, flow or pipeline inside another takes a level, and there is a limit to them.",
    "Split it, or build long videos from fewer, longer parts.",
)

TOO_MUCH = Message(
    "WAN421",
    "too-much-to-build",
    _ERROR,
    "`{name}` calls stages and runs flows more often than can be built",
    "What each of twenty stages or flows uses twice, one in another, would be made a million times.",
    "Look for a stage, a flow or a pipeline that uses the one before it twice, and is used twice.",
)

NOT_A_PATCH = Message(
    "WAN416",
    "not-a-model-patch",
    _ERROR,
    "the patches of `{name}` have to take a MODEL and give a MODEL",
    "A patch stands between the loader and the sampler of a pass.",
    'Write stages such as `sage("auto")`, or a flow of them.',
    bad='wan 1\nuse wan22\n\nstage odd(in model: MODEL) -> STRING { out = "x" }\n\n'
    'pass high = wan22.high(patches = odd)\n\npipeline p {\n    image  = "a.png"\n'
    '    prompt = "x"\n    size   = 832x480\n    length = 81f\n'
    '    flow   = high -> wan22.low -> save("x")\n}',
    good="wan 1\nuse wan22\n\npass high = wan22.high(patches = torch_compile)\n\npipeline p {\n"
    '    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n    length = 81f\n'
    '    flow   = high -> wan22.low -> save("x")\n}',
)

ONE_NAME = Message(
    "WAN417",
    "files-of-one-name",
    _ERROR,
    "`{one}` and `{other}` would be one file on the server",
    "In the server's input folder your files have their names without folders, so that one would take "
    "the place of the other.",
    "Rename one of them.",
)

UPSIDE_DOWN = Message(
    "WAN312",
    "limit-upside-down",
    _ERROR,
    "{problem}",
    "A limit goes from its low end to its high one, and its grades from the tighter to the wider. By this "
    "one no run could be rated.",
    "{mend}",
    bad="wan 1\n\ntarget quick { each_pass = 85s..0s }",
    good="wan 1\n\ntarget quick { each_pass = 0s..85s }",
)

NO_SUCH_PIPELINE = Message(
    "WAN418",
    "target-of-no-pipeline",
    _ERROR,
    "a target is for pipelines and graphs of its file, and this is {found}",
    "It would rate no run, and nobody would notice.",
    "{mend}",
    bad="wan 1\nuse wan22\n\ntarget quick { of = wan22.high, whole = 0s..85s }",
    good='wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE -> preview }\n\n'
    "target quick { of = p, whole = 0s..85s }",
)

NO_LIMIT = Message(
    "WAN419",
    "target-without-limit",
    _ERROR,
    "the target `{name}` limits nothing",
    "It would rate no run, and nobody would notice.",
    "Say what a run may take: `each_pass = 0s..85s`, `whole = 0s..180s`, `peak_vram = 0GiB..30GiB`.",
    bad="wan 1\n\ntarget quick { steps = 4 }",
    good="wan 1\n\ntarget quick { steps = 4, each_pass = 0s..85s }",
)

INPUT_FILE = Message(
    "WAN420",
    "input-file",
    Severity.NOTE,
    "`{file}` is a file {where}",
    "A file beside the .wan file is uploaded by `wan run`; any other name is one of the server's input "
    "folder. `wan lint` tells below its summary which is which; this is no mistake.",
)
