"""How a run can end other than well."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_E, _W = Severity.ERROR, Severity.WARNING

NODE_FAILED = Message(
    code="WAN908",
    name="node-failed",
    severity=_E,
    summary="A node fails while it runs",
    text="ComfyUI stopped in node `{node}` ({class_name}): {type}: {reason}",
    why="Nodes after this one did not run.",
    help="{help}",
)

OUT_OF_MEMORY = Message(
    code="WAN909",
    name="out-of-memory",
    severity=_E,
    summary="The server runs out of memory",
    text="out of memory in node `{node}` ({class_name}): {reason}",
    why="The node needed more memory than was free. {tried}",
    help="Use fewer frames or a smaller size. {fits}",
)

LOST = Message(
    code="WAN910",
    name="server-restarted",
    severity=_E,
    summary="The server restarts while the prompt runs",
    text="The server was restarted while the prompt ran, and has lost it.",
    why="ComfyUI keeps its queue and its history in memory only. {tried}",
    help=(
        "Check the server's log; if the system ended it, main memory (RAM) ran out. `{command}` "
        "downloads what it saved before."
    ),
)

REMOVED = Message(
    code="WAN911",
    name="prompt-removed",
    severity=_E,
    summary="The prompt is no longer on the server",
    text="The prompt is no longer on the server: neither in its queue nor in its history.",
    why="Somebody removed it from the queue, or cleared the queue and the history.",
    help="Run it again.",
)

DEAD_WORKER = Message(
    code="WAN912",
    name="server-stuck",
    severity=_E,
    summary="The server shows no progress for too long",
    text="No progress for {silence}, {where}.",
    why=(
        "The server still answers, but its worker has died or hangs; later prompts will wait "
        "forever. {left}"
    ),
    help=(
        "Restart ComfyUI and run again. If the work needs that long without progress, use "
        "`--silence {longer}`."
    ),
)

STUCK_QUEUE = Message(
    code="WAN913",
    name="queue-stuck",
    severity=_E,
    summary="The queue of the server does not move",
    text="The queue did not move for {silence}.",
    why=(
        "Another prompt is running on the server, `{running}`, and takes very long or has died. "
        "{left}"
    ),
    help="Check the server's log; restart ComfyUI, or wait longer with `--silence {longer}`.",
)

GONE = Message(
    code="WAN914",
    name="server-gone",
    severity=_E,
    summary="The server stops answering",
    text="The server stopped answering, for {silence}: it {reason}.",
    why=(
        "If the server was restarted, its work is lost; if only the connection broke, it "
        "continues. {left}"
    ),
    help="Check whether ComfyUI still runs. If it does, `{command}` downloads what it has saved.",
)

INTERRUPTED = Message(
    code="WAN915",
    name="interrupted",
    severity=_E,
    summary="Another program interrupts the prompt on the server",
    text="The prompt was interrupted on the server, not by this command.",
    why="Somebody pressed Cancel, or another program sent /interrupt.",
    help="Run it again.",
)

DAMAGED_OUTPUT = Message(
    code="WAN916",
    name="output-damaged",
    severity=_E,
    summary="An output cannot be downloaded completely",
    text="The output `{file}` could not be downloaded completely: {reason}.",
    why="An incomplete video is not usable. {kept}",
    help="Download it again with `{command}`: the server's output folder may still have it.",
)

OUTPUTS_LEFT = Message(
    code="WAN938",
    name="outputs-left",
    severity=_E,
    summary="Some outputs are not downloaded",
    text="{count} outputs were not downloaded: {reason}.",
    why="A server can name any number of files, and each takes time and disk space.",
    help="Download them from the server's output folder, or allow more with `--max-outputs`.",
)

NO_OUTPUT = Message(
    code="WAN917",
    name="no-output-file",
    severity=_W,
    summary="A run ends without an output file",
    text="The run succeeded, but the server reports no output file.",
    why="Nothing was downloaded.",
    help="End the flow with a stage that saves, such as `save`.",
)
