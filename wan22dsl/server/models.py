"""Which model files and classes the simulated server has, and stand-ins for those that nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.comfyui.catalogue.schema import MADE_UP, Input, NodeClass, Output
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.graph.model import Graph, Node


class WithStandIns:
    """A catalogue, and classes that were made up besides."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._added: dict[str, NodeClass] = {}

    @property
    def target(self) -> str:
        """That of the catalogue."""
        return self._catalogue.target

    def get(self, name: str) -> NodeClass | None:
        """The class of that name; a made-up one only where there is no other."""
        return self._catalogue.get(name) or self._added.get(name)

    def names(self) -> Iterable[str]:
        """The names of all classes, sorted."""
        return sorted({*self._catalogue.names(), *self._added})

    def add(self, classes: Iterable[NodeClass]) -> None:
        """Adds made-up classes."""
        self._added.update((node_class.name, node_class) for node_class in classes)


def needs_of(
    graph: Graph, catalogue: Catalogue, files: Mapping[str, Iterable[str]]
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """The classes that a graph uses and a server lacks, and the model files by folder."""
    classes: set[str] = set()
    lacks: dict[str, set[str]] = {}
    for node in graph.nodes.values():
        known = catalogue.get(node.class_name)
        if known is None:
            classes.add(node.class_name)
            continue
        for name, input_ in inputs_of(known, node.inputs).items():
            value, folder = node.inputs.get(name), input_.files
            if folder in (None, "input", "output") or not isinstance(value, str):
                continue
            if value not in (choices(input_, files) or ()):
                lacks.setdefault(str(folder), set()).add(value)
    return tuple(sorted(classes)), {
        folder: tuple(sorted(names)) for folder, names in sorted(lacks.items())
    }


def class_like(graph: Graph, class_name: str) -> NodeClass:
    """A class as the nodes of a graph use it: their inputs, all optional, and the outputs that are taken."""
    inputs: dict[str, Input] = {}
    outputs: dict[int, str] = {}
    is_taken = False
    for node in graph.nodes.values():
        if node.class_name != class_name:
            continue
        for name, value in node.inputs.items():
            inputs.setdefault(name, Input(name, _type_of(graph, value), required=False))
        for id, name, slot in graph.consumers.get(node.id, ()):
            is_taken = True
            outputs.setdefault(slot, _wanted(graph, graph.nodes[id], name))
    slots = range(max(outputs, default=-1) + 1)
    made = tuple(Output(f"output_{slot}", outputs.get(slot, "*")) for slot in slots)
    return NodeClass(class_name, tuple(inputs.values()), made, is_output=not is_taken, pack=MADE_UP)


def _type_of(graph: Graph, value: Any) -> str:
    if isinstance(value, Link):
        source = graph.nodes.get(value.node)
        known = graph.catalogue.get(source.class_name) if source is not None else None
        outputs = known.outputs if known is not None else ()
        return outputs[value.slot].type if value.slot < len(outputs) else "*"
    kinds = {bool: "BOOLEAN", int: "INT", float: "FLOAT", str: "STRING"}
    return kinds.get(type(value), "*")


def _wanted(graph: Graph, node: Node, name: str) -> str:
    """The type of an input; any where the class is not known either."""
    known = graph.catalogue.get(node.class_name)
    found = inputs_of(known, node.inputs).get(name) if known is not None else None
    return found.type if found is not None else "*"


_EXPERTS = ("high", "low")
_KINDS = ("i2v", "t2v", "fun_control", "fun_inpaint", "fun_camera", "fun_vace")

FILES: dict[str, tuple[str, ...]] = {
    "diffusion_models": (
        *(
            f"wan2.2_{kind}_{noise}_noise_14B_fp8_scaled.safetensors"
            for kind in _KINDS
            for noise in _EXPERTS
        ),
        "Wan2_2-Animate-14B_fp8_e4m3fn_scaled_KJ.safetensors",
        "wan2.2_animate_14B_bf16.safetensors",
        "wan2.2_s2v_14B_fp8_scaled.safetensors",
        "wan2.2_ti2v_5B_fp16.safetensors",
    ),
    "loras": (
        "WanAnimate_relight_lora_fp16.safetensors",
        "lightx2v_I2V_14B_480p_cfg_step_distill_rank64_bf16.safetensors",
        *(f"wan2.2_i2v_lightx2v_4steps_lora_v1_{noise}_noise.safetensors" for noise in _EXPERTS),
        *(f"wan2.2_t2v_lightx2v_4steps_lora_v1.1_{noise}_noise.safetensors" for noise in _EXPERTS),
    ),
    "text_encoders": (
        "umt5_xxl_fp16.safetensors",
        "umt5_xxl_fp8_e4m3fn_scaled.safetensors",
    ),
    "vae": ("wan2.2_vae.safetensors", "wan_2.1_vae.safetensors"),
    "clip_vision": ("clip_vision_h.safetensors",),
    "audio_encoders": ("wav2vec2_large_english_fp16.safetensors",),
    "upscale_models": ("RealESRGAN_x2.pth", "RealESRGAN_x4plus.safetensors"),
    "frame_interpolation": ("film_net_fp16.safetensors", "rife_v4.26.safetensors"),
}


def input_channels(file: str) -> int:
    """How many channels a Wan 2.2 model takes; 0 where the name does not tell.

    16 of the latent itself; i2v and inpaint 20 more for the start image and its mask, fun control 36
    (src: the input of ComfyUI's model for Wan; 36 and 48 were seen in its messages).
    """
    name = file.lower()
    if "fun_control" in name:
        return 52
    if "fun_camera" in name or "i2v" in name or "inpaint" in name:
        return 36
    return 16 if "t2v" in name else 0


def latent_channels(vae: str) -> int:
    """How many channels the latents of a Wan VAE have, by the name of its file."""
    name = vae.lower().replace("_", "").replace(".", "")
    return 48 if "wan22" in name and "vae" in name else 16


def choices(input_: Input, files: Mapping[str, Iterable[str]]) -> tuple[str, ...] | None:
    """The choices of an input on this server; None where nothing is known of them."""
    if input_.files is None:
        return input_.options
    listed = files.get(input_.files, ())
    return tuple(sorted({*listed, *(input_.options or ())})) + tuple(input_.fixed)


def with_files(extra: Mapping[str, Iterable[str]] | None) -> dict[str, tuple[str, ...]]:
    """The files of the simulated server, with some more."""
    found = {folder: list(names) for folder, names in FILES.items()}
    for folder, names in (extra or {}).items():
        found.setdefault(folder, []).extend(names)
    return {folder: tuple(sorted(set(names))) for folder, names in found.items()}
