"""What the server tells of itself: its machine, its node classes, its log."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from aiohttp import web

from wan22dsl.server.sockets import FEATURES
from wan22dsl.server.state import RAM_BYTES

if TYPE_CHECKING:
    from wan22dsl.server.state import State


async def system_stats(request: web.Request, state: State) -> web.Response:
    """`/system_stats`. `simulated` is in no answer of a real ComfyUI."""
    settings, memory = state.settings, state.memory
    loaded = memory.loaded_bytes
    return web.json_response(
        {
            "system": {
                "os": sys.platform,
                "ram_total": RAM_BYTES,
                "ram_free": RAM_BYTES // 2,
                "comfyui_version": state.dialect.version,
                "required_frontend_version": None,
                "python_version": sys.version,
                "pytorch_version": "simulated",
                "embedded_python": False,
                "argv": ["wan", "serve", "--simulate"],
                "simulated": {
                    "card": settings.card.name,
                    "speed": _number(settings.speed),
                    "tells_time": True,
                },
            },
            "devices": [
                {
                    "name": f"cuda:0 NVIDIA {settings.card.name} (simulated)",
                    "type": "cuda",
                    "index": 0,
                    "vram_total": settings.card.vram_bytes,
                    "vram_free": memory.free_bytes,
                    "torch_vram_total": loaded + memory.working_bytes,
                    "torch_vram_free": 0,
                }
            ],
        }
    )


def _number(value: float) -> float | None:
    """A number that JSON can hold."""
    return None if value == float("inf") else value


async def object_info(request: web.Request, state: State) -> web.Response:
    """`/object_info`: all classes of the target."""
    catalogue = state.settings.catalogue
    found: dict[str, Any] = {}
    for name in catalogue.names():
        node_class = catalogue.get(name)
        if node_class is not None:
            found[name] = state.describer.info(_with_uploads(node_class, state))
    return web.json_response(found)


async def object_info_of(request: web.Request, state: State) -> web.Response:
    """`/object_info/{class}`: one class, or `{}`."""
    name = request.match_info["node_class"]
    node_class = state.settings.catalogue.get(name)
    if node_class is None:
        return web.json_response({})
    return web.json_response({name: state.describer.info(_with_uploads(node_class, state))})


def _with_uploads(node_class: Any, state: State) -> Any:
    """The class, with the files that are in the input and output folders now."""
    if not any(input_.files in ("input", "output") for input_ in node_class.inputs):
        return node_class
    inputs = []
    for input_ in node_class.inputs:
        if input_.files in ("input", "output"):
            names = (path.name for path in (state.folders.place / input_.files).iterdir())
            input_ = input_._replace(options=tuple(sorted(names)))
        inputs.append(input_)
    return node_class._replace(inputs=tuple(inputs))


async def features(request: web.Request, state: State) -> web.Response:
    """`/features`: what the server can do beyond the oldest protocol."""
    return web.json_response(FEATURES)


async def logs(request: web.Request, state: State) -> web.Response:
    """`/internal/logs`: the log as one text."""
    text = "".join(f"{entry['t']} - {entry['m']}" for entry in state.log.entries)
    return web.json_response(text)


async def raw_logs(request: web.Request, state: State) -> web.Response:
    """`/internal/logs/raw`: the log line by line, with the time of each."""
    return web.json_response({"entries": state.log.entries, "size": {"cols": 80, "rows": 24}})


async def models(request: web.Request, state: State) -> web.Response:
    """`/models`: the folders of model files; `/models/{folder}`: what is in one."""
    folder = request.match_info.get("folder")
    if folder is None:
        return web.json_response(sorted(state.settings.files))
    if folder not in state.settings.files:
        return web.Response(status=404)
    return web.json_response(list(state.settings.files[folder]))
