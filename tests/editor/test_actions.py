"""What is offered about findings: fixes, all fixes, suppressions, and rules ignored."""

from __future__ import annotations

import pytest

from tests.checked import answers
from tests.conftest import ROOT
from wan22dsl.api.lint import lint_files
from wan22dsl.api.options import Options
from wan22dsl.editor.actions import fix_all, offered, suppressing
from wan22dsl.editor.actions.model import FIX_ALL, QUICK_FIX
from wan22dsl.editor.project import Project
from wan22dsl.language.syntax import print_file
from wan22dsl.language.syntax.parser import parse
from wan22dsl.lint.fixing import with_edits
from wan22dsl.lint.rules.cost import EXAMPLES_ON
from wan22dsl.source import Source

PORTRAIT = (ROOT / "examples" / "portrait.wan").read_text("utf-8")
MISTYPED = PORTRAIT.replace("lightx2v_high", "lightx2v_hihg")

ANSWERS = answers()
FIXED = {code: found for code, found in ANSWERS.items() if found is not None and found.fix}


def opened(folder, text, name="a.wan", project=None):
    project = project or Project()
    (folder / name).write_text(text, encoding="utf-8")
    project.open(folder / name, text)
    return project, project.view(folder / name)


def at(project, view, needle, **more):
    start = view.source.text.index(needle)
    return list(offered.at(project, view, start, start, **more))


def titles(actions):
    return [action.title for action in actions]


def after(view, action):
    return with_edits(view.source.text, action.edits)


def codes(view):
    return [(finding.code, finding.message) for finding in view.findings]


# --- fixes ---


def test_a_mistyped_lora_is_fixed_by_the_preferred_action(tmp_path):
    project, view = opened(tmp_path, MISTYPED)
    first, *others = at(project, view, "hihg")
    assert first.title == "Write `wan22.lightx2v_high`" and first.is_preferred
    assert after(view, first) == PORTRAIT
    assert not any(action.is_preferred for action in others)


def test_an_unsafe_fix_of_what_runs_is_marked_and_not_preferred(tmp_path):
    project, view = opened(tmp_path, PORTRAIT.replace("0..2 of 4", "0..3 of 4"))
    unsafe = [
        (finding, action)
        for finding in view.findings
        if finding.fix and not finding.fix.safe and not finding.is_error
        for action in offered.at(project, view, finding.span.start, finding.span.end)
        if action.edits == finding.fix.edits
    ]
    assert unsafe
    for _, action in unsafe:
        assert action.title.endswith("(may change the video)") and not action.is_preferred


def test_unasked_only_fixes_are_offered(tmp_path):
    project, view = opened(tmp_path, MISTYPED)
    assert titles(at(project, view, "hihg", asked=False)) == ["Write `wan22.lightx2v_high`"]
    assert not at(project, view, "hihg", only=("refactor",))
    assert not at(project, view, "portrait.png", asked=False)


# --- all fixes ---


@pytest.mark.parametrize("code", FIXED)
def test_all_safe_fixes_write_what_the_command_writes(code, tmp_path):
    found = FIXED[code]
    name = found.span.source.path if found.span else "a.wan"
    file = tmp_path / name
    file.write_bytes(found.kind.bad.encode("utf-8"))
    card = EXAMPLES_ON.get(code)
    project = Project()
    project.settings = project.settings._replace(card=card)
    project.open(file, found.kind.bad)
    view = project.view(file)
    made = with_edits(view.source.text, fix_all.edits(project, view))
    offer = list(offered.at(project, view, 0, 0, only=("source.fixAll",)))
    lint_files(file, Options(fix=True, cache=False, card=card))
    assert made == file.read_bytes().decode("utf-8").replace("\r\n", "\n")
    assert bool(offer) or made == view.source.text
    assert all(action.kind == FIX_ALL for action in offer)


def test_many_mistakes_at_once_are_fixed_as_the_command_fixes_them(tmp_path):
    text = PORTRAIT.replace("length =", "length :").replace("->", "=>").replace('"\n', '";\n')
    project, view = opened(tmp_path, text)
    edits = fix_all.edits(project, view)
    assert len(edits) > 3
    lint_files(tmp_path / "a.wan", Options(fix=True, cache=False))
    assert with_edits(text, edits) == (tmp_path / "a.wan").read_text("utf-8")


def test_all_of_a_kind_leaves_the_other_kinds(tmp_path):
    text = 'wan 1;\nlet a = "x";\nlet b = True\nlet c = False\n'
    project, view = opened(tmp_path, text)
    kinds = {finding.code for finding in view.findings if finding.fix}
    assert len(kinds) > 1
    (action,) = [each for each in at(project, view, ";") if each.title.startswith("Fix all n")]
    made = with_edits(text, fix_all.edits(project, view, action.later[1]))
    assert made == text.replace(";", "")


# --- suppressions ---


