"""`/api/jobs` of ComfyUI 0.33: the queue and the history once more, as one list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from wan22dsl.server.state import State


def _jobs(state: State) -> dict[str, dict[str, Any]]:
    found = {
        prompt_id: {"id": prompt_id, "status": _ended(entry), "outputs": entry["outputs"]}
        for prompt_id, entry in state.jobs.history.items()
    }
    for job in state.jobs.waiting():
        found[job.prompt_id] = {"id": job.prompt_id, "status": "pending"}
    if state.jobs.running is not None:
        found[state.jobs.running.prompt_id] = {
            "id": state.jobs.running.prompt_id,
            "status": "in_progress",
        }
    return found


def _ended(entry: dict[str, Any]) -> str:
    status = entry["status"] or {"messages": [], "completed": True}
    if any(kind == "execution_interrupted" for kind, _ in status["messages"]):
        return "cancelled"
    return "completed" if status["completed"] else "failed"


async def jobs(request: web.Request, state: State) -> web.Response:
    """`GET /api/jobs`."""
    wanted = request.query.get("status", "")
    listed = [
        one for one in _jobs(state).values() if not wanted or one["status"] in wanted.split(",")
    ]
    return web.json_response({"jobs": listed, "pagination": {"total": len(listed)}})


async def job(request: web.Request, state: State) -> web.Response:
    """`GET /api/jobs/{id}`."""
    found = _jobs(state).get(request.match_info["job_id"])
    if found is None:
        return web.json_response({"error": "Job not found"}, status=404)
    return web.json_response(found)


async def cancel(request: web.Request, state: State) -> web.Response:
    """`POST /api/jobs/{id}/cancel`: what waits is deleted, what runs is stopped."""
    job_id = request.match_info["job_id"]
    if job_id not in _jobs(state):
        return web.json_response({"error": "Job not found"}, status=404)
    running = state.jobs.running
    if running is not None and running.prompt_id == job_id:
        state.worker.interrupt()
    state.jobs.delete(job_id)
    return web.json_response({"cancelled": True})
