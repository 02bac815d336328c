"""How places are named in reports."""

from __future__ import annotations

import pytest

from wan22dsl.report.paths import shown, uri

HERE = "/home/me"


@pytest.mark.parametrize(
    ("path", "name", "as_uri"),
    [
        ("a.wan", "a.wan", "a.wan"),
        ("a b/ä#1.wan", "a b/ä#1.wan", "a%20b/%C3%A4%231.wan"),
        ("<stdin>", "<stdin>", "%3Cstdin%3E"),
        ("a:b.wan", "a:b.wan", "a%3Ab.wan"),
        ("./sub/../a.wan", "a.wan", "a.wan"),
        ("../x.wan", "/home/x.wan", "file:///home/x.wan"),
        ("../me/x.wan", "x.wan", "x.wan"),
        ("/home/me/sub/x.wan", "sub/x.wan", "sub/x.wan"),
        ("/home/me2/x.wan", "/home/me2/x.wan", "file:///home/me2/x.wan"),
        ("/other/x y.wan", "/other/x y.wan", "file:///other/x%20y.wan"),
        ("C:/Users/me/a b.wan", "C:/Users/me/a b.wan", "file:///C:/Users/me/a%20b.wan"),
        ("C:\\Users\\a.wan", "C:/Users/a.wan", "file:///C:/Users/a.wan"),
        ("\\\\server\\share\\x.wan", "//server/share/x.wan", "file://server/share/x.wan"),
    ],
)
def test_inside_the_folder_they_are_relative_outside_absolute(path, name, as_uri):
    assert (shown(path, HERE), uri(path, HERE)) == (name, as_uri)


def test_a_folder_of_windows_is_a_folder():
    assert shown("C:/me/sub/a.wan", "C:\\me") == "sub/a.wan"
    assert shown("sub/a.wan", "C:\\me") == "sub/a.wan"
    assert shown("../a.wan", "C:\\me") == "C:/a.wan"
