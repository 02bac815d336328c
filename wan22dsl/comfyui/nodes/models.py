"""What is known of a model on its way from the loader to the sampler: the rate that it was trained for.

An empty latent has no rate of its own. It gets that of the model that samples it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import RATES_FPS, read_name
from wan22dsl.comfyui.nodes.reading import agreed
from wan22dsl.graph.model import Facts

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.reading import Reading

#: The types of links that carry a model.
TYPES = frozenset({"MODEL", "GUIDER"})

#: How the inputs of loaders begin that hold the file of a diffusion model.
_FILES = ("unet", "model", "ckpt", "gguf", "diff")


def of(reading: Reading) -> Facts:
    """What a model has: that of the models that it is made of, or else what its file says."""
    inputs = () if reading.node_class is None else reading.node_class.inputs
    linked = {input_.name for input_ in inputs if input_.type in TYPES}
    before = [
        reading.known(link).model_fps for name, link in reading.node.links() if name in linked
    ]
    return Facts(model_fps=agreed(before) if before else _of_file(reading))


def _of_file(reading: Reading) -> float | None:
    """The rate for the family that is declared, or that all files of a loader name."""
    declared = reading.node.asset
    if declared is not None and declared.family is not None:
        return RATES_FPS.get(declared.family)
    files = [reading.value(name) for name in reading.node.inputs if name.startswith(_FILES)]
    families = [read_name(file).family for file in files if isinstance(file, str)]
    rate: float | None = agreed([RATES_FPS.get(family or "") for family in families])
    return rate


def paced(reading: Reading, facts: Facts) -> Facts:
    """The facts of what a sampler makes: an empty latent has the rate of the model from then on."""
    if not facts.empty:
        return facts
    rates = [reading.known(link).model_fps for _, link in reading.node.links()]
    known = agreed([rate for rate in rates if rate is not None])
    return facts if known is None else facts._replace(fps=known, empty=False)
