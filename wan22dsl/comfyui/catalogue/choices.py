"""Where ComfyUI lists what can be chosen, and which classes are used most: for those who offer values."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from wan22dsl.errors import CatalogueError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue


class Samplers(NamedTuple):
    """The names of all samplers and of all schedulers."""

    samplers: tuple[str, ...]
    schedulers: tuple[str, ...]


#: Settings of assets, by the kind and the setting, whose choices are those of the class that loads them.
OF_ASSETS = {
    ("model", "dtype"): ("UNETLoader", "weight_dtype"),
    ("text_encoder", "type"): ("CLIPLoader", "type"),
    ("text_encoder", "device"): ("CLIPLoader", "device"),
}

#: Classes that load LoRAs in another way than one by one.
LOADERS_OF_LORAS = ("Power Lora Loader (rgthree)",)

#: The classes that are used most in videos.
MOST_USED = (
    *("LoadImage", "ImageScaleBy", "ImageScale", "CLIPTextEncode", "VAEDecode", "VAEEncode"),
    *("CreateVideo", "SaveVideo", "SaveImage", "KSamplerAdvanced", "KSampler", "UNETLoader"),
    *("CLIPLoader", "VAELoader", "LoraLoaderModelOnly", "ModelSamplingSD3", "WanImageToVideo"),
    *("LoadVideo", "GetVideoComponents", "VHS_LoadVideo", "VHS_VideoCombine", "PreviewImage"),
)


@lru_cache(maxsize=4)
def samplers_of(catalogue: Catalogue) -> Samplers:
    """The samplers and schedulers of a catalogue; none where it cannot be asked."""
    return Samplers(
        options_of(catalogue, "KSampler", "sampler_name"),
        options_of(catalogue, "KSampler", "scheduler"),
    )


def options_of(catalogue: Catalogue, class_name: str, name: str) -> tuple[str, ...]:
    """What an input of a class takes; nothing where that is not known, or any value is taken."""
    try:
        found = catalogue.get(class_name)
    except CatalogueError:
        return ()
    for each in found.inputs if found is not None else ():
        if each.name == name:
            return tuple(str(option) for option in (*(each.options or ()), *each.fixed))
    return ()
