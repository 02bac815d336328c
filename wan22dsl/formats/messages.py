"""What we have to say about the form of the JSON that is read, worded in one place."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_GOOD = """\
{
    "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
    "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
}
"""

BROKEN_JSON = Message(
    code="WAN551",
    name="broken-json",
    severity=Severity.ERROR,
    summary="A file is not JSON",
    text="This is not JSON: {reason}.",
    why="ComfyUI answers a file that is not JSON with error 500.",
    help="{help}",
    bad="""\
{
    "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}
    "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
}
""",
    good=_GOOD,
)

NOT_A_PROMPT = Message(
    code="WAN552",
    name="not-a-prompt",
    severity=Severity.ERROR,
    summary="A JSON file is not a ComfyUI prompt",
    text="This is {what}, not prompt JSON.",
    why="Prompt JSON is an object of nodes by their ids, each with `class_type` and `inputs`. ComfyUI "
    "answers anything else with error 500.",
    help="{help}",
    bad="""\
[
    {"class_type": "LoadImage", "inputs": {"image": "a.png"}}
]
""",
    good=_GOOD,
)

WRITTEN_TWICE = Message(
    code="WAN553",
    name="written-twice",
    severity=Severity.ERROR,
    summary="A JSON object has the same key twice",
    text="{key} is twice in {where}.",
    why="Only the last of two values with the same key counts; the other is silently lost.",
    help="Rename one of them, or remove it.",
    bad="""\
{
    "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
    "1": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
}
""",
    good=_GOOD,
)

NOT_A_NODE = Message(
    code="WAN554",
    name="not-a-node",
    severity=Severity.ERROR,
    summary="An entry of the prompt JSON is not a node with an id",
    text="{key} is {what}, not a node.",
    why="Every value of prompt JSON is a node: an object with `class_type` and `inputs`. ComfyUI answers "
    "anything else with error 500. It is a note where the name begins with `_`: programs that keep "
    "such a note remove it before they send the prompt.",
    help="Write the node, or remove {key}.",
    bad="""\
{
    "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
    "3": null,
    "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
}
""",
    good=_GOOD,
)

NO_CLASS = Message(
    code="WAN555",
    name="node-without-class",
    severity=Severity.ERROR,
    summary="A node has no `class_type`",
    text="{key} has no `class_type`.",
    why="ComfyUI rejects the whole prompt when one node has no class.",
    help='Write `"class_type": "…"`.',
    bad="""\
{
    "1": {"inputs": {"image": "a.png"}},
    "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
}
""",
    good=_GOOD,
)

NO_INPUTS = Message(
    code="WAN556",
    name="node-without-inputs",
    severity=Severity.ERROR,
    summary="A node has no `inputs`",
    text="{key} has no `inputs`.",
    why=(
        "ComfyUI rejects the prompt if the node is needed. Otherwise the server's only worker "
        "dies, and no later prompt runs until the server is restarted."
    ),
    help='Write `"inputs": {{}}`, or remove the node.',
    bad="""\
{
    "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
    "3": {"class_type": "LoadImage"},
    "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
}
""",
    good=_GOOD,
)

NOT_A_LINK = Message(
    code="WAN557",
    name="not-a-link",
    severity=Severity.ERROR,
    summary="A list among the inputs of a node is not a link",
    text="`{input}` of {key} is {value}, {what}.",
    why=(
        "ComfyUI takes every list for a link, `[node id, output]`: the id as a string, the "
        "output as a whole number counted from 0. Anything else is rejected, or stops the "
        "server's worker."
    ),
    help="{help}",
    bad="""\
{
    "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
    "2": {"class_type": "PreviewImage", "inputs": {"images": [1, 0]}}
}
""",
    good=_GOOD,
)

UNNAMED_VALUES = Message(
    code="WAN571",
    name="values-without-names",
    severity=Severity.WARNING,
    summary="A workflow has values for inputs whose names are not known",
    text="The values of {nodes} have no names, so they are kept as `widgets`.",
    why=(
        "The workflow has only their order, and {target} lacks the class, or has it in another "
        "version. Workflow JSON can be written with them, but no prompt JSON."
    ),
    help=(
        "Import again with `--target FILE`, where `wan nodes pull URL -o FILE` makes the file from a "
        "ComfyUI server that has these nodes; or with `--use FILE`, a file that declares the class with "
        "`node`."
    ),
)

NO_NAMES_FOR_PROMPT = Message(
    code="WAN572",
    name="prompt-without-names",
    severity=Severity.ERROR,
    summary="Prompt JSON needs names for the values in `widgets`",
    text="Prompt JSON cannot be written: the values in `widgets` of {node} have no names.",
    why="ComfyUI takes the inputs of a node by name, and `widgets` has only their order.",
    help=(
        "Import the workflow again with `--target FILE`, where `wan nodes pull URL -o FILE` makes the "
        "file from a ComfyUI server that has this class. Or declare the class with `node`, and write "
        "the inputs by name."
    ),
)

SEVERAL_GRAPHS = Message(
    code="WAN573",
    name="several-prompts",
    severity=Severity.WARNING,
    summary="A JSON file has several prompts, of which most commands read only the first",
    text="The file has {count} prompts or workflows; {read}.",
    why=(
        "A list of queue items or a history has a prompt for each run. What is wrong in several of them in "
        "the same way is reported once."
    ),
    help="Save each of the others in a file of its own.",
    bad="""\
[
    [0, "a", {
        "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
    }, {}, ["2"]],
    [1, "b", {
        "1": {"class_type": "LoadImage", "inputs": {"image": "b.png"}},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
    }, {}, ["2"]]
]
""",
    good=_GOOD,
)

TEMPLATE = Message(
    code="WAN574",
    name="template",
    severity=Severity.NOTE,
    summary="A JSON file is a template with placeholders, judged apart from them",
    text="The file is a template with {count}{such}; it is judged apart from them.",
    why="ComfyUI takes no placeholder for a number or a choice: a client has to fill them in first.",
    help="Fill them in before you send it. `wan import` makes each of them a parameter.",
    bad="""\
{
    "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
    "2": {"class_type": "ImageScaleBy", "inputs": {
        "image": ["1", 0], "upscale_method": "lanczos", "scale_by": "{{SCALE}}"
    }},
    "3": {"class_type": "PreviewImage", "inputs": {"images": ["2", 0]}}
}
""",
    good=_GOOD,
)

ALL = (BROKEN_JSON, NOT_A_PROMPT, WRITTEN_TWICE, NOT_A_NODE, NO_CLASS, NO_INPUTS, NOT_A_LINK)
