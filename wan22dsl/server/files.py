"""`/upload/image` and `/view`: what goes in and what comes out."""

from __future__ import annotations

import mimetypes
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

#: An upload has a file and some short fields; more than this is none.
_MOST_FIELDS, _MOST_FIELD_BYTES = 16, 4096

#: What a browser may show. Everything else is only downloaded: a page or a script that was uploaded would run
#: as one of the server's own. SVG pictures hold scripts.
_SHOWN = ("image/", "video/", "audio/")
_NOT_SHOWN = "image/svg"


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
        if not isinstance(part, BodyPartReader) or len(fields) >= _MOST_FIELDS:
            return web.Response(status=400)
        if part.name == "image":
            if data is not None:
                return web.Response(status=400)
            name, data = part.filename or "", await _whole(part, MOST_UPLOAD_BYTES)
        elif part.name is not None:
            field = await _whole(part, _MOST_FIELD_BYTES)
            fields[part.name] = field.decode("utf-8", "replace")
    folder = fields.get("type") or "input"
    if data is None or folder not in FOLDERS:
        return web.Response(status=400)
    sub, overwrite = fields.get("subfolder", ""), fields.get("overwrite") in ("true", "1")
    stored = state.folders.upload(name, data, folder, sub, overwrite)
    if stored is None:
        return web.Response(status=400)
    return web.json_response({"name": stored, "subfolder": sub, "type": folder})


async def _whole(part: BodyPartReader, most_bytes: int) -> bytes:
    """A part of an upload. Raises HTTPRequestEntityTooLarge."""
    data = bytearray()
    while chunk := await part.read_chunk(_CHUNK_BYTES):
        data += chunk
        if len(data) > most_bytes:
            raise web.HTTPRequestEntityTooLarge(most_bytes, len(data))
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
    return File(path, _about(path.name))


def _about(name: str) -> dict[str, str]:
    """The headers of a file, by which a browser shows pictures, videos and sound, and runs nothing."""
    kind = mimetypes.guess_type(name)[0] or ""
    is_shown = kind.startswith(_SHOWN) and not kind.startswith(_NOT_SHOWN)
    plain = "".join(sign if " " <= sign <= "~" and sign not in '"\\' else "?" for sign in name)
    return {
        "Content-Disposition": f'{"" if is_shown else "attachment; "}filename="{plain}"',
        "Content-Type": kind if is_shown else "application/octet-stream",
        "X-Content-Type-Options": "nosniff",
    }
