"""Which node of one graph is which of another: by what they are and what they are linked to."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.prompts import LORA_HIGH, LORA_LOW, Prompt, changed, graph_of, node, split
from wan22dsl.graph.matching import matching


def other_ids(made: Prompt, seed: int = 1) -> tuple[Prompt, dict[str, str]]:
    """The prompt with new ids in another order, and which is which."""
    ids = [*made]
    random.Random(seed).shuffle(ids)
    names = {id: str(number) for number, id in enumerate(ids, 1)}
    found = {
        names[id]: {
            **made[id],
            "inputs": {
                name: [names[value[0]], value[1]] if isinstance(value, list) else value
                for name, value in made[id]["inputs"].items()
            },
        }
        for id in ids
    }
    return found, names


def pairs(before: Prompt, after: Prompt) -> dict[str, str]:
    return dict(matching(graph_of(before), graph_of(after)).pairs)


@pytest.mark.parametrize("seed", range(5))
def test_nodes_are_found_under_other_ids_and_in_another_order(seed):
    made = split()
    again, names = other_ids(made, seed)
    assert pairs(made, again) == names


@pytest.mark.parametrize("seed", range(5))
def test_a_changed_node_is_found_by_its_neighbours(seed):
    made = split()
    again, names = other_ids(made, seed)
    again[names["high_sampler"]]["inputs"]["cfg"] = 7.5
    again[names["low_lora"]]["inputs"]["lora_name"] = "another.safetensors"
    assert pairs(made, again) == names


def test_experts_with_the_files_of_each_other_are_not_taken_for_each_other():
    made = split()
    found = pairs(made, changed(made, "high_lora", lora_name=LORA_LOW))
    assert found == {id: id for id in made}
    found = pairs(
        made,
        changed(changed(made, "high_lora", lora_name=LORA_LOW), "low_lora", lora_name=LORA_HIGH),
    )
    assert found["high_sampler"] == "high_sampler" and found["low_sampler"] == "low_sampler"


def test_a_node_in_a_chain_leaves_all_others_matched():
    made = split()
    lora = node("LoraLoaderModelOnly", model=("high_lora", 0), lora_name="new", strength_model=1.0)
    after = changed({**made, "new": lora}, "high_shift", model=("new", 0))
    assert pairs(made, after) == {id: id for id in made}
    assert pairs(after, made) == {id: id for id in made}


def test_of_equal_nodes_those_with_the_same_id_are_matched():
    made: dict[str, Any] = {str(id): node("LoadImage", image="a.png") for id in (4, 2, 9)}
    after = {id: made[id] for id in ("9", "4")}
    assert pairs(made, after) == {"4": "4", "9": "9"}


def test_nodes_in_a_circle_are_matched():
    made = {
        "1": node("VAEEncode", pixels=("2", 0)),
        "2": node("VAEDecode", samples=("1", 0)),
        "3": node("ImageInvert", image=("2", 0)),
    }
    again, names = other_ids(made)
    assert pairs(made, again) == names


def test_a_node_of_another_class_with_the_same_role_takes_the_place():
    made = split()
    after = {**made, "gguf": node("UnetLoaderGGUF", unet_name="high.gguf")}
    del after["high_model"]
    after = changed(after, "high_lora", model=("gguf", 0))
    assert pairs(made, after)["high_model"] == "gguf"


def test_a_value_node_is_not_matched_with_any_other():
    made = split()
    before = {**made, "90": node("PrimitiveFloat", value=3.5)}
    after = {**made, "n": node("PrimitiveFloat", value=0.25)}
    assert "90" not in pairs(before, after)


SIZE = 5_000


def large(kind: str) -> Prompt:
    made: Prompt = {"0": node("LoadImage", image="a.png")}
    for number in range(1, SIZE):
        source = {"chain": number - 1, "hub": 0, "comb": number - 1 if number % 7 else 0}[kind]
        made[str(number)] = node("ImageScaleBy", image=(str(source), 0), scale_by=number % 3)
    return made


@pytest.mark.parametrize("kind", ["chain", "hub", "comb"])
def test_two_large_graphs_are_matched(kind):
    made = large(kind)
    found = pairs(made, changed(made, "0", image="b.png"))
    assert len(found) == SIZE and found["0"] == "0"


def chains(start: str, end: str) -> Prompt:
    """Five long chains that differ in the middle only."""
    made: Prompt = {}
    for chain in range(5):
        made[f"{chain}.0"] = node("LoadImage", image=f"{start}{chain}.png")
        for at in range(1, 12):
            scale = 2.0 + (chain if at == 6 else 0)
            made[f"{chain}.{at}"] = node(
                "ImageScaleBy", image=(f"{chain}.{at - 1}", 0), scale_by=scale
            )
        made[f"{chain}.12"] = node(
            "SaveImage", images=(f"{chain}.11", 0), filename_prefix=f"{end}{chain}"
        )
    return made


@pytest.mark.parametrize("seed", range(3))
def test_a_crowd_whose_ends_all_changed_is_matched_by_its_surroundings(seed):
    again, names = other_ids(chains("b", "y"), seed)
    assert pairs(chains("a", "x"), again) == names


def test_networkx_is_not_imported_where_a_change_is_small():
    code = (
        "import sys\n"
        "from tests.graph.test_matching import *\n"
        "made = split()\n"
        "matching(graph_of(made), graph_of(changed(made, 'high_sampler', cfg=7.0)))\n"
        "assert 'networkx' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
