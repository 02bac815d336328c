"""What the nodes of packs give for numbers, by class and output: the value of each slot."""

from __future__ import annotations

import pytest

from tests.comfyui.nodes.outputs import CLIP, OTHER, of
from wan22dsl.graph.model import Facts

UNKNOWN = Facts()
SIX = Facts(value=6)
PICTURE = Facts(frames=1, width=1000, height=500)


def values(class_name, known=None, slots=2, **inputs):
    return [of(class_name, slot, known, **inputs).value for slot in range(slots)]


@pytest.mark.parametrize(
    ("class_name", "inputs", "given"),
    [
        ("INTConstant", {"value": 81}, [81, None]),
        ("Basic data handling: IntMultiply", {"int1": 4, "int2": 15}, [60, None]),
        ("Basic data handling: FloatSubtract", {"float1": 4.0, "float2": 1.5}, [2.5, None]),
        ("FloatConstant", {"value": 3.5}, [3.5, None]),
        ("easy int", {"value": 81}, [81, None]),
        ("easy float", {"value": 1.23456}, [1.235, None]),
        ("easy string", {"value": "euler"}, ["euler", None]),
        ("easy seed", {"seed": 7}, [7, None]),
        ("mxSeed", {"X": 7}, [7, None]),
        ("ImpactInt", {"value": 4}, [4, None]),
        ("ttN int", {"int": 4}, [4, 4.0]),
        ("ttN float", {"float": 4.9}, [4.9, 4]),
        ("Int", {"Number": "20"}, [20, None]),
        ("Int", {"Number": " 20 "}, [20, None]),
        ("Int", {"Number": "4.0"}, [None, None]),
        ("Float", {"Number": "4"}, [4.0, None]),
        ("Float", {"Number": "inf"}, [None, None]),
        ("Float", {"Number": "much"}, [None, None]),
        ("KepStringLiteral", {"String": "a"}, ["a", None]),
        ("Seed (rgthree)", {"seed": 12}, [12, None]),
        ("Seed (rgthree)", {"seed": 0}, [0, None]),
        ("Seed (rgthree)", {"seed": -1}, [None, None]),
        ("Seed (rgthree)", {"seed": -2}, [None, None]),
        ("Seed (rgthree)", {"seed": -3}, [None, None]),
        ("Power Primitive (rgthree)", {"type": "INT", "value": "20"}, [20, None]),
        ("Power Primitive (rgthree)", {"type": "INT", "value": "many"}, [0, None]),
        ("Power Primitive (rgthree)", {"type": "BOOLEAN", "value": "false"}, [False, None]),
        ("mxSlider", {"Xi": 16, "Xf": 14.5, "isfloatX": 0}, [16, None]),
        ("mxSlider", {"Xi": 16, "Xf": 14.5, "isfloatX": 1}, [14.5, None]),
        (
            "mxSlider2D",
            {"Xi": 832, "Xf": 1.5, "Yi": 480, "Yf": 2.5, "isfloatX": 0, "isfloatY": 1},
            [832, 2.5],
        ),
        ("SimpleMathInt+", {"value": 4}, [4, None]),
        ("SimpleMathFloat+", {"value": 4}, [4.0, None]),
        ("SimpleMathBoolean+", {"value": True}, [True, 1]),
        ("SimpleMathSlider+", {"value": 0.5, "min": 0.0, "max": 9.0, "rounding": 0}, [4.5, 4]),
        ("SimpleMathSlider+", {"value": 0.333, "min": 1.0, "max": 2.0, "rounding": 1}, [1.3, 1]),
        ("SimpleMath+", {"value": "a * 1.5", "a": 5}, [8, 7.5]),
        ("SimpleMath+", {"value": "2.5"}, [2, 2.5]),
        ("SimpleMath+", {"value": "a + d"}, [0, 0.0]),
        ("SimpleMath+", {"value": "a + 1", "a": "4"}, [5, 5.0]),
        ("SimpleMath+", {"value": "a > 3", "a": 4}, [1, 1]),
        ("SimpleMath+", {"value": "a / b", "a": 4}, [None, None]),
        ("SimpleMathCondition+", {"evaluate": 0, "on_true": "1", "on_false": "a", "a": 9}, [9, 9]),
        ("SimpleComparison+", {"a": 4, "b": 5, "comparison": "<"}, [True, None]),
        ("MathExpression|pysssss", {"expression": "a * 0.55", "a": 5}, [2, 2.75]),
        ("MathExpression|pysssss", {"expression": "ceil(a / 2)", "a": 5}, [3, 3.0]),
        ("MathExpression|pysssss", {"expression": "a + b", "a": 5}, [None, None]),
        ("easy mathInt", {"a": 7, "b": 2, "operation": "divide"}, [3, None]),
        ("easy mathInt", {"a": 7, "b": 0, "operation": "divide"}, [None, None]),
        ("easy mathInt", {"a": 7, "b": 10**9, "operation": "power"}, [None, None]),
        ("easy mathFloat", {"a": 7.0, "b": 3.0, "operation": "divide"}, [2.333, None]),
        ("easy compare", {"a": 7, "b": 3, "comparison": "a > b"}, [True, None]),
        ("easy convertAnything", {"*": 7.9, "output_type": "int"}, [7, None]),
        ("easy convertAnything", {"*": "seven", "output_type": "int"}, [None, None]),
        ("CM_IntBinaryOperation", {"op": "Div", "a": 7, "b": 2}, [3, None]),
        ("CM_IntBinaryOperation", {"op": "Shl", "a": 7, "b": 10**9}, [None, None]),
        ("CM_IntUnaryOperation", {"op": "Inc", "a": 7}, [8, None]),
        ("CM_IntUnaryOperation", {"op": "Factorial", "a": 10**9}, [None, None]),
        ("CM_FloatBinaryOperation", {"op": "Div", "a": 7, "b": 2}, [3.5, None]),
        ("CM_FloatUnaryOperation", {"op": "Round", "a": 2.5}, [2, None]),
        ("CM_FloatToInt", {"a": 2.9}, [2, None]),
        ("JWIntegerDiv", {"a": 7, "b": 2}, [3.5, None]),
        ("JWFloatToInteger", {"value": 2.1, "mode": "ceiling"}, [3, None]),
        ("CR Value", {"value": 2.9}, [2.9, 2]),
        ("Multiply Int Float (JPS)", {"int_a": 3, "float_b": 1.5}, [4, 4.5]),
        ("Resolution Multiply (JPS)", {"width": 832, "height": 480, "factor": 2}, [1664, 960]),
        ("LayerUtility: NumberCalculator", {"a": 7, "b": 0, "operator": "/"}, [0, 0.0]),
        ("Number to Int", {"number": 3.7}, [3, None]),
        ("WanFrames", {"frames": 81}, [81, None]),
        ("WanFrames", {"frames": 80}, [None, None]),  # 81 in an old version, 80 in a new one
        ("Strength To Steps", {"desired_steps": 6, "strength_percent": 40.0}, [15, 9]),
        ("Strength To Steps", {"desired_steps": 6, "strength_percent": 0.0}, [600, 594]),
        ("Sampler Selector (Image Saver)", {"sampler_name": "euler"}, ["euler", "euler"]),
    ],
)
def test_a_class_gives_its_value_at_each_output(class_name, inputs, given):
    found = values(class_name, **inputs)
    assert [(value, type(value)) for value in found] == [(value, type(value)) for value in given]


