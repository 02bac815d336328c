"""Bad answers before the submit: asked again while they may pass, and reported when they do not."""

from __future__ import annotations

import pytest

from tests.run.conftest import SPLIT
from wan22dsl.errors import ServerAnswered, ServerSilent, ServerUnreachable
from wan22dsl.run import request_retry
from wan22dsl.server.embedded import EmbeddedServer
from wan22dsl.server.media.drawing import Clip
from wan22dsl.server.media.pictures import png

PICTURE = SPLIT.replace('prompt = "A l', 'image = "face.png"\n    prompt = "A l').replace(
    "t2v_", "i2v_"
)


@pytest.fixture
def portrait(wan):
    """A pipeline with a picture beside it, run by the command line."""
    wan.write("clip.wan", PICTURE).write("face.png", png(Clip(64, 64, 1, 16.0, ""), 0, {}))
    return wan


@pytest.mark.parametrize(
    "fault",
    [
        "fail /system_stats",
        "fail /system_stats with 503 twice",
        "truncate /system_stats",
        "truncate /system_stats at 5 bytes quietly",
        "fail /object_info with 502 twice",
        "truncate /object_info/KSamplerAdvanced",
        "truncate /object_info/LoadImage at 9 bytes quietly",
        "fail /upload/image with 500",
        "truncate /upload/image",
        "truncate /upload/image at 3 bytes quietly",
        "fail /object_info with 429",
    ],
)
def test_a_bad_answer_before_the_submit_is_asked_for_again(portrait, fault):
    with EmbeddedServer(speed=5000, faults=[fault]) as server:
        found = portrait("run", "clip.wan", "--server", server.url, "--quiet")
        uploads = sorted(path.name for path in (server.place / "input").iterdir())
        assert server.happened
    assert found.status == 0, found.stderr
    assert uploads == ["face.png"]


def test_a_file_that_is_looked_for_on_the_server_is_asked_for_again(wan):
    wan.write("clip.wan", PICTURE.replace('"face.png"', '"sub/theirs.png"'))
    with EmbeddedServer(speed=5000, faults=["fail /view with 500"]) as server:
        folder = server.place / "input" / "sub"
        folder.mkdir()
        (folder / "theirs.png").write_bytes(png(Clip(64, 64, 1, 16.0, ""), 0, {}))
        found = wan("run", "clip.wan", "--server", server.url, "--quiet")
        assert server.happened
    assert found.status == 0, found.stderr
    assert "theirs.png" not in found.stderr


def test_a_bad_answer_that_lasts_is_reported(portrait, monkeypatch):
    monkeypatch.setattr(request_retry, "PAUSES_S", (0.0,))
    monkeypatch.setattr(request_retry, "DEADLINE_S", 0.05)
    with EmbeddedServer(speed=5000, faults=["fail /object_info with 500 always"]) as server:
        found = portrait("run", "clip.wan", "--server", server.url, "--quiet")
    assert found.status == 2
    assert "HTTP 500" in found.stderr and "/object_info" in found.stderr


def attempts(error, **about):
    """How often a request is made that always fails so."""
    asked = []

    def request():
        asked.append(1)
        raise error

    with pytest.raises(type(error)):
        request_retry.again(request, deadline_s=0.35, **about)
    return len(asked)


def test_only_what_may_pass_is_asked_for_again():
    assert attempts(ServerSilent("here", "closed the connection")) > 1
    assert attempts(ServerAnswered("here", "/x", 502)) > 1
    assert attempts(ServerAnswered("here", "/x", 404)) == 1
    assert attempts(ServerAnswered("here", "/x", 401)) == 1


def test_where_nothing_listens_the_first_contact_fails_at_once_and_later_ones_do_not():
    gone = ServerUnreachable("here", "cannot be reached")
    assert attempts(gone, first_contact=True) == 1
    assert attempts(gone) > 1


def test_a_server_that_has_answered_once_is_asked_again_when_it_goes():
    errors = [ServerAnswered("here", "/x", 502), ServerUnreachable("here", "cannot be reached")]

    def request():
        if errors:
            raise errors.pop(0)
        return "there again"

    assert request_retry.again(request, deadline_s=5.0, first_contact=True) == "there again"
