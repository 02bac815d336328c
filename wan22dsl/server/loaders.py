"""The nodes that load: models, LoRAs and text encoders from the disk, pictures from the input folder."""

from __future__ import annotations

from pathlib import Path

from wan22dsl.graph.cost import formulas as cost
from wan22dsl.graph.cost.weights import lora_bytes, size_bytes
from wan22dsl.server.calls import Bench, Call, NodeFault, Work, handed_on
from wan22dsl.server.flow import Flow, Model, digest_of
from wan22dsl.server.media.reading import digest_of_file
from wan22dsl.server.models import input_channels


def load_model(call: Call, bench: Bench) -> Work:
    files = [value for value in call.values.values() if isinstance(value, str) and "." in value]
    models = [Model(file, size_bytes(file), input_channels(file)) for file in files]
    seconds = sum(bench.memory.read(model) for model in models)
    outputs = []
    for slot, output in enumerate(call.node_class.outputs):
        model = models[min(slot, len(models) - 1)] if models else None
        outputs.append(Flow(output.type, digest_of(call.digest(), slot), model=model))
    return Work(tuple(outputs), before_s=seconds)


def load_text_encoder(call: Call, bench: Bench) -> Work:
    """As measured for umt5: read as another type, its weights do not fit."""
    if "umt5" in str(call.value("clip_name", "")) and call.value("type") != "wan":
        raise NodeFault("RuntimeError", "Error(s) in loading state_dict for T5: size mismatch\n")
    return load_model(call, bench)


def lora(call: Call, bench: Bench) -> Work:
    source, strength = call.flow("model"), call.number("strength_model", 1.0)
    file = str(call.value("lora_name", ""))
    outputs = list(handed_on(call))
    seconds = 0.0
    if source is not None and source.model is not None and strength:
        seconds = bench.memory.read(Model(file, lora_bytes(file)))
        patched = source.model._replace(
            loras=(*source.model.loras, f"{file}*{strength:g}"),
            lora_bytes=source.model.lora_bytes + lora_bytes(file),
        )
        outputs[0] = outputs[0]._replace(model=patched)
    return Work(tuple(outputs), before_s=seconds)


def encode_text(call: Call, bench: Bench) -> Work:
    clip = call.flow("clip")
    seconds = cost.TEXT_ENCODE_S
    if clip is not None and clip.model is not None:
        seconds += bench.memory.load(clip.model, "WanTEModel", 0).seconds
    return Work(call.outputs(Flow("CONDITIONING", call.digest())), before_s=seconds)


def load_file(call: Call, bench: Bench) -> Work:
    """A picture, a clip or a latent from the input folder; what we wrote ourselves, we know again."""
    files = [one for one in call.node_class.inputs if one.files in ("input", "output")]
    if not files:  # a path on the server's disk: nobody looks there
        return Work(handed_on(call))
    name = str(call.value(files[0].name, ""))
    path = bench.folders.find(name, files[0].files or "input")
    if path is None or not Path(path).is_file():
        said = f"[Errno 2] No such file or directory: 'input/{name}'\n"
        raise NodeFault("FileNotFoundError", said)
    first = call.node_class.outputs[0].type if call.node_class.outputs else "IMAGE"
    found = digest_of_file(Path(path), first)
    if found is None:
        raise NodeFault(
            "PIL.UnidentifiedImageError", f"cannot identify image file 'input/{name}'\n"
        )
    settings = {key: value for key, value in call.values.items() if key != files[0].name}
    digest = digest_of(found, settings) if settings else found
    return Work(call.outputs(call.made(digest=digest)))
