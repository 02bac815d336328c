"""A start from the process to the answer and to its end: real processes, a real server on loopback."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.launch.conftest import fake_in, got, is_gone, is_running, program
from wan22dsl.comfyui.starting.profile import Flag, Profile, Variable
from wan22dsl.errors import CommandError
from wan22dsl.launch import messages
from wan22dsl.launch.failures import StartFailed
from wan22dsl.launch.running import start
from wan22dsl.network.ports import free_port

_NOT_ON_WINDOWS = pytest.mark.skipif(os.name == "nt", reason="there are no such signals on Windows")

PROFILE = Profile("desktop", card="RTX 4090", comfyui="0.39")


def test_it_is_ready_when_it_answers_and_is_gone_afterwards(fake):
    install = fake()
    profile = PROFILE._replace(
        flags=(Flag("--reserve-vram", 1.5), Flag("--fast", ("autotune", "fp16_accumulation"))),
        environment=(Variable("OMP_NUM_THREADS", "8"), Variable("CUDA_MODULE_LOADING", "LAZY")),
    )
    with start(profile, install, port=0) as running:
        words = got(install)["argv"][1:]
        assert words[:-1] == [
            "--reserve-vram",
            "1.5",
            "--fast",
            "autotune",
            "fp16_accumulation",
            "--port",
        ]
        assert running.url == f"http://127.0.0.1:{words[-1]}"
        assert got(install)["env"]["OMP_NUM_THREADS"] == "8"
        assert running.started.attention == "pytorch" and running.started.whole
        pid = running.pid
        assert is_running(pid)
    assert is_gone(pid)
    assert running.stop() == running.stop(), "a second time nothing happens"
    assert "Stopped server" in running.lines or os.name == "nt"


def test_it_is_not_ready_before_it_lists_its_classes(fake):
    with start(PROFILE, fake(classes_after=0.5), port=0) as running:
        assert running.ready_s >= 0.5


def test_a_server_without_classes_is_reported_as_one(fake):
    with pytest.raises(StartFailed, match="does not list the class KSampler"):
        start(PROFILE, fake(classes_after=1e9), port=0, timeout_s=1.0)


def test_no_token_of_the_user_reaches_custom_nodes(fake, monkeypatch):
    monkeypatch.setenv("WAN_TOKEN", "t0ken")
    install = fake()
    with start(PROFILE, install, port=0):
        assert "t0ken" not in json.dumps(got(install))


def test_differences_from_the_profile_are_findings(fake):
    install = fake(
        says="0.1 seconds (IMPORT FAILED): /x/custom_nodes/Broken\n"
        "No working comfy-aimdo install detected. Falling back to legacy ModelPatcher.\n"
    )
    profile = Profile(
        "p", card="RTX 5090", comfyui="0.33", packages=("torch==2.8",),
        flags=(
            Flag("--use-sage-attention", True), Flag("--fast", ("fp16_accumulation",)),
            Flag("--disable-cuda-malloc", True), Flag("--async-offload", 4), Flag("--deterministic", True),
            Flag("--disable-pinned-memory", True),
        ),
    )  # fmt: skip
    silent = "the log of the start does not say"
    with start(profile, install, port=0) as running:
        found = [finding.message for finding in running.findings if finding.code != "WAN957"]
    assert found == [
        "The profile is for ComfyUI 0.33; this is 0.39.2.",
        "The profile is for torch 2.8; this is 2.9.1+cu130.",
        "The profile is for the RTX 5090; ComfyUI computes on cuda:0 NVIDIA GeForce RTX 4090.",
        "The profile asks for sage attention; ComfyUI uses pytorch.",
        "DynamicVRAM is off: No working comfy-aimdo install detected. Falling back to legacy ModelPatcher.",
        "The profile asks for the allocator native; PyTorch uses cudaMallocAsync.",
        f"`--fast fp16_accumulation` is not in effect: {silent} `Enabled fp16 accumulation`.",
        "`--async-offload 4` is not in effect: ComfyUI offloads with 2 streams.",
        f"`--deterministic` is not in effect: {silent} it.",
        "`--disable-pinned-memory` is not in effect: ComfyUI pins memory.",
        "ComfyUI could not import `Broken`.",
    ]


def test_a_start_as_the_profile_says_has_no_findings(fake, monkeypatch):
    for name in [
        name for name in os.environ if name.startswith(("OMP_", "MKL_", "CUDA_", "PYTORCH_"))
    ]:
        monkeypatch.delenv(name)
    profile = PROFILE._replace(
        flags=(
            Flag("--use-pytorch-cross-attention", True),
            Flag("--async-offload", 2),
            Flag("--fast", False),
        ),
        packages=("torch", "sageattention"),
    )
    with start(profile, fake(), port=0) as running:
        assert running.findings == ()


def test_what_the_environment_adds_to_the_profile_is_a_finding(fake, monkeypatch):
    monkeypatch.setenv("PYTORCH_CUDA_ALLOC_CONF", "max_split_size_mb:512")
    with start(PROFILE, fake(), port=0) as running:
        (finding,) = [f for f in running.findings if f.kind is messages.INHERITED]
    assert "PYTORCH_CUDA_ALLOC_CONF=max_split_size_mb:512" in finding.message


# Its end.


@_NOT_ON_WINDOWS
@pytest.mark.parametrize("child", ["child", "daemon"])
@pytest.mark.parametrize("stubborn", [False, True])
def test_what_it_has_started_ends_with_it(fake, child, stubborn):
    if child == "daemon" and not Path("/proc/self/environ").exists():
        pytest.skip("only Linux shows what has left the group")
    install = fake(child=child, stubborn=stubborn)
    with start(PROFILE, install, port=0):
        pid = int(Path(install.folder, "child.pid").read_text())
        assert is_running(pid)
    assert is_gone(pid)


@_NOT_ON_WINDOWS
def test_what_does_not_end_when_it_is_asked_is_killed(fake):
    install = fake(ignores=["SIGINT", "SIGTERM"])
    running = start(PROFILE, install, port=0)
    ended = running.stop(grace_s=0.2)
    assert ended == (-signal.SIGKILL, True)
    assert is_gone(running.pid)


@_NOT_ON_WINDOWS
def test_when_it_dies_alone_what_it_has_started_is_ended_too(fake):
    install = fake(child="child", ends_after=0.8, ends_with=3)
    with start(PROFILE, install, port=0) as running:
        assert running.wait(30) == 3
        pid = int(Path(install.folder, "child.pid").read_text())
    assert is_gone(pid)


def test_two_of_them_run_side_by_side(fake, tmp_path):
    first = fake()
    second = shutil.copytree(first.folder, tmp_path / "second")
    with (
        start(PROFILE, first, port=0) as one,
        start(PROFILE, first._replace(folder=str(second)), port=0) as two,
    ):
        assert one.url != two.url
        two.stop()
        assert one.is_alive()


@_NOT_ON_WINDOWS
def test_an_exception_in_the_one_who_starts_it_leaves_nothing(fake):
    install = fake()
    pids = []

    def began(running):
        pids.append(running.pid)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        start(PROFILE, install, port=0, began=began)
    assert is_gone(pids[0])


# Starts that fail.


def test_a_port_that_is_taken_is_reported_with_who_has_it(fake):
    with start(PROFILE, fake(), port=0) as running:
        with pytest.raises(CommandError) as caught:
            start(PROFILE, fake(), port=running.command.port)
        text = str(caught.value)
        assert f"port {running.command.port} is taken by a ComfyUI 0.39.2" in text
        assert "choose another port, such as --port" in text
        if sys.platform == "linux":
            assert f"(process {running.pid})" in text


def test_a_port_that_another_program_has_is_reported(fake):
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CommandError, match="is taken by another program"):
            start(PROFILE, fake(), port=other.getsockname()[1])


def test_the_answer_of_another_server_is_not_taken_for_its_own(fake, tmp_path):
    """Both find the port free; the other one gets it."""
    install = fake(binds_after=1.5)
    other = fake_in(tmp_path / "other")
    port = free_port()
    threads = []
    try:
        with pytest.raises(StartFailed, match="is taken by another program"):
            start(PROFILE, install, port=port, began=lambda _: threads.append(started(other, port)))
    finally:
        threads[0].stop()


def started(install, port):
    from wan22dsl.launch.process import Group

    group = Group("other")
    stream = group.start(
        (install.python, "main.py", "--port", str(port)), install.folder, os.environ
    )
    threading.Thread(target=stream.read, daemon=True).start()
    group.stop = lambda: (group.end(1.0), stream.close())
    return group


def test_a_server_that_does_not_say_its_address_is_ready_when_it_answers(fake, monkeypatch):
    monkeypatch.setattr("wan22dsl.launch.running._ADDRESS_S", 0.3)
    profile = PROFILE._replace(flags=(Flag("--dont-print-server", True),))
    with start(profile, fake(says_no_address=True), port=0) as running:
        assert running.started.addresses == ()


#: What ComfyUI says at its end, its exit code, and what the message and its help have to have.
FAILURES: list[tuple[str, int, str, str]] = [
    (
        "ModuleNotFoundError: No module named 'torch'",
        1,
        "lacks the package torch",
        "pip install -r",
    ),
    (
        "To use the `--use-sage-attention` feature, the `sageattention` package must be installed first.",
        255,
        "--use-sage-attention needs the Python package sageattention",
        "or remove the flag",
    ),
    ("RuntimeError: Found no NVIDIA driver on your system.", 1, "no NVIDIA card", "nvidia-smi"),
    ("AssertionError: Torch not compiled with CUDA enabled", 1, "without CUDA", "CUDA build"),
    ("CUDA error: no kernel image is available for execution", 1, "no code for this card", "12.8"),
    (
        "usage: x\n  [--x]\nmain.py: error: unrecognized arguments: --xyz",
        2,
        "does not know --xyz",
        "",
    ),
    (
        "OSError: [Errno 98] error while attempting to bind on address ('127.0.0.1', 8188): in use",
        1,
        "is taken by another program",
        "--port",
    ),
    ("OSError: [Errno 28] No space left on device", 1, "the disk is full", ""),
    ("something that is in no table", 7, "ended with exit code 7", "--log FILE"),
    ("", 0, "ended with exit code 0", ""),
]


@pytest.mark.parametrize(
    ("says", "code", "reason", "help"), FAILURES, ids=lambda each: str(each)[:20]
)
def test_a_start_that_fails_is_one_message_with_what_to_do(fake, says, code, reason, help):
    install = fake(says=f"{says}\n", exits=code)
    with pytest.raises(StartFailed) as caught:
        start(PROFILE, install, port=0)
    assert reason in caught.value.reason and help in caught.value.help
    if says:
        assert {line.strip() for line in says.splitlines()} & set(caught.value.lines)
    assert len(caught.value.lines) <= 12


def test_a_start_that_ends_without_a_line_does_not_refer_to_lines(fake):
    install = fake()
    Path(install.folder, "main.py").write_text("", "utf-8")
    with pytest.raises(StartFailed, match="ended with exit code 0") as caught:
        start(PROFILE, install, port=0)
    assert not caught.value.lines
    assert caught.value.help.startswith("It wrote nothing.")


def test_a_pack_that_fails_is_not_the_cause_of_what_ends_later(fake):
    says = (
        "Traceback (most recent call last):\nModuleNotFoundError: No module named 'cv2'\n"
        "Cannot import /x/custom_nodes/p module for custom nodes: No module named 'cv2'\n"
        "   0.0 seconds (IMPORT FAILED): /x/custom_nodes/p\nsqlite3.OperationalError: database is locked\n"
    )
    with pytest.raises(StartFailed, match="ended with exit code 1"):
        start(PROFILE, fake(says=says, exits=1), port=0)


@_NOT_ON_WINDOWS
@pytest.mark.parametrize(("number", "how"), [(9, "was killed"), (11, "crashed"), (6, "aborted")])
def test_an_end_by_a_signal_is_named(fake, number, how):
    with pytest.raises(StartFailed, match=rf"it {how} \(SIG"):
        start(PROFILE, fake(kills=number), port=0)


@_NOT_ON_WINDOWS
def test_a_pack_that_does_not_return_is_named(fake):
    install = fake(hangs_in_pack=True, child="child")
    pack = Path(install.folder, "custom_nodes", "SlowPack")
    pack.mkdir(parents=True)
    pack.joinpath("__init__.py").write_text(
        "import time\n\ndef load():\n    time.sleep(300)\n\nload()\n"
    )
    with pytest.raises(StartFailed, match="the node pack SlowPack does not return") as caught:
        start(PROFILE, install, port=0, timeout_s=2)
    assert "It waits in load, line 4" in caught.value.help
    assert is_gone(got(install)["pid"])
    assert is_gone(int(Path(install.folder, "child.pid").read_text()))


@pytest.mark.parametrize("content", [None, b"\x7fELF broken", b"#!/no/such/interpreter\n"])
@_NOT_ON_WINDOWS
def test_a_python_that_is_broken_is_reported(fake, tmp_path, content):
    python = tmp_path / "python"
    if content is None:
        python.symlink_to(tmp_path / "gone")
    else:
        python.write_bytes(content)
        python.chmod(0o755)
    with pytest.raises(StartFailed, match="could not be started"):
        start(PROFILE, fake()._replace(python=str(python)), port=0)


def test_a_python_that_is_another_program_is_reported(fake):
    program = shutil.which("true") or shutil.which("whoami")
    with pytest.raises(StartFailed, match="ended with exit code"):
        start(PROFILE, fake()._replace(python=program), port=0)


# What it writes.


def test_every_line_is_told_and_bytes_that_are_no_text_are_shown_as_such(fake, tmp_path):
    told = []
    raw = b"a\xff\xfeb\r\nbar 1\rbar 2\rbar 3\n\xe2\x82\n" + b"x" * 100_000 + b"\n"
    log = tmp_path / "log.txt"
    with (
        log.open("wb") as copy,
        start(PROFILE, fake(raw=raw.hex()), port=0, tell=told.append, log=copy) as running,
    ):
        assert "a\\xff\\xfeb" in running.lines and "\\xe2\\x82" in running.lines
        assert "bar 3" in running.lines and "bar 1" not in running.lines
        assert max(map(len, running.lines)) <= 200_000
    assert [line.text for line in told if not line.is_whole] == ["bar 1", "bar 2"]
    assert raw in log.read_bytes()


def test_a_server_that_writes_much_never_waits(fake):
    raw = b"".join(b"line %d\n" % number for number in range(60_000))
    with start(PROFILE, fake(raw=raw.hex()), port=0) as running:
        lines = running.lines
    assert "line 0" in lines and lines.index("line 59999") < len(lines)
    assert len(lines) <= 5_500


def test_what_telling_a_line_raises_is_raised_where_it_is_waited_for(fake):
    class Stop(BaseException):
        pass

    def tell(line):
        raise Stop

    with pytest.raises(Stop):
        start(PROFILE, fake(), port=0, tell=tell)
    assert threading.active_count() < 20


# What may be started.


def of_file(tmp_path, text: str) -> Profile:
    from wan22dsl.api.profiles import profiles_of

    file = tmp_path / "project" / "launch.wan"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"wan 1\n\nprofile p {{\n{text}\n}}\n", "utf-8")
    (found,), _ = profiles_of(file)
    return found


QUESTIONABLE = [
    'env = { LD_PRELOAD = "/tmp/x.so" }', 'env = { PYTHONPATH = "evil" }', 'env = { PATH = "." }',
    'env = { CUDA_HOME = "evil" }', 'env = { TORCH_EXTENSIONS_DIR = "evil" }', 'env = { CC = "evil" }',
    'env = { TORCH_LOGS = "/x" }', 'env = { https_proxy = "evil:1" }',
    'flags = { base_directory = "evil" }', 'flags = { extra_model_paths_config = ["evil.yaml"] }',
    'flags = { listen = true }', 'flags = { listen = "0.0.0.0" }', 'flags = { front_end_root = "evil" }',
    'flags = { listen = "127.0.0.1,::" }',
]  # fmt: skip


@pytest.mark.parametrize("text", QUESTIONABLE)
def test_a_profile_of_a_project_needs_permission_to_load_code_or_be_reachable(
    fake, tmp_path, own_config, text
):
    profile, install = of_file(tmp_path, text), fake()
    with pytest.raises(CommandError, match="which you have not allowed") as caught:
        start(profile, install, port=0)
    assert not Path(install.folder, "got.json").exists()
    *_, table, setting = str(caught.value).splitlines()
    own_config(f"{table}\n{setting}\n")
    from wan22dsl.launch import profile_consent

    profile_consent.require(profile)


def test_a_profile_of_a_project_that_tunes_needs_no_permission(fake, tmp_path):
    profile = of_file(
        tmp_path,
        'card = "RTX 4090"\n'
        'flags = { reserve_vram = 1.0, fast = ["autotune"], listen = "127.0.0.1", cuda_device = "0" }\n'
        'env = { OMP_NUM_THREADS = 8, PYTORCH_CUDA_ALLOC_CONF = "max_split_size_mb:512", TORCH_COMPILE = 1 }',
    )
    with start(profile, fake(), port=0) as running:
        assert running.is_alive()


def test_an_open_server_is_reported_as_one(fake):
    from wan22dsl.launch.command import command_line
    from wan22dsl.launch.differences import about_the_command

    profile = PROFILE._replace(flags=(Flag("--listen", True),))
    command = command_line(profile, fake())
    assert command.addresses == ("0.0.0.0", "::") and command.url == "http://127.0.0.1:8188"
    (finding,) = about_the_command(profile, command, {})
    assert finding.message == "ComfyUI listens on 0.0.0.0, ::: other machines can reach it."


@pytest.mark.parametrize(
    ("card", "device", "differs"),
    [
        ("RTX 4090", "cuda:0 NVIDIA GeForce RTX 4090", False),
        ("RTX 4090", "cuda:0 NVIDIA GeForce RTX 4090 Laptop GPU", True),
        ("RTX 4080", "cuda:0 NVIDIA GeForce RTX 4080 SUPER", True),
        ("RTX 4080 SUPER", "cuda:0 NVIDIA GeForce RTX 4080 SUPER", False),
        ("A100", "cuda:0 NVIDIA A100-SXM4-80GB", False),
        ("H100", "cuda:0 NVIDIA H200", True),
        ("RX 7900 XTX", "cuda:0 AMD Radeon RX 7900 XTX", False),
        ("AMD, ROCm", "cuda:0 AMD Radeon RX 7900 XTX", False),
        ("AMD, ROCm", "cpu", True),
        ("RTX 4090", "mps", True),
        ("", "cpu", False),
    ],
)
def test_a_card_is_compared_by_its_name(card, device, differs):
    from wan22dsl.comfyui.log.start import Started
    from wan22dsl.launch.differences import differences

    found = differences(Profile("p", card=card), Started(device=device))
    assert [finding.name for finding in found] == ["other-card"] * differs


def test_packages_that_the_profile_needs_and_the_python_lacks_are_reported_before(fake, tmp_path):
    packages = tmp_path / "env" / "lib" / "python3.11" / "site-packages"
    for name in ("torch-2.9.1+cu130", "flash_attn-2.8.0"):
        (packages / f"{name}.dist-info").mkdir(parents=True)
    python = program(tmp_path / "env" / "bin" / "python")
    install = fake()._replace(python=str(python))
    profile = PROFILE._replace(packages=("flash-attn>=2", "sageattention==2.2.0"))
    with pytest.raises(
        CommandError, match=r"needs sageattention==2\.2\.0, which this Python lacks"
    ):
        start(profile, install, port=0)


@pytest.mark.parametrize(
    ("flag", "reported"),
    [
        (Flag("--no-such-flag", True), "does not know `--no-such-flag`"),
        (Flag("--cpu", 3), "takes `--cpu` without a value, not `--cpu 3`"),
        (Flag("--fast", ("fp16_accumulation", "warp")), "does not know `warp` of `--fast`"),
    ],
)
def test_flags_that_this_version_does_not_take_are_reported_before(fake, flag, reported):
    with pytest.raises(CommandError, match=re.escape(reported)):
        start(PROFILE._replace(flags=(flag,)), fake(), port=0)


def test_arguments_of_an_install_give_way_to_the_profile_and_never_exclude_it(fake):
    from wan22dsl.launch.command import command_line

    install = fake()._replace(arguments=("--reserve-vram", "3", "--port", "1", "--lowvram"))
    profile = PROFILE._replace(flags=(Flag("--reserve-vram", 1.0),))
    assert command_line(profile, install).argv[2:] == (
        "--lowvram",
        "--reserve-vram",
        "1",
        "--port",
        "1",
    )
    assert command_line(profile, install, 5).port == 5
    with pytest.raises(CommandError, match="always gets --lowvram, and the profile has --highvram"):
        command_line(PROFILE._replace(flags=(Flag("--highvram", True),)), install)


def test_the_next_start_takes_the_same_port(fake):
    port = free_port()
    for _ in range(2):
        with start(PROFILE, fake(), port=port) as running:
            assert running.command.port == port


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux and Windows can do that")
def test_it_is_killed_with_the_process_that_has_started_it(fake, tmp_path):
    install = fake()
    script = tmp_path / "starts.py"
    script.write_text(
        "import sys, time\n"
        "from wan22dsl.comfyui.starting.profile import Profile\n"
        "from wan22dsl.launch.installs import Install\n"
        "from wan22dsl.launch.running import start\n"
        f"install = Install('', {install.folder!r}, {install.python!r}, {install.arguments!r})\n"
        "running = start(Profile('p'), install, port=0, dies_with_us=True)\n"
        "print(running.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert is_running(pid)
        process.kill()
    for _ in range(200):
        if is_gone(pid):
            break
        time.sleep(0.05)
    assert is_gone(pid)
