"""`wan run --simulate` has what the user's file names: LoRAs, GGUF, upscalers, custom nodes; and says so."""

from __future__ import annotations

import json

import pytest

from tests.prompts import changed, graph_of, node, split
from tests.run.conftest import SPLIT
from wan22dsl.api.compiler import compile
from wan22dsl.graph.cost.uncounted import not_counted
from wan22dsl.server.embedded import EmbeddedServer
from wan22dsl.server.models import class_like
from wan22dsl.source import Source

LORA = SPLIT.replace(
    "pass high", 'lora anna { file = "anna_v3.safetensors" }\n\npass high', 1
).replace("    cfg     = 1.0", "    cfg     = 1.0\n    loras   = [anna]")
GGUF = SPLIT.replace(
    "pass high",
    """model q_high {
    load   = UnetLoaderGGUF(unet_name = "wan2.2_t2v_high_noise_14B_Q4_K_S.gguf")
    noise  = "high"
    family = wan22.t2v_14b
}

pass high""",
    1,
).replace("wan22.t2v_high", "q_high", 1)
UPSCALER = SPLIT.replace(
    "pass high", 'upscaler mine { file = "4x_my.pth" }\n\npass high', 1
).replace("rife(times = 2)", "upscale(model = mine)")
CUSTOM = SPLIT.replace("rife(times = 2)", "MyFancyUpscaler(images = _, factor = 2, on = true)[0]")


def record_of(done):
    assert done.status == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])["record"]


WRAPPER = """\
wan 1
use wrapper

pipeline clip {
    prompt = "She smiles"
    size   = 832x480
    length = 81f
    let high = wrapper.model("wan2.2_t2v_high_noise_14B.gguf")
    let low = wrapper.model("wan2.2_t2v_low_noise_14B.gguf")
    image_embeds = wrapper.text_to_video
    text_embeds  = wrapper.encode
    vae          = wrapper.vae_2_1
    text_encoder = wrapper.umt5
    flow = wrapper.sample(high, steps = 6, end_step = 3)
        -> wrapper.sample(low, steps = 6, start_step = 3)
        -> wrapper.decode
        -> combine("clip", fps = 16fps)
}
"""


def simulated(wan, text, *words):
    wan.write("clip.wan", text)
    return wan("run", "clip.wan", "--simulate", "--speed", "max", "--json", *words)


@pytest.mark.parametrize(
    ("text", "name", "folder"),
    [
        (LORA, "anna_v3.safetensors", "models/loras"),
        (GGUF, "wan2.2_t2v_high_noise_14B_Q4_K_S.gguf", "models/diffusion_models"),
        (UPSCALER, "4x_my.pth", "models/upscale_models"),
    ],
)
def test_a_model_file_is_stood_in_for_in_one_line(wan, text, name, folder):
    done = simulated(wan, text)
    record = record_of(done)
    assert record["result"] == "success" and record["not_counted"] == []
    assert done.stderr.count("note[WAN930") == 1
    shown = " ".join(done.stderr.split())
    assert f"placeholders for `{name}`" in shown and folder in shown
    assert "WAN902" not in done.stderr


@pytest.mark.parametrize("card", ["RTX 4090", "H100"])
def test_a_custom_node_is_stood_in_for_and_there_is_no_total(wan, card):
    done = simulated(wan, CUSTOM, "--card", card, "--target-seconds", "500")
    record = record_of(done)
    assert "placeholders for `MyFancyUpscaler`" in " ".join(done.stderr.split())
    assert record["not_counted"] == ["MyFancyUpscaler: no cost is known for MyFancyUpscaler"]
    assert all(pass_["total_s"] > 5 for pass_ in record["timing"]["passes"])
    whole = [rating for rating in record["ratings"] if rating["what"].startswith("the whole run")]
    assert whole and {each["verdict"] for each in whole} == {"not rated"}
    shown = wan("runs", "show", "last").stdout
    assert "no total, because a part has no estimate (MyFancyUpscaler" in shown
    assert "\ntotal " not in shown
    assert wan("runs", "list").stdout.splitlines()[1].split()[2] == "-"


def test_a_custom_node_at_the_end_runs_as_an_output(wan):
    text = SPLIT.replace('save("clip")', '[save("clip"), MyUploader(frames = _)]')
    assert record_of(simulated(wan, text))["result"] == "success"


