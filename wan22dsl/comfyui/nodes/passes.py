"""What a record says of the passes that a node makes: which inputs hold their settings, and their LoRAs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from wan22dsl.comfyui.nodes.facts import Reading


class SamplerInputs(NamedTuple):
    """The inputs of a sampler, by the setting of its pass that they hold. Empty: no input holds it.

    Without `start` a pass begins at step 0, without `end` it goes to the last, without `denoise` it has 1;
    without `add_noise` it adds noise, without `leftover_noise` it leaves none. `guider`, `noise` and `sigmas`
    are links to nodes that hold the rest: a guider the model, the prompts and the cfg, a source of noise the
    seed, a schedule the steps and the scheduler. `sampler` may be a link to a node that names the sampler.

    `conditioning` is an input that brings the size, the pictures and whatever else a model is told beside the
    prompt; without one they come with the prompts and the latent. `holder` is a link to a node that holds the
    steps and the scheduler, by the `held` of its record. With `through` all of this is in the node behind
    that link. `latent_optional` tells that it samples without a latent as well.

    `part` is what one of several passes of a node is called, behind the id of the node. `boundary` is the
    sigma at which a node changes experts by itself. `own_way` tells that the node decides by rules of its own
    which steps it runs, and on which noise; `finish` works out by these rules what is known of it, from
    the reading of the node and from the values of the other inputs here, by their names.

    `denoised_slot` is the output that gives the clean picture that the last step arrives at. `unscaled` tells
    that a latent is handed on as it is, without a division by what is left of the picture (the wrapper).
    """

    model: str = "model"
    latent: str = "latent_image"
    positive: str = "positive"
    negative: str = "negative"
    conditioning: str = ""
    steps: str = "steps"
    start: str = ""
    end: str = ""
    cfg: str = "cfg"
    sampler: str = "sampler_name"
    scheduler: str = "scheduler"
    denoise: str = ""
    add_noise: str = ""
    leftover_noise: str = ""
    seed: str = "seed"
    shift: str = ""
    guider: str = ""
    noise: str = ""
    sigmas: str = ""
    boundary: str = ""
    holder: str = ""
    through: str = ""
    latent_optional: bool = False
    part: str = ""
    own_way: bool = False
    finish: Callable[[Reading, Mapping[str, Any]], Mapping[str, Any]] | None = None
    denoised_slot: int | None = None
    unscaled: bool = False


class LoraOn(NamedTuple):
    """A LoRA that a node puts on a model: the input that names it, its file and its strength.

    A strength of None is not known.
    """

    input: str
    file: str
    strength: float | None = 1.0
