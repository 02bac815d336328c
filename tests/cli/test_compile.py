"""`wan compile` and `wan expand`."""

from __future__ import annotations

import json

import pytest
from jsonschema import validate

from wan22dsl import resources
from wan22dsl.cli import main

CLIP = """\
wan 1
use wan22

param seed: int = 42
param order: flow = wan22.high -> wan22.low

pipeline clip {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x480
    length = 81f
    seed   = seed
    flow   = order -> save("clip")
}
"""
TWO = CLIP + '\npipeline other = clip(flow = order -> save("other"))\n'
BAD = CLIP.replace("832x480", "wide")


def prompt_of(result):
    prompt = json.loads(result.stdout)
    validate(prompt, json.loads(resources.schema("prompt")))
    return prompt


def test_without_an_output_the_json_goes_to_standard_output(wan):
    result = wan.write("clip.wan", CLIP)("compile", "clip.wan")
    assert (result.stderr, result.status) == ("", 0)
    assert "high.sampler" in prompt_of(result)
    assert wan("compile", "clip.wan", "-o", "-") == result


def test_with_an_output_a_line_says_what_was_written(wan):
    wan.write("clip.wan", CLIP)
    count = len(prompt_of(wan("compile", "clip.wan")))
    told = f"wrote out.json: {count} nodes\n"
    wan("compile", "clip.wan", "-o", "out.json").gives(stderr=told)
    assert wan.read("out.json") == wan("compile", "clip.wan").stdout


def test_standard_input_is_compiled_as_a_file_is(wan):
    piped = wan("compile", "-", stdin=CLIP)
    assert piped == wan.write("clip.wan", CLIP)("compile", "clip.wan")
    assert wan("compile", "-", stdin="\ufeff" + CLIP.replace("\n", "\r\n")) == piped


def test_a_file_with_errors_writes_nothing(wan):
    result = wan.write("bad.wan", BAD)("compile", "bad.wan", "-o", "out.json")
    assert (result.stdout, result.status) == ("", 1)
    assert "bad.wan:10:14" in result.stderr
    assert result.stderr.endswith("\n\n1 error in 1 file; nothing was written\n")
    assert not (wan.folder / "out.json").exists()


def test_an_older_output_stays_when_there_are_errors(wan):
    wan.write("out.json", "old").write("bad.wan", BAD)
    wan("compile", "bad.wan", "-o", "out.json")
    assert wan.read("out.json") == "old"


def test_parameters_are_set_from_outside(wan):
    wan.write("clip.wan", CLIP)
    assert prompt_of(wan("compile", "clip.wan", "--set", "seed=7"))["high.sampler"]["inputs"] == {
        **prompt_of(wan("compile", "clip.wan"))["high.sampler"]["inputs"],
        "noise_seed": 7,
    }
    wan.write("p.toml", "seed = 7\n")
    wan.write("p.json", '{"seed": 7}')
    by_set = wan("compile", "clip.wan", "-s", "seed=7")
    assert wan("compile", "clip.wan", "--params", "p.toml") == by_set
    assert wan("compile", "clip.wan", "--params", "p.json") == by_set
    assert wan("compile", "clip.wan", "--params", "p.json", "--set", "seed=42").stdout == (
        wan("compile", "clip.wan").stdout
    )


def test_a_flow_is_set_from_outside(wan):
    wan.write("clip.wan", CLIP)
    result = wan("compile", "clip.wan", "--set", "order=wan22.high -> wan22.low -> rife(times = 2)")
    assert "rife" in prompt_of(result)


def test_one_of_several_pipelines_is_named(wan):
    wan.write("two.wan", TWO)
    assert prompt_of(wan("compile", "two.wan", "--pipeline", "other"))
    for words in ((), ("-p", "othr")):
        result = wan("compile", "two.wan", *words)
        assert (result.stdout, result.status) == ("", 2)
        assert "other" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("missing.wan",),
        (".",),
        ("clip.wan", "--set", "seed"),
        ("clip.wan", "--set", "sed=4"),
        ("clip.wan", "--params", "missing.toml"),
        ("clip.wan", "--target", "9.9.9"),
        ("clip.wan", "-o", "no/such/folder/out.json"),
    ],
    ids=" ".join,
)
def test_a_command_that_cannot_be_done_is_told_in_a_line(wan, words):
    result = wan.write("clip.wan", CLIP)("compile", *words)
    assert (result.stdout, result.status) == ("", 2)
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


def test_the_same_bytes_come_out_of_every_process(wan):
    wan.write("clip.wan", CLIP)
    runs = [wan.process("compile", "clip.wan", PYTHONHASHSEED=seed) for seed in ("0", "1")]
    assert runs[0] == runs[1] == wan("compile", "clip.wan")


def test_expand_gives_a_graph_that_compiles_to_as_many_nodes(wan):
    wan.write("clip.wan", CLIP)
    expanded = wan("expand", "clip.wan")
    assert (expanded.stderr, expanded.status) == ("", 0)
    assert "graph clip {" in expanded.stdout
    compiled = prompt_of(wan("compile", "-", stdin=expanded.stdout))
    assert len(compiled) == len(prompt_of(wan("compile", "clip.wan")))
    wan("expand", "clip.wan", "-o", "plain.wan").gives(stderr="wrote plain.wan\n")
    assert wan.read("plain.wan") == expanded.stdout


def test_expand_writes_nothing_when_there_are_errors(wan):
    result = wan.write("bad.wan", BAD)("expand", "bad.wan", "-o", "plain.wan")
    assert (result.stdout, result.status) == ("", 1)
    assert not (wan.folder / "plain.wan").exists()


def test_main_may_be_called_from_python(capsys, wan):
    wan.write("clip.wan", CLIP)
    assert main(["compile", "clip.wan"]) == 0
    assert json.loads(capsys.readouterr().out)
