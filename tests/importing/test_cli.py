"""`wan import`: what it reads, where it writes, and what it says of what it cannot read."""

from __future__ import annotations

import json

import pytest

from tests.importing.user_workflow import prompt
from tests.prompts import changed, meaning, node
from wan22dsl.api import compiler
from wan22dsl.formats.prompt import dump
from wan22dsl.server.media.drawing import Clip
from wan22dsl.server.media.latent import Shape, latent
from wan22dsl.server.media.pictures import png, webp
from wan22dsl.server.media.video import video

CLIP = Clip(64, 96, 3, 16.0, "0f")
HOUSE = """\
wan 1
use wan22

pass quick = wan22.low(shift = 6.0)

# Twice the frames, saved in the folder of the house.
stage finish(in frames: IMAGE, name: text) {
    frames -> rife(times = 2) -> save("house/{name}")
}
"""


def test_prompt_json_goes_to_standard_output(wan):
    result = wan.write("mine.json", dump(prompt()))("import", "mine.json")
    assert result.status == 0 and result.stderr == ""
    assert "flow    = wan22.high -> low -> rife -> save" in result.stdout
    assert "# Imported from mine.json." in result.stdout


def test_the_text_goes_to_a_file(wan):
    result = wan.write("mine.json", dump(prompt()))("import", "mine.json", "-o", "mine.wan")
    result.gives(stderr="wrote mine.wan\n")
    assert wan("lint", "mine.wan").status == 0
    compiled = json.loads(wan("compile", "mine.wan").stdout)
    assert meaning(compiled) == meaning(prompt())


def test_standard_input_is_read(wan):
    result = wan("import", "-", stdin=dump(prompt()))
    assert result.status == 0
    assert "# Imported from standard input." in result.stdout
    with_picture = wan("import", "-", stdin=png(CLIP, 0, {"prompt": dump(prompt())}))
    assert "wan22.high -> low" in with_picture.stdout


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", png(CLIP, 0, {"prompt": dump(prompt())})),
        ("a.webp", webp(CLIP, {"prompt": dump(prompt())})),
        ("a.mp4", video(CLIP, "mp4", {"prompt": dump(prompt())})),
        ("a.webm", video(CLIP, "webm", {"prompt": dump(prompt())})),
        ("a.latent", latent(Shape(64, 96, 5, 1), {"prompt": dump(prompt())})),
    ],
)
def test_files_that_comfyui_writes_are_read(wan, name, data):
    result = wan.write(name, data)("import", name)
    assert result.status == 0, result.stderr
    assert "flow    = wan22.high -> low -> rife -> save" in result.stdout


def test_a_list_that_the_server_unwrapped_before_it_wrote_the_file_is_data(wan):
    made = prompt()
    made["compared"] = {
        "class_type": "ImageCompare",
        "inputs": {"compare_view": ["", ""], "image_a": ["load", 0]},
    }
    written = wan.write("a.png", png(CLIP, 0, {"prompt": dump(made)}))("import", "a.png")
    assert written.status == 0 and "ImageCompare(" in written.stdout
    sent = json.loads(wan.write("a.wan", written.stdout)("compile", "a.wan").stdout)
    (compared,) = (node for node in sent.values() if node["class_type"] == "ImageCompare")
    assert compared["inputs"]["compare_view"] == {"__value__": ["", ""]}


def test_the_hash_of_a_picture_does_not_come_along(wan):
    made = prompt()
    made["load"]["is_changed"] = ["5d41402abc4b2a76b9719d911017c592"]
    text = wan.write("a.json", dump(made))("import", "a.json").stdout
    assert "5d41402" not in text and 'image   = "start.png"' in text


def _video(text: str, of: dict | None = None, **more) -> bytes:
    wan = {"source": text, "pipeline": "mine", "uses": {}, "parameters": {}, **more}
    return video(CLIP, "mp4", {"prompt": dump(of or prompt()), "wan": json.dumps(wan)})


def test_a_file_that_carries_its_text_gives_it_back(wan):
    own = wan.write("mine.json", dump(prompt()))("import", "mine.json").stdout
    own = own.replace("# Imported from mine.json.", "# My own words.")
    wan.write("a.mp4", _video(own))
    wan("import", "a.mp4").gives(stdout=own)
    made = wan("import", "a.mp4", "--from-graph").stdout
    assert "My own words" not in made and "wan22.high -> low" in made


def test_a_text_that_makes_another_graph_now_is_not_taken(wan):
    own = wan.write("mine.json", dump(prompt()))("import", "mine.json").stdout
    other = changed(prompt(), "high_shift", shift=7.0)
    result = wan.write("a.mp4", _video(own, of=other))("import", "a.mp4")
    assert result.status == 0
    assert "does not match its graph" in result.stderr
    assert "shift = 7.0" in result.stdout


