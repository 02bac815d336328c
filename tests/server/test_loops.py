"""The simulated server runs loops as ComfyUI does: what is in them several times, in turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.graph.test_loops import CATALOGUE, NESTED, loop, prompt
from tests.run.conftest import run_on
from wan22dsl.server.embedded import EmbeddedServer
from wan22dsl.server.loops import written_out
from wan22dsl.server.memory import Log
from wan22dsl.server.order import Order

PASS = """\
wan 1
use wan22

pipeline looped {
    family = wan22.ti2v_5b
    prompt = "A street"
    size   = 1280x704
    length = 5f

    let start = StartLoop(mode = "simple", mode.num_iterations = 3)
    let begun = wan22.image_to_video_5b()
    let sampled = KSampler(
        model = wan22.ti2v -> shift(8.0)
        seed = start.iteration_index
        steps = 4
        cfg = 5.0
        sampler_name = "euler"
        scheduler = "simple"
        positive = begun.positive
        negative = begun.negative
        latent_image = begun.latent
        denoise = 1.0
    )
    let frames = VAEDecode(samples = sampled, vae = wan22.vae_2_2)
    let each = SaveImage(images = frames, filename_prefix = "each")
    let end = EndLoop(output_value = frames, terminations.termination0 = each)
    flow = end -> save_frames("last")
}
"""


def order_of(made):
    order = Order(made.prompt, lambda node: node == "show", lambda node: False, made.after)
    order.add("show")
    found = []
    while order:
        node = order.next()
        found.append(made.shown.get(node, node))
        order.done(node)
    return found


def test_an_iteration_begins_when_the_one_before_is_over():
    nodes = loop(second=("ImageInvert", {"image": "inner"}))
    nodes["end"] = ("EndLoop", {"output_value": "second", "accumulate": False})
    made = written_out(prompt(**nodes), CATALOGUE, Log())
    assert order_of(made) == ["start", *["inner", "second"] * 3, "end", "show"]


def test_an_inner_loop_runs_in_each_iteration_of_the_outer_one():
    made = written_out(prompt(**NESTED), CATALOGUE, Log())
    within = ["start", "inner", "inner", "inner", "end", "after"]
    assert order_of(made) == ["outer", *within, *within, "out", "show"]


def test_a_value_is_carried_from_one_iteration_to_the_next():
    nodes = prompt(
        **loop(
            picture=("LoadImage", {"image": "a.png"}),
            start=(
                "StartLoop",
                {
                    "mode": "simple",
                    "mode__num_iterations": 2,
                    "initial_iteration_value": "picture",
                },
            ),
            end=("EndLoop", {"output_value": "inner", "next_iteration_value": "inner"}),
        )
    )
    nodes["inner"]["inputs"]["image"] = ["start", 4]
    made = written_out(nodes, CATALOGUE, Log())
    first, second = (made.prompt[id]["inputs"]["image"] for id in made.shown)
    assert first == ["picture", 0]
    assert made.shown[second[0]] == "inner"


def test_a_loop_that_runs_no_time_gives_nothing():
    nodes = loop(start=("StartLoop", {"mode": "simple", "mode__num_iterations": 0}))
    made = written_out(prompt(**nodes), CATALOGUE, Log())
    assert order_of(made) == ["start", "end", "show"]


def test_too_many_iterations_are_cut_and_told():
    log = Log()
    nodes = loop(start=("StartLoop", {"mode": "simple", "mode__num_iterations": 10**12}))
    made = written_out(prompt(**nodes), CATALOGUE, log)
    assert len(made.shown) == 20_000


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    with EmbeddedServer(speed=10_000.0, target="0.39") as server:
        yield run_on(server.url, tmp_path_factory.mktemp("loops"), text=PASS)


def test_all_iterations_save_their_files(ran):
    names = [Path(output.path).name.rpartition("-")[0] for output in ran.done.record.outputs]
    assert names == ["each-simulated"] * 15 + ["last-simulated"] * 5


def test_the_time_of_a_pass_in_a_loop_is_that_of_all_its_runs(ran):
    times = ran.done.record.times
    (sampled,) = times.passes
    assert len(sampled.steps_s) == 12
    assert min(sampled.steps_s) == pytest.approx(max(sampled.steps_s), rel=0.2)
    parts = [sampled.total_s, *(stage.seconds for stage in times.stages), times.server_s]
    assert sum(parts) == pytest.approx(times.total_s)
