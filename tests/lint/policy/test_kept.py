"""Results that are kept: the same when they come back, and gone when they are damaged."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from wan22dsl import user_folders
from wan22dsl.api.compiler import check
from wan22dsl.diagnostics import Edit, Fix, Label, Message, Severity
from wan22dsl.digest import of
from wan22dsl.lint.policy import cache as caching
from wan22dsl.lint.policy import stored
from wan22dsl.lint.policy.cache import (
    SECRET,
    Cache,
    default_folder,
    of_this_machine,
    of_this_version,
    version_by,
)
from wan22dsl.report.json import render
from wan22dsl.source import Source, Span
from wan22dsl.user_folders import cache_folder

TEXT = "one {two} three"
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
ODD = VALUES | st.tuples(VALUES) | st.just(Path("a")) | st.just(Severity.NOTE)


def back(found, *sources: Source):
    """The findings as they come back from JSON."""
    kinds: dict[str, object] = {}
    data, kinds = json.loads(json.dumps([stored.as_data(found, kinds), kinds]))
    by_path = {source.path: source for source in sources}
    return stored.from_data(data, kinds, lambda path, file: by_path[path])


@given(
    fields=st.fixed_dictionaries({"a": ODD, "b": ODD}),
    severity=st.sampled_from(Severity),
    wording=st.sampled_from(["{a} {b}", "{{{a}}}", "{a!r} is {b}", "plain"]),
    start=st.integers(0, len(TEXT)),
)
def test_a_finding_comes_back_as_it_was(fields, severity, wording, start):
    source = Source(TEXT, "a.wan", Path("a.wan"))
    span = Span(source, start, len(TEXT))
    given_ = Span(Source("x = 1", "--set x"), 0, 1)
    parts = (wording, "why {a}", wording, "bad {", "good }", "source", "summary")
    kind = Message("WAN999", "odd", Severity.ERROR, *parts)
    fix = Fix("Write it", (Edit(span, "{}"),), safe=False)
    found = [
        kind.at(span, related=[Label(given_, "there {x}")], fix=fix, severity=severity, **fields),
        kind.at(None, **fields),
    ]
    again = back(found, source)
    assert render(again, 1, "1.2.3") == render(found, 1, "1.2.3")
    assert again[0].related[0].span.source.text == "x = 1"
    assert [each.kind.good for each in again] == ["good }"] * 2
    assert [each.kind.summary for each in again] == ["summary"] * 2


def test_the_findings_of_the_examples_come_back():
    for file in sorted((ROOT / "examples").glob("*.wan")):
        source = Source.read(file)
        found = check(source).diagnostics
        others = {finding.span.source for finding in found if finding.span is not None}
        others |= {label.span.source for finding in found for label in finding.related}
        assert render(back(found, source, *others), 1, "1.2.3") == render(found, 1, "1.2.3")


def test_what_was_kept_is_there_again_and_git_is_told_to_leave_it(tmp_path):
    cache = Cache(str(tmp_path / "deep" / "cache"))
    cache.write("run-a", {"ä": [1, None]})
    assert cache.read("run-a") == {"ä": [1, None]}
    assert cache.read("run-b") is None
    assert (tmp_path / "deep" / "cache" / ".gitignore").read_text() == "*\n"
    assert sorted(path.name for path in (tmp_path / "deep" / "cache").iterdir()) == [
        ".gitignore",
        "run-a",
    ]


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"{}", b"cut", b"swap", b"[" * 100_000])
def test_what_is_damaged_is_as_if_it_were_not_there(tmp_path, damage):
    cache = Cache(str(tmp_path))
    cache.write("run-a", [1, 2, 3])
    whole = (tmp_path / "run-a").read_bytes()
    new = {b"cut": whole[:-2], b"swap": whole.replace(b"2", b"9")}.get(damage, damage)
    (tmp_path / "run-a").write_bytes(new)
    assert cache.read("run-a") is None
    cache.write("run-a", [4])
    assert cache.read("run-a") == [4]


def test_where_nothing_can_be_written_nothing_is_kept_and_nothing_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = Cache(str(tmp_path / "file" / "cache"))
    cache.write("run-a", 1)
    assert cache.read("run-a") is None
    Cache(None).write("run-a", 1)
    assert Cache(None).read("run-a") is None


def test_only_the_newest_are_kept(tmp_path):
    cache = Cache(str(tmp_path))
    for number in range(100):
        cache.write(f"run-{number}", number)
        os.utime(tmp_path / f"run-{number}", (number, number))
    cache.write("files-x", 0)
    assert len(list(tmp_path.glob("run-*"))) <= 61
    assert cache.read("run-99") == 99
    assert cache.read("run-1") is None


@pytest.fixture
def user(tmp_path, monkeypatch) -> Path:
    """The cache folder of a user of his own."""
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "user"))
    folder = cache_folder()
    assert folder is not None
    return Path(folder)


def test_what_another_user_has_made_is_as_if_it_were_not_there(tmp_path, user, monkeypatch):
    shared = str(tmp_path / "shared")
    Cache(shared).write("run-a", 1)
    assert Cache(shared).read("run-a") == 1
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "other"))
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    assert Cache(shared).read("run-a") is None
    Cache(shared).write("run-b", 1)
    assert Cache(shared).read("run-b") == 1


def test_a_result_counts_only_under_its_own_name(tmp_path, user):
    cache = Cache(str(tmp_path))
    cache.write("files-a", [])
    (tmp_path / "files-b").write_bytes((tmp_path / "files-a").read_bytes())
    assert cache.read("files-a") == []
    assert cache.read("files-b") is None


def test_a_digest_without_the_secret_signs_nothing(tmp_path, user):
    cache = Cache(str(tmp_path / "results"))
    cache.write("run-a", 1)
    text = json.dumps([])
    for signature in (of(text), of("run-a", text), "", "0" * 32):
        (tmp_path / "results" / "run-a").write_text(f"{signature}\n{text}")
        assert cache.read("run-a") is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_secret_is_for_its_owner_alone(tmp_path, user):
    Cache(str(tmp_path)).write("run-a", 1)
    secret = user / SECRET
    assert (secret.stat().st_mode & 0o777, secret.stat().st_size) == (0o600, 32)
    assert user.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in user.iterdir()] == [SECRET]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("damage", ["cut", 0o644, 0o640, 0o620])
def test_a_secret_that_others_could_know_is_replaced(tmp_path, user, damage):
    Cache(str(tmp_path)).write("run-a", 1)
    secret = user / SECRET
    before = secret.read_bytes()
    if damage == "cut":
        secret.write_bytes(b"")
    else:
        secret.chmod(damage)
    assert Cache(str(tmp_path)).read("run-a") is None
    Cache(str(tmp_path)).write("run-a", 2)
    assert Cache(str(tmp_path)).read("run-a") == 2
    assert secret.read_bytes() != before
    assert secret.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name == "nt", reason="Windows has no owners as numbers")
@pytest.mark.parametrize("theirs", ["the secret", "the folder"])
def test_without_a_secret_of_ones_own_nothing_is_kept(tmp_path, user, monkeypatch, theirs):
    user.mkdir(parents=True)
    if theirs == "the secret":
        Cache(str(tmp_path)).write("run-a", 1)
    monkeypatch.setattr(os, "getuid", lambda: 12_345)
    cache = Cache(str(tmp_path))
    cache.write("run-b", 1)
    assert cache.read("run-a") is None
    assert cache.read("run-b") is None
    assert not (tmp_path / "run-b").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_secret_that_is_no_file_is_none(tmp_path, user, kind):
    user.mkdir(parents=True)
    (tmp_path / "known").write_bytes(b"x" * 32)
    (tmp_path / "known").chmod(0o600)
    secret = user / SECRET
    if kind == "link":
        secret.symlink_to(tmp_path / "known")
    elif kind == "pipe":
        os.mkfifo(secret)
    else:
        secret.mkdir()
    cache = Cache(str(tmp_path))
    cache.write("run-a", 1)
    assert cache.read("run-a") is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_pipe_in_the_place_of_a_result_is_not_waited_for(tmp_path, user):
    cache = Cache(str(tmp_path))
    cache.write("run-a", 1)
    (tmp_path / "run-a").unlink()
    os.mkfifo(tmp_path / "run-a")
    assert cache.read("run-a") is None


def test_without_a_home_folder_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(user_folders, "cache_folder", lambda: None)
    Cache(str(tmp_path)).write("run-a", 1)
    assert Cache(str(tmp_path)).read("run-a") is None
    assert default_folder() is None


def test_many_at_once_have_one_secret_and_whole_results(tmp_path, user):
    start = Barrier(8)

    def work(number: int) -> list[object]:
        start.wait()
        cache = Cache(str(tmp_path / "results"))
        found = []
        for turn in range(20):
            cache.write("run-shared", [number] * 2_000)
            cache.write(f"files-{number}-{turn}", number)
            found.append(Cache(str(tmp_path / "results")).read("run-shared"))
        return found

    with ThreadPoolExecutor(8) as pool:
        seen = [finding for found in pool.map(work, range(8)) for finding in found]
    assert all(each == [each[0]] * 2_000 for each in seen if each is not None)
    assert sum(each is not None for each in seen) > len(seen) // 2
    last = Cache(str(tmp_path / "results")).read("run-shared")
    assert last == [last[0]] * 2_000
    left = [path.name for path in (tmp_path / "results").iterdir()]
    assert not [finding for finding in left if finding.endswith(".part")]
    assert [path.name for path in user.iterdir()] == [SECRET]


def test_an_installation_has_one_digest():
    assert of_this_version() == of_this_version()
    assert of_this_machine() == of_this_machine()
    assert of_this_version() != of_this_machine()


def test_a_digest_tells_parts_apart():
    assert of("ab", "c") != of("a", "bc")
    assert of("a") == of(b"a")
    assert len(of()) == 32


def test_the_installation_is_read_once_while_it_stays_as_it_is(tmp_path, user, monkeypatch):
    cache = Cache(str(tmp_path))
    assert version_by(cache) == of_this_version()
    with monkeypatch.context() as patched:
        patched.setattr(caching, "of_this_version", lambda: "read again")
        assert version_by(Cache(str(tmp_path))) != "read again"
        patched.setattr(caching, "of_this_machine", lambda: "another")
        assert version_by(Cache(str(tmp_path))) == "read again"
        assert version_by(Cache(None)) == "read again"


@pytest.mark.parametrize("kept", [None, 1, "", {"version": 1}])
def test_a_version_of_another_shape_is_none(tmp_path, user, kept):
    cache = Cache(str(tmp_path))
    cache.write(f"version-{of_this_machine()}", kept)
    assert version_by(cache) == of_this_version()
