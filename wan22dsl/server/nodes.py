"""The simulated work of each node class: loading, sampling, and work on frames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.comfyui.catalogue.schema import MADE_UP
from wan22dsl.comfyui.filenames import read_name
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.latents_saved import latent_in
from wan22dsl.comfyui.nodes.record import Conditioning
from wan22dsl.comfyui.nodes.sampling import split_steps, written_sigmas
from wan22dsl.graph.cost import formulas as cost
from wan22dsl.graph.cost.weights import lora_bytes, size_bytes
from wan22dsl.graph.passes.sigmas import EPSILON, sigmas
from wan22dsl.server.calls import Bench, Call, NodeFault, Work, handed_on
from wan22dsl.server.flow import Flow, Model, digest_of
from wan22dsl.server.media.reading import digest_of_file
from wan22dsl.server.models import input_channels, latent_channels
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


def decode(call: Call, bench: Bench) -> Work:
    latent = call.flow("samples") or Flow("LATENT")
    tiled = record_of(call.node_class.name).work == "decode_tiled"
    if not bench.memory.work(cost.decode_bytes(latent) // (4 if tiled else 1)) and not tiled:
        tiled = True
        bench.memory.work(cost.decode_bytes(latent) // 4)
        bench.log.add(
            "Warning: Ran out of memory when regular VAE decoding, retrying with tiled VAE decoding."
        )
    seconds = cost.decode_s(latent, bench.card, tiled=tiled)
    image = call.made(digest=digest_of("decoded", latent.digest))
    return Work(call.outputs(image), before_s=seconds)


def encode(call: Call, bench: Bench) -> Work:
    image, vae = call.flow("pixels", "image") or Flow("IMAGE"), call.flow("vae")
    bench.memory.work(cost.encode_bytes(image))
    channels = latent_channels(vae.model.file) if vae is not None and vae.model is not None else 0
    latent = call.made()._replace(channels=channels)
    return Work(call.outputs(latent), before_s=cost.encode_s(image, bench.card))


def create_video(call: Call, bench: Bench) -> Work:
    return Work(call.outputs(call.made()))


def video_parts(call: Call, bench: Bench) -> Work:
    video = call.flow("video") or Flow("VIDEO")
    slots = []
    for slot, output in enumerate(call.node_class.outputs):
        digest = video.digest if output.type == "IMAGE" else digest_of(call.digest(), slot)
        slots.append(call.made(slot, digest))
    return Work(tuple(slots))


def interpolate(call: Call, bench: Bench) -> Work:
    images = call.flow("frames", "images") or Flow("IMAGE")
    how, source = record_of(call.node_class.name).interpolation, call.flow("interp_model")
    film = None if how is None else how.by_film
    if film is None:
        film = (
            source is not None and source.model is not None and "film" in source.model.file.lower()
        )
    return Work(call.outputs(), before_s=cost.interpolate_s(images, bench.card, film=film))


def upscale(call: Call, bench: Bench) -> Work:
    image = call.flow("image", "images") or Flow("IMAGE")
    return Work(call.outputs(), before_s=cost.upscale_s(image, bench.card))


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


def put_sage_on(call: Call, bench: Bench) -> Work:
    name, made = record_of(call.node_class.name).sage_input or "", list(handed_on(call))
    if made and made[0].model is not None and call.value(name, "disabled") != "disabled":
        made[0] = made[0]._replace(model=made[0].model._replace(by_sage=True))
    return Work(tuple(made))


def encode_text(call: Call, bench: Bench) -> Work:
    clip = call.flow("clip")
    seconds = cost.TEXT_ENCODE_S
    if clip is not None and clip.model is not None:
        seconds += bench.memory.load(clip.model, "WanTEModel", 0).seconds
    return Work(call.outputs(Flow("CONDITIONING", call.digest())), before_s=seconds)


def load_file(call: Call, bench: Bench) -> Work:
    """A picture, a clip or a latent from the input folder; what we wrote ourselves, we know again."""
    files = [input_ for input_ in call.node_class.inputs if input_.files in ("input", "output")]
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
    loaded = call.made(digest=digest)
    if first == "LATENT":
        loaded = loaded._replace(channels=latent_in(Path(path)).channels)
    return Work(call.outputs(loaded))


#: How a class is simulated that makes conditioning and a latent, and that nothing is known of.
_UNKNOWN = Conditioning(
    encodes=("start_image", "ref_image", "control_video", "reference_image", "image")
)


def condition(call: Call, bench: Bench) -> Work:
    """A node that makes conditioning and an empty latent; a start image is encoded as a whole clip."""
    shape = _latent_of(call)
    _look_at_memory(shape)
    seconds = 0.0
    conditioning = record_of(call.node_class.name).conditioning or _UNKNOWN
    if call.flow(*conditioning.encodes):
        bench.memory.work(cost.encode_bytes(shape))
        seconds = cost.encode_s(shape, bench.card)
    outputs = []
    channels = {"CONDITIONING": conditioning.channels, "LATENT": _channels_of(call)}
    for slot, output in enumerate(call.node_class.outputs):
        made = call.made(slot, digest_of(call.digest(), slot))
        outputs.append(made._replace(channels=channels.get(output.type, 0)))
    return Work(tuple(outputs), before_s=seconds)


def _latent_of(call: Call) -> Flow:
    """The latent that a node makes."""
    types = [output.type for output in call.node_class.outputs]
    return call.made(types.index("LATENT") if "LATENT" in types else 0)


def _channels_of(call: Call) -> int:
    """How many channels the latent that a node makes has; 0 where that is not known."""
    shape = record_of(call.node_class.name).latent
    return 0 if shape is None else shape.channels


def empty_latent(call: Call, bench: Bench) -> Work:
    """A node that makes nothing but a latent."""
    _look_at_memory(_latent_of(call))
    return Work(call.outputs(call.made()._replace(channels=_channels_of(call))))


def _look_at_memory(latent: Flow) -> None:
    """Raises NodeFault for a latent that no machine has the memory for."""
    area = latent.width_px * latent.height_px // 64
    if 16 * 4 * latent.batch * cost.latent_frames(latent.frames) * area > 2**38:
        said = "DefaultCPUAllocator: can't allocate memory: you tried to allocate too much\n"
        raise NodeFault("RuntimeError", f"[enforce fail at alloc_cpu.cpp:127] err == 0. {said}")


def sample(call: Call, bench: Bench) -> Work:
    """A pass, or two by a sampler that changes experts by itself: the second one is loaded on the way."""
    latent = call.flow("latent_image", "latent", "samples") or Flow("LATENT")
    steps = _steps(call)
    still = call.value("add_noise") in ("disable", False)
    result = call.made(digest=call.digest(*(("noise_seed",) if still else ())))
    result = result._replace(channels=latent.channels)
    runs = [run for run in _runs(call, steps) if run.steps > 0]
    if not runs:
        return Work(call.outputs(result), steps=max(steps, 0))
    loading_s = stepping_s = 0.0
    for run in runs:
        _look_at_channels(run.model, call.flow("positive"))
        small = latent._replace(width_px=latent.width_px // 2, height_px=latent.height_px // 2)
        is_5b = (read_name(run.model.file).family or "").endswith("_5b")
        shape = small if is_5b else latent
        kind = "WAN22" if is_5b else "WAN21"
        loaded = bench.memory.load(run.model, kind, cost.activation_bytes(shape))
        calls = 1 if run.cfg == 1.0 else 2
        calls *= 2 if call.value("sampler_name") in cost.TWO_CALLS else 1
        call_s = cost.forward_s(shape, bench.card, cost.SHARE_5B if is_5b else 1.0)
        call_s /= cost.SAGE_SPEEDUP if run.model.by_sage else 1.0
        call_s += loaded.streamed_bytes / bench.card.streamed_bytes_per_s
        loading_s += loaded.seconds
        stepping_s += run.steps * calls * call_s
    return Work(call.outputs(result), loading_s, steps, stepping_s / steps)


class _Run(NamedTuple):
    """Steps of a sampler with one model."""

    model: Model
    steps: int
    cfg: float


def _runs(call: Call, steps: int) -> list[_Run]:
    """The runs of a sampler, in their order; none where a model is missing."""
    high, low = call.flow("model_high_noise"), call.flow("model_low_noise")
    if high is None and low is None:
        source = call.flow("model", "guider")
        if source is None or source.model is None:
            return []
        return [_Run(source.model, steps, call.number("cfg", source.constant or 1.0))]
    before = _steps_of_high(call, steps)
    return [
        _Run(source.model, count, call.number(f"cfg_{level}_noise", 1.0))
        for level, source, count in (("high", high, before), ("low", low, steps - before))
        if source is not None and source.model is not None
    ]


def _steps_of_high(call: Call, steps: int) -> int:
    """How many of the steps are at or above the boundary; half of them where the sigmas are not known."""
    total, start = int(call.number("steps", 20)), int(call.number("start_at_step", 0))
    known = sigmas(
        str(call.value("scheduler", "")),
        total,
        call.number("sigma_shift", 8.0),
        str(call.value("sampler_name", "")),
        call.number("denoise", 1.0),
    )
    if known is None:
        return steps // 2
    boundary = call.number("boundary", 0.875)
    return sum(level >= boundary - EPSILON for level in known[start : start + steps])


def _steps(call: Call) -> int:
    schedule = call.flow("sigmas")
    if schedule is not None:
        return schedule.steps or 0
    steps = int(call.number("steps", 20))
    if call.number("denoise", 1.0) <= 0:
        return 0
    end = min(int(call.number("end_at_step", steps)), steps)
    return end - int(call.number("start_at_step", 0))


def _look_at_channels(model: Model, positive: Flow | None) -> None:
    got = positive.channels if positive is not None else 0
    if model.channels == 36 and got == 48:
        said = "expected input to have 36 channels, but got 48 channels instead\n"
        raise NodeFault(
            "RuntimeError", f"Given groups=1, weight of size [5120, 36, 1, 2, 2], {said}"
        )


def schedule(call: Call, bench: Bench) -> Work:
    steps = int(call.number("steps", 20)) if call.number("denoise", 1.0) > 0 else 0
    return Work(call.outputs(Flow("SIGMAS", call.digest(), steps=steps)))


def read_schedule(call: Call, bench: Bench) -> Work:
    steps = max(len(written_sigmas(call.value("sigmas"))) - 1, 0)
    return Work(call.outputs(Flow("SIGMAS", call.digest(), steps=steps)))


def split_schedule(call: Call, bench: Bench) -> Work:
    whole, how = call.flow("sigmas") or Flow("SIGMAS"), record_of(call.node_class.name).schedule
    at = int(call.number("step")) if how == "split" else call.number("denoise", 1.0)
    counts = split_steps(how, whole.steps or 0, at) or (0, 0)
    parts = [
        whole.of("SIGMAS", digest_of(call.digest(), slot), steps=count)
        for slot, count in enumerate(counts)
    ]
    return Work(call.outputs(*parts))


def guide(call: Call, bench: Bench) -> Work:
    model = call.flow("model") or Flow("MODEL")
    cfg = call.number("cfg", 1.0)
    return Work(call.outputs(model.of("GUIDER", call.digest(), constant=cfg)))


def work_of(call: Call, bench: Bench) -> Work:
    """What a node does. Raises NodeFault."""
    _look_at_sockets(call)
    if call.node_class.pack == MADE_UP:
        return Work(handed_on(call))
    work = record_of(call.node_class.name).work
    if work:
        return SIMULATED[work](call, bench)
    given = {output.type for output in call.node_class.outputs}
    if call.flow("latent_image", "latent", "samples") and "steps" in call.values:
        return sample(call, bench)
    if not call.flow("model") and ("MODEL" in given or "CLIP" in given or "VAE" in given):
        return load_model(call, bench)
    if {"LATENT", "CONDITIONING"} <= given:
        return condition(call, bench)
    if "LATENT" in given and {"width", "height"} <= set(call.values):
        return empty_latent(call, bench)
    return Work(handed_on(call))


_EXAMPLE_METHODS = {"VAE": "encode", "MODEL": "get_model_object", "CLIP": "tokenize"}


def _look_at_sockets(call: Call) -> None:
    """A constant where a socket is: accepted when submitted, and an exception now."""
    for name, input_ in inputs_of(call.node_class, call.values).items():
        if not input_.is_socket or name not in call.values or isinstance(call.values[name], Flow):
            continue
        value = call.values[name]
        if value is None and not input_.required:
            continue
        if isinstance(value, str) and input_.type == "VAE":
            raise NodeFault("TypeError", "encode() argument 'encoding' must be str, not Tensor\n")
        method = _EXAMPLE_METHODS.get(input_.type, "shape")
        said = f"'{type(value).__name__}' object has no attribute '{method}'\n"
        raise NodeFault("AttributeError", said)


#: How the work of a node is simulated, by its kind.
SIMULATED: dict[str, Callable[[Call, Bench], Work]] = {
    "load_file": load_file,
    "load_text_encoder": load_text_encoder,
    "load_lora": lora,
    "put_sage_on": put_sage_on,
    "encode_text": encode_text,
    "encode_pictures": condition,
    "sample": sample,
    "make_schedule": schedule,
    "read_schedule": read_schedule,
    "split_schedule": split_schedule,
    "guide": guide,
    "decode": decode,
    "decode_tiled": decode,
    "encode": encode,
    "encode_tiled": encode,
    "make_video": create_video,
    "take_apart": video_parts,
    "interpolate": interpolate,
    "upscale": upscale,
}
