"""`wan diff` compares graphs: what changed is one line, whatever ids, titles and orders are."""

from __future__ import annotations

import json
import random
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.comparing.test_stored import SAMPLES, differ
from tests.conftest import ROOT
from tests.formats.workflow_read.sketch import Sketch, picture
from tests.graph.test_matching import other_ids
from tests.importing.user_workflow import prompt
from tests.prompts import HIGH, LORA_HIGH, LOW, Prompt, changed, node, split
from wan22dsl.api import compiler
from wan22dsl.formats import prompt as prompt_format
from wan22dsl.formats.prompt import dump
from wan22dsl.graph.model import CheckedGraph
from wan22dsl.graph.modes import active

if TYPE_CHECKING:
    from pathlib import Path

ONE = [file for file in SAMPLES if file.parent == ROOT / "examples" / "canvas"] or SAMPLES[:2]


def of_prompts(before: Prompt, after: Prompt) -> list[str]:
    return differ(before, after)


# --- the same ---


def test_a_renumbered_prompt_is_the_same():
    again, _ = other_ids(prompt())
    assert of_prompts(prompt(), again) == []


def renumbered(workflow: dict[str, Any], seed: int) -> dict[str, Any]:
    made = deepcopy(workflow)
    ids = [node["id"] for node in made["nodes"]]
    random.Random(seed).shuffle(ids)
    names = {id: 1_000 + number for number, id in enumerate(ids)}
    for each in made["nodes"]:
        each["id"] = names[each["id"]]
        each["pos"] = [0, 0]
    for link in made["links"]:
        link[1], link[3] = names.get(link[1], link[1]), names.get(link[3], link[3])
    random.Random(seed).shuffle(made["nodes"])
    random.Random(seed).shuffle(made["links"])
    return made


@pytest.mark.parametrize("sample", ONE, ids=lambda file: file.name)
def test_a_renumbered_workflow_in_another_order_is_the_same(sample: Path):
    workflow = json.loads(sample.read_bytes())
    assert differ(workflow, renumbered(workflow, 3)) == []


@pytest.mark.parametrize("sample", ONE, ids=lambda file: file.name)
def test_a_workflow_is_the_same_as_the_prompt_that_it_makes(sample: Path):
    from wan22dsl.formats.kind import read
    from wan22dsl.source import Source

    graph, _ = read(Source(sample.read_text(encoding="utf-8"), "a"), compiler.catalogue_of("0.39"))
    assert graph is not None
    sent = prompt_format.write(CheckedGraph(active(graph)))
    assert differ(json.loads(sample.read_bytes()), sent) == []


def with_reroute() -> dict[str, Any]:
    sketch = picture()
    (target,) = [made for made in sketch.nodes if made["type"] == "PreviewImage"]
    (link,) = [each for each in sketch.links if each["target_id"] == target["id"]]
    sketch.node(8, "Reroute", links={"": (link["origin_id"], 0)})
    link["origin_id"] = 8
    sketch.nodes[-1]["outputs"][0]["links"].append(link["id"])
    return sketch.workflow()


def test_a_reroute_is_no_difference():
    assert differ(picture().workflow(), with_reroute()) == []


# --- one line each ---


def test_experts_that_stayed_are_never_swapped():
    """The two passes are alike but for their files, one node is used by nothing, and all ids differ."""
    made = split()
    for name in ("high", "low"):
        made[f"{name}_sampler"]["_meta"] = {"title": "KSampler (Advanced)"}
    again, _ = other_ids(made)
    before = {**made, "90": node("PrimitiveFloat", value=3.5)}
    assert of_prompts(before, again) == [
        "#90 (PrimitiveFloat) was removed: value = 3.5, used by nothing"
    ]


def test_experts_that_were_swapped_are_told_for_each_pass():
    made = split()
    after = changed(changed(made, "high_model", unet_name=LOW), "low_model", unet_name=HIGH)
    assert of_prompts(made, after) == [
        f"pass high → pass low: model {HIGH} → {LOW}",
        f"pass low → pass high: model {LOW} → {HIGH}",
    ]


def test_a_lora_put_into_a_chain_is_one_line():
    made = split()
    lora = node(
        "LoraLoaderModelOnly", model=("high_lora", 0), lora_name="grain", strength_model=0.5
    )
    after = changed({**made, "grain": lora}, "high_shift", model=("grain", 0))
    (line,) = of_prompts(made, after)
    assert line == f"pass high: loras {LORA_HIGH} at 1.0 → {LORA_HIGH} at 1.0, grain at 0.5"
    (line,) = of_prompts(after, made)
    assert line.startswith("pass high: loras ") and line.endswith(f"→ {LORA_HIGH} at 1.0")