def test_parameters_and_used_files_are_told(wan):
    text = (
        'wan 1\nuse wan22\nuse "house.wan" as house\n\nparam seed: int = 1\n\npipeline mine {\n'
        '    image = "a.png"\n    prompt = "x"\n    size = 640x640\n    length = 81f\n'
        '    seed = seed\n    flow = wan22.high -> house.quick -> house.finish("x")\n}\n'
    )
    wan.write("house.wan", HOUSE).write("mine.wan", text)
    made = json.loads(wan("compile", "mine.wan", "--set", "seed=9").stdout)
    data = _video(text, of=made, uses={"house.wan": HOUSE}, parameters={"seed": 9})
    result = wan.write("a.mp4", data)("import", "a.mp4")
    assert result.stdout == text
    assert "--set seed=9" in result.stderr and "house.wan" in result.stderr


def test_stages_and_passes_of_a_file_of_ones_own_come_back(wan):
    text = (
        'wan 1\nuse wan22\nuse "house.wan" as house\n\npipeline mine {\n'
        '    image  = "a.png"\n    prompt = "x"\n    size   = 640x640\n    length = 81f\n'
        '    flow   = wan22.high -> house.quick -> house.finish("x")\n}\n'
    )
    wan.write("house.wan", HOUSE).write("text.wan", text)
    wan("compile", "text.wan", "-o", "mine.json")
    result = wan("import", "mine.json", "--use", "house.wan=house")
    assert result.stdout == (
        '# Imported from mine.json.\nwan 1\nuse "house.wan" as house\nuse wan22\n\n'
        'pipeline mine {\n    image  = "a.png"\n    prompt = "x"\n    size   = 640x640\n'
        '    length = 81f\n    flow   = wan22.high -> house.quick -> house.finish("x")\n}\n'
    )


def test_a_used_file_that_is_not_there_is_told(wan):
    result = wan.write("mine.json", dump(prompt()))("import", "mine.json", "--use", "gone.wan")
    assert result.status == 2
    assert "gone.wan" in result.stderr and "no such file" in result.stderr


def with_steps_by_link():
    made = prompt()
    made["steps"] = node("PrimitiveInt", value=5)
    return changed(made, "high_sampler", steps=("steps", 0))


def test_a_computed_value_is_named_where_it_is(wan):
    wan.write("a.json", dump(with_steps_by_link()))
    text = wan("import", "a.json").stdout
    assert "pass high = wan22.high(steps = 0..2 of 5) # steps from PrimitiveInt #steps\n" in text
    assert "flow    = high -> low -> rife" in text
    assert "PrimitiveInt(" not in text


def test_a_setting_of_the_pipeline_names_the_sliders_it_comes_from(wan):
    made = prompt()
    made["wide"] = {**node("PrimitiveInt", value=832), "_meta": {"title": "Width"}}
    made["long"] = node("PrimitiveInt", value=5)
    made["frames"] = node(
        "ComfyMathExpression", **{"expression": "a * 16 + 1", "values.a": ("long", 0)}
    )
    made = changed(made, "start", width=("wide", 0), length=("frames", 1))
    text = wan.write("a.json", dump(made))("import", "a.json").stdout
    assert '    size    = 832x1216 # from PrimitiveInt "Width"\n' in text
    assert "    length  = 81f # from ComfyMathExpression #frames, PrimitiveInt #long\n" in text
    assert '# Computed: ComfyMathExpression(expression = "a * 16 + 1")\n' in text


def test_exact_keeps_every_node(wan):
    made = with_steps_by_link()
    text = wan.write("a.json", dump(made))(
        "import", "a.json", "--exact", "-o", "a.wan"
    ) and wan.read("a.wan")
    assert "PrimitiveInt(value = 5)" in text
    assert meaning(json.loads(wan("compile", "a.wan").stdout)) == meaning(made)


def test_the_older_option_is_still_accepted(wan):
    wan.write("a.json", dump(with_steps_by_link()))
    assert wan("import", "a.json", "--simplify").stdout == wan("import", "a.json").stdout
    both = wan("import", "a.json", "--simplify", "--exact")
    assert both.status == 2 and "contradict each other" in both.stderr


def test_nodes_that_only_pass_their_input_through_are_named_below(wan):
    made = prompt()
    made["pass"] = node("ImagePass", image=("load", 0))
    made = changed(made, "start", start_image=("pass", 0))
    text = wan.write("a.json", dump(made))("import", "a.json").stdout
    assert 'image   = "start.png"' in text
    assert "# Passed through: ImagePass()\n" in text


def test_what_frees_memory_stays_where_it_is(wan):
    made = prompt()
    made["free"] = node("easy cleanGpuUsed", anything=("rife", 0))
    made = changed(made, "video", images=("free", 0))
    text = wan.write("a.json", dump(made))("import", "a.json", "-o", "a.wan") and wan.read("a.wan")
    assert "-> rife -> free_memory -> save(" in text
    assert meaning(json.loads(wan("compile", "a.wan").stdout)) == meaning(made)


def test_a_value_node_that_shows_its_value_leads_nowhere_once_it_is_put_in(wan):
    made = prompt()
    made["sum"] = node("MathExpression|pysssss", expression="2 + 3")
    made = changed(made, "high_sampler", steps=("sum", 0))
    text = wan.write("a.json", dump(made))("import", "a.json").stdout
    assert "steps = 0..2 of 5" in text and "steps from MathExpression|pysssss #sum" in text
    assert "`MathExpression|pysssss`(" not in text


