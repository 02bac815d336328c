"""A file of the library that is read declaration by declaration says what the whole file says."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import ROOT
from wan22dsl.api import compiler
from wan22dsl.diagnostics import has_errors
from wan22dsl.language.program.library_module import LibraryModule
from wan22dsl.language.program.module import LIBRARY, Module
from wan22dsl.language.program.modules import library_module
from wan22dsl.language.program.resolve import resolve
from wan22dsl.language.syntax import parse
from wan22dsl.language.syntax.tree import Header
from wan22dsl.source import Source

FILES = sorted(file.stem for file in LIBRARY.glob("*.wan"))


def fresh(name: str) -> LibraryModule:
    """A module of which nothing has been read."""
    used = library_module(name)
    module = LibraryModule(name, used.source, used.standard)
    module.uses = used.uses
    return module


def read_whole(name: str) -> Module:
    """The same file, read and resolved as a file of a project is."""
    used = library_module(name)
    file, found = parse(used.source)
    assert not has_errors(found)
    module = Module(name, used.source, file, is_library=True, standard=used.standard)
    module.uses = used.uses
    assert not has_errors(resolve(module))
    return module


@pytest.mark.parametrize("name", FILES)
def test_every_declaration_is_that_of_the_whole_file(name):
    module, whole = fresh(name), read_whole(name)
    assert [*module.names] == [*whole.names]
    assert dict(module.names) == whole.names
    assert module.headers == [item for item in whole.file.declarations if isinstance(item, Header)]
    for key, declaration in whole.declarations.items():
        if declaration.kind != "use":
            assert module.declarations[key] == declaration._replace(module=module)


@pytest.mark.parametrize("name", FILES)
def test_what_needs_the_whole_file_is_there_when_it_is_asked_for(name):
    module, whole = fresh(name), read_whole(name)
    assert module.file == whole.file
    assert module.reads == whole.reads
    for mine, other in ((module.references, whole.references), (module.locals, whole.locals)):
        assert [str(item).replace(repr(whole), "") for item in other] == [
            str(item).replace(repr(module), "") for item in mine
        ]
    assert all(item.declaration.module is not whole for item in module.references)
    assert (module.asked, module.mentioned) == (whole.asked, whole.mentioned)
    for item in module.file.declarations:
        if not isinstance(item, Header):
            assert item is module.names[item.name.text]


@pytest.mark.parametrize("name", ["portrait", "two_loras", "long_video", "t2v", "vace"])
def test_checking_a_pipeline_reads_no_file_of_the_library_as_a_whole(name):
    library_module.cache_clear()
    assert compiler.check(ROOT / "examples" / f"{name}.wan").graphs
    for used in ("std", "wan22"):
        assert not {"file", "references"} & set(vars(library_module(used)))


def test_an_attribute_that_no_module_has_is_an_error():
    with pytest.raises(AttributeError, match="frobnicate"):
        fresh("std").frobnicate  # noqa: B018 - asking is the test


def test_threads_get_the_same_declarations():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            module = fresh("wan22")
            with ThreadPoolExecutor(8) as pool:
                found = [*pool.map(lambda _, module=module: [*module.names.values()], range(8))]
            assert all(
                mine is first
                for other in found
                for mine, first in zip(other, found[0], strict=True)
            )
    finally:
        sys.setswitchinterval(before)


def test_a_comment_of_several_lines_or_a_string_hides_no_declaration(tmp_path):
    text = 'wan 1\n\n# pass a = b\nlet first = """\n  pass no = 1\n"""\n\nlet second = 2\n'
    module = LibraryModule("own", Source(text, "own.wan"), None)
    assert [*module.names] == ["first", "second"]
    assert module.file == parse(Source(text, "own.wan"))[0]._replace(source=module.source)
