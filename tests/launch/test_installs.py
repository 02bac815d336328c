"""Which ComfyUI is meant, and on which Python it runs."""

from __future__ import annotations

import os
import re

import pytest

from tests.launch.conftest import VENV, comfyui, program
from wan22dsl.api.installs import install_of
from wan22dsl.errors import CommandError, WanError
from wan22dsl.launch import desktop, installs, interpreters

_NOT_ON_WINDOWS = pytest.mark.skipif(os.name == "nt", reason="its programs have other names")


def toml(path) -> str:
    """A path as a string of TOML."""
    return "'" + str(path) + "'"


def test_a_folder_has_a_version_and_the_python_of_its_virtual_environment(tmp_path):
    folder = comfyui(tmp_path / "Comfy UI ä")
    found = installs.find(str(folder))
    assert found.folder == str(folder)
    assert found.python == str(folder / "venv" / VENV), "the link itself, not where it leads"
    assert (found.version, found.found_by) == ("0.39.2", "`venv` in the folder")


@pytest.mark.parametrize("name", [".venv", "venv", "env"])
def test_a_virtual_environment_is_found_in_the_folder_and_beside_it(tmp_path, name):
    folder = comfyui(tmp_path / "ComfyUI", venv="")
    outside = program(tmp_path / name / VENV)
    assert installs.find(str(folder)).python == str(outside)
    inside = program(folder / name / VENV)
    assert installs.find(str(folder)).python == str(inside)


def test_the_portable_build_is_found_by_its_own_folder_and_by_that_of_comfyui(tmp_path):
    folder = comfyui(tmp_path / "ComfyUI", venv="")
    python = program(tmp_path / "python_embeded" / "python.exe")
    assert interpreters.python_of(str(folder), {}, is_windows=True) == (
        str(python),
        "portable build",
    )
    program(folder / "venv" / VENV)
    assert installs.find(str(tmp_path)).folder == str(folder)


def test_comfy_desktop_has_its_python_beside_the_code(tmp_path):
    folder = comfyui(tmp_path / "ComfyUI", venv="")
    python = program(tmp_path / "standalone-env" / "python.exe")
    found = interpreters.python_of(str(folder), {}, is_windows=True)
    assert found == (str(python), "Comfy Desktop")


def test_the_older_comfy_desktop_has_its_code_in_the_application(tmp_path):
    data = tmp_path / "Documents" / "ComfyUI"
    for name in (".venv", "models", "user"):
        (data / name).mkdir(parents=True)
    code = comfyui(tmp_path / "Programs" / "ComfyUI" / "resources" / "ComfyUI", venv="")
    environment = {"LOCALAPPDATA": str(tmp_path)}
    assert desktop.code_for(str(data), environment, platform="win32") == str(code)
    assert desktop.code_for(str(data), {}, platform="win32") is None
    (data / "user").rmdir()
    assert desktop.code_for(str(data), environment, platform="win32") is None


@_NOT_ON_WINDOWS
@pytest.mark.parametrize(
    ("variable", "program_name"), [("VIRTUAL_ENV", "python"), ("CONDA_PREFIX", "python3")]
)
def test_an_active_environment_counts_only_with_pytorch(tmp_path, variable, program_name):
    folder = comfyui(tmp_path / "a" / "ComfyUI", venv="")
    python = program(tmp_path / "active" / "bin" / program_name)
    environment = {variable: str(tmp_path / "active")}
    with pytest.raises(CommandError, match="no Python for this ComfyUI was found"):
        interpreters.python_of(str(folder), environment)
    (tmp_path / "active" / "lib" / "python3.13" / "site-packages" / "torch").mkdir(parents=True)
    assert interpreters.python_of(str(folder), environment).path == str(python)


def test_without_a_python_the_message_says_where_it_was_searched_and_what_to_do(tmp_path):
    folder = comfyui(tmp_path / "ComfyUI", venv="")
    with pytest.raises(CommandError) as caught:
        installs.find(str(folder))
    assert "python_embeded" in str(caught.value) and "--python EXE" in str(caught.value)


def test_a_python_may_be_named_by_a_path_a_folder_or_a_name(tmp_path, monkeypatch):
    folder = comfyui(tmp_path / "ComfyUI", venv="")
    python = program(tmp_path / "mine" / VENV)
    monkeypatch.chdir(tmp_path)
    for name in (str(python), f"mine/{VENV}", "mine"):
        assert installs.find(str(folder), name).python == str(python)
    monkeypatch.setenv("PATH", str(python.parent))
    assert installs.find(str(folder), python.name).python == str(python)


