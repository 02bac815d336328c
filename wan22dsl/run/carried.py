"""What every output file carries of the text that it was made of: `extra_pnginfo.wan`.

ComfyUI writes it into every file that a node saves. With it the text can be had back from a video alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.run.record import plain

if TYPE_CHECKING:
    from wan22dsl.run.record import Subject

#: The version of the shape.
VERSION = 1


def extra_pnginfo(subject: Subject, seed_shift: int) -> dict[str, Any]:
    """The keys that go along with a prompt. No folder of this machine is named: files get shared."""
    return {
        "wan": {
            "shape": VERSION,
            "wan22dsl": subject.version,
            "name": subject.file.replace("\\", "/").rpartition("/")[2],
            "source": subject.text,
            "uses": dict(sorted(subject.uses.items())),
            "pipeline": subject.pipeline,
            "parameters": plain(dict(subject.parameters)),
            "seed_shift": seed_shift,
        }
    }
