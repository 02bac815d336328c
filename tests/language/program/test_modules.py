"""Files that use each other: what is read, what is not, and what each may name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.findings import findings_of, places
from wan22dsl.api.compiler import check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOUSE = """\
wan 1
use wan22

param cfg: float = 1.0 in [1.0, 3.5]
let name = "clip"
lora _secret { file = "s.safetensors" }
pass high = wan22.high(cfg = cfg)
stage soft(in frames: IMAGE) -> IMAGE { out = frames -> scale(by = 0.5) }
"""

MAIN = """\
wan 1
use wan22
use "shared/house.wan" as house

pipeline p {
    image  = "a.png"
    prompt = "x"
    size   = 832x480
    length = 81f
    flow   = house.high -> wan22.low -> house.soft -> save(house.name)
}
"""

Files = dict[str, "str | bytes"]


@pytest.fixture
def project(tmp_path: Path) -> Callable[[Files], Path]:
    """Writes files into a project of its own; gives `main.wan`."""
    (tmp_path / "wan.toml").write_bytes(b"")

    def write(files: Files) -> Path:
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return tmp_path / "main.wan"

    return write


def using(*lines: str) -> Files:
    return {"main.wan": "wan 1\n" + "".join(f"{line}\n" for line in lines)}


def test_what_a_file_declares_is_reached_by_the_name_it_is_used_as(project: Any) -> None:
    main = project({"shared/house.wan": HOUSE, "main.wan": MAIN})
    checked = check(main)
    assert not checked.diagnostics
    assert (
        "soft.scale" in checked.graphs["p"].graph.nodes or "soft" in checked.graphs["p"].graph.nodes
    )


def test_the_parameters_of_a_used_file_are_set_by_its_name(project: Any) -> None:
    main = project({"shared/house.wan": HOUSE, "main.wan": MAIN})
    graph = check(main, values={"house.cfg": "3.5"}).graphs["p"].graph
    assert graph.nodes["high.sampler"].inputs["cfg"] == 3.5
    assert places(main, values={"house.cfg": "9.0"}) == ["WAN305 house.wan:4:7"]


def test_private_names_and_what_a_module_uses_are_not_passed_on(project: Any) -> None:
    lines = using('use "house.wan" as house', "let a = house._secret", "let b = house.wan22")
    assert places(project({"house.wan": HOUSE, **lines})) == [
        "WAN208 main.wan:3:9",
        "WAN207 main.wan:4:9",
    ]


def test_a_library_file_can_be_used_under_another_name(project: Any) -> None:
    assert not places(project(using("use wan22 as w", "pass a = w.high")))


def test_a_circle_of_files_is_told_with_its_path(project: Any) -> None:
    files = {
        "main.wan": 'wan 1\nuse "a.wan" as a\n',
        "a.wan": 'wan 1\nuse "b.wan" as b\n',
        "b.wan": 'wan 1\nuse "main.wan" as m\n',
    }
    (finding,) = findings_of(project(files))
    assert finding.code == "WAN216"
    assert "main.wan → a.wan → b.wan → main.wan" in finding.message


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../../etc/passwd", "leaves the project"),
        ("/etc/passwd", "leaves the project"),
        ("a\\\\b.wan", "leaves the project"),
        ("nope.wan", "no such file"),
        ("folder", "it is a folder"),
        ("", "it is a folder"),
        ("x\\u{0}y", "it is not a path"),
        ("bytes.wan", "is not UTF-8 text"),
    ],
)
def test_a_path_that_cannot_be_used_says_why(project: Any, path: str, reason: str) -> None:
    main = project({**using(f'use "{path}" as m'), "bytes.wan": b"wan 1\n\xff", "folder/x": ""})
    (finding,) = findings_of(main)
    assert finding.code == "WAN215"
    assert reason in finding.message


def test_a_link_that_leads_out_of_the_project_is_not_followed(project: Any, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}_outside.wan"
    outside.write_text("wan 1\n", encoding="utf-8")
    main = project(using('use "inside.wan" as m'))
    try:
        (tmp_path / "inside.wan").symlink_to(outside)
    except OSError:
        return  # Windows, without the right to make links
    assert places(main) == ["WAN215 main.wan:2:5"]


def test_a_file_that_two_others_use_is_read_once_and_its_mistake_told_once(project: Any) -> None:
    files = {
        **using('use "a.wan" as a', 'use "b.wan" as b', "let z = [a.x, b.x]"),
        "a.wan": 'wan 1\nuse "leaf.wan" as l\nlet x = l.x\n',
        "b.wan": 'wan 1\nuse "leaf.wan" as l\nlet x = l.x\n',
        "leaf.wan": "wan 1\nlet x = nothing_there\n",
    }
    assert places(project(files)) == ["WAN207 leaf.wan:2:9"]


def test_files_that_use_each_other_too_deeply_are_told(project: Any) -> None:
    files: Files = {f"c{at}.wan": f'wan 1\nuse "c{at + 1}.wan" as n\n' for at in range(120)}
    (finding,) = findings_of(
        project({**using('use "c0.wan" as c'), **files, "c120.wan": "wan 1\n"})
    )
    assert finding.code == "WAN215"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["use wan23"], ["WAN215 main.wan:2:5"]),
        (["use 4"], ["WAN215 main.wan:2:5"]),
        (['use "house.wan"'], ["WAN203 main.wan:2:1"]),
        (["let a = 1", "use wan22"], ["WAN203 main.wan:3:1"]),
        (["use wan22", "wan 1"], ["WAN203 main.wan:3:1"]),
        (["use wan22", "use wan22"], ["WAN205 main.wan:3:5"]),
        (["use wan22", "let wan22 = 1"], ["WAN205 main.wan:3:5"]),
        (["use wan22", "let a = wan22"], ["WAN207 main.wan:3:9"]),
        (["use wan22", "let a = wan22.i2v_hig"], ["WAN207 main.wan:3:9"]),
    ],
)
def test_a_mistake_in_a_use_line_is_told_once(
    project: Any, lines: list[str], expected: list[str]
) -> None:
    assert places(project({"house.wan": HOUSE, **using(*lines)})) == expected


@pytest.mark.parametrize(
    "line", ["use => wan22", "use => as b", 'use "house.wan" as =>', "wan => 1"]
)
def test_a_line_that_cannot_be_read_is_left_to_the_syntax(project: Any, line: str) -> None:
    header = "" if line.startswith("wan") else "wan 1\n"
    reported = places(project({"house.wan": HOUSE, "main.wan": f"{header}{line}\n"}))
    assert {each.split()[0] for each in reported} <= {"WAN101", "WAN115", "WAN148"} and reported
