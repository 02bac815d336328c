"""Comments are found, and some of them are documentation."""

from __future__ import annotations

from hypothesis import given

from tests.language.syntax.samples import SAMPLES
from tests.language.syntax.strategies import COMMENTS, files
from wan22dsl.language.syntax import doc_of, file_doc, parse
from wan22dsl.source import Source

TEXT = """\
# What the file is about.
#
# More of it.
wan 1
use wan22 # the library

# Not this: a blank line follows.

# The first line.
## The second.
# wan: ignore WAN301
#Third.
let a = "# no comment"  # behind it
let b = `# none`(x = 1)

let c = f( # one
    # two
    1 # three
)
# four"""


def test_every_comment_is_found_where_it_stands():
    file, diagnostics = parse(Source(TEXT))
    assert not diagnostics
    found = [TEXT[start:end] for start, end in file.comments]
    assert found[3:6] == ["# the library", "# Not this: a blank line follows.", "# The first line."]
    assert found[-5:] == ["# behind it", "# one", "# two", "# three", "# four"]
    assert list(file.comments) == sorted(file.comments)


def test_comments_are_found_in_a_file_with_mistakes_too():
    right, _ = parse(Source(TEXT))
    wrong, diagnostics = parse(Source(TEXT + "\nlet ="))
    assert diagnostics
    assert wrong.comments == right.comments


@given(files())
def test_every_comment_of_a_file_is_one(text):
    file, _ = parse(Source(text))
    known = {*COMMENTS, "# the start", "# the end"}
    assert all(file.source.text[start:end].rstrip() in known for start, end in file.comments)


def test_the_lines_directly_above_a_declaration_are_its_documentation():
    file, _ = parse(Source(TEXT))
    docs = {one.name.text: doc_of(file, one) for one in file.declarations if hasattr(one, "name")}
    assert docs == {"a": "The first line.\nThe second.\nThird.", "b": "", "c": ""}


def test_the_lines_above_the_version_are_about_the_file():
    file, _ = parse(Source(TEXT))
    assert file_doc(file) == "What the file is about.\n\nMore of it."
    assert file_doc(parse(Source("let a = 1"))[0]) == ""
    assert file_doc(parse(Source(SAMPLES["stages"]))[0]) == "Stages.\n\nThe second paragraph."
