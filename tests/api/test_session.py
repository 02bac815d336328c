"""What a session finds after edits is what a fresh check of the same files finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from wan22dsl.api import compiler
from wan22dsl.api.session import Session
from wan22dsl.errors import UnreadableFile
from wan22dsl.language.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import CheckedGraph, Graph
    from wan22dsl.source import Span

EXAMPLES = ROOT / "examples"
TEXTS = {file: file.read_text(encoding="utf-8") for file in sorted(EXAMPLES.rglob("*.wan"))}

#: Pieces that make sense somewhere in a file.
PIECES = [
    *("", "\n", " ", "# a comment\n", "\n\n", "🟨", "5.0", "3", "81f", "4s", "none", "true", '"x"', '"', "}"),
    *("high", "low", "wan22.high", "wan22.low", "rife(times = 2)", " -> ", "save", "seed", "{seed}"),
    *("pipeline.seed", "cfg = 2.0\n", "seed = 1\n", "steps = 0..2 of 4\n", 'image = "a.png"\n'),
    "\nparam fresh: int\n",
    "\nlet extra = 1\n",
    "\nnode ImageScaleBy(image: IMAGE) -> IMAGE { fps = image.fps * 2 }\n",
    "\nuse wan22\n",
    '\nlora grain { file = "grain.safetensors" }\n',
    "\npass high = wan22.high(cfg = 2.0)\n",
    '\npipeline also { image = "a.png", prompt = "x", size = 832x480, length = 81f, flow = wan22.high }\n',
    '\npipeline of_another { flow = portrait -> save("again") }\n',
]  # fmt: skip


def place(span: Span | None) -> Any:
    return None if span is None else (span.source.path, span.start, span.end, span.text)


def finding(found: Diagnostic) -> Any:
    fix = found.fix
    edits = (
        () if fix is None else (fix.title, fix.safe, [(place(e.span), e.text) for e in fix.edits])
    )
    labels = [(place(label.span), label.text) for label in found.related]
    return found.code, found.severity, found.message, found.help, place(found.span), labels, edits


def graph(found: Graph) -> Any:
    nodes = [
        (
            *(
                node.id,
                node.class_name,
                node.inputs,
                node.title,
                node.mode,
                node.stage,
                node.stated,
            ),
            place(node.span),
            {name: place(span) for name, span in node.spans.items()},
            node.asset and node.asset._replace(span=None),
            node.asset and place(node.asset.span),
            node.own_files,
        )
        for node in found.nodes.values()
    ]
    return found.name, place(found.span), nodes


def graphs(checked: CheckedGraph) -> Any:
    return graph(checked.graph), checked.whole and graph(checked.whole)


def result(checked: compiler.Checked) -> Any:
    return (
        [finding(each) for each in checked.diagnostics],
        [finding(each) for each in checked.inputs],
        {name: graphs(each) for name, each in checked.graphs.items()},
    )


def same(session: Session, file: Path, values: dict[str, Any] | None = None) -> compiler.Checked:
    """Compares a check of the session with one that keeps nothing."""
    checked = session.check(file, values=values)
    fresh = compiler.check(file, values=values, workspace=session.workspace)
    assert result(checked) == result(fresh)
    return checked


@st.composite
def edited(draw: st.DrawFn, text: str) -> str:
    """A text with a piece of it taken out, doubled, moved or replaced, or a number of it changed."""
    way = draw(st.integers(0, 4))
    if way == 0:  # a line is doubled, left out, or moved
        lines = text.split("\n")
        at = draw(st.integers(0, len(lines) - 1))
        line = lines.pop(at)
        for _ in range(draw(st.integers(0, 2))):
            lines.insert(draw(st.integers(0, len(lines))), line)
        return "\n".join(lines)
    if way == 1:  # a digit differs
        digits = [at for at, sign in enumerate(text) if sign.isdigit()]
        at = draw(st.sampled_from(digits)) if digits else 0
        return text[:at] + str(draw(st.integers(0, 9))) + text[at + 1 :]
    if way == 2:  # something is put between two lines, or in front of everything
        ends = [0, *(at + 1 for at, sign in enumerate(text) if sign == "\n")]
        at = draw(st.sampled_from(ends))
        return text[:at] + draw(st.sampled_from(PIECES)) + text[at:]
    start = draw(st.integers(0, len(text)))
    end = min(len(text), start + draw(st.integers(0, 30)))
    return text[:start] + draw(st.sampled_from(PIECES)) + text[end:]


@settings(suppress_health_check=list(HealthCheck))
@given(st.data())
def test_after_edits_a_session_finds_what_a_fresh_check_finds(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(list(TEXTS)))
    session = Session()
    same(session, file)
    others = [each for each in TEXTS if each.parent == file.parent and each.parent.name == "house"]
    texts = dict(TEXTS)
    for _ in range(data.draw(st.integers(1, 5))):
        target = data.draw(st.sampled_from([file, file, *others]))
        back = data.draw(st.integers(0, 4)) == 0
        texts[target] = TEXTS[target] if back else data.draw(edited(texts[target]))
        session.workspace.open(target, texts[target])
        same(session, file)


MANY = "wan 1\nuse wan22\n\nparam seed: int = 42\n\npass high = wan22.high(cfg = 1.0)\n" + "".join(
    f'pipeline clip_{number} {{\n    image = "a_{number}.png"\n    prompt = "take {number}"\n'
    "    size = 832x480\n    length = 81f\n    seed = seed\n"
    f'    flow = high -> wan22.low -> save("clip_{number}")\n}}\n'
    for number in range(5)
)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    file = tmp_path / "many.wan"
    file.write_text(MANY, encoding="utf-8")
    session = Session()
    same(session, file)
    return session


def builds_of(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the pipelines that are built from now on."""
    from wan22dsl.graph import build

    names: list[str] = []
    plain = build._built_alone

    def noted(program: Any, name: str, catalogue: Any) -> Any:
        names.append(name)
        return plain(program, name, catalogue)

    monkeypatch.setattr(build, "_built_alone", noted)
    return names


