"""Launchers that people have: the lines that start ComfyUI, with flags, variables and their places."""

from __future__ import annotations

import pytest

from wan22dsl.comfyui.starting.flags import argv
from wan22dsl.comfyui.starting.launchers.kinds import kind_of
from wan22dsl.comfyui.starting.launchers.reading import read
from wan22dsl.source import Source

CASES = {
    "portable": (
        "run_nvidia_gpu.bat",
        (
            ".\\python_embeded\\python.exe -s ComfyUI\\main.py --windows-standalone-build "
            "--lowvram\n"
            "pause\n"
        ),
        [("--windows-standalone-build --lowvram", {})],
    ),
    "batch with variables": (
        "run.bat",
        (
            "@echo off\n"
            "rem set NOT=1\n"
            ":: set NEITHER=2\n"
            "set PYTHON=python\n"
            'set "A=1 2"\n'
            "SET COMMANDLINE_ARGS=--lowvram ^\n"
            "set MORE=%COMMANDLINE_ARGS% --port 8189\n"
            "@%PYTHON% main.py %MORE% %* 2>&1\n"
        ),
        [("--lowvram --port 8189", {"PYTHON": "python", "A": "1 2"})],
    ),
    "a process with a list in a variable": (
        "run.ps1",
        (
            '$a = @("main.py", "--lowvram")\n'
            "Start-Process -FilePath python -ArgumentList $a -NoNewWindow -Wait\n"
        ),
        [("--lowvram", {})],
    ),
    "a process with a list": (
        "run.ps1",
        "Start-Process python -ArgumentList 'main.py','--lowvram', '--port', '8189' -WindowStyle Hidden\n",
        [("--lowvram --port 8189", {})],
    ),
    "a process with its words in one string": (
        "run.ps1",
        'Start-Process -NoNewWindow -Arg "-s ComfyUI\\main.py --lowvram" -FilePath .\\py\\python.exe -Wait\n',
        [("--lowvram", {})],
    ),
    "batch over several lines": (
        "run.cmd",
        ("python main.py ^\n  --gpu-only ^\n  --verbose INFO\n"),
        [("--gpu-only --verbose INFO", {})],
    ),
    "batch within quotes": (
        "all.bat",
        (
            'if exist "C:\\C\\ComfyUI\\main.py" (\n'
            '  start /MIN "X" cmd /c "cd /d C:\\C && .\\py\\python.exe -s ComfyUI\\main.py '
            '--normalvram > %CD%\\a.log 2>&1"\n'
            ")\n"
        ),
        [("--normalvram", {})],
    ),
    "batch with blocks": (
        "run.bat",
        "if exist x (python main.py --lowvram) else (\n  python main.py --highvram\n)\n",
        [("--lowvram", {}), ("--highvram", {})],
    ),
    "batch that writes another": (
        "install.bat",
        ("echo python main.py --lowvram > run.bat\n"),
        [],
    ),
    "shell": (
        "start.sh",
        (
            "#!/bin/bash\n"
            "export OMP_NUM_THREADS=8 # eight\n"
            "PORT=8189\n"
            'exec python3 main.py --port $PORT --listen "$@" &> log\n'
        ),
        [("--port 8189 --listen", {"OMP_NUM_THREADS": "8", "PORT": "8189"})],
    ),
    "shell with a variable for one command": (
        "start.sh",
        (
            "TORCH_COMPILE=1 CUDA_VISIBLE_DEVICES=0 python main.py --fast fp16_accumulation "
            "> /dev/null 2>&1 &\n"
        ),
        [("--fast fp16_accumulation", {"TORCH_COMPILE": "1", "CUDA_VISIBLE_DEVICES": "0"})],
    ),
    "shell with a list": (
        "start.sh",
        ('ARGS=(--listen 0.0.0.0\n  --lowvram)\nARGS+=(--port 1)\npython main.py "${ARGS[@]}"\n'),
        [("--listen 0.0.0.0 --lowvram --port 1", {})],
    ),
    "shell with defaults": (
        "start.sh",
        (
            'F="--lowvram"\n'
            'F="$F --port ${PORT:-8188}"\n'
            "python -u /c/main.py $F ${EXTRA:---cpu} $(cat args -v)\n"
        ),
        [("--lowvram --port 8188 --cpu", {})],
    ),
    "shell with two starts": (
        "start.sh",
        (
            "if [ -f /ComfyUI/main.py ]; then\n"
            "  python main.py --lowvram\n"
            "else\n"
            "  python main.py --highvram\n"
            "fi\n"
        ),
        [("--lowvram", {}), ("--highvram", {})],
    ),
    "shell that only looks": (
        "stop.sh",
        (
            "pkill -f 'python.*main.py'\n"
            "ps aux | grep main.py\n"
            "python main.py --help | grep sage\n"
            "echo python main.py\n"
        ),
        [],
    ),
    "shell that writes a script": (
        "setup.sh",
        ("echo 'don't'\ncat > run.sh <<'EOF'\npython main.py --lowvram\nEOF\n"),
        [("--lowvram", {})],
    ),
    "shell with Python in it": (
        "start.sh",
        (
            'if ! X=$(python3 -c "\n'
            "print(f'(OK')\n"
            '" 2>&1); then\n'
            "  exit 1\n"
            "fi\n"
            "python3 main.py --listen\n"
        ),
        [("--listen", {})],
    ),
    "comfy-cli": (
        "start.sh",
        ("comfy --workspace /c launch -- --listen 0.0.0.0\n"),
        [("--listen 0.0.0.0", {})],
    ),
    "PowerShell": (
        "run.ps1",
        (
            '$env:OMP_NUM_THREADS = "8"\n'
            '$flags = @("--lowvram", "--port", "8189")\n'
            "& .\\venv\\python.exe main.py @flags `\n"
            "  --listen\n"
        ),
        [("--lowvram --port 8189 --listen", {"OMP_NUM_THREADS": "8"})],
    ),
    "Dockerfile": (
        "Dockerfile",
        (
            "FROM a AS b\n"
            "ENV X=1\n"
            "FROM c\n"
            "ENV OMP_NUM_THREADS=8 \\\n"
            '    B="two words"\n'
            "ENV OLD 3\n"
            'ENTRYPOINT ["python", "main.py"]\n'
            'CMD ["--listen", "0.0.0.0"]\n'
        ),
        [("--listen 0.0.0.0", {"OMP_NUM_THREADS": "8", "B": "two words", "OLD": "3"})],
    ),
    "Dockerfile with a shell": (
        "docker/Dockerfile.gpu",
        ('CMD ["bash", "-c", "cd /c && python3 /c/main.py --listen --lowvram & jupyter lab"]\n'),
        [("--listen --lowvram", {})],
    ),
    "Dockerfile with a shell over several lines": (
        "Dockerfile",
        (
            'CMD ["bash", "-c", "\\\n'
            "python3 /UI/ComfyUI/main.py --listen --lowvram & \\\n"
            "jupyter lab --ip 0.0.0.0 \\\n"
            '"]\n'
        ),
        [("--listen --lowvram", {})],
    ),
    "shell that takes a variable away": (
        "start.sh",
        "export TORCH_COMPILE=1 OMP_NUM_THREADS=8\nenv -u TORCH_COMPILE python main.py --listen\n",
        [("--listen", {"OMP_NUM_THREADS": "8"})],
    ),
    "another program's main.py": (
        "train.sh",
        "python main.py --config a.yaml --epochs 3\n",
        [],
    ),
    "another image's arguments": (
        "compose.yml",
        "services:\n  game:\n    environment:\n      - CLI_ARGS=--gameid devtest\n",
        [],
    ),
    "compose": (
        "compose.yaml",
        (
            "services:\n"
            "  comfy:\n"
            "    environment:\n"
            "      - OMP_NUM_THREADS=8\n"
            "    command: python main.py --listen --lowvram\n"
            "  boot:\n"
            "    environment:\n"
            "      CLI_ARGS: --fast\n"
            "  db:\n"
            "    image: x\n"
        ),
        [("--listen --lowvram", {"OMP_NUM_THREADS": "8"}), ("--fast", {})],
    ),
    "compose with a list": (
        "docker-compose.yml",
        (
            "services:\n"
            "  comfy:\n"
            "    command:\n"
            "      - python\n"
            "      - main.py\n"
            "      - --port\n"
            '      - "8189"\n'
        ),
        [("--port 8189", {})],
    ),
    "compose with a shell in one line": (
        "docker-compose.yml",
        (
            "services:\n"
            "  comfy:\n"
            '    command: [\'sh\', "-c", "exec python3 main.py --listen --lowvram ${EXTRA:-}"]\n'
        ),
        [("--listen --lowvram", {})],
    ),
    "compose with an entry point": (
        "docker-compose.yml",
        (
            "services:\n"
            "  comfy:\n"
            "    command: --lowvram\n"
            "    entrypoint: python main.py --listen\n"
            "  boot:\n"
            '    entrypoint: ["python", "main.py", "--gpu-only"]\n'
        ),
        [("--listen --lowvram", {}), ("--gpu-only", {})],
    ),
    "compose with what counts where a variable is not set": (
        "docker-compose.yml",
        (
            "services:\n"
            "  comfy:\n"
            "    environment:\n"
            "      - COMFYUI_ARGS=${COMFYUI_ARGS:---lowvram --port 8189}\n"
        ),
        [("--lowvram --port 8189", {})],
    ),
    "compose with anchors, merges and records in one line": (
        "docker-compose.yml",
        (
            "x-comfy: &comfy\n"
            "  command: &line python main.py --listen --lowvram\n"
            "  environment: &env {OMP_NUM_THREADS: 8, TORCH_COMPILE: 1}\n"
            "services:\n"
            "  a:\n"
            "    <<: *comfy\n"
            "  b: {<<: *comfy, environment: {<<: *env, OMP_NUM_THREADS: '4'}}\n"
            "  same:\n"
            "    command: *line\n"
            "    environment: *env\n"
        ),
        [
            ("--listen --lowvram", {"OMP_NUM_THREADS": "8", "TORCH_COMPILE": "1"}),
            ("--listen --lowvram", {"OMP_NUM_THREADS": "4", "TORCH_COMPILE": "1"}),
        ],
    ),
    "compose with a service that extends another": (
        "docker-compose.yml",
        (
            "services:\n"
            "  base:\n"
            "    environment: [OMP_NUM_THREADS=8, HF_TOKEN]\n"
            "  comfy:\n"
            "    extends: {service: base}\n"
            "    command: python main.py --fast\n"
            "    environment:\n"
            "      TORCH_COMPILE:\n"
        ),
        [("--fast", {"OMP_NUM_THREADS": "8", "TORCH_COMPILE": ""})],
    ),
    "compose with commands over several lines": (
        "docker-compose.yml",
        (
            "services:\n"
            "  folded:\n"
            "    command: >\n"
            "      python main.py\n"
            "      --listen\n"
            "  script:\n"
            "    command:\n"
            "      - bash\n"
            "      - -c\n"
            "      - |\n"
            "        git pull\n"
            "        python main.py \\\n"
            "          --lowvram\n"
            "        echo done\n"
            "  plain:\n"
            "    command: python main.py\n"
            "      --highvram\n"
            '  quoted:\n    command: "bash -c \\"python main.py --novram\\""\n'
        ),
        [("--listen", {}), ("--lowvram", {}), ("--highvram", {}), ("--novram", {})],
    ),
    "compose in one line": (
        "docker-compose.yml",
        ('services:\n  comfy:\n    command: ["python", "main.py", "--listen"]\n'),
        [("--listen", {})],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_lines_that_start_comfyui_are_read(case):
    name, text, expected = case
    found = read(Source(text, name))
    lines = [
        (" ".join(argv(profile)), {each.name: each.value for each in profile.environment})
        for profile in found
    ]
    wanted = [(words, variables) for words, variables in expected]
    assert [words for words, _ in lines] == [words for words, _ in wanted]
    for (_, variables), (_, some) in zip(lines, wanted):
        assert some.items() <= variables.items()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_flag_and_variable_has_the_place_where_it_is_written(case):
    name, text, _ = case
    for profile in read(Source(text, name)):
        assert profile.is_launcher
        for flag in profile.flags:
            assert flag.name_span is not None
            assert flag.name in flag.name_span.text or "$" in flag.name_span.text
        for variable in profile.environment:
            assert variable.name_span is not None
            assert variable.name_span.text == variable.name


def test_a_value_has_a_place_of_its_own():
    source = Source("python main.py --reserve-vram=2 --port 8189 --fast a b\n", "run.sh")
    (profile,) = read(source)
    places = [(flag.name_span.text, flag.span.text) for flag in profile.flags]
    assert places == [("--reserve-vram", "2"), ("--port", "8189"), ("--fast", "a b")]


def test_what_is_known_of_version_and_card_is_given():
    (profile,) = read(Source("python main.py --async-offload\n", "run.sh"), "0.3.64", "RTX 4090")
    assert (profile.comfyui, profile.card, profile.name) == ("0.3.64", "RTX 4090", "run")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("run_nvidia_gpu.bat", "batch"),
        ("C:\\c\\RUN.CMD", "batch"),
        ("a/start.sh", "shell"),
        ("run.ps1", "powershell"),
        ("Dockerfile", "dockerfile"),
        ("a/Dockerfile.gpu", "dockerfile"),
        ("comfy.dockerfile", "dockerfile"),
        ("compose.yaml", "compose"),
        ("portrait.wan", ""),
        ("prompt.json", ""),
    ],
)
def test_a_launcher_is_known_by_its_name(path, kind):
    assert kind_of(path) == kind


