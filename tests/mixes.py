"""Examples into which newcomers have written lines of their own: for the laws of fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests import newcomers, newcomers_foreign
from tests.conftest import ROOT

if TYPE_CHECKING:
    from random import Random

#: The examples that need no other file.
FILES = sorted((ROOT / "examples").glob("*.wan"))

#: Habits: lines of a block, and values of any setting.
LINES = (
    "size = 832 x 480",
    "size = 832, 480",
    "size = (832, 480)",
    "length = 5 seconds",
    "duration = 5s",
    "length = 0:05",
    "frames: 81",
    "noise = high",
    "loras = loras + anna",
    "loras = [anna:0.8]",
    "loras = [anna 0.8, grain@0.5]",
    "loras = <lora:x:1>",
    "loras += [anna]",
    "cfg = 80%",
    "cfg = .0000001",
    "cfg == 3.5",
    "cfg: 3,5",
    "steps: 4",
    "steps = 0:2 of 4",
    "steps = 0-2 of 4",
    "steps = 0...2",
    '"steps" = 4',
    "seed = 1_000",
    "seed = random",
    "seed 42;",
    "seed = 0x2A // fixed",
    "sampler = euler, scheduler = simple",
    'sampler = "euler"',
    "flow = high | low",
    "flow = high > low",
    "flow = high, low, save('p')",
    'flow = high -> low -> rife(times = 2 -> save("p")',
    "flow = high then low then save",
    "flow = high -> low -> rife 2x -> save p",
    "flow = high -> low ->",
    "flow = high -> low \\",
    'prompt = "She turns',
    'prompt = "She turns\n    and smiles"',
    'prompt = "Say "no" now"',
    "prompt = She turns, soft light",
    "prompt = |\n        She turns\n        and smiles",
    "prompt: 'don't'",
    'prompt = f"She {turns}"',
    "negative-prompt = “blurry”",
    "image = C:\\me\\new.png",
    'image = "C:\\me\\new.png"',
    "add_noise = True,",
    "/* off */ shift = 5.0",
    "shift = 5.0 -- fixed",
    "shift ＝ ５.０",
    "let x: int = 3",
    "if fast: steps = 4",
    "for i in range(3):",
    "width = 832\n    height = 480",
    'fps = "16"',
    'Save("x")',
    "save x",
    "}",
    "{",
    "- grain",
    "model = wan22::i2v_high",
    "flow = save(low(high), 'p')",
    "flow:\n        high -> low -> save('p')",
    "return high -> low",
    'flow = "high" -> "low"',
    "save portrait",
    '"prompt": "She turns",',
    "prompt = (masterpiece:1.2), best quality",
    'image = LoadImage("portrait.png")',
    "seed: int = 42",
    "seed = int(42)",
    "seed = ${SEED}",
    "seed <- 42",
    "- seed: 42",
    "length = 5s @ 16fps",
    "Negative prompt: blurry",
    "steps = 0..2/4",
    "seed = 42 if fast else 7",
)

#: The same at the left edge of a file.
HEADS = (
    "Pipeline p",
    "Pipeline p {",
    "pipeline p:",
    "pipeline 2nd {",
    'lora anna("x")',
    'lora anna "x.safetensors"',
    "lora anna = {",
    "def high():",
    "class portrait:",
    "import wan22",
    "from wan22 import high",
    "use wan",
    "wan 1.0",
    "high = wan22.high()",
    "let high := wan22.high",
    "var x = 3",
    "param n = 42",
    "param int n = 42",
    "pass high: wan22.high()",
    "pass high extends wan22.high",
    "// a comment",
    "---",
    "flow = high -> low",
    "seed = 42",
    "loras += [anna]",
    "export pipeline p {",
    "pipeline p() {",
    "pipeline p -> {",
    "portrait {",
    "let pass high = wan22.high()",
    "pass high -> wan22.high()",
    "use wan22",
)

#: Stray signs.
SIGNS = (
    "",
    "",
    "",
    "}",
    ")",
    "]",
    "{",
    "(",
    ".0000001",
    ";",
    '"',
    "'",
    '"""',
    "->",
    "\n",
    "\\",
    ",",
    "=",
    "`",
    ":",
)


def mixed(random: Random) -> str:
    """An example, or the pipeline of newcomers, with one to three of their lines, perhaps a stray sign."""
    if random.random() < 0.2:
        text = newcomers.PORTRAIT
        pairs = (
            newcomers.SAFE
            + newcomers.UNSAFE
            + newcomers_foreign.FOREIGN_SAFE
            + newcomers_foreign.FOREIGN_UNSAFE
        )
        for old, new, _ in random.sample(pairs, random.randint(1, 3)):
            text = text.replace(old, new, 1)
    else:
        text = random.choice(FILES).read_text("utf-8")
    for _ in range(random.randint(1, 3)):
        text = _with_line(text, random)
    place = random.randint(0, len(text))
    return text[:place] + random.choice(SIGNS) + text[place:]


def _with_line(text: str, random: Random) -> str:
    """The text with a line of a newcomer, in a block or between declarations; new, or in place of another."""
    lines = text.split("\n")
    inside = [n for n, line in enumerate(lines) if line.startswith("    ")]
    if inside and random.random() < 0.8:
        at = random.choice(inside)
        margin = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        new = margin + random.choice(LINES)
    else:
        at = random.randrange(len(lines))
        new = random.choice(HEADS)
    lines[at : at + random.randint(0, 1)] = [new]
    return "\n".join(lines)
