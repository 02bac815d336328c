"""What is known of a latent that was saved: from the head of its file, and of its file before it is there."""

from __future__ import annotations

import json
from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.findings import findings_of
from wan22dsl.comfyui.nodes.latents_saved import Latent, latent_in
from wan22dsl.comfyui.nodes.wan_latents import made_frames, made_px
from wan22dsl.graph.model import NOTHING_KNOWN, Facts


def file_of(shape: Any, name: str = "latent_tensor") -> bytes:
    """As SaveLatent writes it, without the numbers."""
    tensors = {
        name: {"dtype": "F32", "shape": shape, "data_offsets": [0, 4]},
        "latent_format_version_0": {"dtype": "F32", "shape": [0], "data_offsets": [4, 4]},
        "__metadata__": {"prompt": "{}"},
    }
    text = json.dumps(tensors).encode()
    return pack("<Q", len(text)) + text + bytes(4)


def read(tmp_path, data: bytes):
    (tmp_path / "a.latent").write_bytes(data)
    return latent_in(tmp_path / "a.latent")


@pytest.mark.parametrize(
    ("shape", "facts"),
    [
        ([1, 16, 21, 60, 104], Facts(81, None, 832, 480, clips=1)),
        ([2, 16, 1, 60, 104], Facts(1, None, 832, 480, clips=2)),
        ([1, 48, 31, 44, 80], Facts(121, None, 1280, 704, clips=1)),
        ([1, 12, 21, 60, 104], Facts(clips=1)),
        ([1, 4, 64, 64], NOTHING_KNOWN),
        ([1], NOTHING_KNOWN),
        ([1, 16, 0, 60, 104], NOTHING_KNOWN),
        ([1, 16, 10**9, 60, 104], NOTHING_KNOWN),
        ([1, 16, 2.5, 60, 104], NOTHING_KNOWN),
        ([True, 16, 21, 60, 104], NOTHING_KNOWN),
        ("x", NOTHING_KNOWN),
        (None, NOTHING_KNOWN),
    ],
)
def test_size_and_frames_are_those_of_the_tensor(tmp_path, shape, facts):
    found = read(tmp_path, file_of(shape))
    assert (found.facts, found.problem) == (facts, "")


@given(st.integers(1, 200), st.integers(8, 2000), st.integers(8, 2000))
def test_a_latent_has_the_facts_of_the_node_that_made_it(tmp_path_factory, length, width, height):
    folder = tmp_path_factory.mktemp("a")
    shape = [1, 16, (length - 1) // 4 + 1, height // 8, width // 8]
    expected = (made_frames(length), None, made_px(width, 8), made_px(height, 8))
    assert read(folder, file_of(shape)).facts[:4] == expected


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "it is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "it does not start with the header of a safetensors file"),
        (pack("<Q", 9) + b'{"a": 1}', "it does not start with the header of a safetensors file"),
        (pack("<Q", 2) + b"[]", "it has no `latent_tensor`, which SaveLatent writes"),
        (file_of([1], name="weights"), "it has no `latent_tensor`, which SaveLatent writes"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_latent_says_why(tmp_path, data, problem):
    assert read(tmp_path, data) == Latent(problem=problem)


TEXT = """\
wan 1
use wan22

graph g {
    let l = LoadLatent(latent = "a.latent")
    let v = VAELoader(vae_name = "wan_2.1_vae.safetensors")
    let d = VAEDecode(samples = l, vae = v)
    ImageFromBatch(image = d, batch_index = 0, length = d.length)
    SaveLatent(samples = l, filename_prefix = "again")
}
"""


def test_a_latent_beside_the_file_is_known_and_elsewhere_the_help_says_how(wan):
    wan.write("a.wan", TEXT)
    reported = " ".join(wan("lint", "a.wan").stdout.split())
    assert "WAN309" in reported and "Put `a.latent` next to the .wan file." in reported
    (wan.folder / "a.latent").write_bytes(file_of([1, 16, 21, 60, 104]))
    made = wan("compile", "a.wan")
    nodes = json.loads(made.stdout)
    assert nodes["ImageFromBatch"]["inputs"]["length"] == 81
    described = " ".join(wan("describe", "a.wan").stdout.split())
    assert "SaveLatent: 832x480, 81 frames" in described
    (wan.folder / "a.latent").write_bytes(b"")
    reported = " ".join(wan("lint", "a.wan").stdout.split())
    assert "`a.latent` cannot be read as a latent: it is empty" in reported


def test_the_rate_of_a_latent_is_not_in_its_file_and_the_help_does_not_say_so() -> None:
    text = TEXT.replace("d.length)", "1)").replace(
        "SaveLatent(samples = l", 'SaveWEBM(images = d, codec = "vp9", fps = d.fps, crf = 32.0'
    )
    (found,) = [finding for finding in findings_of(text) if finding.code == "WAN309"]
    assert "next to" not in found.help
