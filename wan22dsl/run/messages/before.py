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
    why="ComfyUI rejects a prompt with a class that it does not have.",
    help="{help}",
)

MISSING_MODEL_FILE = Message(
    code="WAN902",
    name="missing-model-file",
    severity=_E,
    summary="The server has no such model file",
    text="The server has no file `{file}` for `{input}` of {class_name}.",
    why="ComfyUI rejects a prompt that names a missing file.",
    help="{help}{guess}",
)

MISSING_INPUT_FILE = Message(
    code="WAN903",
    name="missing-input-file",
    severity=_E,
    summary="An input file is neither local nor on the server",
    text="`{file}` is neither next to the .wan file nor in the server's input folder.",
    why="A file next to the .wan file is uploaded; other files must already be on the server.",
    help="Put it next to the .wan file, or correct its name.",
)

STOOD_IN = Message(
    code="WAN927",
    name="stand-in",
    severity=_N,
    summary="A missing input file is replaced in the simulation",
    text="`{file}` does not exist; the simulation uses a grey pixel instead.",
    why="A simulated server does not read images. A real one rejects the prompt.",
    help="Put the file next to the .wan file before a real run.",
)

MODELS_STOOD_IN = Message(
    code="WAN930",
    name="simulated-stand-ins",
    severity=_N,
    summary="The simulation replaces unknown files or nodes",
    text="The simulation has placeholders for {names}.",
    why=(
        "It knows only published files and known node classes; a real server rejects a prompt "
        "with others. Sizes are estimated from file names; the time of a custom node is not "
        "counted."
    ),
    help="{help}",
)

UNUSABLE_INPUT_FILE = Message(
    code="WAN904",
    name="unusable-input-file",
    severity=_E,
    summary="An input file is not uploaded",
    text="`{file}` is not uploaded: {reason}.",
    why=(
        "Only complete images, videos, sound and tensors of the project are uploaded. A server "
        "accepts any bytes, and a .wan file from somebody else could name your keys."
    ),
    help="Put a complete file of the expected kind next to the .wan file, and name that.",
)

WOULD_STOP_THE_SERVER = Message(
    code="WAN905",
    name="would-stop-the-server",
    severity=_E,
    summary="A node has an input that could stop the server",
    text="Node `{node}` has the input `{input}`, which this server's {class_name} does not have.",
    why=(
        "ComfyUI follows such an input as if it were a link, which can stop its only worker: it "
        "then runs no prompt until it is restarted."
    ),
    help="Remove the input, or update the server.",
)

REFUSED_NODE = Message(
    code="WAN906",
    name="node-refused",
    severity=_E,
    summary="ComfyUI rejects a node",
    text="ComfyUI rejects node `{node}` ({class_name}): {reason}.",
    why="ComfyUI does not make the outputs that need this node. {consequence}",
    help="",
)

REFUSED_PROMPT = Message(
    code="WAN907",
    name="prompt-refused",
    severity=_E,
    summary="ComfyUI rejects the prompt",
    text="ComfyUI rejects the prompt: {reason}.",
    why="Nothing was run.",
    help="{help}",
)

PARTS_FAILED = Message(
    code="WAN926",
    name="accepted-in-part",
    severity=_E,
    summary="ComfyUI accepts only a part of the prompt",
    text="ComfyUI accepted only a part of the prompt, which was stopped.",
    why="ComfyUI skips an output with an error and runs the rest.",
    help="Fix the node errors above.",
)
