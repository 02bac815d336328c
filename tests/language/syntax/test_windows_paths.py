"""A path of Windows in a string becomes the path that was meant; a safe fix keeps the meaning."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.language.syntax import parse, print_file, spelling
from wan22dsl.lint.fixing import fix
from wan22dsl.source import Source


def judged(source: Source):
    return parse(source)[1]


def value(text: str, key: str = "image") -> str:
    """What the one string of a text says."""
    raw = re.search(rf'{key} = ("(?:[^"\\\n]|\\.)*")', text)[1]
    return "".join(
        part if isinstance(part, str) else raw[part.start : part.end] for part in parts(raw)
    )


def parts(raw: str):
    return spelling.text_parts(raw)


def fixed(text: str) -> str:
    done = fix(text, judged)
    assert not done.left, [(one.code, one.message) for one in done.left]
    return done.text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r'"C:\Users\me\new.png"', "C:/Users/me/new.png"),
        (r'"C:\temp\render.png"', "C:/temp/render.png"),  # every escape in it exists
        (r'"..\in\x.png"', "../in/x.png"),
        (r'"\\server\share"', "//server/share"),
        (r'"\\server\new\a.png"', "//server/new/a.png"),
        (r'"wan\new_high.safetensors"', "wan/new_high.safetensors"),
        (r'"my pics\in 1.png"', "my pics/in 1.png"),
        (r'"C:\\in\new.png"', "C:/in/new.png"),
        (r'"C:\out\"', "C:/out/"),
        (r"'C:\Users\new.png'", "C:/Users/new.png"),
    ],
)
def test_a_path_gets_slashes_throughout(written, meant):
    text = f"wan 1\n\npipeline x {{\n    image = {written}\n}}\n"
    assert fixed(text) == text.replace(written, f'"{meant}"')


@pytest.mark.parametrize(
    "written",
    [r"C:\\Users\\me", r"two\nlines", r"a\tb", r"\\", r"say \"no\"", r"\{seed}", r"a.\nb.png x"],
)
def test_escapes_that_are_meant_are_left_alone(written):
    text = f'wan 1\n\npipeline x {{\n    image = "{written}"\n}}\n'
    assert judged(Source(text)) == []


@pytest.mark.parametrize("written", [r"50\% off\nnext", r"a\qb"])
def test_other_backslashes_stand_for_themselves(written):
    text = f'wan 1\n\npipeline x {{\n    image = "{written}"\n}}\n'
    assert value(fixed(text)) == spelling.unescape(written)


WORD = st.from_regex(r"[ntrux0-9A-Z_é][A-Za-z0-9_.é-]{0,6}", fullmatch=True).filter(
    lambda word: not word.endswith(".")
)
ROOT = st.sampled_from(["C:\\", "d:\\", "..\\", ".\\", "\\\\nas\\", ""])


@given(ROOT, st.lists(WORD, min_size=2, max_size=5), st.sampled_from(["png", "mp4", "safetensors"]))
def test_every_path_of_windows_becomes_the_same_path_with_slashes(root, folders, ending):
    path = root + "\\".join(folders) + "." + ending
    text = f'wan 1\n\npipeline x {{\n    image = "{path}"\n    seed = 1\n}}\n'
    assert value(fixed(text)) == path.replace("\\", "/")


@given(
    st.text(alphabet='\\\\\\ntrqu{}1F"ab.:/ %~png', max_size=12).filter(
        lambda text: re.fullmatch(r'(?:[^"\\]|\\.)*', text)
    )
)
def test_a_safe_fix_changes_nothing_but_backslashes(inside):
    text = f'wan 1\n\npipeline x {{\n    image = "{inside}"\n    seed = 1\n}}\n'
    if judged(Source(text)) == []:
        assert fix(text, judged).text == text
        return
    after = fix(text, judged).text
    if after != text:
        raw = re.search('image = "(.*)"\n', after)[1]
        said = spelling.unescape(raw)
        assert (
            said
            in (
                spelling.unescape(inside),  # each backslash that is no escape stands for itself
                inside.replace("\\\\", "/").replace("\\", "/"),  # or it is a path
                "//" + inside[2:].replace("\\\\", "/").replace("\\", "/"),
            )
        )


@given(st.text(st.sampled_from('ab1.:\\/%~"{}\n\t\x00 ') | st.characters()))
@pytest.mark.parametrize(
    "around", ["{}", "wan2.2{}t2_low.safetensors", "C:\\{}", "..\\a{}b.png", "%a%\\{}"]
)
def test_what_is_written_as_a_string_is_never_taken_for_a_path(around, text):
    meant = around.replace("{}", text)
    written = spelling.quote(meant)
    source = Source(f"wan 1\n\npipeline x {{\n    image = {written}\n}}\n")
    assert [one for one in judged(source) if "path" in one.name] == []
    assert spelling.text_parts(written) == ([meant] if meant else [])
    assert spelling.quoted(spelling.text_parts(written)) == written


@pytest.mark.parametrize(
    "written", [r'"wan2.\u{9}2_{size}.safetensors"', r'"C:\\a\u{22}b"', r'"a\u{D}b.png"']
)
def test_a_string_with_numbers_stays_as_it_is(written):
    text = f"wan 1\n\npipeline x {{\n    image = {written}\n}}\n"
    source = Source(text)
    tree, found = parse(source)
    assert not found
    assert print_file(tree) == text
