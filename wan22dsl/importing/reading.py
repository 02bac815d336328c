"""What a file carries: JSON of ComfyUI's as it stands, or in an output file, with the `.wan` text perhaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.formats import embedded
from wan22dsl.formats.kind import is_json
from wan22dsl.importing.loosely import value_of
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path


class Carried(NamedTuple):
    """What was found: the JSON to read, and what the file says of the text that it was made of."""

    source: Source
    wan: dict[str, Any] | None = None


def carried(data: bytes, shown: str, file: Path | None) -> Carried:
    """What the bytes of a file carry.

    Raises UnreadableFile when they are neither JSON nor an output file that can be read, and CommandError
    when there is no graph in them.
    """
    if not embedded.is_one(data[:16]):
        source = _text(data, shown, file)
        return Carried(source, _beside(source.text))
    found = _from_output(data, shown, file)
    text = found.prompt or found.workflow
    if text is None:
        raise CommandError(
            f"{shown}: the file carries no workflow. ComfyUI writes one into what its save nodes make, "
            "unless it is started with --disable-metadata; what a website or a messenger has "
            "converted has lost it."
        )
    return Carried(Source(text, shown), found.wan or _beside(found.workflow or ""))


def _beside(text: str) -> dict[str, Any] | None:
    """What JSON says of the `.wan` text: under `extra.wan` of a workflow, or beside a prompt that is sent."""
    if '"wan"' not in text:
        return None
    value = value_of(text)
    for path in (("extra", "wan"), ("extra_data", "extra_pnginfo", "wan")):
        found = value
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, dict):
            return found
    return None


def _text(data: bytes, shown: str, file: Path | None) -> Source:
    source = Source.decode(data, shown, file)
    if is_json(source):
        return source
    if not source.text.strip():
        raise UnreadableFile(shown, "is empty")
    raise CommandError(
        f"{shown}: this is no JSON of ComfyUI's. `wan import` reads prompt JSON, workflow JSON, and the "
        "PNG, WebP, MP4, WebM and latent files that ComfyUI writes."
    )


def _from_output(data: bytes, shown: str, file: Path | None) -> embedded.Embedded:
    if file is not None:
        return embedded.read(file)
    import tempfile
    from pathlib import Path as _Path

    with tempfile.TemporaryDirectory() as folder:
        copy = _Path(folder, "standard-input")
        copy.write_bytes(data)
        try:
            return embedded.read(copy)
        except UnreadableFile as error:
            raise UnreadableFile(shown, error.reason) from error
