"""What is read of the start of a ComfyUI. The logs are as people have posted them, without their paths."""

from __future__ import annotations

import pytest

from wan22dsl.comfyui.log.start import MIB, Started, read

#: ComfyUI 0.35 on Windows, as ComfyUI's own error report has it (Comfy-Org/ComfyUI#16225).
LAPTOP_5060 = """
2026-09-10T13:21:58.616109 - ** Python version:2026-09-10T13:21:58.616118 -  2026-09-10T13:21:58.616127 - 3.13.12 (main)2026-09-10T13:21:58.616136 - 
2026-09-10T13:22:05.145163 - [INFO] Checkpoint files will always be loaded safely.
2026-09-10T13:22:05.299107 - [INFO] Total VRAM 8151 MB, total RAM 32193 MB
2026-09-10T13:22:05.299158 - [INFO] pytorch version: 2.12.0+cu130
2026-09-10T13:22:05.299200 - [INFO] Set vram state to: NORMAL_VRAM
2026-09-10T13:22:05.299307 - [INFO] Device: cuda:0 NVIDIA GeForce RTX 5060 Laptop GPU : cudaMallocAsync
2026-09-10T13:22:05.312107 - [INFO] Using async weight offloading with 2 streams
2026-09-10T13:22:05.313107 - [INFO] Enabled pinned memory 12877.0
2026-09-10T13:22:27.468030 - [INFO] Using pytorch attention
2026-09-10T13:22:29.441030 - [INFO] DynamicVRAM support detected and enabled
2026-09-10T13:22:29.468030 - [INFO] Python version: 3.13.12 (main, Feb 12 2026, 00:38:53) [MSC v.1944 64 bit (AMD64)]
2026-09-10T13:22:29.468064 - [INFO] ComfyUI version: 0.35.0
2026-09-10T13:22:29.468710 - [INFO] comfy-aimdo version: 0.5.3
2026-09-10T13:22:29.469351 - [INFO] comfy-kitchen version: 0.2.33
2026-09-10T13:22:29.473482 - [INFO] comfyui-frontend-package version: 1.51.10
2026-09-10T13:22:29.910248 - [WARNING] [ComfyUI-Manager] The matrix sharing feature has been disabled
2026-09-10T13:22:31.000000 - [INFO] Starting server

2026-09-10T13:22:31.000100 - [INFO] To see the GUI go to: http://127.0.0.1:8188
"""  # noqa: E501, W291 - as it is

#: ComfyUI 0.3.33 with Manager, a console of Windows (Comfy-Org/ComfyUI#8010).
RTX_4090 = """\
Total VRAM 24564 MB, total RAM 32694 MB\r
pytorch version: 2.7.0+cu128\r
Set vram state to: NORMAL_VRAM\r
Device: cuda:0 NVIDIA GeForce RTX 4090 : native\r
Checkpoint files will always be loaded safely.\r
Using pytorch attention\r
[START] Security scan\r
** Python version: 3.12.9 (tags/v3.12.9:fdb8142, Feb  4 2025, 15:27:58) [MSC v.1942 64 bit (AMD64)]\r
Python version: 3.12.9 (tags/v3.12.9:fdb8142, Feb  4 2025, 15:27:58) [MSC v.1942 64 bit (AMD64)]\r
ComfyUI version: 0.3.33\r
ComfyUI frontend version: 1.18.9\r
"""

#: With flags (Comfy-Org/ComfyUI#11845).
SAGE = """\
Total VRAM 8192 MB, total RAM 49078 MB
pytorch version: 2.10.0+cu130
Enabled fp16 accumulation.
Set vram state to: NORMAL_VRAM
Device: cuda:0 NVIDIA GeForce RTX 3070 : cudaMallocAsync
Using async weight offloading with 2 streams
Enabled pinned memory 22085.0
working around nvidia conv3d memory bug.
Using sage attention
To see the GUI go to: http://127.0.0.1:8188
"""

#: Colours, as a terminal has them.
COLOURED = (
    "\x1b[32m[INFO]\x1b[0m Total VRAM 32607 MB, total RAM 97430 MB\n"
    "\x1b[32m[INFO]\x1b[0m pytorch version: 2.10.0+cu130\n"
    "\x1b[32m[INFO]\x1b[0m Device: cuda:0 NVIDIA GeForce RTX 5090 : cudaMallocAsync\n"
    "\x1b[32m[INFO]\x1b[0m Device: cuda:1 NVIDIA GeForce RTX 3080 : cudaMallocAsync\n"
    "\x1b[32m[INFO]\x1b[0m Using xformers attention\n"
    "\x1b[32m[INFO]\x1b[0m Using Comfy Kitchen attention\n"
)

