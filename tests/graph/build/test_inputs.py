"""A file beside the `.wan` file is the user's own; every other name is the server's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.api.compiler import check, compile, expand
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, text: str, *files: str) -> Path:
    for one in files:
        file = folder / one
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"a picture")
    main = folder / "main.wan"
    main.write_text("wan 1\nuse wan22\n" + text, encoding="utf-8")
    return main


def graph(*names: str) -> str:
    lines = [f'    PreviewImage(images = LoadImage(image = "{name}").IMAGE)' for name in names]
    return "\n".join(["graph g {", *lines, "}"])


def images(main: Path | Source) -> list[str]:
    compiled = compile(main)
    assert compiled.prompt is not None, compiled.diagnostics
    loads = [node for node in compiled.prompt.values() if node["class_type"] == "LoadImage"]
    return [loaded["inputs"]["image"] for loaded in loads]


def own_files(main: Path) -> dict[str, Path]:
    compiled = compile(main)
    assert compiled.graph is not None, compiled.diagnostics
    nodes = compiled.graph.graph.nodes.values()
    return {own.written: own.file for node in nodes for own in node.own_files.values()}


def test_a_file_in_a_folder_beside_it_has_its_bare_name_in_the_json(tmp_path):
    main = write(tmp_path, graph("pictures/start.png"), "pictures/start.png")
    assert images(main) == ["start.png"]
    assert own_files(main) == {"pictures/start.png": tmp_path / "pictures" / "start.png"}


def test_a_name_that_is_not_beside_it_is_left_to_the_server(tmp_path):
    main = write(tmp_path, graph("pictures/start.png"))
    assert images(main) == ["pictures/start.png"]
    assert own_files(main) == {}


def test_nothing_outside_of_the_folder_is_taken(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret.png").write_bytes(b"a picture")
    main = write(inner, graph("../secret.png"))
    assert own_files(main) == {}


def test_a_text_that_is_no_file_on_disk_has_nothing_beside_it():
    text = "wan 1\n" + graph("start.png")
    assert images(Source(text, "<stdin>")) == ["start.png"]


def test_what_a_used_file_names_lies_beside_the_main_file(tmp_path):
    (tmp_path / "wan.toml").touch()
    shown = "    PreviewImage(images = LoadImage(image = house.logo).IMAGE)"
    use = 'use "house/parts.wan" as house\n'
    main = write(tmp_path, f"{use}graph g {{\n{shown}\n}}", "house/logo.png", "logo.png")
    shared = 'wan 1\nlet logo = "logo.png"\n'
    (tmp_path / "house" / "parts.wan").write_text(shared, encoding="utf-8")
    assert own_files(main) == {"logo.png": tmp_path / "logo.png"}


def test_two_files_of_one_name_are_told(tmp_path):
    main = write(tmp_path, graph("a/x.png", "b/x.png"), "a/x.png", "b/x.png")
    assert [finding.code for finding in compile(main).diagnostics] == ["WAN417"]


def test_the_same_file_twice_is_one_file(tmp_path):
    main = write(tmp_path, graph("a/x.png", "./a/x.png"), "a/x.png")
    assert set(images(main)) == {"x.png"}


def test_the_expanded_text_names_the_file_as_it_was_written(tmp_path):
    main = write(tmp_path, graph("a/x.png"), "a/x.png")
    text, _ = expand(main)
    assert text is not None and '"a/x.png"' in text
    main.write_text(text, encoding="utf-8")
    assert images(main) == ["x.png"]


def test_where_each_input_file_is_can_be_asked(tmp_path):
    main = write(tmp_path, graph("a/x.png", "y.png"), "a/x.png")
    reported = [
        (input_.code, input_.message, input_.span.first.line) for input_ in check(main).inputs
    ]
    assert reported == [
        ("WAN420", "`a/x.png` is a file next to the .wan file", 4),
        ("WAN420", "`y.png` is a file in the server's input folder", 5),
    ]
    assert "WAN420" not in [finding.code for finding in check(main).diagnostics]
