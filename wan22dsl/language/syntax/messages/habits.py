"""What people write who come from other languages, from ComfyUI's page, or from a form."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.language.syntax.messages.examples import in_a_pipeline

_ERROR = Severity.ERROR

SPELLED_NUMBER = Message(
    "WAN135",
    "number-in-words",
    _ERROR,
    "write `{found}` as `{meant}`",
    "A number and its unit are one word (`5s`, `81f`, `16fps`), and so is a size (`832x480`).",
    "Write `{meant}`.",
    summary="A number, a unit or a size has an unsupported spelling",
    bad=in_a_pipeline("size = 832 x 480"),
    good=in_a_pipeline("size = 832x480"),
)

STRING_OVER_LINES = Message(
    "WAN136",
    "string-over-lines",
    _ERROR,
    "this string ends on a later line",
    'A string in `"` ends on its line; a string in `"""` may span several lines.',
    'Use `"""` before and after the lines.',
    summary="A string spans several lines without triple quotes",
    bad=in_a_pipeline('prompt = "She turns', 'to the camera"'),
    good=in_a_pipeline('prompt = """', "    She turns", "    to the camera", '    """'),
)

LORA_STRENGTH = Message(
    "WAN137",
    "lora-strength",
    _ERROR,
    "write the strength of a LoRA as `{meant}`",
    "Calling a LoRA gives a copy of it with another strength.",
    "Write `{meant}`.",
    summary="The strength of a LoRA has an unsupported spelling",
    bad=in_a_pipeline("loras = [anna:0.8]"),
    good=in_a_pipeline("loras = [anna(strength = 0.8)]"),
)

NOT_A_NAME = Message(
    "WAN138",
    "not-a-name",
    _ERROR,
    "`{found}` is not a valid name",
    "A name starts with a lowercase letter, followed by letters, digits and `_`.",
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
    "A bare word refers to a declaration; strings and file names need quotes.",
    "Write {meant}.",
    summary="A string or a file name is not in quotes",
    bad=in_a_pipeline("prompt = She turns to the camera"),
    good=in_a_pipeline('prompt = "She turns to the camera"'),
)

QUOTES_INSIDE = Message(
    "WAN144",
    "quotes-inside",
    _ERROR,
    "this string contains unescaped quotes, or is two strings",
    'A string ends at its next `"`; write a quote inside it as `\\"`.',
    'Write `\\"` for quotes inside a string.',
    summary="A string contains quotes that are not escaped",
    bad=in_a_pipeline('prompt = "She said "hello" to me"'),
    good=in_a_pipeline(r'prompt = "She said \"hello\" to me"'),
)

MISSING_CALL = Message(
    "WAN140",
    "call-without-brackets",
    _ERROR,
    "the argument of `{name}` is not in parentheses",
    "A call is a name followed by its arguments in `( )`.",
    "Write `{meant}`.",
    summary="The argument of a call is not in parentheses",
    bad=in_a_pipeline('flow = high -> save "x"'),
    good=in_a_pipeline('flow = high -> save("x")'),
)

FOREIGN_WORD = Message(
    "WAN141",
    "unknown-keyword",
    _ERROR,
    "the language has no keyword `{word}`",
    "A pipeline consists of settings, `name = value`; there are no conditions or loops.",
    "{help}",
    summary="A keyword of another language precedes a setting",
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
    "Remove it.",
    summary="A sign is not needed here",
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
    summary="The file is in another language, or is not source code",
    bad="pipeline:\n  prompt: a cat\n  seed: 1\n",
    good=in_a_pipeline('prompt = "a cat"', "seed = 1"),
)

MERGE_CONFLICT = Message(
    "WAN146",
    "merge-conflict",
    _ERROR,
    "unresolved merge conflict",
    "Git wrote both versions into the file, between `<<<<<<<` and `>>>>>>>`.",
    "Keep one version, and remove the marker lines.",
    summary="The file contains merge conflict markers",
    bad=in_a_pipeline("seed = 1").replace(
        "    seed = 1", "<<<<<<< HEAD\n    seed = 1\n=======\n    seed = 2\n>>>>>>> new"
    ),
    good=in_a_pipeline("seed = 1"),
)

OUTSIDE = Message(
    "WAN147",
    "outside-a-pipeline",
    _ERROR,
    "{what} outside a pipeline",
    "Settings and the `flow` of a video belong inside a `pipeline`.",
    "{help}",
    summary="Settings or a flow are outside a pipeline",
    bad="wan 1\n\nseed = 1\nsteps = 4\n",
    good=in_a_pipeline("seed = 1", "steps = 4"),
)

NOTATION = Message(
    "WAN148",
    "other-notation",
    _ERROR,
    "write `{found}` as `{meant}`",
    "{why}",
    "Write `{meant}`.",
    summary="A value or a name uses the notation of another language",
    bad=in_a_pipeline("flow = wan22::high -> wan22.low"),
    good=in_a_pipeline("flow = wan22.high -> wan22.low"),
)
