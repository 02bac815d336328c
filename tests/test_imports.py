"""Starting is quick because little is imported. What is imported is counted, not timed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import wan22dsl
from wan22dsl.cli import COMMANDS, main, module_of
from wan22dsl.lint.rules import LISTED, subjects

ROOT = Path(__file__).parent.parent
PORTRAIT = "examples/portrait.wan"

SLOW = {"typer", "click", "rich", "pydantic", "jsonschema", "networkx", "lark", "numpy"}
SLOW |= {"cv2", "av", "PIL"}


def imported(code: str) -> set[str]:
    """The modules that a fresh interpreter has when it has run the code."""
    script = f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines()[-1].split())


def called(*words: str) -> set[str]:
    """The modules that are there when `wan` has done its work."""
    return imported(f"from wan22dsl.cli import main\nassert main({list(words)!r}) == 0")


def test_importing_the_package_imports_nothing_else_of_it():
    found = {each for each in imported("import wan22dsl") if each.split(".")[0] == "wan22dsl"}
    assert found == {"wan22dsl"}


@pytest.mark.parametrize(
    "words",
    [
        ("lint", PORTRAIT),
        ("compile", PORTRAIT),
        ("fmt", "--check", PORTRAIT),
        ("expand", PORTRAIT),
        ("describe", PORTRAIT),
        ("new", "-"),
        ("schema", "prompt"),
        ("explain",),
        ("--help",),
        ("--version",),
    ],
    ids=" ".join,
)
def test_a_command_imports_nothing_slow(words):
    roots = {each.split(".")[0] for each in called(*words)}
    assert not roots & SLOW


@pytest.mark.parametrize("command", ["lint", "compile", "describe"])
def test_what_asks_no_server_imports_no_network(command):
    assert not called(command, PORTRAIT) & {"socket", "http.client", "wan22dsl.network.http"}


@pytest.mark.parametrize("command", ["lint", "compile"])
def test_what_judges_a_file_does_without_dataclasses(command):
    assert not called(command, PORTRAIT) & {"dataclasses", "inspect"}


def test_what_judges_json_imports_nothing_of_the_language(tmp_path):
    prompt = tmp_path / "portrait.json"
    assert main(["compile", str(ROOT / PORTRAIT), "-o", str(prompt)]) == 0
    found = called("lint", "--no-cache", str(prompt))
    language = ("wan22dsl.language.program", "wan22dsl.language.syntax", "wan22dsl.graph.build")
    assert not {name for name in found if name.startswith(language)}


def test_what_judges_json_imports_no_pathlib_and_with_it_no_parser_of_addresses(tmp_path):
    prompt = tmp_path / "portrait.json"
    assert main(["compile", str(ROOT / PORTRAIT), "-o", str(prompt)]) == 0
    words = ["lint", "--no-cache", str(prompt)]
    code = f"from wan22dsl.cli import main\nbefore = set(sys.modules)\nassert main({words!r}) == 0"
    later = "'pathlib', 'urllib.parse', 'ipaddress'"
    imported(f"{code}\nassert not {{{later}}} & (set(sys.modules) - before)")


def test_what_lints_a_file_does_without_openssl():
    assert not called("lint", "--no-cache", PORTRAIT) & {"hashlib", "_hashlib"}


def test_schedules_by_link_and_targets_are_imported_for_those_only():
    parts = {"graph.passes.linked_schedules", "graph.passes.wrapper_sigmas", "graph.build.targets"}
    assert not called("lint", "--no-cache", PORTRAIT) & {f"wan22dsl.{name}" for name in parts}


def test_rules_are_imported_for_what_is_in_a_graph():
    found = called("lint", "--no-cache", PORTRAIT)
    rules = {listing.file: f"wan22dsl.lint.rules.{listing.file}" in found for listing in LISTED}
    assert rules["experts.lora_strength_off"]
    absent = {subjects.card, subjects.inexact_handoffs, subjects.odd_constants, subjects.loops}
    absent |= {subjects.unknown_classes, subjects.missing_inputs, subjects.unused}
    without = {each.file for each in LISTED if each.subject in absent}
    # What a distilled LoRA that is not used means for a pass, other rules have to know.
    assert {file for file in without if rules[file]} <= {"experts.lora_not_used"}


def test_no_pack_is_imported_for_a_class_of_comfyui_of_which_nothing_is_known():
    modules = imported(
        "from wan22dsl.comfyui.nodes import record_of; record_of('CLIPVisionEncode')"
    )
    assert not [name for name in modules if name.startswith("wan22dsl.comfyui.nodes.packs.")]


def test_readers_of_videos_and_latents_are_imported_for_those_only():
    readers = {f"wan22dsl.comfyui.nodes.{name}" for name in ("media", "latents_saved", "pictures")}
    assert not called("lint", "--no-cache", PORTRAIT) & readers


@pytest.mark.parametrize("words", [("run", "--help"), ("quality", "--help"), ("runs", "list")])
def test_measuring_videos_is_imported_where_a_video_is_measured(words):
    code = f"from wan22dsl.cli import main\ntry: main({list(words)!r})\nexcept SystemExit: pass"
    roots = {each.split(".")[0] for each in imported(code)}
    assert not roots & {"cv2", "numpy", "av", "PIL"}


def test_what_reads_launchers_is_imported_for_those_only():
    found = called("lint", "--no-cache", PORTRAIT)
    assert not {name for name in found if name.startswith("wan22dsl.comfyui.starting.")} - {
        "wan22dsl.comfyui.starting.launchers",
        "wan22dsl.comfyui.starting.launchers.kinds",
    }


def ended(code: str) -> subprocess.CompletedProcess[str]:
    """A process that runs a command line, in which an exit handler prints `taken apart`."""
    script = "import atexit, sys\natexit.register(print, 'taken apart')\n"
    script += f"from wan22dsl.cli import main\n{code}\nsys.exit(main())"
    command = [sys.executable, "-c", script, "lint", "no_such.wan"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_process_that_nothing_waits_for_is_not_taken_apart():
    done = ended("")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no_such.wan" in done.stderr


@pytest.mark.parametrize("waits", ["import threading", "sys.setprofile(lambda *_: None)"])
def test_threads_and_profilers_are_waited_for(waits):
    done = ended(waits)
    assert (done.returncode, done.stdout) == (2, "taken apart\n")


def test_a_pack_is_imported_when_a_node_of_it_is_there():
    found = called("lint", "--no-cache", PORTRAIT)
    packs = {name for name in found if name.startswith("wan22dsl.comfyui.nodes.packs.")}
    assert packs == {"wan22dsl.comfyui.nodes.packs.frame_interpolation"}


@pytest.mark.parametrize("command", ["lint", "compile", "fmt"])
def test_only_the_command_that_is_called_is_imported(command):
    found = called(command, *(["--check"] if command == "fmt" else []), PORTRAIT)
    assert {command for command in COMMANDS if module_of(command) in found} == {command}


def test_every_public_name_is_there():
    for name in wan22dsl.__all__:
        assert getattr(wan22dsl, name) is not None
    assert set(dir(wan22dsl)) == set(wan22dsl.__all__)


def test_no_public_name_is_promised_twice_or_forgotten():
    promised = [word for names in wan22dsl._HOMES.values() for word in names.split()]
    assert sorted([*promised, "load", "__version__"]) == sorted(wan22dsl.__all__)


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(AttributeError, match="has no attribute 'frobnicate'"):
        wan22dsl.frobnicate  # noqa: B018 - asking is the test