def test_a_name_is_never_a_program_of_the_current_folder(tmp_path, monkeypatch):
    folder = comfyui(tmp_path / "ComfyUI", venv="")
    theirs = program(tmp_path / "repository" / "python")
    program(tmp_path / "repository" / "python.exe")
    mine = program(tmp_path / "bin" / ("python.exe" if os.name == "nt" else "python"))
    monkeypatch.chdir(theirs.parent)
    monkeypatch.setenv("PATH", os.pathsep.join([str(mine.parent), str(theirs.parent)]))
    assert installs.find(str(folder), "python").python == str(mine)
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    with pytest.raises(CommandError, match="there is no program"):
        installs.find(str(folder), "python")


@pytest.mark.parametrize(
    ("named", "problem"),
    [("no-such-python", "there is no program"), ("x/python", "does not exist"),
     ("ComfyUI/main.py", "is not an executable file"), ("ComfyUI", "is a folder without a Python")],
)  # fmt: skip
@_NOT_ON_WINDOWS
def test_a_python_that_cannot_be_started_is_reported(tmp_path, monkeypatch, named, problem):
    comfyui(tmp_path / "ComfyUI", venv="")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=problem):
        installs.find("ComfyUI", named)


def test_a_folder_that_is_no_comfyui_is_reported(tmp_path):
    (tmp_path / "main.py").write_text("", encoding="utf-8")
    with pytest.raises(CommandError, match=r"is not ComfyUI: it has no main\.py next to"):
        installs.find(str(tmp_path))


# Names.


def test_two_installs_of_the_user_are_two_names(tmp_path, own_config):
    before, after = comfyui(tmp_path / "before", "0.33.0"), comfyui(tmp_path / "after")
    own_config(
        f"[comfyui.before]\nfolder = {toml(before)}\narguments = [\"--cpu\"]\n"
        f"[comfyui.after]\nfolder = {toml(after)}\n"
    )  # fmt: skip
    found = install_of("before")
    assert (found.name, found.version, found.arguments) == ("before", "0.33.0", ("--cpu",))
    assert install_of("after").folder == str(after)
    with pytest.raises(CommandError, match="several installs of ComfyUI are configured"):
        install_of()
    with pytest.raises(CommandError, match="Did you mean `after`"):
        install_of("aftr")


def test_without_a_name_the_users_only_install_is_taken_or_the_default(
    tmp_path, own_config, monkeypatch
):
    only, other = comfyui(tmp_path / "only"), comfyui(tmp_path / "other")
    own_config(f"[comfyui.mine]\nfolder = {toml(only)}\n")
    assert install_of().folder == str(only)
    own_config(
        f"[comfyui.mine]\nfolder = {toml(only)}\n[comfyui.default]\nfolder = {toml(other)}\n"
    )
    assert install_of().folder == str(other)
    monkeypatch.setenv("WAN_COMFYUI", "mine")
    assert install_of().folder == str(only)
    monkeypatch.setenv("WAN_COMFYUI", str(other))
    assert install_of().folder == str(other)


