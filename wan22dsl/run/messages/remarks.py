"""What is worth knowing of a run that has ended."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_W = Severity.WARNING

ALL_CACHED = Message(
    code="WAN918",
    name="nothing-was-run",
    severity=_W,
    summary="All results come from the server's cache",
    text="Nothing was run: the server had every result from the run before.",
    why="The file is the old one, and the times say nothing about speed.",
    help="Change the seed, or run with `--cold`.",
)

LORA_WITHOUT_EFFECT = Message(
    code="WAN919",
    name="lora-key-not-loaded",
    severity=_W,
    summary="Parts of a LoRA match nothing in the model",
    text="The server's log says `lora key not loaded` {count} times, such as {example}.",
    why="Parts of a LoRA matched nothing in the model: it has less effect, or none.",
    help="Look whether the LoRA is made for this model and this expert.",
)

STREAMED = Message(
    code="WAN920",
    name="weights-streamed",
    severity=_W,
    summary="The model weights do not fit on the card",
    text="The weights did not fit on the card: the server's log says `{line}`.",
    why="What does not fit is sent to the card again in every step, which can cost several seconds each.",
    help="Close other programs on the card, take fewer frames, a smaller size or a smaller model.",
)

SLOW = Message(
    code="WAN921",
    name="slow-run",
    severity=_W,
    summary="A run or one of its parts takes longer than its target",
    text="{what} took {seconds}, above the target of {target}.",
    why="The target is the most that such a run should take. {why}",
    help="{help}",
)

TOO_MUCH_MEMORY = Message(
    code="WAN928",
    name="much-memory",
    severity=_W,
    summary="A run uses more memory on the card than its target",
    text="The card held {size} at its peak, above the target of {target}.",
    why="What other programs hold on the card is counted as well.",
    help="`--staged` holds one pass at a time; fewer frames, a smaller size and a smaller model need less.",
)

THROTTLED = Message(
    code="WAN922",
    name="card-throttled",
    severity=_W,
    summary="The card slows itself down during the run",
    text="The card slowed itself down while it worked: {reasons}.",
    why="Heat or the power limit lower its clocks, and every step takes longer.",
    help="Look at cooling, power limit and power supply.",
)

OTHER_PROCESSES = Message(
    code="WAN923",
    name="card-shared",
    severity=_W,
    summary="Other programs hold memory of the card",
    text="Other programs held {size} of the card's memory.",
    why="What they hold is missing for weights and activations.",
    help="Close them (browsers, games, another ComfyUI), and run again.",
)

RECOVERED = Message(
    code="WAN924",
    name="recovered",
    severity=_W,
    summary="A run succeeds after a retry",
    text="The first attempt failed ({reason}); the run succeeded after: {retries}.",
    why="The times are those of the attempt that succeeded.",
    help="",
)

FAULT_DID_NOT_HAPPEN = Message(
    code="WAN929",
    name="fault-did-not-happen",
    severity=_W,
    summary="A simulated fault does not happen",
    text="The fault `{fault}` did not happen.",
    why="Nothing came to what it names: the run ended before, or did not need it. So it was not tried.",
    help="Look whether another fault came first, or name what the run does come to.",
)

NOT_STAGED = Message(
    code="WAN925",
    name="cannot-be-staged",
    severity=_W,
    summary="A run cannot be staged",
    text="The run was not staged: {reason}.",
    why="Staged means one prompt for each pass, with the latent saved in between.",
    help="",
)
