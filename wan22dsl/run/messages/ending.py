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
    why="Everything behind this node was not run.",
    help="{help}",
)

OUT_OF_MEMORY = Message(
    code="WAN909",
    name="out-of-memory",
    severity=_E,
    summary="The server runs out of memory",
    text="The memory did not suffice in node `{node}` ({class_name}): {reason}",
    why="The node needed more memory at once than was free. {tried}",
    help="Take fewer frames or a smaller size. {fits}",
)

LOST = Message(
    code="WAN910",
    name="server-restarted",
    severity=_E,
    summary="The server restarts while the prompt runs",
    text="The server was restarted while the prompt ran, and knows nothing of it any more.",
    why="ComfyUI keeps its queue and its history in memory only. {tried}",
    help="Look into the server's log for why it stopped; when the system ends it, main memory (RAM) ran out. "
    "What it saved before, `{command}` gets.",
)

REMOVED = Message(
    code="WAN911",
    name="prompt-removed",
    severity=_E,
    summary="The prompt is no longer on the server",
    text="The prompt is no longer on the server: neither in its queue nor in its history.",
    why="Somebody took it out of the queue, or emptied queue and history.",
    help="Run it again.",
)

DEAD_WORKER = Message(
    code="WAN912",
    name="server-stuck",
    severity=_E,
    summary="The server shows no progress for too long",
    text="Nothing was heard of the prompt for {silence}, {where}.",
    why="The server still answers, but whatever runs its prompts has died or hangs; every later prompt "
    "waits for ever. {left}",
    help="Restart ComfyUI and run again. If the work really takes that long without a sign, say so with "
    "`--silence {longer}`.",
)

STUCK_QUEUE = Message(
    code="WAN913",
    name="queue-stuck",
    severity=_E,
    summary="The queue of the server does not move",
    text="The prompt waited for {silence}, and the queue did not move.",
    why="A prompt from elsewhere runs on the server, and takes very long or has died. "
    "It is `{running}`. {left}",
    help="Look at the server's log; restart ComfyUI, or wait longer with `--silence`. "
    "For example: `--silence {longer}`.",
)

GONE = Message(
    code="WAN914",
    name="server-gone",
    severity=_E,
    summary="The server stops answering",
    text="The server stopped answering, for {silence}: it {reason}.",
    why="What it was doing is lost if it was restarted, and goes on if only the connection broke. "
    "{left}",
    help="Look whether ComfyUI still runs. If it does, `{command}` gets what it has saved.",
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
    summary="An output cannot be downloaded whole",
    text="The output `{file}` could not be fetched whole: {reason}.",
    why="Half a video is worse than none. {kept}",
    help="Fetch it again: the server's output folder may still have it. Use `{command}`.",
)

OUTPUTS_LEFT = Message(
    code="WAN938",
    name="outputs-left",
    severity=_E,
    summary="Some outputs are not downloaded",
    text="{count} outputs were not downloaded: {reason}.",
    why="A server can name any number of files, and each takes time and room on your disk.",
    help="Fetch them from the server's output folder, or allow more with `--max-outputs`.",
)

NO_OUTPUT = Message(
    code="WAN917",
    name="no-output-file",
    severity=_W,
    summary="A run ends without an output file",
    text="The run ended well, and the server names no output file.",
    why="Nothing was downloaded.",
    help="End the flow with a stage that saves, such as `save`.",
)
