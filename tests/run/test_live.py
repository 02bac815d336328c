"""Runs on a real ComfyUI, named by WAN_LIVE_SERVER; tiny random weights on a CPU will do.

Sizes and lengths are made small in the prompt itself; what models or packs the server lacks leaves an example
out. WAN_LIVE_TARGET names the bundled facts to compile by.
"""

from __future__ import annotations

import math
import os
import struct
import threading
import zlib
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT
from tests.run.conftest import Ran
from wan22dsl.api.compiler import check, compile
from wan22dsl.diagnostics import has_errors
from wan22dsl.formats.embedded import read
from wan22dsl.graph.passes import plan
from wan22dsl.network import address
from wan22dsl.run import preflight, seeds
from wan22dsl.run.carried import extra_pnginfo
from wan22dsl.run.client import Client
from wan22dsl.run.events import Connected, Disconnected, NodeStarted, Step
from wan22dsl.run.execute import Run
from wan22dsl.run.job import Job, Options
from wan22dsl.run.live import LiveCatalogue
from wan22dsl.run.record import Host, Subject
from wan22dsl.run.stream import Stream
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wan22dsl.run.events import Event

pytestmark = pytest.mark.live

SERVER = os.environ["WAN_LIVE_SERVER"]
EXAMPLES = ROOT / "examples"

#: By how much the last message of a run may come late. On two cores that the server fills, 0.8 s were seen.
MOST_DRIFT_S = 3.0

REFINE = """\
wan 1
use wan22

pass high {
    model   = wan22.i2v_high
    sampler = euler/simple
    cfg     = 1.0
    steps   = 2
}

pass low = high(model = wan22.i2v_low)

pipeline clip {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 64x64
    length = 9f
    flow   = high -> low -> save_frames("live")
}
"""

BASE = """\
wan 1
use wan22

pass high {
    model   = wan22.t2v_high
    sampler = euler/simple
    cfg     = 1.0
    steps   = 0..2 of 4
}

pass low = high(model = wan22.t2v_low, steps = 2..4 of 4)

pipeline clip {
    prompt = "A lighthouse at dusk"
    size   = 64x64
    length = 9f
    flow   = high -> low -> save_frames("live")
}
"""


def tiny(prompt: dict[str, Any]) -> dict[str, Any]:
    """The prompt with small sizes and lengths."""
    for node in prompt.values():
        inputs = node["inputs"]
        sizes = [inputs.get(name) for name in ("width", "height")]
        if all(isinstance(size, int) for size in sizes) and max(sizes) > 96:
            inputs["width"], inputs["height"] = 64, 64
        cuts = node["class_type"] in {"ImageFromBatch", "LatentFromBatch", "TrimVideoLatent"}
        if isinstance(inputs.get("length"), int) and inputs["length"] > 9 and not cuts:
            inputs["length"] = 5
    return prompt


def run_live(
    source: Source,
    folder: Path,
    pipeline: str | None = None,
    tell: Callable[[Event], None] | None = None,
    seed: int = 0,
    change: Mapping[str, Mapping[str, Any]] | None = None,
    **options: Any,
) -> Ran | None:
    """Runs a pipeline; None where the server lacks something that it needs.

    `change` are inputs by node class that are changed when all is judged.
    """
    client = Client(address.read(SERVER))
    stats = client.system_stats()
    live = LiveCatalogue(client)
    result = compile(source, pipeline=pipeline, target=live)
    if result.graph is None or result.prompt is None:
        return None
    graph = result.graph.graph
    ready, found = preflight.look(graph, live, client, simulated=True)
    if has_errors(found):
        return None
    prompt = tiny(seeds.raised(preflight.prepare(result.prompt, ready, client), graph, seed))
    for node in prompt.values():
        node["inputs"] |= (change or {}).get(node["class_type"], {})
    subject = Subject(source.path, source.text, graph.name, {}, live.target, prompt, "0")
    job = Job(subject, prompt, graph, plan.plan(graph), extra_pnginfo(subject, seed), seed)
    events: list[Event] = []

    def both(event: Event) -> None:
        events.append(event)
        if tell is not None:
            tell(event)

    done = Run(
        client, Host(client.shown, False, stats), job, Options(folder, **options), both
    ).run()
    return Ran(done, events)


