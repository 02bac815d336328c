"""The routes of the server, who may call them, and the faults that happen to a request."""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from wan22dsl.server import about, files, front_end, jobs_api, page_api, prompts, user_data
from wan22dsl.server.state import State
from wan22dsl.server.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from wan22dsl.server.faults import Fault, Faults
    from wan22dsl.server.state import Settings

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(
    settings: Settings, faults: Faults, started: Callable[[State], None]
) -> web.Application:
    """The application. `started` gets what the server remembers, within its event loop."""

    async def life(app: web.Application) -> AsyncIterator[None]:
        state = State(settings, faults)
        app[_STATE] = state
        tasks = [asyncio.create_task(item()) for item in (Worker(state).run, state.sockets.publish)]
        started(state)
        yield
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def hang_up(app: web.Application) -> None:
        await app[_STATE].sockets.close_all()

    app = web.Application(middlewares=[_guard], client_max_size=files.MOST_UPLOAD_BYTES)
    app.cleanup_ctx.append(life)
    app.on_shutdown.append(hang_up)
    for method, path, handler in _ROUTES:
        for prefix in ("", "/api"):
            if not (prefix and path.startswith("/internal")):
                app.router.add_route(method, prefix + path, _bound(handler))
    if settings.front_end is not None:
        # Last: every path that is none of the above.
        for method in ("GET", "HEAD"):
            app.router.add_route(method, "/{path:.+}", _bound(front_end.part))
    return app


_STATE = web.AppKey("state", State)


def _bound(handler: Any) -> Handler:
    async def call(request: web.Request) -> web.StreamResponse:
        found: web.StreamResponse = await handler(request, request.app[_STATE])
        return found

    return call


async def _socket(request: web.Request, state: State) -> web.StreamResponse:
    return await state.sockets.handle(request)


_ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/", front_end.page),
    ("GET", "/ws", _socket),
    ("GET", "/prompt", prompts.remaining),
    ("POST", "/prompt", prompts.submit),
    ("GET", "/queue", prompts.queue),
    ("POST", "/queue", prompts.change_queue),
    ("GET", "/history", prompts.history),
    ("GET", "/history/{prompt_id}", prompts.history_of),
    ("POST", "/history", prompts.change_history),
    ("POST", "/interrupt", prompts.interrupt),
    ("POST", "/free", prompts.free),
    ("POST", "/upload/image", files.upload),
    ("GET", "/view", files.view),
    ("HEAD", "/view", files.view),
    ("GET", "/system_stats", about.system_stats),
    ("GET", "/object_info", about.object_info),
    ("GET", "/object_info/{node_class}", about.object_info_of),
    ("GET", "/models", about.models),
    ("GET", "/models/{folder}", about.models),
    ("GET", "/features", about.features),
    ("GET", "/internal/logs", about.logs),
    ("GET", "/internal/logs/raw", about.raw_logs),
    ("PATCH", "/internal/logs/subscribe", page_api.subscribe),
    ("GET", "/internal/folder_paths", page_api.folder_paths),
    ("GET", "/internal/files/{directory_type}", page_api.files),
    ("GET", "/jobs", jobs_api.jobs),
    ("GET", "/jobs/{job_id}", jobs_api.job),
    ("POST", "/jobs/cancel", jobs_api.cancel_all),
    ("POST", "/jobs/{job_id}/cancel", jobs_api.cancel),
    ("GET", "/users", user_data.users),
    ("GET", "/settings", user_data.settings),
    ("POST", "/settings", user_data.change_settings),
    ("GET", "/settings/{id}", user_data.setting),
    ("POST", "/settings/{id}", user_data.change_setting),
    ("GET", "/userdata", user_data.listed),
    ("GET", "/userdata/{file}", user_data.file),
    ("POST", "/userdata/{file}", user_data.store),
    ("DELETE", "/userdata/{file}", user_data.delete),
    ("POST", "/userdata/{file}/move/{dest}", user_data.move),
    ("GET", "/extensions", front_end.extensions),
    ("GET", "/embeddings", page_api.embeddings),
    ("GET", "/i18n", page_api.nothing),
    ("GET", "/workflow_templates", page_api.nothing),
    ("GET", "/global_subgraphs", page_api.nothing),
    ("GET", "/global_subgraphs/{id}", page_api.global_subgraph),
    ("GET", "/node_replacements", page_api.nothing),
    ("GET", "/experiment/models", page_api.model_folders),
    ("GET", "/experiment/models/{folder}", page_api.model_files),
    ("GET", "/view_metadata/{folder}", page_api.view_metadata),
)


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    state = request.app[_STATE]
    if state.is_down:
        return _cut(request)
    if _is_foreign(request):
        return web.Response(status=403)
    happening = {}
    path = request.path.removeprefix("/api") if request.path != "/api" else "/"
    for fault in state.faults.at_request(path):
        happening[fault.kind] = fault
    if slow := happening.get("slow"):
        await asyncio.sleep(slow.seconds)
    if fail := happening.get("fail"):
        return web.Response(status=fail.status, text="500 Internal Server Error (simulated)")
    response = await _answered(request, handler, state)
    if cut := happening.get("truncate"):
        return await _truncated(request, response, cut)
    return response


async def _answered(request: web.Request, handler: Handler, state: State) -> web.StreamResponse:
    """The handler's answer. What it did not expect is a 500 in plain text, and a line in the log."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        state.log.add(traceback.format_exc())
        text = "500 Internal Server Error\n\nServer got itself in trouble"
        return web.Response(status=500, text=text)


def _is_foreign(request: web.Request) -> bool:
    """Whether a page of another site asks.

    ComfyUI refuses what a browser calls cross-site, and an Origin that is not its own. The server is on the
    loopback, so a Host that is no name of this machine is refused too: a page whose name has been pointed
    at 127.0.0.1 (DNS rebinding) would be of the same site for the browser.
    """
    headers = request.headers
    if headers.get("Sec-Fetch-Site", "").lower() == "cross-site":
        return True
    host = headers.get("Host")
    if host is None:
        return False
    if not _is_loopback(host):
        return True
    origin = headers.get("Origin")
    return bool(origin) and urlsplit(origin).netloc.lower() != host.lower()


def _is_loopback(host: str) -> bool:
    """Whether a Host header, `localhost:8188` or `[::1]`, names this machine."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _cut(request: web.Request) -> web.Response:
    """Cuts the connection: there is no answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


async def _truncated(
    request: web.Request, response: web.StreamResponse, fault: Fault
) -> web.StreamResponse:
    """The answer, but only its beginning: cut off in the middle, or, quietly, as if that were all."""
    if isinstance(response, files.File):
        data = response.file.read_bytes()
    elif isinstance(response, web.Response) and isinstance(response.body, bytes):
        data = response.body
    else:
        return response
    part = data[: len(data) // 2 if fault.at_bytes is None else fault.at_bytes]
    cut = web.StreamResponse(
        status=response.status, headers={"Content-Type": "application/octet-stream"}
    )
    cut.content_length = len(part if fault.quietly else data)
    await cut.prepare(request)
    await cut.write(part)
    if fault.quietly:
        await cut.write_eof()
    elif (transport := request.transport) is not None:  # None once the client has hung up
        # What is written goes out first, then the connection ends before its time.
        await asyncio.sleep(0.01)
        transport.close()
    return cut
