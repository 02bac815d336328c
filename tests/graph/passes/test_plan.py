"""Each node belongs to a pass or a stage."""

from __future__ import annotations

from tests.prompts import HIGH, graph_of, node
from wan22dsl.graph.passes.plan import plan


class _Counted(dict):
    """A mapping that counts how often it is asked for an item."""

    asked = 0

    def get(self, key, default=None):
        self.asked += 1
        return super().get(key, default)

    def __getitem__(self, key):
        self.asked += 1
        return super().__getitem__(key)


def inverted(count, first):
    """Nodes that hand a picture from each to the next; the first takes it from `first`."""
    return {
        f"n{number}": node("ImageInvert", image=[f"n{number - 1}" if number else first, 0])
        for number in range(count)
    }


def owners(graph):
    return {id: part.owner for id, part in plan(graph).parts.items()}


def test_a_node_without_a_stage_belongs_to_who_takes_it():
    graph = graph_of({**inverted(3, "x"), "x": node("EmptyImage", width=64, height=64)})
    graph = graph.with_nodes({**graph.nodes, "n1": graph.nodes["n1"].changed(stage="mid")})
    assert owners(graph) == {"x": "mid", "n0": "mid", "n1": "mid", "n2": "n2"}


def test_nodes_of_a_circle_belong_to_themselves():
    prompt = {**inverted(3, "n2"), "x": node("ImageInvert", image=["n0", 0])}
    prompt["y"] = node("EmptyImage", width=64, height=64)
    prompt["n0"] = node("ImageInvert", image=["n2", 0])
    assert owners(graph_of(prompt)) == {id: id for id in prompt}


def test_who_takes_a_node_is_looked_up_a_few_times_however_long_the_circle():
    graph = graph_of(inverted(400, "n399"))
    graph.consumers = counted = _Counted(graph.consumers)
    plan(graph)
    assert counted.asked < 10 * len(graph.nodes)


def test_what_every_pass_needs_is_walked_once_however_many_passes():
    count = 60
    prompt = {
        **inverted(100, "x"),
        "x": node("EmptyImage", width=64, height=64),
        "vae": node("VAELoader", vae_name="wan_2.1_vae.safetensors"),
        "encode": node("VAEEncode", pixels=["n99", 0], vae=["vae", 0]),
        "model": node("UNETLoader", unet_name=HIGH, weight_dtype="default"),
    }
    for number in range(count):
        prompt[f"s{number}"] = node(
            "KSampler", model=["model", 0], latent_image=["encode", 0], seed=0, steps=4, cfg=1.0,
            sampler_name="euler", scheduler="simple", denoise=1.0,
        )  # fmt: skip
    graph = graph_of(prompt)
    graph.nodes = counted = _Counted(graph.nodes)
    found = plan(graph)
    assert len(found.passes) == count
    assert found.parts["n0"].owner == found.passes[0].name
    assert counted.asked < 10 * len(graph.nodes)
