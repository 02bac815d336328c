"""What can be wrong with the names, modules and declarations of a file."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_ERROR = Severity.ERROR

NO_HEADER = Message(
    "WAN201",
    "no-version",
    _ERROR,
    "the file does not begin with `wan 1`",
    "The first declaration says which version of the language the file is written in, so that a later "
    "version can still read it.",
    "Write `wan 1` above everything but comments.",
    summary="The file does not begin with `wan 1`",
    bad='lora grain { file = "grain.safetensors" }',
    good='wan 1\n\nlora grain { file = "grain.safetensors" }',
)

WRONG_VERSION = Message(
    "WAN202",
    "unknown-version",
    _ERROR,
    "`wan {version}` is not a version of the language that is known here",
    "This compiler reads version 1. Another version may mean something else by the same words.",
    "Write `wan 1`, or update wan22dsl if the file was written for a newer one.",
    summary="The file is written for an unknown version of the language",
    bad="wan 7",
    good="wan 1",
)

MISPLACED_HEADER = Message(
    "WAN203",
    "misplaced-header",
    _ERROR,
    "`{word}` {problem}",
    "A file begins with `wan 1`; then come its `use` lines, so that a reader sees at once what it needs.",
    "{help}",
    summary="A `wan` or `use` line is misplaced or incomplete",
    bad="wan 1\nwan 1",
    good="wan 1",
)

UNKNOWN_DECLARATION = Message(
    "WAN204",
    "unknown-declaration",
    _ERROR,
    "there is no kind of declaration called `{word}`",
    "A declaration begins with its kind, such as `pass`, `pipeline`, `lora` or `stage`.",
    "{help}",
    summary="A declaration is of an unknown kind",
    bad="wan 1\n\npipline x { flow = 1 }",
    good="wan 1",
)

DUPLICATE = Message(
    "WAN205",
    "declared-twice",
    _ERROR,
    "`{name}` is declared twice",
    "Every name of a file is visible in the whole file, so one of the two could never be meant.",
    "Give one of them another name.",
    summary="A name is declared twice",
    bad="wan 1\n\nlet a = 1\nlet a = 2",
    good="wan 1\n\nlet a = 1\nlet b = 2",
)

RESERVED_NAME = Message(
    "WAN206",
    "reserved-name",
    _ERROR,
    "`{name}` {problem} and cannot be a name",
    "The words let, in, of, as, true, false, none, null, pipeline and _ have a meaning of their own, and a "
    "dot reads something of what stands before it.",
    "Choose another name, such as `{other}`.",
    summary="A name is a word of the language or has a dot in it",
    bad="wan 1\n\nlet none = 1",
    good="wan 1\n\nlet nothing = 1",
)

UNKNOWN_NAME = Message(
    "WAN207",
    "unknown-name",
    _ERROR,
    "there is no `{name}` {where}",
    "A bare word is always the name of something declared; a choice is text in quotes.",
    "{help}",
    summary="A name is unknown here, or is no value by itself",
    bad="wan 1\nuse wan22\n\npass high = wan22.hihg\n",
    good="wan 1\nuse wan22\n\npass high = wan22.high\n",
)

PRIVATE_NAME = Message(
    "WAN208",
    "private-name",
    _ERROR,
    "`{name}` is private to {module}",
    "A name that begins with `_` can be changed by its file at any time; others must not depend on it.",
    "Use a public name of that file, or drop the `_` there.",
    summary="A private name of another file is used",
)

UNKNOWN_TYPE = Message(
    "WAN209",
    "unknown-type",
    _ERROR,
    "there is no type called `{name}`",
    "Our own types are written in small letters (`int`, `frames`, `image`), ComfyUI's sockets in capitals "
    "(`IMAGE`, `LATENT`).",
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
    "A setting that nothing reads would be dropped without a word, and the video would not be what is "
    "written.",
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
    "Only one of the two values could be used, and which one would be a guess.",
    "Keep one of them.",
    summary="A setting, argument or entry is given twice",
    bad='wan 1\n\nlora grain { file = "a.safetensors", file = "b.safetensors" }',
    good='wan 1\n\nlora grain { file = "a.safetensors" }',
)

MISPLACED_ITEM = Message(
    "WAN212",
    "misplaced-item",
    _ERROR,
    "{what} cannot stand {where}",
    "Each place takes items of some kinds only. {why}",
    "{help}",
    summary="A `let`, a setting or a value without a name is misplaced",
    bad="wan 1\n\npass high { 4 }",
    good="wan 1\n\npass high { steps = 4 }",
)

NOT_A_COPY = Message(
    "WAN213",
    "not-a-copy",
    _ERROR,
    "{a} is declared with braces, or as a copy of another {kind}: this is neither",
    "A copy takes over the settings of its original, so both have to be of one kind.",
    "Write `{kind} {name} {{ … }}`, or call the {kind} that it is a copy of.",
    summary="A declaration is neither a block nor a copy of its own kind",
    bad="wan 1\n\npass high = 4",
    good="wan 1\n\npass high { steps = 4 }\npass low = high(steps = 8)",
)

CYCLE = Message(
    "WAN214",
    "declared-in-a-circle",
    _ERROR,
    "`{name}` depends on itself: {path}",
    "What depends on itself has no value that could be computed first.",
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
    "`use` brings a file of the standard library by name, or a file of the project by its path.",
    "{help}",
    summary="A `use` line does not lead to a usable file",
    bad="wan 1\nuse wan23",
    good="wan 1\nuse wan22",
)

USE_CYCLE = Message(
    "WAN216",
    "use-in-a-circle",
    _ERROR,
    "these files use each other in a circle: {path}",
    "Files are read one inside the other; a circle would never end.",
    "Move what they share into a third file, and use that from both.",
    summary="Files use each other in a circle",
)

STAGE_PARAMETERS = Message(
    "WAN217",
    "bad-parameter",
    _ERROR,
    "{problem}",
    "An arrow brings one value: it goes to the parameter marked `in`, which is the first one and has no "
    "default.",
    "{help}",
    summary="The `in` parameter of a stage is not first, or has a default",
    bad='wan 1\n\nstage s(a: int, in frames: IMAGE) { frames -> save("x") }',
    good='wan 1\n\nstage s(in frames: IMAGE, a: int = 1) { frames -> save("x{a}") }',
)

STAGE_OUTPUTS = Message(
    "WAN218",
    "bad-output",
    _ERROR,
    "{problem}",
    "Every output that the head of a stage promises is set once in its body, by name; `-> IMAGE` promises "
    "one that is called `out`.",
    "{help}",
    summary="The outputs in the body of a stage differ from its head",
    bad="wan 1\n\nstage s(in frames: IMAGE) -> IMAGE { let a = frames }",
    good="wan 1\n\nstage s(in frames: IMAGE) -> IMAGE { out = frames }",
)

HIDES = Message(
    "WAN219",
    "hides-a-name",
    Severity.NOTE,
    "`{name}` hides the {kind} of the same name in this file",
    "Inside the block the name means the inner one, which a reader may miss.",
    "Give the inner one another name if the outer one could be meant.",
    summary="A name inside a block hides one of the file",
    bad='wan 1\n\nlet size = 1\n\nstage s(in frames: IMAGE, size: int = 2) { frames -> save("x{size}") }',
    good='wan 1\n\nlet size = 1\n\nstage s(in frames: IMAGE, n: int = 2) { frames -> save("x{n}{size}") }',
)

NOT_IN_GRAPH = Message(
    "WAN220",
    "not-in-a-graph",
    _ERROR,
    "{what} has no place in a `graph`",
    "A graph holds nodes only, one for every call that is written; passes, stages and pipelines stand for "
    "many nodes.",
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
    "A name that nothing asks for is often a slip: another one is used in its place. It is not said of "
    "files without a pipeline or graph of their own, which are there for others.",
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
    "the parameter `{name}` is only put into strings, and the setting `{name}` {taken}",
    "A parameter sets nothing by its name alone. Another value for it gives the file another name, and the "
    "same video in it.",
    "{help}",
    summary="A parameter has the name of a setting, and sets none",
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
    "What is said of one of them, its noise level or its family, is not known of the other.",
    "Declare it once, and make a copy where a setting differs: `{other}(…)`.",
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
