"""One server has one spelling, and what only looks like this machine is not this machine."""

from __future__ import annotations

import pytest

from wan22dsl.errors import CommandError
from wan22dsl.network import address


@pytest.mark.parametrize(
    "spelling",
    [
        "https://gpu.example",
        "HTTPS://GPU.Example/",
        "https://gpu.example.:443//",
        "https://me:pw@gpu.example?key=1",
        " https://gpu.example:443 ",
    ],
)
def test_a_server_has_one_base_however_it_is_spelled(spelling):
    assert address.read(spelling).base == "https://gpu.example"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://gpu.example", "http://gpu.example"),
        ("https://gpu.example", "https://gpu.example:8443"),
        ("https://gpu.example/a", "https://gpu.example/b"),
        ("https://gpu.example/a", "https://gpu.example/a/../b"),
        ("https://gpu.example", "https://gpu.example.evil"),
        ("https://gpu.example", "https://gpu.example@evil"),
        ("https://gpu.example", "https://gpu.example%2eevil.example"),
        ("https://bücher.example", "https://bucher.example"),
        ("https://gpu.example/a", "https://gpu.example/A"),
    ],
)
def test_servers_that_differ_have_different_bases(one, other):
    try:
        found = address.read(other).base
    except CommandError:
        return
    assert found != address.read(one).base


def test_the_same_name_in_unicode_and_in_punycode_is_one_server():
    one, other = "https://BÜCHER.example", "https://xn--bcher-kva.example"
    assert address.read(one).base == address.read(other).base


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:1",
        "http://LOCALHOST.",
        "http://127.0.0.1",
        "http://127.8.9.1",
        "http://[::1]",
    ],
)
def test_this_machine_is_known(url):
    assert address.read(url).is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "http://127.evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "http://localhost@evil.example",
        "http://localhost.evil.example",
        "http://evil.localhost",
        "http://evil.example#@127.0.0.1",
        "http://evil.example?@127.0.0.1",
        "http://0.0.0.0",
        "http://[::]",
        "http://192.168.0.1",
        "http://[fe80::1]",
    ],
)
def test_what_only_looks_like_this_machine_is_not(url):
    assert not address.read(url).is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "http://127.1",
        "http://2130706433",
        "http://0177.0.0.1",
        "http://[::1%25eth0]",
        "http://a\\@127.0.0.1\\",
        "http://evil.example\\@127.0.0.1",
        "http://a%00b",
        "http://a:0",
        "http://" + "a" * 64,
        "http://[::1",
        "https:gpu.example",
        "http:///x",
    ],
)
def test_what_parsers_take_in_different_ways_is_refused_or_read_in_one(url):
    try:
        found = address.read(url)
    except CommandError as error:
        assert url not in str(error)
    else:
        assert found.host == "127.0.0.1" and "\\" not in found.base