def test_an_expression_with_three_outputs_gives_each_in_its_type():
    given = {"variables.a": 5, "variables.b": 2}
    assert values("SimpleCalculatorKJ", slots=4, expression="a / b", **given) == [
        2.5,
        2,
        True,
        None,
    ]
    assert values("SimpleCalculatorKJ", slots=3, expression="a / 0", **given) == [0.0, 0, False]
    assert values("SimpleCalculatorKJ", slots=2, expression="a * 24 + 1", a=5) == [121.0, 121]
    assert values("easy simpleMath", slots=4, value="a / 2", a=1) == [0, 0.5, False, None]
    assert values("easy simpleMath", slots=3, value="a / 0", a=1) == [0, 0.0, False]
    assert values("Constant Number", slots=3, number_type="float", number=2.7) == [2.7, 2.7, 2]
    assert values("SimpleMathDual+", slots=4, value_1="a", value_2="b * 2", a=1, b=2) == [
        1,
        1,
        4,
        4,
    ]


@pytest.mark.parametrize(
    ("class_name", "name", "inputs"),
    [
        ("SimpleMath+", "a", {"value": "a + 1", "a": 3}),
        ("SimpleMathInt+", "value", {"value": 3}),
        ("MathExpression|pysssss", "a", {"expression": "a", "a": 3}),
        ("SimpleCalculatorKJ", "variables.a", {"expression": "a", "variables.a": 3}),
        ("easy mathInt", "a", {"a": 3, "b": 1, "operation": "add"}),
        ("easy simpleMath", "a", {"value": "a", "a": 3}),
        ("CM_IntBinaryOperation", "b", {"a": 3, "b": 1, "op": "Add"}),
        ("JWIntegerToFloat", "value", {"value": 3}),
        ("mxSlider", "Xi", {"Xi": 3, "Xf": 3.0, "isfloatX": 0}),
    ],
)
def test_a_link_that_is_not_known_is_never_the_value_of_its_input(class_name, name, inputs):
    written = of(class_name, 0, **inputs).value
    linked = {key: value for key, value in inputs.items() if key != name}
    assert written is not None
    assert of(class_name, 0, {name: UNKNOWN}, **linked).value is None
    assert of(class_name, 0, {name: SIX}, **linked).value is not None


