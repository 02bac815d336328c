"""Each pass as a prompt of its own: the latent is saved behind every sampler and loaded by the next prompt.

In between the server throws models and results away, so that no two experts, nor an expert and the VAE's
decode, are needed at once. The latent is handed on, not the frames, also where the next pass takes frames:
a latent is saved as it is, frames in files have 8 bits. So the frames are those of a whole run.

`LoadLatent` reads from the server's output folder too (`name [output]`), so no latent travels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of, written
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.graph.model import Graph
    from wan22dsl.graph.passes.plan import Plan

SAVE, LOAD = written.LATENT_SAVER, written.LATENT_LOADER

#: Where the latents are in the server's output folder.
FOLDER = "wan22dsl"


class Piece(NamedTuple):
    """A prompt of a staged run. `takes` and `gives` tell the latents: node of the file → cut link.

    A cut link is `(sampler, slot)`; the `LoadLatent` nodes in `takes` lack their `latent` until the piece
    before has given it.
    """

    name: str
    prompt: dict[str, Any]
    takes: Mapping[str, tuple[str, int]]
    gives: Mapping[str, tuple[str, int]]


def why_not(graph: Graph, plan: Plan) -> str | None:
    """Why a graph cannot be staged; None where it can."""
    if not plan.passes:
        return "it has no pass"
    classes = [node.class_name for node in graph.nodes.values()]
    masked = sorted(class_name for class_name in classes if record_of(class_name).adds_mask)
    if masked and len(plan.passes) > 1:
        return f"the latent of {masked[0]} has a mask, which latent files do not store"
    return None


def split(prompt: Mapping[str, Any], plan: Plan, run: str) -> list[Piece]:
    """The pieces, in the order in which they run. `run` makes the names of the latents unmistakable."""
    samplers = [pass_plan.node for pass_plan in plan.passes]
    cuts = _cuts(prompt, samplers)
    pieces = []
    for index, sampler in enumerate(samplers):
        done = set(samplers[:index])
        mine = [cut for cut in cuts if cut[0] == sampler]
        if mine:
            pieces.append(_piece(plan.passes[index].name, prompt, [sampler], done, mine, run))
    ends = _ends(prompt)
    pieces.append(_piece("rest", prompt, ends, set(samplers), [], run))
    return pieces


def is_latent_of(run: str, subfolder: str, filename: str) -> bool:
    """Whether a file on the server is a latent that a staged run has handed from a prompt to the next."""
    return subfolder == FOLDER and filename.startswith(f"{run}-") and filename.endswith(".latent")


def with_latents(piece: Piece, files: Mapping[tuple[str, int], str]) -> dict[str, Any]:
    """The prompt of a piece, reading these files of the server's output folder."""
    prompt = dict(piece.prompt)
    for node, cut in piece.takes.items():
        prompt[node] = {**prompt[node], "inputs": {"latent": f"{files[cut]} [output]"}}
    return prompt


def _piece(
    name: str,
    prompt: Mapping[str, Any],
    goals: list[str],
    done: set[str],
    gives: list[tuple[str, int]],
    run: str,
) -> Piece:
    needed, takes = _needed(prompt, goals, done)
    found: dict[str, Any] = {
        _loader(cut): {
            "class_type": LOAD,
            "inputs": {},
            "_meta": {"title": f"the latent of {cut[0]}"},
        }
        for cut in sorted(takes)
    }
    for id in prompt:
        if id in needed:
            node = prompt[id]
            inputs = {key: _relink(value, done) for key, value in node["inputs"].items()}
            found[id] = {**node, "inputs": inputs}
    for cut in gives:
        found[_saver(cut)] = {
            "class_type": SAVE,
            "inputs": {"samples": list(cut), "filename_prefix": f"{FOLDER}/{run}-{name}"},
            "_meta": {"title": f"save the latent of {cut[0]}"},
        }
    return Piece(
        name,
        found,
        {_loader(cut): cut for cut in sorted(takes)},
        {_saver(cut): cut for cut in gives},
    )


def _needed(
    prompt: Mapping[str, Any], goals: list[str], done: set[str]
) -> tuple[set[str], set[tuple[str, int]]]:
    """The nodes that the goals need, and the cut links that they take."""
    nodes, cuts, waiting = set(), set(), list(goals)
    while waiting:
        id = waiting.pop()
        if id in nodes or id in done:
            continue
        nodes.add(id)
        for value in prompt[id]["inputs"].values():
            if is_link(value, prompt):
                if value[0] in done:
                    cuts.add((value[0], value[1]))
                else:
                    waiting.append(value[0])
    return nodes, cuts


def _relink(value: Any, done: set[str]) -> Any:
    if isinstance(value, list) and len(value) == 2 and value[0] in done:
        return [_loader((value[0], value[1])), 0]
    return value


def _cuts(prompt: Mapping[str, Any], samplers: list[str]) -> list[tuple[str, int]]:
    """The outputs of samplers that somebody takes."""
    found = {
        (value[0], value[1])
        for node in prompt.values()
        for value in node["inputs"].values()
        if is_link(value, prompt) and value[0] in samplers
    }
    return sorted(found)


def _ends(prompt: Mapping[str, Any]) -> list[str]:
    """The nodes whose outputs nobody takes; an output node in the middle hangs on one of them or is one."""
    taken = {
        value[0]
        for node in prompt.values()
        for value in node["inputs"].values()
        if is_link(value, prompt)
    }
    return [id for id in prompt if id not in taken]


def is_link(value: Any, prompt: Mapping[str, Any]) -> bool:
    """Whether an input of a prompt is a link: `[id, slot]`. Other lists are wrapped."""
    return isinstance(value, list) and len(value) == 2 and value[0] in prompt


def _loader(cut: tuple[str, int]) -> str:
    return f"{cut[0]}.loaded" + (f".{cut[1]}" if cut[1] else "")


def _saver(cut: tuple[str, int]) -> str:
    return f"{cut[0]}.saved" + (f".{cut[1]}" if cut[1] else "")


def tiled(prompt: Mapping[str, Any]) -> dict[str, Any]:
    """The prompt with every VAEDecode replaced by the tiled one, with ComfyUI's own defaults."""
    found = dict(prompt)
    for id, node in prompt.items():
        if node["class_type"] == written.DECODER:
            sizes = {"tile_size": 512, "overlap": 64, "temporal_size": 64, "temporal_overlap": 8}
            inputs = {**node["inputs"], **sizes}
            found[id] = {**node, "class_type": written.TILED_DECODER, "inputs": inputs}
    return found


def can_tile(prompt: Mapping[str, Any]) -> bool:
    """Whether there is a decode that could be done in tiles."""
    return any(node["class_type"] == written.DECODER for node in prompt.values())
