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
_LOW = "pass low = wan22.low()"
_SEEDED = f"param mine: int = 3\n\n{_HIGH}"
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
    (_SEED, "    Negative prompt: 'blurry'", '    negative = "blurry"'),
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
    *(
        (_HIGH, _LORAS.format(f"[{each}]"), _STRONG)
        for each in ("anna:0.8", "anna 0.8", "anna@0.8")
    ),
    *((_HIGH, _LORAS.format(f"[{each}]"), _STRONG) for each in ("anna * 0.8", "anna(0.8)")),
    *((_HIGH, _LORAS.format(each), _STRONG) for each in ("<lora:anna:0.8>", "[<lora:anna:0.8>]")),
    (_HIGH, _LORAS.format("[anna(strength = 80%)]"), _STRONG),
    *(
        (_HIGH, _LORAS.format(each), _LORAS.format("wan22.high.loras + [anna]"))
        for each in ("loras + anna", "wan22.high.loras + anna", "[wan22.high.loras, anna]")
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

#: What other languages have in the same place: what is written, and what it becomes by safe fixes.
FOREIGN_SAFE: list[tuple[str, str, str]] = [
    *(
        (_HIGH, f"pass high = {each}", _HIGH)
        for each in ("wan22::high()", "Wan22.high()", "wan2.2.high()")
    ),
    *((_HIGH, f"pass high = {each}", _HIGH) for each in ("wan22->high()", 'wan22["high"]()')),
    *(
        (_HIGH, f"pass high = {each}", _HIGH[:-2])
        for each in ("wan22/high", "wan22->high", "wan22[high]")
    ),
    *(
        (_HIGH, f"pass high {each}wan22.high()", _HIGH)
        for each in ("extends ", "is ", "<- ", "= new ")
    ),
    (_HIGH, "pass high = wan22.high { cfg = 1.0 }", "pass high = wan22.high( cfg = 1.0 )"),
    *(
        (_HIGH, _LORAS.format(each), _STRONG)
        for each in (
            "[(anna, 0.8)]",
            "(anna, 0.8)",
            "anna:0.8",
            "anna @ 0.8",
            "{anna: 0.8}",
            "{ anna = 0.8 }",
            "[{anna: 0.8}]",
            "[{lora: anna, strength: 0.8}]",
            "[[anna, 0.8]]",
            "[anna, 0.8]",
            "{'anna': 0.8}",
            "anna*0.8",
            "[0.8 * anna]",
            "anna(0.8)",
            '["anna:0.8"]',
            '"<lora:anna:0.8>"',
        )
    ),
    (_HIGH, _LORAS.format("['anna']"), _LORAS.format("[anna]")),
    (
        _HIGH,
        _LORAS.format("loras += [anna]").replace("loras = ", ""),
        "pass high = wan22.high(add_loras = [anna])",
    ),
    (_SEED, "    loras += [grain]", "    add_loras = [grain]"),
    (_SEED, "    loras.append(grain)", "    add_loras = [grain]"),
    (_SEED, "    lora = grain", "    add_loras = [grain]"),
    (_SEED, "    add_loras:\n        - grain", "    add_loras = [grain]"),
    (_SEED, "    add_loras = grain, grain2", "    add_loras = [grain, grain2]"),
    *((a, b, _SIZE) for a, b in _set(_SIZE, "(832, 480)", "{width: 832, height: 480}", "832:480")),
    *((a, b, _SIZE) for a, b in _set(_SIZE, "size(832, 480)", "Size(832, 480)", "832.0x480.0")),
    (_SIZE, "    resolution = (832, 480)", "    size = 832x480"),
    *((a, b, _LENGTH) for a, b in _set(_LENGTH, '"5 seconds"', "5S")),
    *((a, b, "    length = 5.0s") for a, b in _set(_LENGTH, "5.0", "5,0s")),
    *((a, b, _SEED) for a, b in _set(_SEED, "[42]", "(42)", "42 /* fixed */", "4,2", "0x2a")[:1]),
    *((a, b, "    seed   = 1000000") for a, b in _set(_SEED, "1e6")),
    (_SEED, "    steps = 4.0", "    steps = 4"),
    (_SEED, '    fps = "16"', "    fps = 16fps"),
    (_SEED, "    fps = 16.0", "    fps = 16.0fps"),
    *(
        (_FLOW, f"    flow = {each}", '    flow = high -> low -> save("p")')
        for each in (
            'high ==> low ==> save("p")',
            'high - > low - > save("p")',
            'high -&gt; low -&gt; save("p")',
        )
    ),
    (_FLOW, '    flow = "high -> low -> save(clip)"', "    flow = high -> low -> save(clip)"),
    (_FLOW, '    flow = high -> low -> Save("p")', '    flow = high -> low -> save("p")'),
    (
        _FLOW,
        '    flow = high -> low -> RIFE(2) -> save("p")',
        '    flow = high -> low -> rife(2) -> save("p")',
    ),
    *(
        ("use wan22\n", f"{each}\n", "use wan22\n")
        for each in (
            "from wan22 import high",
            "from wan22 import high, low",
            "import * from wan22",
            "use wan22.*",
            "use wan22::*",
            "use: wan22",
            "use = wan22",
            "use(wan22)",
            "use wan2.2",
            "use wan 2.2",
            "include <wan22>",
        )
    ),
    *(
        ("wan 1\n", f"{each}\n", "wan 1\n")
        for each in ("wan = 1", "wan: 1", "wan1", "wan v1", "wan 1;")
    ),
    *((_SEED, f"    seed {each} 42", "    seed = 42") for each in ("→", "=>", "⇒")),
    (_SEED, '    negative-prompt = "blurry"', '    negative = "blurry"'),
    (_SEED, '    negative prompt = "blurry"', '    negative = "blurry"'),
    (_SEED, "    negative = 'don't'", '    negative = "don\'t"'),
    (_SEED, "    negative = 'it''s'", '    negative = "it\'s"'),
    (_LORA, 'lora anna: { file = "a.safetensors" }', 'lora anna { file = "a.safetensors" }'),
    (_HIGH, f"{_HIGH}\n\nparam n int = 42", f"{_HIGH}\n\nparam n: int = 42"),
    (_HIGH, f"{_HIGH}\n\nparam int n = 42", f"{_HIGH}\n\nparam n: int = 42"),
    (_HIGH, f'{_HIGH}\n\nparam n: string = "x"', f'{_HIGH}\n\nparam n: text = "x"'),
    (_HIGH, f"{_HIGH}\n\nparam n: boolean = true", f"{_HIGH}\n\nparam n: bool = true"),
    *(
        (_LORA, f"lora anna{each}", 'lora anna { file = "a.safetensors" }')
        for each in (
            '("a.safetensors")',
            ': "a.safetensors"',
            '(file = "a.safetensors")',
            ' { "file": "a.safetensors" }',
            ' { file: "a.safetensors" }',
        )
    ),
    (_LORA, 'lora "a.safetensors" as anna', 'lora anna { file = "a.safetensors" }'),
    *(
        (
            _HIGH,
            _HIGH.replace("()", f"(steps = {each})"),
            _HIGH.replace("()", "(steps = 0..2 of 4)"),
        )
        for each in ("0...2 of 4", "0…2 of 4", "0..2/4", "0..2 / 4")
    ),
    *(
        (
            _FLOW,
            _FLOW.replace("> low ", f"> low -> {each} "),
            _FLOW.replace("> low ", "> low -> rife(2) "),
        )
        for each in ("rife x2", "rife(x2)", "rife:2", "rife: 2")
    ),
    (_SEED, "    let x: int = 3", "    let x = 3"),
    (_SEED, "    seed: int = 42", "    seed = 42"),
    *(
        (_SEED, f"    {each} seed = 42", "    seed = 42")
        for each in ("int", "const", "bool", "str")
    ),
    *((_SEED, f"    {each} 42", "    seed = 42") for each in ('"seed":', "'seed' =", "'seed':")),
    (_SEED, '    "negative": "blurry",', '    negative = "blurry",'),
    *((a, b, _SEED) for a, b in _set(_SEED, "int(42)", 'int("42")')),
    *(
        (a, b, _IMAGE)
        for a, b in _set(
            _IMAGE,
            'LoadImage("portrait.png")',
            'load_image("portrait.png")',
            'open("portrait.png")',
            'Path("portrait.png")',
        )
    ),
    (_FLOW, _FLOW.replace("flow   =", "return"), _FLOW.replace("flow   =", "flow =")),
    (_FLOW, _FLOW.replace("flow   = ", ""), _FLOW.replace("flow   =", "flow =")),
    *(
        (_FLOW, f"    flow = {each}", '    flow = high -> low -> save("p")')
        for each in ('"high" -> "low" -> save("p")', 'high -> "low" -> save("p")')
    ),
    *(
        (_HEAD, one, _HEAD)
        for one in (
            "export pipeline portrait {",
            "async pipeline portrait {",
            "pipeline portrait: Video {",
            "pipeline portrait() {",
            "pipeline portrait => {",
            "pipeline portrait -> {",
        )
    ),
    (_HIGH, "let pass high = wan22.high()", _HIGH),
    (_HIGH, "pass high = WAN22.high()", _HIGH),
    (_FLOW, _FLOW.replace("flow   = ", "flow:\n        "), _FLOW.replace("flow   =", "flow =")),
    (_SEED, "    - seed = 42", "    seed = 42"),
    (_SEED, "    * seed = 42", "    seed = 42"),
    (_SEED, "    seed <- 42", "    seed = 42"),
    (_LENGTH, "    length = 5s @ 16fps", "    length = 5s, fps = 16fps"),
    (_LENGTH, "    length = 81f at 16fps", "    length = 81f, fps = 16fps"),
    (_SEED, "    negative = `blurry`", '    negative = "blurry"'),
    (_SEED, '    negative = "don\\\'t"', '    negative = "don\'t"'),
    (_HEAD, "pipeline: portrait {", _HEAD),
    (_HEAD, "portrait = pipeline {", _HEAD),
    (_HIGH, "pass high -> wan22.high()", _HIGH),
    ("use wan22\n", "import wan22\n", "use wan22\n"),
    ("use wan22\n", "use wan22\nimport wan22\n", "use wan22\n"),
]

#: The same by fixes that are not safe.
FOREIGN_UNSAFE: list[tuple[str, str, str]] = [
    (_HIGH, "pass high = wan22.High()", _HIGH),
    (_HIGH, "pass high = high()", _HIGH),
    *((a, b, "    size   = 1280x720") for a, b in _set(_SIZE, "720p", '"720p"')),
    *((a, b, _SIZE) for a, b in _set(_SIZE, "480p", "480P")),
    (_SIZE, "    resolution = 480p", "    size = 832x480"),
    *((a, b, _LENGTH) for a, b in _set(_LENGTH, "5")),
    *((a, b, "    length = 81f") for a, b in _set(_LENGTH, "81", '"81"')),
    *(
        (_FLOW, f"    flow = {each}", '    flow = high -> low -> save("p")')
        for each in ('(high, low, save("p"))', 'high + low + save("p")', '[high, low, save("p")]')
    ),
    (_FLOW, "    flow = high -> low -> save", '    flow = high -> low -> save("portrait")'),
    (_FLOW, "    flow = high -> low -> save()", '    flow = high -> low -> save("portrait")'),
    (_SEED, "    negative = blurry", '    negative = "blurry"'),
    (_SEED, "    negative = blurry, ugly", '    negative = "blurry, ugly"'),
    (_HEAD, "class portrait {", _HEAD),
    *((_HEAD, each, _HEAD) for each in ("class portrait:", "class Portrait(Video):")),
    *((_HEAD, each, _HEAD) for each in ("def portrait():", "portrait {")),
    (_HIGH, "pass high = wan22.high_noise", "pass high = wan22.high"),
    (_HIGH, "pass high = high_noise()", _HIGH),
    (_HIGH, "pass high = wan.high()", _HIGH),
    *(
        (_FLOW, f"    flow = {one}", '    flow = high -> low -> save("p")')
        for one in ('save(low(high), "p")', 'save(low(high(image)), "p")')
    ),
    (_FLOW, _FLOW.replace('"portrait"', "portrait"), _FLOW),
    (
        _PROMPT,
        "    prompt = (masterpiece:1.2), best quality",
        '    prompt = "(masterpiece:1.2), best quality"',
    ),
    *(
        (
            f"{_HIGH}\n\n{_LOW}",
            f"{_SEEDED}\n\n{_LOW}\n\nlet n = {one}",
            f"{_SEEDED}\n\n{_LOW}\n\nlet n = mine",
        )
        for one in ("${MINE}", "${env.MINE}", "%mine%", "<mine>")
    ),
    (_FLOW, _FLOW.replace("> low ", "> low_noise "), _FLOW),
    *((_SEED, f"    {each} = 42", "    seed = 42") for each in ("Seed", "SEED", "self.seed")),
    (_HEAD, "function portrait() {", _HEAD),
    (_HIGH, "var high = wan22.high()", "let high = wan22.high()"),
    (_HIGH, "high = wan22.high()", "let high = wan22.high()"),
    (_HIGH, f"{_HIGH}\n\nparam n = 42", f"{_HIGH}\n\nparam n: int = 42"),
]

#: What is told once, with words to help and no fix: what is written, and words of the help.
TOLD: list[tuple[str, str, str]] = [
    (_HIGH, f"{_HIGH}\nloras += [anna]", "add_loras"),
    (_HIGH, f"{_HIGH}\nhigh.loras += [anna]", "`pass high = …(add_loras"),
    (_SEED, "    seed += 1", "seed = …"),
    (_SEED, "    seed = 3,5", "one value"),
    *((a, b, "832x480") for a, b in _set(_SIZE, "16:9", "4k", "1080p", "832px")),
    (_SEED, "    guidance_scale = 3.5", "high(cfg = 3.5)"),
    (_SEED, '    device = "cuda"', "Remove it"),
    (_SEED, "    passes = [high, low]", "`flow`"),
    (_SEED, '    scheduler = "simple"', "euler/simple"),
    (_SEED, '    clip = "umt5"', "text_encoder"),
    (_HIGH, f"{_HIGH}\n\ndef fast():", "`pass fast = wan22.high(…)`"),
    (_SEED, '    save("portrait")', '`flow = … -> save("portrait")`'),
    (_FLOW, _FLOW.replace("high", "image -> high"), "the passes read the setting `image`"),
    (_HEAD, "pipeline = {", "name"),
    (_SEED, "    save portrait", 'flow = … -> save("name")'),
    (_SEED, "    seed = 42 if fast else 7", "two pipelines"),
    (_SEED, "    seed = fast ? 42 : 7", "two pipelines"),
]

#: Seeds that other programs draw.
RANDOM_SEEDS = ("random", "-1", '"random"', "randomize")


def written(old: str, new: str) -> str:
    """The pipeline with a line of another hand."""
    assert old in PORTRAIT, old
    return PORTRAIT.replace(old, new, 1)
