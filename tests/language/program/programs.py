"""Programs with names of all kinds: one that is written, and generated ones."""

from __future__ import annotations

from hypothesis import strategies as st

#: Every kind of name that can be declared, named in every place where it can be.
EVERYTHING = """
wan 1
use wan22

param seed: int = 42 in [42, 43]
param who: text = "She"
param order: flow = high -> low

let negative = "{wan22.negative}, {who} is blurred"
let strength = grain.strength

lora grain { file = "grain.safetensors", strength = 0.6 }
lora soft = grain(strength = 0.4)
upscaler big { file = "4x-UltraSharp.pth", scale = 4 }

pass high = wan22.high(loras = wan22.high.loras + [soft(strength = strength)])
pass low = wan22.low(cfg = high.cfg, shift = wan22.low.shift)

stage edges(in frames: IMAGE, near: float = 0.1, far: float = 0.6) -> (edges: IMAGE, mask: MASK) {
    let found = Canny(image = frames, low_threshold = near, high_threshold = far)
    edges = found
    mask = ImageToMask(image = found, channel = "red")
}

stage halved(in frames: IMAGE, by: float = 0.5, seed: int = pipeline.seed) -> IMAGE {
    let small = frames -> scale(by = by)
    out = small -> scale(by = 2.0)
}

stage kept(in frames: IMAGE, name: text) {
    frames -> save("{name}_kept")
}

node Sharper(image: IMAGE, amount: INT = 1 in 1..8) -> (sharp: IMAGE, mask: MASK) {
    pack = "someone/sharper"
    size = image.size
    sharp = { fps = image.fps * amount, length = (image.length - 1f) * amount + 1f }
}

pipeline base {
    image = "portrait.png"
    prompt = "{who} turns, {seed}"
    negative = negative
    size = 832x480
    length = 5s
    seed = seed
    let raw = order -> halved(by = 0.25)
    let outlines = raw -> edges(near = 0.2)
    flow = [
        raw -> kept("base_{pipeline.seed}")
        outlines.edges -> save("edges", fps = raw.fps)
    ]
}

pipeline large = base(seed = 43, flow = high -> low -> upscale(big) -> save("large"))

let quick = { fast = ["fp16_accumulation"] }

profile desktop {
    card = "RTX 4090"
    flags = { reserve_vram = 1GiB } + quick
    env = { OMP_NUM_THREADS = 8 }
}

profile quiet = desktop(flags = desktop.flags + { port = 8189 }, env = desktop.env)

pipeline joined {
    flow = large -> skip(1f) -> save("joined")
}

graph plain {
    let start = LoadImage(image = "a.png") { title = "first" }
    let small = ImageScaleBy(image = start.IMAGE, upscale_method = "lanczos", scale_by = strength)
    let fine = Sharper(image = small, amount = 2)
    SaveImage(images = fine[0], filename_prefix = "plain_{who}")
}

bench orders {
    of       = base
    vary     = { order = [high -> low, low], high.cfg = [1.0, 1.5], seed = [1, 2] }
    baseline = { high.cfg = 1.0, seed = 1 }
}
"""

_NAMES = [f"n{number}" for number in range(8)]


@st.composite
def layered(draw: st.DrawFn) -> str:
    """Stages, `let`s and copies that are made of each other at random, with names that hide each other."""
    lines = ["wan 1", "", f"param size: int = {draw(st.integers(1, 9))}", ""]
    numbers, stages = ["size"], []
    for number in range(draw(st.integers(1, 4))):
        name = f"v{number}"
        value = draw(st.sampled_from(numbers))
        lines.append(f"let {name} = {value} + {draw(st.integers(1, 3))}")
        numbers.append(name)
    for number in range(draw(st.integers(1, 4))):
        name, parameter = f"s{number}", draw(st.sampled_from([*_NAMES, *numbers]))
        local = draw(st.sampled_from([name for name in (*_NAMES, *numbers) if name != parameter]))
        value = draw(st.sampled_from([parameter, *numbers]))
        default, outputs = draw(st.sampled_from(numbers)), "(first: IMAGE, second: IMAGE)"
        lines += [
            f"stage {name}(in frames: IMAGE, {parameter}: int = {default}) -> {outputs} {{",
            f"    let {local} = {value} * 2",
            f"    first = ImageScale(image = frames, width = {local} * 16, height = 16 * {local})",
        ]
        inner = draw(st.sampled_from([*stages, None]))
        if inner is None:
            lines.append("    second = ImageInvert(image = frames)")
        else:
            lines.append(f"    second = {inner[0]}(frames = frames, {inner[1]} = {local}).first")
        lines.append("}")
        stages.append((name, parameter))
    lines.append("pipeline whole {")
    lines.append('    let start = LoadImage(image = "a.png").IMAGE')
    flows = []
    for number in range(draw(st.integers(1, 4))):
        stage, parameter = draw(st.sampled_from(stages))
        value = draw(st.sampled_from(numbers))
        lines.append(f"    let made{number} = start -> {stage}({parameter} = {value})")
        output = draw(st.sampled_from(["first", "second"]))
        flows.append(f'made{number}.{output} -> save_frames("x{number}_{{{value}}}")')
    lines += ["    flow = [", *(f"        {flow}" for flow in flows), "    ]", "}"]
    return "\n".join(lines)