def test_a_node_put_between_two_others_is_one_line():
    made = prompt()
    scale = node("ImageScaleBy", image=("decode", 0), upscale_method="lanczos", scale_by=2.0)
    after = changed({**made, "scale": scale}, "rife", frames=("scale", 0))
    (line,) = of_prompts(made, after)
    assert line.startswith("#scale (ImageScaleBy) was added: upscale_method = ")
    assert line.endswith(", between #decode (VAEDecode) and #rife (RIFE VFI)")


def test_another_link_alone_names_both_ends():
    made: Prompt = {
        "1": node("LoadImage", image="a.png"),
        "2": node("ImageInvert", image=("1", 0)),
        "3": node("ImageBatch", image1=("1", 0), image2=("2", 0)),
        "4": node("SaveImage", images=("3", 0), filename_prefix="x"),
    }
    other = changed(made, "3", image1=("2", 0), image2=("1", 0))
    assert of_prompts(made, other) == [
        "#3 (ImageBatch): image1 <#1 (LoadImage).IMAGE> → <#2 (ImageInvert)>",
        "#3 (ImageBatch): image2 <#2 (ImageInvert)> → <#1 (LoadImage).IMAGE>",
    ]


def test_a_value_is_told_of_the_node_as_its_owner_titles_it():
    made = split()
    made["high_sampler"]["_meta"] = {"title": "First half"}
    made["clip"]["_meta"] = {"title": "Words"}
    assert of_prompts(made, changed(made, "high_sampler", cfg=3.5)) == [
        'pass high, in #high_sampler "First half": cfg 1.0 → 3.5'
    ]
    (line,) = of_prompts(made, changed(made, "clip", clip_name="other.safetensors"))
    assert line.startswith('#clip "Words": clip_name ')


def test_a_linked_value_is_told_where_it_counts_with_the_node_that_holds_it():
    made = {**split(), "n": node("PrimitiveInt", value=4)}
    made["n"]["_meta"] = {"title": "Steps"}
    for name in ("high", "low"):
        made = changed(made, f"{name}_sampler", steps=("n", 0))
    lines = of_prompts(made, changed(made, "n", value=8))
    assert lines and all(', in #n "Steps": steps' in line for line in lines)


def test_the_same_change_of_several_nodes_is_one_line():
    made: Prompt = {"1": node("LoadImage", image="a.png")}
    for id in ("2", "3"):
        made[id] = node("SaveImage", images=("1", 0), filename_prefix="x")
    made["3"]["inputs"]["filename_prefix"] = "y"
    after = changed(changed(made, "2", filename_prefix="z"), "3", filename_prefix="z")
    assert len(of_prompts(made, after)) == 2
    made["3"]["inputs"]["images"] = ["1", 1]
    made["3"]["inputs"]["filename_prefix"] = "x"
    after = changed(changed(made, "2", filename_prefix="z"), "3", filename_prefix="z")
    assert of_prompts(made, after) == ['#2 (SaveImage), #3 (SaveImage): filename_prefix "x" → "z"']


def test_a_branch_of_many_nodes_is_one_line():
    made: Prompt = {"1": node("LoadImage", image="a.png")}
    for id in range(2, 8):
        made[str(id)] = node("ImageInvert", image=(str(id - 1), 0))
    made["8"] = node("SaveImage", images=("7", 0), filename_prefix="x")
    before = {"1": made["1"], "9": node("PreviewImage", images=("1", 0))}
    (line,) = of_prompts(before, {**before, **made})
    assert line.startswith("7 nodes were added: #2 (ImageInvert), ")


def test_a_node_that_equals_another_is_said_to():
    made = prompt()
    lines = of_prompts(made, {**made, "twin": deepcopy(made["vae"])})
    assert len(lines) == 1 and "equals another node" in lines[0]


def test_a_switch_that_a_text_keeps_beside_what_is_muted_is_no_difference():
    text = """\
wan 1

graph made {
    let load = LoadImage(image = "a.png")
    let off = ImageInvert(image = load.IMAGE) { mode = "mute" }
    let chosen = `Any Switch (rgthree)`(any_01 = off, any_02 = load.IMAGE)
    PreviewImage(images = chosen)
}
"""
    made = {"load": node("LoadImage", image="a.png")}
    made["show"] = node("PreviewImage", images=("load", 0))
    sides = (dump(made).encode(), "a.json", None), (text.encode(), "a.wan", None)
    assert compiler.diff(*sides).lines() == []
    other = text.replace("any_02 = load.IMAGE", "any_02 = ImageBlur(image = load.IMAGE)")
    assert compiler.diff(sides[0], (other.encode(), "a.wan", None)).lines() != []