@pytest.mark.parametrize(
    ("class_name", "inputs", "given"),
    [
        (
            "ResolutionSelector",
            {"aspect_ratio": "16:9 (Widescreen)", "megapixels": 1.0},
            [1368, 768],
        ),
        ("ResolutionSelector", {"aspect_ratio": "1:1 (Square)", "megapixels": 0.5}, [728, 728]),
        (
            "FluxResolutionNode",
            {
                "megapixel": "0.4",
                "aspect_ratio": "9:16 (Slim Vertical)",
                "divisible_by": "16",
                "custom_ratio": False,
            },
            [480, 848],
        ),
        (
            "CR Aspect Ratio",
            {
                "aspect_ratio": "SDXL - 16:9 landscape 1344x768",
                "swap_dimensions": "On",
                "prescale_factor": 0.5,
                "width": 1,
                "height": 1,
            },
            [384, 672],
        ),
    ],
)
def test_a_size_is_chosen(class_name, inputs, given):
    assert values(class_name, **{"multiple": 8, **inputs}) == given


RESIZE = {"interpolation": "lanczos", "condition": "always", "multiple_of": 0}
KIJAI = {"upscale_method": "lanczos", "divisible_by": 16}


@pytest.mark.parametrize(
    ("class_name", "inputs", "before", "size"),
    [
        ("ImageResize+", {"width": 833, "height": 481, "method": "stretch"}, UNKNOWN, (833, 481)),
        (
            "ImageResize+",
            {"width": 833, "height": 481, "method": "fill / crop", "multiple_of": 16},
            UNKNOWN,
            (832, 480),
        ),
        (
            "ImageResize+",
            {"width": 600, "height": 600, "method": "keep proportion"},
            PICTURE,
            (600, 300),
        ),
        (
            "ImageResize+",
            {"width": 600, "height": 600, "method": "keep proportion"},
            UNKNOWN,
            (None, None),
        ),
        (
            "ImageResize+",
            {"width": 600, "height": 0, "method": "keep proportion", "multiple_of": 16},
            PICTURE,
            (592, 288),
        ),
        (
            "ImageResize+",
            {"width": 0, "height": 600, "method": "pad"},
            PICTURE,
            (16384, 600),  # no limit is the largest size of all, and the bars go up to it
        ),
        (
            "ImageResize+",
            {
                "width": 2000,
                "height": 2000,
                "method": "stretch",
                "condition": "downscale if bigger",
            },
            PICTURE,
            (1000, 500),
        ),
        (
            "ImageResizeKJ",
            {**KIJAI, "width": 833, "height": 481, "keep_proportion": False},
            UNKNOWN,
            (832, 480),
        ),
        (
            "ImageResizeKJ",
            {**KIJAI, "width": 600, "height": 600, "keep_proportion": True},
            PICTURE,
            (592, 288),
        ),
        (
            "ImageResizeKJv2",
            {**KIJAI, "width": 833, "height": 481, "keep_proportion": "crop"},
            UNKNOWN,
            (832, 480),
        ),
        (
            "ImageResizeKJv2",
            {**KIJAI, "width": 600, "height": 600, "keep_proportion": "resize"},
            UNKNOWN,
            (None, None),
        ),
        (
            "WanVideoImageResizeToClosest",
            {
                "generation_width": 832,
                "generation_height": 480,
                "aspect_ratio_preservation": "keep_input",
            },
            PICTURE,
            (880, 432),
        ),
        (
            "WanVideoImageResizeToClosest",
            {
                "generation_width": 832,
                "generation_height": 480,
                "aspect_ratio_preservation": "crop_to_new",
            },
            UNKNOWN,
            (832, 464),  # 832 * 480 * (480 / 832) is a little less than 480 * 480
        ),
        ("CRT_QuantizeAndCropImage", {"max_side_length": 1024}, PICTURE, (1024, 512)),
        ("CRT_QuantizeAndCropImage", {"max_side_length": 1024}, UNKNOWN, (None, None)),
        (
            "Image Resize (rgthree)",
            {"measurement": "pixels", "width": 600, "height": 0, "fit": "crop"},
            PICTURE,
            (600, 300),
        ),
        (
            "Image Resize (rgthree)",
            {"measurement": "pixels", "width": 600, "height": 480, "fit": "pad"},
            UNKNOWN,
            (600, 480),
        ),
    ],
)
def test_a_resized_picture_has_the_size_that_its_node_gives_it(class_name, inputs, before, size):
    inputs = {**RESIZE, **inputs} if class_name == "ImageResize+" else inputs
    sides = [of(class_name, slot, {"image": before}, **inputs).value for slot in (1, 2)]
    picture = of(class_name, 0, {"image": before}, **inputs)
    assert tuple(sides) == size
    assert (picture.width, picture.height, picture.frames) == (*size, before.frames)


