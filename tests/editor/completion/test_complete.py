"""What is offered fits the place, and the best comes first."""

from __future__ import annotations

import pytest

from wan22dsl.editor.completion.complete import suggest
from wan22dsl.editor.project import Project
from wan22dsl.language.program import kinds


def test_an_empty_file_begins_with_a_whole_pipeline(offered):
    first = offered("|", head="").items[0]
    assert first.is_snippet and first.text.startswith("wan 1\nuse wan22\n\npipeline clip {\n")


def test_every_kind_of_declaration_is_offered_in_the_first_column(labels):
    assert {*kinds.WORDS, "use"} - {*kinds.RESERVED} <= set(labels("|"))


def test_a_word_in_the_first_column_begins_a_declaration_below_an_open_block(labels):
    assert labels("pass high {\n    cfg = 1.0\n\npip|\n")[0] == "pipeline"


def test_a_block_offers_the_settings_that_it_lacks(labels):
    found = labels("pass high {\n    model = wan22.i2v_high\n    |\n    cfg = 1.0\n}\n")
    assert found[:2] == ["sampler", "steps"]
    assert "model" not in found and "cfg" not in found


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("pass", "model"),
        ("lora", "file"),
        ("bench", "of"),
        ("profile", "card"),
        ("target", "each_pass"),
        ("family", "conditioning"),
        ("upscaler", "file"),
    ],
)
def test_each_kind_of_block_has_its_own_settings(labels, word, first):
    assert labels(f"{word} name {{\n    |\n}}\n")[0] == first


def test_a_setting_shows_its_type_its_default_and_what_it_does(offered):
    found = {each.label: each for each in offered("pass high {\n    |\n}\n").items}
    assert found["denoise"].detail == "float, default 1.0"
    assert found["denoise"].doc
    assert found["steps"].insert == "steps = " and found["steps"].again


def test_a_pipeline_offers_what_its_conditioning_reads(labels):
    text = "pipeline p {{\n    {}\n    flow = wan22.{}_high -> wan22.{}_low\n}}\n"
    assert "control_video" in labels(text.format("|", "control", "control"))[:6]
    assert "control_video" not in labels(text.format("|", "text", "text"))
    assert labels(text.format("|", "base", "base"))[-1] != "image"


def test_a_setting_that_all_passes_have_comes_late_in_a_pipeline(labels):
    own = "pass a { model = wan22.i2v_high, steps = 4 }\n"
    text = "pipeline p {{\n    |\n    flow = {}\n}}\n"
    assert labels(own + text.format("a")).index("cfg") < 8
    assert labels(text.format("wan22.high -> wan22.low")).index("cfg") > 12


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("pass low {\n    model = |\n}\n", "wan22.i2v_low"),
        ("pass high {\n    model = |\n}\n", "wan22.i2v_high"),
        ("pass high {\n    sampler = |\n}\n", "euler/simple"),
        ("pass low {\n    steps = |\n}\n", "2..4 of 4"),
        ("pass a {\n    model = wan22.t2v_low\n    loras = [|]\n}\n", "wan22.lightx2v_t2v_low"),
        ("pipeline p {\n    flow = wan22.high -> |\n}\n", "wan22.low"),
        ("pipeline p {\n    flow = |\n}\n", "wan22.high"),
        ("pipeline p {\n    size = |\n}\n", "832x480"),
        ("pipeline p {\n    length = |\n}\n", "81f"),
        ("pipeline p {\n    handoff = |\n}\n", '"latent"'),
        ("pipeline p {\n    add_noise = |\n}\n", "true"),
        ("param seed: int = 7\npipeline p {\n    seed = |\n}\n", "seed"),
        ("pass low = |\n", "wan22.low"),
        ("lora a { noise = | }\n", '"high"'),
        ("param x: |\n", "int"),
        ("pipeline p {\n    conditioning = |\n}\n", "wan22.given"),
        ("text_encoder e { device = | }\n", '"default"'),
    ],
)
def test_the_first_value_fits_the_setting(labels, text, first):
    assert labels(text)[0] == first


def test_a_sampler_takes_every_scheduler(labels):
    found = labels("pass a {\n    sampler = uni_pc/|\n}\n")
    assert "uni_pc/beta" in found and all(each.startswith("uni_pc/") for each in found)