def test_of_long_texts_what_differs_is_shown():
    made = split()
    text = "walks " * 200
    before, after = (
        changed(made, "positive", text=f"{text}{word} {text}") for word in ("slowly", "quickly")
    )
    (line,) = of_prompts(before, after)
    assert "slowly" in line and "quickly" in line and len(line) < 400
    data = compiler.diff(
        *((json.dumps(each).encode(), name, None) for each, name in ((before, "a"), (after, "b")))
    ).as_data()
    assert text in data["differences"][0]["before"]


def test_a_primitive_is_told_once_with_its_title():
    def made(value: int) -> dict[str, Any]:
        sketch = Sketch()
        sketch.node(1, "PrimitiveNode", (value, "fixed"), gives=("INT",), title="How many")
        values = (7, "fixed", 3, 1, "euler", "simple", 1)
        sketch.node(2, "KSampler", values, links={"steps": (1, 0)})
        return sketch.workflow()

    (line,) = differ(made(4), made(5))
    assert "4 → 5" in line and '#1 "How many"' in line


def test_what_matters_comes_first():
    made = prompt()
    after = changed(changed(made, "low_sampler", cfg=3.5), "video", fps=24.0)
    assert of_prompts(made, after) == [
        'pass low, in #low_sampler "Low noise pass": cfg 1.0 → 3.5',
        "#video (CreateVideo): fps 32 → 24",
    ]


def test_a_text_is_the_same_as_the_workflow_that_it_was_imported_from():
    """Also where a value was worked out of nodes that the text does not have."""
    sketch = Sketch()
    sketch.node(1, "PrimitiveInt", (96, "fixed"), gives=("INT",), title="Side")
    sketch.node(2, "EmptyImage", (64, 64, 1, 0), links={"width": (1, 0)})
    sketch.node(3, "PreviewImage", links={"images": (2, 0)}, gives=())
    workflow = sketch.workflow()
    text = compiler.import_file(json.dumps(workflow).encode(), shown="mine.json").text
    assert text is not None and "Side" in text

    def lines(text: str) -> list[str]:
        sides = (text.encode(), "a.wan", None), (json.dumps(workflow).encode(), "b.json", None)
        return compiler.diff(*sides).lines()

    assert lines(text) == []
    assert lines(text.replace("96", "80")) == ["#2 (EmptyImage): width 80 → 96"]


def rows_with_idle_inputs() -> Prompt:
    """A Power Lora Loader whose text encoder nobody takes, with what the page sends beside its rows."""
    row = {"on": True, "lora": "a.safetensors", "strength": 1.0}
    made = split()
    made["rows"] = node("Power Lora Loader (rgthree)", model=("high_model", 0), clip=("clip", 0),
                        lora_1=row)  # fmt: skip
    made["rows"]["inputs"]["PowerLoraLoaderHeaderWidget"] = {"type": "PowerLoraLoaderHeaderWidget"}
    made["rows"]["inputs"]["➕ Add Lora"] = ""
    return changed(made, "high_lora", model=("rows", 0))


def test_inputs_that_change_nothing_and_are_not_in_the_text_are_no_difference():
    made = rows_with_idle_inputs()
    text = compiler.import_file(dump(made).encode(), shown="mine.json").text
    assert text is not None and "Header" not in text.partition("\n#")[0] and "rgthree" in text

    def lines(text: str) -> list[str]:
        return compiler.diff(
            (text.encode(), "a.wan", None), (dump(made).encode(), "b", None)
        ).lines()

    assert lines(text) == []
    assert len(lines(text.replace("a.safetensors", "b.safetensors"))) == 1


def test_a_text_encoder_of_a_loader_that_is_taken_is_a_difference():
    made = changed(rows_with_idle_inputs(), "positive", clip=("rows", 1))
    text = compiler.import_file(dump(made).encode(), shown="mine.json", exact=True).text
    assert text is not None and "clip = wan22.umt5" in text
    without = re.sub(r"\n *clip = wan22.umt5", "", text)
    sides = (without.encode(), "a.wan", None), (dump(made).encode(), "b", None)
    (line,) = compiler.diff(*sides).lines()
    assert line == "#rows (Power Lora Loader (rgthree)): clip none → <#clip (CLIPLoader)>"


