"""The nodes that work on frames: the VAE, videos, interpolation, upscaling."""

from __future__ import annotations

from wan22dsl.graph.cost import formulas as cost
from wan22dsl.server.calls import Bench, Call, Work
from wan22dsl.server.flow import Flow, digest_of


def decode(call: Call, bench: Bench) -> Work:
    latent = call.flow("samples") or Flow("LATENT")
    tiled = "Tiled" in call.node_class.name
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
    image = call.flow("pixels", "image") or Flow("IMAGE")
    bench.memory.work(cost.encode_bytes(image))
    return Work(call.outputs(call.made()), before_s=cost.encode_s(image, bench.card))


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
    names = [call.node_class.name, str(call.value("ckpt_name", ""))]
    source = call.flow("interp_model")
    if source is not None and source.model is not None:
        names.append(source.model.file)
    film = any("film" in name.lower() for name in names)
    return Work(call.outputs(), before_s=cost.interpolate_s(images, bench.card, film=film))


def upscale(call: Call, bench: Bench) -> Work:
    image = call.flow("image", "images") or Flow("IMAGE")
    return Work(call.outputs(), before_s=cost.upscale_s(image, bench.card))
