"""`wan diff`: what differs in meaning, in words, as JSON, and for git."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.importing.user_workflow import prompt, with_one_more_patch
from tests.prompts import LOW, changed, node
from wan22dsl.formats.prompt import dump
from wan22dsl.server.media.drawing import Clip
from wan22dsl.server.media.video import video

TEXT = """\
wan 1
use wan22

pass high = wan22.high(cfg = 3.5)

pipeline shot {
    image  = "a.png"
    prompt = "She smiles"
    size   = 832x480
    length = 81f
    seed   = 7
    flow   = high -> wan22.low -> rife(times = 2) -> save("shot")
}
"""

CHANGES = {
    "cfg = 3.5": ("cfg = 1.0", ["pass high: cfg 3.5 → 1.0"]),
    '"She smiles"': ('"He waves"', ['both passes: prompt "She smiles" → "He waves"']),
    "832x480": ("480x832", ["both passes: size 832x480 → 480x832"]),
    "81f": ("49f", ["both passes: length 81f → 49f"]),
    "seed   = 7": ("seed   = 8", ["pass high: seed 7 → 8"]),
    "times = 2": ("times = 3", ["rife: times 2 → 3", "save: fps 32 → 48"]),
    '"a.png"': ('"b.png"', ['both passes: start_image "a.png" → "b.png"']),
    ' -> save("shot")': (
        ' -> scale(by = 0.5) -> save("shot")',
        ['scale was added: scale(by = 0.5, method = "lanczos"), after rife'],
    ),
    "wan22.low ->": (
        "wan22.low(shift = 6.0, patches = sage) ->",
        [
            'pass low: patches none → PathchSageAttentionKJ(sage_attention = "auto")',
            "pass low: shift 5.0 → 6.0",
        ],
    ),
    "wan22.low -> ": ("", [f"pass low was removed: model {LOW}, steps 2..4 of 4, cfg 1.0"]),
}  # fmt: skip


@pytest.mark.parametrize("old", CHANGES)
def test_a_change_of_the_text_is_told_in_words(wan, old):
    new, reported = CHANGES[old]
    wan.write("a.wan", TEXT).write("b.wan", TEXT.replace(old, new))
    result = wan("diff", "a.wan", "b.wan")
    assert result.status == 1 and result.stderr == ""
    assert set(reported) <= set(result.stdout.splitlines())


def test_the_same_in_other_words_is_the_same(wan):
    other = TEXT.replace("length = 81f", "length = 5s").replace("high", "first")
    wan.write("a.wan", TEXT).write("b.wan", other.replace("wan22.first", "wan22.high"))
    wan("diff", "a.wan", "b.wan").gives(stdout="the same\n")


def test_kinds_of_files_are_mixed(wan):
    wan.write("a.wan", TEXT)
    wan("compile", "a.wan", "-o", "a.json")
    wan.write("a.mp4", video(Clip(64, 96, 3, 16.0, "0f"), "mp4", {"prompt": wan.read("a.json")}))
    for other in ("a.json", "a.mp4"):
        wan("diff", "a.wan", other).gives(stdout="the same\n")
    assert wan("diff", "-", "a.json", stdin=TEXT).status == 0


def test_a_default_that_is_written_is_no_difference(wan):
    made = prompt()
    wan.write("a.json", dump(made)).write("b.json", dump(changed(made, "video", bit_depth=8)))
    wan("diff", "a.json", "b.json").gives(stdout="the same\n")


def test_json_says_the_same(wan):
    wan.write("a.wan", TEXT).write("b.wan", TEXT.replace("cfg = 3.5", "cfg = 1.0"))
    result = wan("diff", "--json", "a.wan", "b.wan")
    assert result.status == 1
    assert json.loads(result.stdout) == {
        "same": False,
        "differences": [
            {
                "pipeline": "shot",
                "kind": "changed",
                "where": "pass high",
                "what": "cfg",
                "before": "3.5",
                "after": "1.0",
                "text": "pass high: cfg 3.5 → 1.0",
            }
        ],
    }


def test_prompts_differ_by_a_patch_in_both_passes(wan):
    wan.write("a.json", dump(prompt())).write("b.json", dump(with_one_more_patch(prompt())))
    (line,) = wan("diff", "a.json", "b.json").stdout.splitlines()
    assert line.startswith("both passes: patches Pathch") and "→ CFGZeroStar()" in line


def test_another_link_alone_is_told(wan):
    made = {
        "1": node("LoadImage", image="a.png"),
        "2": node("ImageInvert", image=("1", 0)),
        "3": node("ImageBatch", image1=("1", 0), image2=("2", 0)),
        "4": node("SaveImage", images=("3", 0), filename_prefix="x"),
    }
    other = changed(made, "3", image1=("2", 0), image2=("1", 0))
    wan.write("a.json", dump(made)).write("b.json", dump(other))
    result = wan("diff", "a.json", "b.json")
    assert result.status == 1 and result.stdout != "the same\n"


def test_pipelines_of_a_file_are_compared_by_name(wan):
    more = TEXT + '\npipeline second = shot(seed = 9, flow = high -> save("second"))\n'
    wan.write("a.wan", TEXT).write("b.wan", more)
    assert wan("diff", "a.wan", "b.wan").stdout == "the pipeline second was added\n"
    wan("diff", "a.wan", "b.wan", "--pipeline", "shot").gives(stdout="the same\n")
    assert wan("diff", "a.wan", "b.wan", "--pipeline", "gone").status == 2


def test_what_cannot_be_compared_ends_with_2(wan):
    wan.write("a.wan", TEXT).write("bad.wan", TEXT.replace("high ->", "hihg ->"))
    result = wan("diff", "a.wan", "bad.wan")
    assert result.status == 2 and "WAN207" in result.stderr and result.stdout == ""
    assert wan("diff", "a.wan").status == 2
    assert wan("diff", "a.wan", "gone.wan").status == 2


def test_git_shows_it(wan):
    """As the documentation has it: an attribute, and a command in the configuration."""

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *words],
            cwd=wan.folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
            env={**__import__("os").environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        )
        return done.stdout

    git("init", "-q")
    git("config", "diff.wan.command", f'"{sys.executable}" -m wan22dsl diff --git')
    wan.write(".gitattributes", "*.wan diff=wan\n").write("a.wan", TEXT)
    git("add", ".")
    git("commit", "-q", "-m", "first")
    wan.write("a.wan", TEXT.replace("cfg = 3.5", "cfg = 1.0"))
    assert git("diff").splitlines() == ["diff of a.wan", "  pass high: cfg 3.5 → 1.0"]
    wan.write("a.wan", TEXT.replace("high ->", "hihg ->"))
    assert "WAN207" in git("diff")
    assert "the pipeline shot was added" in git("log", "-p", "--ext-diff")


@pytest.mark.parametrize(
    "before",
    [{}, {"crf": 19}],
)
def test_a_setting_that_is_not_written_has_its_default(wan, tmp_path, before):
    for name, more in (("a", before), ("b", {"crf": 30})):
        settings = {"frame_rate": 16, "loop_count": 0, "filename_prefix": "x", "pingpong": False}
        inputs = {"images": ["1", 0], **settings, "format": "video/h264-mp4", "save_output": True}
        nodes = {
            "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
            "2": {"class_type": "VHS_VideoCombine", "inputs": {**inputs, **more}},
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(nodes), encoding="utf-8")
    result = wan("diff", str(tmp_path / "a.json"), str(tmp_path / "b.json"))
    assert result.stdout == "#2 (VHS_VideoCombine): crf 19 → 30\n"
