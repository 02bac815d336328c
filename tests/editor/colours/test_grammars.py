"""Files for editors: they have every word of the language, and their snippets are right."""

from __future__ import annotations

import json
import re

import pytest

from docs.pages.grammars import files, scopes, snippets
from tests.markdown import ROOT
from wan22dsl.api import compiler
from wan22dsl.editor.colours import words
from wan22dsl.editor.colours.rules import IN_STRINGS, KINDS, rules
from wan22dsl.report.text import render
from wan22dsl.source import Source

EDITORS = ROOT / "editors"
WRITTEN = dict(files())

#: What a snippet needs around it to mean something.
AROUND = """\
wan 1
use wan22

profile card { card = "RTX 4090" }

pipeline clip {
    image  = "portrait.png"
    prompt = "She turns to the camera and smiles"
    size   = 832x1216
    length = 5s
    flow   = wan22.high -> wan22.low -> save("clip")
}

"""


def test_every_kind_of_stretch_has_a_name_in_themes_and_is_made_by_a_rule():
    assert set(scopes.SCOPES) == set(KINDS)
    made = {kind for rule in (*rules(), *IN_STRINGS) for kind in (rule.kind, *rule.kinds)}
    assert made - {None} == set(KINDS)


def test_every_rule_has_as_many_kinds_as_groups():
    for rule in (*rules(), *IN_STRINGS):
        assert re.compile(rule.pattern).groups == len(rule.kinds), rule


@pytest.mark.parametrize("name", [name for name in WRITTEN if "snippets" not in name])
def test_each_editor_knows_every_word(name):
    text = WRITTEN[name]
    asked = [*words.kinds(), *words.types(), *words.stages(), *words.CONSTANTS]
    assert not [word for word in asked if not re.search(rf"\b{word}\b", text)]


@pytest.mark.parametrize("word", snippets.declarations())
def test_a_snippet_that_is_left_as_it_is_lints_clean(word):
    text = snippets.filled(snippets.declarations()[word])
    assert not re.search(r"\$\{\d", text)
    if word == "bench":
        text = text.replace("portrait", "clip").replace("[desktop]", "[card]")
    found = compiler.check(Source(f"{AROUND}{text}\n", "a.wan")).diagnostics
    assert not [each for each in found if each.is_error], render(found)


def test_a_snippet_of_a_file_is_the_template():
    read = json.loads(WRITTEN["vscode/snippets/wan.json"])
    body = "\n".join(read["new file: portrait"]["body"]).replace("\\$", "$").replace("\\\\", "\\")
    template = ROOT / "wan22dsl" / "cli" / "templates" / "portrait.wan"
    assert f"{body}\n" == template.read_text(encoding="utf-8")


def test_the_extension_names_only_files_that_are_there():
    manifest = json.loads((EDITORS / "vscode" / "package.json").read_text(encoding="utf-8"))
    language = manifest["contributes"]["languages"][0]
    named = [
        manifest["icon"],
        language["configuration"],
        *language["icon"].values(),
        *(each["path"] for each in manifest["contributes"]["grammars"]),
        *(each["path"] for each in manifest["contributes"]["snippets"]),
    ]
    assert not [name for name in named if not (EDITORS / "vscode" / name).is_file()]


def test_the_extension_brings_every_command_that_it_names():
    manifest = json.loads((EDITORS / "vscode" / "package.json").read_text(encoding="utf-8"))
    named = {each["command"] for each in manifest["contributes"]["commands"]}
    source = (EDITORS / "vscode" / "src" / "extension.ts").read_text(encoding="utf-8")
    assert named <= set(re.findall(r'"(wan\.ui\.\w+)"', source))


def test_packages_of_the_extension_come_from_no_other_place_than_the_registry():
    lock = json.loads((EDITORS / "vscode" / "package-lock.json").read_text(encoding="utf-8"))
    places = {each.get("resolved", "") for each in lock["packages"].values()}
    assert not [each for each in places if each and "//registry.npmjs.org/" not in each]
