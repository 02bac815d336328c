"""How a simulated server is compared with recordings of a real one."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

#: The LoRA files of the server on which the cases were recorded, beside the official ones.
MODELS = {
    "loras": ["zz_nomatch_lora.safetensors", "zz_wrongshape_lora.safetensors"],
    "diffusion_models": [],
}


class Post(NamedTuple):
    """A prompt as it was sent in a recording, and what was in the cache before."""

    body: dict[str, Any]
    status: int
    cached: list[str] | None


def token(message: Any) -> str | None:
    """A message as far as it must be the same: no ids of prompts, no times, no numbers of files."""
    if isinstance(message, bytes) or message.get("kind") == "binary":
        return "preview"
    if "type" not in message:
        return None
    kind, data = message["type"], message["data"]
    if kind == "progress_state":
        name, state = list(data["nodes"].items())[-1]
        return f"{kind} {name} {state['state']} {state['value']:g}/{state['max']:g}"
    if kind == "progress":
        return f"{kind} {data['node']} {data['value']}/{data['max']}"
    if kind == "executing":
        return f"{kind} {data['node']} {'prompt_id' in data}"
    if kind == "executed":
        output = re.sub(r'"filename": "[^"]*\.', '"filename": "#.', json.dumps(data["output"]))
        return f"{kind} {data['node']} {output if 'text' not in output else 'text'}"
    if kind == "execution_cached":
        return f"{kind} {' '.join(data['nodes'])}"
    if kind == "status":
        return f"{kind} {data['status']['exec_info']['queue_remaining']}{' sid' * ('sid' in data)}"
    if kind in ("execution_error", "execution_interrupted"):
        return f"{kind} {data['node_id']} {data['node_type']} {data.get('exception_type')}"
    return str(kind)


def with_other_work(prompt: dict[str, Any], cached: list[str]) -> dict[str, Any]:
    """The same prompt but for what was not in the cache: run before, it leaves that cache behind."""
    found = {}
    for name, node in prompt.items():
        other = {"wan_other": 1, **({"steps": 1} if "steps" in node["inputs"] else {})}
        found[name] = node if name in cached else {**node, "inputs": {**node["inputs"], **other}}
    return found
