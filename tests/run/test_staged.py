"""A prompt in pieces: nothing twice that need not be, nothing lost, every link goes somewhere."""

from __future__ import annotations

from tests.run.conftest import SPLIT, compiled
from wan22dsl.run import staged

REFINE = (
    SPLIT.replace("0..2 of 4", "4")
    .replace("steps = 2..4 of 4", "steps = 4")
    .replace("t2v_", "i2v_")
    .replace("    prompt =", '    image  = "a.png"\n    prompt =')
)


def pieces(text=SPLIT):
    ready = compiled(text)
    return ready, staged.split(ready.prompt, ready.plan, "run")


def test_every_pass_is_a_piece_and_the_rest_is_one():
    _, found = pieces()
    assert [finding.name for finding in found] == ["high", "low", "rest"]


def test_a_piece_has_one_sampler_and_the_last_none():
    ready, found = pieces()
    samplers = {pass_.node for pass_ in ready.plan.passes}
    assert [sorted(samplers & finding.prompt.keys()) for finding in found] == [
        ["high.sampler"],
        ["low.sampler"],
        [],
    ]


def test_only_the_experts_own_model_is_loaded():
    _, (high, low, rest) = pieces()
    assert "t2v_low" not in high.prompt and "t2v_high" not in low.prompt
    assert not {"t2v_low", "t2v_high", "umt5"} & rest.prompt.keys()


def test_together_the_pieces_have_every_node():
    for text in (SPLIT, REFINE):
        ready, found = pieces(text)
        assert {id for finding in found for id in finding.prompt} >= ready.prompt.keys()


def test_every_link_goes_to_a_node_of_the_piece():
    for text in (SPLIT, REFINE):
        ready, found = pieces(text)
        for piece in found:
            for node in piece.prompt.values():
                for value in node["inputs"].values():
                    if isinstance(value, list) and value[0] in ready.prompt:
                        assert value[0] in piece.prompt


def test_what_a_piece_takes_an_earlier_one_gives():
    for text in (SPLIT, REFINE):
        _, found = pieces(text)
        given = set()
        for piece in found:
            assert set(piece.takes.values()) <= given
            given |= set(piece.gives.values())


def test_the_latent_is_read_from_the_servers_output_folder():
    _, (_, low, _) = pieces()
    prompt = staged.with_latents(low, {("high.sampler", 0): "wan22dsl/a_00001_.latent"})
    assert prompt["high.sampler.loaded"]["inputs"] == {
        "latent": "wan22dsl/a_00001_.latent [output]"
    }
    assert low.prompt["high.sampler.loaded"]["inputs"] == {}


def test_frames_are_decoded_from_the_latent_by_the_next_piece():
    _, (_, low, _) = pieces(REFINE)
    assert "high.decode" in low.prompt


def test_a_latent_with_a_mask_is_not_staged():
    ready = compiled()
    assert staged.why_not(ready.graph, ready.plan) is None
    node = ready.graph.nodes["text_to_video"]
    node.class_name = "Wan22ImageToVideoLatent"
    assert "mask" in staged.why_not(ready.graph, ready.plan)


def test_tiles_take_the_place_of_the_decode():
    ready = compiled()
    found = staged.tiled(ready.prompt)["low.decode"]
    assert found["class_type"] == "VAEDecodeTiled"
    assert ready.prompt["low.decode"]["class_type"] == "VAEDecode"
    assert staged.can_tile(ready.prompt) and not staged.can_tile(staged.tiled(ready.prompt))