def test_what_only_a_bypassed_node_takes_is_no_difference():
    sketch = Sketch()
    sketch.node(1, "PrimitiveInt", (96, "fixed"), gives=("INT",))
    sketch.node(2, "EmptyImage", (64, 64, 1, 0), links={"width": (1, 0)})
    sketch.node(3, "SolidMask", (1.0, 512, 512), gives=("MASK",))
    sketch.node(4, "ImageCompositeMasked", (0, 0, False), mode=4,
                links={"destination": (2, 0), "source": (2, 0), "mask": (3, 0)})  # fmt: skip
    sketch.node(5, "PreviewImage", links={"images": (4, 0)}, gives=())
    workflow = json.dumps(sketch.workflow()).encode()
    text = compiler.import_file(workflow, shown="mine.json").text
    assert text is not None and "bypass" in text and "SolidMask" in text
    assert compiler.diff((workflow, "b", None), (text.encode(), "a.wan", None)).lines() == []


def test_sizes_known_only_at_run_time_are_compared(wan):
    made: Prompt = {
        "1": node("LoadImage", image="a.png"),
        "2": node("GetImageSize", image=("1", 0)),
        "3": node("ImageScale", image=("1", 0), width=("2", 0), height=("2", 1),
                  upscale_method="lanczos", crop="disabled"),
        "4": node("SaveImage", images=("3", 0), filename_prefix="x"),
    }  # fmt: skip
    wan.write("a.json", json.dumps(made))
    wan("import", "a.json", "-o", "a.wan")
    wan("diff", "a.wan", "a.json").gives(stdout="the same\n")
    other = wan.read("a.wan").replace('"x"', '"y"')
    assert (
        wan.write("b.wan", other)("diff", "b.wan", "a.json").stdout
        == '#4 (SaveImage): name "y" → "x"\n'
    )


def test_whole_numbers_are_the_same_with_a_point_and_without():
    made = split()
    made["start"]["inputs"]["batch_size"] = 1
    assert of_prompts(made, changed(made, "start", batch_size=1.0)) == []
    after = changed(changed(made, "start", batch_size=1.0), "high_sampler", cfg=3.5)
    assert of_prompts(made, after) == ["pass high: cfg 1.0 → 3.5"]


def test_a_node_that_is_bypassed_is_told_with_its_mode():
    before, after = picture().workflow(), picture().workflow()
    after["nodes"][1]["mode"] = 4
    assert differ(before, after) == ["#2 (ImageScaleBy): mode active → bypass"]
    assert differ(after, before) == ["#2 (ImageScaleBy): mode bypass → active"]


# --- laws ---


def constants(made: Prompt) -> list[tuple[str, str]]:
    return [
        (id, name)
        for id, each in made.items()
        for name, value in each["inputs"].items()
        if not isinstance(value, list)
    ]


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return f"{value}x" if isinstance(value, str) else value + 1


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_another_value_of_any_node_is_told_whatever_the_ids_are(data: st.DataObject):
    made = prompt()
    id, name = data.draw(st.sampled_from(constants(made)))
    after = changed(made, id, **{name: other(made[id]["inputs"][name])})
    again, _ = other_ids(after, data.draw(st.integers(0, 99)))
    assert of_prompts(made, again)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_one_of_several_values_is_told(data: st.DataObject):
    made = after = prompt()
    picked = st.lists(st.sampled_from(constants(made)), min_size=2, max_size=4, unique=True)
    chosen = data.draw(picked)
    for id, name in chosen:
        after = changed(after, id, **{name: other(made[id]["inputs"][name])})
    for id, name in chosen:
        but_this = changed(after, id, **{name: made[id]["inputs"][name]})
        assert of_prompts(made, after) != of_prompts(made, but_this), (id, name)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_same_is_told_from_either_side(data: st.DataObject):
    made = prompt()
    id, name = data.draw(st.sampled_from(constants(made)))
    after = changed(made, id, **{name: other(made[id]["inputs"][name])})
    assert len(of_prompts(made, after)) == len(of_prompts(after, made))


def test_the_number_of_frames_of_a_video_is_not_told_as_its_file():
    counted: Prompt = changed(
        split() | {"video": node("VHS_LoadVideo", video="walk.mp4", custom_width=720)},
        "start",
        batch_size=("video", 1),
    )
    linked = changed(
        counted | {"width": node("PrimitiveInt", value=720)}, "video", custom_width=("width", 0)
    )
    lines = of_prompts(linked, counted)
    assert any("custom_width" in line for line in lines)
    assert not any("walk.mp4" in line for line in lines)
