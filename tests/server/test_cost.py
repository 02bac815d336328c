"""The clock against what was published: Wan 14B forwards, and whole jobs on an RTX 5090."""

from __future__ import annotations

import pytest

from wan22dsl.comfyui.log.loading import is_streamed, read
from wan22dsl.errors import CommandError
from wan22dsl.graph.cost import formulas as cost
from wan22dsl.graph.cost.cards import CARDS, MIB, Card, card_named
from wan22dsl.graph.cost.weights import size_bytes
from wan22dsl.server.dialect import Dialect
from wan22dsl.server.flow import Flow, Model
from wan22dsl.server.memory import DoesNotFit, Log, Memory

EXPERT = "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors"
CARD = CARDS["RTX 5090"]
DIALECT = Dialect("ComfyUI 0.39")


def clip(width: int, height: int, frames: int) -> Flow:
    return Flow("LATENT", "", width, height, frames)


@pytest.mark.parametrize(
    "flow, tokens, petaflop, activations_mib",
    [
        (clip(640, 640, 81), 33_600, 1.744, 6_194),
        (clip(720, 1280, 81), 75_600, 6.523, 13_936),
        (clip(832, 1216, 81), 82_992, 7.664, 15_299),
        (clip(832, 1216, 161), 162_032, 25.452, 29_869),
    ],
)
def test_the_work_of_a_forward(
    flow: Flow, tokens: int, petaflop: float, activations_mib: int
) -> None:
    assert cost.tokens(flow) == tokens
    assert cost.forward_flop(flow) / 1e15 == pytest.approx(petaflop, rel=0.002)
    assert cost.activation_bytes(flow) / MIB == pytest.approx(activations_mib, abs=1)


def test_what_decoding_and_encoding_need() -> None:
    assert cost.decode_bytes(clip(832, 1216, 81)) / MIB == pytest.approx(13_508, abs=1)
    assert cost.encode_bytes(clip(832, 1216, 81)) / MIB == pytest.approx(11_578, abs=1)


def step_s(flow: Flow) -> tuple[float, int]:
    """Seconds of a step on the RTX 5090, and how much of the expert is streamed in it."""
    memory = Memory(CARD, Log(), DIALECT)
    model = Model(EXPERT, size_bytes(EXPERT))
    streamed = memory.load(model, "WAN21", cost.activation_bytes(flow)).streamed_bytes
    return cost.forward_s(flow, CARD) + streamed / CARD.streamed_bytes_per_s, streamed


def test_a_step_on_an_rtx_5090_takes_what_was_measured() -> None:
    seconds, streamed = step_s(clip(832, 1216, 61))
    assert (streamed, seconds) == (0, pytest.approx(17.4, rel=0.03))
    seconds, streamed = step_s(clip(832, 1216, 81))
    assert streamed == pytest.approx(2.3e9, rel=0.1)
    assert seconds == pytest.approx(32.5, rel=0.03)
    seconds, streamed = step_s(clip(832, 1216, 161))
    assert streamed == pytest.approx(14.3e9, rel=0.1)
    assert 4 * seconds == pytest.approx(493 - 25, rel=0.05)


def test_the_second_load_of_a_model_takes_no_time() -> None:
    memory = Memory(CARD, Log(), DIALECT)
    model = Model(EXPERT, size_bytes(EXPERT))
    assert memory.read(model) > 1
    assert memory.read(model) == 0
    assert memory.load(model, "WAN21", 0).seconds > 0.1
    assert memory.load(model, "WAN21", 0).seconds == 0
    memory.free()
    assert memory.load(model, "WAN21", 0).seconds > 0.1


def test_what_is_in_the_way_leaves_the_card_and_what_never_fits_is_told() -> None:
    log = Log()
    memory = Memory(CARDS["RTX 4090"], log, DIALECT)
    first, second = Model(EXPERT, size_bytes(EXPERT)), Model("low", size_bytes(EXPERT))
    memory.load(first, "WAN21", 0)
    memory.load(second, "WAN21", 0)
    assert memory.loaded_bytes == size_bytes(EXPERT)
    assert not memory.work(10**12)
    with pytest.raises(DoesNotFit):
        memory.load(first, "WAN21", 10**12)


@pytest.mark.parametrize(
    "version, line",
    [
        ("0.3.64", "loaded partially "),
        ("0.15.1", "loaded partially; "),
        ("0.33.0", "Model WAN21 prepared for dynamic VRAM loading. 13632MB Staged. 0 patches"),
        ("0.39", "Model WAN21 prepared for dynamic VRAM loading. 13632MB Staged. 0 patches"),
    ],
)
def test_a_load_is_in_the_log_as_the_loader_of_the_version_writes_it(
    version: str, line: str
) -> None:
    log = Log()
    model = Model(EXPERT, size_bytes(EXPERT))
    Memory(CARDS["RTX 4090"], log, Dialect(f"ComfyUI {version}")).load(model, "WAN21", 15_299 * MIB)
    requested, found = (entry["m"] for entry in log.entries)
    assert requested == "Requested to load WAN21\n"
    assert found.startswith(line)
    (load,) = read(entry["m"] for entry in log.entries).loads
    assert (load.model, load.loader) == ("WAN21", "dynamic" if "Model" in line else "legacy")
    assert is_streamed(load, CARDS["RTX 4090"].vram_bytes) is ("Model" not in line)


def test_only_as_much_leaves_the_card_as_must_the_first_that_came_first() -> None:
    memory = Memory(CARD, Log(), DIALECT)
    size = CARD.room_bytes(0) // 4
    for name in "abc":
        memory.load(Model(name, size), "WAN21", 0)
    memory.load(Model("large", 2 * size), "WAN21", 0)  # only `a` is in the way
    assert memory.loaded_bytes == 4 * size
    assert memory.load(Model("b", size), "WAN21", 0).seconds == 0
    assert memory.load(Model("a", size), "WAN21", 0).seconds > 0


def test_decoding_in_tiles_takes_half_as_long_again() -> None:
    one = clip(832, 1216, 81)
    whole_s = cost.decode_s(one, CARD, tiled=False)
    assert cost.decode_s(one, CARD, tiled=True) == pytest.approx(1.5 * whole_s)


@pytest.mark.parametrize("name", ["4090", "rtx4090", "RTX 4090", "rtx 4090"])
def test_a_card_is_found_as_people_write_it(name: str) -> None:
    assert card_named(name).name == "RTX 4090"


def test_an_unknown_card_is_told_with_those_there_are() -> None:
    with pytest.raises(CommandError, match=r"unknown card `RTX 4091`.*Similar: RTX 4090"):
        card_named("RTX 4091")


def test_every_card_says_what_it_is() -> None:
    for card in CARDS.values():
        assert isinstance(card, Card)
        assert card.vram_bytes > card.kept_bytes > 0
        assert card.effective_tflops > 0
