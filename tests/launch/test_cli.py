"""`wan launch` as a user or a program calls it: what it shows, its exit codes, and that nothing stays."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import ROOT
from tests.launch.conftest import got, is_gone
from wan22dsl import resources
from wan22dsl.network.ports import free_port

_NOT_ON_WINDOWS = pytest.mark.skipif(os.name == "nt", reason="there are no such signals on Windows")

PROFILES = """\
wan 1

profile desktop {
    card    = "RTX 4090"
    comfyui = "0.39"
    flags   = { reserve_vram = 1.0 }
    env     = { OMP_NUM_THREADS = 1 }
}

profile other = desktop(card = "RTX 5090")

profile wrong {
    card    = "RTX 4090"
    comfyui = "0.39"
    flags   = 3
}
"""


@pytest.fixture
def call(wan, fake):
    """Calls `wan launch` on an install that does what it is told, as a process of its own."""
    wan.write("launch.wan", PROFILES)

    class Call:
        install = None

        def words(self, *words, does=None):
            self.install = fake(**(does or {}))
            where = ("--comfyui", self.install.folder, "--python", sys.executable)
            return ("launch", *words, "--file", "launch.wan", *where)

        def __call__(self, *words, **does):
            return wan.process(*self.words(*words, does=does))

        def start(self, *words, **does):
            return wan.start(*self.words(*words, does=does), stdout=subprocess.PIPE)

    return Call()


def events(text: str) -> list[dict]:
    found = [json.loads(line) for line in text.splitlines()]
    schema = json.loads(resources.schema("launch_event"))
    for event in found:
        jsonschema.validate(event, schema)
    return found


def until(process: subprocess.Popen[bytes], event: str) -> dict:
    assert process.stdout is not None
    for line in process.stdout:
        found = json.loads(line)
        if found["event"] == event:
            return found
    raise AssertionError(f"no {event}")


def test_a_server_that_ends_well_is_a_success(call):
    done = call("desktop", "--port", "0", ends_after=0.6)
    assert done.status == 0
    assert "Starting server\n" in done.stdout
    head, ready, on = [line for line in done.stderr.splitlines() if line][:3]
    assert head.endswith("with the profile desktop") and "0.39.2" in head
    assert re.fullmatch(r"ready at http://127\.0\.0\.1:\d+ after \d+\.\d s; Ctrl-C stops it", ready)
    assert on == (
        "  cuda:0 NVIDIA GeForce RTX 4090, torch 2.9.1+cu130, pytorch attention, allocator cudaMallocAsync, "
        "2 streams for offloading"
    )


def test_a_profile_is_found_by_its_card_and_differences_are_shown(call):
    done = call("RTX 5090", "--port", "0", "--quiet", ends_after=0.6)
    assert (done.status, done.stdout) == (0, "")
    assert "warning[WAN955 other-card]: The profile is for the RTX 5090" in done.stderr
    assert "launch.wan:10:" in done.stderr or "launch.wan" in done.stderr


def test_a_profile_with_errors_is_not_started(call):
    done = call("wrong", "--port", "0")
    assert done.status == 1
    assert done.stderr.startswith("error[WAN")
    assert done.stderr.endswith("nothing was started: the profile has errors\n")
    assert not Path(call.install.folder, "got.json").exists()


def test_a_start_that_fails_and_a_server_that_fails_later_exit_with_1(call):
    done = call(
        "desktop", "--port", "0", says="ModuleNotFoundError: No module named 'yaml'\n", exits=1
    )
    assert done.status == 1
    assert "error: ComfyUI did not start: this Python lacks the package yaml\n" in done.stderr
    done = call("desktop", "--port", "0", ends_after=0.6, ends_with=9)
    assert done.status == 1
    assert done.stderr.endswith("error: ComfyUI ended with exit code 9\n")


def test_what_cannot_be_started_exits_with_2(call, wan):
    wan.write("launch.wan", PROFILES)
    for words in (
        ("launch", "desktop", "--file", "launch.wan", "--comfyui", "."),
        ("launch", "desktop", "--file", "launch.wan", "--comfyui", "no-such"),
        ("launch", "desktp", "--file", "launch.wan"),
        ("launch", "desktop", "other", "--file", "launch.wan"),
        call.words("desktop", "--port", "70000"),
        call.words("desktop", "--timeout", "soon"),
        call.words("desktop", "--log", "no/such/folder/log.txt"),
    ):
        done = wan(*words)
        assert (done.status, done.stdout) == (2, ""), words
        assert done.stderr.startswith("error: "), words


def test_events_are_json_lines_of_the_schema(call):
    done = call(
        "other", "--port", "0", "--json", ends_after=0.6, says="a \x1b[31mred\x1b[0m line\n"
    )
    found = events(done.stdout)
    kinds = [event["event"] for event in found if event["event"] != "line"]
    assert kinds[:2] == ["starting", "ready"] and kinds[-1] == "ended"
    assert found[0]["argv"][1:4] == ["main.py", "--reserve-vram", "1"]
    assert found[0]["variables"] == {"OMP_NUM_THREADS": "1"}
    ready = next(event for event in found if event["event"] == "ready")
    assert ready["started"]["attention"] == "pytorch"
    assert {"WAN955"} <= {event["code"] for event in found if event["event"] == "finding"}
    assert "a \x1b[31mred\x1b[0m line" in [event.get("text") for event in found]
    failed = events(call("desktop", "--port", "0", "--json", exits=3).stdout)
    assert failed[-1]["event"] == "failed" and "exit code 3" in failed[-1]["reason"]


def test_a_log_has_all_output_and_escapes_reach_no_terminal(call, wan):
    raw = b"\x1b[31mred\x1b[0m \x07bell \xff\n::error::pwned\n"
    done = call("desktop", "--port", "0", "--log", "out.log", ends_after=0.6, raw=raw.hex())
    assert raw in (wan.folder / "out.log").read_bytes()
    assert "\x1b" not in done.stdout and "\x07" not in done.stdout
    assert "red" in done.stdout and "\\xff" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_log_that_cannot_be_written_is_named(call):
    done = call("desktop", "--port", "0", "--log", "/dev/full", ends_after=5)
    assert done.status == 2
    assert "error: /dev/full: cannot be written: No space left on device" in done.stderr


def test_a_port_that_is_taken_exits_with_2_and_says_by_whom(call):
    port = str(free_port())
    with call.start("desktop", "--port", port, "--json") as first:
        until(first, "ready")
        done = call("desktop", "--port", port)
        assert done.status == 2
        assert (
            f"port {port} is taken by a ComfyUI 0.39.2 (--reserve-vram 1 --port {port})"
            in done.stderr
        )
        first.terminate()


# Its end.


_ENDING = [getattr(signal, f"SIG{name}", signal.SIGINT) for name in ("INT", "TERM", "HUP", "QUIT")]


@_NOT_ON_WINDOWS
@pytest.mark.parametrize("when", ["ready", "starting"])
@pytest.mark.parametrize("number", _ENDING)
def test_a_signal_is_passed_on_and_leaves_no_process(call, number, when):
    does = {
        "child": "daemon" if sys.platform == "linux" else "child",
        "stubborn": number == signal.SIGTERM,
    }
    slow = {"classes_after": 1e9} if when == "starting" else {}
    with call.start("desktop", "--port", "0", "--json", **does, **slow) as process:
        first = until(process, when)
        pid_file = Path(call.install.folder, "child.pid")
        while not pid_file.exists():
            time.sleep(0.05)
        process.send_signal(number)
        assert process.stdout is not None
        last = json.loads(process.stdout.read().splitlines()[-1])
        assert process.wait(30) == 130
    assert (last["event"], last["by"]) == ("stopped", number.name)
    assert is_gone(got(call.install)["pid"])
    assert is_gone(int(pid_file.read_text()))
    assert first


@_NOT_ON_WINDOWS
def test_a_second_ctrl_c_kills_at_once(call):
    with call.start(
        "desktop", "--port", "0", "--json", "--grace", "100", ignores=["SIGINT", "SIGTERM"]
    ) as process:
        until(process, "ready")
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        last = json.loads(process.stdout.read().splitlines()[-1])
        assert process.wait(30) == 130
    assert last["was_killed"]
    assert is_gone(got(call.install)["pid"])


@pytest.mark.skipif(sys.platform != "linux", reason="uses a terminal of Linux")
def test_ctrl_c_and_closing_the_terminal_leave_no_process(call):
    import pty

    for closes in (False, True):
        words = call.words("desktop", "--port", "0", does={"child": "child"})
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(Path(call.install.folder).parent)
            os.environ["PYTHONPATH"] = str(ROOT)
            os.execv(sys.executable, [sys.executable, "-m", "wan22dsl", *words])
        seen = b""
        while b"Ctrl-C stops it" not in seen:
            seen += os.read(terminal, 1000)
        child = int(Path(call.install.folder, "child.pid").read_text())
        if not closes:
            os.write(terminal, b"\x03")
            while True:
                try:
                    os.read(terminal, 1000)
                except OSError:
                    break
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) in (130, 141)
        assert is_gone(got(call.install)["pid"]) and is_gone(child)


@_NOT_ON_WINDOWS
def test_when_nothing_reads_its_output_any_more_it_stops(call):
    with call.start("desktop", "--port", "0", chats=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(30) == 141
    assert is_gone(got(call.install)["pid"])


# Without a start.


def test_a_dry_run_prints_what_a_shell_can_run(call, wan):
    done = wan(*call.words("desktop", "--dry-run", "--port", "8190"))
    assert done.status == 0
    if os.name != "nt":
        assert done.stdout.splitlines()[1].startswith("OMP_NUM_THREADS=1 ")
        assert done.stdout.endswith("main.py --reserve-vram 1 --port 8190\n")
        subprocess.run(["sh", "-n"], input=done.stdout, text=True, check=True)
    assert not Path(call.install.folder, "got.json").exists()


@pytest.mark.parametrize("kind", ["sh", "bat", "ps1", "systemd"])
def test_a_launcher_is_written_to_a_file_or_shown(call, wan, kind):
    shown = wan(*call.words("desktop", "--script", kind))
    assert shown.status == 0 and "OMP_NUM_THREADS" in shown.stdout
    wan(*call.words("desktop", "--script", kind, "-o", "start"))
    file = wan.folder / "start"
    assert file.read_bytes().decode("utf-8-sig") == shown.stdout
    assert os.name == "nt" or os.access(file, os.X_OK) == (kind == "sh")


@_NOT_ON_WINDOWS
def test_the_launcher_of_a_shell_starts_the_same(call, wan):
    port = str(free_port())
    wan(
        *call.words(
            "desktop", "--script", "sh", "-o", "start.sh", "--port", port, does={"ends_after": 0.2}
        )
    )
    done = subprocess.run([wan.folder / "start.sh"], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0
    assert got(call.install)["argv"][1:] == ["--reserve-vram", "1", "--port", port]
    assert got(call.install)["env"]["OMP_NUM_THREADS"] == "1"


def test_a_dry_run_and_a_launcher_need_the_same_permission(call, wan):
    wan.write("launch.wan", PROFILES + '\nprofile evil { env = { LD_PRELOAD = "/tmp/x.so" } }\n')
    for words in (("--dry-run",), ("--script", "sh"), ("--port", "0")):
        done = wan(*_own_file(call.words("evil", *words), wan))
        assert done.status == 2 and "which you have not allowed" in done.stderr, words
    done = wan(*_own_file(call.words("evil", "--dry-run", "--allow-project"), wan))
    assert done.status == 0 and "LD_PRELOAD=/tmp/x.so" in done.stdout


def _own_file(words, wan):
    return tuple(str(wan.folder / word) if word == "launch.wan" else word for word in words)
