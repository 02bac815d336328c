"""Pictures of a simulated clip, still and moving, written by Pillow as ComfyUI's savers write them.

ComfyUI: nodes.py, SaveImage; comfy_extras/nodes_images.py, SaveAnimatedWEBP and SaveAnimatedPNG.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from wan22dsl.server.media.drawing import LETTERS, Drawing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.server.media.drawing import Clip

#: As ComfyUI has it.
_PNG_LEVEL = 4

_EXIF_MODEL, _EXIF_MAKE = 0x0110, 0x010F


def png(clip: Clip, number: int, texts: Mapping[str, str]) -> bytes:
    """One frame as a PNG, each text in a chunk."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    data = io.BytesIO()
    image = _coloured(clip, Drawing(clip).frame(number))
    image.save(data, "PNG", pnginfo=info, compress_level=_PNG_LEVEL)
    return data.getvalue()


def animated_png(clip: Clip, texts: Mapping[str, str]) -> bytes:
    """All frames as an animated PNG; its texts are in chunks of ComfyUI's own kind, `comf`."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for name, text in texts.items():
        info.add(b"comf", f"{name}\0{text}".encode(), after_idat=True)
    options = {"pnginfo": info, "compress_level": _PNG_LEVEL, "duration": int(_frame_ms(clip))}
    return _moving(clip, "PNG", options)


def webp(clip: Clip, texts: Mapping[str, str]) -> bytes:
    """All frames as a WebP; `prompt` is in the tag of the camera's model, other texts are in those below."""
    from PIL import Image

    exif = Image.Exif()
    tag = _EXIF_MAKE
    for name, text in texts.items():
        # Pillow takes bytes as they are; a string it would write as ASCII.
        entry = f"{name}:{text}".encode()
        if name == "prompt":
            exif[_EXIF_MODEL] = entry
        else:
            exif[tag] = entry
            tag -= 1
    # Whole frames are needed only for jumping within a clip: leaving them out halves the time.
    options = {"lossless": True, "method": 0, "kmin": 9, "kmax": clip.frames + 9, "exif": exif}
    return _moving(clip, "WEBP", {**options, "duration": int(_frame_ms(clip))})


def gif(clip: Clip) -> bytes:
    """All frames as a GIF that plays for ever."""
    return _moving(clip, "GIF", {"duration": round(_frame_ms(clip)), "loop": 0, "optimize": False})


def _moving(clip: Clip, form: str, options: Mapping[str, Any]) -> bytes:
    data = io.BytesIO()
    frames = _Frames(clip)
    first = frames.coloured(0)
    first.save(data, form, save_all=True, append_images=frames, **options)
    return data.getvalue()


class _Frames:
    """The frames behind the first one. Pillow goes through them twice, and need not have all at once."""

    def __init__(self, clip: Clip) -> None:
        self._clip, self._drawing = clip, Drawing(clip)

    def __iter__(self) -> Any:
        return map(self.coloured, range(1, self._clip.frames))

    def coloured(self, number: int) -> Any:
        return _coloured(self._clip, self._drawing.frame(number))


def _coloured(clip: Clip, image: Any) -> Any:
    """A drawing with shades between the colour of the ground and that of the letters."""
    image.putpalette(
        [
            round(ground + (letter - ground) * shade / 255)
            for shade in range(256)
            for ground, letter in zip(clip.colour, LETTERS, strict=True)
        ]
    )
    return image


def _frame_ms(clip: Clip) -> float:
    return 1000 / clip.fps
