"""Which files `wan lint` looks at."""

from __future__ import annotations

import json

import pytest

from tests.prompts import picture
from wan22dsl.api.files import gather, is_comfyui
from wan22dsl.errors import CommandError
from wan22dsl.lint.policy.config import Configs

PROMPT = json.dumps(picture())
WORKFLOW = '{"nodes": [], "links": [], "version": 0.4}'


def found(*paths: str, standard: str | None = None) -> list[str]:
    return [file.path for file in gather(paths, Configs(), b"", standard).files]


@pytest.fixture
def wan(wan):
    """A repository with files of all kinds."""
    for name in ("b/z.wan", "b/a.wan", "b/c/d.wan", "a.wan", "x[1].wan"):
        wan.write(name, "wan 1\n")
    for name in (".git/x.wan", ".hidden/x.wan", "node_modules/x.wan", "venv/x.wan", "b/.x.wan"):
        wan.write(name, "wan 1\n")
    wan.write("b/prompt.json", PROMPT).write("b/flow.json", WORKFLOW)
    return wan.write("b/package.json", '{"name": "x"}').write("b/notes.txt", "x")


def test_a_folder_stands_for_all_of_ours_below_it_sorted(wan):
    assert found("b") == ["b/a.wan", "b/c/d.wan", "b/flow.json", "b/prompt.json", "b/z.wan"]
    assert found(".")[:2] == ["a.wan", "b/a.wan"]


def test_each_file_is_taken_once_in_the_order_of_the_command(wan):
    assert found("b/z.wan", "b", "./b/z.wan", "a.wan")[:2] == ["b/z.wan", "b/a.wan"]
    assert len(found("b", "b/", "./b", str(wan.folder / "b"))) == 5


def test_a_pattern_that_no_shell_expanded_is_expanded(wan):
    assert found("b/*.wan") == ["b/a.wan", "b/z.wan"]
    assert found("**/*.wan") == ["a.wan", "b/a.wan", "b/c/d.wan", "b/z.wan", "node_modules/x.wan",
                                 "venv/x.wan", "x[1].wan"]  # fmt: skip
    assert found("x[1].wan") == ["x[1].wan"]
    assert found("b/*.json") == ["b/flow.json", "b/prompt.json"]
    with pytest.raises(CommandError, match=r"^c/\*\.wan: no file matches$"):
        found("c/*.wan")


def test_a_file_that_is_named_is_taken_whatever_it_is(wan):
    assert found("b/package.json", ".hidden/x.wan", "b/notes.txt") == [
        "b/package.json",
        ".hidden/x.wan",
        "b/notes.txt",
    ]


def test_folders_that_are_named_may_be_hidden(wan):
    assert found(".hidden", "venv") == [".hidden/x.wan", "venv/x.wan"]


def test_what_is_missing_is_told_and_the_rest_is_taken(wan):
    inputs = gather(["missing.wan", "a.wan"], Configs())
    assert [file.path for file in inputs.files] == ["a.wan"]
    (reported,) = inputs.unreadable
    assert reported.startswith("missing.wan: ")


def test_what_is_excluded_is_not_even_looked_into(wan):
    wan.write("wan.toml", 'exclude = ["b/c", "*.json", "z.wan"]\n')
    assert found("b") == ["b/a.wan"]
    inputs = gather(["b/z.wan"], Configs())
    assert (inputs.files, inputs.left_out) == (
        [],
        ["b/z.wan (`exclude` in the configuration)"],
    )


def test_a_configuration_further_in_excludes_too(wan):
    wan.write("b/c/wan.toml", 'exclude = ["d.wan"]\n')
    assert "b/c/d.wan" not in found(".")


def test_other_json_is_passed_over_in_folders_and_told_when_it_is_named(wan):
    assert wan("lint", "b").stdout.endswith(" in 5 files\n")
    result = wan("lint", "b/package.json")
    assert (result.status, result.stdout.startswith("error[WAN")) == (1, True)


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        (PROMPT, True),
        (WORKFLOW, True),
        ('{"nodes": [{"type": "A"}], "links": []}', True),
        ('{"1": {"class_type": "A", "inputs": {}', True),
        ('{"input": {"workflow": ' + PROMPT + "}}", True),
        ('{"input": {"workflow": ' + json.dumps(PROMPT) + "}}", True),
        ('[[1, "id", ' + PROMPT + ", {}, []]]", True),
        ('{"prompt": ' + PROMPT + ', "client_id": "x"}', True),
        ('{"data": {"nodes": [{"id": "a"}], "links": [{"source": "a"}]}}', False),
        ('{"prompt": {}, "text": "class_type"}', False),
        ('{"nodes": [{"widgets_values": [}', True),
        ('{"nodes": 1, "links": 2}', False),
        ('{"nodes": [{"id": "a"}], "links": [{"source": "a"}]}', False),
        ('["class_type"]', False),
        ('{"class_type": "A"}', False),
        ('{"nodes": [', False),
        ("", False),
        ("\xff", False),
    ],
)
def test_json_of_comfyui_is_known_by_its_form(text, ours):
    assert is_comfyui(text.encode("latin-1")) is ours


def test_links_to_folders_are_not_followed(wan):
    (wan.folder / "b" / "loop").symlink_to(wan.folder / "b", target_is_directory=True)
    assert len(found("b")) == 5
