"""A prompt is handed over once, whatever becomes of the answers."""

from __future__ import annotations

import pytest

from wan22dsl.errors import ServerAnswered, ServerSilent
from wan22dsl.run import submit as submitting
from wan22dsl.run.client import Queue

SILENT = ServerSilent("http://x", "cannot be reached")
ANSWER = {"prompt_id": "a", "node_errors": {}}


class Server:
    """Answers in turn with what it is given; an exception is raised."""

    def __init__(self, **answers):
        self.answers = {name: iter(given) for name, given in answers.items()}
        self.asked = []

    def _next(self, name):
        self.asked.append(name)
        found = next(self.answers[name])
        if isinstance(found, Exception):
            raise found
        return found

    def submit(self, prompt, prompt_id, extra):
        return self._next("submit")

    def queue(self):
        return self._next("queue")

    def history(self, prompt_id):
        return self._next("history")


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch):
    monkeypatch.setattr(submitting, "_AGAIN_S", 0.0)


def test_what_was_taken_is_not_sent_again_however_long_that_is_unknown():
    server = Server(submit=[SILENT], queue=[SILENT] * 5 + [Queue((), ("a",))])
    assert submitting.submit(server, {}, "a", {}) == ANSWER
    assert server.asked.count("submit") == 1


def test_what_has_run_already_is_not_sent_again():
    server = Server(submit=[SILENT], queue=[Queue((), ())], history=[{"outputs": {}}])
    assert submitting.submit(server, {}, "a", {}) == ANSWER


def test_what_was_not_taken_is_sent_again():
    busy = ServerAnswered("http://x", "/prompt", 503)
    server = Server(submit=[busy, ANSWER], queue=[Queue(("other",), ())], history=[None])
    assert submitting.submit(server, {}, "a", {}) == ANSWER
    assert server.asked == ["submit", "queue", "history", "submit"]


@pytest.mark.parametrize(
    "server",
    [
        Server(submit=[ServerAnswered("http://x", "/prompt", 400)]),
        Server(submit=[SILENT], queue=[SILENT]),
        Server(submit=[ServerAnswered("http://x", "/prompt", 500)]),
    ],
)
def test_patience_has_an_end(server):
    with pytest.raises((ServerAnswered, ServerSilent)):
        submitting.submit(server, {}, "a", {}, patience_s=-1.0)
    assert server.asked.count("submit") == 1