def test_a_side_that_comes_by_an_unknown_link_is_not_known():
    known = {"image": PICTURE, "width": UNKNOWN}
    for method in ("stretch", "keep proportion", "fill / crop", "pad"):
        assert of("ImageResize+", 1, known, height=480, method=method, **RESIZE).value is None


@pytest.mark.parametrize(
    ("class_name", "name", "slots"),
    [
        ("GetImageSize+", "image", (0, 1, 2)),
        ("GetImageSizeAndCount", "image", (1, 2, 3)),
        ("easy imageSize", "image", (0, 1)),
        ("Get Image Size (JPS)", "image", (0, 1)),
        ("Get resolution [Crystools]", "image", (0, 1)),
        ("LayerUtility: GetImageSize", "image", (0, 1)),
        ("Image Size to Number", "image", (0, 1)),
        ("Image or Latent Size (rgthree)", "input", (0, 1)),
    ],
)
def test_the_size_of_a_picture_is_a_value(class_name, name, slots):
    sides = [of(class_name, slot, {name: CLIP}).value for slot in slots]
    assert sides == [832, 1216, 81][: len(slots)]
    assert {of(class_name, slot, {name: UNKNOWN}).value for slot in slots} == {None}


def test_a_scale_by_shape_rounds_up():
    inputs = {
        "aspect_ratio": "original",
        "round_to_multiple": "16",
        "scale_to_side": "longest",
        "scale_to_length": 840,
        "proportional_width": 1,
        "proportional_height": 1,
    }
    name = "LayerUtility: ImageScaleByAspectRatio V2"
    assert [of(name, slot, {"image": PICTURE}, **inputs).value for slot in (3, 4)] == [848, 432]
    assert of(name, 3, {"image": UNKNOWN}, **inputs).value is None
    inputs["aspect_ratio"] = "16:9"
    assert [of(name, slot, {"image": UNKNOWN}, **inputs).value for slot in (3, 4)] == [848, 480]


