"""What a job needs: one recipe for jobs that cost the same, models in the order of the passes, files."""

from __future__ import annotations

import pytest

from wan22dsl.api import compiler
from wan22dsl.fleet.needs import needs_of, recipe_of
from wan22dsl.graph.prompts import graph_of
from wan22dsl.source import Source

FILE = """\
wan 1
use wan22

pipeline clip {
    image    = "portrait.png"
    prompt   = "She turns to the camera"
    negative = "blurred"
    size     = 832x480
    length   = 49f
    seed     = 1
    flow     = wan22.high -> wan22.low -> save("clip")
}
"""


def compiled(text: str = FILE):
    made = compiler.compile(Source(text, "clip.wan"))
    assert made.graph is not None, [finding.message for finding in made.diagnostics]
    return made


def recipe(*change: str) -> str:
    return recipe_of(compiled(FILE.replace(*change) if change else FILE).graph.graph)


@pytest.mark.parametrize(
    "change",
    [
        ("seed     = 1", "seed     = 2"),
        ("She turns to the camera", "She laughs"),
        ("blurred", "oversaturated"),
        ('save("clip")', 'save("other")'),
        ("portrait.png", "other.png"),
        ("pipeline clip", "pipeline renamed"),
    ],
)
def test_what_costs_nothing_does_not_change_the_recipe(change):
    assert recipe(*change) == recipe()


@pytest.mark.parametrize(
    "change",
    [
        ("832x480", "640x640"),
        ("49f", "81f"),
        ("wan22.high ->", "wan22.high(steps = 0..3 of 6) ->"),
        ("wan22.low ->", "wan22.low(cfg = 2.0) ->"),
        ("-> save", "-> rife(times = 2) -> save"),
    ],
)
def test_what_costs_time_changes_the_recipe(change):
    assert recipe(*change) != recipe()


def test_a_prompt_has_the_recipe_of_the_graph_that_it_was_written_from_whatever_its_order():
    made = compiled()
    backwards = {f"x{id}": node for id, node in reversed(made.prompt.items())}
    for node in backwards.values():
        node["inputs"] = {
            name: [f"x{value[0]}", value[1]] if isinstance(value, list) else value
            for name, value in node["inputs"].items()
        }
    graph = graph_of(backwards, made.graph.graph.catalogue)
    assert recipe_of(graph) == recipe()


def test_models_are_in_the_order_in_which_they_are_loaded_with_their_loras():
    needs = needs_of(compiled().graph.graph)
    keys = [use.key for use in needs.models]
    assert "umt5" in keys[0]
    assert "high_noise_14B" in keys[1] and "lora_v1_high" in keys[1]
    assert "low_noise_14B" in keys[2] and "lora_v1_low" in keys[2]
    assert "vae" in keys[3]
    assert all(use.size_bytes == sum(file.size_bytes for file in use.files) for use in needs.models)
    assert needs.label == "832x480, 49 frames, 4 steps"


def test_classes_and_files_are_all_that_the_server_must_have():
    needs = needs_of(compiled().graph.graph)
    assert {"CLIPTextEncode", "VAEDecode", "UNETLoader"} <= needs.classes
    folders = {folder for folder, _ in needs.files}
    assert folders == {"diffusion_models", "loras", "text_encoders", "vae"}


def test_the_size_of_a_file_that_nobody_knows_is_not_made_up():
    text = FILE.replace("use wan22\n", 'use wan22\n\nlora own { file = "own/thing.safetensors" }\n')
    text = text.replace("seed     = 1", "seed     = 1\n    add_loras = [own]")
    needs = needs_of(compiled(text).graph.graph)
    assert any("own/thing.safetensors*" in use.key for use in needs.models)
