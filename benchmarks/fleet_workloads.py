"""Workloads for `python -m benchmarks fleet`: compiled pipelines in several sizes, handed in mixed up."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from benchmarks.fleet_simulation import Workload
from wan22dsl.api import compiler
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.fleet.board import BoardJob, BoardServer
from wan22dsl.fleet.expected import CostModel
from wan22dsl.graph.cost.cards import card_named
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.comfyui.catalogue.schema import Catalogue

_FROM_PICTURE = """\
wan 1
use wan22

pipeline clip {{
    image  = "portrait.png"
    prompt = "She turns to the camera"
    size   = {size}
    length = {length}
    seed   = 1
    flow   = wan22.high -> wan22.low -> save("clip")
}}
"""

_FROM_TEXT = """\
wan 1
use wan22

pipeline clip {{
    prompt = "A lighthouse in a storm"
    size   = {size}
    length = {length}
    seed   = 1
    flow   = wan22.text_high -> wan22.text_low -> save("clip")
}}
"""

#: Twenty steps with guidance: forty times the model runs, for a single clip.
_LONG = """\
wan 1
use wan22

pass high {{
    model = wan22.i2v_high
    steps = 0..10 of 20
}}

pass low {{
    model = wan22.i2v_low
    steps = 10..20 of 20
}}

pipeline clip {{
    image    = "portrait.png"
    prompt   = "She turns to the camera"
    negative = wan22.negative
    size     = {size}
    length   = {length}
    seed     = 1
    shift    = 8.0
    sampler  = euler/simple
    cfg      = 3.5
    flow     = high -> low -> save("clip")
}}
"""

_WITH_LORA = """\
wan 1
use wan22

lora style {{
    high     = "styles/{number}_high_noise.safetensors"
    low      = "styles/{number}_low_noise.safetensors"
    strength = 0.8
}}

