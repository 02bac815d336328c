"""Sections of a long video that only differ in a few values become one pipeline and copies of it."""

from __future__ import annotations

import json

import pytest

from tests.importing.test_laws import brought_in
from tests.language.library.building import pipeline, prompt_of
from wan22dsl.api import compiler
from wan22dsl.errors import CommandError
from wan22dsl.formats.prompt import dump
from wan22dsl.importing.copies import lines_of
from wan22dsl.importing.unified import Hint, Unified, elements
from wan22dsl.language.syntax import parse_expression
from wan22dsl.language.syntax.tree import List
from wan22dsl.source import Source

#: As a person writes it: sections that go on from each other, blended into one clip.
STORY = """\
wan 1
use wan22

pass high = wan22.high(steps = 0..3 of 6)

pass low = wan22.low(steps = 3..6 of 6)

stage continued(
    previous: LATENT = pipeline.previous
    kept: INT = pipeline.kept
    positive: CONDITIONING = wan22.encode(pipeline.prompt)
    negative: CONDITIONING = wan22.encode(pipeline.negative)
) -> (positive: CONDITIONING, negative: CONDITIONING, latent: LATENT) {
    let start = LoadImage(image = "anna.png")
    let node = WanImageToVideoSVIPro(
        length = 81
        motion_latent_count = kept
        positive = positive
        negative = negative
        anchor_samples = start.IMAGE -> encode_frames(vae = wan22.vae_2_1)
        prev_samples = previous
    )
    positive = node.positive
    negative = node.negative
    latent   = node.latent
}

stage blend(in frames: IMAGE, more: IMAGE) -> IMAGE {
    out = ImageBatchExtendWithOverlap(
        source_images = frames
        new_images = more
        overlap = 5
        overlap_side = "source"
        overlap_mode = "linear_blend"
    ).extended_images
}

pipeline first {
    conditioning = continued
    prompt       = "She is talking to the camera, and her hands are moving while she explains it"
    negative     = "blurry, static, overexposed, subtitles, worst quality, JPEG artefacts, ugly"
    kept         = 0
    seed         = 11
    flow         = high -> low
}

pipeline second = first(
    previous = first
    prompt = "She stands up, the camera pulls back, and her whole dress is seen in the evening light"
    kept = 1
    seed = 12
)

pipeline third = second(
    previous = second
    prompt = "She walks towards the window, and the camera follows her slowly through the large room"
    seed = 13
)

pipeline fourth = second(
    previous = third
    prompt = "She opens the window, looks out, and the wind moves her hair while the music fades out"
    seed = 14
)

pipeline story {
    flow = first -> blend(second) -> blend(third) -> blend(fourth) -> combine("story")
}
"""


SAMPLED = "wan22.high -> wan22.low -> decode"


def test_sections_of_one_shape_are_written_once_and_copied() -> None:
    text = brought_in(prompt_of(STORY))
    assert text.count("WanImageToVideoSVIPro(") == text.count("ImageBatchExtendWithOverlap(") == 1
    assert [line for line in text.splitlines() if line.startswith("pipeline ")] == [
        "pipeline section_1 {",
        "pipeline section_2 = section_1(",
        "pipeline section_3 = section_2(",
        "pipeline section_4 = section_3(",
        "pipeline made {",
    ]


def test_a_copy_has_only_what_differs() -> None:
    third = brought_in(prompt_of(STORY)).partition("pipeline section_3 = section_2(\n")[2]
    copied = third.partition("\n)\n")[0].splitlines()
    assert [line.split(" = ")[0].strip() for line in copied] == ["prev_samples", "prompt", "seed"]
    assert copied[0].strip() == "prev_samples = section_2"


def test_a_pass_behind_the_sections_has_its_settings_in_the_whole_only() -> None:
    refined = STORY.replace(
        "pipeline story {\n",
        'pipeline story {\n    prompt = "sharp"\n    size = 480x832\n',
    )
    again = "-> wan22.low(steps = 4, denoise = 0.3, conditioning = wan22.text_to_video)"
    refined = refined.replace('-> combine("story")', f'{again} -> combine("story")')
    text = brought_in(prompt_of(refined))
    assert text.count("WanImageToVideoSVIPro(") == 1 and text.count('"sharp"') == 1
    assert "pipeline section_4 = section_3(" in text


def test_the_text_is_not_much_longer_than_what_a_person_writes() -> None:
    assert lines_of(brought_in(prompt_of(STORY))) <= 1.3 * lines_of(STORY)


def test_the_pipeline_that_is_part_of_no_other_is_compiled() -> None:
    text = brought_in(prompt_of(STORY))
    whole = compiler.compile(Source(text, "a.wan"), pipeline="made").prompt
    assert whole is not None and compiler.compile(Source(text, "a.wan")).prompt == whole


def test_a_copy_is_no_part_of_what_it_is_a_copy_of() -> None:
    text = pipeline('wan22.high -> wan22.low -> save("a")') + 'pipeline two = test(prompt = "x")\n'
    with pytest.raises(CommandError, match=r"choose one with --pipeline\. Pipelines: test, two\."):
        compiler.compile(Source(text, "a.wan"))


