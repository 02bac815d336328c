"""Every command judges by the target of the configuration, unless it is told another one."""

from __future__ import annotations

import pytest

#: NAGuidance came after 0.3.64.
CLIP = """\
wan 1
use wan22

stage nag(in model: MODEL) -> MODEL {
    out = NAGuidance(model = model, nag_scale = 5.0, nag_alpha = 0.5, nag_tau = 1.5)
}

pass all {
    model   = wan22.ti2v
    patches = nag()
    sampler = uni_pc/simple
    cfg     = 5.0
    steps   = 20
}

pipeline clip {
    image  = "start.png"
    prompt = "a harbour"
    size   = 1280x704
    length = 5s
    seed   = 1
    flow   = all -> save("clip")
}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "wan.toml").write_text('target = "0.3.64"\n', encoding="utf-8")
    (tmp_path / "clip.wan").write_text(CLIP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_compile_takes_the_target_of_the_configuration(wan, project):
    done = wan("compile", "clip.wan")
    assert "ComfyUI 0.3.64" in done.stderr
    assert done.status == 1


def test_the_option_goes_before_the_configuration(wan, project):
    done = wan("compile", "clip.wan", "--target", "0.33.0")
    assert (done.stderr, done.status) == ("", 0)


def test_the_configuration_of_the_files_folder_counts(wan, project, monkeypatch):
    folder = project / "other"
    folder.mkdir()
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    assert wan("compile", "../clip.wan").status == 1
    assert wan("compile", "-", stdin=CLIP).status == 0


def test_a_file_of_node_classes_lies_beside_the_configuration(wan, project):
    (project / "classes.json").write_text("[", encoding="utf-8")
    (project / "wan.toml").write_text('target = "classes.json"\n', encoding="utf-8")
    (project / "below").mkdir()
    (project / "below" / "clip.wan").write_text(CLIP, encoding="utf-8")
    done = wan("compile", "below/clip.wan")
    assert "classes.json" in done.stderr
    assert done.status == 2


@pytest.mark.parametrize(
    "words",
    [
        ("expand", "clip.wan"),
        ("describe", "clip.wan"),
        ("graph", "clip.wan"),
        ("diff", "clip.wan", "clip.wan"),
        ("import", "clip.json"),
        ("nodes", "list"),
        ("nodes", "show", "KSampler"),
        ("lint", "clip.wan"),
    ],
    ids=" ".join,
)
def test_every_command_reads_the_configuration(wan, project, words):
    (project / "clip.json").write_text("{}", encoding="utf-8")
    (project / "wan.toml").write_text('target = "0.99.9"\n', encoding="utf-8")
    done = wan(*words)
    assert "0.99.9" in done.stderr
    assert done.status == 2
