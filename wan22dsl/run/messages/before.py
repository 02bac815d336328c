"""What is missing on a server, and what it does not take."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_E, _N = Severity.ERROR, Severity.NOTE

MISSING_CLASS = Message(
    code="WAN901",
    name="missing-node-class",
    severity=_E,
    summary="The server has no such node class",
    text="The server has no node class `{class_name}`.",
    why="ComfyUI refuses a prompt with a class that it does not have.",
    help="{help}",
)

MISSING_MODEL_FILE = Message(
    code="WAN902",
    name="missing-model-file",
    severity=_E,
    summary="The server has no such model file",
    text="The server has no file `{file}` for `{input}` of {class_name}.",
    why="ComfyUI refuses a prompt that names a file it does not find.",
    help="{help}{guess}",
)

MISSING_INPUT_FILE = Message(
    code="WAN903",
    name="missing-input-file",
    severity=_E,
    summary="An input file is neither local nor on the server",
    text="`{file}` is neither beside the .wan file nor in the server's input folder.",
    why="A file beside the .wan file is uploaded; any other must be on the server already.",
    help="Put it beside the .wan file, or correct its name.",
)

STOOD_IN = Message(
    code="WAN927",
    name="stand-in",
    severity=_N,
    summary="A missing input file is replaced in the simulation",
    text="`{file}` is not there; the simulation goes on with a grey pixel in its place.",
    why="A simulated server looks at no picture. A real one refuses the prompt.",
    help="Put the file beside the .wan file before a real run.",
)

MODELS_STOOD_IN = Message(
    code="WAN930",
    name="simulated-stand-ins",
    severity=_N,
    summary="The simulation replaces files or nodes that it does not have",
    text="The simulation stands in for {names}.",
    why="It has the published files and the known node classes only; a real server refuses a prompt with "
    "others. Sizes are taken from the names of files; the time of a custom node is not counted.",
    help="{help}",
)

UNUSABLE_INPUT_FILE = Message(
    code="WAN904",
    name="unusable-input-file",
    severity=_E,
    summary="An input file is not uploaded",
    text="`{file}` is not uploaded: {reason}.",
    why="Only whole pictures, videos, sound and tensors of the project are sent to a server. It takes any "
    "bytes, and a file that you did not write could name your keys.",
    help="Put a whole file of the kind that the input takes beside the .wan file, and name that.",
)

WOULD_STOP_THE_SERVER = Message(
    code="WAN905",
    name="would-stop-the-server",
    severity=_E,
    summary="A node has an input that could stop the server",
    text="Node `{node}` has the input `{input}`, which this server's {class_name} does not have.",
    why="ComfyUI follows such an input as if it were a link, and its only worker can die of that: it then "
    "answers no prompt any more until it is restarted.",
    help="Take the input away, or update the server.",
)

REFUSED_NODE = Message(
    code="WAN906",
    name="node-refused",
    severity=_E,
    summary="ComfyUI refuses a node",
    text="ComfyUI does not take node `{node}` ({class_name}): {reason}.",
    why="ComfyUI does not make the outputs that need this node. {consequence}",
    help="",
)

REFUSED_PROMPT = Message(
    code="WAN907",
    name="prompt-refused",
    severity=_E,
    summary="ComfyUI refuses the prompt",
    text="ComfyUI does not take the prompt: {reason}.",
    why="Nothing was run.",
    help="{help}",
)

PARTS_FAILED = Message(
    code="WAN926",
    name="accepted-in-part",
    severity=_E,
    summary="ComfyUI accepts only a part of the prompt",
    text="ComfyUI took the prompt only in part; it was stopped.",
    why="An output with an error is left out and the rest runs, as if all were well.",
    help="Fix what is said of the nodes above.",
)
