"""What the stages of `wrapper` stand for, and that an import gives them back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.importing.test_laws import brought_in
from tests.language.library.building import node, nodes, prompt_of, source_of
from wan22dsl.api import compiler
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.comfyui.catalogue.inputs import default_of
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats.prompt import dump
from wan22dsl.graph.analysis import analyse
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.passes.recognition import in_flow_order, recognise
from wan22dsl.language.program.modules import library_module
from wan22dsl.language.program.names import public
from wan22dsl.language.program.own_node import inputs_set, own_node
from wan22dsl.language.program.values import read_number
from wan22dsl.language.syntax.tree import Name, Number, Stage, Text
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.language.syntax.tree import Parameter

#: The recipes have values of their own, and the files of the published models.
RECIPES = frozenset(
    "high low text_high text_low base_high base_low base_text_high base_text_low".split()
)

#: A model of which the name tells all that a rule asks.
FILE = '"Wan2_2-I2V-A14B-LOW_bf16.safetensors"'

SETTINGS = """
    image        = "portrait.png"
    prompt       = "She smiles"
    negative     = "blurry"
    size         = 832x480
    length       = 81f
    seed         = 7
    vae          = wrapper.vae_2_1
    text_encoder = wrapper.umt5
"""


def file(flow: str, more: str = "") -> str:
    """A file with a pipeline of that flow."""
    settings = SETTINGS
    if "text_high" in flow:
        settings = settings.replace('    image        = "portrait.png"\n', "")
    if "wrapper.sample" in flow:
        settings += "    image_embeds = wrapper.image_to_video\n    text_embeds  = wrapper.encode\n"
    return f"wan 1\nuse wrapper\n\npipeline made {{{settings}{more}\n    flow = {flow}\n}}\n"


def numbered(prompt: dict[str, Any]) -> dict[str, Any]:
    """The same nodes with numbers as ids and without titles, as ComfyUI has them."""
    ids = {id: str(number) for number, id in enumerate(prompt, 1)}
    return {
        ids[id]: {
            "class_type": each["class_type"],
            "inputs": {
                name: [ids[value[0]], value[1]] if isinstance(value, list) else value
                for name, value in each["inputs"].items()
            },
        }
        for id, each in prompt.items()
    }


def in_one_line(text: str) -> str:
    """The text without its layout."""
    return " ".join(text.replace(",", " ").split()).replace("( ", "(").replace(" )", ")")


def stages() -> dict[str, Stage]:
    """The stages that make a node of the pack themselves, by name."""
    module = library_module("wrapper")
    found = {name: module.names[name] for name in public(module)}
    return {
        name: stage
        for name, stage in found.items()
        if isinstance(stage, Stage) and own_node(stage) is not None and name not in RECIPES
    }


def constant(parameter: Parameter) -> Any:
    """The default of a parameter that is a constant; None for another one."""
    value = parameter.default
    if isinstance(value, Number):
        number = read_number(value.text)
        return None if number is None else number.data
    if isinstance(value, Text):
        return value.text.strip('"')
    return {"true": True, "false": False}.get(value.text) if isinstance(value, Name) else None


@pytest.mark.parametrize("name", stages())
def test_a_stage_has_the_defaults_of_its_node_and_sets_all_of_its_values(name: str) -> None:
    stage = stages()[name]
    call = own_node(stage)
    assert call is not None
    node_class = open_catalogue(DEFAULT_TARGET).get(call.callee.text)
    assert node_class is not None
    parameters = {parameter.name.text: parameter for parameter in stage.parameters}
    written = inputs_set(call)
    for input_ in node_class.inputs:
        value = written.get(input_.name)
        if input_.is_socket or not isinstance(value, Name) or value.text not in parameters:
            assert input_.is_socket or value is not None, input_.name
            continue
        default = constant(parameters[value.text])
        assert default is None or default == default_of(input_), input_.name


@pytest.mark.parametrize("name", stages())
def test_a_stage_takes_every_link_of_its_node(name: str) -> None:
    call = own_node(stages()[name])
    assert call is not None
    node_class = open_catalogue(DEFAULT_TARGET).get(call.callee.text)
    assert node_class is not None
    sockets = {input_.name for input_ in node_class.inputs if input_.is_socket}
    assert sockets <= set(inputs_set(call))


def test_the_recipe_is_one_line_and_comes_back_as_that_line() -> None:
    flow = 'wrapper.high -> wrapper.low -> wrapper.decode -> combine("a")'
    prompt = prompt_of(file(flow))
    first, second = nodes(prompt, "WanVideoSampler")
    assert (first["steps"], first["start_step"], first["end_step"]) == (4, 0, 2)
    assert (second["steps"], second["start_step"], second["end_step"]) == (4, 2, -1)
    assert "samples" not in first
    assert source_of(prompt, second["samples"]) == ("WanVideoSampler", 0)
    assert first["image_embeds"] == second["image_embeds"]
    assert node(prompt, "WanVideoImageToVideoEncode")["num_frames"] == 81
    assert node(prompt, "WanVideoTextEncode")["negative_prompt"] == "blurry"
    assert node(prompt, "VHS_VideoCombine")["frame_rate"] == 16.0
    text = brought_in(prompt)
    assert f"flow         = {flow}" in text
    assert len(text.splitlines()) == 15


@pytest.mark.parametrize(
    "flow",
    [
        'wrapper.text_high -> wrapper.text_low -> wrapper.decode -> save("a")',
        'wrapper.base_high -> wrapper.base_low -> wrapper.decode(tiled = true) -> save("a")',
        'wrapper.base_text_high -> wrapper.base_text_low -> wrapper.decode -> save("a")',
        'wrapper.high(cfg = 2.0) -> wrapper.low(shift = 6.0).denoised -> wrapper.decode -> save("a")',
        'wrapper.high(context_options = wrapper.context(overlap = 32)) -> wrapper.decode -> save("a")',
        f"wrapper.model({FILE}, block_swap = wrapper.block_swap)",
        (
            f"wrapper.model({FILE}) -> wrapper.swap_blocks(blocks = 30) -> "
            'wrapper.set_loras(wrapper.lora("b.safetensors", merge_loras = false))'
        ),
        "wrapper.sample_v2(",
        'wrapper.lora("b.safetensors") -> wrapper.lora("c.safetensors", strength = 0.5)',
        'wrapper.loras(lora_0 = "b.safetensors", strength_0 = 0.5)',
        "end_step = wrapper.step_at",
        "cfg = wrapper.cfg_list(end = 1.0)",
    ],
)
def test_it_comes_back_as_it_was_written(flow: str) -> None:
    whole = {
        "wrapper.model(": f"wrapper.sample({flow}, steps = 20)",
        "wrapper.sample_v2(": (
            f"wrapper.sample_v2(wrapper.model({FILE}), schedule = wrapper.schedule(steps = 20))"
        ),
        "wrapper.lora": f"wrapper.sample(wrapper.model({FILE}, loras = {flow}))",
        "end_step": f"wrapper.high({flow})",
        "cfg": f"wrapper.high({flow})",
    }
    made = next((value for key, value in whole.items() if flow.startswith(key)), flow)
    made = made if "save(" in made else f'{made} -> wrapper.decode -> save("a")'
    text = in_one_line(brought_in(prompt_of(file(made))))
    for part in flow.split(" -> "):
        assert in_one_line(part) in text
    assert "WanVideo" not in text.replace("Wan2_", "")


def test_sizes_and_lengths_by_link_come_back_as_settings() -> None:
    more = (
        "    let picture = WanVideoImageResizeToClosest(\n"
        '        image = LoadImage(image = "b.png").IMAGE\n        generation_width = 640\n    )\n'
        "    let count = VHS_GetImageCount(images = picture.image)\n"
        "    image = picture.image\n    size = picture\n    length = count"
    )
    flow = 'wrapper.high -> wrapper.low -> wrapper.decode -> combine("a", fps = 16fps)'
    given = file(flow, more)
    for setting in ("portrait.png", "832x480", "81f"):
        given = re.sub(f"\\n.*{setting}.*", "", given)
    text = in_one_line(brought_in(prompt_of(given)))
    assert "image = picture size = picture length = count" in text
    assert "flow = wrapper.high -> wrapper.low -> wrapper.decode -> combine(" in text


def test_steps_by_link_come_back_as_links() -> None:
    more = "    let total = PrimitiveInt(value = 6)\n    let change = PrimitiveInt(value = 3)"
    flow = (
        "wrapper.high(steps = total, end_step = change) -> "
        'wrapper.low(steps = total, start_step = change) -> wrapper.decode -> save("a", fps = 16fps)'
    )
    text = in_one_line(brought_in(prompt_of(file(flow, more))))
    assert "wrapper.high(steps = total end_step = change)" in text
    assert "wrapper.low(steps = total start_step = change)" in text


def test_the_passes_of_a_wrapper_pipeline_are_recognised() -> None:
    flow = 'wrapper.high -> wrapper.low -> wrapper.decode -> save("a")'
    checked = compiler.compile(Source(file(flow), "a.wan")).graph
    assert checked is not None
    graph = checked.graph
    passes = in_flow_order(recognise(graph, FactTable(graph)))
    assert [(each.settings.start, each.settings.end, each.settings.steps) for each in passes] == [
        (0, 2, 4),
        (2, 4, 4),
    ]


def test_models_are_named_after_their_experts_and_what_the_samplers_share_is_a_setting() -> None:
    more = "".join(
        f'    let {name} = wrapper.model("Wan2_2-I2V-A14B-{level}_bf16.safetensors") -> '
        'wrapper.set_loras(loras = wrapper.lora("one.safetensors", merge_loras = false) -> '
        f'wrapper.lora("two_{level}.safetensors", merge_loras = false))\n'
        for name, level in (("a", "HIGH"), ("b", "LOW"))
    )
    flow = (
        "wrapper.sample(a, end_step = 15) -> wrapper.sample(b, start_step = 15) -> "
        'wrapper.decode(tiled = true) -> save("a")'
    )
    text = in_one_line(brought_in(numbered(prompt_of(file(flow, more)))))
    assert "let high = wrapper.model(" in text
    assert "let low = wrapper.model(" in text
    assert "-> wrapper.set_loras(high_lora" in text
    assert "-> wrapper.set_loras(low_lora" in text
    assert "wrapper.sample(high end_step = 15) -> wrapper.sample(low start_step = 15)" in text
    assert "image_embeds = wrapper.image_to_video text_embeds = wrapper.encode" in text


def test_a_latent_of_the_wrapper_is_decoded_by_the_wrapper_where_frames_are_wanted() -> None:
    prompt = prompt_of(file('wrapper.high -> wrapper.low -> save("a")'))
    assert node(prompt, "WanVideoDecode")["enable_vae_tiling"] is False
    assert '-> wrapper.decode -> save("a")' in in_one_line(brought_in(prompt))


def errors_of(text: str) -> list[tuple[str, str, str]]:
    """The errors in a file: code, place and help."""
    return [
        (finding.code, finding.span.text if finding.span else "", finding.help)
        for finding in compiler.compile(Source(text, "a.wan")).diagnostics
        if finding.is_error
    ]


def test_where_the_vae_of_a_latent_is_unknown_the_stage_that_decodes_it_is_named() -> None:
    text = file('wrapper.text_high -> wrapper.text_low -> save("a")')
    assert ("WAN309", "Decode it explicitly: `wrapper.decode`.") in {
        (code, help) for code, _, help in errors_of(text)
    }


def test_a_file_name_in_the_place_of_a_link_is_given_to_the_stage_that_loads_it() -> None:
    text = file('wrapper.high(model = "a.safetensors") -> wrapper.decode -> save("a")')
    assert ("WAN302", '"a.safetensors"', 'Write `wrapper.model("a.safetensors")`.') in errors_of(
        text
    )


def test_passes_of_two_libraries_in_one_flow_are_answered_without_contradiction() -> None:
    text = file('wan22.high -> wrapper.low -> wrapper.decode -> save("a")').replace(
        "use wrapper\n", "use wan22\nuse wrapper\n"
    )
    bare = re.sub(r" *(vae|text_encoder) *= .*\n", "", text)
    for each in (text, bare):
        assert {help[:27] for code, _, help in errors_of(each) if code == "WAN302"} == {
            "Use passes of one library in"[:27]
        }


def test_another_value_in_the_place_of_a_link_is_answered_with_a_stage_that_makes_one() -> None:
    text = file('wrapper.high -> wrapper.decode -> save("a")').replace("wrapper.vae_2_1", "4")
    (error,) = errors_of(text)
    assert error[2] == "Write a link of type WANVAE, such as `wrapper.vae(…)`."


def test_a_value_that_is_not_offered_is_shown_where_it_is_written() -> None:
    text = file('wrapper.high(scheduler = "eulr") -> wrapper.decode -> save("a")')
    found = compiler.compile(Source(text, "a.wan")).diagnostics
    assert [
        finding.span.text for finding in found if finding.code == "WAN505" and finding.span
    ] == ['"eulr"']


@pytest.mark.parametrize(
    "recipe", ["wrapper.high -> wrapper.low", "wrapper.base_high -> wrapper.base_low"]
)
def test_a_recipe_is_nothing_out_of_the_ordinary_and_has_no_findings(recipe: str) -> None:
    text = file(f'{recipe} -> wrapper.decode -> save("a")')
    compiled = compiler.compile(Source(text, "a.wan"))
    assert compiled.diagnostics == []
    assert compiled.graph is not None
    assert analyse(compiled.graph.graph).deviations == ()


def test_a_declared_lora_in_the_place_of_a_file_name_is_answered_with_the_name() -> None:
    flow = "wrapper.high(model = wrapper.i2v_high(loras = wrapper.lora(anna))) -> preview"
    text = file(flow).replace(
        "use wrapper", 'use wrapper\n\nlora anna { file = "anna.safetensors" }'
    )
    assert ("WAN302", "anna", 'Write `"anna.safetensors"`.') in errors_of(text)


@pytest.mark.parametrize(
    "flow",
    [
        'wrapper.high -> wrapper.low -> wrapper.decode -> save("a")',
        f'wrapper.sample(wrapper.model({FILE}), cfg = 1.0) -> wrapper.decode -> save("a")',
    ],
)
def test_a_workflow_of_the_editor_with_all_of_its_fields_comes_back_as_short(flow: str) -> None:
    made, found = compiler.workflow(Source(file(flow), "a.wan"))
    assert made is not None, [finding.message for finding in found]
    made = {key: value for key, value in made.items() if key != "extra"}
    for each in made["nodes"]:
        each.pop("properties", None)
    imported = compiler.import_file(dump(made).encode(), shown="a.json")
    assert imported.text is not None
    assert in_one_line(flow.partition(" -> save(")[0]) in in_one_line(imported.text)


def test_two_calls_of_one_stage_are_told_apart_by_their_experts() -> None:
    high = "wrapper.sample(wrapper.i2v_high, end_step = 15)"
    flow = f"{high} -> wrapper.sample(wrapper.i2v_low, start_step = 15)"
    compiled = compiler.compile(Source(file(f'{flow} -> wrapper.decode -> save("a")'), "a.wan"))
    assert compiled.graph is not None
    clips = analyse(compiled.graph.graph).clips
    assert [each.name for clip in clips for each in clip.passes] == ["high sample", "low sample"]


def test_a_stage_that_is_called_by_its_name_alone_needs_no_let() -> None:
    flow = "wrapper.high(end_step = wrapper.step_at) -> wrapper.low(start_step = wrapper.step_at)"
    prompt = numbered(prompt_of(file(f'{flow} -> wrapper.decode -> save("a")')))
    assert len(nodes(prompt, "WanVideoSigmaToStep")) == 1
    assert in_one_line(flow) in in_one_line(brought_in(prompt))
