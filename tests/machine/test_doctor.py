"""The checks of `wan doctor`, each by facts of machines: what is said, and above all what is not said."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.machine.installs import install, safetensors, site_packages
from tests.machine.nvml import A100_MIG, GIB, RTX_4090, NoDriver, Nvml
from tests.machine.serving import START, answering, log, stats
from wan22dsl import resources
from wan22dsl.api.server_start import findings
from wan22dsl.machine.doctor.examination import Examination, examine
from wan22dsl.machine.doctor.facts import BrokenModel, Facts, Models
from wan22dsl.machine.server import Server
from wan22dsl.machine.snapshot import Place, Snapshot, take
from wan22dsl.network import trust

NEED = 38_019_000_000

RTX_5090: dict[str, Any] = {
    **RTX_4090,
    "Name": "NVIDIA GeForce RTX 5090",
    "MemoryInfo": SimpleNamespace(total=34_190_917_632, used=900_000_000, free=33_290_917_632),
    "CudaComputeCapability": (12, 0),
    "MaxPcieLinkGeneration": 5,
    "PowerManagementLimit": 575_000,
    "PowerManagementDefaultLimit": 575_000,
}

LAPTOP: dict[str, Any] = {
    **RTX_4090,
    "Name": "NVIDIA GeForce RTX 4090 Laptop GPU",
    "MaxPcieLinkWidth": 8,
    "CurrPcieLinkWidth": 8,
    "PowerManagementLimit": 80_000,
    "PowerManagementDefaultLimit": 150_000,
}

#: At work: the clocks and the link are as high as they go, and the power limit is reached.
WORKING: dict[str, Any] = {
    **RTX_4090,
    "MemoryInfo": SimpleNamespace(total=24 * GIB, used=22 * GIB, free=2 * GIB),
    "CurrPcieLinkGeneration": 4,
    "ClockInfo": {0: 2550, 1: 2550, 2: 10_501},
    "Temperature": 71,
    "PerformanceState": 2,
    "UtilizationRates": SimpleNamespace(gpu=100, memory=62),
    "CurrentClocksThrottleReasons": 0x4,
    "ComputeRunningProcesses": [SimpleNamespace(pid=4711, usedGpuMemory=21 * GIB)],
}

HEALTHY_COMPUTER = {
    "os": "Ubuntu 24.04.3 LTS",
    "is_wsl": False,
    "container": "",
    "memory_bytes": 64 * GIB,
    "memory_limit_bytes": None,
    "swap_bytes": 8 * GIB,
}

PACKAGES = {"torch": "2.12.1", "sageattention": "2.2.0", "triton": "3.5.0", "comfy-aimdo": "0.2.1"}


def facts(*cards: dict[str, Any], nvml: Any = None, **parts: Any) -> Facts:
    """What is known of a healthy desktop with these cards and ComfyUI 0.38.1 at work, but for `parts`."""
    driver, cuda = parts.pop("driver", ("580.95.05", 13_000))
    taken = take(nvml=nvml or Nvml(*cards, driver=driver, cuda=cuda), place=Place(environment={}))
    names = [card["Name"] for card in cards]
    extra = {name: parts.pop(name) for name in ("models", "server", "is_named") if name in parts}
    answers = parts.pop("answers", True)
    idle = {**taken.data["idle"], "models_free_bytes": 800 * GIB, **parts.pop("idle", {})}
    flags = [{"name": name, "value": value} for name, value in parts.pop("flags", {}).items()]
    data = {
        **taken.data,
        "comfyui": {"version": "0.38.1", "commit": None, "dirty": None},
        "flags": flags,
        "started": {
            "attention": "sage",
            "dynamic_vram": True,
            "legacy_because": None,
            "failed_packs": [],
            "whole": True,
        },
        "python": {
            "version": "3.13.9",
            "torch": "2.12.1+cu130",
            "packages": PACKAGES,
            "freeze_sha256": "0" * 64,
        },
        "computer": HEALTHY_COMPUTER,
        "devices": [
            {"name": f"cuda:{i} {name} : cudaMallocAsync", "type": "cuda", "memory_bytes": None}
            for i, name in enumerate(names)
        ],
        "model_disks": ["nvme"],
        "idle": idle,
        "missing": taken.data["missing"] if not cards else [],
        **parts,
    }
    extra.setdefault("models", Models(4))
    return Facts(Snapshot(data), answers=answers, need_bytes=NEED, **extra)


def python(torch: str, **packages: str) -> dict[str, Any]:
    return {
        "version": "3.13.9",
        "torch": torch,
        "packages": {**PACKAGES, **packages},
        "freeze_sha256": "0" * 64,
    }


def found(*cards: dict[str, Any], **parts: Any) -> list[str]:
    """What is found, each with its severity."""
    result = examine(facts(*cards, **parts))
    return [f"{finding.severity.value} {finding.name}" for finding in result.findings]


def test_a_healthy_4090_gets_three_lines_and_no_finding():
    result = examine(facts(RTX_4090, server="http://127.0.0.1:8188"))
    assert result.findings == () and not result.hurts
    assert result.lines() == [
        "NVIDIA GeForce RTX 4090, 23 GiB of 24 GiB free, 38 °C, driver 580.95.05",
        "ComfyUI 0.38.1 at http://127.0.0.1:8188, torch 2.12.1+cu130, sage attention, DynamicVRAM",
        (
            "64 GiB of memory, 8.0 GiB of swap, 4 diffusion models of Wan, 800 GiB free for models; "
            "two experts in fp8 need 35 GiB"
        ),
        "",
        "no problems found",
    ]


@pytest.mark.parametrize("card", [WORKING, RTX_5090, LAPTOP], ids=["at work", "5090", "laptop"])
def test_other_healthy_cards_have_no_finding(card):
    assert found(card) == []


# --- card, driver and torch ---


@pytest.mark.parametrize("torch", ["2.6.0+cu124", "2.7.1+cu126", "2.9.1+cu126"])
def test_a_5090_needs_a_torch_for_cuda_12_8(torch):
    assert found(RTX_5090, python=python(torch)) == ["error torch-too-old-for-card"]


@pytest.mark.parametrize("torch", ["2.7.0+cu128", "2.12.1+cu130", "2.9.1"])
def test_a_5090_with_such_a_torch_or_with_one_that_does_not_say_it_is_not_accused(torch):
    assert found(RTX_5090, python=python(torch)) == []


def test_the_cuda_of_a_torch_that_does_not_say_it_is_that_of_its_packages():
    packages = {"nvidia-cuda-runtime-cu12": "12.6.77"}
    assert found(RTX_5090, python=python("2.7.1", **packages)) == ["error torch-too-old-for-card"]


@pytest.mark.parametrize("torch", ["2.4.0+cu121", "2.6.0+cu124"])
def test_an_older_card_runs_with_an_older_torch(torch):
    assert found(RTX_4090, python=python(torch)) == []


def test_a_driver_for_cuda_12_does_not_run_a_torch_for_cuda_13():
    assert found(RTX_4090, driver=("570.86.10", 12_080)) == ["error driver-too-old-for-torch"]
    both = found(RTX_5090, driver=("566.14", 12_070))
    assert both == ["error driver-too-old-for-torch", "error driver-too-old-for-card"]


def test_a_driver_runs_later_minor_versions_of_its_cuda():
    assert found(RTX_4090, driver=("550.54", 12_040), python=python("2.9.1+cu128")) == []


def test_a_torch_without_cuda_is_an_error_unless_the_server_computes_on_the_cpu():
    assert found(RTX_4090, python=python("2.12.1+cpu")) == ["error torch-without-cuda"]
    cpu = [{"name": "cpu", "type": "cpu", "memory_bytes": None}]
    assert found(RTX_4090, python=python("2.12.1+cpu"), devices=cpu) == []


# --- heat, power, clocks, link ---


def test_a_card_that_is_throttled_by_heat_is_a_warning():
    hot = {**WORKING, "Temperature": 90, "CurrentClocksThrottleReasons": 0x20 | 0x4}
    assert found(hot) == ["warning card-too-hot"]
    near = {**WORKING, "Temperature": 89}
    assert found(near) == ["warning card-too-hot"]
    assert found({**WORKING, "Temperature": 84}) == []


@pytest.mark.parametrize(
    ("limit_w", "expected"),
    [(450, []), (430, ["note low-power-limit"]), (300, ["warning low-power-limit"]), (500, [])],
)
def test_a_power_limit_below_the_default(limit_w, expected):
    assert found({**RTX_4090, "PowerManagementLimit": limit_w * 1000}) == expected


def test_reaching_the_power_limit_under_full_load_is_normal():
    assert found({**WORKING, "CurrentClocksThrottleReasons": 0x4}) == []


@pytest.mark.parametrize("reason", [0x8, 0x80])
def test_clocks_that_are_lowered_for_want_of_power_are_a_warning(reason):
    assert found({**WORKING, "CurrentClocksThrottleReasons": reason}) == [
        "warning clocks-held-down"
    ]


def test_low_clocks_count_only_while_the_card_works():
    low = {"ClockInfo": {0: 1200, 1: 1200, 2: 10_501}, "CurrentClocksThrottleReasons": 0}
    assert found({**WORKING, **low}) == ["warning low-clock"]
    assert found({**RTX_4090, **low}) == []


def test_a_slow_link_of_an_idle_card_is_normal():
    assert found({**RTX_4090, "CurrPcieLinkGeneration": 1}) == []
    assert found({**WORKING, "CurrPcieLinkGeneration": 3}) == ["warning slow-pcie"]


def test_a_narrow_link_is_a_warning_under_load_and_a_note_while_idle():
    assert found({**WORKING, "CurrPcieLinkWidth": 4}) == ["warning narrow-pcie"]
    assert found({**RTX_4090, "CurrPcieLinkWidth": 4}) == ["note narrow-pcie"]


# --- what else is on the card ---


def test_other_programs_on_the_card():
    game = [
        SimpleNamespace(pid=1, usedGpuMemory=18 * GIB),
        SimpleNamespace(pid=2, usedGpuMemory=3 * GIB),
    ]
    assert found({**RTX_4090, "ComputeRunningProcesses": game}) == ["warning other-programs"]
    only = {**RTX_4090, "ComputeRunningProcesses": game[:1]}
    assert found(only) == []  # the largest is ComfyUI
    assert found(only, answers=False) == ["warning other-programs"]


def test_on_windows_where_programs_do_not_show_what_they_hold_comfyui_is_not_accused():
    hidden = [SimpleNamespace(pid=each, usedGpuMemory=None) for each in (1, 2, 3)]
    card = {**WORKING, "ComputeRunningProcesses": hidden}
    assert found(card) == []


def test_a_divided_a100_is_a_note():
    assert found(A100_MIG) == ["note mig"]


def test_a_card_on_which_nobody_may_compute_is_an_error():
    assert found({**RTX_4090, "ComputeMode": 2}) == ["error compute-prohibited"]


def test_a_card_that_the_server_does_not_use_is_not_judged():
    old = {**RTX_4090, "Name": "NVIDIA GeForce GTX 1050", "PowerManagementLimit": 30_000}
    devices = [
        {"name": "cuda:0 NVIDIA GeForce RTX 4090 : native", "type": "cuda", "memory_bytes": None}
    ]
    assert found(old, RTX_4090, devices=devices) == []


# --- software ---


def started(**changed: Any) -> dict[str, Any]:
    return {
        "attention": "pytorch",
        "dynamic_vram": True,
        "legacy_because": None,
        "failed_packs": [],
        "whole": True,
        **changed,
    }


def test_an_attention_whose_package_is_missing_is_an_error():
    packages = {"torch": "2.12.1"}
    about = {**python("2.12.1+cu130"), "packages": packages}
    flags = {"--use-sage-attention": True}
    names = found(RTX_4090, python=about, flags=flags, started=started())
    assert names == ["error attention-package-missing", "note no-sage"]


def test_a_server_that_uses_sage_has_it():
    about = {**python("2.12.1+cu130"), "packages": {"torch": "2.12.1"}}
    flags = {"--use-sage-attention": True}
    names = found(RTX_4090, python=about, flags=flags, started=started(attention="sage"))
    assert "error attention-package-missing" not in names


def test_packages_that_are_not_known_are_not_called_missing():
    about = {"version": "3.13", "torch": "2.12.1+cu130", "packages": None, "freeze_sha256": None}
    flags = {"--use-sage-attention": True}
    assert found(RTX_4090, python=about, flags=flags, started=started()) == []


def test_sageattention_1_without_triton_is_a_warning():
    about = {**python("2.12.1+cu130"), "packages": {"sageattention": "1.0.6"}}
    assert found(RTX_4090, python=about) == ["warning triton-missing"]
    about = {**about, "packages": {"sageattention": "1.0.6", "triton-windows": "3.5.0"}}
    assert found(RTX_4090, python=about) == []


@pytest.mark.parametrize(
    ("parts", "severity", "says"),
    [
        ({"flags": {"--highvram": True}}, "warning", "--highvram switches it off"),
        ({"python": python("2.7.1+cu128")}, "warning", "older than 2.8"),
        ({"flags": {"--disable-dynamic-vram": True}}, "note", "by --disable-dynamic-vram"),
        ({}, "warning", "the log names no reason"),
    ],
)
def test_dynamic_vram_that_is_off_is_reported_with_the_reason(parts, severity, says):
    (finding,) = examine(facts(RTX_4090, started=started(dynamic_vram=None), **parts)).findings
    assert (finding.name, finding.severity.value) == ("dynamic-vram-off", severity)
    assert says in finding.message


def test_dynamic_vram_is_not_missed_where_it_cannot_be():
    off = started(dynamic_vram=None)
    assert found(RTX_4090, started=started(dynamic_vram=None, whole=False)) == []
    old = {"version": "0.3.64", "commit": None, "dirty": None}
    assert found(RTX_4090, started=off, comfyui=old) == ["note old-comfyui"]
    amd = [{"name": "cuda:0 AMD Radeon RX 7900 XTX", "type": "cuda", "memory_bytes": 24 * GIB}]
    assert found(started=off, devices=amd, python=python("2.9.1+rocm6.4"), nvml=NoDriver()) == []


def test_packs_that_failed_are_a_warning():
    names = [f"pack-{number}" for number in range(7)]
    (finding,) = examine(facts(RTX_4090, started=started(failed_packs=names))).findings
    assert finding.message.endswith("pack-4, ….")


@pytest.mark.parametrize("value", ["", "-1"])
def test_hidden_cards_are_an_error(value):
    assert found(RTX_4090, environment={"CUDA_VISIBLE_DEVICES": value}) == ["error cards-hidden"]
    assert found(RTX_4090, environment={"CUDA_VISIBLE_DEVICES": "0"}) == []


def test_a_server_that_is_named_and_silent_is_an_error_and_else_a_note():
    silent = {"answers": False, "server": "http://127.0.0.1:8188"}
    assert found(RTX_4090, **silent) == ["note no-server"]
    assert found(RTX_4090, **silent, is_named=True) == ["error no-server"]


# --- memory, disk, models ---


def computer(**changed: Any) -> dict[str, Any]:
    return {**HEALTHY_COMPUTER, **changed}


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({"memory_bytes": 48 * GIB}, []),
        ({"memory_bytes": 32 * GIB, "swap_bytes": 16 * GIB}, ["note little-memory"]),
        ({"memory_bytes": 32 * GIB, "swap_bytes": 0}, ["warning little-memory-and-swap"]),
        ({"memory_bytes": 32 * GIB, "swap_bytes": None}, ["note little-memory"]),
        ({"memory_bytes": None}, []),
        ({"memory_limit_bytes": 16 * GIB}, ["warning little-memory-and-swap"]),
    ],
)
def test_memory_and_swap(about, expected):
    assert found(RTX_4090, computer=computer(**about)) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("nvme", []),
        ("ssd", []),
        ("virtual disk", []),
        ("unknown", []),
        ("hard disk", ["warning slow-disk"]),
        ("network", ["warning slow-disk"]),
        ("Windows drive", ["warning slow-disk"]),
    ],
)
def test_the_disk_of_the_models(kind, expected):
    assert found(RTX_4090, model_disks=[kind]) == expected


@pytest.mark.parametrize(
    ("gibs", "expected"),
    [(0.5, ["error disk-nearly-full"]), (5, ["warning disk-nearly-full"]), (50, [])],
)
def test_a_disk_that_is_nearly_full(gibs, expected):
    assert found(RTX_4090, idle={"models_free_bytes": int(gibs * GIB)}) == expected


def test_models_that_are_not_whole_are_an_error_and_none_of_wan_a_note():
    broken = (BrokenModel("wan.safetensors", "ends before its tensors do"),)
    (finding,) = examine(facts(RTX_4090, models=Models(1, broken))).findings
    assert (
        finding.message == "Model files are not whole: wan.safetensors ends before its tensors do."
    )
    assert found(RTX_4090, models=Models()) == ["note no-wan-models"]
    assert found(RTX_4090, models=None) == []


# --- machines on which little is known ---


def test_a_machine_of_amd_is_not_accused_and_what_is_not_known_is_named():
    amd = [
        {"name": "cuda:0 AMD Radeon RX 7900 XTX : native", "type": "cuda", "memory_bytes": 24 * GIB}
    ]
    result = examine(
        facts(devices=amd, python=python("2.9.1+rocm6.4"), driver=("", 0), nvml=NoDriver())
    )
    assert result.findings == ()
    assert result.lines()[0] == "cuda:0 AMD Radeon RX 7900 XTX : native, 24 GiB"
    assert any("NVML Shared Library Not Found" in line for line in result.lines())


def test_a_machine_without_anything_is_not_accused():
    taken = take(nvml=NoDriver())
    blank = {part: None for part in taken.data if part not in ("missing", "simulated", "digest")}
    result = examine(Facts(Snapshot({**taken.data, **blank})))
    assert result.findings == () and result.seen == ()


def test_wsl_has_the_driver_of_windows_and_no_memory_by_program():
    wsl = {
        **RTX_4090,
        "ComputeRunningProcesses": [SimpleNamespace(pid=1, usedGpuMemory=None)],
        "GraphicsRunningProcesses": [],
    }
    about = computer(is_wsl=True, memory_bytes=48 * GIB)
    assert found(wsl, computer=about, driver=("581.42", 13_000)) == []


def test_every_finding_says_why_and_what_to_do():
    bad = {
        **RTX_5090,
        "Temperature": 91,
        "PowerManagementLimit": 300_000,
        "CurrentClocksThrottleReasons": 0x8 | 0x40,
        "CurrPcieLinkWidth": 2,
        "ComputeMode": 2,
        "MigMode": [1, 1],
    }
    result = examine(
        facts(
            bad,
            driver=("550.54", 12_040),
            python={**python("2.6.0+cu124"), "packages": {"sageattention": "1.0.6"}},
            computer=computer(memory_bytes=16 * GIB),
            model_disks=["network"],
            models=Models(),
            idle={"models_free_bytes": 1},
            started=started(dynamic_vram=None, failed_packs=["a"]),
            environment={"CUDA_VISIBLE_DEVICES": "-1"},
        )
    )
    assert len(result.findings) > 12
    for finding in result.findings:
        assert finding.why.endswith("."), finding
        assert finding.help and finding.message.endswith((".", "…")), finding
        assert len(finding.message.split()) <= 18, finding
    order = [finding.severity.value for finding in result.findings]
    assert order == sorted(order, key=["error", "warning", "note"].index)
    data = json.loads(json.dumps(result.as_data()))
    assert data["hurts"] is True
    Draft202012Validator(json.loads(resources.schema("doctor_report"))).validate(data)


# --- the command ---


def test_the_command_names_what_it_sees_of_a_server_and_exits_with_0(wan, monkeypatch):
    answers = {"/system_stats": stats(), "/internal/logs/raw": log(*START)}
    with answering(answers) as url:
        result = wan("doctor", "--server", url)
    assert result.status == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync, 24 GiB"
    assert lines[1] == (f"ComfyUI 0.38.1 at {url}, torch 2.12.1+cu130, sage attention, DynamicVRAM")
    assert "the server is on another computer" in result.stdout


def test_the_command_exits_with_1_where_something_hurts(wan, tmp_path, monkeypatch):
    monkeypatch.setenv("WAN_SERVER", "http://127.0.0.1:9")
    folder = install(tmp_path / "ComfyUI", packages={"sageattention": "1.0.6", "torch": "2.9.1"})
    result = wan("doctor", "--comfyui", "ComfyUI")
    assert result.status == 1
    assert "warning: sageattention 1.0.6 needs triton" in result.stdout
    (site_packages(folder) / "triton-3.5.0.dist-info").mkdir()
    lora = folder / "models" / "loras" / "a.safetensors"
    safetensors(lora, {})
    lora.write_bytes(lora.read_bytes()[:20])
    data = json.loads(wan("doctor", "--comfyui", "ComfyUI", "--format", "json").stdout)
    names = [finding["name"] for finding in data["findings"]]
    assert "broken-models" in names and "triton-missing" not in names


def test_a_named_server_that_is_silent_is_a_finding_and_not_an_error_of_the_command(wan):
    result = wan("doctor", "--server", "http://127.0.0.1:9")
    assert result.status == 1
    assert "error: No ComfyUI answers at http://127.0.0.1:9." in result.stdout
    assert "why:  http://127.0.0.1:9 cannot be reached" in result.stdout


@pytest.mark.parametrize("answer", [[1, 2], 5, {}, {"system": "x"}, "text"])
def test_what_is_not_a_comfyui_is_not_called_healthy(wan, answer):
    with answering({"/system_stats": answer}) as url:
        result = wan("doctor", "--server", url)
        taken = wan("snapshot", "--server", url)
    assert result.status == 1
    assert f"why:  {url} answers, but not like ComfyUI." in result.stdout
    assert (taken.status, taken.stdout) == (2, "")
    assert f"{url} answers, but not like ComfyUI" in taken.stderr


def test_why_a_server_does_not_answer_is_stated(wan):
    with answering({}) as url:
        result = wan("doctor", "--server", url)
    assert "HTTP 404" in result.stdout


def test_a_server_is_not_named_with_its_password(wan):
    result = wan("doctor", "--server", "http://joe:secret@127.0.0.1:9")
    assert "secret" not in result.stdout + result.stderr


WRONG = [
    *("main.py", "--lowvram", "--force-channels-last", "--reserve-vram", "2"),
    *("--extra-model-paths-config", "/home/joe/paths.yaml", "--pack-flag", "secret"),
]


def test_flags_of_the_server_are_judged_by_the_rules_for_profiles(wan):
    with answering({"/system_stats": stats(argv=WRONG)}) as url:
        result = wan("doctor", "--server", url)
        data = json.loads(wan("doctor", "--server", url, "--format", "json").stdout)
    assert result.status == 1
    names = {finding["name"]: finding["severity"] for finding in data["findings"]}
    assert names["channels-last"] == "error"
    assert names["lowvram-without-effect"] == "note"
    assert "More: wan explain WAN981" in result.stdout
    assert "joe" not in result.stdout and "secret" not in result.stdout


def test_variables_without_effect_are_notes_and_do_not_hurt():
    variables = {
        "PYTORCH_CUDA_ALLOC_CONF": "max_split_size_mb:512,expandable_segments:True",
        "TORCH_COMPILE": "1",
    }
    known = facts(RTX_4090, environment=variables)
    result = examine(known._replace(start=findings(known)))
    assert {finding.name for finding in result.findings} == {
        "allocator-setting-ignored",
        "dead-variable",
    }
    assert not result.hurts


def test_what_the_log_says_of_dynamic_vram_is_not_said_twice():
    known = facts(RTX_4090, flags={"--highvram": True}, started=started(dynamic_vram=None))
    result = examine(known._replace(start=findings(known)))
    assert [finding.name for finding in result.findings] == ["dynamic-vram-off"]
    unread = facts(RTX_4090, flags={"--highvram": True}, started=None)
    result = examine(unread._replace(start=findings(unread)))
    assert [finding.name for finding in result.findings] == ["dynamic-vram-switched-off"]


@pytest.mark.parametrize("card", [RTX_4090, RTX_5090, A100_MIG, LAPTOP], ids=lambda c: c["Name"])
def test_the_usual_flags_are_not_accused(card):
    known = facts(card, flags={"--fast": ["fp16_accumulation"], "--reserve-vram": 1.0})
    assert findings(known) == ()


def test_an_examination_without_findings_does_not_hurt():
    assert not Examination((), (), ()).hurts
    with answering({"/system_stats": stats()}) as url:
        taken = take(Server(trust.with_login(url)), nvml=NoDriver())
    assert not examine(Facts(taken, server=url, answers=True)).hurts
