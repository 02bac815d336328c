"""The queue and the history, and what stops, frees and forgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from wan22dsl.server.state import State


async def remaining(request: web.Request, state: State) -> web.Response:
    """`GET /prompt`: how many prompts are running or waiting."""
    return web.json_response(state.queue_status())


async def queue(request: web.Request, state: State) -> web.Response:
    """`GET /queue`."""
    running = state.jobs.running
    return web.json_response(
        {
            "queue_running": [running.shown()] if running is not None else [],
            "queue_pending": [job.shown() for job in state.jobs.waiting()],
        }
    )


async def change_queue(request: web.Request, state: State) -> web.Response:
    """`POST /queue`: `{clear: true}`, `{delete: [ids]}`."""
    said = await request.json()
    if said.get("clear"):
        state.jobs.clear()
    for prompt_id in said.get("delete") or ():
        state.jobs.delete(prompt_id)
    return web.Response()


async def history(request: web.Request, state: State) -> web.Response:
    """`GET /history`, with `max_items` and `offset`."""
    entries = list(state.jobs.history.items())
    most = int(request.query.get("max_items", -1))
    offset = int(request.query.get("offset", -1))
    if offset < 0 <= most:
        offset = max(len(entries) - most, 0)
    start = max(offset, 0)
    return web.json_response(dict(entries[start : start + most if most >= 0 else None]))


async def history_of(request: web.Request, state: State) -> web.Response:
    """`GET /history/{id}`: one entry, or `{}`."""
    prompt_id = request.match_info["prompt_id"]
    entry = state.jobs.history.get(prompt_id)
    return web.json_response({} if entry is None else {prompt_id: entry})


async def change_history(request: web.Request, state: State) -> web.Response:
    """`POST /history`: `{clear: true}`, `{delete: [ids]}`."""
    said = await request.json()
    if said.get("clear"):
        state.jobs.history.clear()
    for prompt_id in said.get("delete") or ():
        state.jobs.history.pop(prompt_id, None)
    return web.Response()


async def interrupt(request: web.Request, state: State) -> web.Response:
    """`POST /interrupt`: stops what runs; with a prompt_id, only if that one runs."""
    try:
        said: Any = await request.json()
    except ValueError:
        said = {}
    running = state.jobs.running
    wanted = said.get("prompt_id") if isinstance(said, dict) else None
    if running is not None and wanted in (None, "", running.prompt_id):
        state.worker.interrupt()
        state.log.add(f"Interrupting prompt {running.prompt_id}")
    return web.Response()


async def free(request: web.Request, state: State) -> web.Response:
    """`POST /free`: after the running prompt, models leave the card, and the cache is emptied."""
    said = await request.json()
    models, cache = bool(said.get("unload_models")), bool(said.get("free_memory"))
    if models or cache:
        state.faults.freed()
        state.jobs.free(models=models or cache, cache=cache)
    return web.Response()