pipeline clip {{
    image     = "portrait.png"
    prompt    = "She turns to the camera"
    size      = {size}
    length    = {length}
    seed      = 1
    add_loras = [style]
    flow      = wan22.high -> wan22.low -> save("clip")
}}
"""

SIZES = ("832x480", "640x640", "832x1216", "1280x704")
LENGTHS = ("33f", "49f", "81f")

CARDS = ("RTX 3090", "RTX 4090", "RTX 5090")


def servers(*each: tuple[str, int]) -> tuple[BoardServer, ...]:
    """So many servers with each card, named by it."""
    return tuple(
        BoardServer(f"{card.split()[-1]}-{number}", card, (), card_named(card).vram_bytes)
        for card, many in each
        for number in range(1, many + 1)
    )


def recipe(model: CostModel, text: str, catalogue: Catalogue) -> str:
    """The recipe of a pipeline."""
    compiled = compiler.compile(Source(text, "fleet.wan"), target=catalogue)
    assert compiled.graph is not None, [finding.message for finding in compiled.diagnostics]
    return model.add(compiled.graph.graph).recipe


def mixed_recipes(model: CostModel) -> list[str]:
    """Two families of models in all sizes and lengths."""
    catalogue = open_catalogue("0.33.0")
    return [
        recipe(model, text.format(size=size, length=length), catalogue)
        for text in (_FROM_PICTURE, _FROM_TEXT)
        for size in SIZES
        for length in LENGTHS
    ]


def with_lora(model: CostModel, styles: int) -> list[str]:
    """One family of models with a LoRA of its own for each style, in two sizes."""
    catalogue = open_catalogue("0.33.0")
    return [
        recipe(model, _WITH_LORA.format(number=number, size=size, length="49f"), catalogue)
        for number in range(styles)
        for size in ("832x480", "640x640")
    ]


def jobs(recipes: Sequence[str], many: int, seed: int = 1) -> list[BoardJob]:
    """So many jobs with recipes drawn from these."""
    draw = random.Random(seed)
    return [BoardJob(f"{number:05}", draw.choice(recipes)) for number in range(many)]


TWELVE = (("RTX 3090", 4), ("RTX 4090", 4), ("RTX 5090", 4))


def mixed(many: int = 600, wrong: float = 0.0, name: str = "") -> Workload:
    """Mixed sizes, two families of models, three cards: what most batches are like."""
    model = CostModel()
    made = tuple(jobs(mixed_recipes(model), many))
    return Workload(name or f"mixed sizes, {many} jobs", made, servers(*TWELVE), model, wrong)


def long_last() -> Workload:
    """Short jobs, and one that takes very long, handed in as the last."""
    model = CostModel()
    catalogue = open_catalogue("0.33.0")
    short = [each for each in mixed_recipes(model) if "81 frames" not in model.needs[each].label]
    long = recipe(model, _LONG.format(size="832x1216", length="81f"), catalogue)
    made = [*jobs(short, 400), BoardJob("long", long)]
    return Workload("one long job at the end", tuple(made), servers(*TWELVE), model)


def all_the_same() -> Workload:
    """One recipe with many seeds."""
    model = CostModel()
    text = _FROM_PICTURE.format(size="832x1216", length="81f")
    same = recipe(model, text, open_catalogue("0.33.0"))
    made = tuple(BoardJob(f"{number:05}", same) for number in range(300))
    return Workload("one recipe, many seeds", made, servers(*TWELVE), model)


def chained(chains: int = 40, long: int = 10) -> Workload:
    """Chains of clips, each of which begins where the one before it ends."""
    model = CostModel()
    recipes = mixed_recipes(model)[: len(SIZES) * len(LENGTHS)]
    draw = random.Random(3)
    made = []
    for chain in range(chains):
        own = draw.choice(recipes)
        for number in range(long):
            after = (f"{chain}.{number - 1}",) if number else ()
            made.append(BoardJob(f"{chain}.{number}", own, after))
    return Workload("chains of ten clips", tuple(made), servers(*TWELVE), model)


def only_the_largest() -> Workload:
    """A tenth of the jobs has the memory only on the largest card."""
    model = CostModel()
    text = _FROM_TEXT.format(size="1280x704", length="161f")
    big = recipe(model, text, open_catalogue("0.33.0"))
    made = jobs(mixed_recipes(model), 600)
    draw = random.Random(5)
    for number in draw.sample(range(len(made)), len(made) // 10):
        made[number] = made[number]._replace(recipe=big)
    return Workload("a tenth only for the RTX 5090", tuple(made), servers(*TWELVE), model)


def styles() -> Workload:
    """Many LoRAs, and jobs that are short beside loading them."""
    model = CostModel()
    made = tuple(jobs(with_lora(model, 12), 600))
    return Workload("twelve LoRAs, short jobs", made, servers(*TWELVE), model)


def many_recipes(model: CostModel, many: int) -> list[str]:
    """So many recipes of two families: a few sizes with many numbers of steps and of frames."""
    catalogue = open_catalogue("0.33.0")
    draw = random.Random(9)
    found: dict[str, None] = {}
    while len(found) < many:
        size = f"{16 * draw.randint(30, 80)}x{16 * draw.randint(30, 45)}"
        text = draw.choice((_FROM_PICTURE, _FROM_TEXT))
        length = f"{4 * draw.randint(4, 20) + 1}f"
        found[recipe(model, text.format(size=size, length=length), catalogue)] = None
    return list(found)


def large(many: int = 10_000, each: int = 75, recipes: int = 0) -> Workload:
    """A large fleet: four cards, and a batch for a night. `recipes` draws so many instead of the usual."""
    model = CostModel()
    cards = (("RTX 3090", each), ("RTX 4090", each), ("RTX 5090", each), ("L40S", each))
    drawn = many_recipes(model, recipes) if recipes else mixed_recipes(model)
    made = tuple(jobs(drawn, many))
    return Workload(f"{many:,} jobs on {4 * each} servers", made, servers(*cards), model)


def all_workloads() -> list[Workload]:
    """Those of the table, the one that the aims are for first."""
    return [
        mixed(),
        mixed(wrong=0.3, name="the same, expectations 30 % off"),
        mixed(60),
        long_last(),
        all_the_same(),
        chained(),
        only_the_largest(),
        styles(),
    ]
