"""Dockerfiles and compose files: they say exactly what they are to say, and their programs do it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from wan22dsl import __version__
from wan22dsl.about import REPOSITORY
from wan22dsl.cli import main
from wan22dsl.comfyui.catalogue.packs import Pack
from wan22dsl.comfyui.starting.profile import Flag, Profile, Variable
from wan22dsl.errors import CommandError
from wan22dsl.launch import container, docker
from wan22dsl.launch.scripts import KINDS, Recipe, write
from wan22dsl.server.embedded import EmbeddedServer

RTX_5090 = Profile(
    "rtx_5090",
    "RTX 5090",
    "0.39",
    (Flag("--reserve-vram", 1.0), Flag("--fast", ("fp16_accumulation",))),
    (Variable("OMP_NUM_THREADS", "8"),),
)
SAGE = RTX_5090._replace(name="sage", packages=("sageattention", "imageio==2.37"))
RTX_4090 = Profile("RTX 4090", "RTX 4090", "0.3.64")
KJNODES = Pack("ComfyUI-KJNodes", "kijai/ComfyUI-KJNodes")
MODELS = (("vae", "wan_2.1_vae.safetensors"), ("loras", "mine/a b.safetensors"))

NO_SHELL = pytest.mark.skipif(os.name == "nt", reason="there is no POSIX shell")


def compose(recipe: Recipe) -> dict[str, Any]:
    """A compose file as Compose reads it: YAML, then variables, of which none is set."""
    text = write("compose", recipe).decode()
    found: dict[str, Any] = interpolated(yaml.safe_load(text))
    return found


def interpolated(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: interpolated(item) for key, item in value.items()}
    if isinstance(value, list):
        return [interpolated(item) for item in value]
    if not isinstance(value, str):
        return value
    pattern = re.compile(r"\$(?:(\$)|\{\w+:-([^}]*)\})|\$")
    for match in pattern.finditer(value):
        assert match[0] != "$", f"Compose would read a variable in {value!r}"
    return pattern.sub(lambda match: match[1] or match[2], value)


def in_dockerfile(line: str) -> str:
    """A value in double quotes as a Dockerfile reads it."""
    assert line.startswith('"') and line.endswith('"')
    inner = line[1:-1]
    assert not re.search(r'(?<!\\)(?:\\\\)*[$"]', inner)
    return re.sub(r"\\(.)", r"\1", inner)


def test_a_compose_file_has_a_service_for_each_profile() -> None:
    found = compose(Recipe((RTX_5090, RTX_4090)))
    assert list(found["services"]) == ["rtx-5090", "rtx-4090"]
    first, second = found["services"].values()
    assert first["profiles"] == ["rtx-5090"]
    assert (first["ports"], second["ports"]) == (["127.0.0.1:8188:8188"], ["127.0.0.1:8189:8188"])
    assert first["command"] == [
        *("--", "python", "main.py", "--reserve-vram", "1", "--fast", "fp16_accumulation"),
        *("--listen", "0.0.0.0", "--port", "8188"),
    ]
    assert first["environment"] == {"OMP_NUM_THREADS": "8"}
    assert first["deploy"]["resources"]["reservations"]["devices"] == [
        {"driver": "nvidia", "device_ids": ["0"], "capabilities": ["gpu"]}
    ]
    assert first["init"] is True
    assert first["ulimits"] == {"memlock": {"soft": -1, "hard": -1}}
    assert first["stop_grace_period"] == "30s"
    assert {first["build"]["target"], second["build"]["target"]} == {
        "comfyui-v0-39-0",
        "comfyui-v0-3-64",
    }


def test_a_single_profile_starts_without_being_named() -> None:
    (service,) = compose(Recipe((RTX_5090,)))["services"].values()
    assert "profiles" not in service


def test_the_dockerfile_in_a_compose_file_is_the_one_that_is_written_by_itself() -> None:
    recipe = Recipe((SAGE, RTX_4090), packs=(KJNODES,))
    inline = compose(recipe)["services"]["sage"]["build"]["dockerfile_inline"]
    by_itself = write("dockerfile", recipe).decode()
    assert by_itself.startswith(inline.rstrip("\n"))
    assert (
        by_itself[len(inline.rstrip("\n")) :].strip().startswith("FROM comfyui-v0-3-64 AS rtx-4090")
    )


def test_the_schema_of_compose_takes_every_file(tmp_path) -> None:
    recipe = Recipe(
        (SAGE, RTX_4090),
        pipelines=(tmp_path / "a.wan", tmp_path / "more" / "b.wan"),
        packs=(KJNODES,),
        models=MODELS,
    )
    file = tmp_path / "compose.yaml"
    file.write_bytes(write("compose", recipe))
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*checker, str(file)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_versions_are_pinned() -> None:
    text = write("dockerfile", Recipe((SAGE, RTX_4090), packs=(KJNODES,))).decode()
    for line in re.findall(r"^FROM (\S+)", text, re.MULTILINE):
        assert ":" in line or line in {"base", "comfyui-v0-39-0-sage", "comfyui-v0-3-64"}, line
    assert "torch==2.12.0+cu130" in text
    assert "ARG COMFYUI_REF=v0.39.0" in text and "ARG COMFYUI_REF=v0.3.64" in text
    assert "ARG REF_COMFYUI_KJNODES=HEAD" in text  # no commit is known: the file says so
    assert "is not known: HEAD is the newest" in text
    assert f"SAGE_COMMIT={docker.SAGE_COMMIT}" in text
    assert 'TORCH_CUDA_ARCH_LIST="8.9;12.0"' in text
    assert "pip install imageio==2.37" in text


def test_no_compiler_of_cuda_is_there_where_nothing_is_built() -> None:
    text = write("dockerfile", Recipe((RTX_5090,))).decode()
    assert docker.CUDA_IMAGE not in text
    assert docker.CUDA_IMAGE in write("dockerfile", Recipe((SAGE,))).decode()


@pytest.mark.parametrize(
    ("version", "ref"),
    [("0.39", "v0.39.0"), ("v0.33.0", "v0.33.0"), ("0.3.64", "v0.3.64"), ("nightly", "nightly")],
)
def test_a_version_is_a_tag_of_comfyui(version: str, ref: str) -> None:
    assert docker.ref_of(version) == ref


def test_without_a_version_it_is_the_newest_whose_flags_are_known() -> None:
    assert docker.ref_of("").startswith("v0.")
    text = write("dockerfile", Recipe((RTX_5090._replace(comfyui=""),))).decode()
    assert "(the profile states none)" in text


def test_what_an_image_cannot_have_is_refused() -> None:
    for recipe, words in (
        (Recipe((Profile("mine", "RX 7900 XTX"),)), "for NVIDIA cards"),
        (Recipe((Profile("amd_rocm"),)), "for NVIDIA cards"),
        (Recipe((Profile("mine", environment=(Variable("HSA_XNACK", "1"),)),)), "for NVIDIA cards"),
        (Recipe((SAGE._replace(packages=("sageattn3",)),)), "`sageattn3`"),
        (Recipe((RTX_5090._replace(comfyui="v1; rm -rf"),)), "neither a version"),
        (Recipe((RTX_5090._replace(environment=(Variable("A", "x\0y"),)),)), "cannot hold"),
        (Recipe(()), "needs a profile"),
    ):
        for kind in ("dockerfile", "compose"):
            with pytest.raises(CommandError, match=re.escape(words)):
                write(kind, recipe)


def test_a_line_end_in_a_variable_is_for_compose_only() -> None:
    profile = RTX_5090._replace(environment=(Variable("A", "x\ny"),))
    (service,) = compose(Recipe((profile,)))["services"].values()
    assert service["environment"]["A"] == "x\ny"
    with pytest.raises(CommandError, match="line end"):
        write("dockerfile", Recipe((profile,)))


TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r\n"), max_size=30)


@given(
    TEXTS,
    TEXTS,
    st.sampled_from(["a", "RTX 4090", "ÄÖ", "7", "base", "build", "comfyui-x", "-", "$(x)"])
    | TEXTS,
)
def test_any_value_arrives_as_it_is(value: str, word: str, name: str) -> None:
    profile = Profile(
        name, "RTX 4090", "0.39", (Flag("--user-directory", f"x{word}"),), (Variable("A", value),)
    )
    recipe = Recipe((profile,))
    (service,) = compose(recipe)["services"].values()
    assert service["environment"] == {"A": value}
    assert f"x{word}" in service["command"]
    lines = write("dockerfile", recipe).decode().split("\n")
    (variable,) = [line for line in lines if line.startswith("ENV A=")]
    assert in_dockerfile(variable.removeprefix("ENV A=")) == value
    words = json.loads(
        [line for line in lines if line.startswith("CMD [")][-1].removeprefix("CMD ")
    )
    assert words == service["command"]
    assert re.fullmatch(
        r"FROM comfyui-v0-39-0 AS [a-z][a-z0-9-]*", lines[lines.index(variable) - 1]
    )


def test_two_profiles_of_one_name_are_two_services() -> None:
    found = compose(Recipe((RTX_4090, RTX_4090._replace(name="rtx-4090"))))
    assert list(found["services"]) == ["rtx-4090", "rtx-4090-2"]


def test_pipelines_are_mounted_and_their_models_awaited(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    recipe = Recipe(
        (RTX_5090,),
        pipelines=(tmp_path / "wan" / "a.wan", tmp_path / "wan" / "more" / "b c.wan"),
        models=MODELS,
    )
    (service,) = compose(recipe)["services"].values()
    assert service["command"][:3] == ["a.wan", "more/b c.wan", "--"]
    assert "./wan:/pipelines:ro" in service["volumes"]
    assert service["healthcheck"]["test"] == [
        *("CMD", "comfyui-ready"),
        *("vae/wan_2.1_vae.safetensors", "loras/mine/a b.safetensors"),
    ]
    assert '"comfyui-ready", "vae/wan_2.1_vae.safetensors"' in write("dockerfile", recipe).decode()


def test_packs_that_cannot_be_installed_are_named() -> None:
    recipe = Recipe((RTX_5090,), packs=(Pack("odd"),), unknown_classes=("My Node\n# x",))
    for kind in ("dockerfile", "compose"):
        text = write(kind, recipe).decode()
        assert "the pack odd, whose repository is not known" in text
        assert not re.search(r"^# x", text, re.MULTILINE)


def test_docker_needs_no_install_on_this_machine() -> None:
    assert not KINDS["compose"].has_install and KINDS["dockerfile"].takes_many


# The command.

PROFILES = """\
wan 1

