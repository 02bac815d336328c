"""The settings and files of the one user of ComfyUI's page: `/users`, `/settings`, `/userdata`.

A real server keeps them in its folder `user`. This one keeps them in memory, up to a limit. They are gone
when it ends, and nothing is written to the disk.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from wan22dsl.server import user_store

if TYPE_CHECKING:
    from wan22dsl.server.state import State
    from wan22dsl.server.user_store import Stored

_MOST_NAME_SIGNS = 512

#: The styles of the user are linked by the page. Everything else is read by scripts, whatever its type.
_TYPES = {".json": "application/json", ".css": "text/css"}


async def users(request: web.Request, state: State) -> web.Response:
    """`GET /users`: there is one user, whose data is with the server."""
    return web.json_response({"storage": "server", "migrated": True})


async def settings(request: web.Request, state: State) -> web.Response:
    """`GET /settings`: those that differ from the page's defaults."""
    return web.json_response(state.user_data.settings)


async def setting(request: web.Request, state: State) -> web.Response:
    """`GET /settings/{id}`: a value, or null."""
    return web.json_response(state.user_data.settings.get(request.match_info["id"]))


async def change_settings(request: web.Request, state: State) -> web.Response:
    """`POST /settings`: some settings by name."""
    said = await _json(request)
    if not isinstance(said, dict):
        return web.Response(status=400)
    state.user_data.change_settings(said)
    return web.Response()


async def change_setting(request: web.Request, state: State) -> web.Response:
    """`POST /settings/{id}`: one value."""
    state.user_data.change_settings({request.match_info["id"]: await _json(request)})
    return web.Response()


async def listed(request: web.Request, state: State) -> web.Response:
    """`GET /userdata?dir=workflows`, with `recurse`, `full_info` and `split`: the files of a folder."""
    query = request.query
    if not query.get("dir"):
        return web.Response(status=400, text="Directory not provided")
    folder = _path(query["dir"])
    if folder is None:
        return web.Response(status=403, text="Invalid directory")
    found = state.user_data.below(folder)
    if folder and not found:
        return web.Response(status=404, text="Directory not found")
    if not _is_true(request, "recurse"):
        found = {name: stored for name, stored in found.items() if "/" not in name}
    if _is_true(request, "full_info"):
        return web.json_response([_info(name, stored) for name, stored in found.items()])
    if _is_true(request, "split"):
        return web.json_response([[name, *name.split("/")] for name in found])
    return web.json_response(list(found))


async def file(request: web.Request, state: State) -> web.Response:
    """`GET /userdata/{file}`."""
    path = _path(request.match_info["file"])
    if not path:
        return web.Response(status=403)
    stored = state.user_data.files.get(path)
    if stored is None:
        return web.Response(status=404)
    ending = path[path.rfind(".") :] if "." in path else ""
    kind = _TYPES.get(ending, "application/octet-stream")
    headers = {"X-Content-Type-Options": "nosniff", "Content-Type": kind}
    return web.Response(body=stored.data, headers=headers)


async def store(request: web.Request, state: State) -> web.Response:
    """`POST /userdata/{file}`, with `overwrite` and `full_info`: the body is the file."""
    path = _path(request.match_info["file"])
    if not path:
        return web.Response(status=403)
    if _is_kept(request, state, path):
        return web.Response(status=409, text="File already exists")
    state.user_data.store(path, await _body(request, user_store.MOST_FILE_BYTES))
    return _stored(request, state, path)


async def delete(request: web.Request, state: State) -> web.Response:
    """`DELETE /userdata/{file}`."""
    path = _path(request.match_info["file"])
    if not path:
        return web.Response(status=403)
    if state.user_data.files.pop(path, None) is None:
        return web.Response(status=404)
    return web.Response(status=204)


async def move(request: web.Request, state: State) -> web.Response:
    """`POST /userdata/{file}/move/{dest}`, with `overwrite` and `full_info`."""
    path, dest = _path(request.match_info["file"]), _path(request.match_info["dest"])
    if not path or not dest:
        return web.Response(status=403)
    files = state.user_data.files
    if path not in files:
        return web.Response(status=404)
    if _is_kept(request, state, dest):
        return web.Response(status=409, text="File already exists")
    files[dest] = files.pop(path)
    return _stored(request, state, dest)


def _stored(request: web.Request, state: State, path: str) -> web.Response:
    full = _is_true(request, "full_info")
    return web.json_response(_info(path, state.user_data.files[path]) if full else path)


def _is_kept(request: web.Request, state: State, path: str) -> bool:
    """Whether a file is already there and may not be replaced."""
    return request.query.get("overwrite") == "false" and path in state.user_data.files


def _is_true(request: web.Request, name: str) -> bool:
    return request.query.get(name, "").lower() == "true"


def _info(path: str, stored: Stored) -> dict[str, Any]:
    return {
        "path": path,
        "size": len(stored.data),
        "modified": stored.modified_ms,
        "created": stored.created_ms,
    }


def _path(text: str) -> str | None:
    """A path below the user's folder, `` for the folder itself; None for what would lead out of it."""
    if text.startswith("/") or len(text) > _MOST_NAME_SIGNS or "\\" in text or "\0" in text:
        return None
    names = [name for name in text.split("/") if name not in ("", ".")]
    return None if ".." in names else "/".join(names)


async def _json(request: web.Request) -> Any:
    """The body as JSON. Raises HTTPBadRequest, HTTPRequestEntityTooLarge."""
    try:
        return json.loads(await _body(request, user_store.MOST_SETTINGS_BYTES))
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None


async def _body(request: web.Request, most_bytes: int) -> bytes:
    """The body, up to a limit. Raises HTTPRequestEntityTooLarge."""
    data = bytearray()
    async for chunk in request.content.iter_any():
        data += chunk
        user_store.check_size(len(data), most_bytes, "body")
    return bytes(data)