#: ROCm on Strix Halo (Comfy-Org/ComfyUI#11544).
AMD = """\
Total VRAM 131072 MB, total RAM 124418 MB
pytorch version: 2.10.0a0+rocm7.10.0a20251015
Set: torch.backends.cudnn.enabled = False for better AMD performance.
AMD arch: gfx1151
ROCm version: (7, 1)
Set vram state to: NORMAL_VRAM
Device: cuda:0 Radeon 8060S Graphics : native
Using async weight offloading with 2 streams
Enabled pinned memory 118196.0
Using pytorch attention
terminate called after throwing an instance of 'std::bad_alloc'
"""

MAC = """\
Total VRAM 24576 MB, total RAM 24576 MB
pytorch version: 2.8.0
Mac Version (15, 6, 1)
Set vram state to: SHARED
Device: mps
Using sub quadratic optimization for attention, if you have memory or speed issues try using: \
--use-split-cross-attention
Python version: 3.12.11 (main, Aug 18 2025, 19:02:39) [Clang 20.1.4 ]
ComfyUI version: 0.3.54
ComfyUI frontend version: 1.25.11
[Prompt Server] web root: /venv/lib/python3.12/site-packages/comfyui_frontend_package/static

Import times for custom nodes:
   0.0 seconds: /ComfyUI/custom_nodes/websocket_image_save.py
   0.5 seconds (IMPORT FAILED): /ComfyUI/custom_nodes/ComfyUI-GGUF

Starting server

To see the GUI go to: http://127.0.0.1:8188
got prompt
Using split attention in VAE
"""

#: Docker Compose names its service and the time (the CPU).
COMPOSE = """\
2025-07-16 04:09:14 hub-comfyui-1  | Prestartup times for custom nodes:
2025-07-16 04:09:14 hub-comfyui-1  |    0.5 seconds (PRESTARTUP FAILED): /ComfyUI/custom_nodes/ComfyUI-Manager
2025-07-16 04:09:16 hub-comfyui-1  | Total VRAM 7859 MB, total RAM 7859 MB
2025-07-16 04:09:16 hub-comfyui-1  | pytorch version: 2.7.1+cu126
2025-07-16 04:09:16 hub-comfyui-1  | Set vram state to: DISABLED
2025-07-16 04:09:16 hub-comfyui-1  | Device: cpu
comfyui-1  | ComfyUI version: 0.3.44
"""

