"""What newcomers write in a pipeline, and what they mean: for the tests of messages and of fixes."""

from __future__ import annotations

PORTRAIT = """\
wan 1
use wan22

lora anna { file = "anna_high.safetensors", noise = "high" }

pass high = wan22.high()

pass low = wan22.low()

pipeline portrait {
    image  = "portrait.png"
    prompt = "She turns to the camera and smiles"
    size   = 832x480
    length = 5s
    seed   = 42
    flow   = high -> low -> save("portrait")
}
"""

#: Lines of the pipeline, and others in their places.
SIZE, LENGTH, SEED = "    size   = 832x480", "    length = 5s", "    seed   = 42"
PROMPT = '    prompt = "She turns to the camera and smiles"'
IMAGE = '    image  = "portrait.png"'
FLOW = '    flow   = high -> low -> save("portrait")'
HIGH = "pass high = wan22.high()"
LOW = "pass low = wan22.low()"
SEEDED = f"param mine: int = 3\n\n{HIGH}"
HEAD = "pipeline portrait {"
LORA = 'lora anna { file = "anna_high.safetensors", noise = "high" }'
LORAS = "pass high = wan22.high(loras = {})"
STRONG = LORAS.format("[anna(strength = 0.8)]")


def each_value(line: str, *values: str) -> list[tuple[str, str]]:
    """A line of the pipeline, and the same with each of the values."""
    name = line.split("=")[0]
    return [(line, f"{name}= {value}") for value in values]


