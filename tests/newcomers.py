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

_SIZE, _LENGTH, _SEED = "    size   = 832x480", "    length = 5s", "    seed   = 42"
_PROMPT = '    prompt = "She turns to the camera and smiles"'
_IMAGE = '    image  = "portrait.png"'
_FLOW = '    flow   = high -> low -> save("portrait")'
_HIGH = "pass high = wan22.high()"
_HEAD = "pipeline portrait {"
_LORA = 'lora anna { file = "anna_high.safetensors", noise = "high" }'
_LORAS = "pass high = wan22.high(loras = {})"
_STRONG = _LORAS.format("[anna(strength = 0.8)]")


def _set(line: str, *values: str) -> list[tuple[str, str]]:
    name = line.split("=")[0]
    return [(line, f"{name}= {value}") for value in values]


#: What is replaced in the pipeline above, what is written there, and what that becomes by safe fixes.
SAFE: list[tuple[str, str, str]] = [
    *((a, b, _SIZE) for a, b in _set(_SIZE, "832 x 480", "832×480", "832px x 480px", "832X480")),
    *((a, b, _SIZE) for a, b in _set(_SIZE, '"832x480"', "832*480", "[832, 480]", "８３２x４８０")),
    (_SIZE, "    width = 832\n    height = 480", "    size = 832x480"),
    (_SIZE, "    width = 832, height = 480", "    size = 832x480"),
    (_SIZE, "    resolution = 832x480", "    size = 832x480"),
    *((a, b, _LENGTH) for a, b in _set(_LENGTH, "5 s", "5 seconds", "5sec", "5000ms", '"5s"')),
    *((a, b, "    length = 81f") for a, b in _set(_LENGTH, "81 frames", "81 f", "81frames")),
    (_LENGTH, "    length = 16 * 5 + 1", "    length = 81f"),
    (_LENGTH, "    duration = 5s", "    length = 5s"),
    (_LENGTH, "    seconds = 5", "    length = 5s"),
    (_LENGTH, "    frames = 81", "    length = 81f"),
    (_LENGTH, "    num_frames = 81", "    length = 81f"),
    (_SEED, "    noise_seed = 42", "    seed = 42"),
    *((a, b, _SEED) for a, b in _set(_SEED, '"42"', "42.0", "0x2A", "42;")),
    (_SEED, "    seed: 42,", "    seed = 42,"),
    (_SEED, "    seed := 42", "    seed = 42"),
    (_SEED, "    set seed = 42", "    seed = 42"),
    (_SEED, "    seed   = 42 // fixed", "    seed   = 42 # fixed"),
    (_SEED, "    seed   = 42 -- fixed", "    seed   = 42 # fixed"),
    (_SEED, "    /* fixed */", "    # fixed"),
    (_SEED, "    seed ＝ 42", "    seed = 42"),
    (_SEED, "    seed = 1_000_000", "    seed = 1000000"),
    (_SEED, '    negative_prompt = "blurry"', '    negative = "blurry"'),
    (_SEED, "    frame_rate = 16", "    fps = 16fps"),
    *((a, b, _PROMPT) for a, b in _set(_PROMPT, "“She turns to the camera and smiles”")),
    *((a, b, _PROMPT) for a, b in _set(_PROMPT, "'She turns to the camera and smiles'")),
    *((a, b, _PROMPT) for a, b in _set(_PROMPT, 'f"She turns to the camera and smiles"')),
    *((a, b, _PROMPT) for a, b in _set(_PROMPT, '"She turns to the camera" + " and smiles"')),
    *((a, b, _IMAGE) for a, b in _set(_IMAGE, "portrait.png")),
    (_IMAGE, "    image = ./portrait.png", '    image = "./portrait.png"'),
    (_IMAGE, '    image = "C:\\me\\new.png"', '    image = "C:/me/new.png"'),
    (_IMAGE, '    start_image = "portrait.png"', '    image = "portrait.png"'),
    *((a, b, _FLOW) for a, b in _set(_FLOW, 'high | low | save("portrait")')),
    *((a, b, _FLOW) for a, b in _set(_FLOW, 'high > low > save("portrait")')),
    *((a, b, _FLOW) for a, b in _set(_FLOW, 'high then low then save("portrait")')),
    *((a, b, _FLOW) for a, b in _set(_FLOW, 'high => low → save("portrait")')),
    *((a, b, _FLOW) for a, b in _set(_FLOW, 'high －> low —> save（"portrait"）')),
    *((a, b, _FLOW) for a, b in _set(_FLOW, 'high -> low -> save "portrait"')),
    (
        _FLOW,
        _FLOW.replace("> low ", "> low \\\n        "),
        _FLOW.replace("> low ", "> low\n        "),
    ),
    (
        _FLOW,
        _FLOW.replace("> low ", "> low -> rife 2 "),
        _FLOW.replace("> low ", "> low -> rife(2) "),
    ),
    (
        _FLOW,
        _FLOW.replace("> low ", "> low -> rife(2x) "),
        _FLOW.replace("> low ", "> low -> rife(2) "),
    ),
    (_HEAD, "Pipeline portrait {", _HEAD),
    (_HEAD, "pipeline my-video {", "pipeline my_video {"),
    (_HEAD, "pipeline 2nd {", "pipeline pipeline_2nd {"),
    (_HEAD, 'pipeline "portrait" {', _HEAD),
    (_HEAD, "pipeline portrait = {", _HEAD),
    (_HEAD, "pipeline portrait:", _HEAD),
    (_HEAD, "pipeline portrait (", _HEAD),
    ("use wan22\n", "import wan22\n", "use wan22\n"),
    ("use wan22\n", 'use "wan22"\n', "use wan22\n"),
    ("\nuse wan22\n", "\n", "\nuse wan22\n"),
    ("wan 1\n", "", "wan 1\n"),
    ("wan 1\n", "wan 1.0\n", "wan 1\n"),
    (_HIGH, "pass high: wan22.high()", _HIGH),
    (_HIGH, "pass high wan22.high()", _HIGH),
    *((_HIGH, _LORAS.format(f"[{one}]"), _STRONG) for one in ("anna:0.8", "anna 0.8", "anna@0.8")),
    *((_HIGH, _LORAS.format(f"[{one}]"), _STRONG) for one in ("anna * 0.8", "anna(0.8)")),
    *((_HIGH, _LORAS.format(one), _STRONG) for one in ("<lora:anna:0.8>", "[<lora:anna:0.8>]")),
    (_HIGH, _LORAS.format("[anna(strength = 80%)]"), _STRONG),
    *(
        (_HIGH, _LORAS.format(one), _LORAS.format("wan22.high.loras + [anna]"))
        for one in ("loras + anna", "wan22.high.loras + anna", "[wan22.high.loras, anna]")
    ),
    (_HIGH, _HIGH.replace("()", "(steps = 0:2 of 4)"), _HIGH.replace("()", "(steps = 0..2 of 4)")),
    (_HIGH, _HIGH.replace("()", "(steps = 0-2 of 4)"), _HIGH.replace("()", "(steps = 0..2 of 4)")),
    (
        _HIGH,
        _HIGH.replace("()", '(steps = "0..2 of 4")'),
        _HIGH.replace("()", "(steps = 0..2 of 4)"),
    ),
    (_HIGH, _HIGH.replace("()", "(cfg: 1)"), _HIGH.replace("()", "(cfg = 1)")),
    (_HIGH, _HIGH.replace("()", "(cfg_scale = 1.0)"), _HIGH.replace("()", "(cfg = 1.0)")),
    (_HIGH, _HIGH.replace("()", "(add_noise = True)"), _HIGH.replace("()", "(add_noise = true)")),
    (_HIGH, _HIGH.replace("()", "(add_noise = yes)"), _HIGH.replace("()", "(add_noise = true)")),
    (
        _HIGH,
        _HIGH.replace("()", "(sampler = euler, scheduler = simple)"),
        _HIGH.replace("()", "(sampler = euler/simple)"),
    ),
    (_LORA, _LORA.replace("anna {", "anna = {"), _LORA),
    (_LORA, _LORA.replace('"high"', "high"), _LORA),
    (_LORA, _LORA.replace('"anna_high.safetensors"', "anna_high.safetensors"), _LORA),
    (_LORA, 'lora anna "anna_high.safetensors"', 'lora anna { file = "anna_high.safetensors" }'),
]

