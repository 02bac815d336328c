"""What is said of a connection that fails says what to look at."""

from __future__ import annotations

import ssl
from http.client import BadStatusLine, RemoteDisconnected

import pytest

from wan22dsl.errors import ServerSilent, ServerTooLarge, ServerUnreachable
from wan22dsl.network import http, limits, sockets


@pytest.mark.parametrize(
    ("error", "kind", "reported"),
    [
        (ssl.SSLCertVerificationError(1, "self-signed"), ServerUnreachable, "a certificate that"),
        (
            ConnectionRefusedError(111, "Connection refused"),
            ServerUnreachable,
            "Connection refused",
        ),
        (TimeoutError(), ServerSilent, "did not answer within 15 seconds"),
        (RemoteDisconnected(), ServerSilent, "closed the connection in the middle"),
        (BadStatusLine("SSH-2.0"), ServerSilent, "not like ComfyUI"),
        (sockets.TooMuch(), ServerTooLarge, "sent more than 1048576 bytes"),
    ],
)
def test_each_failure_has_its_own_words(error, kind, reported):
    assert reported in http._reason(error, limits.ORDER)
    assert http._silent(error) is kind