profile small { card = "RTX 4090", comfyui = "0.39", flags = { reserve_vram = 1.0 } }
profile large { card = "RTX 5090", comfyui = "0.39" }
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with profiles and a pipeline."""
    monkeypatch.chdir(tmp_path)
    Path("launch.wan").write_text(PROFILES, encoding="utf-8")
    Path("clips").mkdir()
    pipeline = (ROOT / "examples" / "portrait.wan").read_text(encoding="utf-8")
    Path("clips", "portrait.wan").write_text(pipeline, encoding="utf-8")
    return tmp_path


def test_the_command_writes_a_compose_file_for_profiles_and_pipelines(project) -> None:
    Path("docker").mkdir()
    words = ["launch", "small", "large", "--file", "launch.wan", "--script", "compose"]
    assert main([*words, "--needs", "clips/portrait.wan", "-o", "docker/compose.yaml"]) == 0
    found = interpolated(yaml.safe_load(Path("docker/compose.yaml").read_bytes()))
    assert list(found["services"]) == ["small", "large"]
    service = found["services"]["small"]
    assert service["command"][:4] == ["portrait.wan", "--", "python", "main.py"]
    assert "../clips:/pipelines:ro" in service["volumes"]
    assert "vae/wan_2.1_vae.safetensors" in service["healthcheck"]["test"]
    inline = service["build"]["dockerfile_inline"]
    assert "https://github.com/Fannovel16/ComfyUI-Frame-Interpolation" in inline
    assert f'ARG WAN22DSL="wan22dsl @ git+{REPOSITORY}@v{__version__}"' in inline


def test_a_pipeline_with_an_error_is_shown_and_nothing_is_written(project, capfd) -> None:
    file = Path("clips", "portrait.wan")
    file.write_text(file.read_text(encoding="utf-8") + "\nnonsense\n", encoding="utf-8")
    words = ["launch", "small", "--file", "launch.wan", "--script", "dockerfile"]
    assert main([*words, "--needs", str(file), "-o", "Dockerfile"]) == 2
    assert "has errors" in capfd.readouterr().err
    assert not Path("Dockerfile").exists()


def test_what_a_pipeline_needs_is_for_a_container_only(project, capfd) -> None:
    words = ["launch", "small", "--file", "launch.wan", "--script", "sh"]
    assert main([*words, "--needs", "clips/portrait.wan"]) == 2
    assert "--needs is for a container" in capfd.readouterr().err


# The programs of the image.


def _program(folder: Path, name: str, text: str | None = None) -> Path:
    file = folder / name
    file.write_text(text or container.program(name), encoding="utf-8")
    file.chmod(0o755)
    return file


@pytest.fixture
def image(tmp_path):
    """A folder of programs and one of ComfyUI, as the image has them."""
    programs, comfyui = tmp_path / "bin", tmp_path / "a ComfyUI"
    programs.mkdir()
    comfyui.mkdir()
    for name in container.NAMES:
        _program(programs, name)
    _program(
        programs, "wan", f'#!/bin/sh\nprintf "%s\\n" "a call of wan" "$@" >> "{tmp_path}/calls"\n'
    )
    show = "import json,os,sys;print(json.dumps([os.getcwd(),os.getpid(),sys.argv]),flush=True)"
    (comfyui / "main.py").write_text(f"{show}\n", encoding="utf-8")
    (programs / "python").symlink_to(sys.executable)
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "COMFYUI_FOLDER": str(comfyui),
        "PIPELINES_FOLDER": str(tmp_path / "pipelines"),
    }
    return programs, comfyui, environment


def _calls(folder: Path) -> list[list[str]]:
    file = folder / "calls"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return [part.split("\n")[:-1] for part in text.split("a call of wan\n")[1:]]


@NO_SHELL
def test_the_image_fetches_models_and_then_starts_comfyui_in_its_place(image, tmp_path) -> None:
    programs, comfyui, environment = image
    words = ["a.wan", "more/b c.wan", "--", "python", "main.py", "--reserve-vram", "1", "-x y"]
    process = subprocess.Popen(
        [programs / "start-comfyui", *words], env=environment, stdout=subprocess.PIPE, text=True
    )
    out, _ = process.communicate(timeout=30)
    folder, pid, argv = json.loads(out.splitlines()[-1])
    assert (folder, pid) == (str(comfyui), process.pid)
    assert argv == ["main.py", "--reserve-vram", "1", "-x y"]
    at = str(tmp_path / "pipelines")
    assert _calls(tmp_path) == [
        ["models", "fetch", f"{at}/a.wan", "--comfyui", str(comfyui)],
        ["models", "fetch", f"{at}/more/b c.wan", "--comfyui", str(comfyui)],
    ]


@NO_SHELL
def test_comfyui_starts_although_a_model_could_not_be_fetched(image) -> None:
    programs, _, environment = image
    _program(programs, "wan", "#!/bin/sh\nexit 1\n")
    done = subprocess.run(
        [programs / "start-comfyui", "a.wan", "--", "python", "main.py", "--cpu"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0
    assert "not all models of a.wan could be fetched" in done.stderr
    assert json.loads(done.stdout.splitlines()[-1])[2] == ["main.py", "--cpu"]


@NO_SHELL
def test_nothing_is_fetched_where_that_is_not_wanted(image, tmp_path) -> None:
    programs, _, environment = image
    for words in (["a.wan", "--", "python", "main.py"], ["--", "python", "main.py"]):
        subprocess.run(
            [programs / "start-comfyui", *words],
            env={**environment, "WAN_FETCH": "0"},
            check=True,
            capture_output=True,
            timeout=30,
        )
    assert _calls(tmp_path) == []


@NO_SHELL
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_container_that_is_stopped_while_it_fetches_stops_the_fetching(
    image, tmp_path, number
) -> None:
    programs, _, environment = image
    told = tmp_path / "told"
    text = (
        f"#!{sys.executable}\nimport os, signal, sys, time\n"
        f"def end(*_):\n    open({str(told)!r}, 'w').write('stopped'); sys.exit(1)\n"
        "signal.signal(signal.SIGTERM, end)\nprint('fetching', flush=True)\ntime.sleep(60)\n"
    )
    _program(programs, "wan", text)
    process = subprocess.Popen(
        [programs / "start-comfyui", "a.wan", "--"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while process.stdout.readline() != "fetching\n":
        pass
    process.send_signal(number)
    assert process.wait(timeout=30) == 130
    process.stdout.close()
    for _ in range(100):
        if told.exists():
            break
        import time

        time.sleep(0.05)
    assert told.read_text() == "stopped"


@NO_SHELL
def test_a_tag_a_branch_and_a_commit_are_got_from_git(image, tmp_path) -> None:
    programs, comfyui, environment = image
    origin = tmp_path / "origin"

    def git(*words: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        done = subprocess.run(
            ["git", "-C", origin, *who, *words], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    origin.mkdir()
    git("init", "--quiet", "--initial-branch=main")
    git("config", "uploadpack.allowAnySHA1InWant", "true")
    (origin / "requirements.txt").write_text("first\n")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    git("tag", "v1")
    first = git("rev-parse", "HEAD")
    (origin / "requirements.txt").write_text("second\n")
    git("commit", "--quiet", "-a", "-m", "second")
    _program(programs, "pip", f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{tmp_path}/pip"\n')
    for number, (ref, content) in enumerate(
        [("v1", "first"), ("main", "second"), ("HEAD", "second"), (first, "first")]
    ):
        subprocess.run(
            [programs / "add-pack", origin.as_uri(), ref, f"pack {number}"],
            env=environment,
            check=True,
            timeout=30,
        )
        pack = comfyui / "custom_nodes" / f"pack {number}"
        assert (pack / "requirements.txt").read_text() == f"{content}\n"
        assert (
            f"install --no-cache-dir -r {pack}/requirements.txt" in (tmp_path / "pip").read_text()
        )
    (origin / "requirements.txt").rename(origin / "requirements-no-cupy.txt")
    git("add", "--all")
    git("commit", "--quiet", "-m", "third")
    words = [programs / "add-pack", origin.as_uri(), "HEAD", "last"]
    subprocess.run(words, env=environment, check=True, timeout=30)
    assert (tmp_path / "pip").read_text().endswith("/last/requirements-no-cupy.txt\n")


def _ready(url: str, *files: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, Path(container.__file__).parent / "comfyui-ready", *files],
        env={
            **os.environ,
            "COMFYUI_PORT": url.rpartition(":")[2],
            "http_proxy": "http://127.0.0.1:1",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_ready_is_a_server_with_its_classes_and_the_models() -> None:
    vae, other = "vae/wan_2.1_vae.safetensors", "vae/mine/other.safetensors"
    with EmbeddedServer(models={"vae": ["mine\\other.safetensors"]}) as server:
        assert _ready(server.url).returncode == 0
        assert _ready(server.url, vae, other).returncode == 0
        missing = _ready(server.url, vae, "loras/none.safetensors")
        assert (missing.returncode, missing.stderr) == (
            1,
            "ComfyUI does not list loras/none.safetensors\n",
        )
        assert _ready(server.url, "no_such_folder/x").returncode == 1
        url = server.url
    gone = _ready(url)
    assert gone.returncode == 1
    assert gone.stderr.startswith("ComfyUI does not answer:")
