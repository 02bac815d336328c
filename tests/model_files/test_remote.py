"""What a server tells of its model files."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from wan22dsl.cli import main
from wan22dsl.errors import ServerError
from wan22dsl.model_files.check import Needed
from wan22dsl.model_files.remote import ServerFiles
from wan22dsl.network.address import read

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def server(answers: dict[str, Any]) -> Iterator[str]:
    """A server that answers as it is told; everything else is 404."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answers.get(unquote(self.path))
            data = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_address[1]}"
    finally:
        made.shutdown()
        made.server_close()
        thread.join()


ANNA = Needed("loras", "people/anna.safetensors")


def test_names_of_windows_and_metadata_of_loras_are_read():
    answers = {
        "/models/loras": ["people\\anna.safetensors"],
        "/view_metadata/loras?filename=people/anna.safetensors": {
            "ss_base_model_version": "wan2.2_14b_t2v"
        },
        "/models/vae": [],
    }
    with server(answers) as url:
        files = ServerFiles(read(url))
        anna, vae, other = files.check([ANNA, Needed("vae", "a.safetensors"), Needed("x", "y")])
        assert (anna.state, vae.state, other.state) == ("fine", "missing", "unread")
        assert "wan2.2_14b_t2v" in anna.notes[1]
        assert main(["models", "check", "--server", url]) == 0


@pytest.mark.parametrize("answer", [{}, [1], "text", b"<html>", b"[" * 100_000])
def test_an_answer_that_is_none_is_a_fault_of_the_server(answer, capsys):
    with server({"/models/loras": answer}) as url:
        with pytest.raises(ServerError):
            ServerFiles(read(url)).check([ANNA])
        assert main(["models", "check", "--server", url]) in (0, 2)


def test_metadata_of_any_shape_is_no_fault():
    for found in ([], 7, "x", {"ss_sd_model_name": ["a"]}, b"not json"):
        answers = {
            "/models/loras": ["people/anna.safetensors"],
            "/view_metadata/loras?filename=people/anna.safetensors": found,
        }
        with server(answers) as url:
            if isinstance(found, bytes):
                with pytest.raises(ServerError):
                    ServerFiles(read(url)).check([ANNA])
            else:
                assert ServerFiles(read(url)).check([ANNA])[0].state == "fine"
