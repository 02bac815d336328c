"""Passes and pipelines: their settings, how much they are, and the files that they read."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_ERROR = Severity.ERROR

MISSING_SETTING = Message(
    "WAN408",
    "missing-setting",
    _ERROR,
    "the {kind} `{name}` has no `{setting}`{needed}",
    "It is required. {why}",
    "{help}",
    summary="A required setting is missing",
    bad='wan 1\nuse wan22\n\npipeline p { flow = wan22.high -> save("x") }',
    good='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n'
    '    length = 81f\n    flow   = wan22.high -> wan22.low -> save("x")\n}',
)

NO_FAMILY = Message(
    "WAN431",
    "model-without-family",
    _ERROR,
    "{model} has no `family`, and the pass `{name}` needs one",
    "The family determines the conditioning of the pass, and the frame rate that converts "
    "seconds to frames.",
    "{help}",
    summary="A pass needs the family of its model, and none is set",
    bad='wan 1\nuse wan22\n\nmodel mine { file = "mine.safetensors" }\n\npipeline p {\n'
    '    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n    length = 5s\n'
    '    flow   = wan22.high(model = mine) -> wan22.low -> save("x")\n}',
    good='wan 1\nuse wan22\n\nmodel mine { file = "mine.safetensors", family = wan22.i2v_14b }\n\n'
    'pipeline p {\n    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n    length = 5s\n'
    '    flow   = wan22.high(model = mine) -> wan22.low -> save("x")\n}',
)

UNREAD_SETTING = Message(
    "WAN409",
    "setting-without-effect",
    _ERROR,
    "nothing in `{block}` reads the setting `{name}`",
    "It would be dropped silently, and the video would not match the source.",
    "{help}",
    summary="Nothing reads a setting",
    bad='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    promt  = "x"\n    prompt = "x"\n'
    '    size   = 832x480\n    length = 81f\n    flow   = wan22.high -> wan22.low -> save("x")\n}',
    good='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n'
    '    length = 81f\n    flow   = wan22.high -> wan22.low -> save("x")\n}',
)

HIDDEN_SETTING = Message(
    "WAN422",
    "setting-reaches-no-pass",
    _ERROR,
    "{problem}",
    "A setting is looked up in the pass first, then in the pipeline. This one changes nothing.",
    "{help}",
    summary="A setting of a pipeline reaches no pass",
    bad='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n'
    '    length = 81f\n    shift  = 8.0\n    flow   = wan22.high -> wan22.low -> save("x")\n}',
    good='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n'
    "    length = 81f\n"
    '    flow   = wan22.high(shift = 8.0) -> wan22.low(shift = 8.0) -> save("x")\n}',
)

PARTLY_HIDDEN_SETTING = Message(
    "WAN423",
    "setting-of-some-passes",
    Severity.NOTE,
    "{problem}",
    "A setting is looked up in the pass first, then in the pipeline. This may be intended.",
    "{help}",
    summary="A setting of a pipeline does not reach every pass",
    bad='wan 1\nuse wan22\n\npass low = wan22.base_low(cfg = none)\n\npipeline p {\n    image  = "a.png"\n'
    '    prompt = "x"\n    size   = 832x480\n    length = 81f\n    cfg    = 4.0\n'
    '    flow   = wan22.base_high -> low -> save("x")\n}',
    good='wan 1\nuse wan22\n\npass low = wan22.base_low(cfg = none)\n\npipeline p {\n    image  = "a.png"\n'
    '    prompt = "x"\n    size   = 832x480\n    length = 81f\n    cfg    = 3.5\n'
    '    flow   = wan22.base_high -> low -> save("x")\n}',
)

CIRCULAR_SETTING = Message(
    "WAN410",
    "setting-reads-itself",
    _ERROR,
    "the setting `{name}` depends on itself",
    "A value that depends on itself cannot be computed.",
    "Write its value, or read another setting.",
    summary="A setting depends on itself",
    bad='wan 1\n\npipeline p {\n    name = "{pipeline.name}_2"\n'
    '    flow = LoadImage(image = "a.png").IMAGE -> save_frames(pipeline.name)\n}',
    good='wan 1\n\npipeline p {\n    name = "clip_2"\n'
    '    flow = LoadImage(image = "a.png").IMAGE -> save_frames(pipeline.name)\n}',
)

BAD_STEPS = Message(
    "WAN411",
    "steps-without-total",
    _ERROR,
    "the steps of `{name}` have no total",
    "A part of a schedule is meaningless without its total number of steps.",
    "Write `{steps} of 4`, or set `steps = 4` in the pipeline.",
    summary="The steps of a pass have no total",
    bad="wan 1\nuse wan22\n\npass high = wan22.high(steps = 0..2)\n\npipeline p {\n"
    '    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n    length = 81f\n'
    '    flow   = high -> wan22.low -> save("x")\n}',
    good="wan 1\nuse wan22\n\npass high = wan22.high(steps = 0..2)\n\npipeline p {\n"
    '    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n    length = 81f\n'
    '    steps  = 4\n    flow   = high -> wan22.low -> save("x")\n}',
)

BAD_CONDITIONING = Message(
    "WAN413",
    "not-a-conditioning",
    _ERROR,
    "this conditioning has no output `{output}`",
    "A pass takes `positive`, `negative` and `latent` from its conditioning.",
    "Use a stage with the outputs positive, negative and latent, such as `wan22.image_to_video`.",
    summary="A conditioning lacks `positive`, `negative` or `latent`",
    bad='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n'
    '    size   = 832x480\n    length = 81f\n    conditioning = wan22.encode("x")\n'
    '    flow   = wan22.high -> wan22.low -> save("x")\n}',
    good='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n'
    "    size   = 832x480\n    length = 81f\n    conditioning = wan22.image_to_video\n"
    '    flow   = wan22.high -> wan22.low -> save("x")\n}',
)

BAD_ENGINE = Message(
    "WAN432",
    "not-an-engine",
    _ERROR,
    "the `engine` of `{name}` {problem}",
    "An engine samples in the place of KSampler: it gets the latent of the pass, and returns one.",
    "Use a stage such as `samplers.custom`, or write one: "
    "`stage mine(in latent: LATENT, model: MODEL, …) -> LATENT`.",
    summary="An engine is not a stage from a latent to a latent",
    bad='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n'
    '    size   = 832x480\n    length = 81f\n    engine = wan22.encode("x")\n'
    '    flow   = wan22.high -> wan22.low -> save("x")\n}',
    good='wan 1\nuse wan22\nuse samplers\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n'
    "    size   = 832x480\n    length = 81f\n    engine = samplers.custom\n"
    '    flow   = wan22.high -> wan22.low -> save("x")\n}',
)

NO_SHIFT_AT_BOUNDARY = Message(
    "WAN433",
    "no-shift-at-boundary",
    _ERROR,
    "`boundary` gives no shift: {problem}",
    "`boundary` gives the shift at which the experts change where the pass ends or begins.",
    "{help}",
    summary="`boundary` cannot compute a shift",
    bad="wan 1\nuse wan22\n\npipeline p {\n"
    '    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n    length = 81f\n'
    '    flow   = wan22.base_high(steps = 20, shift = boundary(0.9)) -> save("x")\n}',
    good="wan 1\nuse wan22\n\npipeline p {\n"
    '    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n    length = 81f\n'
    "    flow   = wan22.base_high(shift = boundary(0.9)) -> wan22.base_low(shift = boundary(0.9))\n"
    '        -> save("x")\n}',
)

TOO_DEEP = Message(
    "WAN415",
    "too-deep-to-build",
    _ERROR,
    "`{name}` is nested too deeply to be built",
    "Each stage, flow or pipeline inside another adds a level, and the number of levels is "
    "limited.",
    "Split it, or build long videos from fewer, longer parts.",
    summary="Stages, flows or pipelines are nested too deeply to be built",
)

TOO_MUCH = Message(
    "WAN421",
    "too-much-to-build",
    _ERROR,
    "`{name}` expands to too many stages and flows",
    "At most 25,000 stages are built, where a pass counts as ten. If each of twenty nested stages uses the "
    "next one twice, the last is built a million times.",
    "Look for a stage, flow or pipeline that uses another one twice and is itself used twice, or split it.",
    summary="Stages and flows expand to more than can be built",
)

ONE_NAME = Message(
    "WAN417",
    "files-of-one-name",
    _ERROR,
    "`{one}` and `{other}` have the same file name on the server",
    "Uploads go to the server's input folder without their own folders, so one file would "
    "overwrite the other.",
    "Rename one of them.",
    summary="Two input files have the same name on the server",
)

UPSIDE_DOWN = Message(
    "WAN312",
    "limit-upside-down",
    _ERROR,
    "{problem}",
    "A limit is a range from low to high, and `excellent` is tighter than `good`. No run "
    "could be rated by this one.",
    "{help}",
    summary="The limits of a target are in the wrong order",
    bad="wan 1\n\ntarget quick { each_pass = 85s..0s }",
    good="wan 1\n\ntarget quick { each_pass = 0s..85s }",
)

NO_SUCH_PIPELINE = Message(
    "WAN418",
    "target-of-no-pipeline",
    _ERROR,
    "a target applies to pipelines and graphs of its file, not to {found}",
    "This target would silently rate no run.",
    "{help}",
    summary="A target names something other than a pipeline or graph of its file",
    bad="wan 1\nuse wan22\n\ntarget quick { of = wan22.high, whole = 0s..85s }",
    good='wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE -> preview }\n\n'
    "target quick { of = p, whole = 0s..85s }",
)

NO_LIMIT = Message(
    "WAN419",
    "target-without-limit",
    _ERROR,
    "the target `{name}` sets no limits",
    "This target would silently rate no run.",
    "Add a limit: `each_pass = 0s..85s`, `whole = 0s..180s` or `peak_vram = 0GiB..30GiB`.",
    summary="A target sets no limits",
    bad="wan 1\n\ntarget quick { steps = 4 }",
    good="wan 1\n\ntarget quick { steps = 4, each_pass = 0s..85s }",
)

UNREADABLE_INPUT = Message(
    "WAN427",
    "unreadable-input",
    Severity.WARNING,
    "`{file}` cannot be read as a {kind}: {problem}",
    "Its frames, rate and size are unknown, so nothing that depends on them is checked. A "
    "run will probably fail when it loads the file.",
    "Replace the file, or name another one.",
    summary="An input file cannot be read as a video or a latent",
)

INPUT_FILE = Message(
    "WAN420",
    "input-file",
    Severity.NOTE,
    "`{file}` is a file {where}",
    "`wan run` uploads files next to the .wan file; other names are files in the server's "
    "input folder. This is information, not a problem.",
    summary="The location of an input file",
)
