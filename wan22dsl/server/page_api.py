"""What ComfyUI's page asks for at its start and beside a run, and no other client does.

This server has no node packs on its disk, so there are no translations, templates, subgraphs or
replacements of theirs.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from aiohttp import web

from wan22dsl.server.folders import FOLDERS

if TYPE_CHECKING:
    from wan22dsl.server.state import State

#: When a model file of the simulated server was made, in seconds since 1970: 2025-07-28, the day of Wan 2.2.
_MADE_S = 1_753_660_800


async def nothing(request: web.Request, state: State) -> web.Response:
    """`/i18n`, `/workflow_templates`, `/global_subgraphs`, `/node_replacements`: what node packs bring."""
    return web.json_response({})


async def global_subgraph(request: web.Request, state: State) -> web.Response:
    """`/global_subgraphs/{id}`: null for one that is not known."""
    return web.json_response(None)


async def embeddings(request: web.Request, state: State) -> web.Response:
    """`/embeddings`: their names, without the ending."""
    names = state.settings.files.get("embeddings", ())
    return web.json_response([str(PurePosixPath(name).with_suffix("")) for name in names])


async def folder_paths(request: web.Request, state: State) -> web.Response:
    """`/internal/folder_paths`: where model files would be. The simulated ones are on no disk."""
    return web.json_response(
        {folder: [f"models/{folder}"] for folder in sorted(state.settings.files)}
    )


async def files(request: web.Request, state: State) -> web.Response:
    """`/internal/files/{type}`: the files of a folder itself, the newest first."""
    folder = request.match_info["directory_type"]
    if folder not in FOLDERS:
        return web.json_response({"error": "Invalid directory type"}, status=400)
    found = [path for path in (state.folders.place / folder).iterdir() if path.is_file()]
    found.sort(key=lambda path: -path.stat().st_mtime)
    return web.json_response([path.name for path in found])


async def subscribe(request: web.Request, state: State) -> web.Response:
    """`PATCH /internal/logs/subscribe`: whether a client is sent the lines of the log as they come."""
    said: Any = await request.json()
    state.read_log(str(said["clientId"]), enabled=bool(said["enabled"]))
    return web.Response()


async def model_folders(request: web.Request, state: State) -> web.Response:
    """`/experiment/models`: the folders of model files, with their paths."""
    return web.json_response(
        [{"name": file, "folders": [f"models/{file}"]} for file in sorted(state.settings.files)]
    )


async def model_files(request: web.Request, state: State) -> web.Response:
    """`/experiment/models/{folder}`: its files. They have no bytes."""
    folder = request.match_info["folder"]
    if folder not in state.settings.files:
        return web.Response(status=404)
    about = {"pathIndex": 0, "modified": _MADE_S, "created": _MADE_S, "size": 0}
    return web.json_response([{"name": name, **about} for name in state.settings.files[folder]])


async def view_metadata(request: web.Request, state: State) -> web.Response:
    """`/view_metadata/{folder}`: 404, as for every model file without metadata."""
    return web.Response(status=404)