@pytest.mark.parametrize("code", ANSWERS)
def test_a_suppression_takes_its_finding_and_changes_nothing_else(code, tmp_path):
    found = ANSWERS[code]
    if found is None or found.span is None or not found.span.source.path.endswith(".wan"):
        return
    settings = Project().settings._replace(card=EXAMPLES_ON.get(code))
    view = opened(tmp_path, found.kind.bad, project=Project(settings))[1]
    for finding in view.findings:
        if finding.code == "WAN420":
            continue
        for action in suppressing.of_finding(view, finding):
            before = view.findings
            new = Source(after(view, action))
            left = opened(tmp_path, new.text, "b.wan", Project(settings))[1]
            same = [each for each in before if each.code == finding.code]
            if "here" in action.title:
                line = finding.span.first.line
                same = [each for each in same if each.span.first.line == line]
            kept = [(each.code, each.message) for each in before if each not in same]
            assert sorted(codes(left)) == sorted(kept), (action, left.source.text)


def test_a_name_is_put_to_a_comment_that_is_there(tmp_path):
    text = "wan 1\nlet a = nowhere # wan: allow(unused-name) for later\n"
    project, view = opened(tmp_path, text)
    (here,) = [each for each in at(project, view, "nowhere") if " here" in each.title]
    assert after(view, here) == text.replace("(unused-name", "(unused-name, unknown-name")


def test_the_comment_stays_where_it_is_when_the_file_is_formatted(tmp_path):
    project, view = opened(tmp_path, MISTYPED)
    for action in at(project, view, "hihg"):
        if action.title.startswith("Suppress"):
            made = after(view, action)
            assert print_file(parse(Source(made))[0]) == made


# --- the configuration ---


def ignored(folder, text, name="wan.toml", needle="hihg"):
    (folder / name).write_text(text, encoding="utf-8")
    project, view = opened(folder, MISTYPED)
    (action,) = [each for each in at(project, view, needle) if each.title.startswith("Ignore")]
    made = with_edits(text, action.edits)
    (folder / name).write_text(made, encoding="utf-8")
    project.disk_changed()
    left = project.view(folder / "a.wan")
    assert not left.problem and "WAN207" not in {finding.code for finding in left.findings}
    return made


def test_a_rule_is_put_to_those_that_are_ignored_and_comments_stay(tmp_path):
    text = (
        'strict = false # of us\nignore = [\n    "WAN605", # why\n]\n\n[severity]\nWAN7 = "note"\n'
    )
    assert ignored(tmp_path, text) == text.replace("# why\n", '# why\n    "unknown-name",\n')


def test_a_rule_is_ignored_above_the_first_table(tmp_path):
    made = ignored(tmp_path, '# house rules\n\n[severity]\nWAN7 = "note"\n')
    assert made == '# house rules\nignore = ["unknown-name"]\n\n[severity]\nWAN7 = "note"\n'


def test_a_rule_is_ignored_in_pyproject(tmp_path):
    text = '[project]\nname = "a"\n\n[tool.wan]\ncard = "RTX 4090"\n\n[tool.other]\n'
    made = ignored(tmp_path, text, "pyproject.toml")
    assert made == text.replace('4090"\n', '4090"\nignore = ["unknown-name"]\n')


def test_a_configuration_is_made_where_there_is_none(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "clips").mkdir()
    project, view = opened(tmp_path / "clips", MISTYPED)
    (action,) = [each for each in at(project, view, "hihg") if each.title.startswith("Ignore")]
    (edit,) = action.edits
    assert edit.span.source.file == tmp_path / "wan.toml"
    assert edit.text == 'ignore = ["unknown-name"]\n'


def test_a_rule_that_counts_all_the_same_is_not_offered_to_be_ignored(tmp_path):
    text = '[[per-file]]\nfiles = ["*.wan"]\nselect = ["all"]\n'
    (tmp_path / "wan.toml").write_text(text, encoding="utf-8")
    project, view = opened(tmp_path, MISTYPED)
    assert not [each for each in at(project, view, "hihg") if each.title.startswith("Ignore")]


# --- everywhere ---


def broken(text):
    """The text cut at many places, and with many of its characters left out."""
    for place in range(0, len(text), 37):
        yield text[:place]
        yield text[:place] + text[place + 3 :]


@pytest.mark.parametrize(
    "file", sorted((ROOT / "examples").glob("*.wan")), ids=lambda file: file.name
)
def test_every_place_of_every_example_is_answered(file, tmp_path):
    text = file.read_text("utf-8")
    project, view = opened(tmp_path, text, file.name)
    for start in range(0, len(text) + 1, 5):
        for action in offered.at(project, view, start, min(start + 40, len(text))):
            assert action.title and action.kind
    whole = list(offered.at(project, view, 0, len(text)))
    assert all(action.kind in (QUICK_FIX, FIX_ALL) for action in whole)


def test_broken_texts_are_answered_too(tmp_path):
    project = Project()
    for text in broken(MISTYPED):
        project.open(tmp_path / "a.wan", text)
        view = project.view(tmp_path / "a.wan")
        for action in offered.at(project, view, 0, len(text)):
            assert action.edits is None or all(edit.span.end <= len(text) for edit in action.edits)