@pytest.mark.parametrize(
    ("before", "after", "built"),
    [
        ("take 3", "take three, longer", [3]),
        ("wan 1\n", "wan 1\n# a comment that moves everything\n", []),
        ("int = 42", "int = 43", [0, 1, 2, 3, 4]),
        ("(cfg = 1.0)", "(cfg = 2.0)", [0, 1, 2, 3, 4]),
        ("pipeline clip_2 {", "# clip\npipeline clip_2 {", []),
    ],
)
def test_only_what_an_edit_can_have_changed_is_built_again(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    before: str, after: str, built: list[int],
) -> None:  # fmt: skip
    names = builds_of(monkeypatch)
    session.workspace.open(tmp_path / "many.wan", MANY.replace(before, after))
    session.check(tmp_path / "many.wan")
    assert names == [f"clip_{number}" for number in built]
    same(session, tmp_path / "many.wan")


def test_a_picture_that_comes_and_changes_is_seen(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "many.wan"
    (tmp_path / "a_1.png").write_bytes(b"no picture")
    first = same(session, file)
    assert [found.fields["where"] for found in first.inputs].count("next to the .wan file") == 1
    (tmp_path / "a_1.png").unlink()
    second = same(session, file)
    assert not [found for found in second.inputs if "beside" in str(found.fields["where"])]


def test_values_from_outside_are_part_of_what_is_kept(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "many.wan"
    for seed in ("1", "2", "2"):
        checked = same(session, file, {"seed": seed})
        nodes = checked.graphs["clip_0"].graph.nodes.values()
        assert int(seed) in {node.inputs.get("noise_seed") for node in nodes}


def test_a_used_file_that_is_open_and_unsaved_is_read(tmp_path: Path) -> None:
    (tmp_path / "wan.toml").touch()
    main, house = tmp_path / "main.wan", tmp_path / "house.wan"
    main.write_text('wan 1\nuse "house.wan" as house\n\nparam a: int = house.b\n')
    house.write_text("wan 1\n\nlet b = 1\n")
    session = Session()
    assert not same(session, main).diagnostics
    session.workspace.open(house, "wan 1\n\nlet c = 1\n")
    assert [found.name for found in same(session, main).diagnostics] == ["unknown-name"]
    session.workspace.close(house)
    assert not same(session, main).diagnostics


def test_a_file_that_is_open_need_not_be_on_disk(tmp_path: Path) -> None:
    (tmp_path / "wan.toml").touch()
    workspace = Workspace()
    workspace.open(tmp_path / "new.wan", 'wan 1\nuse "other.wan" as other\n\nlet a = other.b\n')
    workspace.open(tmp_path / "other.wan", "wan 1\n\nlet b = 1\n")
    assert not compiler.check(tmp_path / "new.wan", workspace=workspace).diagnostics
    with pytest.raises(UnreadableFile):
        compiler.check(tmp_path / "new.wan")
