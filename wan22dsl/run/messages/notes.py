"""What is worth knowing of a run that has ended."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_W = Severity.WARNING

ALL_CACHED = Message(
    code="WAN918",
    name="nothing-was-run",
    severity=_W,
    summary="All results come from the server's cache",
    text="All results came from the server's cache.",
    why="The file is the old one, and the times are no measure of speed.",
    help="Change the seed, or run with `--cold`.",
)

LORA_WITHOUT_EFFECT = Message(
    code="WAN919",
    name="lora-key-not-loaded",
    severity=_W,
    summary="Parts of a LoRA match nothing in the model",
    text="The server's log says `lora key not loaded` {count} times, such as {example}.",
    why="Parts of a LoRA do not match the model: it has less effect, or none.",
    help="Check whether the LoRA is made for this model and this expert.",
)

STREAMED = Message(
    code="WAN920",
    name="weights-streamed",
    severity=_W,
    summary="The model weights do not fit on the card",
    text="The weights did not fit on the card: the server's log says `{line}`.",
    why="The rest is sent to the card again in every step, which can cost several seconds each.",
    help="Close other programs on the card, use fewer frames, a smaller size or a smaller model.",
)

ATTENTION_FAILED = Message(
    code="WAN931",
    name="attention-failed",
    severity=_W,
    summary="Another attention is used than the one that was set",
    text="{attention} failed, and {used} attention was used: {reason}.",
    why="The times are those of the other attention. The server's log says it {count} times.",
    help="Install a build that fits the card and torch, or start ComfyUI without the flag.",
)

DECODED_IN_TILES = Message(
    code="WAN932",
    name="decoded-in-tiles",
    severity=_W,
    summary="The VAE runs out of memory and decodes in tiles",
    text="The VAE ran out of memory and decoded in tiles.",
    why="ComfyUI tries again in tiles by itself: that takes longer and changes the frames slightly.",
    help="Close other programs on the card, or use fewer frames, a smaller size or `--staged`.",
)

LORA_OF_OTHER_SHAPE = Message(
    code="WAN933",
    name="lora-of-other-shape",
    severity=_W,
    summary="Weights of a LoRA have another shape than those of the model",
    text="The server's log says `ERROR lora` {count} times, such as for {example}.",
    why="ComfyUI leaves these weights of the model as they are: the LoRA has less effect, or none.",
    help="Check whether the LoRA is made for this model: for its size, and for its inputs.",
)

SLOW = Message(
    code="WAN921",
    name="slow-run",
    severity=_W,
    summary="A run or one of its parts takes longer than its target",
    text="{what} took {seconds}, above the target of {target}.",
    why="The target is the limit for such a run. {why}",
    help="{help}",
)

TOO_MUCH_MEMORY = Message(
    code="WAN928",
    name="much-memory",
    severity=_W,
    summary="A run uses more memory on the card than its target",
    text="The card used {size} at its peak, above the target of {target}.",
    why="The memory of other programs on the card is included.",
    help="`--staged` holds one pass at a time; fewer frames, a smaller size and a smaller model need less.",
)

THROTTLED = Message(
    code="WAN922",
    name="card-throttled",
    severity=_W,
    summary="The card throttles during the run",
    text="The card throttled during the run: {reasons}.",
    why="Heat or the power limit lower its clocks, and every step takes longer.",
    help="Check cooling, power limit and power supply.",
)

OTHER_PROCESSES = Message(
    code="WAN923",
    name="card-shared",
    severity=_W,
    summary="Other programs hold memory of the card",
    text="Other programs used {size} of the card's memory.",
    why="That memory is missing for weights and activations.",
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
    why="The run never reached its target, so the fault was not tested.",
    help="Check whether another fault came first, or name a node that the run reaches.",
)

NOT_STAGED = Message(
    code="WAN925",
    name="cannot-be-staged",
    severity=_W,
    summary="A run cannot be staged",
    text="The run was not staged: {reason}.",
    why="A staged run has one prompt for each pass, with the latent saved in between.",
    help="",
)