def test_a_class_of_a_pack_is_made_up_from_its_use():
    prompt = split()
    prompt["up"] = node("MyFancyUpscaler", images=("decode", 0), factor=2, by=1.5, on=True, how="x")
    made = class_like(graph_of(changed(prompt, "video", images=("up", 1))), "MyFancyUpscaler")
    kinds = {input_.name: input_.type for input_ in made.inputs}
    assert kinds == {
        "images": "IMAGE", "factor": "INT", "by": "FLOAT", "on": "BOOLEAN", "how": "STRING",
    }  # fmt: skip
    assert [output.type for output in made.outputs] == ["*", "IMAGE"]
    assert not made.is_output and not any(input_.required for input_ in made.inputs)


def test_an_unknown_model_is_not_counted():
    prompt = changed(split(), "high_model", unet_name="mystery.safetensors")
    assert not_counted(graph_of(prompt)) == ("high_sampler: the model is not known",)
    assert not_counted(graph_of(split())) == ()


def test_a_sampler_that_is_not_simulated_has_no_estimate_and_there_is_no_total(wan):
    done = simulated(wan, WRAPPER)
    record = record_of(done)
    assert record["result"] == "success"
    assert record["not_counted"] == [
        "sample: WanVideoSampler is not simulated", "sample_2: WanVideoSampler is not simulated",
    ]  # fmt: skip
    shown = wan("runs", "show", "last").stdout
    assert "no total, because a part has no estimate (sample: WanVideoSampler" in shown
    rows = {line.split()[0]: line for line in shown.splitlines() if line.startswith("sample")}
    assert set(rows) == {"sample", "sample_2"}
    assert all(row.endswith("no estimate") for row in rows.values())
    assert "0.00 s a step" not in done.stderr and "not run" not in shown


def test_many_names_are_shortened(wan):
    loras = "\n".join(f'lora l{n} {{ file = "l{n}_mine.safetensors" }}' for n in range(9))
    text = LORA.replace("lora anna", f"{loras}\n\nlora anna", 1)
    text = text.replace("[anna]", f"[{', '.join(f'l{n}' for n in range(9))}]")
    done = simulated(wan, text)
    assert record_of(done)["result"] == "success"
    assert "and 3 more" in " ".join(done.stderr.split())


def test_a_server_that_was_started_by_somebody_has_what_it_has(wan):
    wan.write("clip.wan", LORA)
    with EmbeddedServer(speed=5000) as server:
        done = wan("run", "clip.wan", "--server", server.url)
    assert done.status == 1 and "WAN902" in done.stderr


def test_the_next_command_has_forgotten_what_was_stood_in_for(wan):
    assert record_of(simulated(wan, LORA))
    with EmbeddedServer(speed=5000) as server:
        assert wan("run", "clip.wan", "--server", server.url).status == 1


@pytest.mark.parametrize("text", [LORA, GGUF, UPSCALER, CUSTOM])
def test_a_server_that_was_started_for_a_file_has_what_the_file_uses(wan, text):
    wan.write("clip.wan", text)
    compiled = compile(Source(text, "clip.wan"))
    with EmbeddedServer(speed=5000) as server:
        before = wan("run", "clip.wan", "--server", server.url)
        assert before.status == 1
        if (
            text != CUSTOM
        ):  # what class a server lacks is said by the linter, which knows no simulation
            assert "wan serve --stand-in FILE" in " ".join(before.stderr.split())
        names = server.stand_in_for(compiled.graph.graph)
        assert len(names) == 1
        assert server.stand_in_for(compiled.graph.graph) == ()
        done = wan("run", "clip.wan", "--server", server.url)
        assert done.status == 0, done.stderr
        other = text.replace("anna_v3", "another").replace("_Q4_K_S", "_Q8_0")
        other = other.replace("4x_my", "2x_other").replace("MyFancy", "YourFancy")
        wan.write("clip.wan", other)
        assert wan("run", "clip.wan", "--server", server.url).status == 1


def test_the_official_files_need_no_stand_in():
    with EmbeddedServer(speed=5000) as server:
        assert server.stand_in_for(compile(Source(SPLIT, "clip.wan")).graph.graph) == ()
