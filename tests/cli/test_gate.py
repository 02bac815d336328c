"""The gate of the streams: nothing drives a terminal, forges a line, or fails without a word."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import wan22dsl
from tests.conftest import ROOT
from tests.report.results.made import put, record
from tests.test_escapes import LINES_THAT_COMMAND, UNSAFE
from wan22dsl.cli import COMMANDS, main, streams

PACKAGE = Path(wan22dsl.__file__).parent

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names and devices")

#: What a hostile name or text has in it, and how its forged lines would begin.
EVIL = "x\x1b[2J\x9b31m\u202e\x07\n::error file=a::FORGED\nFORGED ##[add-matcher]m\r\x7f\u200b"


#: A pipeline and the beginning of a bench of it.
BENCH = """\
wan 1
use wan22
pipeline clip {
    prompt = "a"
    size = 832x480
    length = 81f
    seed = 1
    flow = wan22.text_high -> wan22.text_low -> save("clip")
}
bench b {
    of = clip
"""


def prompt(text: str) -> str:
    """A prompt with one class that nobody knows, and hostile words wherever words can be."""
    node = {
        "class_type": text,
        "inputs": {text: text, "images": ["2", 0]},
        "_meta": {"title": text},
    }
    image = {"class_type": "LoadImage", "inputs": {"image": text}, "_meta": {"title": text}}
    save = {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": text}}
    return json.dumps({"1": node, "2": image, "3": save, text: image})


def catalogue(text: str) -> str:
    """An answer of /object_info that calls everything by hostile names."""
    one = {
        "input": {"required": {text: [[text, "b"], {"tooltip": text, "default": text}]}},
        "output": [text],
        "output_name": [text],
        "name": text,
        "display_name": text,
        "python_module": f"custom_nodes.{text}",
        "category": text,
        "output_node": True,
    }
    return json.dumps({text: one, "Plain": one})


def animation() -> bytes:
    """A GIF of a square that goes over another, with a comment that is hostile."""
    frames = [Image.new("RGB", (48, 40), (90, 120, 200)) for _ in range(5)]
    for at, frame in enumerate(frames):
        frame.paste((220, 60, 40), (4 + at * 5, 8, 24 + at * 5, 28))
    data = io.BytesIO()
    options = {"save_all": True, "append_images": frames[1:], "duration": 60, "comment": EVIL}
    frames[0].save(data, "GIF", **options)
    return data.getvalue()


@pytest.fixture
def hostile(wan):
    """A folder of hostile files with hostile names."""
    name = EVIL.replace("/", "")
    quoted = json.dumps(EVIL)[1:-1].replace("\\u00", "\\x").replace("\\x", "x")
    text = f'wan 1\nuse wan22\npipeline p {{\n    prompt = "{quoted}"\n    nonsense = "\x1b[31m\u202e"\n}}\n'
    wan.write(f"{name}.wan", text).write("a.wan", text)
    wan.write("raw.wan", f"wan 1\n# {EVIL}\nlet x =   1\nlet y = {EVIL}\n")
    wan.write("two.wan", f"wan 1\n# {EVIL}\nlet x = 1\n")
    wan.write(f"{name}.json", prompt(EVIL)).write("b.json", prompt(EVIL + "2"))
    wan.write(f"{name}.csv", f'"{EVIL}",{EVIL}\n"{EVIL}",{EVIL}\n')
    wan.write("info.json", catalogue(EVIL)).write(f"{name}.toml", f'x = "{quoted}\n')
    wan.write(
        "profiles.wan",
        f'wan 1\nprofile p {{\n    card = "{quoted}"\n    env = {{ X = "{quoted}" }}\n}}\n',
    )
    wan.write("bench.wan", f'{BENCH}    vary = {{ prompt = ["{quoted}", "b"] }}\n}}\n')
    launcher = f"set X={EVIL}\npython main.py --fast {EVIL} --{EVIL}\n"
    wan.write(f"{name}.bat", launcher).write(f"{name}.sh", launcher)
    models = {
        "1": {"class_type": "UNETLoader", "inputs": {"unet_name": EVIL, "weight_dtype": "default"}}
    }
    wan.write("models.json", json.dumps(models)).write(f"models/diffusion_models/{name}", EVIL)
    wan.write("wan_output/run-x.json", json.dumps({"record": 1, EVIL: EVIL}))
    said = {"code": "WAN904", "name": EVIL, "severity": "error", "message": EVIL, "place": None}
    source = {"file": EVIL, "pipeline": EVIL, "text": "wan 1\n", "sha256": "0" * 64}
    wan.write(f"{name}.gif", animation())
    put(wan.folder / "reported", record(source=source, findings=[said], not_as_set=[EVIL]))
    wan.evil = name
    return wan


def commands(evil: str) -> list[tuple[str, ...]]:
    wan_file, json_file = f"{evil}.wan", f"{evil}.json"
    formats = ("text", "full", "concise", "json", "sarif", "github", "gitlab", "junit")
    return [
        *[("lint", ".", "--output-format", one) for one in formats],
        *[
            ("lint", wan_file, json_file, f"{evil}none.wan", "--output-format", one)
            for one in formats[:3]
        ],
        *[("lint", "-", "--stdin-filename", wan_file), ("lint", "a.wan", "--statistics")],
        *[
            ("lint", "a.wan", option, evil)
            for option in ("--select", "--profile", "--target", "--card")
        ],
        *[
            ("lint", "a.wan", option, evil)
            for option in ("--params", "--baseline", "--jobs", "--severity")
        ],
        *[("lint", "two.wan", "--output-file", f"{evil}/none"), ("lint", "raw.wan", "--diff")],
        *[("lint", "a.wan", "--set", evil), ("lint", f"{evil}*"), ("lint", "a.wan", f"--{evil}")],
        *[("fmt", wan_file), ("fmt", "two.wan", "--diff"), ("fmt", "--check", "."), ("fmt", evil)],
        *[
            ("compile", wan_file),
            ("compile", "a.wan", "-p", evil),
            ("compile", evil),
            ("compile", json_file),
        ],
        *[("compile", "a.wan", "--params", f"{evil}.toml"), ("expand", wan_file), ("expand", evil)],
        *[("describe", json_file), ("describe", wan_file), ("describe", json_file, "-f", "json")],
        *[("describe", json_file, "-f", "markdown"), ("describe", evil, "--card", evil)],
        *[("graph", json_file), ("graph", evil), ("graph", json_file, "-p", evil)],
        *[
            ("import", json_file),
            ("import", wan_file),
            ("import", evil),
            ("import", "b.json", "--use", evil),
        ],
        *[
            ("diff", json_file, "b.json"),
            ("diff", json_file, "b.json", "--json"),
            ("diff", evil, "b.json"),
        ],
        *[("diff", "--git", evil, json_file, "0", "0", "b.json", "0", "0"), ("diff", evil)],
        *[("nodes", "list", "--target", "info.json"), ("nodes", "list", evil), ("nodes", evil)],
        *[("nodes", "show", "Plain", "--target", "info.json"), ("nodes", "show", evil)],
        *[("nodes", "show", "Plain", "--target", "info.json", "--json"), ("nodes", "pull", evil)],
        *[("nodes", "pull", "info.json"), ("nodes", "show", EVIL, "--target", "info.json")],
        *[
            ("runs", "list"),
            ("runs", "list", "--out", evil),
            ("runs", "query"),
            ("runs", "query", "reported"),
            ("runs", "query", "reported", "--json"),
            ("runs", "query", "reported", "--csv", "--fields", "file,pipeline,path"),
            ("runs", "query", "reported", "--by", evil),
            ("runs", "query", evil, "--sql", evil),
            ("runs", "query", "reported", "--sql", f"SELECT '{evil}' AS \"{evil}\""),
            ("runs", "show", evil),
            ("runs", "show", "x"),
        ],
        *[
            ("runs", "compare", evil, evil),
            ("schema", evil),
            ("schema", "prompt", "--check", "info.json"),
        ],
        *[("schema", "prompt", "--check", evil), ("explain", evil), ("new", "--template", evil)],
        *[
            ("batch", wan_file, "--simulate"),
            ("batch", evil),
            ("batch", "a.wan", "--each", "info.json"),
        ],
        *[("batch", "a.wan", "--each", f"{evil}.csv"), ("batch", "--resume", "--out", evil)],
        *[
            ("batch", "a.wan", "--simulate", option, evil)
            for option in ("--vary", "--fault", "--each")
        ],
        *[("bench", "new", "--for", evil), ("bench", "new", "--for", "4090", "--pipeline", evil)],
        *[
            ("new", f"{evil}/no/folder.wan"),
            ("new", wan_file),
            ("serve", "--port", evil, "--simulate"),
        ],
        *[
            ("run", "--simulate", wan_file),
            ("run", evil),
            ("run", "--simulate", "a.wan", "--fault", evil),
        ],
        *[("run", "a.wan", "--server", evil), (evil,), ("help", evil)],
        *[("lint", f"{evil}.bat"), ("lint", f"{evil}.sh", "--output-format", "json")],
        *[("import", f"{evil}.bat"), ("launch", evil), ("launch", evil, "--file", wan_file)],
        *[("launch", "p", "--file", "profiles.wan", "--comfyui", ".", "--dry-run")],
        *[("launch", "p", "--file", "profiles.wan", "--comfyui", evil, "--json")],
        *[("launch", "p", "--comfyui", evil, option, evil) for option in ("--python", "--port")],
        *[("doctor", "--comfyui", evil), ("doctor", "--server", evil), ("doctor", "-f", evil)],
        *[("snapshot", "--comfyui", evil), ("snapshot", "-o", f"{evil}/none/x")],
        *[("snapshot", "diff", "info.json", evil), ("snapshot", "diff", json_file, json_file)],
        *[("report", "reported", "-o", "-"), ("report", "reported", "-o", f"{evil}/none.html")],
        *[("report", evil), ("report", "wan_output"), ("report", "reported", "-o", evil)],
        *[("models", word, "models.json") for word in ("list", "check", "fetch")],
        *[("models", "check", "models.json", "--models", each) for each in ("models", evil)],
        *[("quality", f"{evil}.gif"), ("quality", evil), ("quality", wan_file, json_file)],
        *[("quality", f"{evil}.gif", f"{evil}.gif", "--sheet", f"{evil}.png"), ("quality", ".")],
        *[("quality", f"{evil}.gif", "--json"), ("quality", wan_file, "--json")],
        *[
            ("quality", f"{evil}.gif", option, evil)
            for option in (
                *("--image", "--reference", "--frames", "--fps", "--size", "--tiles", "--sheet"),
            )
        ],
        ("quality", f"{evil}.gif", "--image", f"{evil}.gif", "--reference", f"{evil}.gif"),
        *[("models", "list", "models.json", "-f", "json"), ("models", "list", wan_file)],
        *[("models", "fetch", "models.json", "--models", "models", "--commands"), ("models", evil)],
        *[("bench", wan_file), ("bench", evil), ("bench", "two.wan", evil)],
        *[("bench", "show", evil), ("bench", "compare", evil, f"{evil}.json")],
        *[
            ("bench", "gate", evil, "--baseline", f"{evil}.json"),
            ("bench", "gate", "wan_output", "--baseline", evil, "--figure", evil),
            ("bench", "gate", "wan_output", "--baseline", evil, "--may-differ", evil),
            ("bench", "accept", evil, "-o", f"{evil}.json"),
        ],
        *[
            ("bench", "two.wan", "--simulate", option, evil)
            for option in ("--card", "--budget", "--fault")
        ],
        *[("bench", "two.wan", "--comfyui", evil), ("bench", "two.wan", "--server", evil)],
        *[("bench", "bench.wan", "--simulate", "--dry-run"), ("bench", "bench.wan", evil)],
        *[("bench", "two.wan", "--fleet", evil), ("fleet", evil), ("fleet", "add", evil, evil)],
        *[("fleet", "status", evil), ("fleet", "status", "--server", evil)],
        *[("fleet", "ui", evil), ("fleet", "ui", "--fleet", evil), ("fleet", "ui", "--port", evil)],
        *[
            ("worker", evil),
            ("worker", "tcp://127.0.0.1:9", "--name", evil),
            ("worker", evil, "--server", evil),
        ],
        *[
            ("batch", wan_file, "--scheduler", evil),
            ("worker", "tcp://127.0.0.1:9", "--models", evil),
        ],
        *[("fleet", "status", wan_file, "--server", "http://127.0.0.1:9", "--json")],
        *[("fleet", "remove", evil), ("fleet", "drain", evil, "--reason", evil)],
        ("lsp", evil),
        *[("fleet", "add", "a", "http://a", option, evil) for option in ("--card", "--fleet")],
    ]


#: Whose output is what a file holds or would hold: lines of a text may be anything there.
_CONTENT = {"--diff", "graph", "import", "expand"}


@posix
def test_no_command_lets_a_hostile_name_or_text_through(hostile, monkeypatch):
    """Names, texts, titles, classes, words of the command line: through every command and format."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    seen = set()
    for words in commands(hostile.evil):
        done = hostile(*words, stdin=b"wan 1\nlet x = \xe2\x80\xae\n")
        seen.add(words[0])
        for shown in (done.stdout, done.stderr):
            assert not UNSAFE & set(shown), words
            if not _CONTENT & set(words):
                lines = shown.split("\n")
                assert not any(line.lstrip().startswith("FORGED") for line in lines), words
            if "github" not in words:
                assert not LINES_THAT_COMMAND.search(shown), words
        assert done.status in (0, 1, 2), words
        if "github" in words:
            assert all(line.startswith("::") for line in done.stdout.splitlines()), words
        if done.stdout and {"json", "sarif", "gitlab", "--json"} & set(words):
            json.loads(done.stdout)
    assert seen - {hostile.evil, "help"} == set(COMMANDS)


#: Whose output is what a program reads, which goes out as it is where no log of Actions takes it.
DATA = {"fmt", "expand", "import", "new", "graph", "--diff", "markdown", "junit", "sarif", "gitlab"}


@posix
def test_with_colours_only_the_colours_are_escapes(hostile, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    for words in commands(hostile.evil):
        done = hostile(*words)
        for shown in (done.stderr, "" if DATA & set(words) else done.stdout):
            assert "\x1b[2J" not in shown, words
            assert not (UNSAFE - {"\x1b"}) & set(shown), words
            assert not any(line.lstrip().startswith("FORGED") for line in shown.split("\n")), words


def test_what_a_program_reads_goes_through_unaltered(wan, monkeypatch):
    text = 'wan 1\r\n# ::error::x \x1b[31m ##[x]\r\nlet x = "é"\r\n'
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert wan("fmt", "-", stdin=text).stdout == text
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert "##[" not in wan("fmt", "-", stdin=text).stdout


def test_nothing_else_writes_to_a_stream():
    """No print, no echo of typer's, no `sys.stdout.write`, and rich gets its stream from the gate."""
    wrong = []
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or name == "cli/streams.py":
                continue
            called = ast.unparse(node.func)
            last = called.rpartition(".")[2]
            if called in ("print", "console.print") or last in ("echo", "secho", "print_exc"):
                wrong.append(f"{name}:{node.lineno} {called}")
            if called.startswith(("sys.stdout.", "sys.stderr.")) and last not in (
                "isatty",
                "fileno",
            ):
                wrong.append(f"{name}:{node.lineno} {called}")
            if last == "Console":
                stream = next(ast.unparse(one.value) for one in node.keywords if one.arg == "file")
                if stream not in ("stream", "streams.styled(sys.stderr)"):
                    wrong.append(f"{name}:{node.lineno} {called}({stream})")
    assert [one for one in wrong if not one.startswith("report/terminal.py")] == []


#: Command lines that write to standard output, and some to both streams; one at least for each command.
WRITING = [
    ("new", "-"),
    ("bench", "new", "--for", "RTX 4090"),
    ("lint", "a.wan"),
    ("lint", "a.wan", "--output-format", "json"),
    ("lint", "bad.wan"),
    ("fmt", "a.wan", "--diff"),
    ("compile", "a.wan"),
    ("compile", "bad.wan"),
    ("run", "--simulate", "--speed", "1000000", "--quiet", "a.wan"),
    ("runs", "list", "--json"),
    ("runs", "query", "runs"),
    ("serve", "--help"),
    ("import", "a.json"),
    ("diff", "a.json", "b.json"),
    ("expand", "a.wan"),
    ("describe", "a.wan"),
    ("graph", "a.wan"),
    ("explain",),
    ("nodes", "list"),
    ("schema", "prompt"),
    ("launch", "RTX 4090", "--script", "sh", "--comfyui", "comfyui", "--python", "./python"),
    ("doctor", "-f", "json"),
    ("snapshot",),
    ("models", "list", "a.wan"),
    ("bench", "bench.wan", "--simulate", "--dry-run"),
    ("batch", "a.wan", "--simulate", "--dry-run"),
    ("fleet", "status", "--server", "http://127.0.0.1:9"),
    ("worker", "--help"),
    ("quality", "clip.gif"),
    ("report", "runs", "-o", "-"),
    ("--help",),
    ("--version",),
]


def opened(kind: str) -> io.TextIOWrapper | None:
    """A stream that fails, as the interpreter makes it."""
    if kind == "closed":
        return None
    if kind == "full":
        return io.TextIOWrapper(open("/dev/full", "wb"))  # noqa: PTH123
    if kind == "closed in between":
        stream = io.TextIOWrapper(io.BytesIO())
        stream.close()
        return stream
    read_end, write_end = os.pipe()
    os.close(read_end)
    return io.TextIOWrapper(os.fdopen(write_end, "wb"))


@pytest.fixture
def two_files(wan):
    wan("new", "a.wan")
    wan.write("bad.wan", "wan 1\nlet x = y\n")
    wan.write("bench.wan", f"{BENCH}    vary = {{ text_high.cfg = [1.0, 2.0] }}\n}}\n")
    wan("compile", "a.wan", "-o", "a.json")
    wan.write("comfyui/main.py", "").write("comfyui/comfy/__init__.py", "").write(
        "comfyui/comfyui_version.py", '__version__ = "0.39.0"\n'
    )
    (wan.folder / "python").symlink_to(sys.executable)
    put(wan.folder / "runs", record())
    wan.write("b.json", wan.read("a.json").replace('"fps": 16', '"fps": 24'))
    wan.write("clip.gif", animation())
    wan.write("a.wan", wan.read("a.wan").replace(" = ", "  = "))
    return wan


@posix
@pytest.mark.parametrize("kind", ["full", "closed", "closed in between", "broken pipe"])
@pytest.mark.parametrize("words", WRITING, ids=" ".join)
def test_a_standard_output_that_fails_is_said_once_and_never_a_fault(two_files, kind, words):
    before = sys.stdin, sys.stdout, sys.stderr
    stderr = io.TextIOWrapper(io.BytesIO())
    files = {one.name for one in two_files.folder.iterdir()}
    try:
        stdout = opened(kind)
        sys.stdin, sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO()), stdout, stderr  # type: ignore
        status = main(words)
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
        if stdout is not None:
            stdout.close()
    said = stderr.buffer.getvalue().decode()  # type: ignore[attr-defined]
    assert "fault" not in said
    writes = words[-1] != "bad.wan" or words[0] == "lint"
    if kind == "broken pipe":
        assert status == (141 if writes else 1)
    elif writes:
        assert status == 2
        reasons = {
            "full": "standard output cannot be written: No space left on device",
            "closed": "standard output is closed",
            "closed in between": "standard output cannot be written: it is closed",
        }
        assert said.splitlines()[-1] == f"error: {reasons[kind]}"
    assert {one.name for one in two_files.folder.iterdir()} - files <= {"wan_output"}


@posix
@pytest.mark.parametrize(
    ("kind", "status"), [("full", 2), ("closed", 1), ("closed in between", 2), ("broken pipe", 141)]
)
def test_a_standard_error_that_fails_does_not_look_like_an_error_in_the_file(
    two_files, kind, status
):
    """Closed, it is what was wanted: then the exit code is that of the file."""
    before = sys.stderr
    try:
        stderr = opened(kind)
        sys.stderr = stderr  # type: ignore[assignment]
        assert main(["compile", "bad.wan"]) == status
    finally:
        sys.stderr = before
        if stderr is not None:
            stderr.close()


@posix
def test_what_was_written_before_stderr_failed_stays(two_files):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        before, sys.stderr = sys.stderr, full
        try:
            assert main(["compile", "a.wan", "-o", "out.json"]) == 2
        finally:
            sys.stderr = before
    assert json.loads(two_files.read("out.json"))


@posix
@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("schema prompt >/dev/full", 2),
        ("schema prompt >&-", 2),
        ("schema prompt >&- 2>&-", 2),
        ("compile a.wan -o out.json >&- 2>&- <&-", 0),
        ("compile - <&-", 2),
        ("lint bad.wan 2>/dev/full", 1),
        ("compile bad.wan 2>/dev/full", 2),
        ("compile a.wan -o /dev/full", 2),
        ("--help >/dev/full", 2),
        ("lint --help >/dev/full", 2),
        ("compile - </dev/zero", 2),
    ],
)
def test_a_process_whose_streams_fail_ends_as_it_says(two_files, line, status):
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m wan22dsl {line}', sys.executable],
        cwd=two_files.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == status, done
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "fault" not in done.stderr
    if status == 2 and "2>" not in line:
        assert len(done.stderr.splitlines()) == 1


@posix
@pytest.mark.parametrize(
    "failing", [OSError(28, "No space left on device", "/tmp/x"), MemoryError()]
)
def test_what_the_system_refuses_is_not_a_fault_of_ours(wan, monkeypatch, failing):
    def refuse(*_args: object) -> None:
        raise failing

    monkeypatch.setattr("wan22dsl.resources.schema_names", refuse)
    done = wan("schema")
    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(("error: /tmp/x: No space left", "error: out of memory"))


def test_the_streams_of_a_host_are_its_own_again(capsys):
    before = sys.stdout, sys.stderr
    main(["--version"])
    assert (sys.stdout, sys.stderr) == before
    assert isinstance(before[0], io.TextIOBase) and not isinstance(before[0], streams.Gate)


@posix
def test_a_disk_that_is_full_when_outputs_come_is_not_an_error_in_the_file(two_files, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    done = two_files("run", "--simulate", "--speed", "1000000", "--quiet", "a.wan")
    assert (done.status, done.stdout) == (2, "")
    assert "No space left on device" in done.stderr
    assert "\\n" not in done.stderr
    assert list((two_files.folder / "wan_output").iterdir()) == []