def test_a_compose_file_may_have_the_entry_point_behind_the_command():
    text = "services:\n  comfy:\n    command: --lowvram\n    entrypoint: python main.py\n"
    (profile,) = read(Source(text, "compose.yml"))
    assert profile.span is not None and profile.span.start < profile.span.end


@pytest.mark.parametrize("name", ["run.bat", "run.sh", "run.ps1", "Dockerfile", "compose.yml"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        '"',
        "'",
        "$(",
        "${",
        'python main.py "',
        "python main.py $(",
        "x=$(((\npython main.py --listen",
        "ENV",
        'CMD ["python", "main.py',
        "services:\n  - a\n :b\n",
        "set\nset =\nset A\n%\n^",
        "cat <<EOF\npython main.py",
        "\\",
        "python main.py --port",
    ],
)
def test_a_broken_script_is_read_as_far_as_it_goes(name, text):
    for profile in read(Source(text, name)):
        argv(profile)


def test_a_long_script_is_read_in_linear_time():
    text = "echo \"$(date)\" ${A:-b} 'c'\n" * 20_000 + "python main.py --lowvram\n"
    (profile,) = read(Source(text, "start.sh"))
    assert argv(profile) == ["--lowvram"]


def test_a_variable_that_is_taken_away_is_not_there():
    text = "export TORCH_COMPILE=1\nenv -u TORCH_COMPILE python main.py --listen\n"
    (profile,) = read(Source(text, "start.sh"))
    assert profile.environment == ()


@pytest.mark.parametrize(
    "text",
    [
        "services: [1\n",
        "services: &a\n  x: *a\n",
        "services:\n  a: &a\n    extends: b\n  b:\n    extends: a\n",
        "a: &a\n  <<: *a\nservices: *a\n",
        "services: {a: {command: {b: c}, environment: 1, entrypoint: [[x], null]}}\n",
        "services: " + "[" * 5_000,
        "? [a, b]\n: c\n? {services: x}\n: d\n",
        'services:\n  a:\n    command: "\\x"\n',
    ],
)
def test_a_compose_file_that_is_none_starts_nothing(text):
    assert read(Source(text, "compose.yml")) == ()


def test_anchors_that_bring_in_anchors_many_times_are_looked_into_once():
    levels = "".join(
        f"x{level}: &x{level}\n  <<: [{', '.join([f'*x{level - 1}'] * 10)}]\n"
        for level in range(1, 25)
    )
    text = "x0: &x0 {command: python main.py --lowvram}\n" + levels + "services: {a: *x24}\n"
    (profile,) = read(Source(text, "compose.yml"))
    assert argv(profile) == ["--lowvram"]
