"""Calls of stages and nodes, and the flows that they are in."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_ERROR = Severity.ERROR

CHOOSE_OUTPUT = Message(
    "WAN310",
    "output-not-chosen",
    _ERROR,
    "{what} has several outputs; choose one",
    "The compiler does not guess which one you mean.",
    "{help}",
    summary="One of several outputs must be chosen",
    bad='wan 1\n\ngraph g { PreviewImage(images = LoadImage(image = "a.png")) }',
    good='wan 1\n\ngraph g { PreviewImage(images = LoadImage(image = "a.png").IMAGE) }',
)

UNKNOWN_OUTPUTS = Message(
    "WAN311",
    "unknown-outputs",
    _ERROR,
    "{target} has no node class `{name}`, so its outputs are unknown",
    "Outputs of a class that is not in the catalogue can only be chosen by number.",
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
    "An argument that nothing reads would be dropped silently.",
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
    summary="A stage is called without a required parameter",
    bad="wan 1\n\nstage s(in frames: IMAGE) { frames -> save() }",
    good='wan 1\n\nstage s(in frames: IMAGE) { frames -> save("x") }',
)

NOT_CALLABLE = Message(
    "WAN403",
    "not-callable",
    _ERROR,
    "{what} cannot be called",
    "Only stages, node classes and declared blocks can be called; calling a block copies it.",
    "{help}",
    summary="A call names something that is not callable",
    bad="wan 1\n\nlet a = 1\nlet b = a(c = 2)",
    good="wan 1\n\nlet a = 1\nlet b = a",
)

CANNOT_TAKE = Message(
    "WAN404",
    "cannot-take-a-value",
    _ERROR,
    "{what} cannot take a value from an arrow",
    "The right side of an arrow is a stage with an `in` parameter, a pass, an open flow, or "
    "a node with `_` as an input.",
    "{help}",
    summary="The right side of an arrow takes no value",
    bad='wan 1\n\nstage s(in frames: IMAGE) { frames -> "x" }',
    good='wan 1\n\nstage s(in frames: IMAGE) { frames -> save("x") }',
)

NO_PLACE = Message(
    "WAN405",
    "no-place-for-the-value",
    _ERROR,
    "`{name}` does not mark the input for the value of the arrow",
    "The inputs of a node have no order, so `_` marks the one that takes the value.",
    "{help}",
    summary="A node does not mark the input for the value of an arrow",
    bad='wan 1\n\nstage s(in frames: IMAGE) { frames -> ImageInvert() -> save("x") }',
    good='wan 1\n\nstage s(in frames: IMAGE) { frames -> ImageInvert(image = _) -> save("x") }',
)

WAITS = Message(
    "WAN406",
    "flow-waits-for-a-value",
    _ERROR,
    "{what} has no input, but {wanted} is expected",
    "Its first stage takes the value of an arrow, and there is no arrow before it.",
    "Put a value before it: `frames -> {name}`.",
    summary="A stage needs a value from an arrow and gets none",
    bad="wan 1\n\npipeline p { flow = preview() }",
    good='wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE -> preview }',
)

GIVES_NOTHING = Message(
    "WAN407",
    "gives-nothing",
    _ERROR,
    "{what} has no output to use here",
    "A flow that ends in a list, and a node without outputs, have no value.",
    "Name the value before it with `let`, and use that.",
    summary="A value is expected from something that has none",
    bad='wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE -> [preview] -> preview }',
    good='wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE -> preview -> preview }',
)

NO_FLOW_TARGET = Message(
    "WAN412",
    "not-a-pipeline-here",
    _ERROR,
    "{what} cannot be used in a flow here",
    "A flow consists of passes, stages and nodes; a plain value does nothing there.",
    "{help}",
    summary="A plain value is used where a flow is expected",
    bad="wan 1\n\npipeline p { flow = [4] }",
    good='wan 1\n\npipeline p { flow = [LoadImage(image = "a.png").IMAGE -> preview] }',
)

BAD_ANNOTATION = Message(
    "WAN414",
    "unknown-annotation",
    _ERROR,
    "`{name}` is not a node annotation",
    "The annotations of a node are `title`, `mode`, `widgets` and the facts `fps`, `length`, "
    "`size`, `width`, `height`, `vae`.",
    "{help}",
    summary="A node has an unknown annotation",
    bad='wan 1\n\ngraph g {\n    let a = LoadImage(image = "a.png") { titel = "First" }\n'
    "    PreviewImage(images = a.IMAGE)\n}",
    good='wan 1\n\ngraph g {\n    let a = LoadImage(image = "a.png") { title = "First" }\n'
    "    PreviewImage(images = a.IMAGE)\n}",
)

NOT_A_PATCH = Message(
    "WAN416",
    "not-a-model-patch",
    _ERROR,
    "the patches of `{name}` must take a MODEL and return a MODEL",
    "A patch is applied between the loader and the sampler of a pass.",
    'Write stages such as `sage("auto")`, or a flow of them.',
    summary="A patch does not take a MODEL and return one",
    bad='wan 1\nuse wan22\n\nstage odd(in model: MODEL) -> STRING { out = "x" }\n\n'
    'pass high = wan22.high(patches = odd)\n\npipeline p {\n    image  = "a.png"\n'
    '    prompt = "x"\n    size   = 832x480\n    length = 81f\n'
    '    flow   = high -> wan22.low -> save("x")\n}',
    good="wan 1\nuse wan22\n\npass high = wan22.high(patches = torch_compile)\n\npipeline p {\n"
    '    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n    length = 81f\n'
    '    flow   = high -> wan22.low -> save("x")\n}',
)
