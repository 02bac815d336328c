"""What a simulated server writes for a compiled pipeline, read back by PyAV and Pillow."""

from __future__ import annotations

import io
from time import sleep
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import av
from PIL import Image

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.network import address
from wan22dsl.run import preflight
from wan22dsl.run.client import Client, RemoteFile
from wan22dsl.run.live import LiveCatalogue
from wan22dsl.run.stated import with_facts

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph
    from wan22dsl.server.embedded import EmbeddedServer


class Written(NamedTuple):
    """A file, or several pictures of one node, as a player shows them."""

    frames: int
    fps: float | None
    width: int
    height: int


def written(server: EmbeddedServer, graph: Graph, prompt: dict[str, Any]) -> dict[str, Written]:
    """What each saving node has written; files that are missing are stood in for, as `wan run` does."""
    client = Client(address.read(server.url))
    ready, found = preflight.look(graph, LiveCatalogue(client), client, simulated=True)
    assert not [finding for finding in found if finding.is_error], found
    sent = preflight.prepare(with_facts(prompt, graph), ready, client)
    prompt_id = str(uuid4())
    answer = client.submit(sent, prompt_id, {})
    assert not answer["node_errors"], answer
    while (entry := client.history(prompt_id)) is None:
        sleep(0.01)
    assert entry["status"]["status_str"] == "success", entry["status"]["messages"][-1]
    return {
        node: _read(client, output["gifs"] if "gifs" in output else output["images"])
        for node, output in entry["outputs"].items()
        if "gifs" in output or "images" in output
    }


def _read(client: Client, files: list[dict[str, Any]]) -> Written:
    datas = [
        b"".join(client.download(RemoteFile(file["filename"], file["subfolder"], file["type"])))
        for file in files
    ]
    if len(datas) > 1:
        return read(datas[0])._replace(frames=len(datas), fps=None)
    return read(datas[0])


def read(data: bytes) -> Written:
    """The frames, rate and size of a file."""
    if data[4:8] == b"ftyp" or data.startswith(b"\x1aE\xdf\xa3"):
        with av.open(io.BytesIO(data)) as file:
            stream = file.streams.video[0]
            frames = sum(1 for packet in file.demux(stream) if packet.size)
            rate = float(stream.average_rate) if stream.average_rate else None
            return Written(frames, rate, stream.width, stream.height)
    with Image.open(io.BytesIO(data)) as image:
        frames = getattr(image, "n_frames", 1)
        duration_ms = image.info.get("duration")
        fps = 1000 / duration_ms if duration_ms and frames > 1 else None
        return Written(frames, fps, *image.size)


def model_files(graph: Graph) -> dict[str, list[str]]:
    """The model files that a graph names, by folder, so that a server can have them."""
    found: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        node_class = graph.class_of(node)
        for name, one in inputs_of(node_class, node.inputs).items() if node_class else ():
            value = node.inputs.get(name)
            if one.files not in (None, "input", "output") and isinstance(value, str):
                found.setdefault(str(one.files), []).append(value)
    return found
