"""The rules for profiles: their examples, and what they find and leave alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wan22dsl.api.compiler import check
from wan22dsl.api.lint import lint_files
from wan22dsl.api.options import Options
from wan22dsl.api.profiles import profiles_of
from wan22dsl.lint import rules
from wan22dsl.lint.rules import starting
from wan22dsl.lint.rules.starting.example import with_pipeline
from wan22dsl.report.text import render
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic

RULES = starting.all_rules()

each = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.MESSAGE.code)


#: What is reported of a pipeline in an example: that it is long is what the rule is about.
OF_PIPELINES = {"WAN803"}


def found(text: str) -> list[Diagnostic]:
    return check(Source(text, "launch.wan")).diagnostics


@each
def test_the_bad_example_has_the_finding_and_no_other(rule):
    diagnostics = found(rule.MESSAGE.bad)
    codes = [finding.code for finding in diagnostics if finding.code not in OF_PIPELINES]
    assert codes == [rule.MESSAGE.code], render(diagnostics)


@each
def test_the_good_example_has_no_finding(rule):
    diagnostics = found(rule.MESSAGE.good)
    assert not diagnostics, render(diagnostics)


@each
def test_a_message_has_what_why_help_and_source(rule):
    message = rule.MESSAGE
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", message.name)
    assert message.help
    assert message.source
    assert rule.__doc__.startswith(f"{message.code}: ")


def test_the_rules_are_in_the_order_of_their_codes_and_all_are_listed():
    codes = [rule.MESSAGE.code for rule in RULES]
    assert codes == sorted(set(codes))
    names = {rule.MESSAGE.name for rule in RULES} & {
        rule.MESSAGE.name for rule in rules.all_rules()
    }
    assert not names
    folder = Path(starting.__file__).parent
    with_check = {
        file.stem for file in folder.glob("*.py") if "\ndef check(start" in file.read_text("utf-8")
    }
    assert with_check == set(starting.LISTED)


@each
def test_a_fix_leaves_no_such_finding(rule):
    (finding,) = (each for each in found(rule.MESSAGE.bad) if each.code == rule.MESSAGE.code)
    if finding.fix is None:
        return
    text = rule.MESSAGE.bad
    for edit in sorted(finding.fix.edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert rule.MESSAGE.code not in {each.code for each in found(text)}, text
    assert not [each for each in found(text) if each.code.startswith(("WAN1", "WAN2", "WAN3"))], (
        text
    )


# --- launchers ---


GUIDE = """\
@echo off
set PYTORCH_CUDA_ALLOC_CONF=max_split_size_mb:512,expandable_segments:True
set TORCH_COMPILE=1
python main.py ^
  --force-channels-last ^
  --use-sage-attention --normalvram --async-offload
