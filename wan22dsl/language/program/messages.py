"""What can be wrong with the names, modules and declarations of a file."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_ERROR = Severity.ERROR

NO_HEADER = Message(
    "WAN201",
    "no-version",
    _ERROR,
    "the file does not begin with `wan 1`",
    "The first declaration states the version of the language, so that later versions can "
    "still read the file.",
    "Write `wan 1` on the first line; only comments may precede it.",
    summary="The file does not begin with `wan 1`",
    bad='lora grain { file = "grain.safetensors" }',
    good='wan 1\n\nlora grain { file = "grain.safetensors" }',
)

WRONG_VERSION = Message(
    "WAN202",
    "unknown-version",
    _ERROR,
    "version {version} of the language is not supported",
    "This compiler reads version 1. Other versions may differ in meaning.",
    "Write `wan 1`, or update wan22dsl if the file was written for a newer version.",
    summary="The file is written for an unsupported version of the language",
    bad="wan 7",
    good="wan 1",
)

MISPLACED_HEADER = Message(
    "WAN203",
    "misplaced-header",
    _ERROR,
    "`{word}` {problem}",
    "A file starts with `wan 1`, followed by its `use` lines.",
    "{help}",
    summary="A `wan` or `use` line is misplaced or incomplete",
    bad="wan 1\nwan 1",
    good="wan 1",
)

UNKNOWN_DECLARATION = Message(
    "WAN204",
    "unknown-declaration",
    _ERROR,
    "unknown kind of declaration `{word}`",
    "A declaration starts with its kind, such as `pass`, `pipeline`, `lora` or `stage`.",
    "{help}",
    summary="A declaration has an unknown kind",
    bad="wan 1\n\npipline x { flow = 1 }",
    good="wan 1",
)

DUPLICATE = Message(
    "WAN205",
    "declared-twice",
    _ERROR,
    "`{name}` is declared twice",
    "Names are visible in the whole file, so the second declaration would hide the first.",
    "Rename one of them.",
    summary="A name is declared twice",
    bad="wan 1\n\nlet a = 1\nlet a = 2",
    good="wan 1\n\nlet a = 1\nlet b = 2",
)

RESERVED_NAME = Message(
    "WAN206",
    "reserved-name",
    _ERROR,
    "`{name}` {problem} and cannot be a name",
    "The words let, in, of, as, true, false, none, null, pipeline and _ are reserved, and a "
    "dot reads a member of the value before it.",
    "Choose another name, such as `{other}`.",
    summary="A name is a reserved word or contains a dot",
    bad="wan 1\n\nlet none = 1",
    good="wan 1\n\nlet nothing = 1",
)

UNKNOWN_NAME = Message(
    "WAN207",
    "unknown-name",
    _ERROR,
    "{problem}",
    "A bare word refers to a declaration; a choice is a string in quotes.",
    "{help}",
    summary="A name is unknown, or is not a value",
    bad="wan 1\nuse wan22\n\npass high = wan22.hihg\n",
    good="wan 1\nuse wan22\n\npass high = wan22.high\n",
)

PRIVATE_NAME = Message(
    "WAN208",
    "private-name",
    _ERROR,
    "`{name}` is private to {module}",
    "Names that start with `_` may change at any time; other files must not depend on them.",
    "Use a public name of that file, or remove the `_` there.",
    summary="A private name of another file is used",
)

UNKNOWN_TYPE = Message(
    "WAN209",
    "unknown-type",
    _ERROR,
    "unknown type `{name}`",
    "Types of the language are lowercase (`int`, `frames`, `image`); ComfyUI's socket types "
    "are uppercase (`IMAGE`, `LATENT`).",
    "{help}",
    summary="A type is unknown",
    bad="wan 1\n\nparam n: itn = 1",
    good="wan 1\n\nparam n: int = 1",
)

UNKNOWN_SETTING = Message(
    "WAN210",
    "unknown-setting",
    _ERROR,
    "{kind} has no setting `{name}`",
    "A setting that nothing reads would be dropped silently, and the video would not match "
    "the source.",
    "{help}",
    summary="A declaration has an unknown setting",
    bad='wan 1\n\nlora grain { fille = "grain.safetensors" }',
    good='wan 1\n\nlora grain { file = "grain.safetensors" }',
)

SET_TWICE = Message(
    "WAN211",
    "set-twice",
    _ERROR,
    "`{name}` is set twice",
    "Only one of the two values can be used.",
    "Remove one of them.",
    summary="A setting, argument or entry is given twice",
    bad='wan 1\n\nlora grain { file = "a.safetensors", file = "b.safetensors" }',
    good='wan 1\n\nlora grain { file = "a.safetensors" }',
)

MISPLACED_ITEM = Message(
    "WAN212",
    "misplaced-item",
    _ERROR,
    "{what} is not allowed {where}",
    "Only some kinds of items are allowed here. {why}",
    "{help}",
    summary="A `let`, a setting or a value without a name is misplaced",
    bad="wan 1\n\npass high { 4 }",
    good="wan 1\n\npass high { steps = 4 }",
)

NOT_A_COPY = Message(
    "WAN213",
    "not-a-copy",
    _ERROR,
    "{a} needs a body in braces, or must copy another {kind}",
    "A copy inherits the settings of its original, so both must be of the same kind.",
    "{help}",
    summary="A declaration is neither a block nor a copy of its own kind",
    bad="wan 1\n\npass high = 4",
    good="wan 1\n\npass high { steps = 4 }\npass low = high(steps = 8)",
)

CYCLE = Message(
    "WAN214",
    "circular-declaration",
    _ERROR,
    "`{name}` depends on itself: {path}",
    "A value that depends on itself cannot be computed.",
    "{help}",
    summary="A declaration depends on itself",
    bad="wan 1\n\nlet a = b\nlet b = a",
    good="wan 1\n\nlet a = 1\nlet b = a",
)

NO_MODULE = Message(
    "WAN215",
    "no-such-module",
    _ERROR,
    "`{name}` cannot be used: {reason}",
    "`use` imports a file of the standard library by name, or a file of the project by its path.",
    "{help}",
    summary="A `use` line cannot be resolved",
    bad="wan 1\nuse wan23",
    good="wan 1\nuse wan22",
)

USE_CYCLE = Message(
    "WAN216",
    "circular-use",
    _ERROR,
    "these files use each other: {path}",
    "Circular imports are not supported.",
    "Move the shared declarations into a third file, and use it in both.",
    summary="Files use each other in a cycle",
)

STAGE_PARAMETERS = Message(
    "WAN217",
    "bad-parameter",
    _ERROR,
    "{problem}",
    "An arrow passes one value, to the parameter marked `in`. That parameter comes first; its "
    "only possible default is `none`.",
    "{help}",
    summary="The `in` parameter of a stage is not first, or has a wrong default",
    bad='wan 1\n\nstage s(a: int, in frames: IMAGE) { frames -> save("x") }',
    good='wan 1\n\nstage s(in frames: IMAGE, a: int = 1) { frames -> save("x{a}") }',
)

STAGE_OUTPUTS = Message(
    "WAN218",
    "bad-output",
    _ERROR,
    "{problem}",
    "The body sets every output of its stage once, by name; `-> IMAGE` declares one output "
    "called `out`.",
    "{help}",
    summary="The outputs set by a stage do not match those it declares",
    bad="wan 1\n\nstage s(in frames: IMAGE) -> IMAGE { let a = frames }",
    good="wan 1\n\nstage s(in frames: IMAGE) -> IMAGE { out = frames }",
)

HIDES = Message(
    "WAN219",
    "hides-a-name",
    Severity.NOTE,
    "`{name}` hides the {kind} of the same name in this file",
    "Inside the block the name refers to the inner declaration, which is easy to miss.",
    "Rename the inner one if you may need the outer one.",
    summary="A name inside a block hides one of the file",
    bad='wan 1\n\nlet size = 1\n\nstage s(in frames: IMAGE, size: int = 2) { frames -> save("x{size}") }',
    good='wan 1\n\nlet size = 1\n\nstage s(in frames: IMAGE, n: int = 2) { frames -> save("x{n}{size}") }',
)

NOT_IN_GRAPH = Message(
    "WAN220",
    "not-in-a-graph",
    _ERROR,
    "{what} cannot be used in a `graph`",
    "A graph contains nodes only, one for each call; passes, stages and pipelines expand to "
    "several nodes.",
    "Write the nodes, or use a `pipeline`.",
    summary="A `graph` uses something other than nodes and plain values",
    bad='wan 1\n\ngraph g {\n    let a = LoadImage(image = "a.png")\n'
    "    let b = scale(frames = a.IMAGE, by = 0.5)\n    PreviewImage(images = b)\n}",
    good='wan 1\n\ngraph g {\n    let a = LoadImage(image = "a.png")\n'
    "    PreviewImage(images = a.IMAGE)\n}",
)

NEVER_USED = Message(
    "WAN222",
    "never-used",
    Severity.NOTE,
    "{what} `{name}` is never used{effect}",
    "An unused name is often a typo elsewhere. Files without a pipeline or graph are "
    "libraries, and are not checked for this.",
    "Use it, or remove it.",
    summary="A declared name is never used",
    bad='wan 1\n\nlet strength = 0.5\n\ngraph g {\n    let a = LoadImage(image = "a.png")\n'
    "    PreviewImage(images = a.IMAGE)\n}",
    good='wan 1\n\nlet file = "a.png"\n\ngraph g {\n    let a = LoadImage(image = file)\n'
    "    PreviewImage(images = a.IMAGE)\n}",
)

NAMED_LIKE_A_SETTING = Message(
    "WAN224",
    "parameter-not-a-setting",
    Severity.NOTE,
    "the parameter `{name}` is used only in strings, and the setting `{name}` {taken}",
    "A parameter does not set anything by its name. A different value renames the output, "
    "but the video stays the same.",
    "{help}",
    summary="A parameter has the name of a setting but does not set it",
    bad='wan 1\nuse wan22\n\nparam seed: int = 1\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n'
    "    size   = 832x480\n    length = 81f\n    seed   = 5\n"
    '    flow   = wan22.high -> wan22.low -> save("x_{seed}")\n}',
    good='wan 1\nuse wan22\n\nparam seed: int = 1\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n'
    "    size   = 832x480\n    length = 81f\n    seed   = seed\n"
    '    flow   = wan22.high -> wan22.low -> save("x_{seed}")\n}',
)

DECLARED_TWICE = Message(
    "WAN223",
    "file-declared-twice",
    Severity.NOTE,
    "`{name}` and `{other}` are {kind}s with the same file",
    "Facts declared for one, such as its noise level or family, do not apply to the other.",
    "Declare the file once, and copy it where a setting differs: `{other}(…)`.",
    summary="Two declarations have the same file",
    bad='wan 1\n\nlora grain { file = "grain.safetensors" }\n\n'
    'lora soft { file = "grain.safetensors", strength = 0.4 }',
    good='wan 1\n\nlora grain { file = "grain.safetensors" }\n\nlora soft = grain(strength = 0.4)',
)

EMPTY_ASSET = Message(
    "WAN221",
    "no-file",
    _ERROR,
    "the {kind} `{name}` has no `file`{loads}",
    "There is nothing to load.",
    "{help}",
    summary="A declaration has no file to load",
    bad="wan 1\n\nlora grain { strength = 0.5 }",
    good='wan 1\n\nlora grain { file = "grain.safetensors", strength = 0.5 }',
)

BAD_NODE = Message(
    "WAN225",
    "bad-node-declaration",
    _ERROR,
    "{problem}",
    "The check, both JSON formats and the import take what the class has from its `node` declaration.",
    "{help}",
    summary="A `node` declaration has an input, output or setting that is wrong",
    bad="wan 1\n\nnode MyBlur(images: IMAGE, radius: int = 2) -> IMAGE {}",
    good="wan 1\n\nnode MyBlur(images: IMAGE, radius: INT = 2) -> IMAGE {}",
)

BAD_NODE_DEFAULT = Message(
    "WAN226",
    "bad-node-default",
    _ERROR,
    "{problem}",
    "The default is sent to the server where a call does not set the input, so it must be a value "
    "that the input takes.",
    "{help}",
    summary="The default or the accepted values of a declared input do not fit",
    bad="wan 1\n\nnode MyBlur(images: IMAGE, radius: INT = 9 in 1..8) -> IMAGE {}",
    good="wan 1\n\nnode MyBlur(images: IMAGE, radius: INT = 4 in 1..8) -> IMAGE {}",
)

BAD_NODE_FACT = Message(
    "WAN227",
    "bad-node-fact",
    _ERROR,
    "{problem}",
    "A fact is computed from the inputs of a call, without running it: rules, estimates and the "
    "description rely on it.",
    "{help}",
    summary="A fact of a declared node class cannot be computed",
    bad="wan 1\n\nnode MyVfi(images: IMAGE, times: INT = 2) -> IMAGE {\n    fps = fps * times\n}",
    good="wan 1\n\nnode MyVfi(images: IMAGE, times: INT = 2) -> IMAGE {\n"
    "    fps = images.fps * times\n}",
)
