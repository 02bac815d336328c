"""Colours: only where a person looks at them, and only colours."""

from __future__ import annotations

import io
import re

import pytest

from wan22dsl.report import terminal
from wan22dsl.report.text import render, report


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "wanted"),
    [
        (Screen(), {}, True),
        (io.StringIO(), {}, False),
        (Screen(), {"NO_COLOR": "1"}, False),
        (Screen(), {"NO_COLOR": ""}, True),
        (Screen(), {"TERM": "dumb"}, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
        (io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_who_gets_colours(stream, environment, wanted):
    assert terminal.wants_colour(stream, environment) is wanted


def test_colours_change_nothing_but_colours(finder):
    found = [finder("a = [bold]b[/bold] :smile: " + "x " * 90).unknown("b", "c")]
    screen = Screen()
    terminal.write(list(report(found)), screen)
    written = screen.getvalue()
    assert "\x1b[1;31merror" in written
    bare = re.sub(r"\x1b\[[0-9;]*m", "", written)
    assert [line.rstrip() for line in bare.splitlines()] == render(found).splitlines()


def test_what_is_no_screen_has_the_width_it_is_given():
    assert terminal.width_of(io.StringIO(), 100) == 100
    assert terminal.height_of(io.StringIO()) is None
