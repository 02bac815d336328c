"""The server as a process: it ends when its client does."""

from __future__ import annotations

import json
import subprocess
import sys


def _begun(client_pid):
    """A server as a process, with its session initialized."""
    server = subprocess.Popen(
        [sys.executable, "-m", "wan22dsl", "lsp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    params = {"processId": client_pid, "rootUri": None, "capabilities": {}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
    body = json.dumps(message).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    server.stdin.flush()
    assert server.stdout.readline().startswith(b"Content-Length")
    return server


def test_it_ends_with_the_process_of_its_client_though_the_pipe_stays_open():
    client = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with _begun(client.pid) as server:
        client.communicate(b"\n")
        assert server.wait(60) == 0
        assert server.stderr.read() == b""


def test_it_ends_when_its_input_is_closed():
    with _begun(None) as server:
        server.stdin.close()
        assert server.wait(60) == 0
        assert server.stderr.read() == b""


def test_it_ends_without_a_traceback_when_nobody_reads_it():
    with _begun(None) as server:
        server.stdout.close()
        body = b'{"jsonrpc": "2.0", "id": 2, "method": "shutdown"}'
        server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        server.stdin.flush()
        assert server.wait(60) == 1
        assert server.stderr.read() == b""