def test_a_copy_offers_what_can_be_changed_and_what_it_is_now(offered):
    found = offered("pass low = wan22.high(cfg = 2.0, |)\n").items
    assert [each.label for each in found][:3] == ["model", "loras", "steps"]
    assert found[2].detail == "steps, now 0..2 of 4"


def test_members_of_a_module_that_fit_come_first(labels):
    found = labels("pass low = wan22.high(model = wan22.|)\n")
    assert found[0] == "i2v_low" and "high" in found
    assert labels("let b = wan22.high.|\n")[:2] == ["model", "loras"]


def test_outputs_and_facts_stand_behind_a_dot(labels):
    graph = 'graph g {{\n    let a = LoadImage(image = "a.png")\n    {}\n}}\n'
    assert labels(graph.format("let b = a.|")) == ["IMAGE", "MASK"]
    assert labels("stage s(in frames: IMAGE) -> IMAGE {\n    out = scale(frames = frames.|)\n}\n")[
        :3
    ] == ["fps", "length", "size"]
    assert labels("pipeline p {\n    size = 832x480\n    seed = pipeline.size.|\n}\n") == [
        "width",
        "height",
    ]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("pipeline p {\n    length = 5|\n}\n", ["5s", "5f"]),
        ("pipeline p {\n    fps = 16|\n}\n", ["16fps"]),
        ("target t {\n    peak_vram = 0GiB..24|\n}\n", ["24s", "24f", "24fps", "24GiB", "24MiB"]),
        ("pipeline p {\n    size = 832x|\n}\n", ["832x480"]),
        ("pass a {\n    cfg = 3|\n}\n", []),
    ],
)
def test_a_number_gets_the_units_that_fit(labels, text, units):
    assert labels(text)[: len(units) or None] == units


def test_a_stage_in_a_flow_asks_for_what_it_needs(offered):
    text = "pipeline p {\n    flow = wan22.high -> wan22.low -> sav|\n}\n"
    assert offered(text).items[0].insert == 'save("${1:name}")'


def test_arguments_that_are_given_are_not_offered_again(labels):
    found = labels('let a = wan22.high -> save("a", fps = 16fps, |)\n')
    assert found == ["audio", "format", "codec"]


def test_a_node_offers_its_inputs_and_their_choices(labels):
    graph = "graph g {{\n    ImageScaleBy({})\n}}\n"
    assert labels(graph.format("|"))[0] == "image"
    assert "lanczos" in labels(graph.format('upscale_method = "|"'))
    assert '"lanczos"' in labels(graph.format("upscale_method = |"))


def test_classes_begin_with_comfyuis_own(labels):
    found = labels("graph g {\n    LoadIm|\n}\n")
    assert found[0] == "LoadImage" and len(found) > 5
    assert labels("graph g {\n    `RIFE|\n}\n")[0] == "`RIFE VFI`"


def test_a_declared_node_is_offered(labels):
    text = 'node Zoomer(images: IMAGE) -> IMAGE { pack = "a/b" }\ngraph g {\n    Zoo|\n}\n'
    assert labels(text)[:1] == ["Zoomer"]


@pytest.mark.parametrize("text", ["# a comm|ent\n", 'pipeline p {\n    prompt = "a wal|k"\n}\n'])
def test_nothing_is_offered_in_a_comment_and_in_a_prompt(labels, text):
    assert labels(text) == []


def test_names_are_offered_between_the_braces_of_a_string(labels):
    found = labels('param seed: int = 1\npipeline p {\n    flow = wan22.high -> save("a_{|")\n}\n')
    assert found[0] == "seed"


def test_files_beside_the_file_are_offered(labels, tmp_path):
    (tmp_path / "shots").mkdir()
    for name in ("a.png", "b.mp4", "c.txt", "shots/d.jpg", "house.wan"):
        (tmp_path / name).write_text("", encoding="utf-8")
    text = "pipeline p {{\n    image = {}\n}}\n"
    assert labels(text.format('"|"')) == ["a.png", "b.mp4", "shots/d.jpg"]
    assert '"a.png"' in labels(text.format("|"))[:3]
    assert '"house.wan"' in labels("|", head="wan 1\nuse ")


