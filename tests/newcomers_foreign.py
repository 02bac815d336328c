"""What newcomers write as other languages have it, and what it becomes by fixes."""

from __future__ import annotations

from tests.newcomers import (
    FLOW,
    HEAD,
    HIGH,
    IMAGE,
    LENGTH,
    LORA,
    LORAS,
    LOW,
    PROMPT,
    SEED,
    SEEDED,
    SIZE,
    STRONG,
    each_value,
)

#: What other languages have in the same place: what is written, and what it becomes by safe fixes.
FOREIGN_SAFE: list[tuple[str, str, str]] = [
    *(
        (HIGH, f"pass high = {each}", HIGH)
        for each in ("wan22::high()", "Wan22.high()", "wan2.2.high()")
    ),
    *((HIGH, f"pass high = {each}", HIGH) for each in ("wan22->high()", 'wan22["high"]()')),
    *(
        (HIGH, f"pass high = {each}", HIGH[:-2])
        for each in ("wan22/high", "wan22->high", "wan22[high]")
    ),
    *(
        (HIGH, f"pass high {each}wan22.high()", HIGH)
        for each in ("extends ", "is ", "<- ", "= new ")
    ),
    (HIGH, "pass high = wan22.high { cfg = 1.0 }", "pass high = wan22.high( cfg = 1.0 )"),
    *(
        (HIGH, LORAS.format(each), STRONG)
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
    (HIGH, LORAS.format("['anna']"), LORAS.format("[anna]")),
    (
        HIGH,
        LORAS.format("loras += [anna]").replace("loras = ", ""),
        "pass high = wan22.high(add_loras = [anna])",
    ),
    (SEED, "    loras += [grain]", "    add_loras = [grain]"),
    (SEED, "    loras.append(grain)", "    add_loras = [grain]"),
    (SEED, "    lora = grain", "    add_loras = [grain]"),
    (SEED, "    add_loras:\n        - grain", "    add_loras = [grain]"),
    (SEED, "    add_loras = grain, grain2", "    add_loras = [grain, grain2]"),
    *(
        (a, b, SIZE)
        for a, b in each_value(SIZE, "(832, 480)", "{width: 832, height: 480}", "832:480")
    ),
    *((a, b, SIZE) for a, b in each_value(SIZE, "size(832, 480)", "Size(832, 480)", "832.0x480.0")),
    (SIZE, "    resolution = (832, 480)", "    size = 832x480"),
    *((a, b, LENGTH) for a, b in each_value(LENGTH, '"5 seconds"', "5S")),
    *((a, b, "    length = 5.0s") for a, b in each_value(LENGTH, "5.0", "5,0s")),
    *(
        (a, b, SEED)
        for a, b in each_value(SEED, "[42]", "(42)", "42 /* fixed */", "4,2", "0x2a")[:1]
    ),
    *((a, b, "    seed   = 1000000") for a, b in each_value(SEED, "1e6")),
    (SEED, "    steps = 4.0", "    steps = 4"),
    (SEED, '    fps = "16"', "    fps = 16fps"),
    (SEED, "    fps = 16.0", "    fps = 16.0fps"),
    *(
        (FLOW, f"    flow = {each}", '    flow = high -> low -> save("p")')
        for each in (
            'high ==> low ==> save("p")',
            'high - > low - > save("p")',
            'high -&gt; low -&gt; save("p")',
        )
    ),
    (FLOW, '    flow = "high -> low -> save(clip)"', "    flow = high -> low -> save(clip)"),
    (FLOW, '    flow = high -> low -> Save("p")', '    flow = high -> low -> save("p")'),
    (
        FLOW,
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
    *((SEED, f"    seed {each} 42", "    seed = 42") for each in ("→", "=>", "⇒")),
    (SEED, '    negative-prompt = "blurry"', '    negative = "blurry"'),
    (SEED, '    negative prompt = "blurry"', '    negative = "blurry"'),
    (SEED, "    negative = 'don't'", '    negative = "don\'t"'),
    (SEED, "    negative = 'it''s'", '    negative = "it\'s"'),
    (LORA, 'lora anna: { file = "a.safetensors" }', 'lora anna { file = "a.safetensors" }'),
    (HIGH, f"{HIGH}\n\nparam n int = 42", f"{HIGH}\n\nparam n: int = 42"),
    (HIGH, f"{HIGH}\n\nparam int n = 42", f"{HIGH}\n\nparam n: int = 42"),
    (HIGH, f'{HIGH}\n\nparam n: string = "x"', f'{HIGH}\n\nparam n: text = "x"'),
    (HIGH, f"{HIGH}\n\nparam n: boolean = true", f"{HIGH}\n\nparam n: bool = true"),
    *(
        (LORA, f"lora anna{each}", 'lora anna { file = "a.safetensors" }')
        for each in (
            '("a.safetensors")',
            ': "a.safetensors"',
            '(file = "a.safetensors")',
            ' { "file": "a.safetensors" }',
            ' { file: "a.safetensors" }',
        )
    ),
    (LORA, 'lora "a.safetensors" as anna', 'lora anna { file = "a.safetensors" }'),
    *(
        (
            HIGH,
            HIGH.replace("()", f"(steps = {each})"),
            HIGH.replace("()", "(steps = 0..2 of 4)"),
        )
        for each in ("0...2 of 4", "0…2 of 4", "0..2/4", "0..2 / 4")
    ),
    *(
        (
            FLOW,
            FLOW.replace("> low ", f"> low -> {each} "),
            FLOW.replace("> low ", "> low -> rife(2) "),
        )
        for each in ("rife x2", "rife(x2)", "rife:2", "rife: 2")
    ),
    (SEED, "    let x: int = 3", "    let x = 3"),
    (SEED, "    seed: int = 42", "    seed = 42"),
    *((SEED, f"    {each} seed = 42", "    seed = 42") for each in ("int", "const", "bool", "str")),
    *((SEED, f"    {each} 42", "    seed = 42") for each in ('"seed":', "'seed' =", "'seed':")),
    (SEED, '    "negative": "blurry",', '    negative = "blurry",'),
    *((a, b, SEED) for a, b in each_value(SEED, "int(42)", 'int("42")')),
    *(
        (a, b, IMAGE)
        for a, b in each_value(
            IMAGE,
            'LoadImage("portrait.png")',
            'load_image("portrait.png")',
            'open("portrait.png")',
            'Path("portrait.png")',
        )
    ),
    (FLOW, FLOW.replace("flow   =", "return"), FLOW.replace("flow   =", "flow =")),
    (FLOW, FLOW.replace("flow   = ", ""), FLOW.replace("flow   =", "flow =")),
    *(
        (FLOW, f"    flow = {each}", '    flow = high -> low -> save("p")')
        for each in ('"high" -> "low" -> save("p")', 'high -> "low" -> save("p")')
    ),
    *(
        (HEAD, one, HEAD)
        for one in (
            "export pipeline portrait {",
            "async pipeline portrait {",
            "pipeline portrait: Video {",
            "pipeline portrait() {",
            "pipeline portrait => {",
            "pipeline portrait -> {",
        )
    ),
    (HIGH, "let pass high = wan22.high()", HIGH),
    (HIGH, "pass high = WAN22.high()", HIGH),
    (FLOW, FLOW.replace("flow   = ", "flow:\n        "), FLOW.replace("flow   =", "flow =")),
    (SEED, "    - seed = 42", "    seed = 42"),
    (SEED, "    * seed = 42", "    seed = 42"),
    (SEED, "    seed <- 42", "    seed = 42"),
    (LENGTH, "    length = 5s @ 16fps", "    length = 5s, fps = 16fps"),
    (LENGTH, "    length = 81f at 16fps", "    length = 81f, fps = 16fps"),
    (SEED, "    negative = `blurry`", '    negative = "blurry"'),
    (SEED, '    negative = "don\\\'t"', '    negative = "don\'t"'),
    (HEAD, "pipeline: portrait {", HEAD),
    (HEAD, "portrait = pipeline {", HEAD),
    (HIGH, "pass high -> wan22.high()", HIGH),
    ("use wan22\n", "import wan22\n", "use wan22\n"),
    ("use wan22\n", "use wan22\nimport wan22\n", "use wan22\n"),
]


#: The same by fixes that are not safe, since they guess.
FOREIGN_UNSAFE: list[tuple[str, str, str]] = [
    (HIGH, "pass high = wan22.High()", HIGH),
    (HIGH, "pass high = high()", HIGH),
    *((a, b, "    size   = 1280x720") for a, b in each_value(SIZE, "720p", '"720p"')),
    *((a, b, SIZE) for a, b in each_value(SIZE, "480p", "480P")),
    (SIZE, "    resolution = 480p", "    size = 832x480"),
    *((a, b, LENGTH) for a, b in each_value(LENGTH, "5")),
    *((a, b, "    length = 81f") for a, b in each_value(LENGTH, "81", '"81"')),
    *(
        (FLOW, f"    flow = {each}", '    flow = high -> low -> save("p")')
        for each in ('(high, low, save("p"))', 'high + low + save("p")', '[high, low, save("p")]')
    ),
    (FLOW, "    flow = high -> low -> save", '    flow = high -> low -> save("portrait")'),
    (FLOW, "    flow = high -> low -> save()", '    flow = high -> low -> save("portrait")'),
    (SEED, "    negative = blurry", '    negative = "blurry"'),
    (SEED, "    negative = blurry, ugly", '    negative = "blurry, ugly"'),
    (HEAD, "class portrait {", HEAD),
    *((HEAD, each, HEAD) for each in ("class portrait:", "class Portrait(Video):")),
    *((HEAD, each, HEAD) for each in ("def portrait():", "portrait {")),
    (HIGH, "pass high = wan22.high_noise", "pass high = wan22.high"),
    (HIGH, "pass high = high_noise()", HIGH),
    (HIGH, "pass high = wan.high()", HIGH),
    *(
        (FLOW, f"    flow = {one}", '    flow = high -> low -> save("p")')
        for one in ('save(low(high), "p")', 'save(low(high(image)), "p")')
    ),
    (FLOW, FLOW.replace('"portrait"', "portrait"), FLOW),
    (
        PROMPT,
        "    prompt = (masterpiece:1.2), best quality",
        '    prompt = "(masterpiece:1.2), best quality"',
    ),
    *(
        (
            f"{HIGH}\n\n{LOW}",
            f"{SEEDED}\n\n{LOW}\n\nlet n = {one}",
            f"{SEEDED}\n\n{LOW}\n\nlet n = mine",
        )
        for one in ("${MINE}", "${env.MINE}", "%mine%", "<mine>")
    ),
    (FLOW, FLOW.replace("> low ", "> low_noise "), FLOW),
    *((SEED, f"    {each} = 42", "    seed = 42") for each in ("Seed", "SEED", "self.seed")),
    (HEAD, "function portrait() {", HEAD),
    (HIGH, "var high = wan22.high()", "let high = wan22.high()"),
    (HIGH, "high = wan22.high()", "let high = wan22.high()"),
    (HIGH, f"{HIGH}\n\nparam n = 42", f"{HIGH}\n\nparam n: int = 42"),
]