#: What is replaced in the pipeline above, what is written there, and what that becomes by safe fixes.
SAFE: list[tuple[str, str, str]] = [
    *(
        (a, b, SIZE)
        for a, b in each_value(SIZE, "832 x 480", "832×480", "832px x 480px", "832X480")
    ),
    *(
        (a, b, SIZE)
        for a, b in each_value(SIZE, '"832x480"', "832*480", "[832, 480]", "８３２x４８０")
    ),
    (SIZE, "    width = 832\n    height = 480", "    size = 832x480"),
    (SIZE, "    width = 832, height = 480", "    size = 832x480"),
    (SIZE, "    resolution = 832x480", "    size = 832x480"),
    *((a, b, LENGTH) for a, b in each_value(LENGTH, "5 s", "5 seconds", "5sec", "5000ms", '"5s"')),
    *((a, b, "    length = 81f") for a, b in each_value(LENGTH, "81 frames", "81 f", "81frames")),
    (LENGTH, "    length = 16 * 5 + 1", "    length = 81f"),
    (LENGTH, "    duration = 5s", "    length = 5s"),
    (LENGTH, "    seconds = 5", "    length = 5s"),
    (LENGTH, "    frames = 81", "    length = 81f"),
    (LENGTH, "    num_frames = 81", "    length = 81f"),
    (SEED, "    noise_seed = 42", "    seed = 42"),
    *((a, b, SEED) for a, b in each_value(SEED, '"42"', "42.0", "0x2A", "42;")),
    (SEED, "    seed: 42,", "    seed = 42,"),
    (SEED, "    seed := 42", "    seed = 42"),
    (SEED, "    set seed = 42", "    seed = 42"),
    (SEED, "    seed   = 42 // fixed", "    seed   = 42 # fixed"),
    (SEED, "    seed   = 42 -- fixed", "    seed   = 42 # fixed"),
    (SEED, "    /* fixed */", "    # fixed"),
    (SEED, "    seed ＝ 42", "    seed = 42"),
    (SEED, "    seed = 1_000_000", "    seed = 1000000"),
    (SEED, '    negative_prompt = "blurry"', '    negative = "blurry"'),
    (SEED, "    frame_rate = 16", "    fps = 16fps"),
    (SEED, "    Negative prompt: 'blurry'", '    negative = "blurry"'),
    *((a, b, PROMPT) for a, b in each_value(PROMPT, "“She turns to the camera and smiles”")),
    *((a, b, PROMPT) for a, b in each_value(PROMPT, "'She turns to the camera and smiles'")),
    *((a, b, PROMPT) for a, b in each_value(PROMPT, 'f"She turns to the camera and smiles"')),
    *((a, b, PROMPT) for a, b in each_value(PROMPT, '"She turns to the camera" + " and smiles"')),
    *((a, b, IMAGE) for a, b in each_value(IMAGE, "portrait.png")),
    (IMAGE, "    image = ./portrait.png", '    image = "./portrait.png"'),
    (IMAGE, '    image = "C:\\me\\new.png"', '    image = "C:/me/new.png"'),
    (IMAGE, '    start_image = "portrait.png"', '    image = "portrait.png"'),
    *((a, b, FLOW) for a, b in each_value(FLOW, 'high | low | save("portrait")')),
    *((a, b, FLOW) for a, b in each_value(FLOW, 'high > low > save("portrait")')),
    *((a, b, FLOW) for a, b in each_value(FLOW, 'high then low then save("portrait")')),
    *((a, b, FLOW) for a, b in each_value(FLOW, 'high => low → save("portrait")')),
    *((a, b, FLOW) for a, b in each_value(FLOW, 'high －> low —> save（"portrait"）')),
    *((a, b, FLOW) for a, b in each_value(FLOW, 'high -> low -> save "portrait"')),
    (
        FLOW,
        FLOW.replace("> low ", "> low \\\n        "),
        FLOW.replace("> low ", "> low\n        "),
    ),
    (
        FLOW,
        FLOW.replace("> low ", "> low -> rife 2 "),
        FLOW.replace("> low ", "> low -> rife(2) "),
    ),
    (
        FLOW,
        FLOW.replace("> low ", "> low -> rife(2x) "),
        FLOW.replace("> low ", "> low -> rife(2) "),
    ),
    (HEAD, "Pipeline portrait {", HEAD),
    (HEAD, "pipeline my-video {", "pipeline my_video {"),
    (HEAD, "pipeline 2nd {", "pipeline pipeline_2nd {"),
    (HEAD, 'pipeline "portrait" {', HEAD),
    (HEAD, "pipeline portrait = {", HEAD),
    (HEAD, "pipeline portrait:", HEAD),
    (HEAD, "pipeline portrait (", HEAD),
    ("use wan22\n", "import wan22\n", "use wan22\n"),
    ("use wan22\n", 'use "wan22"\n', "use wan22\n"),
    ("\nuse wan22\n", "\n", "\nuse wan22\n"),
    ("wan 1\n", "", "wan 1\n"),
    ("wan 1\n", "wan 1.0\n", "wan 1\n"),
    (HIGH, "pass high: wan22.high()", HIGH),
    (HIGH, "pass high wan22.high()", HIGH),
    *((HIGH, LORAS.format(f"[{each}]"), STRONG) for each in ("anna:0.8", "anna 0.8", "anna@0.8")),
    *((HIGH, LORAS.format(f"[{each}]"), STRONG) for each in ("anna * 0.8", "anna(0.8)")),
    *((HIGH, LORAS.format(each), STRONG) for each in ("<lora:anna:0.8>", "[<lora:anna:0.8>]")),
    (HIGH, LORAS.format("[anna(strength = 80%)]"), STRONG),
    *(
        (HIGH, LORAS.format(each), LORAS.format("wan22.high.loras + [anna]"))
        for each in ("loras + anna", "wan22.high.loras + anna", "[wan22.high.loras, anna]")
    ),
    (HIGH, HIGH.replace("()", "(steps = 0:2 of 4)"), HIGH.replace("()", "(steps = 0..2 of 4)")),
    (HIGH, HIGH.replace("()", "(steps = 0-2 of 4)"), HIGH.replace("()", "(steps = 0..2 of 4)")),
    (
        HIGH,
        HIGH.replace("()", '(steps = "0..2 of 4")'),
        HIGH.replace("()", "(steps = 0..2 of 4)"),
    ),
    (HIGH, HIGH.replace("()", "(cfg: 1)"), HIGH.replace("()", "(cfg = 1)")),
    (HIGH, HIGH.replace("()", "(cfg_scale = 1.0)"), HIGH.replace("()", "(cfg = 1.0)")),
    (HIGH, HIGH.replace("()", "(add_noise = True)"), HIGH.replace("()", "(add_noise = true)")),
    (HIGH, HIGH.replace("()", "(add_noise = yes)"), HIGH.replace("()", "(add_noise = true)")),
    (
        HIGH,
        HIGH.replace("()", "(sampler = euler, scheduler = simple)"),
        HIGH.replace("()", "(sampler = euler/simple)"),
    ),
    (LORA, LORA.replace("anna {", "anna = {"), LORA),
    (LORA, LORA.replace('"high"', "high"), LORA),
    (LORA, LORA.replace('"anna_high.safetensors"', "anna_high.safetensors"), LORA),
    (LORA, 'lora anna "anna_high.safetensors"', 'lora anna { file = "anna_high.safetensors" }'),
]

