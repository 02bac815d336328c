"""The nodes that sample, and what they are given: latents, conditioning, sigmas, guiders."""

from __future__ import annotations

from wan22dsl.graph.cost import formulas as cost
from wan22dsl.server.calls import Bench, Call, NodeFault, Work
from wan22dsl.server.flow import Flow, Model, digest_of


def condition(call: Call, bench: Bench) -> Work:
    """A node that makes conditioning and an empty latent; a start image is encoded as a whole clip."""
    shape = _latent_of(call)
    _look_at_memory(shape)
    seconds = 0.0
    if call.flow("start_image", "ref_image", "control_video", "reference_image", "image"):
        bench.memory.work(cost.encode_bytes(shape))
        seconds = cost.encode_s(shape, bench.card)
    channels = 48 if call.node_class.name == "Wan22FunControlToVideo" else 36
    outputs = []
    for slot, output in enumerate(call.node_class.outputs):
        made = call.made(slot, digest_of(call.digest(), slot))
        is_conditioning = output.type == "CONDITIONING"
        outputs.append(made._replace(channels=channels) if is_conditioning else made)
    return Work(tuple(outputs), before_s=seconds)


def _latent_of(call: Call) -> Flow:
    """The latent that a node makes."""
    types = [one.type for one in call.node_class.outputs]
    return call.made(types.index("LATENT") if "LATENT" in types else 0)


def empty_latent(call: Call, bench: Bench) -> Work:
    """A node that makes nothing but a latent."""
    _look_at_memory(_latent_of(call))
    return Work(call.outputs(call.made()))


def _look_at_memory(latent: Flow) -> None:
    """Raises NodeFault for a latent that no machine has the memory for."""
    area = latent.width_px * latent.height_px // 64
    if 16 * 4 * latent.batch * cost.latent_frames(latent.frames) * area > 2**38:
        said = "DefaultCPUAllocator: can't allocate memory: you tried to allocate too much\n"
        raise NodeFault("RuntimeError", f"[enforce fail at alloc_cpu.cpp:127] err == 0. {said}")


def sample(call: Call, bench: Bench) -> Work:
    latent = call.flow("latent_image", "latent", "samples") or Flow("LATENT")
    source = call.flow("model", "model_high_noise", "guider")
    steps = _steps(call)
    still = call.value("add_noise") in ("disable", False)
    result = call.made(digest=call.digest(*(("noise_seed",) if still else ())))
    if source is None or source.model is None or steps <= 0:
        return Work(call.outputs(result), steps=max(steps, 0))
    model = source.model
    _look_at_channels(model, call.flow("positive"))
    small = latent._replace(width_px=latent.width_px // 2, height_px=latent.height_px // 2)
    is_5b = "5B" in model.file
    shape = small if is_5b else latent
    kind = "WAN22" if is_5b else "WAN21"
    loaded = bench.memory.load(model, kind, cost.activation_bytes(shape))
    calls = 1 if call.number("cfg", source.constant or 1.0) == 1.0 else 2
    calls *= 2 if call.value("sampler_name") in cost.TWO_CALLS else 1
    step_s = cost.forward_s(shape, bench.card, 5 / 14 if is_5b else 1.0)
    step_s += loaded.streamed_bytes / bench.card.streamed_bytes_per_s
    return Work(call.outputs(result), loaded.seconds, steps, step_s * calls)


def _steps(call: Call) -> int:
    sigmas = call.flow("sigmas")
    if sigmas is not None:
        return sigmas.steps or 0
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


def split_sigmas(call: Call, bench: Bench) -> Work:
    sigmas = call.flow("sigmas") or Flow("SIGMAS")
    steps, split = sigmas.steps or 0, int(call.number("step", 0))
    split = min(split, steps)
    parts = [
        sigmas.of("SIGMAS", digest_of(call.digest(), slot), steps=count)
        for slot, count in enumerate((split, steps - split))
    ]
    return Work(call.outputs(*parts))


def guide(call: Call, bench: Bench) -> Work:
    model = call.flow("model") or Flow("MODEL")
    cfg = call.number("cfg", 1.0)
    return Work(call.outputs(model.of("GUIDER", call.digest(), constant=cfg)))
