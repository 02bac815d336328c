"""`/upload/image` and `/view`: what goes in and what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, web

from wan22dsl.server.folders import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wan22dsl.server.state import State

#: The same limit as ComfyUI's own (100 MB).
MOST_UPLOAD_BYTES = 104_857_600

_CHUNK_BYTES = 256 * 1024


class File(web.FileResponse):
    """A file as an answer, which knows of which file it is."""

    def __init__(self, file: Path, headers: Mapping[str, str]) -> None:
        super().__init__(file, headers=headers)
        self.file = file


async def upload(request: web.Request, state: State) -> web.Response:
    """Stores a file. Any bytes are taken; whether they are a picture shows when a node opens them."""
    fields: dict[str, str] = {}
    name, data = "", None
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "image":
            name, data = part.filename or "", await _whole(part)
        elif part.name is not None:
            fields[part.name] = await part.text()
    folder = fields.get("type") or "input"
    if data is None or folder not in FOLDERS:
        return web.Response(status=400)
    sub, overwrite = fields.get("subfolder", ""), fields.get("overwrite") in ("true", "1")
    stored = state.folders.upload(name, data, folder, sub, overwrite)
    if stored is None:
        return web.Response(status=400)
    return web.json_response({"name": stored, "subfolder": sub, "type": folder})


async def _whole(part: BodyPartReader) -> bytes:
    """What was uploaded, as far as that is allowed. Raises HTTPRequestEntityTooLarge."""
    data = bytearray()
    while chunk := await part.read_chunk(_CHUNK_BYTES):
        data += chunk
        if len(data) > MOST_UPLOAD_BYTES:
            raise web.HTTPRequestEntityTooLarge(MOST_UPLOAD_BYTES, len(data))
    return bytes(data)


async def view(request: web.Request, state: State) -> web.StreamResponse:
    """Gives a file of one of the three folders, or a part of it."""
    name, folder = request.query.get("filename", ""), request.query.get("type", "output")
    if not name or name.startswith("/") or ".." in name or folder not in FOLDERS:
        return web.Response(status=400)
    path = state.folders.inside(folder, request.query.get("subfolder", ""), name)
    if path is None:
        return web.Response(status=403)
    if not path.is_file():
        return web.Response(status=404)
    said = f'filename="{path.name}"'.encode("ascii", "replace").decode()
    return File(path, {"Content-Disposition": said})
