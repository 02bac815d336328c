"""Calls of stages and nodes, and the flows that they stand in."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_ERROR = Severity.ERROR

CHOOSE_OUTPUT = Message(
    "WAN310",
    "output-not-chosen",
    _ERROR,
    "{what} has several outputs, and none is chosen",
    "Only you know which of them is meant.",
    "{help}",
    summary="One of several outputs must be chosen",
    bad='wan 1\n\ngraph g { PreviewImage(images = LoadImage(image = "a.png")) }',
    good='wan 1\n\ngraph g { PreviewImage(images = LoadImage(image = "a.png").IMAGE) }',
)

UNKNOWN_OUTPUTS = Message(
    "WAN311",
    "unknown-outputs",
    _ERROR,
    "{target} has no node class `{name}`, so its outputs are not known",
    "Of a class that is not in the catalogue an output can only be chosen by its number.",
    "{help}",
    summary="The outputs of an unknown node class are not known",
    bad='wan 1\n\nstage s(in frames: IMAGE) { frames -> ImageInverted(image = _) -> save("x") }',
    good='wan 1\n\nstage s(in frames: IMAGE) { frames -> ImageInvert(image = _) -> save("x") }',
)

UNKNOWN_ARGUMENT = Message(
    "WAN401",
    "unknown-argument",
    _ERROR,
    "{what} has no {word} `{name}`",
    "An argument that nobody reads would be dropped without a word.",
    "{help}",
    summary="A call has an unknown argument",
    bad='wan 1\n\nstage s(in frames: IMAGE) { frames -> rife(tims = 2) -> save("x") }',
    good='wan 1\n\nstage s(in frames: IMAGE) { frames -> rife(times = 2) -> save("x") }',
)

MISSING_ARGUMENT = Message(
    "WAN402",
    "missing-argument",
    _ERROR,
    "`{stage}` needs its parameter `{name}`",
    "It has no default, and without it the stage cannot be built.",
    "{help}",
    summary="A stage is called without a parameter that it needs",
    bad="wan 1\n\nstage s(in frames: IMAGE) { frames -> save() }",
    good='wan 1\n\nstage s(in frames: IMAGE) { frames -> save("x") }',
)

NOT_CALLABLE = Message(
    "WAN403",
    "not-callable",
    _ERROR,
    "{what} cannot be called",
    "Stages, ComfyUI's nodes and declared blocks (to copy them) can be called; nothing else.",
    "{help}",
    summary="A call names something that cannot be called",
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
    "{help}",
    summary="An arrow leads to something that takes no value",
    bad='wan 1\n\nstage s(in frames: IMAGE) { frames -> "x" }',
    good='wan 1\n\nstage s(in frames: IMAGE) { frames -> save("x") }',
)

NO_PLACE = Message(
    "WAN405",
    "no-place-for-the-value",
    _ERROR,
    "`{name}` does not say which input takes what the arrow brings",
    "The inputs of a node have no order, so the place of the value is marked with `_`.",
    "{help}",
    summary="A node does not say which input takes the arrow's value",
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
    summary="A stage gets no value from an arrow, but needs one",
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
    summary="A value is expected from something that gives none",
    bad='wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE -> [preview] -> preview }',
    good='wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE -> preview -> preview }',
)

NO_FLOW_TARGET = Message(
    "WAN412",
    "not-a-pipeline-here",
    _ERROR,
    "{what} cannot stand in a flow here",
    "A flow runs passes, stages and nodes; a value alone does nothing.",
    "{help}",
    summary="A plain value is written where a flow is expected",
    bad="wan 1\n\npipeline p { flow = [4] }",
    good='wan 1\n\npipeline p { flow = [LoadImage(image = "a.png").IMAGE -> preview] }',
)

BAD_REMARK = Message(
    "WAN414",
    "unknown-remark",
    _ERROR,
    "nothing is said about a node by `{name}`",
    "The braces after a node hold its `title`, its `mode` and facts: `fps`, `length`, `size`, `width`, "
    "`height`, `vae`.",
    "{help}",
    summary="An annotation of a node is unknown",
    bad='wan 1\n\ngraph g {\n    let a = LoadImage(image = "a.png") { titel = "First" }\n'
    "    PreviewImage(images = a.IMAGE)\n}",
    good='wan 1\n\ngraph g {\n    let a = LoadImage(image = "a.png") { title = "First" }\n'
    "    PreviewImage(images = a.IMAGE)\n}",
)

NOT_A_PATCH = Message(
    "WAN416",
    "not-a-model-patch",
    _ERROR,
    "the patches of `{name}` have to take a MODEL and give a MODEL",
    "A patch stands between the loader and the sampler of a pass.",
    'Write stages such as `sage("auto")`, or a flow of them.',
    summary="A patch of a model does not take and give a MODEL",
    bad='wan 1\nuse wan22\n\nstage odd(in model: MODEL) -> STRING { out = "x" }\n\n'
    'pass high = wan22.high(patches = odd)\n\npipeline p {\n    image  = "a.png"\n'
    '    prompt = "x"\n    size   = 832x480\n    length = 81f\n'
    '    flow   = high -> wan22.low -> save("x")\n}',
    good="wan 1\nuse wan22\n\npass high = wan22.high(patches = torch_compile)\n\npipeline p {\n"
    '    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n    length = 81f\n'
    '    flow   = high -> wan22.low -> save("x")\n}',
)
