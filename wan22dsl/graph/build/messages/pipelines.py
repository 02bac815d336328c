"""Passes and pipelines: their settings, how much they are, and the files that they read."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_ERROR = Severity.ERROR

MISSING_SETTING = Message(
    "WAN408",
    "missing-setting",
    _ERROR,
    "the {kind} `{name}` has no `{setting}`{needed}",
    "Without it nothing can be built. {why}",
    "{help}",
    summary="A setting that is needed is missing",
    bad='wan 1\nuse wan22\n\npipeline p { flow = wan22.high -> save("x") }',
    good='wan 1\nuse wan22\n\npipeline p {\n    image  = "a.png"\n    prompt = "x"\n    size   = 832x480\n'
    '    length = 81f\n    flow   = wan22.high -> wan22.low -> save("x")\n}',
)

NO_FAMILY = Message(
    "WAN431",
    "model-without-family",
    _ERROR,
    "{model} has no `family`, and the pass `{name}` needs one",
    "The family says what the pass is conditioned on, and the frame rate that seconds become frames at.",
    "{help}",
    summary="A model has no family, and its pass needs one",
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
    "It would be dropped without a word, and the video would not be what is written.",
    "{help}",
    summary="A setting is read by nothing",
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
    "A setting is looked up in the pass first, then in the pipeline. This one would change nothing, and the "
    "video would not be what you wrote.",
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
    "A setting is looked up in the pass first, then in the pipeline. This may be what you mean; if not, "
    "nothing else shows it.",
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
    "the setting `{name}` is made from itself",
    "To know it, it would have to be known already.",
    "Write what it should be, or read another setting.",
    summary="A setting is made from itself",
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
    summary="The steps of a pass do not say of how many",
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
    "this conditioning does not give `{output}`",
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

TOO_DEEP = Message(
    "WAN415",
    "too-deep-to-build",
    _ERROR,
    "what `{name}` stands for nests too deeply to be built",
    "Each stage, flow or pipeline inside another takes a level, and there is a limit to them.",
    "Split it, or build long videos from fewer, longer parts.",
    summary="Stages, flows or pipelines are nested too deeply to be built",
)

TOO_MUCH = Message(
    "WAN421",
    "too-much-to-build",
    _ERROR,
    "`{name}` calls stages and runs flows more often than can be built",
    "What each of twenty stages or flows uses twice, one in another, would be made a million times.",
    "Look for a stage, a flow or a pipeline that uses the one before it twice, and is used twice.",
    summary="Stages and flows multiply to more than can be built",
)

ONE_NAME = Message(
    "WAN417",
    "files-of-one-name",
    _ERROR,
    "`{one}` and `{other}` would be one file on the server",
    "In the server's input folder your files have their names without folders, so that one would take "
    "the place of the other.",
    "Rename one of them.",
    summary="Two input files would be one file on the server",
)

UPSIDE_DOWN = Message(
    "WAN312",
    "limit-upside-down",
    _ERROR,
    "{problem}",
    "A limit goes from its low end to its high one, and its grades from the tighter to the wider. By this "
    "one no run could be rated.",
    "{help}",
    summary="The limits of a target are in the wrong order",
    bad="wan 1\n\ntarget quick { each_pass = 85s..0s }",
    good="wan 1\n\ntarget quick { each_pass = 0s..85s }",
)

NO_SUCH_PIPELINE = Message(
    "WAN418",
    "target-of-no-pipeline",
    _ERROR,
    "a target is for pipelines and graphs of its file, and this is {found}",
    "It would rate no run, and nobody would notice.",
    "{help}",
    summary="A target names something that is no pipeline or graph of its file",
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
    summary="A target sets no limits",
    bad="wan 1\n\ntarget quick { steps = 4 }",
    good="wan 1\n\ntarget quick { steps = 4, each_pass = 0s..85s }",
)

UNREADABLE_INPUT = Message(
    "WAN427",
    "unreadable-input",
    Severity.WARNING,
    "`{file}` cannot be read as a {kind}: {problem}",
    "Its frames, rate and size are not known, so what depends on them is not checked, and a run is likely to "
    "end where the file is loaded.",
    "Replace the file, or name another one.",
    summary="An input file cannot be read as a video or a latent",
)

INPUT_FILE = Message(
    "WAN420",
    "input-file",
    Severity.NOTE,
    "`{file}` is a file {where}",
    "A file beside the .wan file is uploaded by `wan run`; any other name is one of the server's input "
    "folder. `wan lint` tells below its summary which is which; this is no mistake.",
    summary="An input file is looked for here or on the server",
)