def test_the_rules_that_found_something_are_the_first_to_allow(labels):
    text = (
        "# wan: allow(|)\npass a {\n    model = wan22.i2v_high\n    cfg = 1.0\n    steps = 4\n"
        '    sampler = euler/simple\n}\npipeline p {\n    prompt = "a"\n    size = 831x480\n'
        '    image = "a.png"\n    length = 81f\n    flow = a -> save("a")\n}\n'
    )
    assert "size-off-grid" in labels(text)[:6]


def test_a_word_in_the_middle_is_replaced_as_a_whole(offered):
    text = "pass a {\n    mo|del = wan22.i2v_high\n}\n"
    found = offered(text)
    start = len("wan 1\nuse wan22\n\npass a {\n    ")
    assert (found.start, found.end) == (start, start + 5)
    assert found.items[0].insert == "model"


def test_a_space_asks_only_where_a_value_is_waited_for(labels):
    assert labels("pass a {\n    cfg = |\n}\n", trigger=" ")
    assert not labels("pass a {\n    cfg = 1.0 |\n}\n", trigger=" ")
    assert not labels("pass a {\n     |\n}\n", trigger=" ")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("pass high {\n    model = |\n\npipeline p {\n    size = 832x480\n", "wan22.i2v_high"),
        ("pass low = wan22.high(steps = |\npass other { cfg = 1.0 }\n", "2..4 of 4"),
        ("pipeline p {\n    flow = wan22.high -> |\n    size = \n    ]\n}\n", "wan22.low"),
        ("pass a {\n    loras = [wan22.|\n    cfg = 1.0\n}\n", "lightx2v_high"),
    ],
)
def test_broken_text_is_completed_too(labels, text, first):
    assert labels(text)[0] == first


def test_passes_that_read_what_a_pipeline_sets_come_first(labels):
    text = 'pipeline p {\n    prompt = "a"\n    image = "a.png"\n    end_image = "b.png"\n    flow = |\n}\n'
    assert labels(text)[:2] == ["wan22.inpaint_high", "wan22.base_inpaint_high"]


def test_what_a_flow_gives_by_its_name_is_not_known_so_every_stage_fits(labels):
    text = "param order: flow = wan22.high -> wan22.low\npipeline p {\n    flow = order -> |\n}\n"
    assert "save" in labels(text)[:3]


def test_an_output_of_the_type_is_offered_whole(labels):
    graph = 'graph g {\n    let a = LoadImage(image = "a.png")\n    ImageScaleBy(image = |)\n}\n'
    assert labels(graph)[0] == "a.IMAGE"


def test_a_copy_can_add_to_what_it_copies(offered):
    found = offered("pass high = wan22.high(loras = |)\n").items[0]
    assert found.insert == "wan22.high.loras + [$0]"


def test_a_pass_samples_the_rest_of_another_schedule(labels):
    text = "pass a = wan22.base_high(steps = 0..12 of 30)\npass low = a(steps = |)\n"
    assert labels(text)[0] == "12..30 of 30"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("profile p { flags = { | } }\n", "reserve_vram"),
        ("profile p { flags = { use_sage_attention = | } }\n", "true"),
        ("target t { whole = | }\n", "0s..60s"),
        ("bench b { vary = { high.cfg = [|] } }\n", "1.0"),
        ("node A(images: IMAGE) -> (frames: IMAGE) { frames = { | } }\n", "fps"),
        ("param seed: |\n", "int"),
        ("stage s(in latent: |\n", "LATENT"),
    ],
)
def test_records_and_types_are_known(labels, text, first):
    assert labels(text)[0] == first


def test_a_configuration_has_its_keys_tables_and_values(tmp_path):
    def ask(text):
        before, _, behind = text.partition("|")
        project, file = Project(), tmp_path / "wan.toml"
        project.open(file, before + behind)
        return [each.label for each in suggest(project.view(file), len(before)).items]

    assert "card" in ask('target = "0.39"\n|\n') and "target" not in ask('target = "0.39"\n|\n')
    assert "RTX 5090" in ask('card = "RTX 50|"\n')
    assert ask("strict = |\n") == ["true", "false"]
    assert ask("[profile.night]\nca|\n") == ["card"]
    assert "[comfyui.…]" in ask("[|\n")
    assert "size-off-grid" in ask('ignore = ["|"]\n')
