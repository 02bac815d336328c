"""Hints within the text: what is known, where it is, and nothing else."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from wan22dsl.editor import hints
from wan22dsl.editor.configuration import Hints
from wan22dsl.editor.project import Project, Settings

EXAMPLES = ROOT / "examples"
TEXT = (EXAMPLES / "portrait.wan").read_text("utf-8")


def with_hints(tmp_path, text, card="RTX 5090", shown=hints.ALL, start=0, end=None):
    """The text with its hints in «»."""
    project, file = Project(Settings(card=card)), tmp_path / "a.wan"
    project.open(file, text)
    found = hints.of(project.view(file), start, len(text) if end is None else end, shown)
    for hint in reversed(found):
        text = f"{text[: hint.offset]}«{hint.label}»{text[hint.offset :]}"
    return text


def test_the_portrait_shows_its_frames_and_its_hand_off(tmp_path):
    text = with_hints(tmp_path, TEXT, card=None)
    assert "length = 5s«81 frames»" in text
    assert "0..2 of 4«→ σ 0.833»" in text
    assert "steps = 2..4 of 4«σ 0.833 →»)" in text
    assert (
        "high -> low«832x1216, 81 frames at 16 fps» -> rife(times = 2)«161 frames at 32 fps» ->"
        in text
    )


def test_seconds_are_those_of_the_card_and_missing_without_one(tmp_path):
    only = Hints(frames=False, handoff=False, size=False)
    text = with_hints(tmp_path, TEXT, shown=only)
    assert "pass high {«69 s»" in text and "2..4 of 4)«69 s»" in text
    assert with_hints(tmp_path, TEXT, card=None, shown=only) == TEXT


@pytest.mark.parametrize("kind", Hints._fields)
def test_each_kind_can_be_switched_off(tmp_path, kind):
    project, file = Project(Settings(card="RTX 5090")), tmp_path / "a.wan"
    project.open(file, TEXT)
    view = project.view(file)
    assert kind in {hint.kind for hint in hints.of(view, 0, len(TEXT))}
    off = Hints()._replace(**{kind: False})
    assert kind not in {hint.kind for hint in hints.of(view, 0, len(TEXT), off)}


def test_only_what_is_visible_is_shown(tmp_path):
    start = TEXT.index("pipeline portrait")
    text = with_hints(tmp_path, TEXT, start=start)
    assert "«" not in text[:start] and "«81 frames»" in text


def test_a_hand_off_that_does_not_fit_shows_what_is_expected(tmp_path):
    text = with_hints(tmp_path, TEXT.replace("2..4 of 4)", "2..4 of 4, shift = 6.0)"))
    assert "0..2 of 4«→ σ 0.833»" in text
    assert "2..4 of 4«σ 0.857 → (16.7 % too little noise)»" in text


def test_frames_of_which_others_are_made_show_those(tmp_path):
    assert "length = 80f«77 frames»" in with_hints(tmp_path, TEXT.replace("5s", "80f"))
    assert "length = 81f\n" in with_hints(tmp_path, TEXT.replace("5s #", "81f\n    #"))


def test_what_differs_between_pipelines_is_not_shown(tmp_path):
    text = TEXT + "\npipeline shorter = portrait(length = 3s)\n"
    shown = with_hints(tmp_path, text, shown=Hints(handoff=False))
    assert "pass high {\n" in shown
    assert "length = 5s«81 frames»" in shown and "length = 3s«49 frames»" in shown
    assert "high -> low ->" in shown


def test_what_is_not_known_is_not_shown(tmp_path):
    text = TEXT.replace("832x1216", "param_that_is_not_there")
    shown = with_hints(tmp_path, text)
    assert "unknown" not in shown and "None" not in shown


@pytest.mark.parametrize("text", ["", "wan 1\n", "pass high {", TEXT[:500], TEXT[:-40], TEXT[40:]])
def test_broken_texts_have_the_hints_that_are_known(tmp_path, text):
    with_hints(tmp_path, text)


def test_json_has_no_hints(tmp_path):
    (tmp_path / "w.json").write_text("{}")
    assert hints.of(Project().view(tmp_path / "w.json"), 0, 2) == []


def test_each_hint_has_a_tooltip_that_explains_it():
    project = Project(Settings(card="RTX 5090"))
    for file in (EXAMPLES / "params.wan", EXAMPLES / "long_video.wan", EXAMPLES / "ti2v_5b.wan"):
        view = project.view(file)
        found = hints.of(view, 0, len(view.source.text))
        assert {hint.kind for hint in found} >= {"frames", "seconds", "size"}
        assert all(hint.tooltip and hint.label for hint in found)
        assert len({(hint.offset, hint.kind) for hint in found}) == len(found)
