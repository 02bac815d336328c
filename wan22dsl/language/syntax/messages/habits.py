"""What people write who come from other languages, from ComfyUI's page, or from a form."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.language.syntax.messages.examples import in_a_pipeline

_ERROR = Severity.ERROR

SPELLED_NUMBER = Message(
    "WAN135",
    "number-in-words",
    _ERROR,
    "`{found}` is written `{meant}`",
    "A number and its unit are one word (`5s`, `81f`, `16fps`), and so is a size (`832x480`).",
    "Write `{meant}`.",
    summary="A number, a size or a unit is spelled in another way",
    bad=in_a_pipeline("size = 832 x 480"),
    good=in_a_pipeline("size = 832x480"),
)

STRING_OVER_LINES = Message(
    "WAN136",
    "string-over-lines",
    _ERROR,
    "this string ends on a line further down",
    'A string in `"` ends on its line; one in `"""` may have many lines.',
    'Write `"""` above and below the lines.',
    summary="A string goes on over several lines without triple quotes",
    bad=in_a_pipeline('prompt = "She turns', 'to the camera"'),
    good=in_a_pipeline('prompt = """', "    She turns", "    to the camera", '    """'),
)

LORA_STRENGTH = Message(
    "WAN137",
    "lora-strength",
    _ERROR,
    "the strength of a LoRA is written `{meant}`",
    "A call gives a copy of the LoRA with another strength.",
    "Write `{meant}`.",
    summary="The strength of a LoRA is written in another way",
    bad=in_a_pipeline("loras = [anna:0.8]"),
    good=in_a_pipeline("loras = [anna(strength = 0.8)]"),
)

NOT_A_NAME = Message(
    "WAN138",
    "not-a-name",
    _ERROR,
    "`{found}` is not a name",
    "A name begins with a small letter and goes on with letters, digits and `_`.",
    "Write `{meant}`.",
    summary="The name of a declaration is not a valid name",
    bad="wan 1\n\npipeline my-video {\n    seed = 1\n}\n",
    good="wan 1\n\npipeline my_video {\n    seed = 1\n}\n",
)

MISSING_QUOTES = Message(
    "WAN139",
    "missing-quotes",
    _ERROR,
    "this string has no quotes",
    "A bare word is the name of something; words and file names need quotes.",
    "Write {meant}.",
    summary="Words or a file name are not in quotes",
    bad=in_a_pipeline("prompt = She turns to the camera"),
    good=in_a_pipeline('prompt = "She turns to the camera"'),
)

QUOTES_INSIDE = Message(
    "WAN144",
    "quotes-inside",
    _ERROR,
    "this string has quotes inside, or is two strings",
    'A string ends at its next `"`; one that belongs to it is written `\\"`.',
    'Write `\\"` for quotes inside of a string.',
    summary="A string contains quotes that are not escaped",
    bad=in_a_pipeline('prompt = "She said "hello" to me"'),
    good=in_a_pipeline(r'prompt = "She said \"hello\" to me"'),
)

MISSING_CALL = Message(
    "WAN140",
    "call-without-brackets",
    _ERROR,
    "the argument of `{name}` has no brackets",
    "There is one way to call: the name, and the arguments in `( )`.",
    "Write `{meant}`.",
    summary="The argument of a call is not in brackets",
    bad=in_a_pipeline('flow = high -> save "x"'),
    good=in_a_pipeline('flow = high -> save("x")'),
)

FOREIGN_WORD = Message(
    "WAN141",
    "unknown-keyword",
    _ERROR,
    "the language has no `{word}`",
    "A pipeline consists of settings, `name = value`; there are no conditions and no loops.",
    "{help}",
    summary="A word of other languages stands in front of a setting",
    bad=in_a_pipeline("set seed = 1"),
    good=in_a_pipeline("seed = 1"),
)

BLOCK_HEAD = Message(
    "WAN142",
    "body-without-braces",
    _ERROR,
    "the body of `{name}` is not in braces",
    "A declaration is its kind, its name, and its settings in `{{ }}`.",
    "Write `{word} {name} {{` … `}}`.",
    summary="The body of a declaration is not in braces",
    bad="wan 1\n\npipeline x:\n    seed = 1\n",
    good=in_a_pipeline("seed = 1"),
)

NEEDLESS_MARK = Message(
    "WAN143",
    "needless-mark",
    _ERROR,
    "`{sign}` is not needed {where}",
    "{reason}",
    "Take it out.",
    summary="A mark that the language does not need",
    bad=in_a_pipeline("seed = $number"),
    good=in_a_pipeline("seed = number"),
)

NOT_WAN = Message(
    "WAN145",
    "not-a-wan-file",
    _ERROR,
    "this file is {what}, not a `.wan` file",
    "A `.wan` file begins with `wan 1` and declares pipelines, with their settings in braces.",
    "{help}",
    summary="The file is in another language, or is no source at all",
    bad="pipeline:\n  prompt: a cat\n  seed: 1\n",
    good=in_a_pipeline('prompt = "a cat"', "seed = 1"),
)

MERGE_CONFLICT = Message(
    "WAN146",
    "merge-conflict",
    _ERROR,
    "a merge conflict is not resolved here",
    "Git wrote both versions into the file, between `<<<<<<<` and `>>>>>>>`.",
    "Keep one version, and take the lines of markers out.",
    summary="The file has the markers of a merge conflict",
    bad=in_a_pipeline("seed = 1").replace(
        "    seed = 1", "<<<<<<< HEAD\n    seed = 1\n=======\n    seed = 2\n>>>>>>> new"
    ),
    good=in_a_pipeline("seed = 1"),
)

OUTSIDE = Message(
    "WAN147",
    "outside-a-pipeline",
    _ERROR,
    "{what} outside of a pipeline",
    "What a video is made of belongs to a pipeline: its settings, and its `flow`.",
    "{help}",
    summary="Settings or a flow are outside of a pipeline",
    bad="wan 1\n\nseed = 1\nsteps = 4\n",
    good=in_a_pipeline("seed = 1", "steps = 4"),
)

NOTATION = Message(
    "WAN148",
    "other-notation",
    _ERROR,
    "`{found}` is written `{meant}`",
    "{why}",
    "Write `{meant}`.",
    summary="A value or a name is written as in another language",
    bad=in_a_pipeline("flow = wan22::high -> wan22.low"),
    good=in_a_pipeline("flow = wan22.high -> wan22.low"),
)