def base(folder: Path, text: str = BASE, **options: Any) -> Ran:
    ran = run_live(Source(text, "clip.wan"), folder, **options)
    assert ran is not None, "the server lacks the t2v models"
    return ran


def frames(folder: Path) -> list[str]:
    """The hashes of the pixels of all PNG files, without what else they carry."""
    found = []
    for file in sorted(folder.glob("*.png")):
        data, at, pixels = file.read_bytes(), 8, b""
        while at < len(data):
            (length,) = struct.unpack(">I", data[at : at + 4])
            if data[at + 4 : at + 8] == b"IDAT":
                pixels += data[at + 8 : at + 8 + length]
            at += 12 + length
        found.append(sha256(zlib.decompress(pixels)).hexdigest())
    return found


def examples() -> list[tuple[str, str]]:
    found = []
    for file in sorted(EXAMPLES.glob("*.wan")):
        found += [(file.name, name) for name in check(Source.read(file)).graphs]
    return found


@pytest.mark.parametrize(("file", "pipeline"), examples())
def test_every_example_that_the_server_can_run_runs(tmp_path, file, pipeline):
    ran = run_live(Source.read(EXAMPLES / file), tmp_path, pipeline)
    if ran is None:
        pytest.skip("the server lacks classes or models of it")
    record = ran.done.record
    assert record.result == "success", [finding.message for finding in record.found]
    assert record.outputs
    assert abs(record.times.drift_s) < MOST_DRIFT_S
    parts = [pass_.total_s for pass_ in record.times.passes]
    parts += [stage.seconds for stage in record.times.stages]
    assert math.isclose(sum(parts) + record.times.server_s, record.times.total_s, abs_tol=1e-6)


@pytest.mark.parametrize("text", [BASE, REFINE], ids=["split", "refine"])
def test_a_staged_run_gives_the_frames_of_a_whole_one(tmp_path, text):
    whole = base(tmp_path / "whole", text, seed=7, cold=True)
    staged = base(tmp_path / "staged", text, seed=7, cold=True, staged=True)
    assert whole.done.ok and staged.done.ok
    assert len(staged.done.record.attempts[0].prompt_ids) == 3
    assert frames(tmp_path / "whole") == frames(tmp_path / "staged") != []


def test_a_second_run_is_all_cached(tmp_path):
    base(tmp_path, seed=11)
    again = base(tmp_path, seed=11)
    assert again.done.record.times.all_cached
    assert all(pass_.cached for pass_ in again.done.record.times.passes)


def test_an_output_carries_the_text_that_it_was_made_of(tmp_path):
    ran = base(tmp_path, seed=15)
    for output in ran.done.record.outputs:
        carried = read(output.path).wan
        assert (carried["source"], carried["pipeline"], carried["name"]) == (
            BASE,
            "clip",
            "clip.wan",
        )


def test_stopping_ends_only_this_prompt(tmp_path):
    def stop(event: Event) -> None:
        if isinstance(event, Step):
            raise KeyboardInterrupt

    ran = base(tmp_path, BASE.replace("0..2 of 4", "0..200 of 400"), tell=stop, seed=12)
    queue = Client(address.read(SERVER)).queue()
    assert ran.done.record.result == "stopped"
    assert not queue.running and not queue.pending


def test_a_broken_socket_loses_nothing(tmp_path, monkeypatch):
    streams: list[Stream] = []
    begin = Stream.__enter__
    monkeypatch.setattr(Stream, "__enter__", lambda each: streams.append(each) or begin(each))

    def cut(event: Event) -> None:
        if isinstance(event, NodeStarted) and event.node == "high.sampler":
            streams[0]._wake()

    ran = base(tmp_path, BASE.replace("0..2 of 4", "0..100 of 200"), tell=cut, seed=13)
    kinds = [type(event) for event in ran.events]
    assert ran.done.ok and ran.done.record.outputs
    assert Disconnected in kinds and Connected in kinds
    assert threading.active_count() < 10


def test_an_error_is_told_on_its_line(tmp_path):
    # What the linter would not let through: the VAE of another family.
    change = {"VAELoader": {"vae_name": "wan2.2_vae.safetensors"}}
    ran = base(tmp_path, seed=14, retry=False, change=change)
    (found,) = [finding for finding in ran.done.record.found if finding.is_error]
    assert found.code == "WAN908" and found.span is not None