#: The same by fixes that are not safe, since they guess.
UNSAFE: list[tuple[str, str, str]] = [
    (_SIZE, "    size = 832, 480", "    size = 832x480"),
    (_SIZE, "    size = 832 480", "    size = 832x480"),
    (_LENGTH, "    length = 0:05", "    length = 5s"),
    (_PROMPT, "    prompt = She turns, soft light", '    prompt = "She turns, soft light"'),
    (_PROMPT, '    prompt = "Say "no" now"', '    prompt = "Say \\"no\\" now"'),
    (
        _PROMPT,
        '    prompt = "She turns\n    and smiles"',
        '    prompt = """\n        She turns\n        and smiles\n        """',
    ),
    (
        _PROMPT,
        "    prompt = |\n        She turns\n        and smiles",
        '    prompt = """\n        She turns\n        and smiles\n        """',
    ),
    (_FLOW, '    flow = high, low, save("p")', '    flow = high -> low -> save("p")'),
    (_FLOW, _FLOW.replace("high", "wan22_high"), _FLOW.replace("high", "wan22.high")),
    (
        _FLOW,
        '    flow = high -> low -> rife(times = 2 -> save("p")',
        '    flow = high -> low -> rife(times = 2) -> save("p")',
    ),
    (_HEAD, "pipline portrait {", _HEAD),
    (_HEAD, "workflow portrait {", _HEAD),
    ("use wan22\n", "use wan\n", "use wan22\n"),
    (_HIGH, "pass high = wan22.high_noise()", _HIGH),
    (_HIGH, "pass high = wan22_high()", _HIGH),
    (_LORA, _LORA.replace("file", "path"), _LORA),
]

#: Seeds that other programs draw.
RANDOM_SEEDS = ("random", "-1", '"random"', "randomize")


def written(old: str, new: str) -> str:
    """The pipeline with a line of another hand."""
    assert old in PORTRAIT, old
    return PORTRAIT.replace(old, new, 1)
