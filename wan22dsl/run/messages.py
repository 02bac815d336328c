"""What we have to say about runs, worded in one place."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

MISSING_CLASS = Message(
    code="WAN901",
    name="missing-node-class",
    severity=_E,
    text="The server has no node class `{class_name}`.",
    why="ComfyUI refuses a prompt with a class that it does not have.",
    mend="{mend}",
)

MISSING_MODEL_FILE = Message(
    code="WAN902",
    name="missing-model-file",
    severity=_E,
    text="The server has no file `{file}` for `{input}` of {class_name}.",
    why="ComfyUI refuses a prompt that names a file it does not find.",
    mend="Put it into the server's folder {folder}.{guess}",
)

MISSING_INPUT_FILE = Message(
    code="WAN903",
    name="missing-input-file",
    severity=_E,
    text="`{file}` is neither beside the .wan file nor in the server's input folder.",
    why="A file beside the .wan file is uploaded; any other must be on the server already.",
    mend="Put it beside the .wan file, or correct its name.",
)

STOOD_IN = Message(
    code="WAN927",
    name="stand-in",
    severity=_N,
    text="`{file}` is not there; the simulation goes on with a grey pixel in its place.",
    why="A simulated server looks at no picture. A real one refuses the prompt.",
    mend="Put the file beside the .wan file before you run it in earnest.",
)

UNUSABLE_INPUT_FILE = Message(
    code="WAN904",
    name="unusable-input-file",
    severity=_E,
    text="`{file}` cannot be uploaded: {reason}.",
    why="The server takes any bytes, and fails only when it opens them.",
    mend="Replace the file.",
)

WOULD_STOP_THE_SERVER = Message(
    code="WAN905",
    name="would-stop-the-server",
    severity=_E,
    text="Node `{node}` has the input `{input}`, which this server's {class_name} does not have.",
    why="ComfyUI follows such an input as if it were a link, and its only worker can die of that: it then "
    "answers no prompt any more until it is restarted.",
    mend="Take the input away, or update the server.",
)

REFUSED_NODE = Message(
    code="WAN906",
    name="node-refused",
    severity=_E,
    text="ComfyUI does not take node `{node}` ({class_name}): {reason}.",
    why="{consequence}",
    mend="",
)

REFUSED_PROMPT = Message(
    code="WAN907",
    name="prompt-refused",
    severity=_E,
    text="ComfyUI does not take the prompt: {reason}.",
    why="Nothing was run.",
    mend="{mend}",
)

NODE_FAILED = Message(
    code="WAN908",
    name="node-failed",
    severity=_E,
    text="ComfyUI stopped in node `{node}` ({class_name}): {type}: {reason}",
    why="Everything behind this node was not run.",
    mend="{mend}",
)

OUT_OF_MEMORY = Message(
    code="WAN909",
    name="out-of-memory",
    severity=_E,
    text="The memory did not suffice in node `{node}` ({class_name}): {reason}",
    why="{tried}",
    mend="{fits}",
)

LOST = Message(
    code="WAN910",
    name="server-restarted",
    severity=_E,
    text="The server was restarted while the prompt ran, and knows nothing of it any more.",
    why="ComfyUI keeps its queue and its history in memory only. {tried}",
    mend="Look into the server's log for why it stopped; when the system ends it, main memory (RAM) ran out.",
)

REMOVED = Message(
    code="WAN911",
    name="prompt-removed",
    severity=_E,
    text="The prompt is no longer on the server: neither in its queue nor in its history.",
    why="Somebody took it out of the queue, or emptied queue and history.",
    mend="Run it again.",
)

DEAD_WORKER = Message(
    code="WAN912",
    name="server-stuck",
    severity=_E,
    text="Nothing was heard of the prompt for {silence}, {where}.",
    why="The server still answers, but whatever runs its prompts has died or hangs; every later prompt "
    "waits for ever.",
    mend="Restart ComfyUI and run again. If the work really takes that long without a sign, say so with "
    "`--silence {longer}`.",
)

STUCK_QUEUE = Message(
    code="WAN913",
    name="queue-stuck",
    severity=_E,
    text="The prompt waited for {silence}, and the queue did not move.",
    why="The prompt that runs on the server, `{running}`, is not ours. It is very long, or it died.",
    mend="Look at the server's log; restart ComfyUI, or wait longer with `--silence {longer}`.",
)

GONE = Message(
    code="WAN914",
    name="server-gone",
    severity=_E,
    text="The server stopped answering, for {silence}: it {reason}.",
    why="What it was doing is lost if it was restarted, and goes on if only the connection broke.",
    mend="Look whether ComfyUI still runs. If it finished, its output folder has the file.",
)

INTERRUPTED = Message(
    code="WAN915",
    name="interrupted",
    severity=_E,
    text="The prompt was interrupted on the server, not by this command.",
    why="Somebody pressed Cancel, or another program sent /interrupt.",
    mend="Run it again.",
)

DAMAGED_OUTPUT = Message(
    code="WAN916",
    name="output-damaged",
    severity=_E,
    text="The output `{file}` could not be fetched whole: {reason}.",
    why="Half a video is worse than none. What came is kept as `{kept}`.",
    mend="It may still lie in the server's output folder, as `{remote}`.",
)

NO_OUTPUT = Message(
    code="WAN917",
    name="no-output-file",
    severity=_W,
    text="The run ended well, and the server names no output file.",
    why="Nothing was downloaded.",
    mend="End the flow with a stage that saves, such as `save`.",
)

ALL_CACHED = Message(
    code="WAN918",
    name="nothing-was-run",
    severity=_W,
    text="Nothing was run: the server had every result from the run before.",
    why="The file is the old one, and the times say nothing about speed.",
    mend="Change the seed, or run with `--cold`.",
)

LORA_WITHOUT_EFFECT = Message(
    code="WAN919",
    name="lora-key-not-loaded",
    severity=_W,
    text="The server's log says `lora key not loaded` {count} times, such as {example}.",
    why="Parts of a LoRA matched nothing in the model: it has less effect, or none.",
    mend="Look whether the LoRA is made for this model and this expert.",
)

STREAMED = Message(
    code="WAN920",
    name="weights-streamed",
    severity=_W,
    text="The weights did not fit on the card: the server's log says `{line}`.",
    why="What does not fit is sent to the card again in every step, which can cost several seconds each.",
    mend="Close other programs on the card, take fewer frames, a smaller size or a smaller model.",
)

SLOW = Message(
    code="WAN921",
    name="slow-run",
    severity=_W,
    text="{what} took {seconds}, above the target of {target}.",
    why="{why}",
    mend="{mend}",
)

THROTTLED = Message(
    code="WAN922",
    name="card-throttled",
    severity=_W,
    text="The card slowed itself down while it worked: {reasons}.",
    why="Heat or the power limit lower its clocks, and every step takes longer.",
    mend="Look at cooling, power limit and power supply.",
)

OTHER_PROCESSES = Message(
    code="WAN923",
    name="card-shared",
    severity=_W,
    text="Other programs held {size} of the card's memory.",
    why="What they hold is missing for weights and activations.",
    mend="Close them (browsers, games, another ComfyUI), and run again.",
)

RECOVERED = Message(
    code="WAN924",
    name="recovered",
    severity=_W,
    text="The first try did not come through ({reason}); it worked after: {rungs}.",
    why="The times are those of the try that worked.",
    mend="",
)

NOT_STAGED = Message(
    code="WAN925",
    name="cannot-be-staged",
    severity=_W,
    text="The run was not staged: {reason}.",
    why="Staged means one prompt for each pass, with the latent saved in between.",
    mend="",
)

PARTS_FAILED = Message(
    code="WAN926",
    name="accepted-in-part",
    severity=_E,
    text="ComfyUI took the prompt only in part; it was stopped.",
    why="An output with an error is left out and the rest runs, as if all were well.",
    mend="Mend what is said of the nodes above.",
)