def test_without_any_install_the_message_has_the_lines_to_add(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match="no install of ComfyUI is named") as caught:
        install_of()
    assert '[comfyui.main]\nfolder = "/path/to/ComfyUI"' in str(caught.value)


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("comfyui = 3", "write an install as [comfyui.main]"),
        ("[comfyui]\nmain = 3", "write an install as [comfyui.main]"),
        ("[comfyui.main]", "`folder` is missing"),
        ("[comfyui.main]\nfolder = 3", "`folder` must be a path in quotes"),
        ('[comfyui.main]\nfolder = "x"\npython = ""', "`python` must be a path in quotes"),
        ('[comfyui.main]\nfolder = "x"\narguments = "--cpu"', "`arguments` must be a list"),
        ('[comfyui.main]\nfolder = "D:\\new"', "`folder` has a control character"),
        ('[comfyui.main]\nfolder = "x"\nargs = []', "unknown setting `args`"),
        ('[comfyui.main]\nfolder = "/no/such"', "[comfyui.main]: "),
        ("[projects]\nx = 3", "write a project as"),
        ('[projects."/x"]\nlaunch = "yes"', "`launch` must be true or false"),
        ('[projects."/x"]\nlaunc = true', "unknown setting `launc`"),
    ],
)
def test_mistakes_in_the_own_configuration_are_reported(
    tmp_path, monkeypatch, own_config, text, reported
):
    folder = comfyui(tmp_path / "it")
    (tmp_path / "wan.toml").write_text(f"[comfyui.it]\nfolder = {toml(folder)}\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    own_config(text)
    with pytest.raises(WanError, match=re.escape(reported)):
        install_of("it" if "projects" in text else None)


# What a project names.


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose configuration names an install in a folder of its own."""
    folder = comfyui(tmp_path / "project" / "tools" / "ComfyUI")
    (tmp_path / "project" / "wan.toml").write_text(
        '[comfyui.theirs]\nfolder = "tools/ComfyUI"\narguments = ["--cpu"]\n', "utf-8"
    )
    monkeypatch.chdir(tmp_path / "project")
    return folder


def test_an_install_of_a_project_is_never_taken_by_itself(project):
    with pytest.raises(CommandError, match=r"wan\.toml has `theirs`: --comfyui NAME"):
        install_of()


def test_an_install_of_a_project_needs_permission(project, own_config):
    with pytest.raises(CommandError, match="which you have not allowed") as caught:
        install_of("theirs")
    *_, table, setting = str(caught.value).splitlines()
    assert install_of("theirs", is_allowed=True).arguments == ("--cpu",)
    own_config(f"{table}\n{setting}\n")
    assert install_of("theirs").folder == str(project), "the lines of the message allow it"
    own_config(f"{table}\nlaunch = false\n")
    with pytest.raises(CommandError, match="which you have not allowed"):
        install_of("theirs")


def test_permission_for_one_project_is_none_for_another(project, own_config, tmp_path):
    for other in (tmp_path / "other", tmp_path, project):
        own_config(f"[projects.{toml(other)}]\nlaunch = true\n")
        with pytest.raises(CommandError, match="which you have not allowed"):
            install_of("theirs")
    own_config("[projects.'.']\nlaunch = true\n")
    with pytest.raises(CommandError, match="which you have not allowed"):
        install_of("theirs")


@pytest.mark.parametrize("key", ["folder", "python"])
@pytest.mark.parametrize("value", ["a\\u0000b", "x" * 5000, "\\u001b[31m", "~nobody-here/x", "."])
def test_a_path_that_cannot_be_one_is_reported(project, tmp_path, key, value):
    text = {"folder": "tools/ComfyUI", key: value}
    lines = [f'{name} = "{path}"' for name, path in text.items()]
    file = tmp_path / "project" / "wan.toml"
    file.write_text("\n".join(["[comfyui.theirs]", *lines, ""]), "utf-8")
    with pytest.raises(CommandError) as caught:
        install_of("theirs", is_allowed=True)
    assert "\0" not in str(caught.value) and "\x1b" not in str(caught.value)


def test_a_project_cannot_take_the_place_of_an_install_of_the_user(project, own_config, tmp_path):
    mine = comfyui(tmp_path / "mine")
    own_config(f"[comfyui.theirs]\nfolder = {toml(mine)}\n")
    assert install_of("theirs").folder == str(mine)


def test_a_project_may_not_name_a_network_share(project, tmp_path):
    (tmp_path / "project" / "wan.toml").write_text(
        "[comfyui.theirs]\nfolder = '\\\\evil\\share'\n", "utf-8"
    )
    with pytest.raises(CommandError, match="names a network share"):
        install_of("theirs", is_allowed=True)


def test_the_shared_file_may_have_installs_too(project, tmp_path):
    (tmp_path / "project" / "wan.toml").unlink()
    (tmp_path / "project" / "pyproject.toml").write_text(
        '[tool.wan.comfyui.theirs]\nfolder = "tools/ComfyUI"\n', "utf-8"
    )
    assert install_of("theirs", is_allowed=True).folder == str(project)


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("[comfyui.a]\npython = 'x'", "`folder` is missing here"),
        ("[comfyui.a]\nfolder = 'x'\nport = 3", "unknown setting `port`"),
        ("comfyui = 'x'", "`comfyui` must be a table of tables, such as [tool.wan.comfyui.NAME]"),
    ],
)
def test_mistakes_in_the_configuration_of_a_project_are_reported(project, wan, text, reported):
    wan.write("project/wan.toml", text)
    with pytest.raises(CommandError, match=re.escape(reported)):
        install_of("theirs", file=str(wan.folder / "project" / "a.wan"))
