"""What differs between two snapshots, and in which order it is listed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.machine.installs import install, safetensors, site_packages
from tests.machine.nvml import RTX_4090, Nvml
from tests.machine.serving import START, answering, log, stats
from wan22dsl.machine import effects
from wan22dsl.machine.difference import compare
from wan22dsl.machine.server import Server
from wan22dsl.machine.snapshot import Place, Snapshot, take
from wan22dsl.network import trust

if TYPE_CHECKING:
    from pathlib import Path


def of(folder: Path | None = None, card: dict[str, Any] = RTX_4090, **nvml: Any) -> Snapshot:
    return take(place=Place(folder, environment={}), nvml=Nvml(card, **nvml))


def of_server(*lines: str, **system: Any) -> Snapshot:
    answers = {"/system_stats": stats(**system)}
    if lines:
        answers["/internal/logs/raw"] = log(*lines)
    with answering(answers) as url:
        return take(Server(trust.with_login(url)), nvml=Nvml(RTX_4090))


def names(first: Snapshot, second: Snapshot) -> list[str]:
    return [item.name for item in compare(first, second).differences]


def test_one_package_of_another_version_is_the_only_difference(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    before = of(folder)
    site = site_packages(folder)
    (site / "numpy-2.3.5.dist-info").rename(site / "numpy-2.4.0.dist-info")
    found = compare(before, of(folder))
    assert [item.line for item in found.differences] == ["numpy: 2.3.5 -> 2.4.0"]
    assert found.unknown == ()


def test_the_same_machine_has_no_differences(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    assert compare(of(folder), of(folder)) == ((), ())


def test_differences_come_in_the_order_of_their_known_effect(tmp_path):
    folder = install(tmp_path / "ComfyUI", packages={"torch": "2.9.1", "numpy": "2.3.5"})
    safetensors(folder / "models" / "loras" / "a.safetensors", {"rank": "64"})
    before = of(folder)
    site = site_packages(folder)
    for name in ("numpy-2.4.0", "sageattention-2.2.0", "comfy_aimdo-0.2.1"):
        (site / f"{name}.dist-info").mkdir()
    (site / "numpy-2.3.5.dist-info").rmdir()
    (site / "torch-2.9.1.dist-info").rename(site / "torch-2.12.1.dist-info")
    (folder / "custom_nodes" / "ComfyUI-Pack").mkdir()
    safetensors(folder / "models" / "loras" / "a.safetensors", {"rank": "32"})
    limited = {**RTX_4090, "PowerManagementLimit": 300_000}
    after = of(folder, limited, driver="570.86.10", cuda=12_080)
    assert names(before, after) == [
        "sageattention",
        "comfy-aimdo",
        "torch",
        "driver version",
        "driver cuda",
        "card power_limit_w",
        "loras/a.safetensors",
        "ComfyUI-Pack",
        "numpy",
    ]


def test_another_card_comes_first():
    other = {**RTX_4090, "Name": "NVIDIA GeForce RTX 3090", "PowerManagementLimit": 350_000}
    assert names(of(), of(card=other))[0] == "card name"


def test_flags_are_compared_with_their_values():
    first = of_server(argv=["main.py", "--reserve-vram", "2"])
    second = of_server(argv=["main.py", "--reserve-vram", "8", "--fast", "fp16_accumulation"])
    found = compare(first, second).differences
    assert [item.line for item in found] == [
        "--reserve-vram: 2 -> 8",
        "--fast: (none) -> fp16_accumulation",
    ]


def test_what_a_whole_start_does_not_mention_is_off():
    without = [line for line in START if "sage" not in line and "DynamicVRAM" not in line]
    found = compare(of_server(*START), of_server(*without, "Using pytorch attention")).differences
    lines = [item.line for item in found]
    assert lines[0] == "attention: sage -> pytorch"
    assert "dynamic_vram: on -> (none)" in lines


def test_what_only_one_snapshot_knows_is_not_called_a_difference():
    found = compare(of_server(*START), of_server())
    assert found.differences == ()
    assert (found.unknown[0][0], found.unknown[0][1][:14]) == ("started", "not known in B")


def test_metadata_from_a_server_is_not_compared_with_the_header_of_a_file(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    safetensors(folder / "models" / "loras" / "a.safetensors", {"rank": "64"})
    local = of(folder)
    (file,) = local.data["models"]
    remote = {**file, "header_sha256": "", "metadata_sha256": "0" * 64}
    assert names(local, Snapshot({**local.data, "models": [remote]})) == []
    other = {**remote, "size_bytes": 1}
    assert names(local, Snapshot({**local.data, "models": [other]})) == ["loras/a.safetensors"]


@pytest.mark.parametrize(
    ("effect", "of_what"),
    [
        (effects.ATTENTION, effects.of_package("sageattn3")),
        (effects.ATTENTION, effects.of_flag("--use-sage-attention")),
        (effects.LOADER, effects.of_flag("--reserve-vram")),
        (effects.LOADER, effects.of_flag("--disable-dynamic-vram")),
        (effects.TORCH, effects.of_package("triton-windows")),
        (effects.TORCH, effects.of_package("nvidia-cudnn-cu13")),
        (effects.TORCH, effects.of_flag("--fast")),
        (effects.TORCH, effects.of_variable("PYTORCH_CUDA_ALLOC_CONF")),
        (effects.PACKAGES, effects.of_package("pillow")),
    ],
)
def test_the_effect_of_a_difference(effect, of_what):
    assert of_what is effect


def test_every_effect_has_its_place_in_the_order():
    every = {value for value in vars(effects).values() if isinstance(value, effects.Effect)}
    assert every == set(effects.ORDER) and len(every) == len(effects.ORDER)


def test_the_share_of_attention_that_is_stated_is_that_of_the_cost_model():
    from wan22dsl.graph.cost import formulas

    clip = SimpleNamespace(width_px=832, height_px=1216, frames=81, batch=1)
    share = 819_200 * formulas.tokens(clip) ** 2 / formulas.forward_flop(clip)
    assert f"{share:.0%}".replace("%", " %") in effects.ATTENTION.why
