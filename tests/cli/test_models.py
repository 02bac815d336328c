"""`wan models`: what pipelines need, how it is with the files, and downloads from a Hub on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import ROOT
from tests.model_files import making
from tests.model_files.test_fetch import Hub
from wan22dsl.cli import main
from wan22dsl.model_files import published
from wan22dsl.resources import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

wan, lora = partial(making.wan, blocks=1), partial(making.lora, blocks=1)

PORTRAIT = str(ROOT / "examples" / "portrait.wan")
NAMES = {
    "diffusion_models/wan2.2_i2v_high_noise_14B_fp8_scaled": wan(scaled=True),
    "diffusion_models/wan2.2_i2v_low_noise_14B_fp8_scaled": wan(scaled=True),
    "loras/wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise": lora(),
    "loras/wan2.2_i2v_lightx2v_4steps_lora_v1_low_noise": lora(),
    "text_encoders/umt5_xxl_fp8_e4m3fn_scaled": making.umt5(scaled=True),
    "vae/wan_2.1_vae": making.vae(),
}


@pytest.fixture
def models(tmp_path) -> Path:
    """A models folder with the files of the library's image to video."""
    folder = tmp_path / "models"
    for name, tensors in NAMES.items():
        making.safetensors(folder / f"{name}.safetensors", tensors)
    return folder