def test_clips_that_are_put_together_are_counted():
    both = {"image_1": CLIP, "image_2": OTHER}
    joined = of("ImageBatchMulti", 0, both, inputcount=3)
    assert (joined.frames, joined.width) == (81 + 41 + 81, 832)
    assert of("ImageBatchMulti", 0, {**both, "image_3": UNKNOWN}, inputcount=3).frames is None
    clips = {"source_images": CLIP, "new_images": CLIP}
    longer = [
        of("ImageBatchExtendWithOverlap", slot, clips, overlap=13).frames for slot in range(3)
    ]
    assert longer == [81, 13, 149]
    assert of("GetImagesFromBatchIndexed", 0, {"images": CLIP}, indexes="0, 4, 8").frames == 3
    assert of("ImageFromBatch+", 0, {"image": CLIP}, start=10, length=-1).frames == 71
    assert of("ImageExpandBatch+", 0, {"image": CLIP}, size=121, method="expand").frames == 121


def test_pictures_side_by_side_are_as_wide_as_both():
    both = {"image1": CLIP, "image2": OTHER}
    wide = of("ImageConcanate", 0, both, direction="right", match_image_size=True)
    assert (wide.width, wide.height, wide.frames) == (832 + int(1216 * (640 / 480)), 1216, 81)
    high = of("ImageConcanate", 0, both, direction="down", match_image_size=False)
    assert (high.width, high.height) == (832, 1216 + 480)


def test_a_text_is_the_one_that_the_node_gives():
    assert of("StringConstantMultiline", 0, string=" a\nb ", strip_newlines=True).value == "ab"
    assert of("StringConstantMultiline", 0, string=" a\nb ", strip_newlines=False).value == " a\nb "
    assert of("JoinStrings", 0, delimiter=", ", string1="a", string2="b").value == "a, b"
    assert of("JoinStrings", 0, {"string1": UNKNOWN}, delimiter=", ", string2="b").value is None
    assert of("Textbox", 0, {"passthrough": UNKNOWN}, text="a").value is None


@pytest.mark.parametrize(
    ("class_name", "more"),
    [
        ("WanFirstMiddleLastFrameToVideo", {}),
        ("WanMultiFrameRefToVideo", {}),
        ("WanFMLF", {}),
        ("WanAdvancedI2V", {"long_video_mode": "DISABLED"}),
    ],
)
def test_a_latent_behind_three_conditionings_has_a_shape(class_name, more):
    shape = {"width": 833, "height": 480, "length": 80, "batch_size": 1}
    made = of(class_name, 3, **shape, **more)
    assert (made.frames, made.width, made.height) == (77, 832, 480)
    assert of(class_name, 2, **shape, **more) == UNKNOWN
    assert of("WanAdvancedI2V", 3, **shape, long_video_mode="SVI") == UNKNOWN
