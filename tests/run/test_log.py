"""What the server's log says of a run, in its findings and in its record."""

from __future__ import annotations

import json

import pytest

from tests.run.conftest import SPLIT, run_on
from wan22dsl.comfyui.log import loading
from wan22dsl.comfyui.log.loading import Fallback, Read
from wan22dsl.comfyui.log.start import read as read_start
from wan22dsl.run import checks, comparing, store, table
from wan22dsl.run.log_read import as_kept, not_as_set, without_paths
from wan22dsl.run.record import model_of
from wan22dsl.server.embedded import EmbeddedServer

SAGE = "SageAttention failed and PyTorch's attention was used (an injected fault)"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run as it should be, and one whose attention fails in one of its passes."""
    folder = tmp_path_factory.mktemp("runs")
    with EmbeddedServer(speed=float("inf")) as server:
        as_set = run_on(server.url, folder)
        server.inject("sage fails at high.sampler")
        other = run_on(server.url, folder, SPLIT.replace("dusk", "dawn"))
        return as_set, other, folder


def test_an_attention_that_failed_is_a_finding_and_marks_the_record(runs) -> None:
    as_set, other, _ = runs
    assert "WAN931" not in as_set.codes
    assert "WAN931" in other.codes
    (finding,) = [found for found in other.done.record.found if found.code == "WAN931"]
    assert finding.message == (
        "SageAttention failed, and PyTorch's attention was used: an injected fault."
    )
    assert model_of(as_set.done.record).not_as_set == ()
    assert model_of(other.done.record).not_as_set == (SAGE,)


def test_the_record_has_what_the_log_says(runs) -> None:
    kept = json.loads(runs[1].done.file.read_bytes())
    assert kept["not_as_set"] == [SAGE]
    assert kept["log"]["whole"] is True
    assert kept["log"]["attention_failed"] == [
        {"attention": "sage", "used": "pytorch", "reason": "an injected fault", "count": 1}
    ]
    assert {load["loader"] for load in kept["log"]["loads"]} == {"dynamic"}
    assert {load["model"] for load in kept["log"]["loads"]} == {"WAN21", "WanTEModel"}


def test_lists_and_comparisons_say_that_such_times_are_not_comparable(runs) -> None:
    _, _, folder = runs
    records, _ = store.each(folder)
    listed = comparing.listing(records)
    assert "not as set" not in listed[1]
    assert "not as set" in listed[2]
    compared = list(comparing.comparison(records[0], records[1]))
    assert f"B measured something else: {SAGE}; its times are not comparable" in compared
    assert not any(line.startswith("A measured") for line in compared)
    assert f"not as set: {SAGE}" in list(table.lines(records[1]))


def test_a_record_of_before_has_no_log(runs) -> None:
    kept = json.loads(runs[0].done.file.read_bytes())
    del kept["log"], kept["not_as_set"]
    record = type(model_of(runs[0].done.record)).model_validate(kept)
    assert (record.log, record.not_as_set) == (None, ())


@pytest.mark.parametrize("target", ["0.3.64", "0.39"])
def test_a_simulated_server_starts_as_comfyui_of_its_version_does(target: str) -> None:
    with EmbeddedServer(target=target) as server:
        from wan22dsl.network import address
        from wan22dsl.run.client import Client

        logs = Client(address.read(server.url)).logs()
        started = read_start(message for _, message in logs)
        assert started.whole
        assert started.comfyui_version == target
        assert started.device == "cuda:0 NVIDIA RTX 5090 (simulated)"
        assert started.attention == "pytorch"
        assert started.dynamic_vram is (True if target == "0.39" else None)
        assert started.addresses == (server.url,)
        server.restart()
        again = read_start(message for _, message in Client(address.read(server.url)).logs())
        assert again == started


def _codes(log: Read, card_bytes: int | None = None) -> set[str]:
    from tests.run.conftest import compiled

    return {found.code for found in checks.seen(log, None, compiled().graph, card_bytes)}


def test_weights_are_reported_as_streamed_only_where_the_log_says_so() -> None:
    gib = 2**30
    partially = loading.read(
        ["loaded partially; 9.0 MB usable, 8.0 MB loaded, 5.0 MB offloaded, lowvram patches: 0"]
    )
    staged = loading.read(
        ["Model WAN21 prepared for dynamic VRAM loading. 13631MB Staged. 4 patches attached."]
    )
    assert _codes(partially) == {"WAN920"}
    assert _codes(staged) == set()
    assert _codes(staged, 24 * gib) == set()
    assert _codes(staged, 8 * gib) == {"WAN920"}


def test_a_comparison_shows_another_loader_and_other_weights(runs) -> None:
    first, second = (model_of(run.done.record) for run in runs[:2])
    log = second.log.model_copy(
        update={
            "loads": tuple(
                load.model_copy(update={"loader": "legacy"}) for load in second.log.loads
            ),
            "weight_dtypes": ("float16",),
            "emulated_ops": ("nvfp4",),
        }
    )
    compared = list(comparing.comparison(first, second.model_copy(update={"log": log})))
    assert "loader: dynamic | legacy" in compared
    assert "weights: - | float16" in compared
    assert "converted formats: - | nvfp4" in compared
    assert not any(line.startswith("loader") for line in comparing.comparison(first, second))


def test_what_was_on_the_card_behind_a_load_is_kept() -> None:
    line = "Model loaded: patcher=ModelPatcherDynamic model=WAN21 ram_mb=13631.0 vram_mb=0.0"
    assert as_kept(loading.read([line]))["residents"] == (
        {
            "model": "WAN21",
            "patcher": "ModelPatcherDynamic",
            "ram_bytes": 13631 * 2**20,
            "vram_bytes": 0,
        },
    )


def test_a_decode_in_tiles_and_loras_that_do_not_fit_are_findings() -> None:
    log = loading.read(
        [
            "Warning: Ran out of memory when regular VAE decoding, retrying with tiled VAE decoding.",
            "lora key not loaded: blocks.0.k",
            "ERROR lora diffusion_model.blocks.0.ffn.0.weight shape is invalid",
        ]
    )
    assert _codes(log) == {"WAN919", "WAN932", "WAN933"}
    assert not_as_set(log) == ("the VAE ran out of memory and decoded in tiles",)


def test_a_count_from_half_a_log_is_at_least_that() -> None:
    from tests.run.conftest import compiled

    log = Read(fallbacks=(Fallback("flash", "pytorch", "", 7),), whole=False)
    (found,) = checks.seen(log, None, compiled().graph)
    assert "at least 7 times" in (found.why or "")
    assert "no reason given" in found.message


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("No module named 'triton'", "No module named 'triton'"),
        (
            "Command '['/usr/bin/gcc', '/home/ann/.triton/x.c']' failed",
            "Command '['…', '…']' failed",
        ),
        (r"cannot open C:\Users\Ann\x.pyd: error 5", "cannot open …: error 5"),
        ("sm80 and/or sm120", "sm80 and/or sm120"),
    ],
)
def test_paths_of_the_servers_machine_are_not_kept(text: str, left: str) -> None:
    assert without_paths(text) == left
