"""File names in strings: pictures, videos and sounds beside the file, model files, other `.wan` files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import is_model_file, is_video
from wan22dsl.comfyui.nodes import pictures
from wan22dsl.editor.hovers import assets
from wan22dsl.editor.hovers.markdown import code, items, paragraphs
from wan22dsl.formats.description import words

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.editor.view import View
    from wan22dsl.graph.model import Facts

_PICTURES = ("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "avif")
_OTHERS = ("mp3", "wav", "flac", "ogg", "opus", "m4a", "latent", "csv", "txt", "json")


def told(view: View, name: str) -> str:
    """What a string is as the name of a file; empty where it looks like none."""
    ending = name.rpartition(".")[2].lower()
    if "\n" in name or len(name) > 400 or "." not in name:
        return ""
    if is_model_file(name):
        return paragraphs(f"**{code(name)}**: model file", items(assets.of_file(name)))
    if ending in _PICTURES or ending in _OTHERS or is_video(name):
        lines = _input(view, name)
        return paragraphs(f"**{code(name)}**", items(lines) if len(lines) > 1 else "".join(lines))
    return ""


def _input(view: View, name: str) -> list[str]:
    """Where an input file is, and what is in it."""
    own = view.source.file
    program = view.program
    if own is None or program is None:
        return []
    file = program.workspace.input_file(own.parent, name)
    if file is None:
        return ["not next to this file: taken from the input folder of the server"]
    lines = ["next to this file: `wan run` uploads it"]
    try:
        lines.append(assets.size_of(file.stat().st_size))
    except OSError:
        return lines
    return lines + _content(file)


def _content(file: Path) -> list[str]:
    if is_video(file.name):
        from wan22dsl.comfyui.nodes.media import look_into

        video = look_into(file)
        if video.problem:
            return [f"the file {video.problem}"]
        return [_facts(video.facts)] if _facts(video.facts) else []
    size = pictures.size_of(file)
    return [f"{size[0]}x{size[1]}"] if size is not None else []


def _facts(facts: Facts) -> str:
    size = "" if None in (facts.width, facts.height) else f"{facts.width}x{facts.height}"
    clip = words.clip_of_frames(facts.frames, facts.fps) if (facts.frames or 0) > 1 else ""
    return ", ".join(part for part in (size, clip) if part)