LEGACY = """\
[INFO] Total VRAM 24564 MB, total RAM 65413 MB
[WARNING] Unsupported Pytorch detected. DynamicVRAM support requires Pytorch version 2.8 or later (2.12+ is \
recommended). Falling back to legacy ModelPatcher. VRAM estimates may be unreliable especially on Windows
[INFO] Using Flash Attention
"""


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (
            LAPTOP_5060,
            Started(
                comfyui_version="0.35.0",
                python_version="3.13.12",
                torch="2.12.0+cu130",
                frontend="1.51.10",
                aimdo="0.5.3",
                kitchen="0.2.33",
                vram_bytes=8151 * MIB,
                ram_bytes=32193 * MIB,
                device="cuda:0 NVIDIA GeForce RTX 5060 Laptop GPU",
                allocator="cudaMallocAsync",
                vram_state="NORMAL_VRAM",
                attention="pytorch",
                dynamic_vram=True,
                async_offload_streams=2,
                pinned_bytes=12877 * MIB,
                addresses=("http://127.0.0.1:8188",),
                whole=True,
            ),
        ),
        (
            RTX_4090,
            Started(
                comfyui_version="0.3.33",
                python_version="3.12.9",
                torch="2.7.0+cu128",
                frontend="1.18.9",
                vram_bytes=24564 * MIB,
                ram_bytes=32694 * MIB,
                device="cuda:0 NVIDIA GeForce RTX 4090",
                allocator="native",
                vram_state="NORMAL_VRAM",
                attention="pytorch",
            ),
        ),
        (
            SAGE,
            Started(
                torch="2.10.0+cu130",
                vram_bytes=8192 * MIB,
                ram_bytes=49078 * MIB,
                device="cuda:0 NVIDIA GeForce RTX 3070",
                allocator="cudaMallocAsync",
                vram_state="NORMAL_VRAM",
                attention="sage",
                async_offload_streams=2,
                pinned_bytes=22085 * MIB,
                fp16_accumulation=True,
                addresses=("http://127.0.0.1:8188",),
                whole=True,
            ),
        ),
        (
            COLOURED,
            Started(
                torch="2.10.0+cu130",
                vram_bytes=32607 * MIB,
                ram_bytes=97430 * MIB,
                device="cuda:0 NVIDIA GeForce RTX 5090",
                allocator="cudaMallocAsync",
                other_devices=("cuda:1 NVIDIA GeForce RTX 3080",),
                attention="comfy-kitchen",
            ),
        ),
        (
            AMD,
            Started(
                torch="2.10.0a0+rocm7.10.0a20251015",
                vram_bytes=131072 * MIB,
                ram_bytes=124418 * MIB,
                device="cuda:0 Radeon 8060S Graphics",
                allocator="native",
                vram_state="NORMAL_VRAM",
                attention="pytorch",
                async_offload_streams=2,
                pinned_bytes=118196 * MIB,
                amd_arch="gfx1151",
                rocm="7.1",
            ),
        ),
        (
            MAC,
            Started(
                comfyui_version="0.3.54",
                python_version="3.12.11",
                torch="2.8.0",
                frontend="1.25.11",
                vram_bytes=24576 * MIB,
                ram_bytes=24576 * MIB,
                device="mps",
                vram_state="SHARED",
                attention="sub-quadratic",
                addresses=("http://127.0.0.1:8188",),
                failed_packs=("ComfyUI-GGUF",),
                whole=True,
            ),
        ),
        (
            COMPOSE,
            Started(
                comfyui_version="0.3.44",
                torch="2.7.1+cu126",
                vram_bytes=7859 * MIB,
                ram_bytes=7859 * MIB,
                device="cpu",
                vram_state="DISABLED",
                failed_packs=("ComfyUI-Manager",),
            ),
        ),
        ("", Started()),
    ],
    ids=["5060", "4090", "sage", "coloured", "amd", "mac", "compose", "nothing"],
)
def test_a_start_is_read(log: str, expected: Started) -> None:
    assert read(log.splitlines(keepends=True)) == expected
    assert read([log]) == expected  # all of it in one piece


def test_why_the_legacy_loader_is_used_is_in_comfyuis_words() -> None:
    found = read(LEGACY.splitlines())
    assert found.dynamic_vram is False
    assert found.legacy_because is not None
    assert found.legacy_because.startswith("Unsupported Pytorch detected.")
    assert found.attention == "flash"


def test_the_last_of_several_starts_counts() -> None:
    found = read((SAGE + "got prompt\n" + MAC).splitlines())
    assert (found.attention, found.fp16_accumulation, found.device) == (
        "sub-quadratic",
        None,
        "mps",
    )


def test_what_packs_say_while_comfyui_starts_is_not_what_comfyui_says() -> None:
    log = (
        "Total VRAM 8192 MB, total RAM 49078 MB",
        "Using pytorch attention",
        "Using sage attention mode: auto",  # a node of KJNodes
        "[Crystools INFO] GPU/s: Device: cuda:9 none : native",
        "Using sage attention",
        "My Pack | ComfyUI version: 9.9.9",
    )
    assert read(log).attention == "pytorch"
    assert read(log).device is None
    assert read(log).comfyui_version is None


@pytest.mark.parametrize(
    ("line", "failure"),
    [
        (
            "To use the `--use-sage-attention` feature, the `sageattention` package must be installed first.",
            None,
        ),
        ("main.py: error: unrecognized arguments: --normalvram", None),
        ("ASSETS_STARTUP_FAILED: in_use", None),
        (
            "OSError: [Errno 98] error while attempting to bind on address ('::1', 8188): address in use",
            None,
        ),
        ("AssertionError: Torch not compiled with CUDA enabled", None),
        ("[ERROR] ValueError: something of a pack", ""),
    ],
)
def test_what_ended_a_start_is_kept(line: str, failure: str | None) -> None:
    assert read([line]).failure == (line if failure is None else failure or None)


def test_hostile_lines_are_read_quickly_and_without_harm() -> None:
    lines = [
        "Total VRAM " + "9" * 5_000 + " MB, total RAM 1 MB",
        "Enabled pinned memory 1.2.3",
        "Using async weight offloading with " + "9" * 5_000 + " streams",
        "\x1b[" * 50_000,
        "\r" * 100_000,
        "\x00\x1b]0;" + "a" * 9,
    ]
    assert read(lines) == Started()
