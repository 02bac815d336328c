"""A snapshot: what it holds, what it leaves out, and when two are the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tests.machine.installs import git, install, safetensors, site_packages
from tests.machine.nvml import A100_MIG, RTX_4090, NoDriver, Nvml
from tests.machine.serving import START, answering, log, stats
from wan22dsl import resources
from wan22dsl.errors import CommandError, ServerError
from wan22dsl.machine import computer
from wan22dsl.machine.server import Server
from wan22dsl.machine.snapshot import Place, Snapshot, lasting, load, read, take
from wan22dsl.network import trust

if TYPE_CHECKING:
    from collections.abc import Mapping

VALIDATOR = Draft202012Validator(json.loads(resources.schema("snapshot")))


def of_folder(folder: Path | None, *cards: dict[str, Any], **settings: Any) -> Snapshot:
    found = take(place=Place(folder, **settings), nvml=Nvml(*(cards or (RTX_4090,))))
    VALIDATOR.validate(found.data)
    return found


def of_server(
    answers: dict[str, Any], folder: Path | None = None, nvml: Any = None, **more: Any
) -> Snapshot:
    with answering(answers) as url:
        found = take(
            Server(trust.with_login(url)), Place(folder), nvml=nvml or Nvml(RTX_4090), **more
        )
    VALIDATOR.validate(found.data)
    return found


def here(**system: Any) -> dict[str, Any]:
    """`/system_stats` of a ComfyUI on this computer."""
    own = computer.read().memory_bytes
    return stats(ram_total=own, os=os.name, **system)


def test_an_install_is_read_from_its_files(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    found = of_folder(folder)
    assert found.data["comfyui"]["version"] == "0.38.1"
    assert found.data["comfyui"]["commit"] == git(folder, "rev-parse", "HEAD")
    assert found.data["comfyui"]["dirty"] is False
    assert found.data["python"]["packages"] == {"numpy": "2.3.5", "torch": "2.12.1+cu130"}
    assert found.data["python"]["torch"] == "2.12.1+cu130"


def test_a_changed_file_makes_the_install_dirty(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    before = of_folder(folder)
    (folder / "nodes.py").write_text("changed = True\n")
    after = of_folder(folder)
    assert after.data["comfyui"]["dirty"] is True
    assert after.digest != before.digest


def test_no_program_that_a_repository_names_runs(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    trap = tmp_path / "trap"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {trap}\n")
    program.chmod(0o755)
    git(folder, "config", "core.fsmonitor", str(program))
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "post-index-change").write_text(program.read_text())
    (hooks / "post-index-change").chmod(0o755)
    git(folder, "config", "core.hooksPath", str(hooks))
    trap.unlink(missing_ok=True)
    (folder / "nodes.py").touch()
    of_folder(folder)
    assert not trap.exists()


def test_the_commit_is_read_from_packed_references_and_from_a_worktree(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    commit = git(folder, "rev-parse", "HEAD")
    git(folder, "pack-refs", "--all")
    assert of_folder(folder).data["comfyui"]["commit"] == commit
    git(folder, "worktree", "add", "-q", "-b", "other", str(tmp_path / "other"))
    assert of_folder(tmp_path / "other").data["comfyui"]["commit"] == commit


def test_a_folder_within_a_repository_is_not_taken_for_that_repository(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    pack = folder / "custom_nodes" / "ComfyUI-Pack"
    pack.mkdir()
    (pack / "pyproject.toml").write_text('[project]\nversion = "1.4.0"\n')
    packs = of_folder(folder).data["packs"]
    assert packs == [{"name": "ComfyUI-Pack", "version": "1.4.0", "commit": "", "dirty": None}]


def test_packs_have_their_commits_and_those_switched_off_are_left_out(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    pack = install(folder / "custom_nodes" / "ComfyUI-KJNodes", "1.1.9")
    (folder / "custom_nodes" / "Other.disabled").mkdir()
    (folder / "custom_nodes" / "websocket_image_save.py").write_text("")
    (folder / "custom_nodes" / "__pycache__").mkdir()
    packs = of_folder(folder).data["packs"]
    commit = git(pack, "rev-parse", "HEAD")
    assert packs == [
        {"name": "ComfyUI-KJNodes", "version": "1.1.9", "commit": commit, "dirty": False}
    ]


def test_a_package_from_a_repository_has_its_commit_and_not_its_address(tmp_path):
    folder = install(tmp_path / "ComfyUI", packages={"sageattention": "2.2.0"})
    info = site_packages(folder) / "sageattention-2.2.0.dist-info"
    about = {"url": "https://joe:secret@example.org/x", "vcs_info": {"commit_id": "ab12" * 10}}
    (info / "direct_url.json").write_text(json.dumps(about))
    packages = of_folder(folder).data["python"]["packages"]
    assert packages == {"sageattention": "2.2.0 (commit ab12ab12ab12)"}


def test_the_cards_are_those_of_the_driver():
    data = of_folder(None, RTX_4090).data
    (card,) = data["cards"]
    assert data["driver"] == {"version": "580.95.05", "cuda": "13.0"}
    assert card["name"] == "NVIDIA GeForce RTX 4090"
    assert (card["pcie_generation_max"], card["pcie_width_max"]) == (4, 16)
    assert (card["power_limit_w"], card["power_limit_default_w"]) == (450.0, 450.0)
    assert card["mig"] is None and card["persistence"] is False
    assert data["idle"]["cards"][0]["temperature_c"] == 38
    assert RTX_4090["UUID"] not in json.dumps(data)


def test_a_card_with_mig_says_so():
    (card,) = of_folder(None, A100_MIG).data["cards"]
    assert card["mig"] is True and card["ecc"] is True


def test_without_the_library_of_nvidia_the_reason_is_stated():
    found = take(nvml=NoDriver())
    VALIDATOR.validate(found.data)
    assert found.data["cards"] is None
    assert "NVML Shared Library Not Found" in found.missing["cards"]


def test_every_part_that_is_not_there_has_a_reason(tmp_path):
    for found in (
        of_folder(None),
        of_folder(install(tmp_path / "ComfyUI")),
        of_server({"/system_stats": stats()}),
        of_server({"/system_stats": here()}),
        of_server({"/system_stats": {}}),
    ):
        empty = {part for part, value in found.data.items() if value is None}
        assert empty <= set(found.missing)


def test_the_digest_is_the_same_while_only_passing_things_change(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    busy = {**RTX_4090, "Temperature": 81, "PowerUsage": 440_000, "CurrPcieLinkGeneration": 4}
    first, second = of_folder(folder), of_folder(folder, busy)
    assert first.digest == second.digest
    assert first.data["idle"] != second.data["idle"]


@pytest.mark.parametrize(
    "change",
    [
        {"PowerManagementLimit": 300_000},
        {"MaxPcieLinkWidth": 8},
        {"UUID": "GPU-00000000-0000-0000-0000-000000000000"},
        {"EccMode": [1, 1]},
        {"Name": "NVIDIA GeForce RTX 4090 D"},
    ],
)
def test_the_digest_changes_with_the_card(change):
    before, after = of_folder(None), of_folder(None, {**RTX_4090, **change})
    assert before.digest != after.digest
    assert before.hardware_digest != after.hardware_digest


def test_the_digest_changes_with_each_flag_value():
    digests = set()
    for argv in (
        ["main.py"],
        ["main.py", "--reserve-vram", "2"],
        ["main.py", "--reserve-vram", "8"],
        ["main.py", "--fast", "fp16_accumulation"],
        ["main.py", "--fast", "fp8_matrix_mult"],
        ["main.py", "--async-offload", "--high-ram", "--deterministic"],
        ["main.py", "--disable-comfy-compiler", "--disable-xformers", "--disable-triton-backend"],
    ):
        digests.add(of_server({"/system_stats": stats(argv=argv)}).digest)
    assert len(digests) == 7


def test_the_digest_does_not_depend_on_the_port_or_on_where_outputs_go():
    plain = of_server({"/system_stats": stats(argv=["main.py", "--lowvram"])})
    more = ["main.py", "--port", "8189", "--lowvram", "--output-directory", "/data/out"]
    assert of_server({"/system_stats": stats(argv=more)}).digest == plain.digest


def test_the_digest_does_not_depend_on_whether_the_log_still_has_the_start():
    early = of_server({"/system_stats": stats(), "/internal/logs/raw": log(*START)})
    late = of_server({"/system_stats": stats(), "/internal/logs/raw": log("got prompt")})
    assert early.digest == late.digest
    assert early.data["started"]["attention"] == "sage"
    assert late.data["started"] is None and "log" in late.missing["started"]


def test_two_snapshots_of_one_machine_are_the_same_in_every_byte_that_lasts(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    first, second = of_folder(folder), of_folder(folder)
    assert json.dumps(lasting(first.data)) == json.dumps(lasting(second.data))


def test_nothing_of_this_computer_is_stated_of_a_server_on_another(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    folder = install(tmp_path / "ComfyUI")
    data = of_server({"/system_stats": stats()}, folder).data
    for part in ("driver", "cards", "environment", "idle", "packs", "models"):
        assert data[part] is None, part
    assert data["computer"] == {"os": "posix", "memory_bytes": 68_719_476_736}
    assert data["python"]["packages"] is None
    assert data["devices"][0]["name"].startswith("cuda:0 NVIDIA GeForce RTX 4090")


def test_a_tunnel_to_another_computer_is_not_taken_for_this_one():
    other = (computer.read().memory_bytes or 0) - 4096
    found = of_server({"/system_stats": stats(ram_total=other, os=os.name)})
    assert found.data["cards"] is None
    assert found.missing["cards"] == "the server is on another computer"


def test_a_server_on_this_computer_has_its_cards_and_its_install(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    safetensors(folder / "models" / "loras" / "a.safetensors", {"rank": "64"})
    places = {
        "custom_nodes": [str(folder / "custom_nodes")],
        "loras": [str(folder / "models" / "loras")],
    }
    found = of_server({"/system_stats": here(), "/internal/folder_paths": places})
    assert found.data["cards"][0]["name"] == "NVIDIA GeForce RTX 4090"
    assert found.data["comfyui"]["commit"] == git(folder, "rev-parse", "HEAD")
    assert found.data["python"]["packages"]["numpy"] == "2.3.5"
    (file,) = found.data["models"]
    assert file["name"] == "a.safetensors" and file["header_sha256"]


def test_models_outside_of_the_install_are_named_by_kind_and_not_by_place(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    other = tmp_path / "elsewhere" / "loras"
    safetensors(other / "b.safetensors", {})
    text = f"a:\n  base_path: {tmp_path}/elsewhere\n  loras: loras\n  vae: not-there\n"
    (folder / "extra_model_paths.yaml").write_text(text)
    local = of_folder(folder)
    assert local.data["comfyui"]["extra_model_paths"] == ["loras"]
    assert [file["name"] for file in local.data["models"]] == ["b.safetensors"]
    places = {
        "custom_nodes": [str(folder / "custom_nodes")],
        "loras": [str(folder / "models" / "loras"), str(tmp_path / "out" / "loras"), str(other)],
        "vae": [str(folder / "models" / "vae"), str(tmp_path / "out" / "vae")],
    }
    by_server = of_server({"/system_stats": here(), "/internal/folder_paths": places})
    assert by_server.data["comfyui"]["extra_model_paths"] == ["loras"]
    assert "elsewhere" not in by_server.dump().decode() + local.dump().decode()


@pytest.mark.skipif(os.name == "nt", reason="links need a permission there")
def test_links_between_folders_of_models_are_followed_and_end(tmp_path):
    folder = install(tmp_path / "ComfyUI")
    loras = folder / "models" / "loras"
    for name in ("a", "b", "c"):
        (loras / name).symlink_to(loras)
    safetensors(tmp_path / "disk" / "x.safetensors", {})
    (loras / "disk").symlink_to(tmp_path / "disk")
    assert [file["name"] for file in of_folder(folder).data["models"]] == ["disk/x.safetensors"]


def test_an_install_of_another_version_is_not_that_of_the_server(tmp_path):
    folder = install(tmp_path / "ComfyUI", "0.39.0")
    found = of_server({"/system_stats": here()}, folder)
    assert found.data["comfyui"]["version"] == "0.38.1"
    assert found.data["comfyui"]["commit"] is None
    assert "two installs" in found.missing["folder"]


def test_packages_with_another_torch_are_not_those_of_the_server(tmp_path):
    folder = install(tmp_path / "ComfyUI", packages={"torch": "2.9.0"})
    found = of_server({"/system_stats": here()}, folder)
    assert found.data["python"]["packages"] is None
    assert "torch differs" in found.missing["python.packages"]


def served_by(folder: Path, name: str) -> Snapshot:
    """The snapshot of a server that is a process of its own, a script of that name."""
    script = folder / name
    script.write_text(
        "import json, sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.machine.serving import answering\n"
        "with answering(json.loads(sys.argv[2])) as url:\n"
        "    print(url, flush=True); sys.stdin.read()\n"
    )
    root = Path(__file__).parents[2]
    own = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "HF_TOKEN": "hf_abcdefghijklmnop"}
    with subprocess.Popen(
        [sys.executable, str(script), str(root), json.dumps({"/system_stats": here()})],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **own},
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        url = process.stdout.readline().strip()
        found = take(Server(trust.with_login(url)), nvml=Nvml(RTX_4090))
        process.stdin.close()
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="read from /proc")
def test_the_environment_is_that_of_the_process_of_the_server(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "of the shell")
    found = served_by(tmp_path, "main.py")
    assert found.data["environment"]["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    assert "hf_abc" not in json.dumps(found.data)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="read from /proc")
def test_the_environment_of_a_proxy_in_front_of_comfyui_is_not_taken(tmp_path):
    found = served_by(tmp_path, "proxy.py")
    assert found.data["environment"] is None
    assert "cannot be read" in found.missing["environment"]


def test_an_environment_that_sees_the_packages_of_another_python_has_both(tmp_path):
    folder = install(tmp_path / "ComfyUI", packages={"numpy": "2.3.5"})
    base = install(tmp_path / "base", packages={"torch": "2.12.1", "numpy": "1.26.4"})
    config = f"home = {base / 'venv' / 'bin'}\ninclude-system-site-packages = true\n"
    (folder / "venv" / "pyvenv.cfg").write_text(config)
    both = {"numpy": "2.3.5", "torch": "2.12.1"}
    assert of_folder(folder).data["python"]["packages"] == both
    (folder / "venv" / "pyvenv.cfg").write_text(config.replace("true", "false"))
    assert of_folder(folder).data["python"]["packages"] == {"numpy": "2.3.5"}


def test_packages_without_a_torch_are_not_those_of_the_server(tmp_path):
    folder = install(tmp_path / "ComfyUI", packages={"numpy": "2.3.5"})
    found = of_server({"/system_stats": here()}, folder)
    assert found.data["python"]["packages"] is None
    assert found.data["python"]["torch"] == "2.12.1+cu130"


def test_a_thorough_snapshot_of_another_computer_names_packs_and_metadata_of_models():
    answers = {
        "/system_stats": stats(),
        "/object_info": {
            "KSampler": {"python_module": "nodes"},
            "ImageResizeKJ": {"python_module": "custom_nodes.ComfyUI-KJNodes"},
        },
        "/experiment/models/loras": [{"name": "sub\\a.safetensors", "size": 1226977424}],
        "/view_metadata/loras?filename=sub%2Fa.safetensors": {"ss_network_dim": "64"},
    }
    data = of_server(answers).data
    assert [pack["name"] for pack in data["packs"]] == ["ComfyUI-KJNodes"]
    (file,) = data["models"]
    assert file["size_bytes"] == 1226977424 and file["metadata_sha256"]
    assert of_server(answers, thorough=False).data["packs"] is None


def test_a_server_that_does_not_answer_is_an_error():
    with pytest.raises(ServerError):
        take(Server(trust.with_login("http://127.0.0.1:9")), nvml=NoDriver())


@pytest.mark.parametrize(
    "answer",
    [{"system": []}, {"devices": "x"}, {"system": {"argv": [1, None, {}]}}, {"devices": [1]}],
)
def test_a_server_that_answers_nonsense_makes_a_snapshot_that_fits_the_schema(answer):
    found = of_server({"/system_stats": answer, "/internal/logs/raw": {"entries": [1]}})
    assert found.data["simulated"] is False


def test_a_written_snapshot_is_read_again(tmp_path):
    found = of_folder(None)
    file = tmp_path / "a.json"
    file.write_bytes(found.dump())
    assert load(str(file)).data == found.data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"not json", "is not JSON"),
        (b"[]", "is not a snapshot"),
        (b'{"snapshot": true}', "is not a snapshot"),
        (b'{"snapshot": 2}', "later version"),
        (b'{"snapshot": 1}', "is damaged"),
    ],
)
def test_what_is_no_snapshot_is_refused_by_name(data, says):
    with pytest.raises(CommandError, match=rf"^s\.json: .*{says}"):
        read(data, "s.json")


HOSTILE: Mapping[str, str] = {
    "HF_TOKEN": "hf_zzzzsecretzzzz",
    "CUDA_API_KEY": "zzzzsecretzzzz",
    "COMFYUI_PASSWORD": "zzzzsecretzzzz",
    "NVIDIA_HOME": "/home/zzzzsecretzzzz/cuda",
    "TORCH_HOME": r"C:\Users\zzzzsecretzzzz\torch",
    "TORCHINDUCTOR_CACHE_DIR": "/srv/zzzzsecretzzzz",
    "PYTORCH_INDEX": "https://joe:zzzzsecretzzzz@example.org/simple?token=zzzzsecretzzzz",
    "OMP_NUM_THREADS": "8",
}


def test_no_token_name_or_home_gets_into_a_snapshot(tmp_path, monkeypatch):
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    argv = [
        *("/home/zzzzsecretzzzz/ComfyUI/main.py", "--comfy-api-key", "zzzzsecretzzzz"),
        *("--user-directory=/home/zzzzsecretzzzz", "--tls-keyfile", "/zzzzsecretzzzz.pem"),
        *(
            "--comfy-api-base",
            "https://joe:zzzzsecretzzzz@example.org",
            "--pack-flag",
            "zzzzsecretzzzz",
        ),
        *("zzzzsecretzzzz", "--lowvram", "--database-url", "sqlite:///zzzzsecretzzzz"),
        *(
            "--verbose",
            "zzzzsecretzzzz hf_zzzzsecretzzzz",
            "--extra-model-paths-config",
            "/zzzzsecretzzzz",
        ),
    ]
    folder = install(tmp_path / "zzzzsecretzzzz" / "ComfyUI")
    git(folder, "remote", "add", "origin", "https://joe:zzzzsecretzzzz@example.org/x")
    (folder / "extra_model_paths.yaml").write_text(
        "a:\n  base_path: /home/zzzzsecretzzzz/\n  loras: x\n"
    )
    answers = {
        "/internal/logs/raw": log(*START, "Adding extra search path loras /home/zzzzsecretzzzz/x"),
        "/internal/folder_paths": {
            "custom_nodes": [str(folder / "custom_nodes")],
            "loras": [str(folder)],
        },
    }
    for found in (
        of_server({"/system_stats": here(argv=argv), **answers}),
        of_server({"/system_stats": stats(argv=argv), **answers}),
        of_folder(folder),
        take(place=Place(environment=HOSTILE), nvml=NoDriver()),
    ):
        assert "zzzzsecretzzzz" not in found.dump().decode()
    shown = of_server({"/system_stats": stats(argv=argv)}).data["flags"]
    assert {"name": "--lowvram", "value": True} in shown
    assert {"name": "--comfy-api-key", "value": "(not kept)"} in shown
    assert {"name": "--pack-flag", "value": "(not kept)"} in shown


def test_the_name_of_the_computer_and_of_its_user_are_not_in_a_snapshot(tmp_path):
    import getpass
    import platform

    text = of_folder(install(tmp_path / "ComfyUI")).dump().decode()
    for name in (platform.node(), getpass.getuser()):
        if len(name) > 4:  # `root` may be part of a word
            assert name not in text
    assert str(Path.home()) not in text or str(Path.home()) == "/"
