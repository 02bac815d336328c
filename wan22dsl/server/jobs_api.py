"""`/api/jobs` of ComfyUI 0.33: the queue and the history as one list, which ComfyUI's page shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.server.state import State

_QUEUED = ("pending", "in_progress")
_STATUSES = (*_QUEUED, "completed", "failed", "cancelled")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

#: The lists of a node's outputs that can be shown; files of other lists if their `format` is video or sound.
_SHOWN = frozenset({"images", "video", "audio", "3d", "text"})

_ENDS = ("execution_success", "execution_error", "execution_interrupted")


def _jobs(state: State) -> dict[str, dict[str, Any]]:
    """All jobs by id, as the list shows them."""
    found = {prompt_id: _ended(entry) for prompt_id, entry in state.jobs.history.items()}
    running = state.jobs.running
    for job in state.jobs.waiting():
        found[job.prompt_id] = _queued(job.shown(), "pending")
    if running is not None:
        found[running.prompt_id] = _queued(running.shown(), "in_progress")
    return found


def _queued(shown: list[Any], status: str) -> dict[str, Any]:
    counts = {"outputs_count": 0, "previewable_outputs_count": 0}
    return {**_about(shown), "status": status, **counts}


def _about(shown: list[Any]) -> dict[str, Any]:
    """What a job has from its prompt. Before 0.33 no time is kept; the page needs a number."""
    number, prompt_id, _, extra, _ = shown
    about = {"id": prompt_id, "priority": number, "create_time": extra.get("create_time") or 0}
    workflow_id = _workflow_id(extra)
    return about if workflow_id is None else {**about, "workflow_id": workflow_id}


def _workflow_id(extra: Mapping[str, Any]) -> str | None:
    found: Any = extra
    for key in ("extra_pnginfo", "workflow", "id"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None


def _ended(entry: Mapping[str, Any]) -> dict[str, Any]:
    job = {**_about(entry["prompt"]), "status": "completed"}
    for kind, data in (entry["status"] or {"messages": ()})["messages"]:
        if kind == "execution_start":
            job["execution_start_time"] = data["timestamp"]
        elif kind in _ENDS:
            job["execution_end_time"] = data["timestamp"]
        if kind == "execution_error":
            job |= {"status": "failed", "execution_error": data}
        elif kind == "execution_interrupted":
            job["status"] = "cancelled"
    files = list(_files(entry["outputs"]))
    shown = [file for file in files if _is_shown(file)]
    job |= {"outputs_count": len(files), "previewable_outputs_count": len(shown)}
    if shown:
        saved = [item for item in shown if item.get("type") == "output"]
        job["preview_output"] = (saved or shown)[0]
    return job


def _files(outputs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All files of all outputs, each with its node and the list that it is in."""
    for node, lists in outputs.items():
        for kind, items in (lists or {}).items():
            if kind != "animated" and isinstance(items, list):
                for item in items:
                    if isinstance(item, dict):
                        yield {"mediaType": kind, **item, "nodeId": node}


def _is_shown(file: Mapping[str, Any]) -> bool:
    kind = str(file.get("format", ""))
    return file["mediaType"] in _SHOWN or kind.startswith(("video/", "audio/"))


async def jobs(request: web.Request, state: State) -> web.Response:
    """`GET /api/jobs`, with `status`, `workflow_id`, `sort_by`, `sort_order`, `limit` and `offset`."""
    query = request.query
    wanted = [item for item in query.get("status", "").lower().replace(" ", "").split(",") if item]
    if unknown := [item for item in wanted if item not in _STATUSES]:
        known = ", ".join(_STATUSES)
        return _refused(f"Invalid status value(s): {', '.join(unknown)}. Valid values: {known}")
    sort_by, order = query.get("sort_by", "created_at"), query.get("sort_order", "desc").lower()
    if sort_by not in ("created_at", "execution_duration") or order not in ("asc", "desc"):
        return _refused("sort_by is created_at or execution_duration, sort_order asc or desc")
    try:
        limit = int(query["limit"]) if "limit" in query else None
        offset = max(int(query.get("offset", 0)), 0)
    except ValueError:
        return _refused("limit and offset must be integers")
    if limit is not None and limit <= 0:
        return _refused("limit must be a positive integer")
    found = [
        job
        for job in _jobs(state).values()
        if (not wanted or job["status"] in wanted)
        and query.get("workflow_id") in (None, "", job.get("workflow_id"))
    ]
    found.sort(key=_took_ms if sort_by != "created_at" else _created_ms, reverse=order == "desc")
    part = found[offset : None if limit is None else offset + limit]
    pagination = {
        "offset": offset,
        "limit": limit,
        "total": len(found),
        "has_more": offset + len(part) < len(found),
    }
    return web.json_response({"jobs": part, "pagination": pagination})


def _created_ms(job: Mapping[str, Any]) -> int:
    return int(job["create_time"])


def _took_ms(job: Mapping[str, Any]) -> int:
    start, end = job.get("execution_start_time"), job.get("execution_end_time")
    return int(end - start) if start and end else 0


async def job(request: web.Request, state: State) -> web.Response:
    """`GET /api/jobs/{id}`: one job, with its prompt and its outputs."""
    job_id = request.match_info["job_id"]
    found = _jobs(state).get(job_id)
    if found is None:
        return web.json_response({"error": "Job not found"}, status=404)
    entry = state.jobs.history.get(job_id)
    if entry is not None and found["status"] not in _QUEUED:
        shown = entry["prompt"]
        found |= {"outputs": entry["outputs"], "execution_status": entry["status"]}
    else:
        waiting = [*state.jobs.waiting(), *filter(None, [state.jobs.running])]
        shown = next(job.shown() for job in waiting if job.prompt_id == job_id)
    found["workflow"] = {"prompt": shown[2], "extra_data": shown[3]}
    return web.json_response(found)


async def cancel(request: web.Request, state: State) -> web.Response:
    """`POST /api/jobs/{id}/cancel`: what waits is deleted, what runs is stopped."""
    return web.json_response({"cancelled": _cancelled(state, request.match_info["job_id"])})


async def cancel_all(request: web.Request, state: State) -> web.Response:
    """`POST /api/jobs/cancel`: the same for a list, `{job_ids: [...]}`."""
    try:
        said: Any = await request.json()
    except ValueError:
        return _refused("Request body must be valid JSON")
    job_ids = said.get("job_ids") if isinstance(said, dict) else None
    if not isinstance(job_ids, list):
        return _refused("job_ids must be a list")
    invalid = [id_ for id_ in job_ids if not (isinstance(id_, str) and _UUID.fullmatch(id_))]
    if invalid:
        answer = {"error": "job_ids contains invalid id(s)", "invalid_ids": list(map(str, invalid))}
        return web.json_response(answer, status=400)
    cancelled = [_cancelled(state, job_id) for job_id in job_ids]
    return web.json_response({"cancelled": any(cancelled)})


def _cancelled(state: State, job_id: str) -> bool:
    """Whether a job was there to be cancelled; one that has ended, or is not known, is left as it is."""
    running = state.jobs.running
    if running is not None and running.prompt_id == job_id:
        state.execution.interrupt()
        return True
    is_waiting = any(job.prompt_id == job_id for job in state.jobs.waiting())
    state.jobs.delete(job_id)
    return is_waiting


def _refused(text: str) -> web.Response:
    return web.json_response({"error": text}, status=400)
