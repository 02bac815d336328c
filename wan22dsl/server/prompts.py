"""`POST /prompt`, the queue and the history, and the requests that stop, free and clear."""

from __future__ import annotations

import re
from time import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from aiohttp import web

from wan22dsl.server.faults import Node
from wan22dsl.server.validate import Verdict, judge, problem

if TYPE_CHECKING:
    from wan22dsl.server.state import State


#: What `busy with N prompts` puts into the queue takes this long each, in seconds of the card.
_OTHERS_S = 60.0

#: The page sends the keys of an account at comfy.org. ComfyUI shows them nowhere, and nothing here uses them.
_SECRETS = ("auth_token_comfy_org", "api_key_comfy_org")

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def submit(request: web.Request, state: State) -> web.StreamResponse:
    """Takes a prompt, or refuses it. What is no JSON at all ends in a 500, as on the real server."""
    said = await request.json()
    jobs = state.jobs
    if isinstance(said, dict) and "number" in said:
        number = float(said["number"])
    else:
        number = -jobs.number if isinstance(said, dict) and said.get("front") else jobs.number
        jobs.number += 1
    if "prompt" not in said:
        text = "No prompt provided"
        return _refused(Verdict(problem("no_prompt", text, text), (), {}))
    prompt, prompt_id = said["prompt"], str(said.get("prompt_id") or uuid4())
    if state.dialect.wants_uuid and not _UUID.fullmatch(prompt_id):
        text = "prompt_id must be a lowercase UUID with hyphens"
        return _refused(Verdict(problem("invalid_prompt_id", text, prompt_id), (), {}))
    verdict = judge(prompt, state.rules(), said.get("partial_execution_targets"))
    verdict = _with_faults(prompt, verdict, state)
    if verdict.error is not None:
        state.log.add(f"invalid prompt: {verdict.error}")
        return _refused(verdict)
    extra = dict(said.get("extra_data") or {})
    for key in _SECRETS:
        extra.pop(key, None)
    if "client_id" in said:
        extra["client_id"] = said["client_id"]
    if not state.dialect.is_old:
        extra["create_time"] = int(time() * 1000)
    answer = {"prompt_id": prompt_id, "number": number, "node_errors": verdict.node_errors}
    response = web.json_response(answer)
    try:
        # The answer is on its way before the first message about this prompt can be.
        await response.prepare(request)
        await response.write_eof()
    finally:
        for _ in range(state.faults.others_waiting()):
            jobs.put(number, str(uuid4()), {}, {}, (), _OTHERS_S)
        jobs.put(number, prompt_id, prompt, extra, verdict.outputs)
    return response


def _refused(verdict: Verdict) -> web.Response:
    answer = {"error": verdict.error, "node_errors": verdict.node_errors}
    return web.json_response(answer, status=400)


def _with_faults(prompt: dict[str, Any], verdict: Verdict, state: State) -> Verdict:
    """Takes the outputs away that were asked to be refused."""
    kept, node_errors = [], dict(verdict.node_errors)
    for output in verdict.outputs:
        class_type = prompt[output]["class_type"]
        title = (prompt[output].get("_meta") or {}).get("title", "")
        if not state.faults.rejects(Node(output, class_type, title, 0)):
            kept.append(output)
            continue
        text = "Required input is missing"
        error = problem("required_input_missing", text, "an injected fault", input_name="")
        entry = {"errors": [error], "dependent_outputs": [output], "class_type": class_type}
        node_errors[output] = entry
    if verdict.error is None and not kept:
        error = problem("prompt_outputs_failed_validation", "Prompt outputs failed validation")
        return Verdict(error, (), node_errors)
    return verdict._replace(outputs=tuple(kept), node_errors=node_errors)


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
        state.execution.interrupt()
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
