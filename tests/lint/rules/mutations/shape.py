"""Lengths, sizes, rates and what names claim of them."""

from __future__ import annotations

from typing import Any

from tests.lint.rules.mutations.suite import Mutation, Prompt, other
from tests.prompts import rife


def _pipeline(old: str, new: str) -> tuple[tuple[str, str, str], ...]:
    return (("pipeline", old, new),)


def _clip(**inputs: Any):
    return lambda prompt: other(prompt, "image_to_video", **inputs)


def _save(**inputs: Any):
    return lambda prompt: other(prompt, "save", **inputs)


def _between(id: str, class_type: str, **inputs: Any):
    """The prompt with one more node between the frames and the video."""

    def made(prompt: Prompt) -> Prompt:
        before = prompt["save.video"]["inputs"]["images"]
        given = {key: before if value is None else value for key, value in inputs.items()}
        node = {"class_type": class_type, "inputs": given}
        return other({**prompt, id: node}, "save.video", images=(id, 0))

    return made


def _smooth(prompt: Prompt) -> Prompt:
    model = {
        "class_type": "FrameInterpolationModelLoader",
        "inputs": {"model_name": "rife_v4.26.safetensors"},
    }
    return _between(
        "smooth", "FrameInterpolate", interp_model=["rife", 0], images=None, multiplier=2
    )({**prompt, "rife": model})


_BLANK = {"width": 1024, "height": 1024, "batch_size": 1, "color": 0}
_ENLARGED = "EmptyImage(width = 1024, height = 1024, batch_size = 1, color = 0)"


def _blank(prompt: Prompt, **more: int) -> Prompt:
    return {**prompt, "image": {"class_type": "EmptyImage", "inputs": {**_BLANK, **more}}}


def _second_latent(prompt: Prompt) -> Prompt:
    """The first pass works on a latent of its own, of another size."""
    empty = {"width": 640, "height": 640, "length": 81, "batch_size": 1}
    node = {"class_type": "EmptyHunyuanLatentVideo", "inputs": empty}
    return other({**prompt, "small": node}, "first.sampler", latent_image=("small", 0))


def _animated(**inputs):
    """The prompt with an animated WebP of the frames in place of the video."""
    given = {
        "images": ["second.decode", 0],
        "filename_prefix": "clip",
        "fps": 16.0,
        "lossless": False,
        "quality": 80,
        "method": "default",
        **inputs,
    }
    node = {"class_type": "SaveAnimatedWEBP", "inputs": given}
    return lambda prompt: {
        **{key: each for key, each in prompt.items() if not key.startswith("save")},
        "webp": node,
    }


MUTATIONS = [
    Mutation("80 frames", "801", _pipeline("81f", "80f"), _clip(length=80)),
    Mutation("6 frames", "801", _pipeline("81f", "6f"), _clip(length=6)),
    Mutation("a width that is cut", "802", _pipeline("832x480", "833x480"), _clip(width=833)),
    Mutation("a height that is padded", "802", _pipeline("832x480", "832x488"), _clip(height=488)),
    Mutation("161 frames", "803", _pipeline("81f", "161f"), _clip(length=161)),
    Mutation(
        "saved at twice the speed",
        "804",
        _pipeline('save("clip")', 'save("clip", fps = 32fps)'),
        lambda prompt: other(prompt, "save.video", fps=32.0),
    ),
    Mutation(
        "interpolated, and saved at the old rate",
        "804",
        _pipeline('save("clip")', 'interpolate(times = 2) -> save("clip", fps = 16fps)'),
        _smooth,
    ),
    Mutation(
        "a quality of 1",
        "522",
        _pipeline('save("clip")', 'save_webp("clip", quality = 1)'),
        _animated(quality=1),
    ),
    Mutation(
        "an animated picture that is too fast for browsers",
        "817",
        _pipeline('save("clip")', 'rife(times = 8) -> save_webp("clip")'),
        lambda prompt: {
            **_animated(images=["rife", 0], fps=128.0)(prompt),
            "rife": rife("second.decode", multiplier=8),
        },
    ),
    Mutation(
        "the default rate of CreateVideo",
        "804",
        _pipeline('save("clip")', 'save("clip", fps = 30fps)'),
        lambda prompt: other(prompt, "save.video", fps=30.0),
    ),
    Mutation(
        "the default rate of VHS",
        "804",
        _pipeline('save("clip")', 'combine("clip", fps = 8fps)'),
        lambda prompt: {
            **{key: node for key, node in prompt.items() if not key.startswith("save")},
            "combine": {
                "class_type": "VHS_VideoCombine",
                "inputs": {
                    "images": ["second.decode", 0],
                    "frame_rate": 8,
                    "loop_count": 0,
                    "filename_prefix": "clip",
                    "format": "video/h264-mp4",
                    "pingpong": False,
                    "save_output": True,
                },
            },
        },
    ),
    Mutation(
        "larger than the models were made for",
        "805",
        _pipeline("832x480", "1920x1088"),
        _clip(width=1920, height=1088),
    ),
    Mutation("a latent of another size", "806", (), _second_latent),
    Mutation(
        "a clip that is shorter than what is made of it",
        "807",
        _pipeline(
            '"portrait.png"', "EmptyImage(width = 832, height = 480, batch_size = 65, color = 0)"
        ),
        lambda prompt: _blank(prompt, width=832, height=480, batch_size=65),
    ),
    Mutation(
        "a square picture in a wide video",
        "808",
        _pipeline('"portrait.png"', _ENLARGED),
        _blank,
    ),
    Mutation(
        "a name that says 9:16",
        "809",
        _pipeline('"clip"', '"clip_9x16"'),
        _save(filename_prefix="clip_9x16"),
    ),
    Mutation(
        "a title that says 9:16",
        "809",
        (),
        lambda prompt: {**prompt, "save": {**prompt["save"], "_meta": {"title": "Save (9:16)"}}},
    ),
    Mutation(
        "an odd width for h264",
        "810",
        _pipeline('save("clip")', 'scale(by = 0.35) -> save("clip")'),
        _between("small", "ImageScaleBy", image=None, upscale_method="lanczos", scale_by=0.35),
    ),
    Mutation(
        "82 of 81 frames",
        "811",
        _pipeline('save("clip")', 'take(82f) -> save("clip")'),
        _between("take", "ImageFromBatch", image=None, batch_index=0, length=82),
    ),
    Mutation(
        "two clips in one file",
        "812",
        _pipeline("seed   = 42", "seed   = 42\n    batch  = 2"),
        _clip(batch_size=2),
    ),
    Mutation(
        "a name that says 16:9 of 832x480, as everybody does",
        "",
        _pipeline('"clip"', '"clip_16x9"'),
        _save(filename_prefix="clip_16x9"),
    ),
    Mutation(
        "a count that looks like proportions",
        "",
        _pipeline('"clip"', '"clip_3x4"'),
        _save(filename_prefix="part_3-4"),
    ),
    Mutation(
        "15 frames a second for 16, which is a note",
        "804",
        _pipeline('save("clip")', 'save("clip", fps = 15fps)'),
        lambda prompt: other(prompt, "save.video", fps=15.0),
    ),
]