def test_muted_groups_and_notes_become_comments(wan):
    made = {
        "nodes": [
            {"id": 1, "type": "LoadImage", "mode": 0, "inputs": [], "widgets_values": ["a.png"],
             "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [1]}]},
            {"id": 2, "type": "SaveImage", "mode": 0, "widgets_values": ["x"], "outputs": [],
             "inputs": [{"name": "images", "type": "IMAGE", "link": 1}]},
            {"id": 3, "type": "KSampler", "mode": 2, "title": "Old pass", "outputs": [],
             "inputs": [], "widgets_values": [5, "fixed", 20, 7.0, "euler", "simple", 1.0]},
            {"id": 4, "type": "Note", "mode": 0, "widgets_values": ["Try 3.5\nfor cfg."]},
        ],
        "links": [[1, 1, 0, 2, 0, "IMAGE"]],
        "version": 0.4,
    }  # fmt: skip
    text = wan.write("a.json", json.dumps(made))("import", "a.json").stdout
    assert "# Note: Try 3.5\n# for cfg.\n" in text
    assert "# Muted: KSampler(seed = 5, steps = 20, cfg = 7" in text and "(Old pass)" in text
    assert "KSampler" not in text.replace("# Muted: KSampler", "")


BAD = {
    "cut off": ('{"1": {"class_type": "LoadImage", "inp', "WAN551", 1),
    "empty": ("", "the file is empty", 1),
    "no JSON": ("wan 1\n", "`wan import` reads prompt JSON", 2),
    "no graph": ("[1, 2]", "WAN552", 1),
    "dangling": (dump({"1": node("SaveImage", images=("9", 0), filename_prefix="x")}), "WAN509", 1),
    "circle": (
        dump({
            "1": node("ImageInvert", image=("2", 0)),
            "2": node("ImageInvert", image=("1", 0)),
            "3": node("SaveImage", images=("2", 0), filename_prefix="x"),
        }),
        "WAN511",
        1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_and_nothing_is_written(wan, name):
    text, reported, status = BAD[name]
    result = wan.write("bad.json", text)("import", "bad.json", "-o", "out.wan")
    assert result.status == status
    assert reported in result.stderr
    assert not (wan.folder / "out.wan").exists()


def test_a_video_without_a_workflow_is_told(wan):
    result = wan.write("a.mp4", video(CLIP, "mp4", {}))("import", "a.mp4")
    assert result.status == 2
    assert "contains no workflow" in result.stderr


def test_a_file_that_is_not_there_is_told(wan):
    result = wan("import", "gone.json")
    assert result.status == 2 and "gone.json" in result.stderr


def test_unknown_classes_come_in_as_they_are(wan):
    made = {
        "1": node("LoadImage", image="a.png"),
        "2": {"class_type": "My Node (v2)", "inputs": {"images": ["1", 0], "mode `x`": [1, 2][0]}},
        "3": node("SaveImage", images=("2", 0), filename_prefix="x"),
    }
    text = wan.write("a.json", dump(made))("import", "a.json").stdout
    assert "`My Node (v2)`(" in text
    compiled = compiler.compile(compiler.Source(text, "a.wan"))
    assert any(finding.name == "unknown-class" for finding in compiled.diagnostics)


def test_a_large_graph_comes_in_as_it_is(wan):
    made = {"0": node("LoadImage", image="a.png")}
    for number in range(1, 4000):
        made[str(number)] = node("ImageInvert", image=(str(number - 1), 0))
    made["end"] = node("SaveImage", images=("3999", 0), filename_prefix="x")
    result = wan.write("a.json", dump(made))("import", "a.json", "-o", "a.wan")
    assert result.status == 0, result.stderr
    assert "graph a {" in wan.read("a.wan")


def test_a_graph_that_branches_and_joins_again_and_again_comes_to_an_end(wan):
    made, last = prompt(), "rife"
    for number in range(200):
        made[f"join_{number}"] = node("ImageBatch", image1=(last, 0), image2=(last, 0))
        last = f"join_{number}"
    made = changed(made, "video", images=(last, 0))
    result = wan.write("a.json", dump(made))("import", "a.json", "-o", "a.wan")
    assert result.status == 0, result.stderr
    assert wan.read("a.wan").count("ImageBatch(") == 200


def test_equal_nodes_stay_two(wan):
    made = prompt()
    made["vae_2"] = node("VAELoader", vae_name="wan_2.1_vae.safetensors")
    made = changed(made, "decode", vae=("vae_2", 0))
    text = wan.write("a.json", dump(made))("import", "a.json", "-o", "a.wan") and wan.read("a.wan")
    assert 'VAELoader(vae_name = "wan_2.1_vae.safetensors") { title = "VAELoader 2" }' in text
    assert meaning(json.loads(wan("compile", "a.wan").stdout)) == meaning(made)