def as_json(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = main(["models", *words, "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert not list(Draft202012Validator(json.loads(schema("models_report"))).iter_errors(document))
    return code, document


def states(document: dict[str, Any]) -> dict[str, str]:
    return {row["file"].removesuffix(".safetensors"): row["state"] for row in document["files"]}


def test_list_names_every_file_with_its_folder_size_and_source(capsys):
    code, document = as_json(capsys, "list", PORTRAIT)
    assert code == 0
    rows = {f"{row['folder']}/{row['file']}": row for row in document["files"]}
    assert set(rows) == {f"{name}.safetensors" for name in NAMES}
    row = rows["vae/wan_2.1_vae.safetensors"]
    assert row["bytes"] == 253_815_318
    assert row["repository"] == "Comfy-Org/Wan_2.2_ComfyUI_Repackaged"
    assert main(["models", "list", PORTRAIT]) == 0
    out = capsys.readouterr().out
    assert "6 files: 38.0 GB" in out


def test_every_file_of_the_library_is_known_where_it_is_published():
    import re

    text = (ROOT / "wan22dsl" / "language" / "library" / "wan22.wan").read_text(encoding="utf-8")
    names = re.findall(r'file\s*=\s*"([^"]+\.safetensors)"', text)
    assert names
    assert [
        name for name in names if published.by_name(name) is None and "my_build" not in name
    ] == []


def test_the_published_files_have_what_a_download_needs():
    from wan22dsl.model_files import hub

    for each in published.files():
        assert hub.is_repository(each.repository) and hub.is_path(each.path)
        assert each.path.endswith(each.file)
        assert each.sha256 is None or len(each.sha256) == 64
        assert (each.sha256 is None) or each.stated_by > 0
    assert len({each.file for each in published.files()}) == len(published.files())


def test_check_is_fine_for_files_that_are_what_they_are_called(models, capsys):
    code, document = as_json(capsys, "check", PORTRAIT, "--models", str(models))
    assert code == 0
    assert set(states(document).values()) == {"fine"}
    (row,) = [row for row in document["files"] if row["folder"] == "vae"]
    assert row["is"]["latent_channels"] == 16


def test_check_tells_missing_broken_and_other_files(models, capsys):
    (models / "vae" / "wan_2.1_vae.safetensors").unlink()
    making.safetensors(
        models / "loras" / "wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise.safetensors",
        lora(channels=16),
    )
    with (models / "text_encoders" / "umt5_xxl_fp8_e4m3fn_scaled.safetensors").open("r+b") as file:
        file.truncate(1_000_000)
    code, document = as_json(capsys, "check", PORTRAIT, "--models", str(models))
    assert code == 1
    found = states(document)
    assert found["wan_2.1_vae"] == "missing"
    assert found["wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise"] == "other"
    assert found["umt5_xxl_fp8_e4m3fn_scaled"] == "broken"
    assert main(["models", "check", PORTRAIT, "--models", str(models)]) == 1
    out = capsys.readouterr().out
    assert "MISSING vae/wan_2.1_vae.safetensors" in out
    assert "16 channels" in out


#: What kijai/ComfyUI-WanVideoWrapper loads, in the folders in which it looks for it.
OF_WRAPPER = {
    "umt5-xxl-enc-bf16": making.umt5_of_wan(),
    "open-clip-xlm-roberta-large-vit-huge-14_visual_fp16": {
        "visual.transformer.0.attn.to_qkv.weight": ("F16", (3840, 1280))
    },
}


def of_wrapper(tmp_path: Path) -> str:
    """A prompt with its loaders of text encoders."""
    t5, clip = (f"{name}.safetensors" for name in OF_WRAPPER)
    own = {"precision": "bf16", "load_device": "offload_device", "quantization": "disabled"}
    prompt = {
        "1": {"class_type": "LoadWanVideoT5TextEncoder", "inputs": {"model_name": t5, **own}},
        "2": {
            "class_type": "LoadWanVideoClipTextEncoder",
            "inputs": {"model_name": clip, "precision": "fp16", "load_device": "offload_device"},
        },
    }
    file = tmp_path / "wrapper.json"
    file.write_text(json.dumps(prompt), encoding="utf-8")
    return str(file)


def test_files_that_a_pack_loads_are_not_wrong_because_comfyui_does_not(tmp_path, capsys):
    folder = tmp_path / "models"
    for name, tensors in OF_WRAPPER.items():
        making.safetensors(folder / "text_encoders" / f"{name}.safetensors", tensors)
    workflow = of_wrapper(tmp_path)
    for words in (("check", workflow), ("check",)):
        code, document = as_json(capsys, *words, "--models", str(folder))
        assert states(document) == dict.fromkeys(OF_WRAPPER, "fine")
        assert code == 0
    main(["lint", workflow, "--models", str(folder)])
    assert "WAN673" not in capsys.readouterr().out


def test_a_text_encoder_of_a_pack_is_wrong_for_a_pipeline_of_comfyuis_own_nodes(models, capsys):
    name = next(name for name in NAMES if name.startswith("text_encoders"))
    making.safetensors(models / f"{name}.safetensors", making.umt5_of_wan())
    code, document = as_json(capsys, "check", PORTRAIT, "--models", str(models))
    assert states(document)["umt5_xxl_fp8_e4m3fn_scaled"] == "other"
    assert code == 1


def test_of_a_pipeline_with_errors_nothing_is_called_fine(models, tmp_path, capsys):
    file = tmp_path / "a.wan"
    file.write_text("wan 1\npipeline x { flow = nothing }\n", encoding="utf-8")
    assert main(["models", "check", str(file), "--models", str(models)]) == 1
    assert "fine" not in capsys.readouterr().out


def test_check_without_a_file_looks_at_everything(models, capsys):
    making.safetensors(models / "loras" / "sub" / "vae_in_loras.safetensors", making.vae())
    (models / "loras" / "notes.txt").write_text("x", encoding="utf-8")
    code, document = as_json(capsys, "check", "--models", str(models))
    assert code == 1
    assert states(document)["sub/vae_in_loras"] == "other"
    assert len(document["files"]) == 7


def test_extra_model_paths_and_comfyui_folders_are_respected(models, tmp_path, capsys):
    comfyui, other = tmp_path / "ComfyUI", tmp_path / "other disk"
    (comfyui / "models").mkdir(parents=True)
    (comfyui / "main.py").write_text("", encoding="utf-8")
    models.rename(other)
    (comfyui / "extra_model_paths.yaml").write_text(
        f"""\
# where the models are
own:
    base_path: {other.as_posix()}
    is_default: true
    unet: |
        diffusion_models
        nowhere
    loras: 'loras/'
    clip: text_encoders # the old name
    vae: "vae"
""",
        encoding="utf-8",
    )
    code, document = as_json(capsys, "check", PORTRAIT, "--comfyui", str(comfyui))
    assert (code, set(states(document).values())) == (0, {"fine"})
    assert not document["notes"]


@pytest.mark.parametrize(
    ("text", "notes"),
    [("own:\n    loras: [a, b]\n    vae: 1\n", 2), ("own:\n    loras: a\n\tvae: c\n", 1)],
)
def test_what_extra_model_paths_have_and_comfyui_does_not_read_is_told(models, capsys, text, notes):
    (models.parent / "extra_model_paths.yaml").write_text(text, encoding="utf-8")
    _, document = as_json(capsys, "check", "--models", str(models))
    assert len(document["notes"]) == notes
    assert all("extra_model_paths.yaml: " in note for note in document["notes"])


def test_a_folder_that_is_not_there_is_a_wrong_command(capsys):
    assert main(["models", "check", "--models", "/no/such/folder"]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_a_sha256_is_kept_until_the_file_changes(models, capsys, monkeypatch):
    from wan22dsl.model_files import looking

    path = models / "vae" / "own.safetensors"
    making.safetensors(path, making.vae())
    old_s = time.time() - 100
    os.utime(path, (old_s, old_s))
    row = published.by_name("wan_2.1_vae.safetensors")
    right = looking.sha256_of(str(path))
    own = row._replace(file="own.safetensors", size_bytes=path.stat().st_size, sha256=right)
    monkeypatch.setattr(published, "files", lambda: (own,))
    hashed: list[str] = []
    real = looking.sha256_of
    monkeypatch.setattr(
        looking, "sha256_of", lambda path, progress: hashed.append(path) or real(path)
    )
    for _ in range(2):
        _, document = as_json(capsys, "check", "--models", str(models))
        (entry,) = [each for each in document["files"] if each["file"] == "own.safetensors"]
        assert (entry["state"], entry["sha256"], entry["notes"]) == ("fine", right, [])
    assert len(hashed) == 1
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")
    _, document = as_json(capsys, "check", "--models", str(models))
    (entry,) = [each for each in document["files"] if each["file"] == "own.safetensors"]
    assert len(hashed) == 2
    assert "another file than the published one" in entry["notes"][0]


def test_lint_with_models_refuses_a_text_to_video_lora(models, tmp_path, capsys):
    making.safetensors(models / "loras" / "anna.safetensors", lora(channels=16))
    file = tmp_path / "a.wan"
    file.write_text(
        """\
wan 1
use wan22

lora anna { file = "anna.safetensors" }
pass high = wan22.high(add_loras = [anna])

pipeline demo {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = high -> wan22.low -> save("demo")
}
""",
        encoding="utf-8",
    )
    assert main(["lint", str(file)]) == 0
    assert main(["lint", str(file), "--models", str(models)]) == 1
    assert "WAN675" in capsys.readouterr().out
    making.safetensors(models / "loras" / "anna.safetensors", lora())
    assert main(["lint", str(file), "--models", str(models)]) == 0, "nothing of it was kept"


OWN = """\
wan 1
use wan22

lora anna {{
    file   = "people/anna.safetensors"
    source = "own/repo/a.safetensors"
    sha256 = "{sha256}"
}}
lora bert = anna(file = "bert.safetensors")
pass high = wan22.high(loras = [anna])
pass low = wan22.low(loras = [bert])

pipeline demo {{
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x1216
    length = 81f
    flow   = high -> low -> save("demo")
}}
"""


@pytest.fixture
def hub(tmp_path, monkeypatch) -> Iterator[Hub]:
    """A Hub with one file: a LoRA."""
    import struct

    header, weights = making.document(
        {
            "diffusion_model.blocks.0.self_attn.q.lora_A.weight": ("BF16", (4, 5120)),
            "diffusion_model.blocks.0.self_attn.q.lora_B.weight": ("BF16", (5120, 4)),
        }
    )
    server = Hub(struct.pack("<Q", len(header)) + header + bytes(weights))
    monkeypatch.setenv("HF_ENDPOINT", server.url.partition("/own/")[0])
    monkeypatch.setenv("HF_TOKEN", "hf_token")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    yield server
    server.stop()


@pytest.fixture
def own(hub, tmp_path) -> str:
    file = tmp_path / "own.wan"
    text = OWN.format(sha256=hashlib.sha256(hub.data).hexdigest())
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_source_of_ones_own_is_listed_and_a_copy_with_another_file_does_not_take_it_over(
    own, capsys
):
    _, document = as_json(capsys, "list", own)
    rows = {row["file"]: row for row in document["files"]}
    assert rows["people/anna.safetensors"]["repository"] == "own/repo"
    assert rows["people/anna.safetensors"]["path"] == "a.safetensors"
    assert rows["bert.safetensors"]["repository"] is None
    assert rows["bert.safetensors"]["sha256"] is None


def test_fetch_downloads_what_is_missing_into_its_folder(own, hub, models, capsys):
    assert main(["models", "fetch", own, "--models", str(models)]) == 1, "bert has no source"
    shown = capsys.readouterr()
    target = models / "loras" / "people" / "anna.safetensors"
    assert target.read_bytes() == hub.data
    assert target.as_posix() in shown.out
    assert "bert.safetensors: where it is published is not known" in shown.err
    assert "anna.safetensors: 82.2 kB of 82.2 kB" in shown.err
    assert hub.asked[0]["path"] == "/own/repo/resolve/main/a.safetensors"
    assert hub.asked[0]["Authorization"] == "Bearer hf_token"
    making.safetensors(models / "loras" / "bert.safetensors", lora())
    assert main(["models", "fetch", own, "--models", str(models)]) == 0
    assert len(hub.asked) == 1, "what is there is not downloaded again"


def test_fetch_leaves_a_file_alone_that_is_another_one_unless_it_may_replace_it(
    own, hub, models, capsys
):
    target = making.safetensors(models / "loras" / "people" / "anna.safetensors", lora())
    making.safetensors(models / "loras" / "bert.safetensors", lora())
    before = target.stat().st_size
    assert main(["models", "fetch", own, "--models", str(models)]) == 1
    assert "--replace" in capsys.readouterr().err
    assert target.stat().st_size == before
    assert main(["models", "fetch", own, "--models", str(models), "--replace"]) == 0
    assert target.read_bytes() == hub.data


def test_fetch_with_a_wrong_hash_leaves_nothing(own, hub, models, capsys):
    hub.data = hub.data[:-1] + b"x"
    assert main(["models", "fetch", own, "--models", str(models)]) == 1
    assert "sha256" in capsys.readouterr().err
    assert not list((models / "loras" / "people").iterdir())


def test_offline_the_commands_are_printed(own, hub, models, capsys, monkeypatch):
    making.safetensors(models / "loras" / "bert.safetensors", lora())
    assert main(["models", "fetch", own, "--models", str(models), "--commands"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("hf download own/repo a.safetensors --local-dir ")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert main(["models", "fetch", own, "--models", str(models)]) == 0
    assert capsys.readouterr().out == out
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert main(["models", "fetch", own, "--models", str(models)]) == 2
    shown = capsys.readouterr()
    assert shown.out == out
    assert "cannot be reached" in shown.err
    assert hub.asked == []


def test_a_name_that_leads_out_of_the_models_folder_is_never_written(hub, models, tmp_path, capsys):
    file = tmp_path / "own.wan"
    text = OWN.format(sha256=hashlib.sha256(hub.data).hexdigest())
    file.write_text(text.replace("people/anna", "../../anna"), encoding="utf-8")
    making.safetensors(models / "loras" / "bert.safetensors", lora())
    assert main(["models", "fetch", str(file), "--models", str(models)]) == 1
    assert "leads out" in capsys.readouterr().err
    assert hub.asked == []
    assert not list(tmp_path.rglob("anna*"))


def test_json_workflows_are_listed_like_pipelines(tmp_path, capsys):
    file = tmp_path / "portrait.json"
    assert main(["compile", PORTRAIT, "-o", str(file)]) == 0
    capsys.readouterr()
    _, of_json = as_json(capsys, "list", str(file))
    _, of_text = as_json(capsys, "list", PORTRAIT)
    names = [
        {f"{row['folder']}/{row['file']}" for row in each["files"]} for each in (of_json, of_text)
    ]
    assert names[0] == names[1]
