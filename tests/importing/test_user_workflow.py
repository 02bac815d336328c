"""A user's own kind of workflow comes in, reads in one screen, and is changed by a line."""

from __future__ import annotations

import pytest

from tests.importing.user_workflow import prompt, with_one_more_patch
from tests.prompts import meaning, node
from wan22dsl.api import compiler
from wan22dsl.formats.prompt import dump
from wan22dsl.importing.spellings import name_of

TEXT = """\
# Imported from mine.json.
wan 1
use wan22

pass low = wan22.low(shift = 6.0)

pipeline mine {
    image   = "start.png"
    prompt  = "She smiles"
    size    = 832x1216
    length  = 81f
    patches = sage
    seed    = 7
    flow    = wan22.high -> low -> rife -> save("demo")
}
"""


def _imported() -> str:
    found = compiler.import_file(dump(prompt()).encode(), shown="mine.json")
    assert found.text is not None
    return found.text


def test_it_reads_in_one_screen() -> None:
    assert _imported() == TEXT


def test_one_more_patch_behind_the_lora_of_each_expert_is_one_line() -> None:
    text = _imported().replace("= sage\n", "= cfg_zero_star -> sage\n")
    compiled = compiler.compile(compiler.Source(text, "mine.wan"))
    assert compiled.prompt is not None
    assert meaning(compiled.prompt) == meaning(with_one_more_patch(prompt()))


def test_it_is_told_that_the_second_pass_starts_with_too_little_noise() -> None:
    found = compiler.check(compiler.Source(_imported(), "mine.wan")).diagnostics
    assert [finding for finding in found if "16.7 %" in finding.message]


@pytest.mark.parametrize("patch", ["SomeOtherPatch", "FreSca"])
def test_a_patch_that_the_library_does_not_have_becomes_a_stage_of_the_file(patch: str) -> None:
    made = prompt()
    for name in ("high", "low"):
        inputs = {"scale_low": 1.0, "scale_high": 1.25, "freq_cutoff": 20}
        made[f"{name}_sage"] = node(patch, model=(f"{name}_lora", 0), **inputs)
    text = compiler.import_file(dump(made).encode(), shown="mine.json").text
    assert text is not None
    name = name_of(patch)
    assert f"stage {name}(in model: MODEL) -> MODEL {{" in text
    assert f"patches = {name}\n" in text
    assert "flow    = wan22.high -> low -> rife" in text


def test_a_plain_graph_keeps_what_a_loader_was_sent() -> None:
    made = prompt()
    made["idle"] = node("EmptyImage", width=64, height=64, batch_size=1, color=0)
    text = compiler.import_file(dump(made).encode(), shown="mine.json", exact=True).text
    assert text is not None and "\ngraph mine {" in text
    assert 'device = "default"' in text


def test_a_node_that_leads_to_no_output_does_not_spoil_the_pipeline() -> None:
    made = prompt()
    made["idle"] = node("EmptyImage", width=64, height=64, batch_size=1, color=0)
    text = compiler.import_file(dump(made).encode(), shown="mine.json").text
    idle = "EmptyImage(width = 64, height = 64, batch_size = 1, color = 0)"
    assert text == f"{TEXT}\n# Leads to no output: {idle}\n"


def test_a_file_that_is_called_like_its_module_becomes_a_pipeline_too() -> None:
    text = compiler.import_file(dump(prompt()).encode(), shown="wan22.json").text
    named = TEXT.replace("from mine.json", "from wan22.json")
    assert text == named.replace("pipeline mine {", "pipeline wan22_1 {")


def test_a_file_that_is_called_like_a_module_that_it_does_not_use_keeps_its_name() -> None:
    text = compiler.import_file(dump(prompt()).encode(), shown="wrapper.json").text
    assert text == TEXT.replace("mine", "wrapper")
