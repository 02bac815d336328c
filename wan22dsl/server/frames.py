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
    image = latent.of("IMAGE", digest_of("decoded", latent.digest))
    return Work(call.outputs(image), before_s=seconds)


def encode(call: Call, bench: Bench) -> Work:
    image = call.flow("pixels", "image") or Flow("IMAGE")
    bench.memory.work(cost.encode_bytes(image))
    frames = (max(image.frames, 1) - 1) // 4 * 4 + 1
    latent = image.of("LATENT", call.digest(), frames=frames)
    return Work(call.outputs(latent), before_s=cost.encode_s(image, bench.card))


def create_video(call: Call, bench: Bench) -> Work:
    images = call.flow("images") or Flow("IMAGE")
    return Work(call.outputs(images.of("VIDEO", call.digest(), fps=call.number("fps", 30.0))))


def video_parts(call: Call, bench: Bench) -> Work:
    video = call.flow("video") or Flow("VIDEO")
    slots = []
    for slot, output in enumerate(call.node_class.outputs):
        digest = video.digest if output.type == "IMAGE" else digest_of(call.digest(), slot)
        constant = video.fps if output.type == "FLOAT" else None
        slots.append(video.of(output.type, digest, constant=constant))
    return Work(tuple(slots))


def interpolate(call: Call, bench: Bench) -> Work:
    images = call.flow("frames", "images") or Flow("IMAGE")
    frames = (images.frames - 1) * int(call.number("multiplier", 2)) + 1
    names = [call.node_class.name, str(call.value("ckpt_name", ""))]
    source = call.flow("interp_model")
    if source is not None and source.model is not None:
        names.append(source.model.file)
    film = any("film" in name.lower() for name in names)
    seconds = cost.interpolate_s(images, bench.card, film=film)
    return Work(call.outputs(images.of("IMAGE", call.digest(), frames=frames)), before_s=seconds)


def upscale(call: Call, bench: Bench) -> Work:
    image = call.flow("image") or Flow("IMAGE")
    source = call.flow("upscale_model")
    name = source.model.file.lower() if source is not None and source.model is not None else ""
    factor = 2 if "x2" in name or "2x" in name else 4
    large = _scaled(image, factor)
    seconds = cost.upscale_s(image, bench.card)
    return Work(call.outputs(large._replace(digest=call.digest())), before_s=seconds)


def scale_by(call: Call, bench: Bench) -> Work:
    image = call.flow("image", "samples") or Flow("IMAGE")
    large = _scaled(image, call.number("scale_by", 1.0))
    return Work(call.outputs(large._replace(digest=call.digest())))


def scale(call: Call, bench: Bench) -> Work:
    image = call.flow("image", "samples") or Flow("IMAGE")
    width, height = int(call.number("width", 0)), int(call.number("height", 0))
    size = image._replace(width_px=width or image.width_px, height_px=height or image.height_px)
    return Work(call.outputs(size._replace(digest=call.digest())))


def _scaled(flow: Flow, factor: float) -> Flow:
    return flow._replace(
        width_px=int(flow.width_px * factor), height_px=int(flow.height_px * factor)
    )