#: The same by fixes that are not safe, since they guess.
UNSAFE: list[tuple[str, str, str]] = [
    (SIZE, "    size = 832, 480", "    size = 832x480"),
    (SIZE, "    size = 832 480", "    size = 832x480"),
    (LENGTH, "    length = 0:05", "    length = 5s"),
    (PROMPT, "    prompt = She turns, soft light", '    prompt = "She turns, soft light"'),
    (PROMPT, '    prompt = "Say "no" now"', '    prompt = "Say \\"no\\" now"'),
    (
        PROMPT,
        '    prompt = "She turns\n    and smiles"',
        '    prompt = """\n        She turns\n        and smiles\n        """',
    ),
    (
        PROMPT,
        "    prompt = |\n        She turns\n        and smiles",
        '    prompt = """\n        She turns\n        and smiles\n        """',
    ),
    (FLOW, '    flow = high, low, save("p")', '    flow = high -> low -> save("p")'),
    (FLOW, FLOW.replace("high", "wan22_high"), FLOW.replace("high", "wan22.high")),
    (
        FLOW,
        '    flow = high -> low -> rife(times = 2 -> save("p")',
        '    flow = high -> low -> rife(times = 2) -> save("p")',
    ),
    (HEAD, "pipline portrait {", HEAD),
    (HEAD, "workflow portrait {", HEAD),
    ("use wan22\n", "use wan\n", "use wan22\n"),
    (HIGH, "pass high = wan22.high_noise()", HIGH),
    (HIGH, "pass high = wan22_high()", HIGH),
    (LORA, LORA.replace("file", "path"), LORA),
]


#: What is told once, with words to help and no fix: what is written, and words of the help.
TOLD: list[tuple[str, str, str]] = [
    (HIGH, f"{HIGH}\nloras += [anna]", "add_loras"),
    (HIGH, f"{HIGH}\nhigh.loras += [anna]", "`pass high = …(add_loras"),
    (SEED, "    seed += 1", "seed = …"),
    (SEED, "    seed = 3,5", "one value"),
    *((a, b, "832x480") for a, b in each_value(SIZE, "16:9", "4k", "1080p", "832px")),
    (SEED, "    guidance_scale = 3.5", "high(cfg = 3.5)"),
    (SEED, '    device = "cuda"', "Remove it"),
    (SEED, "    passes = [high, low]", "`flow`"),
    (SEED, '    scheduler = "simple"', "euler/simple"),
    (SEED, '    clip = "umt5"', "text_encoder"),
    (HIGH, f"{HIGH}\n\ndef fast():", "`pass fast = wan22.high(…)`"),
    (SEED, '    save("portrait")', '`flow = … -> save("portrait")`'),
    (FLOW, FLOW.replace("high", "image -> high"), "the passes read the setting `image`"),
    (HEAD, "pipeline = {", "name"),
    (SEED, "    save portrait", 'flow = … -> save("name")'),
    (SEED, "    seed = 42 if fast else 7", "two pipelines"),
    (SEED, "    seed = fast ? 42 : 7", "two pipelines"),
]

#: Seeds that other programs draw.
RANDOM_SEEDS = ("random", "-1", '"random"', "randomize")


def written(old: str, new: str) -> str:
    """The pipeline with a line of another hand."""
    assert old in PORTRAIT, old
    return PORTRAIT.replace(old, new, 1)
