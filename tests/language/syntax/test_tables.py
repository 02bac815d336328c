"""The tables are those of the grammar."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.conftest import ROOT
from wan22dsl.language.syntax import machine, tables
from wan22dsl.language.syntax.tree import Name
from wan22dsl.resources import grammar


def test_the_stored_tables_are_fresh():
    assert tables.is_fresh(), "python -m wan22dsl.language.syntax.tables writes them anew"


def test_writing_them_gives_the_same_file_whatever_order_sets_have(tmp_path):
    written = tmp_path / "tables.json"
    load = "import pathlib; from wan22dsl.language.syntax import tables"
    code = f"{load}; tables.write(pathlib.Path({str(written)!r}))"
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment)
        assert tables.is_fresh(written)


def test_a_grammar_that_was_changed_is_compiled_in_memory(tmp_path, monkeypatch):
    changed = tmp_path / "wan.lark"
    changed.write_text(grammar().replace("let(?=", "name(?="), encoding="utf-8")
    monkeypatch.setattr(tables, "_GRAMMAR", changed)
    assert any("name(?=" in pattern for pattern in tables.load().terminals)


def test_an_installation_without_a_checkout_takes_the_stored_tables(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_GRAMMAR", tmp_path / "none")
    assert tables.load() == tables.compile_grammar(grammar().encode())


def test_reading_does_not_import_lark():
    code = (
        "import sys; from wan22dsl.source import Source; from wan22dsl.language.syntax import parse;"
        "parse(Source('wan 1')); parse(Source('oh (')); print('lark' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == ["False"]


def test_a_machine_can_be_built_from_any_tables():
    engine = machine.build(tables.compile_grammar(grammar().encode()))
    assert engine.symbols == machine.machine().symbols
    assert machine.run("high", "value") == Name("high", 0, 4)
