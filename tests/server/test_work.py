"""The simulated work of a node, against the estimate of it: both ask the record of its class."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.comfyui.log.loading import read
from wan22dsl.comfyui.nodes import records
from wan22dsl.comfyui.nodes.record import NodeRecord, Work, Writes
from wan22dsl.graph.cost import formulas
from wan22dsl.graph.cost.cards import CARDS
from wan22dsl.graph.cost.work import ESTIMATED
from wan22dsl.graph.cost.work import work_of as estimated
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Facts, Graph, Link, Node
from wan22dsl.server.calls import Bench, Call
from wan22dsl.server.dialect import Dialect
from wan22dsl.server.flow import Flow, Model
from wan22dsl.server.folders import Folders
from wan22dsl.server.memory import Log, Memory
from wan22dsl.server.nodes import SIMULATED, work_of
from wan22dsl.server.saving import _SAVERS as SAVERS

CATALOGUE = open_catalogue("0.33.0")
CARD = CARDS["RTX 5090"]
DIALECT = Dialect("ComfyUI 0.33.0")
CLIP = Facts(frames=81, fps=16.0, width=832, height=480)
FLOW = Flow("", "", 832, 480, 81)
SIZES = {"width": 832, "height": 480, "length": 81, "batch_size": 1}


@pytest.fixture
def bench(tmp_path):
    log = Log()
    return Bench(CARD, Memory(CARD, log, DIALECT), log, Folders(tmp_path))


def test_every_kind_of_work_is_simulated_and_so_is_everything_that_is_written():
    assert set(SIMULATED) == {*get_args(Work)} - {""}
    assert set(SAVERS) == {*get_args(Writes)}
    assert set(ESTIMATED) < set(SIMULATED)


def works() -> list[NodeRecord]:
    return [
        record
        for record in records()
        if record.work in ESTIMATED and CATALOGUE.get(record.class_name) is not None
    ]


def seconds_of(class_name: str, bench: Bench, names: tuple[str, ...]) -> tuple[float, float]:
    """What a node takes with clips of 81 frames at these inputs: as it is estimated, and as simulated."""
    node_class = CATALOGUE.get(class_name)
    assert node_class is not None
    sizes = {
        input_.name: SIZES[input_.name] for input_ in node_class.inputs if input_.name in SIZES
    }
    inputs: dict[str, Any] = {**sizes, **{name: Link("source", 0) for name in names}}
    source = Node("source", "Anything", {}, stated=CLIP)
    graph = Graph("", {"source": source, "node": Node("node", class_name, inputs)}, CATALOGUE)
    facts = FactTable(graph)
    shapes = tuple(facts.of(Link("node", slot)) for slot in range(len(node_class.outputs)))
    call = Call(node_class, {**sizes, **dict.fromkeys(names, FLOW)}, shapes)
    total = sum(work.seconds for work in estimated(graph, facts, CARD))
    return total, work_of(call, bench).before_s


def linked_inputs(record: NodeRecord) -> tuple[str, ...]:
    node_class = CATALOGUE.get(record.class_name)
    assert node_class is not None
    if record.conditioning is not None:
        names = {"video_latent", *record.conditioning.encodes[:1]}
    else:
        names = {"samples", "images", "frames", "image", "pixels"}
    return tuple(input_.name for input_ in node_class.inputs if input_.name in names)


@pytest.mark.parametrize("record", works(), ids=lambda record: record.class_name)
def test_what_is_estimated_takes_as_long_when_it_is_simulated(record, bench):
    names = linked_inputs(record)
    expected, took = seconds_of(record.class_name, bench, names)
    nothing_to_encode = record.conditioning is not None and not record.conditioning.encodes
    if record.no_formula or nothing_to_encode:
        assert expected == 0.0
        return
    assert took > 0
    assert took == pytest.approx(expected)


def test_a_last_picture_alone_is_encoded(bench):
    expected, took = seconds_of("WanFirstLastFrameToVideo", bench, ("end_image",))
    assert took == pytest.approx(expected) and took > 0


def steps_of(class_name: str, bench: Bench, **values: Any) -> list[int | None]:
    node_class = CATALOGUE.get(class_name)
    assert node_class is not None
    return [flow.steps for flow in work_of(Call(node_class, values), bench).outputs]


def test_the_steps_of_a_written_schedule_are_run(bench):
    assert steps_of("ManualSigmas", bench, sigmas="1.0, 0.9, 0.5, 0.0") == [3]


@pytest.mark.parametrize(
    ("class_name", "values", "steps"),
    [
        ("SplitSigmas", {"step": 2}, [2, 6]),
        ("SplitSigmas", {"step": 20}, [8, 0]),
        ("SplitSigmasDenoise", {"denoise": 0.25}, [6, 2]),
        ("SplitSigmasDenoise", {"denoise": 1.0}, [0, 8]),
        ("SplitSigmasDenoise", {"denoise": 0.0}, [0, 0]),
    ],
)
def test_a_schedule_is_split_as_the_node_slices_it(bench, class_name, values, steps):
    assert steps_of(class_name, bench, sigmas=Flow("SIGMAS", steps=8), **values) == steps


@pytest.mark.parametrize("file", ["wan2.2_ti2v_5B_fp16.safetensors", "Wan22-ti2v-5b.safetensors"])
def test_a_step_of_the_5b_model_is_told_by_its_name_in_any_case(bench, file):
    node_class = CATALOGUE.get("KSampler")
    assert node_class is not None
    model = Flow("MODEL", model=Model(file, 1_000, 48))
    latent = Flow("LATENT", "", 832, 480, 81)
    values = {
        "model": model,
        "latent_image": latent,
        "steps": 4,
        "cfg": 1.0,
        "sampler_name": "euler",
    }
    small = Flow("LATENT", "", 416, 240, 81)
    step_s = work_of(Call(node_class, values), bench).step_s
    assert step_s == pytest.approx(formulas.forward_s(small, CARD, formulas.SHARE_5B))


def of_two_experts(**values: Any) -> Call:
    """A sampler that changes experts by itself: 4 steps, of which the high-noise expert runs 3."""
    node_class = CATALOGUE.get("WanMoeKSampler")
    assert node_class is not None
    high, low = (
        Flow("MODEL", model=Model(f"wan2.2_t2v_{level}_noise_14B_fp16.safetensors", 10**9, 16))
        for level in ("high", "low")
    )
    models = {"model_high_noise": high, "model_low_noise": low, "latent_image": FLOW}
    given = {"steps": 4, "sampler_name": "euler", "cfg_high_noise": 1.0, "cfg_low_noise": 1.0}
    return Call(node_class, {**models, **given, **values})


@pytest.mark.parametrize(("low", "calls"), [(1.0, 4), (3.5, 5)])
def test_a_sampler_of_two_experts_calls_the_model_twice_in_steps_with_guidance(bench, low, calls):
    work = work_of(of_two_experts(cfg_low_noise=low), bench)
    assert work.steps * work.step_s == pytest.approx(calls * formulas.forward_s(FLOW, CARD))


@pytest.mark.parametrize(
    ("values", "experts"),
    [
        ({}, ["high", "low"]),
        ({"boundary": 1.0, "sigma_shift": 5.0}, ["high", "low"]),
        ({"boundary": 0.1}, ["high"]),
        ({"scheduler": "mine"}, ["high", "low"]),
    ],
)
def test_a_sampler_of_two_experts_loads_those_that_have_steps(bench, values, experts):
    work = work_of(of_two_experts(**values), bench)
    loads = read(entry["m"] for entry in bench.log.entries).loads
    assert len(loads) == len(experts)
    assert work.before_s == pytest.approx(len(experts) * 10**9 / CARD.host_to_device_bytes_per_s)


@pytest.mark.parametrize(
    ("class_name", "values", "channels"),
    [
        ("Wan22ImageToVideoLatent", SIZES, 48),
        ("EmptyHunyuanLatentVideo", SIZES, 16),
        ("VAEEncode", {"vae": Flow("VAE", model=Model("wan2.2_vae.safetensors", 1))}, 48),
        ("VAEEncode", {"vae": Flow("VAE", model=Model("wan_2.1_vae.safetensors", 1))}, 16),
        ("KSampler", {"latent_image": FLOW._replace(type="LATENT", channels=48)}, 48),
        ("LatentUpscale", {"samples": FLOW._replace(type="LATENT", channels=48)}, 48),
    ],
)
def test_a_latent_has_the_channels_of_its_vae(bench, class_name, values, channels):
    node_class = CATALOGUE.get(class_name)
    assert node_class is not None
    assert work_of(Call(node_class, values), bench).outputs[0].channels == channels


@pytest.mark.parametrize(("mode", "speedup"), [("disabled", 1.0), ("auto", formulas.SAGE_SPEEDUP)])
def test_a_step_with_sage_attention_is_as_much_faster_as_it_is_estimated(bench, mode, speedup):
    patch, sampler = CATALOGUE.get("PathchSageAttentionKJ"), CATALOGUE.get("KSampler")
    assert patch is not None and sampler is not None
    model = Flow("MODEL", model=Model("wan2.2_i2v_high_noise_14B_fp16.safetensors", 1_000, 36))
    patched = work_of(Call(patch, {"model": model, "sage_attention": mode}), bench).outputs[0]
    values = {"model": patched, "latent_image": FLOW, "steps": 4, "cfg": 1.0}
    step_s = work_of(Call(sampler, {**values, "sampler_name": "euler"}), bench).step_s
    assert step_s == pytest.approx(formulas.forward_s(FLOW, CARD) / speedup)
