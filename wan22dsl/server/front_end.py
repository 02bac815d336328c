"""ComfyUI's own page: the files of an installed `comfyui-frontend-package`, served as ComfyUI serves them.

The page is a package of its own, and no part of this project. Without it, `/` says how to get it.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from wan22dsl.server.files import File
from wan22dsl.server.folders import is_safe

if TYPE_CHECKING:
    from wan22dsl.server.state import State

_PACKAGE = "comfyui_frontend_package"

_WITHOUT = """<!doctype html><meta charset="utf-8"><title>wan22dsl: simulated ComfyUI</title>
<h1>A simulated ComfyUI</h1>
<p>This server uses ComfyUI's protocol but computes nothing. Its outputs are marked SIMULATED.</p>
<p>To show ComfyUI's page here, run <code>pip install comfyui-frontend-package</code> where <code>wan</code>
is installed, and start <code>wan serve</code> again.</p>
"""

#: The page may talk to this server only: not to comfy.org for news of releases, and not to the host of a
#: picture in the note of a workflow from the web. It needs styles and functions that it writes itself.
_POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; "
    "connect-src 'self' data: blob: ws://{host}; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'; object-src 'none'"
)

#: Content types by ending. The tables of the system differ: on Windows, `.js` can be `text/plain` there, and
#: then no browser runs the page.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}


def installed() -> Path | None:
    """The folder of the installed page, or None. The package is found, but not imported."""
    spec = find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations if spec is not None else None) or ():
        if is_page(folder := Path(place) / "static"):
            return folder
    return None


def is_page(folder: Path) -> bool:
    """Whether a folder has a page to serve."""
    return (folder / "index.html").is_file()


async def page(request: web.Request, state: State) -> web.StreamResponse:
    """`/`: ComfyUI's page, or how to get it."""
    if state.settings.front_end is None:
        return web.Response(text=_WITHOUT, content_type="text/html")
    return _file(request, state.settings.front_end, "index.html")


async def part(request: web.Request, state: State) -> web.StreamResponse:
    """Any other path: a file of the page, or 404."""
    if state.settings.front_end is None:
        return web.Response(status=404)
    return _file(request, state.settings.front_end, request.match_info["path"])


async def extensions(request: web.Request, state: State) -> web.Response:
    """`/extensions`: the scripts that the page loads beside its own."""
    root = state.settings.front_end
    found = [] if root is None else sorted((root / "extensions").rglob("*.js"))
    return web.json_response([f"/{path.relative_to(root).as_posix()}" for path in found if root])


def _file(request: web.Request, root: Path, path: str) -> web.StreamResponse:
    """A file below a folder. What leads out of the folder, also through a link, is not found.

    A browser asks again each time whether the file is still the same: a real ComfyUI, with another version
    of the page, can have the same address later.
    """
    root = root.resolve()
    if "\\" in path or not is_safe(path):
        return web.Response(status=404)
    try:
        found = root.joinpath(path).resolve()
        is_inside = root in found.parents and found.is_file()
    except (ValueError, OSError):
        is_inside = False
    if not is_inside:
        return web.Response(status=404)
    kind = _TYPES.get(found.suffix.lower(), "application/octet-stream")
    headers = {
        "Content-Security-Policy": _POLICY.format(host=request.host),
        "Content-Type": kind,
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return File(found, headers)
