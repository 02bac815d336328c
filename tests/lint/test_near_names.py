"""A near name is a fix, not only words: whoever mistypes takes it with one key."""

from __future__ import annotations

import pytest

from wan22dsl.api.compiler import check
from wan22dsl.lint.fixing import fix
from wan22dsl.source import Source

NODE = "wan 1\n\nnode `My Node`(images: IMAGE) -> (out: IMAGE) {\n    out = { WHAT }\n}\n"

MISTYPED = {
    "member": ("wan 1\nlet size = 832x480\nlet width = size.widht\n", ".widht", ".width"),
    "fact": (NODE.replace("WHAT", "lenght = images.length"), "lenght", "length"),
    "output": (
        "wan 1\nstage s(in: flow) -> (video: flow) {\n    vidoe = in\n}\n",
        "vidoe",
        "video",
    ),
}


@pytest.mark.parametrize("name", MISTYPED)
def test_a_mistyped_word_becomes_the_near_one(name):
    text, old, new = MISTYPED[name]
    fixed = fix(text, lambda source: check(source).diagnostics, path="a.wan", unsafe=True)
    assert fixed.text == text.replace(old, new), [
        (each.code, each.message) for each in check(Source(text, "a.wan")).diagnostics
    ]
