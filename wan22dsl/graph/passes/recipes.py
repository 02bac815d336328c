"""The recipes that are in use for the families of Wan 2.2, and what makes a pass a distilled one.

A recipe is what the makers of a model or of its LoRAs and the templates of ComfyUI give; where they differ
there are several values. Sources: Comfy-Org/workflow_templates (the Wan 2.2 templates of 2025 and 2026);
Wan-Video/Wan2.2, wan/configs; ModelTC/Wan2.2-Lightning and LightX2V.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import maker_of, size_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.passes.model_chain import LoadedLora
    from wan22dsl.graph.passes.recognition import Pass


class Distilled(NamedTuple):
    """What makes a pass a distilled one: a file, and the steps it was distilled to (None: not known)."""

    steps: int | None
    file: str


class Recipe(NamedTuple):
    """What the passes of a family are run with; several values where several are in use.

    `steps` are those of the whole schedule; `strengths` are those of the distilled LoRA.
    """

    steps: tuple[int, ...]
    cfgs: tuple[float, ...]
    shifts: tuple[float, ...]
    samplers: tuple[str, ...] = ("euler",)
    schedulers: tuple[str, ...] = ("simple",)
    strengths: tuple[float, ...] = (1.0,)


_FUN = Recipe(steps=(20,), cfgs=(3.5,), shifts=(8.0,))
_FUN_FAST = Recipe(steps=(4,), cfgs=(1.0,), shifts=(5.0, 8.0))
_FAST = Recipe(steps=(4,), cfgs=(1.0,), shifts=(5.0,))

#: By the family, and whether its passes are distilled to four steps. First and last frames: cfg 4.
_RECIPES = {
    ("i2v_14b", False): Recipe(steps=(20, 40), cfgs=(3.5, 4.0), shifts=(5.0, 8.0)),
    ("i2v_14b", True): _FAST,
    ("t2v_14b", False): Recipe(steps=(20, 40), cfgs=(3.5, 3.0, 4.0), shifts=(5.0, 8.0, 12.0)),
    ("t2v_14b", True): _FAST,
    ("ti2v_5b", False): Recipe((20, 50), (5.0,), (8.0, 5.0), ("uni_pc",)),
    **{(f"fun_{item}_14b", False): _FUN for item in ("control", "inpaint", "camera")},
    **{(f"fun_{item}_14b", True): _FUN_FAST for item in ("control", "inpaint", "camera")},
}


#: The least strength of CausVid in few steps, and what is few: a quarter to a half, in 3 to 9 steps.
_LEAST_CAUSVID, _FEW_STEPS = 0.25, 10


def distilled(pass_: Pass, least: float = 0.5) -> Distilled | None:
    """The distilled LoRA or model of a pass; None where it has none.

    A LoRA of a strength below `least` is none. In few steps CausVid counts from a quarter on: at its full
    strength the picture hardly moves.
    """
    family = None if pass_.model is None else pass_.model.family
    few = pass_.settings.steps is not None and pass_.settings.steps <= _FEW_STEPS
    for lora in pass_.loras:
        low = min(least, _LEAST_CAUSVID) if few and "causvid" in lora.file.lower() else least
        if lora.distilled and (lora.strength is None or abs(lora.strength) >= low):
            if fits(lora, family):
                return Distilled(lora.steps, f'"{lora.file}"')
    if pass_.model is not None and pass_.model.distilled:
        return Distilled(pass_.model.steps, f'"{pass_.model.file}"')
    return None


def fits(lora: LoadedLora, family: str | None) -> bool:
    """Whether the weights of a LoRA have the shapes of a family's models; where nothing tells, they have.

    The models of one size have the same shapes; ComfyUI leaves out what has others. A LoRA of another
    maker's models fits none.
    """
    if lora.family is None:
        return not maker_of(lora.file)
    return family is None or size_of(lora.family) == size_of(family)


def recipe_of(pass_: Pass) -> Recipe | None:
    """The recipe for the model of a pass, with its LoRAs; None where none is published."""
    if pass_.model is None or pass_.model.family is None:
        return None
    found = distilled(pass_)
    if found is not None and found.steps != 4:
        return None
    return _RECIPES.get((pass_.model.family, found is not None))