"""


def in_launcher(text: str, name: str = "run.bat", **judged: str) -> list[tuple[int, str]]:
    """Line and code of each finding in a launcher."""
    found = check(Source(text, name), **judged).diagnostics
    return [(each.span.first.line, each.code) for each in found if each.span is not None]


def test_a_launcher_of_a_guide_is_judged_line_by_line():
    assert in_launcher(GUIDE, card="A100") == [
        (2, "WAN970"),
        (3, "WAN969"),
        (5, "WAN981"),
        (6, "WAN986"),
        (6, "WAN961"),
        (6, "WAN978"),
    ]


def test_a_launcher_is_judged_by_the_comfyui_that_is_named():
    assert (6, "WAN961") not in in_launcher(GUIDE, target="0.3.64")
    assert (6, "WAN961") in in_launcher(GUIDE, target="0.33.0")


def test_advice_for_a_launcher_is_in_its_own_notation():
    (finding,) = check(Source("python main.py --fast\n", "run.sh")).diagnostics
    assert "`--fast fp16_accumulation`" in finding.help
    assert finding.fix is None
    (finding,) = found("wan 1\nprofile p { flags = { fast = true } }\n")
    assert '`fast = ["fp16_accumulation"]`' in finding.help
    assert finding.fix is not None


def test_what_a_script_fills_in_is_not_judged():
    text = 'python main.py --port "$PORT" --reserve-vram $G --fast $WORDS --$MODE $MORE\n'
    assert in_launcher(text, "run.sh") == []
    assert in_launcher("set OMP_NUM_THREADS=%N%\npython main.py --port %P% %*\n") == []


def test_a_launcher_that_starts_nothing_is_reported():
    assert in_launcher("pause\n") == [(1, "WAN990")]
    assert in_launcher("", "run.sh") == [(1, "WAN990")]


def test_a_word_that_belongs_to_no_flag_is_reported():
    (finding,) = check(
        Source("python main.py --lowvram=1 x\n", "run.sh"), target="0.3.64"
    ).diagnostics[1:]
    assert (finding.code, "`x`" in finding.message) == ("WAN960", True)


def test_flags_of_two_branches_of_a_script_do_not_exclude_each_other():
    text = (
        'F="--port 1"\nif [ $X ]; then\n  F="$F --bf16-unet"\nelse\n  F="$F --fp16-unet"\nfi\n'
        "python ComfyUI/main.py $F\n"
    )
    assert in_launcher(text, "run.sh") == []
    assert in_launcher("python main.py --bf16-unet --fp16-unet\n", "run.sh") == [(1, "WAN964")]
    text = 'F="--bf16-unet --fp16-unet"\npython main.py $F\n'
    assert in_launcher(text, "run.sh") == [(1, "WAN964")]


def test_a_flag_of_any_version_tells_that_main_py_is_comfyui_s():
    assert in_launcher("python main.py --normalvram\n", "run.sh") == [(1, "WAN961")]


def test_an_attention_in_a_launcher_needs_no_list_of_packages():
    assert in_launcher("python main.py --use-sage-attention\n", "run.sh") == []


# --- what the rules leave alone ---


def codes(inner: str) -> list[str]:
    """The codes of what is found in a profile."""
    return [finding.code for finding in found(f"wan 1\nprofile p {{ {inner} }}\n")]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        # between two known versions nothing is known of a flag that only one of them has
        ('comfyui = "0.38", flags = { offline = true }', []),
        ('comfyui = "0.3.70", flags = { normalvram = true }', []),
        ('comfyui = "0.33.0", flags = { offline = true }', ["WAN962"]),
        # a newer version may have a flag that is not known
        ('comfyui = "0.50", flags = { brand_new = true }', ["WAN968", "WAN960"]),
        ("flags = { date_based_output = true }", []),
        # DynamicVRAM: asked for, forbidden, not there yet, not known
        ("flags = { highvram = true, enable_dynamic_vram = true }", []),
        ('comfyui = "0.3.64", flags = { highvram = true, lowvram = false }', []),
        ('comfyui = "0.3.64", flags = { lowvram = true }', []),
        ('comfyui = "0.12", flags = { lowvram = true }', []),
        ('card = "RX 7900 XTX", flags = { lowvram = true }', []),
        ("flags = { lowvram = true, disable_dynamic_vram = true }", []),
        ('card = "RTX 4090", flags = { cpu = true }', ["WAN976"]),
        ("flags = { cpu = true }", []),
        # what is switched off is not there
        ("flags = { lowvram = false, fast = false, no_such = false }", []),
        # the allocator
        ("flags = { fast = true, disable_cuda_malloc = true }", []),
        ("flags = { fast = true, cuda_malloc = true }", []),
        ('env = { PYTORCH_CUDA_ALLOC_CONF = "expandable_segments:True" }', ["WAN970"]),
        ('env = { PYTORCH_CUDA_ALLOC_CONF = "expandable_segments:False" }', []),
        ('comfyui = "0.3.64", env = { PYTORCH_CUDA_ALLOC_CONF = "expandable_segments:True" }', []),
        ('env = { PYTORCH_CUDA_ALLOC_CONF = "max_split_size_mb=512" }', ["WAN971"]),
        ('env = { PYTORCH_CUDA_ALLOC_CONF = "a:1,,b:2" }', ["WAN971"]),
        (
            'env = { PYTORCH_CUDA_ALLOC_CONF = "roundup_power2_divisions:[256:1,512:2]" }',
            ["WAN970"],
        ),
        ('card = "RX 7900 XTX", env = { PYTORCH_CUDA_ALLOC_CONF = "max_split_size_mb:5" }', []),
        ('env = { PYTORCH_ALLOC_CONF = "a:1", PYTORCH_CUDA_ALLOC_CONF = "b:2" }', ["WAN972"]),
        # threads
        ('env = { OMP_NUM_THREADS = "4,2" }', []),
        ('env = { OMP_NUM_THREADS = "many" }', ["WAN973"]),
        ("env = { OMP_NUM_THREADS = 100000 }", []),
        # values
        ("flags = { port = 8188.5 }", ["WAN963"]),
        ("flags = { lowvram = 1, disable_dynamic_vram = true }", ["WAN963"]),
        ("flags = { reserve_vram = true }", ["WAN963"]),
        ("flags = { reserve_vram = [1, 2] }", ["WAN963"]),
        ("flags = { cache_ram = [8, 20] }", []),
        ('flags = { preview_method = "aut" }', ["WAN963"]),
        ('flags = { extra_model_paths_config = ["a", "b"] }', []),
        # memory that is kept free
        ("flags = { reserve_vram = 2560 }", ["WAN991"]),
        ('card = "RTX 3090", flags = { reserve_vram = 24 }', ["WAN991"]),
        ("flags = { reserve_vram = 24 }", []),
        # packages with versions
        ('flags = { use_sage_attention = true }, packages = ["sageattention==2.2.0"]', []),
        ('flags = { use_flash_attention = true }, packages = ["flash_attn >= 2"]', []),
        ("flags = { use_flash_attention = true }", ["WAN983"]),
        # of the 3090 a gain is reported
        (
            'card = "RTX 3090", flags = { use_sage_attention = true }, packages = ["sageattention"]',
            [],
        ),
        (
            'card = "H100", flags = { use_sage_attention = true }, packages = ["sageattention"]',
            ["WAN986"],
        ),
        (
            'card = "RX 7900 XTX", flags = { use_flash_attention = true }, packages = ["flash-attn"]',
            [],
        ),
        ('card = "RTX 3090", flags = { supports_fp8_compute = true }', ["WAN988"]),
        ('card = "Radeon 9999", env = { MIOPEN_FIND_MODE = 2 }', ["WAN967"]),
        # SageAttention 3
        ("flags = { use_sage_attention3 = true }", ["WAN984"]),
    ],
)
def test_only_what_is_known_is_reported(inner, expected):
    assert codes(inner) == expected


def test_the_cores_are_known_where_comfyui_is_started():
    text = Source("wan 1\nprofile p { env = { OMP_NUM_THREADS = 64 } }\n", "launch.wan")
    assert profiles_of(text)[1] == []
    (finding,) = profiles_of(text, cores=16)[1]
    assert (finding.code, "16 logical cores" in finding.message) == ("WAN973", True)


SAGE = 'flags = { use_sage_attention = true }, packages = ["sageattention"]'


@pytest.mark.parametrize(
    ("card", "length", "is_found"),
    [
        ("RTX 5090", "161f", True),
        ("RTX PRO 6000", "161f", True),
        ("RTX 5090", "81f", False),
        ("RTX 4090", "161f", False),
        ("B200", "161f", False),
    ],
)
def test_sage_is_reported_for_long_clips_on_blackwell(card, length, is_found):
    text = with_pipeline(f'wan 1\nprofile p {{ card = "{card}", {SAGE} }}\n', length=length)
    assert ("WAN985" in {finding.code for finding in found(text)}) == is_found


def test_fp8_arithmetic_is_judged_by_the_files_that_are_loaded():
    profile = 'wan 1\nprofile p { flags = { fast = ["fp8_matrix_mult"] } }\n'
    assert found(profile) == []
    assert [finding.code for finding in found(with_pipeline(profile))] == ["WAN980"]


def test_a_copy_is_not_reported_for_what_its_original_is():
    text = 'wan 1\nprofile a { flags = { lowvram = true } }\nprofile b = a(card = "RTX 4090")\n'
    assert [finding.code for finding in found(text)] == ["WAN975"]


def test_what_comes_from_another_file_is_reported_at_the_profile(tmp_path):
    (tmp_path / "wan.toml").write_text("")
    (tmp_path / "house.wan").write_text("wan 1\nprofile a { flags = { lowvram = true } }\n")
    main = tmp_path / "main.wan"
    main.write_text('wan 1\nuse "house.wan" as house\nprofile b = house.a(card = "RTX 4090")\n')
    (finding,) = check(main).diagnostics
    assert finding.span is not None
    assert (finding.code, finding.span.text, finding.fix) == ("WAN975", "b", None)
    assert [label.span.text for label in finding.related] == ["lowvram"]


def test_a_flag_of_another_program_gets_an_answer():
    (finding,) = found("wan 1\nprofile p { flags = { medvram = true } }\n")
    assert "AUTOMATIC1111" in finding.help


# --- as `wan lint` has other rules ---


def test_findings_on_profiles_are_suppressed_fixed_and_kept_as_others_are(tmp_path):
    (tmp_path / "wan.toml").write_text("")
    file = tmp_path / "launch.wan"
    file.write_text(
        "wan 1\n\nprofile a {\n    # wan: allow(lowvram-without-effect) an old server\n"
        "    flags = { lowvram = true, enable_assets = true }\n}\n"
    )
    first = lint_files(file)
    assert [finding.code for finding in first.findings] == ["WAN965"]
    assert first.suppressed == 1
    assert [each.code for each in lint_files(file).findings] == ["WAN965"]
    lint_files(file, Options(fix=True))
    assert "enable_assets" not in file.read_text()
    assert "lowvram = true" in file.read_text()


def test_a_launcher_in_an_older_encoding_is_read(tmp_path):
    (tmp_path / "wan.toml").write_text("")
    file = tmp_path / "run.bat"
    file.write_bytes("rem große Karte\r\npython main.py --lowvram\r\n".encode("cp1252"))
    report = lint_files(file)
    assert [finding.code for finding in report.findings] == ["WAN975"]
    assert not report.unreadable


def test_a_folder_of_launchers_is_judged_only_by_name(tmp_path):
    (tmp_path / "wan.toml").write_text("")
    (tmp_path / "run.bat").write_text("python main.py --lowvram\n")
    (tmp_path / "a.wan").write_text("wan 1\n")
    assert not lint_files(tmp_path).findings


@pytest.mark.parametrize(
    ("name", "text"),
    {
        "ROCm": ("run.sh", "export HSA_OVERRIDE_GFX_VERSION=11.0.0\npython ComfyUI/main.py "),
        "HIP": ("run.sh", "export PYTORCH_HIP_ALLOC_CONF=x:1\npython ComfyUI/main.py "),
        "ZLUDA": ("zluda.bat", "zluda.exe -- python ComfyUI\\main.py "),
        "AMD": ("run_amd_gpu.bat", "python ComfyUI\\main.py "),
        "Apple": ("run.sh", "PYTORCH_ENABLE_MPS_FALLBACK=1 python ComfyUI/main.py "),
        "macOS": ("run.command", "python ComfyUI/main.py "),
        "Intel": ("run.sh", "python ComfyUI/main.py --oneapi-device-selector 0 "),
        "DirectML": ("run.bat", "python ComfyUI/main.py --directml "),
    }.values(),
)
def test_a_launcher_for_another_machine_is_not_judged_as_one_for_nvidia(name, text):
    for flags in ("--lowvram", "--highvram", "--fast"):
        assert in_launcher(text + flags, name) == []


def test_a_launcher_for_nvidia_is_judged_whatever_else_is_in_its_name():
    line = "python ComfyUI/main.py --lowvram"
    assert in_launcher(line, "run_nvidia_cpu_offload.bat") == [(1, "WAN975")]
    assert in_launcher(line, "macro.bat") == [(1, "WAN975")]
    amd = "export HSA_OVERRIDE_GFX_VERSION=11.0.0\n"
    assert (2, "WAN975") in in_launcher(amd + line, "run.sh", card="RTX 4090")


def test_a_variable_of_apple_says_nothing_beside_those_of_nvidia():
    apple = "export PYTORCH_ENABLE_MPS_FALLBACK=1\n"
    line = "export CUDA_VISIBLE_DEVICES=0\npython ComfyUI/main.py --lowvram"
    assert in_launcher(apple + line, "run.sh") == [(3, "WAN975")]
