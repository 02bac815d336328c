"""Results that are kept by `wan lint`, and files that are judged in several processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.test_lint_ci import BAD, CODE, CUT, WHOLE
from tests.conftest import ROOT
from wan22dsl.lint.policy.cache import default_folder

#: Modules that a run imports only when something has to be judged.
WORK = {
    "wan22dsl.api.compiler",
    "wan22dsl.lint.rules",
    "wan22dsl.diagnostics",
    "dataclasses",
    "tomllib",
    "pathlib",
}


@pytest.fixture
def wan(wan, tmp_path_factory, monkeypatch):
    """A repository with a warning in one file and an error in the other, and a user without results."""
    user = str(tmp_path_factory.mktemp("user"))
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(variable, user)
    (wan.folder / ".git").mkdir()
    wan.write("a.wan", CUT).write("b.wan", BAD)
    return wan


def results() -> Path:
    """Where the results of this user are."""
    folder = default_folder()
    assert folder is not None
    return Path(folder)


def cache() -> list[str]:
    return sorted(one.name.partition("-")[0] for one in results().iterdir())


def imported(wan, *words: str) -> set[str]:
    """The modules that a process has after `wan lint`, whatever its exit code."""
    script = (
        "import sys\nfrom wan22dsl.cli import main\n"
        f"main({['lint', *words]!r})\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=wan.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.splitlines()[-1].split())


def test_the_second_run_says_the_same_and_imports_next_to_nothing(wan):
    wan.write("wan.toml", 'ignore = ["WAN001"]\nexclude = ["x"]\n')
    first = wan("lint", ".")
    assert imported(wan, ".", "--no-cache") >= WORK - {"tomllib", "dataclasses"}
    assert not imported(wan, ".") & WORK
    assert wan("lint", ".") == first
    assert cache() == [".gitignore", "files", "run", "version"]


@pytest.mark.parametrize(
    "words", [("--output-format", "json"), ("--strict",), ("--output-file", "o")]
)
def test_every_command_line_has_a_result_of_its_own(wan, words):
    plain = wan("lint", ".")
    first = wan("lint", ".", *words)
    again = wan("lint", ".", *words)
    assert (again, wan("lint", ".")) == (first, plain)
    if words[0] == "--output-file":
        Path("o").unlink()
        wan("lint", ".", *words)
        assert wan.read("o").startswith("warning[")


#: A pipeline that names a file beside it.
PICTURE = CUT.replace("fps    = 16fps", 'image  = "in/a.png"').replace("text_", "")


def changes(wan):
    """What may change, one thing after the other, and what the linter then says."""
    yield lambda: wan.write("a.wan", WHOLE)
    yield lambda: wan.write("c.wan", CUT)
    yield lambda: (wan.folder / "c.wan").unlink()
    yield lambda: wan.write("wan.toml", f'severity = {{ {CODE} = "error" }}\n')
    yield lambda: wan.write("a.wan", CUT)
    yield lambda: wan.write("wan.toml", 'baseline = "b.json"\n').write(
        "b.json", '{"version": 1, "findings": []}'
    )
    yield lambda: wan("lint", ".", "--write-baseline")
    yield lambda: wan.write("wan.toml", 'exclude = ["b.wan"]\n')
    yield lambda: wan.write("b.wan", CUT).write("wan.toml", "")
    yield lambda: wan.write("sub/wan.toml", 'ignore = ["all"]\n').write("sub/a.wan", CUT)
    yield lambda: (wan.folder / "sub" / "wan.toml").unlink()
    yield lambda: wan.write("house.wan", CUT.replace("pipeline p", "pipeline q"))
    yield lambda: wan.write("d.wan", 'wan 1\nuse "house.wan" as house\nlet x = house.p\n')
    yield lambda: wan.write("house.wan", CUT)
    yield lambda: wan.write("e.wan", PICTURE)
    yield lambda: wan.write("in/a.png", "x")
    yield lambda: wan.write("a.wan", b"\xff")
    yield lambda: wan.write("a.wan", WHOLE.replace("prompt ", "promt "))
    yield lambda: wan.write("a.wan", WHOLE.replace("{", "", 1))


def test_whatever_changes_the_answer_is_that_of_a_run_without_results(wan):
    words = ("lint", ".", "--output-format", "json")
    assert wan(*words) == wan(*words, "--no-cache")
    for change in changes(wan):
        change()
        assert wan(*words) == wan(*words, "--no-cache")
        assert wan(*words) == wan(*words, "--no-cache")


def test_only_what_changed_is_judged_again(wan, monkeypatch):
    from wan22dsl.api import workers as judging

    judged = []
    check = judging.check

    def counting(source, task, given, *more):
        judged.append(source.path)
        return check(source, task, given, *more)

    monkeypatch.setattr(judging, "check", counting)
    wan("lint", ".")
    wan.write("b.wan", CUT)
    wan("lint", ".")
    wan("lint", ".", "--strict")
    assert judged == ["a.wan", "b.wan", "b.wan"]


def test_results_lie_where_they_are_wanted(wan):
    wan("lint", ".", "--no-cache")
    assert not results().exists()
    wan("lint", ".", "--cache-dir", "kept")
    assert (wan.folder / "kept" / ".gitignore").exists()
    assert not results().exists()
    wan("lint", ".")
    assert cache() == [".gitignore", "files", "run", "version"]
    assert not (wan.folder / ".wan_cache").exists()


def test_results_are_kept_without_a_repository_and_a_configuration_too(wan):
    (wan.folder / ".git").rmdir()
    wan("lint", "a.wan")
    assert cache() == [".gitignore", "files", "run", "version"]
    assert sorted(one.name for one in wan.folder.iterdir()) == ["a.wan", "b.wan"]


def test_damage_does_no_harm(wan):
    first = wan("lint", ".")
    for file in results().iterdir():
        file.write_bytes(file.read_bytes()[:-20] + b"damaged")
    assert wan("lint", ".") == first
    assert wan("lint", ".") == first


def test_a_folder_that_cannot_be_written_does_no_harm(wan):
    results().parent.mkdir(parents=True)
    results().write_text("a file is in the way")
    first = wan("lint", ".")
    assert wan("lint", ".") == first


def test_many_at_once_all_say_the_same(wan):
    expected = wan("lint", ".", "--no-cache")
    processes = [wan.start("lint", ".", stdout=subprocess.PIPE) for _ in range(4)]
    for process in processes:
        stdout, stderr = process.communicate(timeout=120)
        assert (stdout.decode(), stderr.decode(), process.returncode) == expected


def test_many_at_once_on_other_files_are_all_right_and_leave_nothing_half(wan):
    """Each process judges files of its own, and the same folder as all others, with one set of results."""
    for number in range(4):
        wan.write(f"own/{number}.wan", CUT if number % 2 else BAD)
    words = [("lint", f"own/{number}.wan", ".", "--output-format", "json") for number in range(4)]
    expected = [wan(*one, "--no-cache") for one in words]
    for _ in range(2):
        processes = [wan.start(*one, stdout=subprocess.PIPE) for one in words]
        for process, right in zip(processes, expected, strict=True):
            stdout, stderr = process.communicate(timeout=120)
            assert (stdout.decode(), stderr.decode(), process.returncode) == right
    assert [wan(*one) for one in words] == expected
    assert set(cache()) == {".gitignore", "files", "run", "version"}
    assert not list(results().glob("*.part"))


def forged(folder: Path) -> None:
    """Fills a folder with results that somebody else has made: any name, no findings, files to write."""
    from wan22dsl.digest import of

    folder.mkdir(exist_ok=True)
    for name in [one.name for one in results().iterdir() if "-" in one.name]:
        told = [["../written", "x"], ["file", "x"], ["out", "no problems found\n"]]
        data = {"whole": "", "configs": {}, "told": told, "status": 0}
        if name.startswith("files-"):
            whole = (results() / name).read_text(encoding="utf-8").partition("\n")[2]
            files = {key: [] for key in json.loads(whole)["files"]}
            data = {"files": files, "kinds": {}, "known": {}}
        text = json.dumps(data)
        (folder / name).write_text(f"{of(text)}\n{text}")


@pytest.mark.parametrize("place", [".wan_cache", "results of the user", "--cache-dir"])
def test_forged_results_change_nothing(wan, place):
    expected = wan("lint", ".")
    assert expected.status == 1
    if place == "results of the user":
        forged(results())
        assert wan("lint", ".") == expected
    elif place == "--cache-dir":
        forged(wan.folder / "kept")
        assert wan("lint", ".", "--cache-dir", "kept") == expected
    else:
        forged(wan.folder / place)
        wan.write("wan.toml", "")
        assert wan("lint", ".") == expected
    assert not Path("../written").exists()


def signed(name: str, data: object) -> None:
    """Results of this user that say something else."""
    from wan22dsl.lint.policy.cache import Cache

    Cache(str(results())).write(name, data)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**9) | st.text(max_size=3) | st.just(1e400),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


def replaced(value: object, path: list[int], other: object) -> object:
    """The value with one part of it, chosen by numbers, replaced by another one or dropped."""
    if not path or not isinstance(value, (list, dict)) or not value:
        return other
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = keys[path[0] % len(keys)]
    changed = value.copy()
    if len(path) == 1 and other == "drop":
        del changed[key]
    else:
        changed[key] = replaced(value[key], path[1:], other)
    return changed


def test_results_of_another_shape_do_no_harm(wan):
    """Even signed ones, which only a fault of ours could make: no traceback, and no file is written."""
    wan("lint", ".", "--output-format", "json")
    before = {one.name: one.read_bytes() for one in results().iterdir() if "-" in one.name}

    @given(
        kind=st.sampled_from(["run", "files"]),
        path=st.lists(st.integers(0, 7), max_size=7),
        other=_JSON | st.just("drop") | st.just("../written"),
    )
    def holds(kind: str, path: list[int], other: object) -> None:
        for name, data in before.items():
            (results() / name).write_bytes(data)
            if name.startswith(f"{kind}-"):
                signed(name, replaced(json.loads(data.partition(b"\n")[2]), path, other))
            elif kind == "files":  # so that these are looked at
                (results() / name).unlink()
        done = wan("lint", ".", "--output-format", "json")
        assert done.status in (0, 1), done.stderr
        assert sorted(one.name for one in wan.folder.iterdir()) == [".git", "a.wan", "b.wan"]

    holds()


def test_no_path_is_taken_from_results(wan):
    wan.write("house.wan", BAD).write("user.wan", 'wan 1\nuse "house.wan" as house\n')
    wan.write("outside.txt", "secret\n" * 9)
    expected = wan("lint", "user.wan", "house.wan")
    for one in results().glob("run-*"):
        one.unlink()
    file = next(results().glob("files-*"))
    text = file.read_text(encoding="utf-8").partition("\n")[2]
    signed(file.name, json.loads(text.replace("house.wan", "outside.txt")))
    assert wan("lint", "user.wan", "house.wan") == expected


def test_standard_input_is_not_kept(wan):
    wan("lint", "-", stdin=BAD)
    assert wan("lint", "-", stdin=WHOLE).status == 0


def many(wan, count: int) -> None:
    for number in range(count):
        wan.write(f"many/{number:03}.wan", CUT if number % 3 else BAD)


def test_several_processes_say_what_one_says_in_the_same_order(wan):
    many(wan, 30)
    wan.write("many/latin.wan", b"\xff")
    words = ("lint", "many", "--no-cache", "--output-format", "json")
    one = wan(*words, "--jobs", "1")
    assert wan(*words, "--jobs", "3") == one
    assert wan(*words) == one
    assert (one.status, json.loads(one.stdout)["summary"]["files"]) == (2, 30)


def test_a_process_that_is_started_anew_says_the_same(wan, monkeypatch):
    from wan22dsl.api import workers as judging

    words = ("lint", "a.wan", "b.wan", "--no-cache", "--output-format", "json")
    one = wan(*words, "--jobs", "1")
    monkeypatch.setattr(judging, "_splits", lambda: False)
    assert wan(*words, "--jobs", "2") == one


def test_a_wrong_command_is_told_once_by_several_processes(wan):
    result = wan("lint", "a.wan", "b.wan", "--no-cache", "--jobs", "2", "--card", "RTX 409")
    assert (result.stdout, result.status, result.stderr.count("error:")) == ("", 2, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
def test_ctrl_c_ends_it_without_a_word(wan):
    many(wan, 300)
    process = subprocess.Popen(
        [sys.executable, "-m", "wan22dsl", "lint", "many", "--no-cache", "--jobs", "2"],
        cwd=wan.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while not children(process.pid) and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (stdout, stderr, process.returncode) == (b"", b"", 130)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_no_process_is_left_when_the_first_one_is_killed(wan):
    many(wan, 300)
    process = wan.start("lint", "many", "--no-cache", "--jobs", "3", stdout=subprocess.PIPE)
    while len(found := children(process.pid)) < 3 and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    process.communicate(timeout=60)  # waits for everyone who has the other end
    assert found


def children(pid: int) -> list[str]:
    """The processes that a process has started; where there is no /proc, it is given a moment."""
    file = Path(f"/proc/{pid}/task/{pid}/children")
    if not file.exists():
        time.sleep(0.5)
        return [""]
    return file.read_text().split()