def test_two_short_clips_stay_in_one_pipeline() -> None:
    more = 'let second = wan22.high(prompt = "b", seed = 8) -> wan22.low(prompt = "b") -> decode'
    text = pipeline(f'{SAMPLED} -> join(second) -> save("a")', f"\n    {more}\n")
    assert brought_in(prompt_of(text)).count("pipeline ") == 1


def test_sections_in_groups_are_called_like_these() -> None:
    written = compiler.workflow(Source(STORY, "story.wan"))[0]
    assert written is not None
    drawn = json.loads(dump(written))
    drawn["extra"].pop("wan")
    places: dict[str, list[int]] = {}
    for number, node in enumerate(drawn["nodes"]):
        node["pos"] = [number * 1000, 0]
        node["properties"].pop("wan id", None)
        places.setdefault(node.get("title", "").partition(".")[0], []).append(number * 1000)
    drawn["groups"] = [
        {"title": f"Video {number} (copyable)", "bounding": [place - 10, -10, 500, 500]}
        for number, part in enumerate(("first", "second", "third", "fourth"), 1)
        for place in places[part]
    ]
    found = compiler.import_file(json.dumps(drawn).encode(), shown="made.json")
    assert found.text is not None
    assert "# Video 2 (copyable)\npipeline video_2 = video_1(" in found.text


RESIZED = """
    let small = ImageResizeKJv2(
        image = LoadImage(image = "{0}.png").IMAGE
        width = {1}
        height = 480
        upscale_method = "lanczos"
        keep_proportion = "crop"
        pad_color = "0, 0, 0"
        crop_position = "center"
        divisible_by = 2
        device = "cpu"
    ).IMAGE
"""


def _resized(*names: str) -> str:
    lets = "".join(
        RESIZED.format(name, 640 + 2 * at).replace("small", f"small_{name}")
        for at, name in enumerate(names)
    )
    flow = f"{SAMPLED} " + "".join(f"-> join(small_{name}) " for name in names) + '-> save("a")'
    return pipeline(flow, lets)


def test_a_node_that_is_called_again_and_again_is_a_stage() -> None:
    text = brought_in(prompt_of(_resized("a", "b", "c")))
    assert "stage image_resize_kjv2(image: IMAGE, width: INT) -> IMAGE {" in text
    assert text.count("ImageResizeKJv2(") == 1
    assert text.count("= image_resize_kjv2(") == 3


def test_a_node_that_is_called_once_is_none() -> None:
    text = brought_in(prompt_of(_resized("a")))
    assert "stage " not in text and text.count("ImageResizeKJv2(") == 1


LONG = "blurry, static, overexposed, subtitles, worst quality, JPEG artefacts, ugly, six fingers"


def test_a_long_prompt_that_is_there_several_times_has_a_name() -> None:
    more = "".join(
        f"""
    let {name} = CLIPTextEncode(text = "{LONG}", clip = wan22.umt5) {{ title = "{name}" }}
    let clip_{name} = WanImageToVideo(
        positive = wan22.encode("{name}"), negative = {name}, vae = wan22.vae_2_1
    ).latent -> decode(vae = wan22.vae_2_1)
"""
        for name in ("one", "two")
    )
    text = brought_in(
        prompt_of(pipeline(f'{SAMPLED} -> join(clip_one) -> join(clip_two) -> save("a")', more))
    )
    assert text.count(LONG) == 1 and f'let negative = "{LONG}"' in text


def test_the_name_of_a_file_stays_where_it_is() -> None:
    file = f"{'very_' * 14}long_name.safetensors"
    more = "".join(
        f'\n    let picture_{n} = MyPicture(file = "{file}", number = {n})' for n in (1, 2)
    )
    flow = f'{SAMPLED} -> join(picture_1[0]) -> join(picture_2[0]) -> save("a", fps = 16fps)'
    assert brought_in(prompt_of(pipeline(flow, more + "\n"))).count(file) == 2


def _unified(*pieces: str) -> tuple[str | None, dict[str, tuple[str | None, ...]]]:
    text = f"[{', '.join(pieces)}]"
    found, problems = parse_expression(Source(text, "pieces"))
    assert not problems and isinstance(found, List)
    unified = Unified(text, {}, {}, {}, {})
    return unified.piece([elements(item) for item in found.items], Hint("", "")), unified.parameters


def test_an_input_that_one_piece_lacks_is_a_parameter_without_a_value_there() -> None:
    assert _unified("Odd(a = 1)", "Odd(a = 1, b = 2)") == (
        "Odd(a = 1, b = pipeline.b)",
        {"b": (None, "2")},
    )


def test_a_stage_that_gets_nothing_for_a_parameter_has_not_its_default() -> None:
    assert _unified("scale(by = 2.0)", "scale()") == (None, {})


def test_values_without_names_stay_together() -> None:
    text, parameters = _unified(*(f"Odd() {{ widgets = [1, {n}] }}" for n in (2, 3)))
    assert text == "Odd() { widgets = pipeline.widgets }"
    assert parameters == {"widgets": ("[1, 2]", "[1, 3]")}


def test_nodes_with_titles_that_keep_them_apart_stay_apart() -> None:
    assert _unified(*(f'Odd() {{ title = "{n}" }}' for n in "ab")) == (None, {})
